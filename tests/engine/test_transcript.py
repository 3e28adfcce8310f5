"""Sounds written down: words and segments that fit the time, and their subtitles."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockapi import fixtures
from mockapi.engine import sound
from mockapi.engine.sound import language
from mockapi.engine.sound.transcript import Segment
from mockapi.seed import Seed, Stream

_TEXTS = st.text(max_size=200) | st.lists(
    st.sampled_from(["one", "two,", "three.", "four?", "世界。", "おは", "Dr.", "-"]), max_size=80
).map(" ".join)


def stream() -> Stream:
    return Seed("test").stream(b"sound")


def heard(text: str | None, seconds: float | None = None) -> sound.Heard:
    return sound.Heard(sound.duration(text or "") if seconds is None else seconds, text, "wav")


@given(st.none() | _TEXTS, st.floats(0.1, 120.0))
@settings(max_examples=200, deadline=None)
def test_times_fit_and_texts_add_up(text: str | None, seconds: float) -> None:
    made = sound.transcribe(heard(text, seconds), stream())
    assert made.duration == seconds
    times = [0.0]
    for word in made.words:
        assert word.word and not word.word.isspace()
        times += [word.start, word.end]
    assert times == sorted(times) and times[-1] <= seconds
    times = [0.0]
    for number, segment in enumerate(made.segments):
        assert segment.id == number
        assert segment.end - segment.start <= 12.01 or len(segment.text.split()) == 1
        times += [segment.start, segment.end]
    assert times == sorted(times) and times[-1] <= seconds
    assert "".join(segment.text for segment in made.segments).strip() == made.text
    if text is not None:
        assert made.text == " ".join(text.split())


@given(st.floats(0.1, 600.0), st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_sound_of_others_is_told_as_many_words_as_it_has_time_for(seconds: float, number: int) -> None:
    made = sound.transcribe(heard(None, seconds), stream().child(number))
    assert len(made.words) == max(1, int(seconds * 2.5))
    assert made.text[0].isupper()
    assert made.text[-1] in ".?"
    assert made.language == "english"
    assert made == sound.transcribe(heard(None, seconds), stream().child(number))


def test_there_are_sentences_enough_and_an_ending_of_every_length() -> None:
    told = fixtures.load("replies/speech.toml")
    assert len(set(told["sentences"])) >= 60
    counts = {len(sentence.split()) for sentence in [*told["sentences"], *told["short"]]}
    assert counts >= set(range(1, max(len(sentence.split()) for sentence in told["sentences"])))


def test_segments_end_where_sentences_do() -> None:
    made = sound.transcribe(heard("Hello there, Dr. Smith. How are you? Fine!"), stream())
    assert [segment.text for segment in made.segments] == [" Hello there, Dr. Smith.", " How are you?", " Fine!"]
    assert [segment.speaker for segment in made.segments] == ["A", "B", "A"]
    assert [word.word for word in made.words] == ["Hello", "there", "Dr", "Smith", "How", "are", "you", "Fine"]
    assert made.segments[-1].end == made.duration
    (single,) = sound.transcribe(heard("Only one sentence here"), stream()).segments
    assert single.speaker == "A"


def test_a_long_sentence_is_cut_at_a_comma() -> None:
    text = "and so it went on " * 4 + "until noon, " + "and on and on it went " * 5
    first, *_ = sound.transcribe(heard(text), stream()).segments
    assert first.text.endswith("until noon,")


def test_tokens_stand_between_their_times() -> None:
    made = sound.transcribe(heard("One two three four. " * 30), stream())
    for segment in made.segments:
        assert segment.tokens[0] - 50_364 == pytest.approx((segment.start - segment.seek / 100) * 50, abs=0.51)
        assert 50_364 <= segment.tokens[0] <= segment.tokens[-1] <= 51_864
        assert all(token < 50_257 for token in segment.tokens[1:-1])
    assert made.segments[0].seek == 0
    assert made.segments[-1].seek > 0


def test_a_prompt_tells_how_names_are_spelled() -> None:
    made = sound.transcribe(heard("we use openai and zyntriqix daily"), stream(), prompt="ZyntriQix, OpenAI, We")
    assert made.text == "we use OpenAI and ZyntriQix daily"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Good morning. A cat.", "english"), ("12345", "english"), ("", "english"), ("Guten Morgen, wie geht es dir?", "german"),
        ("Bonjour, comment allez-vous ?", "french"), ("Hola, ¿cómo estás?", "spanish"), ("Buongiorno, come stai?", "italian"),
        ("Bom dia, como você está?", "portuguese"), ("Goedemorgen, hoe gaat het met je?", "dutch"), ("God morgon, hur mår du?", "swedish"),
        ("Dzień dobry, jak się masz?", "polish"), ("Merhaba, nasılsın?", "turkish"), ("Xin chào bạn", "vietnamese"),
        ("Доброе утро", "russian"), ("Доброго ранку, як справи? Мені приємно", "ukrainian"), ("你好，世界", "chinese"),
        ("今日はいい天気です", "japanese"), ("안녕하세요", "korean"), ("مرحبا بالعالم", "arabic"), ("שלום", "hebrew"), ("नमस्ते", "hindi"),
        ("สวัสดี", "thai"), ("Καλημέρα", "greek"),
    ],
)  # fmt: skip
def test_the_language_of_a_text_is_guessed(text: str, name: str) -> None:
    assert language.guess_language(text) == name
    assert name in language.LANGUAGES.values()


def test_a_language_that_is_named_is_believed() -> None:
    assert sound.transcribe(heard("Hello"), stream(), language="de").language == "german"
    assert sound.transcribe(heard("Hello"), stream(), language="German").language == "german"


def test_subtitles_are_laid_out_as_whisper_does() -> None:
    segments = [
        Segment(0, 0.0, 1.52, " Hello --> there.", 0, -0.2, 1.0, 0.1, "A"),
        Segment(1, 3599.999, 3661.25, "Bye.", 0, -0.2, 1.0, 0.1, "B"),
    ]
    assert sound.subtitles(segments, "srt") == (
        "1\n00:00:00,000 --> 00:00:01,520\nHello -> there.\n\n2\n00:59:59,999 --> 01:01:01,250\nBye.\n\n"
    )
    assert sound.subtitles(segments, "vtt") == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.520\nHello -> there.\n\n00:59:59.999 --> 01:01:01.250\nBye.\n\n"
    )
