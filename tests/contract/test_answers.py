"""What the server sends, held against the official document and against our own contract: whole answers, events, errors.

Every difference from the document has its reason here; a difference without a reason fails, and so does a reason without a difference.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from pydantic import TypeAdapter

from mockapi.resources import everything
from tests.conftest import Wire
from tests.contract.document import faults, judge, validator
from tests.contract.test_parity import Reasons, unexplained
from tests.resources.test_chat_completions import user, weather_tool
from tests.samples import silence

OPERATIONS = everything()

PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TOOLS = {"tools": [weather_tool()], "messages": user("What's the weather in Paris and Rome?")}
LEGACY = {"functions": [{"name": "get_weather", "parameters": weather_tool()["function"]["parameters"]}]}
CUSTOM = {"name": "when", "format": {"type": "grammar", "grammar": {"syntax": "regex", "definition": r"\d{4}-\d{2}"}}}
TABLE = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "rows": {"type": "array", "items": {"$ref": "#/$defs/row"}}},
    "required": ["title", "rows"],
    "additionalProperties": False,
    "$defs": {
        "row": {
            "type": "object",
            "properties": {"price": {"type": "number"}, "note": {"type": ["string", "null"]}},
            "required": ["price", "note"],
            "additionalProperties": False,
        }
    },
}
_CALLED = [
    *user("What's the weather in Paris?"),
    {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "call_1", "content": "18 degrees"},
]


def _schema(strict: bool) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "table", "schema": TABLE, "strict": strict}}


def _parts(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, *parts]}]


# What a body may ask for, by name; the rest of each is a plain chat.
ASKED: dict[str, dict[str, Any]] = {
    "text": {},
    "several choices": {"n": 3},
    "stop": {"stop": ["a", "e"]},
    "length": {"max_tokens": 2, "messages": user("Tell me a long story")},
    "logprobs": {"logprobs": True, "top_logprobs": 3},
    "seed and penalties": {
        "seed": 7,
        "temperature": 0.2,
        "top_p": 0.5,
        "frequency_penalty": 1,
        "presence_penalty": -1,
        "logit_bias": {"5": 3},
    },
    "json mode": {"response_format": {"type": "json_object"}, "messages": user("Give me some JSON")},
    "strict schema": {"response_format": _schema(True)},
    "loose schema": {"response_format": _schema(False)},
    "refusal": {"response_format": _schema(True), "messages": user("How do I build a bomb?")},
    "refusal in prose": {"messages": user("How do I build a bomb?"), "logprobs": True},
    "parallel calls": TOOLS,
    "one call": {**TOOLS, "parallel_tool_calls": False},
    "forced call": {**TOOLS, "tool_choice": {"type": "function", "function": {"name": "get_weather"}}},
    "custom tool": {"model": "gpt-5", "tools": [{"type": "custom", "custom": CUSTOM}], "messages": user("When was it?")},
    "legacy function": {**LEGACY, "messages": user("What's the weather in Paris?")},
    "tool result": {"tools": [weather_tool()], "messages": _CALLED},
    "image": {"messages": _parts({"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}})},
    "image by address": {"messages": _parts({"type": "image_url", "image_url": {"url": "https://example.com/a.png"}})},
    "audio in": {
        "model": "gpt-audio",
        "messages": _parts({"type": "input_audio", "input_audio": {"data": base64.b64encode(silence(1.0)).decode(), "format": "wav"}}),
    },
    "prediction": {"prediction": {"type": "content", "content": "Hello! How can I help?"}},
    "cached prefix": {"messages": [{"role": "system", "content": "Remember this. " * 500}, *user("Hi")]},
    "moderation": {"moderation": {"model": "omni-moderation-latest"}},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
    "search": {"model": "gpt-4o-search-preview", "web_search_options": {}, "messages": user("News about owls")},
    "reasoning": {"model": "o4-mini", "reasoning_effort": "high", "messages": user("Explain tides")},
    "newest": {"model": "gpt-5", "verbosity": "low"},
    "stored": {"store": True, "metadata": {"run": "1"}},
    "stored calls": {**TOOLS, "store": True, "metadata": {"run": "1"}},
    "stored schema": {"response_format": _schema(True), "store": True, "metadata": {"run": "1"}},
}
SPOKEN = {
    "model": "gpt-audio",
    "modalities": ["text", "audio"],
    "audio": {"voice": "alloy", "format": "wav"},
    "messages": user("Say good morning"),
}
# A streamed voice has one format only, and it is none of those that a whole one may have a head in.
WHOLE = {**ASKED, "audio out": SPOKEN}
STREAMED = {
    **ASKED,
    "audio out": {**SPOKEN, "audio": {"voice": "alloy", "format": "pcm16"}},
    "usage": {"stream_options": {"include_usage": True}},
    "usage of calls": {**TOOLS, "stream_options": {"include_usage": True}},
    "no obfuscation": {"stream_options": {"include_obfuscation": False}},
}

NO_FINGERPRINT = (r"/(data/\[\]/)?system_fingerprint: null", "null for models that have none (recorded)")
STORED: Reasons = [
    NO_FINGERPRINT,
    (r"/message/(tool_calls|function_call): null", "a stored message carries both, null (document's own example)"),
    (r"/(first_id|last_id): null", "null for an empty list (recorded)"),
    (r"Messages response /data/\[\]/content_parts/\[\]: .*input_audio", "the document describes text and images only"),
    (r"Messages response /data/\[\]/role: ", "a prompt's messages have any role; the document describes them as answers"),
]


@cache
def _ours(operation: str, part: str) -> TypeAdapter[Any]:
    declared = OPERATIONS[operation]
    return TypeAdapter(declared.events if part == "events" else declared.response)


def lines(operation: str, part: str, text: str) -> Iterator[str]:
    """What an answer or event has against the document; our own contract must hold to the letter, with no member it does not name."""
    _ours(operation, part).validate_json(text, strict=True, extra="forbid")
    for where, what in faults(validator(operation, part), json.loads(text)):
        yield f"{operation} {part} /{where}: {what}"


def events(text: str) -> list[str]:
    """The data of a stream, without its `[DONE]`."""
    data = [event.removeprefix("data: ") for event in text.split("\n\n") if event]
    assert data.pop() == "[DONE]"
    return data


def of_run(text: str) -> list[str]:
    """The events of a run's stream, names and data together."""
    pieces = [piece.removeprefix("event: ").partition("\ndata: ") for piece in text.split("\n\n") if piece]
    assert pieces[-1][::2] == ("done", "[DONE]")
    return [json.dumps({"event": name, "data": data if name == "done" else json.loads(data)}) for name, _, data in pieces]


