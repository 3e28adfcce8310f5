"""Assistants, threads and runs on the wire: the header they need, layout, events, and the API's words for what is wrong."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from mockapi.resources import everything
from tests.conftest import Wire
from tests.samples import REQUESTS, path_of
from tests.wire.test_vector_stores import fault

OPERATIONS = everything()
NEEDED = (
    "You must provide the 'OpenAI-Beta' header to access the Assistants API. Please try again by setting the header 'OpenAI-Beta: "
    "assistants=v2'."
)


def made(wire: Wire, operation: str, path: str, **members: Any) -> Any:
    reply = wire.request("POST", path, json={**REQUESTS[operation]["json"], **members})
    assert reply.status_code == 200, reply.text
    return reply.json()


@pytest.mark.parametrize(
    "operation", [name for name, declared in OPERATIONS.items() if declared.path.split("/")[1] in ("assistants", "threads")]
)
def test_every_operation_needs_the_header(wire: Wire, operation: str) -> None:
    declared = OPERATIONS[operation]
    for given in ({}, {"openai-beta": "assistants=v1"}):
        sent = {"authorization": f"Bearer {wire.key}", **given}
        with httpx2.Client() as http:
            reply = http.request(declared.method, f"{wire.base_url}{path_of(declared)}", headers=sent, **REQUESTS.get(operation, {}))
        assert fault(reply) == (400, NEEDED, None, "invalid_beta")


def test_there_are_twenty_three_of_them() -> None:
    assert sum(declared.beta == "assistants=v2" for declared in OPERATIONS.values()) == 23


def test_objects_have_the_apis_keys_and_layout(wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    reply = wire.request("POST", "/assistants", **REQUESTS["createAssistant"])
    assert reply.content == json.dumps(reply.json(), indent=2).encode()
    assert not [name for name in reply.headers if name.startswith("x-ratelimit")]
    assert list(reply.json()) == [
        "id", "object", "created_at", "name", "description", "model", "instructions", "tools", "top_p", "temperature", "reasoning_effort",
        "tool_resources", "metadata", "response_format",
    ]  # fmt: skip
    assert reply.json()["tools"][1] == {
        "type": "file_search",
        "file_search": {"ranking_options": {"ranker": "default_2024_08_21", "score_threshold": 0.0}},
    }
    thread = made(wire, "createThread", "/threads")
    assert list(thread) == ["id", "object", "created_at", "metadata", "tool_resources"]
    run = wire.request("POST", f"/threads/{thread['id']}/runs", json={"assistant_id": reply.json()["id"]})
    assert run.content == json.dumps(run.json(), indent=2, ensure_ascii=False).encode()
    assert not [name for name in run.headers if name.startswith("x-ratelimit")]
    assert list(run.json()) == [
        "id", "object", "created_at", "assistant_id", "thread_id", "status", "started_at", "expires_at", "cancelled_at", "failed_at",
        "completed_at", "required_action", "last_error", "model", "instructions", "tools", "tool_resources", "metadata", "temperature",
        "top_p", "reasoning_effort", "max_completion_tokens", "max_prompt_tokens", "truncation_strategy", "incomplete_details", "usage",
        "response_format", "tool_choice", "parallel_tool_calls",
    ]  # fmt: skip
    wire.advance("1s")
    here = f"/threads/{thread['id']}/runs/{run.json()['id']}"
    assert wire.request("GET", here).headers["openai-poll-after-ms"] == "100"
    (step,) = wire.request("GET", f"{here}/steps").json()["data"]
    assert list(step) == [
        "id", "object", "created_at", "run_id", "assistant_id", "thread_id", "type", "status", "cancelled_at", "completed_at", "expires_at",
        "expired_at", "failed_at", "last_error", "step_details", "usage", "metadata",
    ]  # fmt: skip
    listed = wire.request("GET", f"/threads/{thread['id']}/messages").json()
    assert list(listed) == ["object", "data", "first_id", "last_id", "has_more"]
    assert list(listed["data"][0]) == [
        "id", "object", "created_at", "assistant_id", "thread_id", "run_id", "status", "incomplete_details", "incomplete_at",
        "completed_at", "role", "content", "attachments", "metadata",
    ]  # fmt: skip
    for path, kind in ((f"/threads/{thread['id']}", "thread.deleted"), (f"/assistants/{reply.json()['id']}", "assistant.deleted")):
        gone = wire.request("DELETE", path).json()
        assert gone == {"id": path.split("/")[-1], "object": kind, "deleted": True}


def test_a_stream_has_the_apis_lines(wire: Wire) -> None:
    guide = made(wire, "createAssistant", "/assistants", tools=[])["id"]
    body = {**REQUESTS["createThreadAndRun"]["json"], "assistant_id": guide, "stream": True}
    reply = wire.request("POST", "/threads/runs", json=body)
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    pieces = reply.text.split("\n\n")
    assert pieces[-1] == "" and pieces[-2] == "event: done\ndata: [DONE]"
    assert pieces[0].startswith('event: thread.created\ndata: {"id":"thread_')
    deltas = [piece.partition("data: ")[2] for piece in pieces if piece.startswith("event: thread.message.delta\n")]
    id = json.loads(deltas[0])["id"]
    content = '[{"index":0,"type":"text","text":{"value":"Hello","annotations":[]}}]'
    assert deltas[0] == f'{{"id":"{id}","object":"thread.message.delta","delta":{{"content":{content}}}}}'
    assert json.loads(deltas[1])["delta"]["content"] == [{"index": 0, "type": "text", "text": {"value": "!"}}]


@pytest.mark.parametrize(
    ("method", "path", "param", "prefix"),
    [
        ("GET", "/threads/undefined", "thread_id", "thread"),
        ("GET", "/assistants/a", "assistant_id", "asst"),
        ("POST", "/threads/undefined/messages", "thread_id", "thread"),
        ("GET", "/threads/{thread}/messages/a", "message_id", "msg"),
        ("GET", "/threads/{thread}/runs/a", "run_id", "run"),
        ("GET", "/threads/{thread}/runs/{run}/steps/a", "step_id", "step"),
    ],
)
def test_ids_that_cannot_be(wire: Wire, method: str, path: str, param: str, prefix: str) -> None:
    thread = made(wire, "createThread", "/threads")["id"]
    guide = made(wire, "createAssistant", "/assistants")["id"]
    run = made(wire, "createRun", f"/threads/{thread}/runs", assistant_id=guide)["id"]
    body = REQUESTS["createMessage"] if method == "POST" else {}
    reply = wire.request(method, path.format(thread=thread, run=run), **body)
    bad = "undefined" if "undefined" in path else "a"
    assert fault(reply) == (400, f"Invalid '{param}': '{bad}'. Expected an ID that begins with '{prefix}'.", param, "invalid_value")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/assistants/asst_x", "No assistant found with id 'asst_x'."),
        ("/threads/thread_x", "No thread found with id 'thread_x'."),
        ("/threads/thread_x/messages", "No thread found with id 'thread_x'."),
        ("/threads/{thread}/messages/msg_x", "No message found with id 'msg_x'."),
        ("/threads/{thread}/runs/run_x", "No run found with id 'run_x'."),
        ("/threads/{thread}/runs/run_x/steps", "No run found with id 'run_x'."),
        ("/threads/{thread}/runs/{run}/steps/step_123", "No run step found with id 'step_123'."),
    ],
)
def test_what_is_not_there(wire: Wire, path: str, words: str) -> None:
    thread = made(wire, "createThread", "/threads")["id"]
    guide = made(wire, "createAssistant", "/assistants")["id"]
    run = made(wire, "createRun", f"/threads/{thread}/runs", assistant_id=guide)["id"]
    assert fault(wire.request("GET", path.format(thread=thread, run=run))) == (404, words, None, None)


@pytest.mark.parametrize(
    ("path", "body", "param", "code"),
    [
        ("/assistants", {}, "model", "missing_required_parameter"),
        ("/assistants", {"model": "gpt-4o", "name": "x" * 257}, "name", "string_above_max_length"),
        ("/assistants", {"model": "gpt-4o", "tools": [{"type": "retrieval"}]}, "tools[0].type", "invalid_value"),
        ("/assistants", {"model": "gpt-4o", "metadata": {"k": 1}}, "metadata.k", "invalid_type"),
        ("/assistants", {"model": "gpt-4o", "temperature": 3}, "temperature", "decimal_above_max_value"),
        ("/assistants", {"model": "gpt-4o", "extra": 3}, "extra", "unknown_parameter"),
        (
            "/assistants",
            {
                "model": "gpt-4o",
                "tools": [{"type": "function", "function": {"name": "f", "strict": True, "parameters": {"type": "object"}}}],
            },
            "tools[0].function.parameters",
            "invalid_function_parameters",
        ),
        ("/threads", {"messages": [{"role": "system", "content": "x"}]}, "messages[0].role", "invalid_value"),
        ("/threads/thread_x/messages", {"role": "user"}, "content", "missing_required_parameter"),
        ("/threads/thread_x/messages", {"role": "user", "content": []}, "content", "empty_array"),
        ("/threads/thread_x/runs", {}, "assistant_id", "missing_required_parameter"),
        ("/threads/thread_x/runs", {"assistant_id": "asst_x", "max_prompt_tokens": 255}, "max_prompt_tokens", "integer_below_min_value"),
        ("/threads/thread_x/runs", {"assistant_id": "asst_x", "model": "nothing"}, "model", "model_not_found"),
        ("/threads/thread_x/runs/run_x/submit_tool_outputs", {}, "tool_outputs", "missing_required_parameter"),
    ],
)
def test_requests_that_break_the_contract(wire: Wire, path: str, body: dict[str, Any], param: str, code: str) -> None:
    status, _, *told = fault(wire.request("POST", path, json=body))
    assert (status, told) == (400, [param, code])


def test_what_a_list_is_asked_for(wire: Wire) -> None:
    assert fault(wire.request("GET", "/assistants?limit=101"))[2:] == ("limit", "integer_above_max_value")
    assert fault(wire.request("GET", "/assistants?order=up"))[2:] == ("order", "invalid_value")
    assert fault(wire.request("GET", "/threads/thread_x/runs/run_x/steps?include[]=all"))[3] == "invalid_value"
    assert wire.request("GET", "/assistants?limit=0").json() == {
        "object": "list",
        "data": [],
        "first_id": None,
        "last_id": None,
        "has_more": False,
    }


def test_outputs_are_taken_once(wire: Wire) -> None:
    guide = made(wire, "createAssistant", "/assistants")["id"]
    thread = made(wire, "createThread", "/threads", messages=[{"role": "user", "content": "Look up the word owl"}])["id"]
    run = made(wire, "createRun", f"/threads/{thread}/runs", assistant_id=guide, additional_messages=[])["id"]
    here = f"/threads/{thread}/runs/{run}"
    early = wire.request("POST", f"{here}/submit_tool_outputs", **REQUESTS["submitToolOuputsToRun"])
    assert fault(early)[:2] == (400, 'Runs in status "queued" do not accept tool outputs.')
    wire.advance("1s")
    action = wire.request("GET", here).json()["required_action"]
    outputs = [{"tool_call_id": call["id"], "output": "a bird"} for call in action["submit_tool_outputs"]["tool_calls"]]
    assert wire.request("POST", f"{here}/submit_tool_outputs", json={"tool_outputs": outputs}).json()["status"] == "queued"
    wire.advance("1s")
    late = wire.request("POST", f"{here}/submit_tool_outputs", json={"tool_outputs": outputs})
    assert fault(late)[:2] == (400, 'Runs in status "completed" do not accept tool outputs.')
