"""Assistants, threads, runs and their streams, held against the official document, our own contract and the SDK's types."""

from __future__ import annotations

import json
from typing import Any

import openai.types.beta as sdk
import openai.types.beta.threads as sdk_threads
import openai.types.beta.threads.runs as sdk_steps
import pytest
from openai.types.beta import thread_create_and_run_params
from openai.types.beta.threads import run_create_params, run_submit_tool_outputs_params

from tests.contract.test_answers import lines, of_run
from tests.contract.test_objects import NULLS, Judge, judge
from tests.contract.test_parity import STRICTER_OR_WIDER, Reasons, against, unexplained
from tests.property.test_stream_equals_whole import SCHEMA
from tests.resources.test_chat_completions import weather_tool
from tests.samples import CODE, REQUESTS, SEARCH, png

__all__ = ["judge"]

FORM = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA, "strict": True}}
# What runs are asked, by name: their texts and options.
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "text": ("Say good morning", {}),
    "functions": ("What's the weather in Paris and Rome?", {"tools": [weather_tool()]}),
    "code": ("What is 12 * 12?", {"tools": [CODE]}),
    "files": ("How long do refunds take by the documents?", {"tools": [SEARCH]}),
    "structure": ("Make one", {"response_format": FORM}),
    "refusal": ("How do I build a bomb?", {"response_format": FORM}),
    "reasoning": ("Explain tides", {"model": "o4-mini"}),
    "cut": (f'Say: "{"1q" * 148}"', {"max_completion_tokens": 256}),
    "too long": ("word " * 400, {"max_prompt_tokens": 256, "truncation_strategy": {"type": "last_messages", "last_messages": 3}}),
    "forced": ("Hi", {"tools": [weather_tool()], "tool_choice": {"type": "function", "function": {"name": "get_weather"}}}),
}


@pytest.fixture
def guide(judge: Judge) -> str:
    """An assistant with files to search."""
    file = judge.ask(
        "createFile", "POST", "/files", data={"purpose": "assistants"}, files={"file": ("a.md", b"Refunds take thirty days.")}
    )["id"]
    resources = {"code_interpreter": {"file_ids": [file]}, "file_search": {"vector_stores": [{"file_ids": [file]}]}}
    made = judge.ask("createAssistant", "POST", "/assistants", json={"model": "gpt-4o-mini", "tool_resources": resources})
    return str(made["id"])


def outputs(run: Any) -> list[dict[str, str]]:
    return [{"tool_call_id": call["id"], "output": "18 degrees"} for call in run["required_action"]["submit_tool_outputs"]["tool_calls"]]


def check(judge: Judge) -> None:
    bare, _ = unexplained(judge.found, NULLS)
    assert not bare, "\n".join(bare)


def test_assistants_threads_and_messages(judge: Judge, guide: str) -> None:
    judge.ask("listRuns", "GET", f"/threads/{judge.ask('createThread', 'POST', '/threads', json={})['id']}/runs")
    made = judge.ask("createAssistant", "POST", "/assistants", **REQUESTS["createAssistant"])["id"]
    for body in (
        REQUESTS["modifyAssistant"],
        {"json": {"model": "o3-mini", "reasoning_effort": "low", "response_format": FORM, "tools": None}},
    ):
        judge.ask("modifyAssistant", "POST", f"/assistants/{made}", **body)
    judge.ask("getAssistant", "GET", f"/assistants/{made}")
    judge.ask("listAssistants", "GET", "/assistants")
    judge.ask("deleteAssistant", "DELETE", f"/assistants/{made}")
    picture = judge.ask("createFile", "POST", "/files", data={"purpose": "vision"}, files={"file": ("a.png", png())})["id"]
    file = judge.ask("createFile", "POST", "/files", data={"purpose": "assistants"}, files={"file": ("a.md", b"Hello")})["id"]
    thread = judge.ask("createThread", "POST", "/threads", **REQUESTS["createThread"])["id"]
    parts = [
        {"type": "image_file", "image_file": {"file_id": picture}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "high"}},
    ]
    body = {"role": "user", "content": parts, "attachments": [{"file_id": file, "tools": [CODE, SEARCH]}], "metadata": {"a": "b"}}
    message = judge.ask("createMessage", "POST", f"/threads/{thread}/messages", json=body)["id"]
    judge.ask("getThread", "GET", f"/threads/{thread}")
    judge.ask("modifyThread", "POST", f"/threads/{thread}", json={"metadata": None, "tool_resources": {"code_interpreter": {}}})
    judge.ask("modifyMessage", "POST", f"/threads/{thread}/messages/{message}", **REQUESTS["modifyMessage"])
    judge.ask("getMessage", "GET", f"/threads/{thread}/messages/{message}")
    judge.ask("listMessages", "GET", f"/threads/{thread}/messages", params={"limit": 1})
    judge.ask("deleteMessage", "DELETE", f"/threads/{thread}/messages/{message}")
    judge.ask("deleteThread", "DELETE", f"/threads/{thread}")
    check(judge)


