"""What the API says when something is wrong: status, type, param, code and message (api-facts B.4 and C)."""

from __future__ import annotations

import base64
import re
import socket
from typing import Any

import httpx2
import pytest

from mockapi import Server, Settings
from tests.conftest import MESSAGES, Wire
from tests.resources.test_chat_completions import png

USER = {"role": "user", "content": "x"}
CALL = {"id": "call_a", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def error(reply: httpx2.Response, status: int) -> dict[str, Any]:
    """The inside of an envelope, whose keys are always the four in order."""
    assert reply.status_code == status, reply.text
    body = reply.json()
    assert list(body) == ["error"]
    assert list(body["error"]) == ["message", "type", "param", "code"]
    inside: dict[str, Any] = body["error"]
    return inside


# name, what is sent, message, param, code. Measured on the API unless C.3 says otherwise.
FAULTS: list[tuple[str, dict[str, Any], str, str | None, str | None]] = [
    ("no model", {"model": ...}, "you must provide a model parameter", None, None),
    ("empty model", {"model": ""}, "you must provide a model parameter", None, None),
    ("null model", {"model": None}, "you must provide a model parameter", None, None),
    ("no model and an unknown key", {"model": ..., "zzz": 1}, "you must provide a model parameter", None, None),
    ("no messages", {"messages": ...}, "Missing required parameter: 'messages'.", "messages", "missing_required_parameter"),
    ("null messages", {"messages": None}, "Invalid type for 'messages': expected an array of objects, but got null instead.", "messages", "invalid_type"),
    ("messages a string", {"messages": "ping"}, "Invalid type for 'messages': expected an array of objects, but got a string instead.", "messages", "invalid_type"),
    ("messages empty", {"messages": []}, "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.", "messages", "empty_array"),
    ("an unknown key before an empty array", {"messages": [], "zzz": 1}, "Unknown parameter: 'zzz'.", "zzz", "unknown_parameter"),
    ("an unknown key before a bad type", {"zzz": 1, "n": "x"}, "Unknown parameter: 'zzz'.", "zzz", "unknown_parameter"),
    ("a key near two others", {"stor": 1}, "Unknown parameter: 'stor'. Did you mean 'stop' or 'store'?", "stor", "unknown_parameter"),
    ("a key near one other", {"temperatur": 1}, "Unknown parameter: 'temperatur'. Did you mean 'temperature'?", "temperatur", "unknown_parameter"),
    ("a key near one already sent", {"messagess": 1}, "Unknown parameter: 'messagess'.", "messagess", "unknown_parameter"),
    ("a message that is no object", {"messages": ["ping"]}, "Invalid type for 'messages[0]': expected an object, but got a string instead.", "messages[0]", "invalid_type"),
    ("no role", {"messages": [{"content": "x"}]}, "Missing required parameter: 'messages[0].role'.", "messages[0].role", "missing_required_parameter"),
    (
        "unknown role", {"messages": [{"role": "bogus", "content": "x"}]},
        "Invalid value: 'bogus'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
        "messages[0].role", "invalid_value",
    ),
    (
        "content a number", {"messages": [{"role": "user", "content": 7}]},
        "Invalid type for 'messages[0].content': expected one of a string or array of objects, but got an integer instead.",
        "messages[0].content", "invalid_type",
    ),
    ("content null", {"messages": [{"role": "user", "content": None}]}, "Invalid value for 'content': expected a string, got null.", "messages.[0].content", None),
    ("content absent", {"messages": [USER, {"role": "assistant"}]}, "Invalid value for 'content': expected a string, got null.", "messages.[1].content", None),
    ("content absent loses to a later type fault", {"messages": [{"role": "user"}, {"role": "user", "content": 7}]}, "Invalid type for 'messages[1].content': expected one of a string or array of objects, but got an integer instead.", "messages[1].content", "invalid_type"),
    ("developer content absent", {"messages": [{"role": "developer"}]}, "Missing required parameter: 'messages[0].content'.", "messages[0].content", "missing_required_parameter"),
    ("part without type", {"messages": [{"role": "user", "content": [{}]}]}, "Missing required parameter: 'messages[0].content[0].type'.", "messages[0].content[0].type", "missing_required_parameter"),
    (
        "part of unknown type", {"messages": [{"role": "user", "content": [{"type": "x"}]}]},
        "Invalid value: 'x'. Supported values are: 'text', 'image_url', 'input_audio', 'refusal', 'audio', and 'file'.",
        "messages[0].content[0].type", "invalid_value",
    ),
    ("unknown key deep inside", {"messages": [USER, {"role": "assistant", "tool_calls": [{**CALL, "index": 0}]}]}, "Unknown parameter: 'messages[1].tool_calls[0].index'.", "messages[1].tool_calls[0].index", "unknown_parameter"),
    ("tool_calls empty", {"messages": [USER, {"role": "assistant", "content": "x", "tool_calls": []}]}, "Invalid 'messages[1].tool_calls': empty array. Expected an array with minimum length 1, but got an empty array instead.", "messages[1].tool_calls", "empty_array"),
    ("a tool message after nothing", {"messages": [USER, {"role": "tool", "tool_call_id": "call_a", "content": "x"}]}, "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.", "messages.[1].role", None),
    (
        "a tool message for another call", {"messages": [USER, {"role": "assistant", "tool_calls": [CALL]}, {"role": "tool", "tool_call_id": "call_b", "content": "x"}]},
        "Invalid parameter: 'tool_call_id' of 'call_b' not found in 'tool_calls' of previous message.", "messages.[2].tool_call_id", None,
    ),
    (
        "calls without results", {"messages": [USER, {"role": "assistant", "tool_calls": [CALL, {**CALL, "id": "call_b"}]}, USER]},
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: call_a, call_b",
        "messages", None,
    ),
    ("n a string", {"n": "2"}, "Invalid type for 'n': expected an integer, but got a string instead.", "n", "invalid_type"),
    ("n a decimal", {"n": 1.5}, "Invalid type for 'n': expected an integer, but got a decimal number instead.", "n", "invalid_type"),
    ("n zero", {"n": 0}, "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.", "n", "integer_below_min_value"),
    ("n too large", {"n": 129}, "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.", "n", "integer_above_max_value"),
    ("n before temperature", {"temperature": "x", "n": 0}, "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.", "n", "integer_below_min_value"),
    ("temperature a string", {"temperature": "hot"}, "Invalid type for 'temperature': expected a decimal, but got a string instead.", "temperature", "invalid_type"),
    ("temperature a boolean", {"temperature": True}, "Invalid type for 'temperature': expected a decimal, but got a boolean instead.", "temperature", "invalid_type"),
    ("temperature high", {"temperature": 2.5}, "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.", "temperature", "decimal_above_max_value"),
    ("temperature low", {"temperature": -1}, "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.", "temperature", "decimal_below_min_value"),
    ("penalty low", {"presence_penalty": -3}, "Invalid 'presence_penalty': decimal below minimum value. Expected a value >= -2, but got -3 instead.", "presence_penalty", "decimal_below_min_value"),
    ("top_logprobs high", {"logprobs": True, "top_logprobs": 21}, "Invalid value for 'top_logprobs': must be less than or equal to 20.", "top_logprobs", None),
    ("top_logprobs alone", {"top_logprobs": 2}, "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs", None),
    ("max_tokens huge", {"max_tokens": 100000}, "max_tokens is too large: 100000. This model supports at most 16384 completion tokens, whereas you provided 100000.", "max_tokens", "invalid_value"),
    ("max_completion_tokens zero", {"max_completion_tokens": 0}, "Invalid 'max_completion_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.", "max_completion_tokens", "integer_below_min_value"),
    ("tools a string", {"tools": "none"}, "Invalid type for 'tools': expected an array of objects, but got a string instead.", "tools", "invalid_type"),
    ("tool without function", {"tools": [{"type": "function"}]}, "Missing required parameter: 'tools[0].function'.", "tools[0].function", "missing_required_parameter"),
    ("tool without name", {"tools": [{"type": "function", "function": {}}]}, "Missing required parameter: 'tools[0].function.name'.", "tools[0].function.name", "missing_required_parameter"),
    ("tool with a bad name", {"tools": [{"type": "function", "function": {"name": "a b"}}]}, "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.", "tools[0].function.name", "invalid_value"),
    ("tool with a long name", {"tools": [{"type": "function", "function": {"name": "a" * 70}}]}, "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64, but got a string with length 70 instead.", "tools[0].function.name", "string_above_max_length"),
    ("too many tools", {"tools": [{"type": "function", "function": {"name": f"f{i}"}} for i in range(129)]}, "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 129 instead.", "tools", "array_above_max_length"),
    ("tool_choice without tools", {"tool_choice": "auto"}, "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.", "tool_choice", None),
    ("parallel_tool_calls without tools", {"parallel_tool_calls": True}, "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.", "parallel_tool_calls", None),
    ("tool_choice unknown", {"tool_choice": "bogus"}, "Invalid value: 'bogus'. Supported values are: 'none', 'auto', and 'required'.", "tool_choice", "invalid_value"),
    ("tool_choice a number", {"tool_choice": 7}, "Invalid type for 'tool_choice': expected one of one of 'none', 'auto', or 'required' or object, but got an integer instead.", "tool_choice", "invalid_type"),
    ("tool_choice of another type", {"tool_choice": {"type": "bogus"}}, "Missing required parameter: 'tool_choice.function'.", "tool_choice.function", "missing_required_parameter"),
    ("tool_choice without a name", {"tool_choice": {"type": "function", "function": {}}}, "Missing required parameter: 'tool_choice.function.name'.", "tool_choice.function.name", "missing_required_parameter"),
    ("tool_choice of no tool", {"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": {"type": "function", "function": {"name": "g"}}}, "Tool choice 'g' not found in 'tools' parameter.", "tool_choice", None),
    ("functions a string", {"functions": "x"}, "Invalid type for 'functions': expected an array of function definitions, but got a string instead.", "functions", "invalid_type"),
    ("metadata a string", {"metadata": "x"}, "Invalid type for 'metadata': expected a metadata object, but got a string instead.", "metadata", "invalid_type"),
    ("metadata value a number", {"metadata": {"k": 7}}, "Invalid type for 'metadata.k': expected a string, but got an integer instead.", "metadata.k", "invalid_type"),
    ("metadata key long", {"metadata": {"k" * 70: "v"}}, "Invalid property name in 'metadata': 'kkk...kkk' is too long. Expected a string with maximum length 64, but got a string with length 70 instead.", f"metadata.{'k' * 70}", "property_name_above_max_length"),
    ("metadata value long", {"metadata": {"k": "x" * 600}}, "Invalid 'metadata.k': string too long. Expected a string with maximum length 512, but got a string with length 600 instead.", "metadata.k", "string_above_max_length"),
    ("metadata full", {"metadata": {str(i): "v" for i in range(17)}}, "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with 17 properties instead.", "metadata", "object_above_max_properties"),
    ("service_tier unknown", {"service_tier": "bogus"}, "Invalid value: 'bogus'. Supported values are: 'auto', 'default', 'fast', 'flex', and 'priority'.", "service_tier", "invalid_value"),
    ("service_tier an object", {"service_tier": {"a": 1}}, "Invalid type for 'service_tier': expected one of 'auto', 'default', 'fast', 'flex', or 'priority', but got an object instead.", "service_tier", "invalid_type"),
    ("response_format a string", {"response_format": "json"}, "Invalid type for 'response_format': expected an object, but got a string instead.", "response_format", "invalid_type"),
    ("response_format unknown", {"response_format": {"type": "bogus"}}, "Invalid value: 'bogus'. Supported values are: 'json_object', 'json_schema', and 'text'.", "response_format.type", "invalid_value"),
    ("json_schema absent", {"response_format": {"type": "json_schema"}}, "Missing required parameter: 'response_format.json_schema'.", "response_format.json_schema", "missing_required_parameter"),
    ("json_schema unnamed", {"response_format": {"type": "json_schema", "json_schema": {}}}, "Missing required parameter: 'response_format.json_schema.name'.", "response_format.json_schema.name", "missing_required_parameter"),
    ("json mode without the word", {"response_format": {"type": "json_object"}}, "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", "messages", None),
    ("stream_options without stream", {"stream_options": {"include_usage": True}}, "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options", None),
    ("stream_options unknown key", {"stream": True, "stream_options": {"bogus": 1}}, "Unknown parameter: 'stream_options.bogus'.", "stream_options.bogus", "unknown_parameter"),
    ("reasoning_effort on a classic model", {"reasoning_effort": "low"}, "Unrecognized request argument supplied: reasoning_effort", None, None),
    ("web_search_options on a classic model", {"web_search_options": {}}, "Web search options not supported with this model.", "web_search_options", None),
    ("a custom tool on a classic model", {"tools": [{"type": "custom", "custom": {"name": "x"}}]}, "Invalid value: 'custom'. Supported values are: 'function'.", "tools[0].type", "invalid_value"),
    ("audio out of a text model", {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}, "Unsupported value: 'modalities' does not support 'audio' with this model. Supported values are: 'text'.", "modalities", "unsupported_value"),
    ("max_tokens on a reasoning model", {"model": "gpt-5", "max_tokens": 5}, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "max_tokens", "unsupported_parameter"),
    ("temperature on a reasoning model", {"model": "o4-mini", "temperature": 0.2}, "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.", "temperature", "unsupported_value"),
    ("stop on a reasoning model", {"model": "o4-mini", "stop": ["x"], "temperature": 0.2}, "Unsupported parameter: 'stop' is not supported with this model.", "stop", "unsupported_parameter"),
    ("logprobs on a reasoning model", {"model": "o4-mini", "logprobs": True}, "Unsupported parameter: 'logprobs' is not supported with this model.", "logprobs", "unsupported_parameter"),
    ("effort the model does not have", {"model": "gpt-5.6-terra", "reasoning_effort": "minimal"}, "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'none', 'low', 'medium', 'high', and 'xhigh'.", "reasoning_effort", "unsupported_value"),
    ("modalities unknown to a reasoning model", {"model": "gpt-5.6-terra", "modalities": ["text"]}, "Unknown parameter: 'modalities'.", "modalities", "unknown_parameter"),
    ("n above 8 on gpt-5.6", {"model": "gpt-5.6-terra", "n": 64}, "Invalid 'n': integer above maximum value. Expected a value <= 8, but got 64 instead.", "n", "integer_above_max_value"),
    ("an audio model without audio", {"model": "gpt-audio"}, "This model requires that either input content or output modality contain audio.", "model", "invalid_value"),
    ("json_schema on an old model", {"model": "gpt-4", "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}}, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model. Learn more about supported models at the Structured Outputs guide: https://platform.openai.com/docs/guides/structured-outputs", "response_format", None),
    ("image for a text model", {"model": "gpt-3.5-turbo", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]}]}, "Invalid content type. image_url is only supported by certain models.", "messages.[0].content.[0].type", None),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "message", "param", "code"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_bad_request_is_refused_in_the_apis_words(
    wire: Wire, sent: dict[str, Any], message: str, param: str | None, code: str | None
) -> None:
    assert error(wire.chat(**sent), 400) == {"message": message, "type": "invalid_request_error", "param": param, "code": code}


