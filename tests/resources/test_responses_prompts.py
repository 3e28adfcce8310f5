"""Stored prompts, contexts that are compacted on the way, and responses that fail: through the official SDK."""

from __future__ import annotations

import json
import time
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.conftest import Wire
from tests.receiver import Receiver

LONG = "The harbour of the old town has seen many ships. " * 200


def told(wire: Wire, **prompt: Any) -> str:
    made = wire.control("POST", "/_mock/prompts", json=prompt)
    assert made.status_code == 200, made.text
    found = made.json()["id"]
    assert isinstance(found, str)
    return found


def test_a_stored_prompt_answers(wire: Wire, client: OpenAI) -> None:
    id = told(wire, model="gpt-4o-mini", instructions="You speak to {{name}}.", messages=[{"role": "user", "content": "What is {{sum}}?"}])
    assert id.startswith("pmpt_")
    made = client.responses.create(prompt={"id": id, "variables": {"name": "Ada", "sum": {"type": "input_text", "text": "20 + 22"}}})
    assert made.output_text == "20 + 22 = 42."
    assert made.model == "gpt-4o-mini-2024-07-18"
    assert made.prompt is not None and made.prompt.id == id
    assert isinstance(made.instructions, list)
    assert made.instructions[0].to_dict()["content"] == [{"type": "input_text", "text": "You speak to Ada."}]
    own = client.responses.create(model="gpt-4o", prompt={"id": id, "variables": {"name": "Ada", "sum": "1 + 1"}}, input="What is 3 + 4?")
    assert (own.output_text, own.model) == ("3 + 4 = 7.", "gpt-4o-2024-08-06")


def test_versions_of_a_prompt(wire: Wire, client: OpenAI) -> None:
    id = told(wire, id="pmpt_greeting", model="gpt-4o-mini", messages=[{"role": "user", "content": "What is 1 + 1?"}])
    told(wire, id=id, model="gpt-4o-mini", messages=[{"role": "user", "content": "What is 2 + 2?"}])
    assert client.responses.create(prompt={"id": id}).output_text == "2 + 2 = 4."
    assert client.responses.create(prompt={"id": id, "version": "1"}).output_text == "1 + 1 = 2."
    assert wire.control("GET", "/_mock/prompts").json() == {"prompts": [{"id": id, "versions": ["1", "2"]}]}
    with pytest.raises(openai.NotFoundError):
        client.responses.create(model="gpt-4o-mini", prompt={"id": id, "version": "9"})


def test_places_and_values_that_do_not_fit(wire: Wire, client: OpenAI) -> None:
    id = told(wire, model="gpt-4o-mini", messages=[{"role": "user", "content": "Greet {{name}}"}])
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "missing_prompt_variables"),
        ({"name": "a", "age": "b"}, "unknown_prompt_variables"),
    ]
    for variables, code in cases:
        with pytest.raises(openai.BadRequestError) as refused:
            client.responses.create(prompt={"id": id, "variables": variables})
        assert refused.value.code == code
    for wrong in ({}, {"messages": [{"role": "cat", "content": "x"}]}, {"instructions": 5}, {"messages": "x"}):
        assert wire.control("POST", "/_mock/prompts", json=wrong).status_code == 400


def test_a_long_context_is_compacted_on_the_way(client: OpenAI) -> None:
    management: Any = [{"type": "compaction", "compact_threshold": 1000}]
    with client.responses.stream(model="gpt-4o-mini", input=f"{LONG} Say hello", context_management=management) as stream:
        kinds = [event.type for event in stream]
        first = stream.get_final_response()
    assert [item.type for item in first.output] == ["compaction", "message"]
    assert kinds[2:4] == ["response.output_item.added", "response.output_item.done"]
    after = client.responses.create(model="gpt-4o-mini", input="What is 2 + 3?", previous_response_id=first.id)
    assert after.usage is not None and first.usage is not None
    assert after.usage.input_tokens < first.usage.input_tokens / 10
    assert after.output_text == "2 + 3 = 5."
    short = client.responses.create(model="gpt-4o-mini", input="Say hello", context_management=management)
    assert [item.type for item in short.output] == ["message"]


def test_a_scenario_makes_a_response_fail(wire: Wire, client: OpenAI) -> None:
    wire.control("POST", "/_mock/scenarios", json={"scenarios": [{"reply": {"failed": {"code": "server_error", "message": "It broke."}}}]})
    with Receiver() as receiver:
        wire.control("POST", "/_mock/webhooks", json={"url": receiver.url})
        begun = client.responses.create(model="gpt-4o-mini", input="Say hello", background=True)
        assert begun.status == "queued"
        deadline = time.monotonic() + 10
        while (made := client.responses.retrieve(begun.id)).status != "failed" and time.monotonic() < deadline:
            time.sleep(0.05)
        assert made.error is not None and (made.error.code, made.error.message) == ("server_error", "It broke.")
        assert json.loads(receiver.wait(1)[0].body)["type"] == "response.failed"
    events = [event.type for event in client.responses.create(model="gpt-4o-mini", input="Say hello", stream=True)]
    assert events == ["response.created", "response.in_progress", "response.failed"]
    with pytest.raises(openai.InternalServerError) as raised:
        client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}])
    assert raised.value.code == "server_error"
