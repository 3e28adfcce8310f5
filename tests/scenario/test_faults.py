"""Things that go wrong on the way, as clients meet them: the SDK, and bare sockets for what it hides."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

import httpx2
import openai
import pytest
from openai import OpenAI

from mockapi import Server
from mockapi.scenario import named
from tests.conftest import Wire
from tests.scenario.test_scenarios import say, tell
from tests.wire.test_socket import request


def raw(server: Server, key: str, fault: str, *, stream: bool = False) -> tuple[bytes, bool]:
    """All that comes back, and whether the connection was reset at the end."""
    host, port = server.base_url.removeprefix("http://").removesuffix("/v1").split(":")
    received = b""
    with socket.create_connection((host, int(port)), timeout=20) as peer:
        sent = request(key, "Say hello", f"X-Mock-Fault: {fault}")
        if stream:
            sent = sent.replace(b'"messages"', b'"stream":true, "messages"')
            length = len(sent.partition(b"\r\n\r\n")[2])
            head = sent.partition(b"Content-Length: ")[0]
            sent = head + f"Content-Length: {length}".encode() + b"\r\n\r\n" + sent.partition(b"\r\n\r\n")[2]
        peer.sendall(sent)
        try:
            while piece := peer.recv(65536):
                received += piece
        except ConnectionResetError:
            return received, True
    return received, False


def test_a_connection_is_reset(server: Server, key: str) -> None:
    assert raw(server, key, "reset") == (b"", True)
    received, was_reset = raw(server, key, "reset:20")
    assert was_reset
    assert received == b"" or len(received.partition(b"\r\n\r\n")[2]) == 20


def test_an_empty_reply(server: Server, key: str) -> None:
    assert raw(server, key, "empty") == (b"", False)


def test_a_whole_body_is_cut(server: Server, key: str) -> None:
    received, was_reset = raw(server, key, "cut:100")
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert (len(body), was_reset) == (100, False)
    assert int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]) > 100


@pytest.mark.parametrize("after", [0, 1, 4])
def test_a_stream_is_cut_after_so_many_events(server: Server, key: str, after: int) -> None:
    received, was_reset = raw(server, key, f"cut:{after}", stream=True)
    assert (received.count(b"data: "), was_reset) == (after, False)
    assert b"\r\n0\r\n\r\n" not in received


def test_the_sdk_tells_of_a_cut_stream(wire: Wire, client: OpenAI) -> None:
    tell(wire, {"match": {"user": "cut"}, "reply": {"fault": "cut:3"}})
    seen = []
    with pytest.raises((openai.APIConnectionError, httpx2.RemoteProtocolError)):
        seen.extend(say(client, "cut", stream=True))
    assert len(seen) <= 3


def events(client: OpenAI, fault: str) -> list[str]:
    """The data of every event of a stream with a fault."""
    with client.chat.completions.with_streaming_response.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": "Say hello"}],
        stream=True,
        extra_headers={"x-mock-fault": fault},
    ) as reply:
        return [line.removeprefix("data: ") for line in reply.iter_lines() if line.startswith("data: ")]


def test_damaged_streams(client: OpenAI) -> None:
    whole = events(client, "slow_headers:0")
    assert whole[-1] == "[DONE]"
    damaged = events(client, "malformed:2")
    assert len(damaged) == len(whole)
    with pytest.raises(json.JSONDecodeError):
        json.loads(damaged[2])
    twice = events(client, "duplicate:2")
    assert len(twice) == len(whole) + 1
    assert twice[2] == twice[3]
    assert len(events(client, "no_done")) == len(whole) - 1
    broken = events(client, "error_event:2")
    assert len(broken) == 3
    assert json.loads(broken[2])["error"]["type"] == "server_error"
    with pytest.raises(openai.APIError, match="had an error"):
        list(say(client, "Say hello", stream=True, extra_headers={"x-mock-fault": "error_event:2"}))


def test_a_stall_ends_in_the_clients_timeout_or_when_the_clock_moves_on(wire: Wire, client: OpenAI) -> None:
    with pytest.raises(openai.APITimeoutError):
        say(client, "x", timeout=0.3, extra_headers={"x-mock-fault": "stall:3600"})
    with pytest.raises(openai.APITimeoutError):
        say(client, "x", timeout=0.3, extra_headers={"x-mock-fault": "stall_stream:1"})
    started = time.monotonic()
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    assert say(client, "x", extra_headers={"x-mock-fault": "slow_headers:3600"}).choices
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("name", named.names())
def test_every_error_by_name_has_the_apis_envelope(client: OpenAI, name: str) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        say(client, "x", extra_headers={"x-mock-fault": name})
    error: Any = json.loads(caught.value.response.content)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert "{" not in error["message"]


@pytest.mark.parametrize("asked", ["bogus", "cut:x", "reset:-1", ""])
def test_a_fault_that_cannot_be_read_is_refused(client: OpenAI, asked: str) -> None:
    with pytest.raises(openai.BadRequestError, match="x-mock-fault"):
        say(client, "x", extra_headers={"x-mock-fault": asked})


def test_what_was_cut_is_not_stored(wire: Wire, client: OpenAI) -> None:
    for fault in ("cut:2", "no_done"):
        try:
            list(say(client, "x", stream=True, store=True, extra_headers={"x-mock-fault": fault}))
        except (openai.APIConnectionError, httpx2.RemoteProtocolError):
            assert fault == "cut:2"
    assert not client.chat.completions.list().data


def test_other_clients_of_the_server_notice_nothing(wire: Wire, client: OpenAI) -> None:
    for fault in ("reset", "empty", "cut:1", "stall_stream"):
        with pytest.raises(openai.APIConnectionError):
            say(client, "x", timeout=0.2, extra_headers={"x-mock-fault": fault})
        assert say(client, "x").choices[0].message.content
