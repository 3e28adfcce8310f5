"""Speech, transcriptions and translations through the official SDK; ffprobe judges the sounds."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import anyio
import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError, OpenAI
from openai.types.audio import TranscriptionTextDoneEvent, TranscriptionTextSegmentEvent

from mockapi import Server, Settings
from mockapi.engine import described, sound
from mockapi.engine.prompt import Prompt, Recording, Turn
from tests.conftest import Wire
from tests.samples import silence

# The SDK calls translations deprecated; the API has them.
pytestmark = pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
TEXT = "Good morning to everybody. Shall we begin with the tides, or with the moon?"
VOICES = [
    "alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse", "marin", "cedar",
]  # fmt: skip
# The name of a file that holds each format and that transcription takes; what ffprobe calls it.
FORMATS = {"mp3": ("mp3", "mp3"), "opus": ("ogg", "ogg"), "aac": ("m4a", "aac"), "flac": ("flac", "flac"), "wav": ("wav", "wav")}


def say(client: OpenAI, text: str = TEXT, **options: Any) -> bytes:
    """A spoken text, in MP3 by `gpt-4o-mini-tts` unless something else is asked for."""
    return client.audio.speech.create(**{"model": "gpt-4o-mini-tts", "voice": "alloy", "input": text, **options}).content


def hear(client: OpenAI, content: bytes, name: str = "a.mp3", **options: Any) -> Any:
    return client.audio.transcriptions.create(**{"model": "whisper-1", "file": (name, content), **options})


def probe(path: Path) -> tuple[str, float]:
    """What ffprobe says: the format and the seconds."""
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=format_name,duration", "-of", "json", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stderr == ""
    found = json.loads(told.stdout)["format"]
    return found["format_name"], float(found["duration"])


@pytest.mark.parametrize("form", list(FORMATS))
def test_every_format_is_what_it_says_and_is_heard_again(client: OpenAI, tmp_path: Path, form: Any) -> None:
    ending, called = FORMATS[form]
    reply = client.audio.speech.create(model="tts-1", voice="nova", input=TEXT, response_format=form)
    assert reply.response.headers["content-type"] == {"mp3": "audio/mpeg"}.get(form, f"audio/{form}")
    path = tmp_path / f"speech.{form}"
    reply.write_to_file(path)
    name, seconds = probe(path)
    assert name == called
    assert seconds == pytest.approx(sound.duration(TEXT), abs=0.08)
    with path.open("rb") as file:
        assert hear(client, file.read(), f"a.{ending}").text == TEXT


def test_pcm_is_bare_samples_that_are_heard_in_a_wave_file(client: OpenAI) -> None:
    assert say(client, response_format="wav")[44:] == say(client, response_format="pcm")
    assert sound.samples_of(say(client, response_format="pcm"), 24_000) == TEXT


@pytest.mark.parametrize("speed", [0.25, 0.5, 1, 1.75, 4])
@pytest.mark.parametrize("form", ["mp3", "wav"])
def test_speed_changes_how_long_it_takes_not_what_is_heard(client: OpenAI, tmp_path: Path, speed: float, form: str) -> None:
    path = tmp_path / f"speech.{form}"
    path.write_bytes(say(client, speed=speed, response_format=form))
    assert probe(path)[1] == pytest.approx(sound.duration(TEXT, speed), abs=0.08)
    assert hear(client, path.read_bytes(), path.name).text == TEXT


def test_every_voice_speaks_and_sounds_different(client: OpenAI) -> None:
    heard = {voice: say(client, voice=voice, response_format="wav") for voice in VOICES}
    assert len(set(heard.values())) > len(VOICES) // 2
    assert {hear(client, content, "a.wav").text for content in heard.values()} == {TEXT}
    own = say(client, voice={"id": "voice_1234"}, response_format="wav")
    assert hear(client, own, "a.wav").text == TEXT


def test_a_sound_streams(client: OpenAI, tmp_path: Path) -> None:
    with client.audio.speech.with_streaming_response.create(model="tts-1-hd", voice="onyx", input=TEXT) as reply:
        assert reply.headers["transfer-encoding"] == "chunked"
        reply.stream_to_file(tmp_path / "speech.mp3")
    assert (tmp_path / "speech.mp3").read_bytes() == say(client, model="tts-1-hd", voice="onyx")


async def _both(client: AsyncOpenAI) -> str:
    async with client:
        spoken = await client.audio.speech.create(model="tts-1", voice="alloy", input=TEXT)
        return (await client.audio.transcriptions.create(model="whisper-1", file=("a.mp3", spoken.content))).text


def test_the_async_client_speaks_and_hears(async_client: AsyncOpenAI) -> None:
    assert anyio.run(_both, async_client) == TEXT


def test_whisper_tells_words_and_segments_that_fit_the_time(client: OpenAI) -> None:
    content = say(client, response_format="wav")
    made = hear(client, content, "a.wav", response_format="verbose_json", timestamp_granularities=["word", "segment"], temperature=0.5)
    assert (made.language, made.text) == ("english", TEXT)
    assert made.duration == pytest.approx(sound.duration(TEXT))
    assert [word.word for word in made.words] == [word.strip(".,?") for word in TEXT.split()]
    assert "".join(segment.text for segment in made.segments) == f" {TEXT}"
    for piece in (*made.words, *made.segments):
        assert 0 <= piece.start <= piece.end <= made.duration
    assert {segment.temperature for segment in made.segments} == {0.5}
    assert made.usage.seconds == -(-made.duration // 1)
    assert hear(client, content, "a.wav", response_format="verbose_json").words is None
    alone = hear(client, content, "a.wav", response_format="verbose_json", timestamp_granularities=["word"])
    assert alone.segments is None and len(alone.words) == len(TEXT.split())


def test_whisper_writes_texts_and_subtitles(client: OpenAI) -> None:
    content = say(client)
    assert hear(client, content, response_format="text") == f"{TEXT}\n"
    assert hear(client, content, response_format="srt").startswith("1\n00:00:00,000 --> 00:00:01,")
    assert hear(client, content, response_format="vtt").startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.")


@pytest.mark.parametrize("model", ["gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-4o-mini-transcribe-2025-12-15", "gpt-4o-mini"])
def test_gpt_models_count_tokens(client: OpenAI, model: str) -> None:
    made = hear(client, say(client), model=model, prompt="Ebb and flow", include=["logprobs"])
    assert made.text == TEXT
    usage = made.usage
    assert usage.input_token_details.audio_tokens == -(-sound.duration(TEXT) * 10 // 1) == usage.input_tokens - 4
    assert usage.input_token_details.text_tokens == 4
    assert usage.output_tokens == len(made.logprobs)
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens
    assert "".join(entry.token for entry in made.logprobs) == TEXT
    assert all(entry.logprob < 0 for entry in made.logprobs)
    assert hear(client, say(client), model=model, response_format="text") == f"{TEXT}\n"


def test_a_stream_adds_up_to_the_whole(client: OpenAI) -> None:
    for include in ([], ["logprobs"]):
        events = list(hear(client, say(client), model="gpt-4o-transcribe", stream=True, include=include))
        done = events.pop()
        assert isinstance(done, TranscriptionTextDoneEvent)
        assert "".join(event.delta for event in events) == done.text == TEXT
        assert done.usage is not None and done.usage.output_tokens == len(events)
        whole = hear(client, say(client), model="gpt-4o-transcribe", include=include)
        assert done.usage.total_tokens == whole.usage.total_tokens
        told = [[entry.model_dump() for entry in found.logprobs or ()] for found in (done, whole)]
        assert told[0] == told[1] and bool(told[0]) == bool(include)


def test_speakers_are_told_apart(client: OpenAI) -> None:
    content = say(client, "I opened it. You closed it. Who left? Nobody did.")
    made = hear(client, content, model="gpt-4o-transcribe-diarize", response_format="diarized_json", chunking_strategy="auto")
    assert [segment.speaker for segment in made.segments] == ["A", "B", "A", "B"]
    assert [segment.id for segment in made.segments] == ["seg_0", "seg_1", "seg_2", "seg_3"]
    assert "".join(segment.text for segment in made.segments).strip() == made.text
    assert made.task == "transcribe" and made.segments[-1].end <= made.duration
    events = list(hear(client, content, model="gpt-4o-transcribe-diarize", response_format="diarized_json", stream=True))
    assert [(event.text, event.speaker) for event in events[:-1]] == [(segment.text, segment.speaker) for segment in made.segments]
    assert all(isinstance(event, TranscriptionTextSegmentEvent) for event in events[:-1])
    deltas = list(hear(client, content, model="gpt-4o-transcribe-diarize", stream=True))[:-1]
    for number, segment in enumerate(made.segments):
        assert "".join(event.delta for event in deltas if event.segment_id == f"seg_{number}").strip() == segment.text.strip()


def test_known_speakers_are_called_by_their_names(client: OpenAI) -> None:
    sample = "data:audio/wav;base64," + base64.b64encode(silence(3.0)).decode()
    options: dict[str, Any] = {"model": "gpt-4o-transcribe-diarize", "response_format": "diarized_json"}
    content = say(client, "I opened it. You closed it.")
    made = hear(client, content, **options, known_speaker_names=["agent"], known_speaker_references=[sample])
    assert [segment.speaker for segment in made.segments] == ["agent", "A"]
    both = hear(client, content, **options, known_speaker_names=["agent", "Ann"], known_speaker_references=[sample, sample])
    assert [segment.speaker for segment in both.segments] == ["agent", "Ann"]


@pytest.mark.parametrize("strategy", ["auto", {"type": "server_vad"}, {"type": "server_vad", "threshold": 0.4, "prefix_padding_ms": 200}])
def test_long_talks_are_cut_as_told(client: OpenAI, strategy: Any) -> None:
    content = silence(31.0)
    options: dict[str, Any] = {"model": "gpt-4o-transcribe-diarize", "response_format": "diarized_json"}
    with pytest.raises(BadRequestError, match="chunking_strategy is required"):
        hear(client, content, "a.wav", **options)
    made = hear(client, content, "a.wav", **options, chunking_strategy=strategy)
    assert made.duration == 31.0 and len(made.segments) > 1


def test_sound_of_others_is_told_alike_by_all_models_and_to_everybody(server: Server, client: OpenAI, name: str) -> None:
    told = {hear(client, silence(9.0), "a.wav", model=model).text for model in ("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini")}
    with OpenAI(base_url=server.base_url, api_key=f"sk-other-{name}") as other:
        told.add(hear(other, silence(9.0), "b.wav").text)
    assert len(told) == 1 and len(told.pop().split()) == 22
    with Server(Settings(port=0, seed="another")) as mock, OpenAI(base_url=mock.base_url, api_key="sk-x") as elsewhere:
        assert hear(elsewhere, silence(9.0), "a.wav").text != hear(client, silence(9.0), "a.wav").text


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Buenos días. ¿Dónde está la biblioteca?", "Good morning. Where is the library?"),
        ("Ich hätte gern einen Kaffee.", "I would like a coffee."),
        ("Il gatto è sul tavolo.", "The cat is on the table."),
        ("Good morning to everybody", "Good morning to everybody"),
        ("Доброе утро", "Доброе утро"),
    ],
)
def test_what_is_known_is_translated(client: OpenAI, said: str, meant: str) -> None:
    content = say(client, said)
    assert client.audio.translations.create(model="whisper-1", file=("a.mp3", content)).text == meant
    assert hear(client, content).text == said


def test_translations_have_all_their_forms(client: OpenAI) -> None:
    content = say(client, "Buenos días. Gracias.", response_format="wav")

    def translated(form: Any) -> Any:
        return client.audio.translations.create(model="whisper-1", file=("a.wav", content), response_format=form)

    assert translated("json").text == "Good morning. Thank you."
    assert translated("text") == "Good morning. Thank you.\n"
    assert translated("srt").startswith("1\n00:00:00,000 --> ")
    assert translated("vtt").startswith("WEBVTT\n\n")
    verbose = translated("verbose_json")
    assert (verbose.language, verbose.task, verbose.text) == ("english", "translate", "Good morning. Thank you.")
    assert [segment.text for segment in verbose.segments] == [" Good morning.", " Thank you."]
    assert verbose.segments[-1].end <= verbose.duration


def test_gpt_4o_mini_is_served_on_all_three(client: OpenAI) -> None:
    content = say(client, model="gpt-4o-mini", voice="cedar", instructions="Speak like a sailor")
    assert content == say(client, voice="cedar")
    assert hear(client, content, model="gpt-4o-mini").usage.type == "tokens"
    assert client.audio.translations.create(model="gpt-4o-mini", file=("a.mp3", content)).text == TEXT


def test_models_are_checked_strictly_where_that_is_asked_for() -> None:
    with (
        Server(Settings(port=0, model_checks="strict")) as mock,
        OpenAI(base_url=mock.base_url, api_key="sk-strict", max_retries=0) as client,
    ):
        assert say(client)
        with pytest.raises(NotFoundError, match=r"Invalid URL \(POST /v1/audio/speech\)"):
            say(client, model="gpt-4o-mini")


def test_speaking_and_hearing_is_billed(client: OpenAI, wire: Wire) -> None:
    content = say(client, model="tts-1")
    say(client)
    hear(client, content)
    hear(client, content, model="gpt-4o-transcribe", prompt="Ebb and flow")
    client.audio.translations.create(model="whisper-1", file=("a.mp3", content))
    rows = {row["model"]: row for day in wire.control("GET", "/_mock/usage").json()["days"] for row in day["models"]}
    seconds = sound.duration(TEXT)
    assert rows["tts-1"]["million_characters"] == len(TEXT)
    assert rows["tts-1"]["cost"] == pytest.approx(15e-6 * len(TEXT))
    assert rows["gpt-4o-mini-tts"]["audio_output"] == -(-seconds * 20 // 1)
    assert rows["whisper-1"]["minute"] == 2 * -(-seconds // 1)
    assert rows["whisper-1"]["cost"] == pytest.approx(0.006 * 2 * -(-seconds // 1) / 60)
    assert rows["gpt-4o-transcribe"]["audio_input"] == -(-seconds * 10 // 1)
    assert rows["gpt-4o-transcribe"]["input"] == 4


def test_a_chat_speaks_with_the_voice_it_is_asked_for(client: OpenAI) -> None:
    def spoken(voice: Any) -> bytes:
        made = client.chat.completions.create(
            model="gpt-audio", modalities=["text", "audio"], audio={"voice": voice, "format": "wav"},
            messages=[{"role": "user", "content": "Say good morning"}],
        )  # fmt: skip
        assert made.choices[0].message.audio is not None
        return base64.b64decode(made.choices[0].message.audio.data)

    for voice in ("verse", "cedar"):
        assert spoken(voice) == sound.say("Good morning.", "wav", voice)
    assert spoken({"id": "voice_1234"}) == sound.say("Good morning.", "wav", "voice_1234")


def test_a_chat_judges_what_it_hears(wire: Wire) -> None:
    recording = base64.b64encode(sound.say("I want to kill them all.", "wav")).decode()
    part = {"type": "input_audio", "input_audio": {"data": recording, "format": "wav"}}
    made = wire.chat(
        model="gpt-audio", messages=[{"role": "user", "content": [part]}], moderation={"model": "omni-moderation-latest"}
    ).json()  # fmt: skip
    assert made["moderation"]["input"]["results"][0]["flagged"]


def test_json_that_is_described_aloud_is_understood() -> None:
    said = 'Respond with JSON of the form {"first_name": "string", "age": 3}'
    found = described.ordered(Prompt([Turn("user", "", recordings=(Recording(5.0, said),))]))
    assert found is not None and set(json.loads(found.schema)["properties"]) == {"first_name", "age"}
