"""Verdicts on real clients: what they did is read off their calls."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import httpx2
import openai
import pytest
from openai import OpenAI

from mockapi import Server
from tests.conftest import Wire
from tests.scenario.test_scenarios import WEATHER, say, tell


def shown(wire: Wire) -> dict[str, list[int]]:
    """The rules that were broken, with the numbers of the calls of the first time."""
    found = wire.control("GET", "/_mock/verdict").json()["projects"]
    return {each["rule"]: each["calls"] for project in found for each in project["shown"]}


def ask(wire: Wire, text: str, **more: Any) -> httpx2.Response:
    return wire.chat(messages=[{"role": "user", "content": text}], **more)


def test_a_client_that_does_all_right_has_nothing_against_it(wire: Wire, server: Server, key: str) -> None:
    tell(wire, {"match": {"user": "busy"}, "replies": [{"error": "rate_limit_tokens"}, "there"]})
    with OpenAI(base_url=server.base_url, api_key=key, max_retries=2) as client:
        assert say(client, "busy").choices[0].message.content == "there"
        list(say(client, "stream", stream=True))
        assert client.files.list().data == []
    told = wire.control("GET", "/_mock/verdict").json()
    assert told["passed"]
    assert [project["shown"] for project in told["projects"]] == [[]]
    assert told["text"].endswith("4 calls, 0 errors, 0 warnings, 0 notes")


def test_retry_after_that_is_ignored(wire: Wire) -> None:
    tell(wire, {"match": {"user": "busy"}, "reply": {"error": {"name": "rate_limit_tokens", "headers": {"retry-after-ms": "30000"}}}})
    ask(wire, "busy")
    ask(wire, "busy")
    assert shown(wire) == {"retry_after_ignored": [1, 2]}
    wire.advance("31s")
    ask(wire, "busy")
    found = wire.control("GET", "/_mock/verdict").json()["projects"][0]["shown"]
    assert [each["calls"] for each in found if each["rule"] == "retry_after_ignored"] == [[1, 2]]


@pytest.mark.parametrize("error", ["insufficient_quota", "request_too_large", "bad_request", "invalid_api_key", "context_length_exceeded"])
def test_what_no_retry_changes_is_retried(wire: Wire, error: str) -> None:
    tell(wire, {"match": {"user": "x"}, "reply": {"error": error}})
    ask(wire, "x")
    ask(wire, "y")
    assert shown(wire) == {}
    ask(wire, "x")
    assert shown(wire) == {"hopeless_retried": [1, 3]}


def test_storms_and_no_backoff(wire: Wire) -> None:
    tell(wire, {"match": {"user": "x"}, "reply": {"error": "server_error"}})
    for _ in range(6):
        ask(wire, "x")
    assert shown(wire) == {"retry_storm": [1, 2, 3, 4, 5, 6], "no_backoff": [1, 2, 3]}


def test_backoff_is_seen_on_the_worlds_clock(wire: Wire) -> None:
    tell(wire, {"match": {"user": "x"}, "reply": {"error": "server_error"}})
    for wait in (1, 2, 4, 8, 60):
        ask(wire, "x")
        wire.advance(f"{wait}s")
    assert shown(wire) == {}


def test_a_truncated_stream_that_is_taken_for_whole(wire: Wire, client: OpenAI) -> None:
    tell(
        wire,
        {"match": {"user": "cut", "call": 1}, "reply": {"fault": "cut:3"}},
        {"match": {"user": "cut short"}, "reply": {"fault": "no_done"}},
    )
    with pytest.raises((openai.APIConnectionError, httpx2.RemoteProtocolError)):
        list(say(client, "cut", stream=True))
    list(say(client, "cut", stream=True))
    assert shown(wire) == {}
    list(say(client, "cut short", stream=True))
    assert shown(wire) == {}
    say(client, "and on")
    assert shown(wire) == {"truncated_stream_accepted": [3, 4]}


def test_unknown_parameters(wire: Wire) -> None:
    ask(wire, "x", temprature=1)
    assert shown(wire) == {"unknown_parameter": [1]}


@pytest.mark.parametrize("stream", [False, True])
def test_tool_results_that_are_lost(wire: Wire, client: OpenAI, stream: bool) -> None:
    made = say(client, "weather in Rome", tools=[WEATHER], tool_choice="required", stream=stream)
    if stream:
        list(made)
    assert shown(wire) == {}
    say(client, "something else")
    assert shown(wire) == {"tool_results_lost": [1]}


def test_tool_results_that_came_back(wire: Wire, client: OpenAI) -> None:
    message = say(client, "weather in Rome", tools=[WEATHER], tool_choice="required").choices[0].message
    results: Any = [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in message.tool_calls]
    messages: Any = [{"role": "user", "content": "weather in Rome"}, message, *results]
    client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=[WEATHER])
    assert shown(wire) == {}


def test_a_list_of_which_only_the_first_page_was_read(wire: Wire, client: OpenAI) -> None:
    for number in range(21):
        say(client, f"number {number}", store=True)
    assert len(client.chat.completions.list().data) == 20
    assert list(shown(wire)) == ["unpaged_list"]
    assert len(list(client.chat.completions.list())) == 21
    assert shown(wire) == {}


def test_errors_of_a_batch_that_nobody_read(wire: Wire, client: OpenAI) -> None:
    tell(wire, {"match": {"user": "bad"}, "reply": {"error": "server_error"}})
    line = {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions",
            "body": {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "bad"}]}}  # fmt: skip
    file = client.files.create(file=("a.jsonl", json.dumps(line).encode()), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    while batch.status != "completed":
        time.sleep(0.05)
        batch = client.batches.retrieve(batch.id)
    assert list(shown(wire)) == ["batch_errors_ignored"]
    assert batch.error_file_id is not None
    client.files.content(batch.error_file_id)
    assert shown(wire) == {}


def test_what_is_odd_about_a_call_that_is_valid(wire: Wire) -> None:
    ask(wire, "x", max_tokens=5, seed=3, user="me", metadata={"a": "b"})
    ask(wire, "x", metadata={"a": "b"}, store=True)
    wire.request("POST", "/audio/speech", json={"model": "tts-1", "input": "x", "voice": "alloy", "instructions": "slowly"})
    found = wire.control("GET", "/_mock/findings").json()["findings"]
    assert [(each["number"], each["kind"], each["param"]) for each in found] == [
        (1, "deprecated", "max_tokens"), (1, "deprecated", "seed"), (1, "deprecated", "user"), (1, "ignored", "metadata"),
        (3, "ignored", "instructions"),
    ]  # fmt: skip


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "mockapi", "verdict", *words], capture_output=True, text=True, timeout=60, check=False)


def test_as_an_exit_status(wire: Wire, server: Server, key: str) -> None:
    url = server.base_url.removesuffix("/v1")
    ask(wire, "x")
    good = run("--url", url, "--key", key)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.endswith(": 1 calls, 0 errors, 0 warnings, 0 notes\n")
    ask(wire, "x", temprature=1)
    bad = run("--url", url, "--key", key)
    assert bad.returncode == 1
    assert bad.stdout.startswith("error: unknown_parameter: Unknown parameter: 'temprature'. Did you mean 'temperature'? (calls 2)\n")
    assert json.loads(run("--url", url, "--key", key, "--json").stdout)["passed"] is False
    nobody = run("--url", "http://127.0.0.1:1")
    assert nobody.returncode == 2
    assert nobody.stderr.startswith("mockapi: no server answers at http://127.0.0.1:1")


def test_projects_are_judged_apart(server: Server, name: str) -> None:
    with Wire(server.base_url, f"sk-{name}-one") as one, Wire(server.base_url, f"sk-{name}-two") as two:
        ask(one, "x", temprature=1)
        ask(two, "x")
        assert list(shown(one)) == ["unknown_parameter"]
        assert shown(two) == {}
    assert server.project(name).verdict()["calls"] == 0
