"""Canned mode: every operation answers every well-formed request, junk ids included, and echoes what it was asked with."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from mockapi.resources import OPERATIONS
from tests.conftest import Wire


def body_of(operation: str) -> Any:
    if operation == "createChatCompletion":
        return {"model": "some-model-of-tomorrow", "messages": [{"role": "user", "content": "Say hello"}]}
    return {"metadata": {"team": "blue"}} if operation == "updateChatCompletion" else None


@pytest.mark.parametrize("operation", list(OPERATIONS))
def test_every_operation_answers_junk_ids_with_a_valid_object(canned: Wire, operation: str) -> None:
    declared = OPERATIONS[operation]
    path = declared.path.replace("{completion_id}", "junk-1").replace("{model}", "junk-1")
    body = body_of(operation)
    reply = canned.request(declared.method, path, **({"json": body} if body is not None else {}))
    assert reply.status_code == 200, reply.text
    TypeAdapter(declared.response).validate_python(reply.json())
    if declared.parameters and "id" in reply.json():
        assert reply.json()["id"] == "junk-1"


def test_the_model_and_the_metadata_are_echoed(canned: Wire) -> None:
    made = canned.request("POST", "/chat/completions", json=body_of("createChatCompletion")).json()
    assert made["model"] == "some-model-of-tomorrow"
    assert made["choices"][0]["message"]["content"] == "Hello!"
    assert canned.request("POST", "/chat/completions/x", json={"metadata": {"team": "blue"}}).json()["metadata"] == {"team": "blue"}


def test_streams_are_served(canned: Wire) -> None:
    reply = canned.request("POST", "/chat/completions", json={**body_of("createChatCompletion"), "stream": True})
    events = [json.loads(line.removeprefix("data: ")) for line in reply.text.split("\n\n")[:-2]]
    assert "".join(event["choices"][0]["delta"].get("content", "") for event in events) == "Hello!"


def test_the_same_question_gets_the_same_sample(canned: Wire) -> None:
    first = canned.request("GET", "/chat/completions/abc")
    canned.control("POST", "/_mock/reset")
    assert canned.request("GET", "/chat/completions/abc").content == first.content


def test_what_is_not_well_formed_is_refused_as_ever(canned: Wire) -> None:
    assert canned.request("POST", "/chat/completions", json={"model": "x"}).status_code == 400
    assert canned.request("GET", "/chat/completions?limit=1000").status_code == 400
    assert canned.http.get(f"{canned.base_url}/models", headers={"authorization": ""}).status_code == 401


def test_there_are_no_limits(canned: Wire) -> None:
    reply = canned.request("POST", "/chat/completions", json=body_of("createChatCompletion"), headers={"x-mock-tier": "free"})
    assert reply.status_code == 200
    assert not any(name.startswith("x-ratelimit") for name in reply.headers)