@pytest.mark.parametrize("mode", ["wire", "canned"])
def test_answers_are_what_the_document_describes(mode: str, request: pytest.FixtureRequest) -> None:
    calls: Wire = request.getfixturevalue(mode)
    found: list[str] = []
    for name, body in WHOLE.items():
        answer = calls.chat(**body)
        assert answer.status_code == 200, (name, answer.text)
        found += lines("createChatCompletion", "response", answer.text)
    assert unexplained(found, [NO_FINGERPRINT]) == ([], [])


@pytest.mark.parametrize("mode", ["wire", "canned"])
def test_events_are_what_the_document_describes(mode: str, request: pytest.FixtureRequest) -> None:
    calls: Wire = request.getfixturevalue(mode)
    found: list[str] = []
    for name, body in STREAMED.items():
        answer = calls.chat(**body, stream=True)
        assert answer.status_code == 200, (name, answer.text)
        sent = events(answer.text)
        assert len(sent) >= 2, name
        for event in sent:
            found += lines("createChatCompletion", "events", event)
    custom = (r'/tool_calls/\[\]/type: "custom"', "custom tools stream as they answer (recorded)")
    assert unexplained(found, [NO_FINGERPRINT, custom]) == ([], [])


def test_stored_completions_are_what_the_document_describes(wire: Wire) -> None:
    found: list[str] = []

    def ask(operation: str, method: str, path: str, **options: Any) -> Any:
        answer = wire.request(method, path, **options)
        assert answer.status_code == 200, (path, answer.text)
        found.extend(lines(operation, "response", answer.text))
        return answer.json()

    ask("listChatCompletions", "GET", "/chat/completions")
    for body in ASKED.values():
        kept = wire.chat(**{**body, "store": True}).json()["id"]
        ask("getChatCompletion", "GET", f"/chat/completions/{kept}")
        ask("getChatCompletionMessages", "GET", f"/chat/completions/{kept}/messages")
        ask("updateChatCompletion", "POST", f"/chat/completions/{kept}", json={"metadata": {"seen": "yes"}})
    listed = ask("listChatCompletions", "GET", "/chat/completions", params={"limit": 100})
    assert len(listed["data"]) == len(ASKED)
    ask("listChatCompletions", "GET", "/chat/completions", params={"limit": 2, "order": "desc", "metadata[seen]": "yes"})
    ask("deleteChatCompletion", "DELETE", f"/chat/completions/{kept}")
    assert unexplained(found, STORED) == ([], [])


def test_models_are_what_the_document_describes(wire: Wire) -> None:
    found = list(lines("listModels", "response", wire.request("GET", "/models").text))
    found += lines("retrieveModel", "response", wire.request("GET", "/models/gpt-4o-mini").text)
    assert found == []


# Method, path and JSON body of calls that fail, each in its own way.
FAILING: list[tuple[str, str, Any]] = [
    ("POST", "/chat/completions", {"model": "gpt-4o-mini"}),
    ("POST", "/chat/completions", {"model": "nobody", "messages": user("Hi")}),
    ("POST", "/chat/completions", {"model": "gpt-4o-mini", "messages": user("Hi"), "extra": 1}),
    ("POST", "/chat/completions", {"model": "gpt-4o-mini", "messages": user("Hi"), "temperature": 9}),
    (
        "POST",
        "/chat/completions",
        {"model": "gpt-4o-mini", "messages": [*user("Hi"), {"role": "tool", "tool_call_id": "x", "content": "y"}]},
    ),
    ("POST", "/chat/completions", {"model": "gpt-4o-mini", "messages": user("a " * 200_000)}),
    ("GET", "/chat/completions/chatcmpl-none", None),
    ("POST", "/chat/completions/chatcmpl-none", {"metadata": {}}),
    ("DELETE", "/chat/completions/chatcmpl-none", None),
    ("GET", "/chat/completions?limit=none", None),
    ("GET", "/models/nobody", None),
    ("DELETE", "/models/gpt-4o-mini", None),
    ("PUT", "/chat/completions", {}),
    ("GET", "/nowhere", None),
]


def test_errors_are_what_the_document_describes(wire: Wire) -> None:
    described = judge({"$ref": "#/components/schemas/ErrorResponse"})
    answers = [wire.request(method, path, json=body) for method, path, body in FAILING]
    answers.append(wire.chat(headers={"authorization": "Bearer sk-mock-invalid"}))
    answers.append(wire.chat(headers={"x-mock-tier": "free"}))
    assert all(answer.status_code >= 400 for answer in answers)
    while answers[-1].status_code != 429:
        answers[-1] = wire.chat(headers={"x-mock-tier": "1"}, model="gpt-4", messages=user("word " * 4000))
    for answer in answers:
        described.validate(answer.json())
        assert set(answer.json()) == {"error"}
        assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
