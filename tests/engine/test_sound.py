"""Spoken texts: files that a decoder takes, as long as they should be, and the same every time."""

from __future__ import annotations

import base64
import io
import struct
import subprocess
import wave
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai import OpenAI
from openai.types.chat import ChatCompletionContentPartParam

from mockapi.engine import sound
from mockapi.engine.sound import carrier, speaking, voice

FILES = [form for form in sound.FORMATS if not form.startswith("pcm")]
TEXTS = ["Hi", "", "The quick brown fox jumps over the lazy dog, and nobody minds.", "これはペンです。世界は広い。", "x" * 400]


def decoded(file: Path) -> bytes:
    """The samples that ffmpeg makes of a file, without a message."""
    command = ["ffmpeg", "-v", "error", "-i", str(file), "-f", "s16le", "-ar", "24000", "-ac", "1", "-"]
    made = subprocess.run(command, capture_output=True, check=True)
    assert made.stderr == b""
    return made.stdout


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("speed", [0.25, 1.0, 4.0])
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:8])
def test_every_format_decodes_without_a_complaint_to_its_length(tmp_path: Path, form: str, speed: float, text: str) -> None:
    file = tmp_path / f"sound.{form}"
    file.write_bytes(sound.say(text, form, "nova", speed))
    probe = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(file)]
    told = subprocess.run(probe, capture_output=True, text=True, check=True)
    assert told.stderr == ""
    assert abs(float(told.stdout) - sound.duration(text, speed)) < 0.06
    assert abs(len(decoded(file)) / 48_000 - sound.duration(text, speed)) < 0.1


@pytest.mark.parametrize("form", FILES)
def test_every_word_is_heard_and_there_is_quiet_between(tmp_path: Path, form: str) -> None:
    file = tmp_path / f"sound.{form}"
    file.write_bytes(sound.say("one two three four", form))
    samples = struct.unpack("<36480h", decoded(file)[:72_960])
    loud = [max(map(abs, samples[at : at + 960])) > 1500 for at in range(0, len(samples) - 960, 960)]
    assert loud[0] or loud[1] or loud[2]
    assert sum(now and not before for before, now in zip([False, *loud], loud, strict=False)) == 4


@pytest.mark.parametrize("form", ["wav", "flac"])
def test_what_is_not_packed_holds_the_very_samples(tmp_path: Path, form: str) -> None:
    file = tmp_path / f"sound.{form}"
    file.write_bytes(sound.say("Good morning to all of you.", form, "echo"))
    assert decoded(file) == sound.say("Good morning to all of you.", "pcm", "echo")


def test_wave_files_are_read_by_the_standard_library() -> None:
    with wave.open(io.BytesIO(sound.say("one two three", "wav"))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (1, 2, 24000, 27360)


def test_a_text_takes_its_words_time_and_never_less_than_it_needs() -> None:
    assert sound.duration("one two three four five") == 1.9
    assert sound.duration("one two three four five", 2.0) == 0.95
    assert 1.5 < sound.duration("今日はいい天気です") < 2.5
    assert sound.duration("สวัสดีครับทุกคน") > 0.8
    assert sound.duration("x" * 1000) > 16
    for text in TEXTS:
        for speed in (0.25, 1.0, 4.0):
            assert len(voice.pcm(text, speed=speed)) == 2 * round(24_000 * sound.duration(text, speed))
            assert sound.duration(text, speed) * carrier.PER_SECOND >= carrier.slots(text) - 1e-6


@given(st.text(max_size=80), st.sampled_from(list(speaking.FORMATS)), st.text(max_size=6), st.floats(0.25, 4.0))
@settings(max_examples=60, deadline=None)
def test_the_same_text_sounds_the_same(text: str, form: str, name: str, speed: float) -> None:
    assert sound.say(text, form, name, speed) == sound.say(text, form, name, speed)


def test_voices_differ_and_say_the_same() -> None:
    heard = {name: sound.say("Hello over there", "pcm", name) for name in ("alloy", "nova", "onyx")}
    assert len(set(heard.values())) == 3
    assert {sound.samples_of(samples, 24_000) for samples in heard.values()} == {"Hello over there"}


@pytest.mark.parametrize("form", ["wav", "mp3"])
def test_an_audio_model_answers_what_is_said_to_it(client: OpenAI, form: str) -> None:
    spoken = base64.b64encode(sound.say("Say good evening", form)).decode()
    part: ChatCompletionContentPartParam = {
        "type": "input_audio",
        "input_audio": {"data": spoken, "format": "wav" if form == "wav" else "mp3"},
    }
    completion = client.chat.completions.create(model="gpt-audio", messages=[{"role": "user", "content": [part]}])
    assert completion.choices[0].message.content == "Good evening."
    assert completion.usage is not None and completion.usage.prompt_tokens_details is not None
    # Ten tokens a second, and no text.
    assert completion.usage.prompt_tokens_details.audio_tokens == 12
    assert completion.usage.prompt_tokens < 12 + 8


def test_what_an_audio_model_says_is_in_its_sound(client: OpenAI) -> None:
    for form in ("wav", "flac", "mp3", "opus"):
        completion = client.chat.completions.create(
            model="gpt-audio",
            modalities=["text", "audio"],
            audio={"voice": "nova", "format": form},
            messages=[{"role": "user", "content": "Say good morning"}],
        )
        audio = completion.choices[0].message.audio
        assert audio is not None
        assert sound.listen(base64.b64decode(audio.data), f"x.{form.replace('opus', 'ogg')}").text == audio.transcript == "Good morning."