@pytest.mark.parametrize(
    "sent",
    [
        {"n": 128, "max_tokens": 1},
        {"temperature": 0},
        {"temperature": 2, "top_p": 1, "presence_penalty": -2, "frequency_penalty": 2},
        {"logit_bias": {"50256": -100}},
        {"messages": [{"role": "user", "content": ""}]},
        {"messages": [{"role": "user", "content": []}]},
        {"messages": [USER, {"role": "assistant", "refusal": "no"}, USER]},
        {"metadata": {"k" * 64: "v" * 512}},
        {"stop": ["a", "b", "c", "d"]},
        {"n": None, "temperature": None, "tools": None, "stop": None, "metadata": None},
        {"tools": []},
        {"user": "u", "safety_identifier": "s", "prompt_cache_key": "k", "prompt_cache_retention": "24h", "prompt_cache_options": {"ttl": "30m"}},
        {"messages": [{"role": "system", "content": "s", "name": "boss"}, {"role": "user", "content": "x", "name": "ann"}]},
        {"model": "gpt-5.1", "temperature": 0.3, "reasoning_effort": "none"},
        {"max_tokens": 16384},
    ],
)  # fmt: skip
def test_the_valid_side_of_each_bound_is_accepted(wire: Wire, sent: dict[str, Any]) -> None:
    assert wire.chat(**sent).status_code == 200


