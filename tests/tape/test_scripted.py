"""Scenarios of a tape: served with them, a server answers as was recorded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from openai import NotFoundError, OpenAI, RateLimitError

from mockapi import Server, Settings
from mockapi.scenario.load import read
from tests.conftest import Wire
from tests.scenario.test_scenarios import say, tell
from tests.tape.conftest import recording


def print_scenarios(tape: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "mockapi", "scenarios", str(tape)], capture_output=True, text=True, timeout=60, check=True)


def test_a_server_answers_as_was_recorded(server: Server, key: str, wire: Wire, tmp_path: Path) -> None:
    tape = tmp_path / "a.jsonl"
    tell(
        wire,
        {"match": {"user": "twice"}, "replies": ["first", "second"]},
        {"match": {"user": "busy"}, "reply": {"error": "rate_limit_tokens"}},
    )
    with recording(server.base_url, tape) as base_url, OpenAI(base_url=base_url, api_key=key, max_retries=0) as client:
        whole = say(client, "Name three rivers")
        pieces = [chunk.to_dict() for chunk in say(client, "Name three rivers", stream=True)]
        twice = [say(client, "twice").choices[0].message.content for _ in range(2)]
        with pytest.raises(RateLimitError) as limited:
            say(client, "busy")
        with pytest.raises(NotFoundError):
            client.files.retrieve("file-x")
        client.audio.speech.create(model="tts-1", input="Hello", voice="alloy")
    made = print_scenarios(tape)
    assert made.stderr == "mockapi: 1 exchanges whose answers are no text were left out\n"
    script = tmp_path / "scenarios.yaml"
    script.write_text(made.stdout, "utf-8")
    assert len(read(script)) == 5
    with Server(Settings(port=0, scenarios=str(script))) as mock, mock.openai(max_retries=0) as client:
        assert say(client, "Name three rivers").to_dict() == whole.to_dict()
        assert [chunk.to_dict() for chunk in say(client, "Name three rivers", stream=True)] == pieces
        assert [say(client, "twice").choices[0].message.content for _ in range(2)] == twice == ["first", "second"]
        with pytest.raises(RateLimitError) as again:
            say(client, "busy")
        assert again.value.body == limited.value.body
        assert again.value.response.headers["retry-after-ms"] == limited.value.response.headers["retry-after-ms"]
        with pytest.raises(NotFoundError, match="No such File object: file-x"):
            client.files.retrieve("file-x")
