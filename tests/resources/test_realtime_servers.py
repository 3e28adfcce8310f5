"""MCP servers in Realtime sessions: their tools are imported, called by the API, and asked for first where nobody said not to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai import OpenAI

from mockapi import Server
from tests.conftest import Wire
from tests.line import Event, Line, kinds
from tests.resources.test_realtime import TEXT, TOOL, line, tells_slowly
from tests.resources.test_responses_tools import PATIENT, SERVER

__all__ = ["line"]

QUESTION = "What is known about the roadmap of the project?"


def offered(line: Line, *tools: Event) -> list[Event]:
    """A session with some tools, and what is told of its servers."""
    line.configure(**TEXT, tools=tools)
    found: list[Event] = []
    for _ in [tool for tool in tools if tool["type"] == "mcp"]:
        found += line.until("conversation.item.done")
    return found


def answer(line: Line, **response: Any) -> tuple[list[Event], list[Event]]:
    """What is told of a response, and its items."""
    line.send("response.create", response=response)
    told = line.until("response.done")
    return told, told[-1]["response"]["output"]


def approve(line: Line, id: str, *, approve: bool) -> None:
    line.send("conversation.item.create", item={"type": "mcp_approval_response", "approval_request_id": id, "approve": approve})
    assert kinds(line.until("conversation.item.done")) == ["conversation.item.added", "conversation.item.done"]


def test_the_sdk_uses_a_server(client: OpenAI) -> None:
    with client.realtime.connect(model="gpt-realtime") as connection:
        connection.session.update(session={"type": "realtime", "output_modalities": ["text"], "tools": [SERVER]})
        names: list[str] = []
        for event in connection:
            if event.type == "conversation.item.done" and event.item.type == "mcp_list_tools":
                names = [tool.name for tool in event.item.tools]
                break
        connection.conversation.item.create(item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": QUESTION}]})
        connection.response.create()
        output: list[Any] = []
        for event in connection:
            if event.type == "response.output_item.done" and event.item.type == "mcp_call":
                output.append(event.item)
                assert event.item.name in names
            if event.type == "response.done":
                break
        connection.response.create()
        said = next(event for event in connection if event.type == "response.output_text.done")
    assert output[0].output.rstrip(".") in said.text


def test_tools_are_imported_once_and_called_in_a_response_of_their_own(line: Line) -> None:
    listed = offered(line, SERVER)
    assert kinds(listed) == [
        "conversation.item.added", "mcp_list_tools.in_progress", "mcp_list_tools.completed", "conversation.item.done",
    ]  # fmt: skip
    assert listed[0]["item"]["tools"] == []
    tools = listed[-1]["item"]["tools"]
    assert {event.get("item_id") or event["item"]["id"] for event in listed} == {listed[-1]["item"]["id"]}
    line.say(QUESTION)
    told, (call,) = answer(line)
    assert [kind for kind in kinds(told) if kind != "rate_limits.updated"] == [
        "response.created", "response.output_item.added", "conversation.item.added", "response.mcp_call_arguments.delta",
        "response.mcp_call_arguments.done", "response.mcp_call.in_progress", "response.mcp_call.completed", "conversation.item.done",
        "response.output_item.done", "response.done",
    ]  # fmt: skip
    assert call["name"] in [tool["name"] for tool in tools]
    assert json.loads(call["arguments"]) == {"query": QUESTION}
    assert call["arguments"] == "".join(event["delta"] for event in told if event["type"].endswith("arguments.delta"))
    assert (call["server_label"], call["error"], call["approval_request_id"]) == ("docs", None, None)
    assert told[-1]["response"]["usage"]["output_tokens"] > 0
    _, (message,) = answer(line)
    assert call["output"].rstrip(".") in message["content"][0]["text"]
    line.configure(tools=[{"type": "mcp", "server_label": "docs"}])
    line.say(QUESTION)
    assert kinds(line.events)[-2:] == ["conversation.item.added", "conversation.item.done"]
    assert answer(line)[1][0]["type"] == "mcp_call"


def test_who_is_to_be_asked_is_asked_and_the_call_goes_on(line: Line) -> None:
    offered(line, PATIENT)
    line.say(QUESTION)
    told, (request,) = answer(line)
    assert request["type"] == "mcp_approval_request"
    assert not [kind for kind in kinds(told) if "mcp_call" in kind]
    approve(line, request["id"], approve=True)
    went_on = line.until("response.output_item.done")
    assert kinds(went_on) == [
        "response.output_item.added", "conversation.item.added", "response.mcp_call_arguments.delta", "response.mcp_call_arguments.done",
        "response.mcp_call.in_progress", "response.mcp_call.completed", "conversation.item.done", "response.output_item.done",
    ]  # fmt: skip
    call = went_on[-1]["item"]
    assert (call["approval_request_id"], call["arguments"]) == (request["id"], request["arguments"])
    assert (went_on[-1]["response_id"], went_on[-1]["output_index"]) == (told[-1]["response"]["id"], 1)
    assert call["output"].rstrip(".") in answer(line)[1][0]["content"][0]["text"]


def test_what_is_not_allowed_is_not_called(line: Line) -> None:
    offered(line, PATIENT)
    line.say(QUESTION)
    approve(line, answer(line)[1][0]["id"], approve=False)
    _, (message,) = answer(line)
    assert message["type"] == "message"
    assert "not approved" in message["content"][0]["text"]
    approve_nothing = {"type": "mcp_approval_response", "approval_request_id": "nothing", "approve": True}
    line.send("conversation.item.create", item=approve_nothing)
    assert line.next("error")["error"]["param"] == "item.approval_request_id"


def test_a_server_that_is_not_there_has_no_tools(line: Line) -> None:
    gone = {"type": "mcp", "server_label": "docs", "server_url": "https://docs.invalid/mcp", "require_approval": "never"}
    listed = offered(line, gone)
    assert kinds(listed)[1:3] == ["mcp_list_tools.in_progress", "mcp_list_tools.failed"]
    assert listed[-1]["item"]["tools"] == []
    line.say(QUESTION)
    assert answer(line)[1][0]["type"] == "message"
    assert answer(line, tool_choice={"type": "mcp", "server_label": "docs"})[1][0]["type"] == "message"


def test_a_call_to_a_server_that_went_away_fails(line: Line) -> None:
    offered(line, PATIENT)
    line.say(QUESTION)
    request = answer(line)[1][0]
    offered(line, {**PATIENT, "server_url": "https://docs.invalid/mcp"})
    approve(line, request["id"], approve=True)
    assert "response.mcp_call.failed" in kinds(line.until("response.output_item.done"))
    assert line.events[-1]["item"]["error"] == {"type": "http_error", "code": 424, "message": "424: "}
    assert line.events[-1]["item"]["output"] is None


def test_a_server_may_be_there_for_one_response_and_chosen_by_name(line: Line) -> None:
    line.configure(**TEXT)
    line.say("Say hello")
    choice = {"type": "mcp", "server_label": "docs", "name": "docs_fetch"}
    told, (call,) = answer(line, tools=[TOOL, SERVER], tool_choice=choice)
    assert (call["type"], call["name"]) == ("mcp_call", "docs_fetch")
    assert kinds(told)[1:3] == ["mcp_list_tools.in_progress", "mcp_list_tools.completed"]
    assert answer(line, tools=[SERVER], tool_choice=choice)[1][0]["type"] == "message"
    line.say(QUESTION)
    assert answer(line)[1][0]["type"] == "message"


def test_a_session_made_beforehand_imports_when_it_is_opened(client: OpenAI, server: Server) -> None:
    made = client.realtime.client_secrets.create(session={"type": "realtime", "model": "gpt-realtime", "tools": [SERVER]})
    with Line(server.base_url, made.value) as line:
        assert kinds(line.until("conversation.item.done"))[:2] == ["session.created", "conversation.item.added"]


def test_a_session_made_with_servers_that_cannot_be_says_so_and_goes_on(client: OpenAI, server: Server) -> None:
    made = client.realtime.client_secrets.create(session={"type": "realtime", "model": "gpt-realtime", "tools": [SERVER, SERVER]})
    with Line(server.base_url, made.value) as line:
        line.next("session.created")
        assert line.next("error")["error"]["param"] == "session.tools[1].server_label"
        assert line.configure(**TEXT, tools=[])["tools"] == []


def test_a_call_that_is_broken_off_was_not_made(wire: Wire, line: Line) -> None:
    tells_slowly(wire)
    wire.control("DELETE", "/_mock/scenarios")
    offered(line, SERVER)
    line.say(QUESTION)
    line.send("response.create")
    while line.receive()["type"] != "response.mcp_call_arguments.delta":
        pass
    line.send("response.cancel")
    told = line.until("response.done")
    (call,) = told[-1]["response"]["output"]
    assert (call["output"], call["error"]["type"]) == (None, "tool_execution_error")
    assert QUESTION not in call["arguments"]
    assert "response.mcp_call.failed" in kinds(told)


@pytest.mark.parametrize(
    ("tools", "param"),
    [
        ([SERVER, SERVER], "session.tools[1].server_label"),
        ([{"type": "mcp", "server_label": "docs"}], "session.tools[0]"),
        ([{**SERVER, "connector_id": "connector_gmail"}], "session.tools[0]"),
    ],
)
def test_servers_that_cannot_be_are_refused_and_nothing_changes(line: Line, tools: list[Event], param: str) -> None:
    line.send("session.update", session={"type": "realtime", "tools": tools})
    error = line.next("error")["error"]
    assert (error["code"], error["param"]) == ("invalid_value", param)
    assert line.configure(**TEXT)["tools"] == []
