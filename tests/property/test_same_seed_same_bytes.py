"""Same seed, same request: the same bytes, in another process, under another hash seed, in another order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests.resources.test_chat_completions import weather_tool

ASK = """
import json, sys
import httpx2
from mockapi import Server, Settings
requests = json.load(sys.stdin)
with Server(Settings(port=0, clock="2026-01-02T03:04:05", seed=sys.argv[1])) as mock:
    for body in requests:
        path = "/responses" if "input" in body else "/chat/completions"
        reply = httpx2.post(mock.base_url + path, json=body, headers={"authorization": "Bearer sk-same"})
        print(json.dumps([reply.status_code, sorted(reply.headers.items()), reply.text]))
"""
RUN = """
import sys
import httpx2
from mockapi import Server, Settings
headers = {"authorization": "Bearer sk-same", "openai-beta": "assistants=v2"}
with Server(Settings(port=0, clock="2026-01-02T03:04:05", seed=sys.argv[1])) as mock, httpx2.Client(headers=headers) as http:
    guide = http.post(mock.base_url + "/assistants", json={"model": "gpt-4o-mini", "tools": [{"type": "code_interpreter"}]}).json()
    thread = {"messages": [{"role": "user", "content": "What is 12 * 12?"}]}
    body = {"assistant_id": guide["id"], "thread": thread, "stream": True}
    for _ in range(2):
        print(http.post(mock.base_url + "/threads/runs", json=body).text)
"""
SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "code": {"type": "string", "pattern": "^[^a-y]{3}[A-Z]+$"},
        "id": {"type": "string", "format": "uuid"},
    },
    "required": ["name", "code", "id"],
    "additionalProperties": False,
}


def requests() -> list[dict[str, Any]]:
    model = {"model": "gpt-4o-mini"}
    return [
        model | {"messages": [{"role": "user", "content": "Tell me about rivers"}]},
        model | {"messages": [{"role": "user", "content": "Tell me about rivers"}], "stream": True, "n": 2},
        model | {"messages": [{"role": "user", "content": "Weather in Paris and Rome?"}], "tools": [weather_tool()]},
        model
        | {
            "messages": [{"role": "user", "content": "Make one"}],
            "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA, "strict": True}},
        },
        model | {"messages": [{"role": "user", "content": "Explain tides"}], "logprobs": True, "top_logprobs": 3},
        model | {"messages": [{"role": "user", "content": "Hi"}], "temperature": 9},
        {
            "model": "gpt-audio",
            "messages": [{"role": "user", "content": "Hi"}],
            "modalities": ["text", "audio"],
            "audio": {"voice": "ash", "format": "opus"},
        },
        model | {"input": "What is 12 * 12?", "tools": [{"type": "code_interpreter", "container": {"type": "auto"}}], "stream": True},
        model | {"input": "Draw an owl", "tools": [{"type": "image_generation"}, {"type": "web_search"}]},
        {"model": "o4-mini", "input": "Explain tides", "reasoning": {"summary": "auto"}, "include": ["reasoning.encrypted_content"]},
    ]


def answers(hash_seed: str, seed: str, asked: list[dict[str, Any]]) -> dict[str, str]:
    """Each request's answer, by the request."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-c", ASK, seed], input=json.dumps(asked), env=environment, capture_output=True, text=True, check=True
    )
    return {json.dumps(body): line for body, line in zip(asked, done.stdout.splitlines(), strict=True)}


def without_limits(answer: str) -> list[Any]:
    """What was used of a limit depends on the order of the calls, as it should."""
    status, headers, text = json.loads(answer)
    return [status, [header for header in headers if not header[0].startswith("x-ratelimit")], text]


def test_the_same_runs_in_another_process() -> None:
    def streams(hash_seed: str, seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        return subprocess.run([sys.executable, "-c", RUN, seed], env=environment, capture_output=True, text=True, check=True).stdout

    first = streams("1", "alpha")
    assert first.count("thread.run.completed") == 2
    assert first == streams("4242", "alpha") != streams("1", "beta")


def test_the_same_bytes_in_another_process() -> None:
    asked = requests()
    first = answers("1", "alpha", asked)
    assert first == answers("4242", "alpha", asked)
    reversed_order = answers("7", "alpha", asked[::-1])
    assert {key: without_limits(answer) for key, answer in first.items()} == {
        key: without_limits(answer) for key, answer in reversed_order.items()
    }
    other = answers("1", "beta", asked)
    assert sum(first[key] != other[key] for key in first) == len(asked)