IMAGE_FAULTS = [
    ("ftp://example.com/a.png", "Invalid image URL: 'messages[0].content[0].image_url.url'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got a value without the 'data:' prefix.", "messages[0].content[0].image_url.url", "invalid_value", False),
    ("cat.png", "Invalid image URL: 'messages[0].content[0].image_url.url'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got a value without the 'data:' prefix.", "messages[0].content[0].image_url.url", "invalid_value", False),
    ("data:application/pdf;base64,AAAA", "Invalid image URL: 'messages[0].content[0].image_url.url'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got unsupported MIME type 'application/pdf'.", "messages[0].content[0].image_url.url", "invalid_value", False),
    ("data:image/png;base64,@@@", "Invalid image URL: 'messages[0].content[0].image_url.url'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got an invalid base64-encoded value.", "messages[0].content[0].image_url.url", "invalid_value", False),
    ("data:image/png;base64,AAAA", "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].", None, "invalid_image_format", True),
    ("https://pictures.invalid/a.png", "Error while downloading https://pictures.invalid/a.png.", None, "invalid_image_url", True),
]  # fmt: skip


@pytest.mark.parametrize(("url", "message", "param", "code", "charged"), IMAGE_FAULTS, ids=[row[0] for row in IMAGE_FAULTS])
def test_a_bad_image_is_refused_and_charged_if_the_model_looked_at_it(
    wire: Wire, url: str, message: str, param: str | None, code: str, charged: bool
) -> None:
    reply = wire.chat(messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}])
    assert error(reply, 400) == {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    assert ("x-ratelimit-remaining-input-images" in reply.headers) is charged


def test_an_image_is_charged_against_the_image_limit(wire: Wire) -> None:
    url = f"data:image/png;base64,{base64.b64encode(png(32, 32)).decode()}"
    reply = wire.chat(messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}] * 2}])
    assert reply.headers["x-ratelimit-limit-input-images"] == "250000"
    assert reply.headers["x-ratelimit-remaining-input-images"] == "249998"


