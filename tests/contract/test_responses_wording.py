"""Faults of requests to the Responses API, as it words and orders them (api-facts C.5, measured), and what lies between parameters."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from mockapi.contract.explain import explain
from mockapi.contract.responses import rules
from mockapi.contract.responses.request import CreateResponse
from mockapi.errors import ApiError

BODY: dict[str, Any] = {"model": "gpt-4o-mini", "input": "Hello"}
_MOVED = (
    "Unsupported parameter: '{0}'. In the Responses API, this parameter has moved to '{1}'. Try again with the new parameter. See the API "
    "documentation for more information: https://platform.openai.com/docs/api-reference/responses/create."
)
_ROLES = "Invalid value: 'x'. Supported values are: 'assistant', 'system', 'developer', and 'user'."
_PARTS = (
    "Invalid value: 'text'. Supported values are: 'input_text', 'input_image', 'input_audio', 'output_text', 'refusal', 'input_file', "
    "'computer_screenshot', 'summary_text', and 'encrypted_content'."
)
_INCLUDES = (
    "Invalid value: 'x'. Supported values are: 'file_search_call.results', 'web_search_call.results', 'web_search_call.action.sources', "
    "'message.input_image.image_url', 'computer_call_output.output.image_url', 'code_interpreter_call.outputs', "
    "'reasoning.encrypted_content', and 'message.output_text.logprobs'."
)


def missing(param: str) -> tuple[str, str, str]:
    return f"Missing required parameter: '{param}'.", param, "missing_required_parameter"


def said(*parts: dict[str, Any], role: str = "user") -> dict[str, Any]:
    return {"input": [{"role": role, "content": list(parts)}]}


FAULTS: list[tuple[dict[str, Any], tuple[str, str | None, str | None]]] = [
    ({"model": ...}, missing("model")),
    ({"model": None, "input": ...}, ("Invalid type for 'model': expected a string, but got an object instead.", "model", "invalid_type")),
    ({"model": "", "bogus": 1}, ("The requested model '' does not exist.", "model", "model_not_found")),
    ({"input": ..., "bogus": 1}, missing("input")),
    ({"bogus": 1, "input": 5}, ("Unknown parameter: 'bogus'.", "bogus", "unknown_parameter")),
    ({"input": None}, ("Invalid type for 'input': expected a string, but got an object instead.", "input", "invalid_type")),
    (
        {"input": {}, "temperature": 9},
        ("Invalid type for 'input': expected one of a string or array of input items, but got an object instead.", "input", "invalid_type"),
    ),
    ({"messages": [], "model": ...}, missing("model")),
    ({"messages": [], "input": ...}, (_MOVED.format("messages", "input"), None, "unsupported_parameter")),
    ({"response_format": {}}, (_MOVED.format("response_format", "text.format"), None, "unsupported_parameter")),
    ({"max_tokens": 5}, (_MOVED.format("max_tokens", "max_output_tokens"), None, "unsupported_parameter")),
    ({"reasoning_effort": "low"}, (_MOVED.format("reasoning_effort", "reasoning.effort"), None, "unsupported_parameter")),
    ({"input": [{"role": "x", "content": "a"}]}, (_ROLES, "input[0]", "invalid_value")),
    ({"input": [{"role": "user"}]}, missing("input[0].content")),
    (
        {"input": [{"role": "user", "content": "a", "bogus": 1}]},
        ("Unknown parameter: 'input[0].bogus'.", "input[0].bogus", "unknown_parameter"),
    ),
    (
        {"input": [{"role": "user", "content": "a", "phase": "commentary"}]},
        ("Unknown parameter: 'input[0].phase'.", "input[0].phase", "unknown_parameter"),
    ),
    (said({"type": "text", "text": "a"}), (_PARTS, "input[0].content[0].type", "invalid_value")),
    (
        said({"type": "output_text", "text": "a"}),
        (
            "Invalid value: 'output_text'. Supported values are: 'input_text', 'input_image', 'input_file', 'scoped_content', and "
            "'input_audio'.",
            "input[0].content[0]",
            "invalid_value",
        ),
    ),
    (
        said({"type": "input_text", "text": "a"}, role="assistant"),
        ("Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.", "input[0].content[0]", "invalid_value"),
    ),
    (
        {"max_output_tokens": 15},
        (
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 15 instead.",
            "max_output_tokens",
            "integer_below_min_value",
        ),
    ),
    (
        {"max_tool_calls": 0},
        (
            "Invalid 'max_tool_calls': integer below minimum value. Expected a value >= 1, but got 0 instead.",
            "max_tool_calls",
            "integer_below_min_value",
        ),
    ),
    (
        {"temperature": -1, "store": 5},
        (
            "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
            "temperature",
            "decimal_below_min_value",
        ),
    ),
    ({"include": ["x"], "tools": 5}, (_INCLUDES, "include[0]", "invalid_value")),
    ({"tools": 5}, ("Invalid type for 'tools': expected an array of tools, but got an integer instead.", "tools", "invalid_type")),
    ({"tools": [{}]}, missing("tools[0].type")),
    ({"tools": [{"type": "function", "function": {"name": "f"}}]}, missing("tools[0].name")),
    (
        {"tool_choice": 5},
        (
            "Invalid type for 'tool_choice': expected one of an object or 'none', 'auto', or 'required', but got an integer instead.",
            "tool_choice",
            "invalid_type",
        ),
    ),
    (
        {"text": {"format": {"type": "x"}}},
        ("Invalid value: 'x'. Supported values are: 'json_object', 'text', and 'json_schema'.", "text.format.type", "invalid_value"),
    ),
    ({"text": {"format": {"type": "json_schema"}}}, missing("text.format.name")),
    (
        {"reasoning": {"effort": "x"}},
        (
            "Invalid value: 'x'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'.",
            "reasoning.effort",
            "invalid_value",
        ),
    ),
    (
        {"reasoning": {"summary": "x"}},
        ("Invalid value: 'x'. Supported values are: 'concise', 'detailed', and 'auto'.", "reasoning.summary", "invalid_value"),
    ),
    ({"truncation": "x"}, ("Invalid value: 'x'. Supported values are: 'auto' and 'disabled'.", "truncation", "invalid_value")),
    (
        {"prompt_cache_retention": "x"},
        ("Invalid value: 'x'. Supported values are: 'in_memory' and '24h'.", "prompt_cache_retention", "invalid_value"),
    ),
]


def changed(change: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**BODY, **change}.items() if value is not ...}


@pytest.mark.parametrize(("change", "fault"), FAULTS)
def test_faults_are_worded_as_measured(change: dict[str, Any], fault: tuple[str, str | None, str | None]) -> None:
    with pytest.raises(ValidationError):
        CreateResponse.model_validate(changed(change))
    found = explain(CreateResponse, changed(change))
    assert found is not None
    assert (found.status, found.type) == (400, "invalid_request_error")
    assert (found.message, found.param, found.code) == fault


def test_an_item_of_an_unknown_kind_is_told_33_names() -> None:
    found = explain(CreateResponse, {**BODY, "input": [{"type": "x"}]})
    assert found is not None and found.param == "input[0]" and found.code == "invalid_value"
    assert found.message.startswith("Invalid value: 'x'. Supported values are: 'additional_tools', 'agent_message', 'apply_patch_call', ")
    assert found.message.endswith(", and 'web_search_call'.")
    names = found.message.split("are: ")[1].split("'")[1::2]
    assert len(names) == 33 and names == sorted(names)


@pytest.mark.parametrize(
    "change",
    [
        {"input": ..., "previous_response_id": "resp_1"},
        {"input": ..., "conversation": "conv_1"},
        {"input": ..., "model": ..., "prompt": {"id": "pmpt_1", "variables": {"city": "Paris"}}},
        {"input": [{"id": "msg_1"}, {"id": "msg_2", "type": None}, {"type": "item_reference", "id": "rs_1"}]},
        {"stream": None, "tools": None, "text": None, "metadata": None, "reasoning": None},
    ],
)
def test_what_may_be_left_out_may_be_left_out(change: dict[str, Any]) -> None:
    assert explain(CreateResponse, changed(change)) is None
    rules.check(CreateResponse.model_validate(changed(change)))


STRICT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
WEATHER = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}
_NO_ADDITIONAL = "In context=(), 'additionalProperties' is required to be supplied and to be false."
_EMPTY = (
    "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.",
    None,
    "missing_required_parameter",
)
BETWEEN: list[tuple[dict[str, Any], tuple[Any, str | None, str | None]]] = [
    (
        {"previous_response_id": "resp_1", "conversation": "conv_1"},
        (
            "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre...id' or 'conversation'.",
            None,
            "mutually_exclusive_parameters",
        ),
    ),
    ({"input": ""}, _EMPTY),
    ({"input": []}, _EMPTY),
    (
        {"text": {"format": {"type": "json_schema", "name": "n", "schema": STRICT, "strict": True}}},
        (f"Invalid schema for response_format 'n': {_NO_ADDITIONAL}", "text.format.schema", "invalid_json_schema"),
    ),
    (
        {"tools": [{"type": "function", "name": "f", "parameters": STRICT, "strict": True}]},
        (f"Invalid schema for function 'f': {_NO_ADDITIONAL}", "tools[0].parameters", "invalid_function_parameters"),
    ),
    (
        {"tools": [{"type": "custom", "name": "c", "format": {"type": "grammar", "syntax": "regex", "definition": "("}}]},
        (..., "tools[0].format.definition", "invalid_value"),
    ),
    ({"tool_choice": "required"}, ("Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice", None)),
    (
        {"tools": [WEATHER], "tool_choice": {"type": "function", "name": "x"}},
        ("Tool choice 'function:x' not found in 'tools' parameter.", "tool_choice", None),
    ),
    (
        {"tools": [WEATHER], "tool_choice": {"type": "image_generation"}},
        ("Tool choice 'image_generation' not found in 'tools' parameter.", "tool_choice", None),
    ),
    (
        {"tools": [WEATHER], "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "mcp", "server_label": "s"}]}},
        ("Tool choice 'mcp:s' not found in 'tools' parameter.", "tool_choice", None),
    ),
    (
        {"stream_options": {"include_obfuscation": False}},
        ("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options", None),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "fault"), BETWEEN)
def test_what_parameters_demand_of_each_other(change: dict[str, Any], fault: tuple[Any, str | None, str | None]) -> None:
    with pytest.raises(ApiError) as caught:
        rules.check(CreateResponse.model_validate(changed(change)))
    found = caught.value
    assert (found.message if fault[0] is not ... else ..., found.param, found.code) == fault


@pytest.mark.parametrize(
    "choice",
    [
        "required",
        {"type": "function", "name": "get_weather"},
        {"type": "function", "name": "deep"},
        {"type": "web_search_preview"},
        {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "get_weather"}, {"type": "mcp", "server_label": "s"}]},
    ],
)  # fmt: skip
def test_a_tool_that_is_offered_may_be_chosen(choice: Any) -> None:
    deep = {"type": "namespace", "name": "n", "description": "d", "tools": [{"type": "function", "name": "deep"}]}
    tools = [WEATHER, deep, {"type": "web_search"}, {"type": "mcp", "server_label": "s", "server_url": "https://example.com"}]
    rules.check(CreateResponse.model_validate({**BODY, "tools": tools, "tool_choice": choice}))


USER = {"type": "message", "id": "msg_1", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
SPOKEN = {"type": "message", "id": "msg_2", "role": "assistant", "content": []}
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": []}
CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{}"}
RESULT = {"type": "function_call_output", "call_id": "call_1", "output": "1"}


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([THOUGHT], "Item 'rs_1' of type 'reasoning' was provided without its required following item."),
        ([THOUGHT, USER], "Item 'rs_1' of type 'reasoning' was provided without its required following item."),
        ([RESULT], "No tool call found for function call output with call_id call_1."),
        ([RESULT, CALL], "No tool call found for function call output with call_id call_1."),
        ([USER, CALL], "No tool output found for function call call_1."),
        ([USER, SPOKEN, USER], "Duplicate item found with id msg_1. Remove duplicate items from your input and try again."),
    ],
)
def test_items_that_do_not_fit_together_are_refused(items: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(ApiError) as caught:
        rules.check_context(items)
    assert (caught.value.message, caught.value.param, caught.value.code) == (message, "input", None)


def test_items_that_fit_together_are_taken() -> None:
    rules.check_context([USER, THOUGHT, CALL, RESULT, {**THOUGHT, "id": "rs_2"}, SPOKEN, {**USER, "id": None}, {**USER, "id": None}])


def test_an_id_has_the_prefix_of_its_kind() -> None:
    for kind, id in (("message", "msg_1"), ("reasoning", "rs_1"), ("function_call", "fc_1"), ("function_call", None), ("shell_call", "x")):
        rules.check_id(kind, id, "input[0].id")
    with pytest.raises(ApiError) as caught:
        rules.check_id("function_call", "call_1", "input[1].id")
    found = caught.value
    assert found.message == "Invalid 'input[1].id': 'call_1'. Expected an ID that begins with 'fc'."
    assert (found.param, found.code) == ("input[1].id", "invalid_value")


def test_json_is_asked_for_in_words_too() -> None:
    asked = CreateResponse.model_validate({**BODY, "text": {"format": {"type": "json_object"}}})
    assert rules.asks_for_json(asked)
    rules.check_json_word([{**USER, "content": [{"type": "input_text", "text": "Some JSON please"}]}])
    rules.check_json_word([{**USER, "content": "Some JSON please"}])
    with pytest.raises(ApiError, match="must contain the word 'json' in some form") as caught:
        rules.check_json_word([USER])
    assert (caught.value.param, caught.value.code) == ("input", None)