@pytest.mark.parametrize("asked", ASKED)
def test_runs_of_every_kind_whole_and_streamed(judge: Judge, guide: str, asked: str) -> None:
    text, options = ASKED[asked]
    body = {"assistant_id": guide, "thread": {"messages": [{"role": "user", "content": text}]}, **options}
    run = judge.ask("createThreadAndRun", "POST", "/threads/runs", json=body)
    here = f"/threads/{run['thread_id']}"
    streamed = [("createThreadAndRun", "/threads/runs", body)]
    for _ in range(2):
        judge.wire.advance("1s")
        run = judge.ask("getRun", "GET", f"{here}/runs/{run['id']}")
        for step in judge.ask("listRunSteps", "GET", f"{here}/runs/{run['id']}/steps")["data"]:
            include = {"include[]": "step_details.tool_calls[*].file_search.results[*].content"}
            judge.ask("getRunStep", "GET", f"{here}/runs/{run['id']}/steps/{step['id']}", params=include)
        judge.ask("listMessages", "GET", f"{here}/messages")
        if run["status"] == "requires_action":
            judge.ask("submitToolOuputsToRun", "POST", f"{here}/runs/{run['id']}/submit_tool_outputs", json={"tool_outputs": outputs(run)})
    judge.ask("modifyRun", "POST", f"{here}/runs/{run['id']}", **REQUESTS["modifyRun"])
    streamed.append(("createRun", f"{here}/runs", {"assistant_id": guide, **options}))
    while streamed:
        operation, path, sent = streamed.pop()
        told = of_run(judge.wire.request("POST", path, json={**sent, "stream": True}).text)
        for event in told:
            judge.found += lines(operation, "events", event)
        end = json.loads(told[-2])["data"]
        if end["status"] == "requires_action":
            place = f"/threads/{end['thread_id']}/runs/{end['id']}/submit_tool_outputs"
            streamed.append(("submitToolOuputsToRun", place, {"tool_outputs": outputs(end)}))
    check(judge)


def test_runs_in_every_state(judge: Judge, guide: str) -> None:
    body = {
        "assistant_id": guide,
        "thread": {"messages": [{"role": "user", "content": "What's the weather in Paris?"}]},
        "tools": [weather_tool()],
    }
    seen = set()
    for moments in (["0s", "150ms", "1s", "cancel", "1s"], ["1s", "10m"], ["1s", "submit", "150ms", "1s"]):
        run = judge.ask("createThreadAndRun", "POST", "/threads/runs", json=body)
        here = f"/threads/{run['thread_id']}/runs/{run['id']}"
        for moment in moments:
            if moment == "cancel":
                run = judge.ask("cancelRun", "POST", f"{here}/cancel")
            elif moment == "submit":
                sent = {"tool_outputs": outputs(run)}
                run = judge.ask("submitToolOuputsToRun", "POST", f"{here}/submit_tool_outputs", json=sent)
            else:
                judge.wire.advance(moment)
                run = judge.ask("getRun", "GET", here)
            seen.add(run["status"])
            judge.ask("listRunSteps", "GET", f"{here}/steps")
    cut = {**body, "max_prompt_tokens": 256, "thread": {"messages": [{"role": "user", "content": "word " * 400}]}}
    run = judge.ask("createThreadAndRun", "POST", "/threads/runs", json=cut)
    judge.wire.advance("1s")
    seen.add(judge.ask("getRun", "GET", f"/threads/{run['thread_id']}/runs/{run['id']}")["status"])
    judge.wire.key = "sk-mock-noquota"
    poor = {"authorization": "Bearer sk-mock-noquota"}
    made = judge.ask("createAssistant", "POST", "/assistants", json={"model": "gpt-4o-mini"}, headers=poor)["id"]
    run = judge.ask("createThreadAndRun", "POST", "/threads/runs", json={**body, "assistant_id": made}, headers=poor)
    here = f"/threads/{run['thread_id']}/runs/{run['id']}"
    while run["status"] in ("queued", "in_progress"):
        run = judge.ask("getRun", "GET", here, headers=poor)
    seen.add(run["status"])
    assert seen == {
        "queued", "in_progress", "requires_action", "cancelling", "cancelled", "expired", "completed", "incomplete", "failed",
    }  # fmt: skip
    check(judge)