def test_a_context_that_is_too_long_is_refused_and_charged(wire: Wire) -> None:
    reply = wire.chat(messages=[{"role": "user", "content": "word " * 130_000}])
    assert error(reply, 400) == {
        "message": "This model's maximum context length is 128000 tokens. However, your messages resulted in 130008 tokens. "
        "Please reduce the length of the messages.",
        "type": "invalid_request_error",
        "param": "messages",
        "code": "context_length_exceeded",
    }
    assert reply.headers["x-ratelimit-remaining-requests"] == "29999"


@pytest.mark.parametrize(
    ("headers", "status", "message", "code"),
    [
        ({}, 401, "You didn't provide an API key.", None),
        ({"authorization": "Bearer"}, 401, "You didn't provide an API key.", None),
        ({"authorization": "Digest abc"}, 401, "You didn't provide an API key.", None),
        ({"authorization": "Bearer sk-mock-invalid"}, 401, "Incorrect API key provided: sk-mock-***alid. You can find", "invalid_api_key"),
        ({"authorization": "Bearer sk-mock-noscope"}, 401, "You have insufficient permissions for this operation.", None),
        (
            {"authorization": "Bearer sk-mock-nocountry"},
            403,
            "Country, region, or territory not supported",
            "unsupported_country_region_territory",
        ),
        ({"authorization": "Bearer sk-mock-noquota"}, 429, "You exceeded your current quota,", "insufficient_quota"),
        ({"authorization": "Bearer sk-mock-nocredits"}, 429, "You have no credits remaining.", "credit_balance_exhausted"),
    ],
)
def test_accounts_are_refused_in_the_apis_words(
    server: Server, headers: dict[str, str], status: int, message: str, code: str | None
) -> None:
    reply = httpx2.post(f"{server.base_url}/chat/completions", json={"model": "gpt-4o-mini", "messages": MESSAGES}, headers=headers)
    found = error(reply, status)
    assert found["message"].startswith(message)
    assert found["code"] == code


