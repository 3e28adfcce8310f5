"""Explaining faults: pydantic says that a request is wrong exactly when the explanation finds a fault."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mockapi.contract.chat import CreateChatCompletionRequest
from mockapi.contract.explain import explain
from mockapi.contract.responses.request import CreateResponse
from mockapi.contract.types import Contract

CHAT: dict[str, Any] = {
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
RESPONSE: dict[str, Any] = {
    "model": "gpt-4o-mini",
    "input": [
        {"role": "user", "content": "t"},
        {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "t"}, {"type": "input_image", "image_url": "u"}]},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "t"}]},
        {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "completed",
            "phase": None,
            "content": [{"type": "output_text", "text": "t", "annotations": [{"type": "file_path", "file_id": "f", "index": 0}]}],
        },
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}", "caller": {"type": "direct"}},
        {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_file", "file_id": "f"}]},
        {"type": "computer_call", "id": "cu_1", "call_id": "d", "pending_safety_checks": [], "status": "completed",
         "action": {"type": "scroll", "x": 1, "y": 2, "scroll_x": 3, "scroll_y": 4}},
        {"type": "mcp_call", "id": "mcp_1", "server_label": "s", "name": "n", "arguments": "{}",
         "error": {"type": "http_error", "code": 424, "message": "m"}},
        {"id": "msg_2"},
    ],
    "tools": [
        {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": False},
        {"type": "custom", "name": "c", "format": {"type": "grammar", "syntax": "lark", "definition": "d"}},
        {"type": "file_search", "vector_store_ids": ["v"],
         "filters": {"type": "and", "filters": [{"type": "eq", "key": "k", "value": ["x", 1]}]}},
        {"type": "web_search", "user_location": {"type": "approximate", "city": "x"}},
        {"type": "mcp", "server_label": "s", "allowed_tools": {"tool_names": ["t"]}, "require_approval": {"never": {"read_only": True}}},
        {"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["f"]}},
        {"type": "namespace", "name": "n", "description": "d", "tools": [{"type": "function", "name": "g"}]},
    ],
    "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]},
    "text": {"format": {"type": "json_schema", "name": "n", "schema": {}}, "verbosity": "low"},
    "reasoning": {"effort": "low", "summary": "auto"},
    "prompt": {"id": "pmpt_1", "variables": {"a": "b", "c": {"type": "input_text", "text": "t"}}},
    "metadata": {"k": "v"},
    "include": ["reasoning.encrypted_content"],
    "context_management": [{"type": "compaction", "compact_threshold": 2000}],
    "conversation": {"id": "conv_1"},
    "max_output_tokens": 16,
    "service_tier": "auto",
    "stream_options": {"include_obfuscation": True},
}  # fmt: skip
WHOLE: dict[type[Contract], dict[str, Any]] = {CreateChatCompletionRequest: CHAT, CreateResponse: RESPONSE}
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-300, 300), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5), st.just("x" * 70),
    st.just([]), st.just({}), st.just(["x"]), st.just({"type": "function"}), st.just({"type": "zzz"}), st.just({"role": "user"}), st.just([{}]), st.just({"type": [1]}),
).map(copy.deepcopy)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of every value in a body."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        found += places(child, (*path, key))
    return found


@pytest.mark.parametrize("contract", WHOLE)
@given(data=st.data())
@settings(max_examples=600, deadline=None)
def test_a_fault_is_found_exactly_when_the_contract_is_broken(contract: type[Contract], data: st.DataObject) -> None:
    body = copy.deepcopy(WHOLE[contract])
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
        contract.model_validate(body)
        holds = True
    except ValidationError:
        holds = False
    fault = explain(contract, body)
    assert (fault is None) is holds
    if fault is not None:
        assert fault.status == 400
        assert fault.message
        assert fault.param is None or fault.param.startswith((*contract.model_fields, *body))
