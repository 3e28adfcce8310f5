"""A second mockapi is recorded through sockets by the official SDK, then played back without it: the client cannot tell."""

from __future__ import annotations

import io
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from openai import OpenAI

from mockapi import Server
from tests.e2e.test_process import running
from tests.tape.conftest import recording, replaying

MESSAGES: Any = [{"role": "user", "content": "Tell me about rivers — and the Größe of the Ναός 🙂"}]


def whole(client: OpenAI) -> Any:
    return client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES).model_dump()


def streamed(client: OpenAI) -> Any:
    stream = client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES, stream=True, stream_options={"include_usage": True})
    return [chunk.model_dump() for chunk in stream]


def file_upload(client: OpenAI) -> Any:
    made = client.files.create(file=("numbers.jsonl", io.BytesIO(b'{"a": 1}\n' * 50)), purpose="evals")
    return made.model_dump(), client.files.retrieve(made.id).model_dump(), client.files.content(made.id).read()


def speech(client: OpenAI) -> Any:
    with client.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts", voice="alloy", input="The river is long", response_format="wav"
    ) as reply:
        return b"".join(reply.iter_bytes()), reply.headers["content-type"]


def transcription(client: OpenAI) -> Any:
    """A form with bytes that are no text."""
    said = client.audio.speech.create(model="tts-1", voice="alloy", input="One two three", response_format="mp3").read()
    return client.audio.transcriptions.create(model="whisper-1", file=("said.mp3", said)).model_dump()


def listing(client: OpenAI) -> Any:
    return [model.id for model in client.models.list()], client.files.list(limit=2, order="asc").model_dump()


def limited(client: OpenAI) -> Any:
    """The same long call until the tokens of tier 1 are used up."""
    answered = []
    for _ in range(10):
        try:
            long = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "rivers " * 12_000}])
            answered.append(long.model_dump())
        except openai.RateLimitError as error:
            kept = ("retry-after", "retry-after-ms", "x-request-id", "x-ratelimit-remaining-tokens")
            told = [error.response.headers.get(name) for name in kept]
            assert answered and all(told)
            return answered, error.status_code, error.body, told
    raise AssertionError("no limit")


def refused(client: OpenAI) -> Any:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="gpt-4o-mini", messages=[])
    return caught.value.body, caught.value.request_id


CALLS: list[Callable[[OpenAI], Any]] = [whole, streamed, file_upload, speech, transcription, listing, limited, refused]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_a_replay_is_what_was_recorded(server: Server, name: str, tmp_path: Path, call: Callable[[OpenAI], Any]) -> None:
    tape, key = tmp_path / "tape.jsonl", f"sk-mock-tier1-{name}"
    with recording(server.base_url, tape) as url, OpenAI(base_url=url, api_key=key, max_retries=0) as client:
        recorded = call(client)
    assert key not in tape.read_text()
    with replaying(tape) as url, OpenAI(base_url=url, api_key="sk-another", max_retries=0) as client:
        assert call(client) == recorded


def test_the_recorder_gives_what_the_api_gives(server: Server, wire: Any, tmp_path: Path) -> None:
    """Status, headers and bytes, but for what belongs to the connection."""
    body = {"model": "gpt-4o-mini", "messages": MESSAGES, "stream": True}
    with recording(server.base_url, tmp_path / "tape.jsonl") as url:
        wire.control("POST", "/_mock/clock", json={"set": "2030-01-01", "freeze": True})
        first = httpx2.post(f"{server.base_url}/chat/completions", json=body, headers=wire.http.headers)
        wire.control("POST", "/_mock/reset")
        through = httpx2.post(f"{url}/chat/completions", json=body, headers=wire.http.headers)
    assert (through.status_code, through.content) == (first.status_code, first.content)
    assert dict(through.headers) == dict(first.headers)


def test_the_commands_record_and_replay(tmp_path: Path) -> None:
    tape = tmp_path / "deep" / "tape.jsonl"
    with (
        running("--port", "0") as (_, upstream, _),
        running("record", "--upstream", upstream, "--tape", str(tape), "--port", "0") as (process, url, banner),
    ):
        assert banner[1] == f"recording {upstream} on {tape}\n"
        with OpenAI(base_url=url, api_key="sk-secret-key") as client:
            recorded = streamed(client)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert tape.stat().st_mode & 0o077 == 0
    with running("replay", str(tape.parent), "--port", "0") as (process, url, banner):
        assert banner[1] == "replaying 1 exchanges; nothing is passed on\n"
        with OpenAI(base_url=url, api_key="sk-other", max_retries=0) as client:
            assert streamed(client) == recorded
            with pytest.raises(openai.NotFoundError, match="No exchange on the tapes answers POST /v1/chat/completions"):
                whole(client)
        process.terminate()
        _, told = process.communicate(timeout=15)
        # What a test that swallows errors does not see stands here.
        assert "No exchange on the tapes answers POST /v1/chat/completions" in told


def test_the_line_of_a_tape(server: Server, tmp_path: Path) -> None:
    """The documented form."""
    tape = tmp_path / "tape.jsonl"
    with recording(server.base_url, tape) as url, OpenAI(base_url=url, api_key="sk-form") as client:
        streamed(client)
        client.audio.speech.create(model="tts-1", voice="alloy", input="Hello").read()
    first, second = map(json.loads, tape.read_text().splitlines())
    assert list(first) == ["version", "request", "response", "timing"]
    assert first["version"] == 1
    assert {name: first["request"][name] for name in ("method", "path", "query")} == {
        "method": "POST",
        "path": "/v1/chat/completions",
        "query": "",
    }
    assert json.loads(first["request"]["body"])["messages"] == MESSAGES
    assert first["request"]["headers"]["authorization"] == "[redacted]"
    assert first["response"]["status"] == 200
    assert first["response"]["headers"]["content-type"].startswith("text/event-stream")
    if "chunks" in first["response"]:
        moments = [ms for ms, _ in first["response"]["chunks"]]
        assert moments == sorted(moments)
    assert list(second["response"]) == ["status", "headers", "body_base64"]
    assert set(first["timing"]) == {"started", "head_ms", "total_ms"}
