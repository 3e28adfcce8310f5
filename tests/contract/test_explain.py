"""Explaining faults: pydantic says that a request is wrong exactly when the explanation finds a fault."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mockapi.contract.chat import CreateChatCompletionRequest
from mockapi.contract.explain import explain

WHOLE: dict[str, Any] = {
    "model": "gpt-4o-mini",
    "messages": [
        {"role": "system", "content": "s", "name": "boss"},
        {"role": "user", "content": [{"type": "text", "text": "t"}, {"type": "image_url", "image_url": {"url": "u", "detail": "low"}}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "c", "content": "r"},
    ],
    "tools": [
        {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}, "strict": False}},
        {"type": "custom", "custom": {"name": "c", "format": {"type": "grammar", "grammar": {"syntax": "lark", "definition": "d"}}}},
    ],
    "tool_choice": {"type": "function", "function": {"name": "f"}},
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {}, "strict": True}},
    "metadata": {"k": "v"},
    "logit_bias": {"1": 2},
    "stop": ["a"],
    "n": 2,
    "temperature": 0.5,
    "top_logprobs": 3,
    "stream_options": {"include_usage": True},
    "prediction": {"type": "content", "content": "c"},
    "audio": {"voice": {"id": "v"}, "format": "wav"},
    "web_search_options": {"user_location": {"type": "approximate", "approximate": {"city": "x"}}},
    "service_tier": "auto",
    "modalities": ["text"],
    "moderation": {"model": "m"},
}
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-300, 300), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5), st.just("x" * 70),
    st.just([]), st.just({}), st.just(["x"]), st.just({"type": "function"}), st.just({"type": "zzz"}), st.just({"role": "user"}), st.just([{}]),
).map(copy.deepcopy)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of every value in a body."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        found += places(child, (*path, key))
    return found


@given(st.data())
@settings(max_examples=600, deadline=None)
def test_a_fault_is_found_exactly_when_the_contract_is_broken(data: st.DataObject) -> None:
    body = copy.deepcopy(WHOLE)
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(places(body)))
        parent = body
        for key in path[:-1]:
            parent = parent[key]
        change = data.draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "replace":
            parent[path[-1]] = data.draw(JUNK)
        elif change == "remove":
            del parent[path[-1]]
        elif isinstance(parent, dict):
            parent[data.draw(st.text(max_size=4))] = data.draw(JUNK)
        if not places(body):
            break
    try:
        CreateChatCompletionRequest.model_validate(body)
        holds = True
    except ValidationError:
        holds = False
    fault = explain(CreateChatCompletionRequest, body)
    assert (fault is None) is holds
    if fault is not None:
        assert fault.status == 400
        assert fault.message
        assert fault.param is None or fault.param.startswith((*CreateChatCompletionRequest.model_fields, *body))
