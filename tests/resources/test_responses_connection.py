"""Responses over a WebSocket: through the official SDK, and on the wire."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from openai import OpenAI
from websockets.exceptions import ConnectionClosed

from mockapi import Server
from tests.conftest import Wire
from tests.contract.document import faults, judge
from tests.line import Event, Line, kinds

ASKED: dict[str, Any] = {"model": "gpt-4o-mini", "input": "Say hello"}


@pytest.fixture
def line(server: Server, key: str) -> Any:
    with Line(server.base_url, key, path="/responses") as made:
        yield made


def text_of(event: Event) -> str:
    found = event["response"]["output"][-1]["content"][0]["text"]
    assert isinstance(found, str)
    return found


def test_the_sdk_responds_turn_after_turn(client: OpenAI) -> None:
    with client.responses.connect() as connection:
        connection.response.create(model="gpt-4o-mini", input="What is 2 + 3?", store=False)
        first = next(event for event in connection if event.type == "response.completed")
        assert first.type == "response.completed"
        assert first.response.output_text == "2 + 3 = 5."
        connection.response.create(
            model="gpt-4o-mini", input="And what did I ask before?", previous_response_id=first.response.id, store=False
        )
        second = next(event for event in connection if event.type == "response.completed")
        assert second.type == "response.completed"
        assert second.response.previous_response_id == first.response.id
        assert second.response.usage is not None and first.response.usage is not None
        assert second.response.usage.input_tokens > first.response.usage.input_tokens


# A server in a fresh interpreter has loaded no resource yet.
FIRST = """
from openai import OpenAI
from mockapi import Server

with Server() as mock, OpenAI(base_url=mock.base_url, api_key="first") as client, client.responses.connect() as connection:
    for said in ("Say hello", "Say bye"):
        connection.response.create(model="gpt-4o-mini", input=said)
        made = next(event.response.id for event in connection if event.type == "response.completed")
        print(client.responses.retrieve(made).output_text)
"""


def test_the_first_call_of_all_may_come_over_a_socket() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout.split(), done.stderr) == (["Hello!", "Bye!"], "")


def test_the_events_are_those_of_a_stream(wire: Wire, line: Line) -> None:
    with wire.http.stream("POST", f"{wire.base_url}/responses", json={**ASKED, "stream": True}) as stream:
        streamed = [json.loads(row.removeprefix("data: ")) for row in stream.iter_lines() if row.startswith("data: ")]
    line.send("response.create", **ASKED)
    told = line.until("response.completed")
    assert [(event["type"], event["sequence_number"]) for event in told] == [(e["type"], e["sequence_number"]) for e in streamed]
    assert text_of(told[-1]) == text_of(streamed[-1])
    server_event = judge({"$ref": "#/components/schemas/ResponsesServerEvent"})
    nulls = {"user", "prompt_cache_key", "safety_identifier", "usage"}
    for event in told:
        assert {place.rpartition("/")[2] for place, _ in faults(server_event, event)} <= {*nulls, ""}


def test_lanes_are_told_apart(wire: Wire, line: Line) -> None:
    assert wire.control("POST", "/_mock/latency", json={"latency": "first=0ms,tokens_per_second=50"}).status_code == 200
    for lane, said in (("a", "Say: one two three four five"), ("b", "Say: six"), ("a", "Say: seven")):
        line.send("response.create", **{**ASKED, "input": said, "stream_id": lane})
    ends: list[tuple[str, str]] = []
    while len(ends) < 3:
        event = line.receive()
        if event["type"] == "response.completed":
            ends.append((event["stream_id"], text_of(event)))
    assert [said for lane, said in ends if lane == "a"] == ["One two three four five.", "Seven!"]
    assert ends[0][0] == "b"


def test_what_was_not_stored_is_forgotten_with_the_connection(line: Line, server: Server, key: str, wire: Wire) -> None:
    line.send("response.create", **ASKED, store=False)
    id = line.until("response.completed")[-1]["response"]["id"]
    assert wire.request("GET", f"/responses/{id}").status_code == 404
    with Line(server.base_url, key, path="/responses") as other:
        other.send("response.create", **ASKED, previous_response_id=id)
        error = other.next("error")
        assert (error["status"], error["error"]["code"]) == (400, "previous_response_not_found")
    line.send("response.create", **ASKED, previous_response_id=id)
    assert line.until("response.completed")[-1]["response"]["previous_response_id"] == id


@pytest.mark.parametrize(
    ("sent", "code", "param"),
    [
        ("{", "invalid_json", None),
        ('{"type": "bogus"}', "invalid_value", "type"),
        ('{"model": "gpt-4o-mini"}', "missing_required_parameter", "type"),
        ('{"type": "response.create", "model": "gpt-4o-mini", "input": "x", "background": true}', "unsupported_parameter", "background"),
        ('{"type": "response.create", "model": "no-model", "input": "x"}', "model_not_found", "model"),
        ('{"type": "response.create", "model": "gpt-4o-mini", "input": "x", "temperature": 9}', "decimal_above_max_value", "temperature"),
        ('{"type": "response.create", "stream_id": "a b", "model": "gpt-4o-mini", "input": "x"}', "invalid_value", "stream_id"),
    ],
)
def test_what_is_wrong_is_told_and_the_connection_goes_on(line: Line, sent: str, code: str, param: str | None) -> None:
    line.socket.send(sent)
    error = line.next("error")
    assert (error["status"], error["error"]["code"], error["error"]["param"]) == (400, code, param)
    assert set(error) == {"type", "status", "error"}
    line.send("response.create", **ASKED)
    assert text_of(line.until("response.completed")[-1]) == "Hello!"


def test_functions_formats_and_scenarios_work_as_elsewhere(wire: Wire, line: Line) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
    line.send("response.create", **ASKED, text={"format": {"type": "json_schema", "name": "n", "schema": schema, "strict": True}})
    assert isinstance(json.loads(text_of(line.until("response.completed")[-1]))["n"], int)
    wire.control(
        "POST", "/_mock/scenarios", json={"scenarios": [{"match": {"user": "Say hello"}, "reply": {"error": "rate_limit_exceeded"}}]}
    )
    line.send("response.create", **ASKED)
    assert line.next("error")["status"] == 429
    assert [call["status"] for call in wire.control("GET", "/_mock/journal").json()["calls"] if call["path"] == "/v1/responses"] == [
        200,
        429,
    ]


def test_a_connection_is_open_for_an_hour(wire: Wire, line: Line) -> None:
    line.send("response.create", **ASKED)
    assert kinds(line.until("response.completed"))
    wire.advance("61m")
    assert line.next("error")["error"]["code"] == "websocket_connection_limit_reached"
    with pytest.raises(ConnectionClosed):
        line.receive()


def test_what_cannot_be_told_is_an_error_and_the_connection_goes_on(wire: Wire, line: Line, caplog: pytest.LogCaptureFixture) -> None:
    told = {"match": {"user": "Tell me"}, "reply": {"body": "no event"}}
    wire.control("POST", "/_mock/scenarios", json={"scenarios": [told]})
    line.send("response.create", **{**ASKED, "input": "Tell me", "stream_id": "a"})
    line.send("response.create", **{**ASKED, "stream_id": "a"})
    error = line.next("error")
    assert (error["status"], error["error"]["type"], error["stream_id"]) == (500, "server_error", "a")
    assert [record.getMessage() for record in caplog.records if record.exc_info] == ["/v1/responses over a WebSocket"]
    assert text_of(line.until("response.completed")[-1]) == "Hello!"