def test_a_bad_key_beats_a_bad_body(server: Server) -> None:
    reply = httpx2.post(f"{server.base_url}/chat/completions", content=b"{", headers={"authorization": "Bearer sk-mock-invalid"})
    assert error(reply, 401)["code"] == "invalid_api_key"


def test_basic_authentication_takes_the_password_for_the_key(server: Server) -> None:
    reply = httpx2.get(f"{server.base_url}/models", auth=("", "sk-anything"))
    assert reply.status_code == 200


@pytest.mark.parametrize(
    ("model", "status", "message", "param", "code"),
    [
        ("nope", 404, "The model `nope` does not exist or you do not have access to it.", None, "model_not_found"),
        ("gpt-3.5-turbo-0613", 404, "The model `gpt-3.5-turbo-0613` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations", None, "model_not_found"),
        ("davinci-002", 404, "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?", "model", None),
        ("o3-pro", 404, "This model is only supported in v1/responses and not in v1/chat/completions.", "model", None),
    ],
)  # fmt: skip
def test_models_are_refused_in_the_apis_words(
    wire: Wire, model: str, status: int, message: str, param: str | None, code: str | None
) -> None:
    assert error(wire.chat(model=model), status) == {"message": message, "type": "invalid_request_error", "param": param, "code": code}


