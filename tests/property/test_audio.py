"""Laws of audio: whatever is sent, the answer is the API's; whatever is said is heard again; the same is answered to everybody."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockapi import Server, Settings
from mockapi.contract.audio import CreateSpeechRequest, CreateTranscriptionRequest
from mockapi.engine import sound
from tests.conftest import Wire
from tests.property.law import is_the_apis
from tests.property.strategies import json_values
from tests.samples import wav

QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
MODELS = ["whisper-1", "gpt-4o-transcribe", "gpt-4o-transcribe-diarize", "gpt-4o-mini", "tts-1", "nobody"]
HEADS = [b"", b"RIFF\x24\0\0\0WAVEfmt ", b"fLaC\0\0\0\x22", b"OggS\0\x02", b"ID3\x04\0\0\0\0\0\0", b"\xff\xf3\x44\xc4", b"\0\0\0\x20ftypM4A ",
         b"\x1a\x45\xdf\xa3", b"\0\0\1\xba"]  # fmt: skip
FILES = st.builds(bytes.__add__, st.sampled_from(HEADS), st.binary(max_size=300)) | st.builds(
    lambda form, at, byte: (made := sound.say("one two", form))[: at % len(made)] + bytes((byte,)) + made[at % len(made) + 1 :],
    st.sampled_from(["mp3", "opus", "aac", "flac", "wav"]), st.integers(0, 10**6), st.integers(0, 255),
)  # fmt: skip
NAMES = st.sampled_from(["a.wav", "a.mp3", "a.ogg", "a.flac", "a.m4a", "a.webm", "a.mpeg", "a.txt", "a", ".wav", "ä b.wav"])
VALUES = st.sampled_from(
    ["json", "text", "srt", "verbose_json", "diarized_json", "en", "true", "0.5", "auto", "word", "logprobs", "{}", '{"type":"server_vad"}',
     "data:audio/wav;base64,UklGRg==", ""]
) | st.text(st.characters(codec="utf-8"), max_size=12)  # fmt: skip
FIELDS = st.dictionaries(
    st.builds(str.__add__, st.sampled_from(sorted(CreateTranscriptionRequest.model_fields)), st.sampled_from(["", "[]", "[type]", "[x]"]))
    | st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=5),
    VALUES | st.lists(VALUES, min_size=1, max_size=3),
    max_size=4,
)
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=120)
BODIES = st.builds(
    lambda body, rest: {**body, **rest},
    st.just({"model": "gpt-4o-mini-tts", "voice": "alloy", "input": "one"}),
    st.dictionaries(st.sampled_from(sorted(CreateSpeechRequest.model_fields)), json_values, max_size=3),
)


@pytest.fixture(scope="module")
def frozen() -> Any:
    with Server(Settings(port=0, clock="2026-01-02T03:04:05", tier="unlimited")) as mock:
        yield mock


@pytest.fixture(scope="module")
def law(frozen: Server) -> Any:
    with Wire(frozen.base_url, "sk-law") as wire:
        yield wire


def send(wire: Wire, to: str, content: bytes, name: str, fields: dict[str, Any]) -> Any:
    return wire.request("POST", f"/audio/{to}", data=fields, files={"file": (name, content)})


@given(FILES, NAMES, st.sampled_from(MODELS), FIELDS)
@settings(max_examples=400, deadline=None, suppress_health_check=QUIET)
def test_any_file_and_any_fields_get_an_answer_of_the_api(law: Wire, content: bytes, name: str, model: str, fields: dict[str, Any]) -> None:
    for to in ("transcriptions", "translations"):
        is_the_apis(send(law, to, content, name, {"model": model, **fields}))


@given(NAMES, st.sampled_from(MODELS), FIELDS)
@settings(max_examples=200, deadline=None, suppress_health_check=QUIET)
def test_any_fields_beside_a_sound_get_an_answer_of_the_api(law: Wire, name: str, model: str, fields: dict[str, Any]) -> None:
    is_the_apis(send(law, "transcriptions", wav("one. two."), name, {"model": model, **fields}))


@given(BODIES | json_values)
@settings(max_examples=300, deadline=None, suppress_health_check=QUIET)
def test_any_body_gets_an_answer_of_the_api(law: Wire, body: Any) -> None:
    is_the_apis(law.request("POST", "/audio/speech", json=body))


@given(TEXTS, st.sampled_from(["mp3", "opus", "aac", "flac", "wav"]), st.floats(0.25, 4), st.sampled_from(["alloy", "cedar", "ash"]))
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
def test_whatever_is_said_is_heard_again(law: Wire, text: str, form: str, speed: float, voice: str) -> None:
    spoken = law.request(
        "POST", "/audio/speech",
        json={"model": "gpt-4o-mini-tts", "voice": voice, "input": text, "response_format": form, "speed": speed},
    )  # fmt: skip
    assert spoken.status_code == 200, spoken.text
    name = {"opus": "a.ogg", "aac": "a.m4a"}.get(form, f"a.{form}")
    said = " ".join(text.split())
    assert send(law, "transcriptions", spoken.content, name, {"model": "whisper-1"}).json()["text"] == said
    written = send(law, "transcriptions", spoken.content, name, {"model": "gpt-4o-transcribe", "response_format": "text"})
    assert written.content.decode() == f"{said}\n"
    verbose = send(
        law, "transcriptions", spoken.content, name,
        {"model": "whisper-1", "response_format": "verbose_json", "timestamp_granularities[]": ["word", "segment"]},
    ).json()  # fmt: skip
    assert verbose["duration"] == pytest.approx(sound.duration(text, speed), abs=0.1)
    for piece in (*verbose["words"], *verbose["segments"]):
        assert 0 <= piece["start"] <= piece["end"] <= verbose["duration"]
    streamed = send(law, "transcriptions", spoken.content, name, {"model": "gpt-4o-transcribe", "stream": "true"})
    told = [json.loads(line.removeprefix("data: ")) for line in streamed.content.decode().split("\r\n\r\n")[:-2]]
    assert "".join(event["delta"] for event in told[:-1]) == told[-1]["text"] == said


@given(FILES, st.sampled_from(MODELS[:3]), st.sampled_from(["json", "verbose_json", "text"]))
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
def test_the_same_is_answered_to_everybody(frozen: Server, law: Wire, content: bytes, model: str, form: str) -> None:
    fields = {"model": model, "response_format": form}
    with Wire(frozen.base_url, "sk-another") as other:
        assert (
            send(law, "transcriptions", content, "a.wav", fields).content == send(other, "transcriptions", content, "a.wav", fields).content
        )
