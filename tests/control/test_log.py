"""The log: a line for each call, of whatever kind, and no secret in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from openai import OpenAI

from mockapi import Server, Settings
from tests.conftest import MESSAGES, Wire
from tests.line import Line

Read = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def read(capfd: pytest.CaptureFixture[str]) -> Read:
    """What was logged since it was last read."""
    return lambda: [json.loads(line) for line in capfd.readouterr().err.splitlines()]


def logging(**settings: Any) -> Server:
    return Server(Settings(port=0, log="json", **settings))


def test_a_call_is_told_with_what_it_was(read: Read) -> None:
    with logging() as mock, OpenAI(base_url=mock.base_url, api_key="sk-mock-tier1-logged") as client:
        mock.project("logged", 1).clock.set("2030-01-01T00:00:00Z")
        read()
        raw = client.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}])
        told = read()
        assert len(told) == 1
        row = told[0]
        assert datetime.fromisoformat(row.pop("time")).year < 2030
        assert row.pop("clock").startswith("2030-01-01T00:00:0")
        assert 0 < row.pop("ms") < 10_000
        assert row == {
            "level": "info",
            "request_id": raw.headers["x-request-id"],
            "via": "http",
            "method": "POST",
            "path": "/v1/chat/completions",
            "operation": "createChatCompletion",
            "model": "gpt-4o-mini",
            "project": raw.headers["openai-project"],
            "status": 200,
            "tokens_in": 9,
            "tokens_out": 2,
            "scenario": None,
            "limit": None,
            "fault": None,
            "stream": None,
        }


def test_streams_tell_how_they_ended_and_scenarios_their_name(read: Read) -> None:
    with logging() as mock, Wire(mock.base_url, "sk-streamed") as wire:
        wire.control("POST", "/_mock/scenarios", json={"name": "greeting", "reply": {"text": "Good day"}})
        assert wire.chat(stream=True).status_code == 200
        assert wire.chat(headers={"x-mock-fault": "server_error"}).status_code == 500
        whole, failed = read()
        assert (whole["stream"], whole["scenario"], whole["level"]) == ("whole", "greeting", "info")
        assert (failed["status"], failed["fault"], failed["level"]) == (500, "server_error", "error")


def test_limits_are_named(read: Read) -> None:
    with logging() as mock:
        with Wire(mock.base_url, "sk-mock-tier1-hit") as wire:
            for _ in range(2):
                wire.chat(messages=[{"role": "user", "content": "x" * 500_000}])
        with Wire(mock.base_url, "sk-mock-noquota") as wire:
            wire.chat()
        assert [(row["status"], row["limit"]) for row in read()] == [(200, None), (429, "TPM"), (429, "quota")]


def test_lines_of_a_batch_and_turns_on_a_websocket_are_told(read: Read) -> None:
    with logging(lifecycle="immediate") as mock, OpenAI(base_url=mock.base_url, api_key="sk-batched") as client:
        line = {"custom_id": "a", "method": "POST", "url": "/v1/embeddings", "body": {"model": "text-embedding-3-small", "input": "hi"}}
        file = client.files.create(file=("in.jsonl", json.dumps(line).encode()), purpose="batch")
        made = client.batches.create(input_file_id=file.id, endpoint="/v1/embeddings", completion_window="24h")
        assert client.batches.retrieve(made.id).status == "completed"
        errands = [row for row in read() if row["via"] == "errand"]
        assert [(row["path"], row["status"], row["model"]) for row in errands] == [("/v1/embeddings", 200, "text-embedding-3-small")]
        with Line(mock.base_url, "sk-spoken", path="/responses") as spoken:
            spoken.send("response.create", model="gpt-4o-mini", input="Say hello")
            spoken.until("response.completed")
            spoken.send("response.create", model="no-such-model", input="Say hello")
            spoken.until("error")
        turns = [(row["via"], row["operation"], row["model"], row["stream"], row["status"]) for row in read()]
        assert turns == [
            ("websocket", "createResponse", "gpt-4o-mini", "whole", 200),
            ("websocket", "createResponse", "no-such-model", None, 400),
        ]


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_and_no_forged_line(form: str, capfd: pytest.CaptureFixture[str]) -> None:
    secret = "sk-mock-tier1-verysecretverysecret"
    with Server(Settings(port=0, log=form)) as mock, Wire(mock.base_url, secret) as wire:
        wire.request("GET", f"/models?api_key={secret}")
        wire.request("GET", "/models/a%0Aforged%20line", headers={"api-key": secret})
        told = capfd.readouterr().err
    assert told.count("\n") == 2
    assert secret not in told
    assert "forged" in told and not re.search(r"^forged", told, re.MULTILINE)


def test_nothing_is_written_unless_it_is_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    with Server(Settings(port=0)) as mock, Wire(mock.base_url, "sk-quiet") as wire:
        assert wire.chat(messages=MESSAGES).status_code == 200
    assert capfd.readouterr().err == ""