def test_an_unknown_model_beats_an_unknown_key(wire: Wire) -> None:
    assert error(wire.chat(model="nope", zzz=1), 404)["code"] == "model_not_found"


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'"x"', b"null", b'{"a": NaN}', b'{"a": "\\ud800"}', b"\xff\xfe", b"[" * 5000])
def test_what_is_not_a_json_object_is_refused(wire: Wire, content: bytes) -> None:
    reply = wire.request("POST", "/chat/completions", content=content, headers={"content-type": "application/json"})
    assert error(reply, 400)["message"].startswith("We could not parse the JSON body of your request.")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_leaves_the_body_unread(wire: Wire, kind: str) -> None:
    reply = wire.request("POST", "/chat/completions", content=b'{"model": "gpt-4o-mini"}', headers={"content-type": kind})
    assert error(reply, 400)["message"] == "you must provide a model parameter"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/foo"), ("GET", "/v1/"), ("GET", "/v1/models/a/b"), ("DELETE", "/nowhere"), ("GET", "/v1//models")]
)
def test_an_unknown_url_is_named(wire: Wire, method: str, path: str) -> None:
    reply = wire.control(method, path)
    assert error(reply, 404) == {"message": f"Invalid URL ({method} {path})", "type": "invalid_request_error", "param": None, "code": None}


@pytest.mark.parametrize(("method", "path"), [("PUT", "/v1/chat/completions"), ("POST", "/v1/models"), ("PATCH", "/v1/models/x")])
def test_a_wrong_method_is_hinted_at(wire: Wire, method: str, path: str) -> None:
    assert error(wire.control(method, path), 405) == {
        "message": f"Not allowed to {method} on {path}. (HINT: Perhaps you meant to use a different HTTP method?)",
        "type": "invalid_request_error",
        "param": None,
        "code": "method_not_supported",
    }


def test_a_body_that_is_too_large_is_refused_before_it_is_read(wire: Wire) -> None:
    reply = wire.request("POST", "/chat/completions", content=b" " * (51 * 1024 * 1024), headers={"content-type": "application/json"})
    assert error(reply, 413)["message"] == "Request body too large"


def test_list_limits_and_orders_are_checked(wire: Wire) -> None:
    high = error(wire.request("GET", "/chat/completions?limit=101"), 400)
    assert (high["param"], high["code"]) == ("limit", "integer_above_max_value")
    low = error(wire.request("GET", "/chat/completions?limit=-1"), 400)
    assert (low["param"], low["code"]) == ("limit", "integer_below_min_value")
    assert error(wire.request("GET", "/chat/completions?limit=x"), 400)["code"] == "invalid_type"
    order = error(wire.request("GET", "/chat/completions?order=x"), 400)
    assert order["message"] == "Invalid value: 'x'. Supported values are: 'asc' and 'desc'."
    twice = error(wire.request("GET", "/chat/completions?limit=1&limit=2"), 400)
    assert twice["code"] == "duplicate_parameter"
    assert wire.request("GET", "/chat/completions?limit=0&unknown=1").json()["data"] == []


def test_nothing_is_stored_by_a_refused_request(wire: Wire) -> None:
    wire.chat(store=True, temperature=9)
    wire.chat(store=True, messages=[{"role": "user"}])
    assert wire.request("GET", "/chat/completions").json()["data"] == []


