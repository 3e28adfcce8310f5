"""Responses as bytes on the wire: refusals, orders of keys, events and their padding, headers (api-facts A.1, A.3, C.5, D.4)."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import httpx2
import pytest

from mockapi import Server, Settings
from tests.conftest import Wire
from tests.contract.test_responses_wording import BETWEEN, FAULTS
from tests.wire.test_errors import error

WEATHER = {
    "type": "function",
    "name": "get_weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False},
    "strict": True,
}


def respond(wire: Wire, headers: dict[str, str] | None = None, **body: Any) -> httpx2.Response:
    """A response; `model` and `input` have defaults, a value of ... leaves a key out."""
    whole = {"model": "gpt-4o-mini", "input": "Say hello", **body}
    return wire.request("POST", "/responses", json={name: value for name, value in whole.items() if value is not ...}, headers=headers)


def events(reply: httpx2.Response) -> list[tuple[str, str]]:
    """The type and the data of each event; checks the framing on the way."""
    assert reply.status_code == 200, reply.text
    found = []
    for block in reply.content.decode().split("\n\n")[:-1]:
        name, data = block.split("\n")
        assert name.startswith("event: ") and data.startswith("data: ")
        found.append((name.removeprefix("event: "), data.removeprefix("data: ")))
    return found


def said(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(parts)}]


@pytest.mark.parametrize(("change", "fault"), [*FAULTS, *BETWEEN])
def test_faults_of_a_body(wire: Wire, change: dict[str, Any], fault: tuple[Any, str | None, str | None]) -> None:
    found = error(respond(wire, **change), 400)
    message, param, code = fault
    assert found == {
        "message": found["message"] if message is ... else message,
        "type": "invalid_request_error",
        "param": param,
        "code": code,
    }
    streamed = respond(wire, **{"stream": True, **change})
    if "stream_options" not in change:
        assert streamed.content == respond(wire, **change).content


_RESULT = {"type": "function_call_output", "call_id": "call_x", "output": "1"}
_CALL = {"type": "function_call", "call_id": "call_x", "name": "f", "arguments": "{}"}
_SOUND = (
    "Invalid file data: 'input[0].content[0].file_data'. Expected a base64-encoded data URL with a valid file MIME type (e.g. "
    "'data:text/plain;base64,SGVsbG8sIFdvcmxkIQ=='), but got unsupported MIME type 'audio/mpeg'. Please see "
    "https://platform.openai.com/docs/assistants/tools/file-search#supported-files for supported file types."
)
_UNSTORED = (
    "Item with id 'rs_x' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove "
    "this item from your input."
)
# What is sent, the status, and the error's message, param and code.
REFUSED: dict[str, tuple[dict[str, Any], int, str, str | None, str | None]] = {
    "unknown model": ({"model": "nobody"}, 400, "The requested model 'nobody' does not exist.", "model", "model_not_found"),
    "previous": (
        {"previous_response_id": "resp_x"}, 400, "Previous response with id 'resp_x' not found.", "previous_response_id",
        "previous_response_not_found",
    ),
    "conversation": ({"conversation": "conv_x"}, 404, "Conversation with id 'conv_x' not found.", None, None),
    "conversation by object": ({"conversation": {"id": "conv_x"}}, 404, "Conversation with id 'conv_x' not found.", None, None),
    "prompt": ({"prompt": {"id": "pmpt_x"}}, 404, "Prompt with id 'pmpt_x' not found.", None, None),
    "conversation before prompt": (
        {"prompt": {"id": "pmpt_x"}, "conversation": "conv_x"}, 404, "Conversation with id 'conv_x' not found.", None, None,
    ),
    "prompt before previous": (
        {"prompt": {"id": "pmpt_x"}, "previous_response_id": "resp_x"}, 404, "Prompt with id 'pmpt_x' not found.", None, None,
    ),
    "temperature of a thinker": (
        {"model": "o4-mini", "temperature": 0.5}, 400, "Unsupported parameter: 'temperature' is not supported with this model.",
        "temperature", None,
    ),
    "top_p of a thinker": (
        {"model": "o4-mini", "top_p": 0.5}, 400, "Unsupported parameter: 'top_p' is not supported with this model.", "top_p", None,
    ),
    "what is not there before what is not done": (
        {"model": "o4-mini", "temperature": 0.5, "previous_response_id": "resp_x"}, 400,
        "Previous response with id 'resp_x' not found.", "previous_response_id", "previous_response_not_found",
    ),
    "logprobs of a thinker": (
        {"model": "o4-mini", "top_logprobs": 2}, 400, "logprobs are not supported with reasoning models.", "top_logprobs",
        "unsupported_parameter",
    ),
    "logprobs of a thinker, included": (
        {"model": "o4-mini", "include": ["message.output_text.logprobs"]}, 400, "logprobs are not supported with reasoning models.",
        "include", "unsupported_parameter",
    ),
    "effort where nobody thinks": (
        {"reasoning": {"effort": "low"}}, 400, "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
        "reasoning.effort", "unsupported_parameter",
    ),
    "an effort of another model": (
        {"model": "o4-mini", "reasoning": {"effort": "minimal"}}, 400,
        "Unsupported value: 'minimal' is not supported with the 'o4-mini' model. Supported values are: 'low', 'medium', and 'high'.",
        "reasoning.effort", "unsupported_value",
    ),
    "json without the word": (
        {"text": {"format": {"type": "json_object"}}}, 400,
        "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.", "input", None,
    ),
    "a result without a call": (
        {"input": [_RESULT]}, 400, "No tool call found for function call output with call_id call_x.", "input", None,
    ),
    "a call without a result": ({"input": [_CALL]}, 400, "No tool output found for function call call_x.", "input", None),
    "a thought without what it led to": (
        {"input": [{"type": "reasoning", "id": "rs_x", "summary": []}]}, 400,
        "Item 'rs_x' of type 'reasoning' was provided without its required following item.", "input", None,
    ),
    "a reference to nothing": ({"input": [{"type": "item_reference", "id": "rs_x"}]}, 404, _UNSTORED, "input", None),
    "an id of another kind": (
        {"input": [{**_CALL, "id": "abc"}, _RESULT]}, 400, "Invalid 'input[0].id': 'abc'. Expected an ID that begins with 'fc'.",
        "input[0].id", "invalid_value",
    ),
    "the same item twice": (
        {"input": [{"id": "msg_x", "role": "user", "content": "a"}] * 2}, 400,
        "Duplicate item found with id msg_x. Remove duplicate items from your input and try again.", "input", None,
    ),
    "a sound for a file": (
        {"input": said({"type": "input_file", "filename": "a.mp3", "file_data": "data:audio/mpeg;base64,AAAA"})}, 400, _SOUND,
        "input[0].content[0].file_data", "invalid_value",
    ),
    "too much to read": (
        {"input": "word " * 140_000}, 400,
        "Your input exceeds the context window of this model. Please adjust your input and try again.", "input", "context_length_exceeded",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_request_refers_to_and_what_a_model_does(wire: Wire, name: str) -> None:
    body, status, message, param, code = REFUSED[name]
    headers = {"x-mock-tier": "5"}
    found = error(respond(wire, headers, **body), status)
    assert found == {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    assert error(respond(wire, headers, **{**body, "stream": True}), status) == found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/responses/resp_x"),
        ("GET", "/responses/resp_x?stream=true"),
        ("DELETE", "/responses/resp_x"),
        ("POST", "/responses/resp_x/cancel"),
        ("GET", "/responses/resp_x/input_items"),
    ],
)
def test_a_response_that_is_not_there(wire: Wire, method: str, path: str) -> None:
    found = error(wire.request(method, path), 404)
    assert found == {"message": "Response with id 'resp_x' not found.", "type": "invalid_request_error", "param": None, "code": None}


def test_a_synchronous_response_is_not_cancelled(wire: Wire) -> None:
    place = f"/responses/{respond(wire).json()['id']}"
    before = wire.request("GET", place).content
    found = error(wire.request("POST", f"{place}/cancel"), 400)
    assert found == {"message": "Cannot cancel a synchronous response.", "type": "invalid_request_error", "param": None, "code": None}
    assert error(wire.request("GET", f"{place}?stream=true&starting_after=3"), 400)["type"] == "invalid_request_error"
    assert wire.request("GET", place).content == before


def test_a_refused_call_changes_nothing(wire: Wire) -> None:
    talk = wire.request("POST", "/conversations", json={}).json()["id"]
    for body in ({"input": [_CALL]}, {"input": said({"type": "input_file", "file_id": "file-x"})}):
        assert respond(wire, **body, conversation=talk).status_code == 400
    assert respond(wire, {"x-mock-tier": "5"}, input="word " * 140_000, conversation=talk).status_code == 400
    assert wire.request("GET", f"/conversations/{talk}/items").json()["data"] == []


@pytest.mark.parametrize("query", ["limit=101", "limit=x", "order=up", "include[]=x"])
def test_a_query_that_is_wrong(wire: Wire, query: str) -> None:
    place = f"/responses/{respond(wire).json()['id']}/input_items"
    assert error(wire.request("GET", f"{place}?{query}"), 400)["type"] == "invalid_request_error"


ORDER = [
    "id", "object", "created_at", "status", "background", "completed_at", "error", "frequency_penalty", "incomplete_details",
    "instructions", "max_output_tokens", "max_tool_calls", "model", "output", "parallel_tool_calls", "presence_penalty",
    "previous_response_id", "prompt_cache_key", "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier", "store",
    "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p", "truncation", "usage", "user", "metadata",
]  # fmt: skip


def test_a_whole_answer_is_pretty_and_in_the_apis_order(wire: Wire) -> None:
    reply = respond(wire, input="Say naïve 🙂", instructions="Sé breve.", tools=[WEATHER], tool_choice="none")
    made = reply.json()
    assert reply.content == json.dumps(made, indent=2).encode() and made["output"][0]["content"][0]["text"] == "Naïve 🙂"
    assert list(made) == ORDER
    assert list(made["output"][0]) == ["id", "type", "status", "content", "role"]
    assert list(made["output"][0]["content"][0]) == ["type", "annotations", "logprobs", "text"]
    assert list(made["usage"]) == ["input_tokens", "input_tokens_details", "output_tokens", "output_tokens_details", "total_tokens"]
    assert list(made["tools"][0]) == ["type", "description", "name", "parameters", "strict"]
    assert re.fullmatch(r"resp_[0-9a-f]{50}", made["id"]) and re.fullmatch(r"msg_[0-9a-f]{50}", made["output"][0]["id"])
    assert made["output"][0]["id"].removeprefix("msg_")[:16] == made["id"].removeprefix("resp_")[:16]
    assert wire.request("GET", f"/responses/{made['id']}").content == reply.content
    assert wire.request("DELETE", f"/responses/{made['id']}").json() == {"id": made["id"], "object": "response.deleted", "deleted": True}


def test_a_call_is_in_the_apis_order(wire: Wire) -> None:
    call = respond(wire, input="What's the weather in Paris?", tools=[WEATHER]).json()["output"][0]
    assert list(call) == ["id", "type", "status", "arguments", "call_id", "name"]
    assert re.fullmatch(r"fc_[0-9a-f]{50}", call["id"]) and re.fullmatch(r"call_[0-9A-Za-z]{24}", call["call_id"])


@pytest.mark.parametrize("stream", [False, True])
def test_headers_are_those_of_the_endpoint(wire: Wire, stream: bool) -> None:
    reply = respond(wire, stream=stream)
    assert reply.headers["content-type"] == ("text/event-stream; charset=utf-8" if stream else "application/json")
    assert reply.headers["openai-version"] == "2020-10-01"
    assert "x-openai-proxy-wasm" not in reply.headers
    assert reply.headers["x-request-id"].startswith("req_") and int(reply.headers["openai-processing-ms"]) > 0
    assert {name for name in reply.headers if name.startswith("x-ratelimit-")} == {
        f"x-ratelimit-{what}-{kind}" for what in ("limit", "remaining", "reset") for kind in ("requests", "tokens")
    }


def test_a_stream_is_these_events(wire: Wire) -> None:
    reply = respond(wire, stream=True)
    found = events(reply)
    assert [name.removeprefix("response.") for name, _ in found] == [
        "created", "in_progress", "output_item.added", "content_part.added", "output_text.delta", "output_text.delta", "output_text.done",
        "content_part.done", "output_item.done", "completed",
    ]  # fmt: skip
    assert b"[DONE]" not in reply.content
    for number, (name, data) in enumerate(found):
        event = json.loads(data)
        assert data == json.dumps(event, separators=(",", ":"), ensure_ascii=False)
        assert list(event) == ["type", *sorted(set(event) - {"type"})]
        assert (event["type"], event["sequence_number"]) == (name, number)
    _, delta = found[4]
    assert list(json.loads(delta)) == [
        "type", "content_index", "delta", "item_id", "logprobs", "obfuscation", "output_index", "sequence_number",
    ]  # fmt: skip
    begun, ended = json.loads(found[0][1])["response"], json.loads(found[-1][1])["response"]
    assert list(begun) == list(ended) == ORDER
    assert (begun["service_tier"], ended["service_tier"]) == ("auto", "default")
    assert json.loads(found[3][1])["part"] == {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}


@pytest.mark.parametrize(
    "more",
    [
        {"input": "Tell me about naïve owls 🦉"},
        {"input": "What's the weather in Paris?", "tools": [WEATHER]},
        {"input": "Explain tides", "model": "o4-mini", "reasoning": {"summary": "auto"}},
        {"input": "What is 3 + 4?", "tools": [{"type": "code_interpreter", "container": {"type": "auto"}}]},
        {
            "input": "What is known about the roadmap?",
            "tools": [{"type": "mcp", "server_label": "docs", "server_url": "https://example.com", "require_approval": "never"}],
        },
    ],
    ids=["text", "call", "summary", "code", "server"],
)
def test_padding_fills_up_to_sixteen_bytes(wire: Wire, more: dict[str, Any]) -> None:
    padded = set()
    for name, data in events(respond(wire, **more, stream=True)):
        event = json.loads(data)
        assert ("obfuscation" in event) == (name.endswith(".delta"))
        if "obfuscation" in event:
            padded.add(name)
            assert len(event["obfuscation"]) == -len(event["delta"].encode()) % 16
    assert padded
    bare = respond(wire, **more, stream=True, stream_options={"include_obfuscation": False})
    assert "obfuscation" not in bare.text


def test_reasoning_is_encrypted_anew_when_it_is_done(wire: Wire) -> None:
    found = events(respond(wire, model="o4-mini", input="Explain tides", include=["reasoning.encrypted_content"], stream=True))
    added, done = (json.loads(data)["item"] for name, data in found[2:4])
    assert [name for name, _ in found[2:4]] == ["response.output_item.added", "response.output_item.done"]
    assert list(added) == ["id", "type", "summary", "encrypted_content"]
    assert added["encrypted_content"] != done["encrypted_content"] and len(added["encrypted_content"]) < len(done["encrypted_content"])


def test_a_stream_of_the_background_begins_with_its_queue(wire: Wire) -> None:
    found = events(respond(wire, stream=True, background=True))
    assert [name for name, _ in found[:3]] == ["response.created", "response.queued", "response.in_progress"]
    assert [json.loads(data)["response"]["status"] for _, data in found[:3]] == ["queued", "queued", "in_progress"]
    id = json.loads(found[0][1])["response"]["id"]
    for after, first in ((0, "response.queued"), (1, "response.in_progress")):
        rest = events(wire.request("GET", f"/responses/{id}?stream=true&starting_after={after}"))
        assert rest[0][0] == first and rest == found[after + 1 :]


def test_input_items_are_listed_in_the_apis_order(wire: Wire) -> None:
    id = respond(wire, input=said({"type": "input_image", "image_url": "https://example.com/a.png"})).json()["id"]
    listed = wire.request("GET", f"/responses/{id}/input_items").json()
    assert list(listed) == ["object", "data", "first_id", "has_more", "last_id"]
    assert list(listed["data"][0]) == ["id", "type", "status", "content", "role"]
    assert listed["data"][0]["content"] == [{"type": "input_image", "detail": "auto", "file_id": None, "image_url": None}]
    told = wire.request("GET", f"/responses/{id}/input_items?include[]=message.input_image.image_url").json()
    assert told["data"][0]["content"][0]["image_url"] == "https://example.com/a.png"


def test_what_does_not_make_a_file(wire: Wire) -> None:
    for data in ("AAAA", "data:application/pdf;base64,!!", "data:text/plain,abc"):
        body = said({"type": "input_file", "filename": "a.pdf", "file_data": data})
        found = error(respond(wire, input=body), 400)
        assert found["message"].startswith("Invalid file data: 'input[0].content[0].file_data'.")
    junk = base64.b64encode(b"junk").decode()
    found = error(respond(wire, input=said({"type": "input_image", "image_url": f"data:image/png;base64,{junk}"})), 400)
    assert found["type"] == "invalid_request_error"


def test_limits_are_charged_and_told() -> None:
    with Server(Settings(port=0, tier="1")) as mock, Wire(mock.base_url, "sk-limited") as wire:
        wire.control("POST", "/_mock/clock", json={"freeze": True})

        def left(**body: Any) -> list[int]:
            told = respond(wire, **body).headers
            return [int(told[f"x-ratelimit-remaining-{kind}"]) for kind in ("requests", "tokens")]

        before, after = left(), left(input="word " * 400)
        assert before[0] - after[0] == 1 and 400 < before[1] - after[1] < 700
        assert "x-ratelimit-remaining-requests" not in wire.request("GET", "/responses/resp_x").headers
        replies = [respond(wire, model="gpt-4.1", input="word " * 20_000) for _ in range(4)]
        limited = next(reply for reply in replies if reply.status_code == 429)
        assert error(limited, 429)["code"] == "rate_limit_exceeded"
        assert limited.headers["content-type"] == "application/json" and limited.content == json.dumps(limited.json(), indent=2).encode()
        assert not any(name.startswith(("x-ratelimit-", "retry-after")) for name in limited.headers)
        assert limited.headers["openai-version"] == "2020-10-01"


def test_a_key_is_looked_at_by_the_endpoint_itself(wire: Wire) -> None:
    reply = respond(wire, {"authorization": "Bearer sk-mock-invalid"})
    assert error(reply, 401)["code"] == "invalid_api_key"
    assert reply.headers["content-type"] == "application/json" and reply.headers["www-authenticate"] == 'Bearer realm="OpenAI API"'
    assert "openai-version" in reply.headers and "openai-organization" not in reply.headers