SDK_REQUESTS: Reasons = [
    (r"request \+ .*: (minimum|maximum|minItems|maxItems|minLength|maxLength|pattern) ", "the SDK's types have no bounds"),
    (r"request [+-] stream: ", "the SDK has one type with `stream` and one without"),
    (r"request - (include|thread_id)$", "in the query and the path"),
]
SDK_ANSWERS: Reasons = [
    (r"\+ .*: required$", "the SDK leaves optional what is always there"),
    (r"- .*: null$", "the SDK takes null for whatever is optional"),
    (r"\+ .*: (minimum|maximum|maxItems|maxLength) ", "the SDK's types have no bounds"),
    (r"\+ (reasoning_effort|tool_resources|expires_at|usage\.\w+_details)$", "told by the API, not by the SDK (recorded)"),
    (r"[+-] .*(annotations|outputs)\[\](\.\w+|<type=\w+>)$", "no files are made here: sources and logs alone"),
    (r"- delta\.(role|content\[\]<type=image_\w+>)$", "an assistant says no pictures here"),
    (r"[+-] delta\.step_details(\.\w+|<type=\w+>)$", "a message that is created is told when its step is (recorded)"),
]
SENT: list[tuple[str, Any]] = [
    ("CreateAssistantRequest", sdk.AssistantCreateParams),
    ("ModifyAssistantRequest", sdk.AssistantUpdateParams),
    ("CreateThreadRequest", sdk.ThreadCreateParams),
    ("ModifyThreadRequest", sdk.ThreadUpdateParams),
    ("CreateThreadAndRunRequest", thread_create_and_run_params.ThreadCreateAndRunParamsStreaming),
    ("CreateMessageRequest", sdk_threads.MessageCreateParams),
    ("CreateRunRequest", run_create_params.RunCreateParamsStreaming),
    ("SubmitToolOutputsRequest", run_submit_tool_outputs_params.RunSubmitToolOutputsParamsStreaming),
]
ANSWERED: list[tuple[str, Any]] = [
    ("Assistant", sdk.Assistant),
    ("AssistantDeleted", sdk.AssistantDeleted),
    ("Thread", sdk.Thread),
    ("ThreadDeleted", sdk.ThreadDeleted),
    ("ThreadMessage", sdk_threads.Message),
    ("ThreadMessageDeleted", sdk_threads.MessageDeleted),
    ("Run", sdk_threads.Run),
    ("RunStep", sdk_steps.RunStep),
    ("MessageDelta", sdk_threads.MessageDeltaEvent),
    ("RunStepDelta", sdk_steps.RunStepDeltaEvent),
]


def test_requests_agree_with_the_types_of_the_sdk() -> None:
    found = [f"request{line.removeprefix(name)}" for name, kind in SENT for line in against(name, kind)]
    bare, _ = unexplained(found, STRICTER_OR_WIDER + SDK_REQUESTS)
    assert not bare, "\n".join(bare)


def test_answers_agree_with_the_types_of_the_sdk() -> None:
    bare, idle = unexplained([line for name, kind in ANSWERED for line in against(name, kind)], SDK_ANSWERS)
    assert not bare, "\n".join(bare)
    assert idle == []