def test_the_completion_counts_against_the_window_of_the_oldest_models(wire: Wire) -> None:
    messages = [{"role": "user", "content": "a " * 7001}]
    size = wire.chat(model="gpt-4", messages=messages).json()["usage"]["prompt_tokens"]
    told = error(wire.chat(model="gpt-4", messages=messages, max_tokens=3000), 400)
    assert told["message"] == (
        f"This model's maximum context length is 8192 tokens. However, you requested {size + 3000} tokens ({size} in the messages, 3000 in "
        "the completion). Please reduce the length of the messages or completion."
    )
    assert (told["param"], told["code"]) == ("messages", "context_length_exceeded")
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {"at": {"type": "string"}}}}}
    told = error(
        wire.chat(model="gpt-3.5-turbo", messages=[{"role": "user", "content": "a " * 15_000}], tools=[tool], max_tokens=4096), 400
    )
    assert re.search(
        r"\(15\d+ in the messages, \d+ in the functions, and 4096 in the completion\)\. Please reduce the length of the "
        r"messages, functions, or completion\.$",
        told["message"],
    )
    assert wire.chat(model="gpt-4", messages=messages, max_tokens=1000).status_code == 200
    assert (
        "your messages resulted in 9008 tokens"
        in error(wire.chat(model="gpt-4", messages=[{"role": "user", "content": "a " * 9000}]), 400)["message"]
    )
    assert wire.chat(model="gpt-4o", messages=[{"role": "user", "content": "a " * 120_000}], max_tokens=16_000).status_code == 200


def test_the_newest_models_have_a_limit_of_input_tokens(wire: Wire) -> None:
    told = error(wire.chat(model="gpt-5", messages=[{"role": "user", "content": "a " * 300_000}]), 400)
    assert told["message"] == (
        "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300007 tokens. Please reduce the length of the "
        "messages."
    )
    assert (told["param"], told["code"]) == ("messages", "context_length_exceeded")


@pytest.mark.parametrize("role", ["system", "developer", "assistant", "tool"])
def test_an_image_is_for_users_only(wire: Wire, role: str) -> None:
    part = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    turn = {"role": role, "content": [part], **({"tool_call_id": "call_1"} if role == "tool" else {})}
    told = error(wire.chat(messages=[turn]), 400)
    assert told["message"] == (
        f"Invalid 'messages[0]'. Image URLs are only allowed for messages with role 'user', but this message with role '{role}' contains an "
        "image URL."
    )
    assert (told["param"], told["code"]) == ("messages[0]", "invalid_value")


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"type": "input_audio"}, "Invalid 'messages[0]'. Content blocks are expected to be either text or image_url type."),
        (
            {"type": "song"},
            "Invalid value: 'song'. Supported values are: 'text', 'image_url', 'input_audio', 'refusal', 'audio', and 'file'.",
        ),
        ({"text": "a"}, "Missing required parameter: 'messages[0].content[0].type'."),
        ({"type": "text"}, "Missing required parameter: 'messages[0].content[0].text'."),
    ],
)
def test_other_parts_of_a_system_message(wire: Wire, part: dict[str, object], message: str) -> None:
    assert error(wire.chat(messages=[{"role": "system", "content": [part]}]), 400)["message"] == message


@pytest.mark.parametrize("chunked", [False, True])
def test_the_answer_to_too_large_a_body_can_be_read(chunked: bool) -> None:
    """By a client that closes its side last, and reads only once it has written everything."""
    with Server(Settings(port=0, max_body_mb=0.01)) as mock:
        host, port = mock.base_url.removeprefix("http://").removesuffix("/v1").split(":")
        piece, count = b"x" * 65_536, 200
        length = b"transfer-encoding: chunked" if chunked else b"content-length: %d" % (count * len(piece))
        for _ in range(5):
            with socket.create_connection((host, int(port)), timeout=20) as client:
                client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n" + length + b"\r\n\r\n")
                for _ in range(count):
                    client.sendall(b"10000\r\n" + piece + b"\r\n" if chunked else piece)
                client.sendall(b"0\r\n\r\n" if chunked else b"")
                told = b"".join(iter(lambda: client.recv(65_536), b""))
            assert told.startswith(b"HTTP/1.1 413 ") and b"Request body too large" in told


def test_a_basic_key_that_is_no_text_is_no_key(wire: Wire) -> None:
    reply = wire.http.get(f"{wire.base_url}/models", headers=[(b"authorization", b"Basic \xe9")])
    assert reply.status_code == 401
