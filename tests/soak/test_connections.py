"""What comes of connections that mean harm, or are half dead: bounded time and memory, an answer where one can be had, others unharmed."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import time
from collections.abc import Iterator

import pytest

from mockapi.transport.socket import PATIENCE
from tests.soak.watched import MIB, Watched, watched

HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\ncontent-type: application/json\r\n"
OPEN = (
    b"GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
LARGE = b"a" * 1_000_000


def chat(**members: object) -> bytes:
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Tell me about rivers"}], **members}
    text = json.dumps(body).encode()
    return HEAD + b"content-length: %d\r\n\r\n" % len(text) + text


@pytest.fixture(scope="module")
def server() -> Iterator[Watched]:
    with watched("--tier", "unlimited") as made:
        yield made


def told(answer: bytes) -> tuple[int, str]:
    """The status of an answer and what its error says."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]["message"]


@pytest.mark.parametrize(
    "pieces",
    [[HEAD, b"x-a: ", *[LARGE] * 50], [HEAD, *[b"x-a: b\r\n" * 100_000] * 50], [b"GET /v1/", *[LARGE] * 50]],
    ids=["one header", "many headers", "the address"],
)
def test_a_head_of_50_megabytes_is_refused(server: Watched, pieces: list[bytes]) -> None:
    with server.harmless(mib=20):
        assert told(server.send(pieces)) == (431, "Request header fields too large")


def test_what_comes_behind_a_body_in_chunks_is_bounded_too(server: Watched) -> None:
    with server.harmless(mib=20):
        server.send([HEAD, b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-a: ", *[LARGE] * 50])


def test_long_addresses_are_not_remembered(server: Watched) -> None:
    with server.harmless(mib=60):
        for number in range(1500):
            server.send([b"GET /v1/%d%s HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n" % (number, b"a" * 60_000)])


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00", HEAD + b"content-length: -5\r\n\r\n", b"GET /v1/\xff HTTP/1.1\r\n\r\n"])
def test_what_is_no_http_gets_the_envelope(server: Watched, sent: bytes) -> None:
    assert told(server.send([sent])) == (400, "Invalid HTTP request")


@pytest.mark.parametrize(
    ("line", "status"),
    [("GET http://api.openai.com/v1/models/gpt-4o-mini", 200), ("OPTIONS *", 404), ("CONNECT elsewhere:80", 404), ("GET http://x", 200)],
)
def test_addresses_that_do_not_begin_with_a_slash(server: Watched, line: str, status: int) -> None:
    answer = server.send([f"{line} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\nconnection: close\r\n\r\n".encode()])
    assert answer.startswith(b"HTTP/1.1 %d " % status)


@pytest.mark.parametrize("further", [b"x: a\r\n" * 200, b"x-a: " + b"a" * 10_000 + b"\r\n"], ids=["many headers", "a long one"])
def test_a_websocket_whose_head_is_too_large_is_answered(server: Watched, further: bytes) -> None:
    assert told(server.send([OPEN + further + b"\r\n"])) == (400, "Invalid HTTP request")


def test_a_refused_websocket_is_no_error_of_the_servers(server: Watched) -> None:
    """That nothing is in the log is seen at the end, when the server was stopped."""
    assert told(server.send([OPEN.replace(b"/realtime", b"/nowhere") + b"\r\n"]))[0] == 404


def test_requests_that_wait_for_the_first_to_be_answered_are_bounded(server: Watched) -> None:
    one = b"GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\n\r\n" * 1000
    sent = 0
    with server.harmless(mib=40), server.peer() as peer:
        peer.settimeout(1)
        with contextlib.suppress(TimeoutError):
            while sent < 60_000_000:
                sent += peer.send(one)
    assert sent < 30_000_000


def test_who_sends_pings_and_reads_no_answer_is_read_no_more(server: Watched) -> None:
    sent = 0
    with server.harmless(mib=20), server.peer() as peer:
        peer.sendall(OPEN + b"\r\n")
        assert b"101" in peer.recv(12)
        peer.settimeout(1)
        with contextlib.suppress(TimeoutError):
            while sent < 60_000_000:
                sent += peer.send((b"\x89\xfdaaaa" + b"x" * 125) * 2000)
    assert sent < 50_000_000


def test_streams_that_are_not_read_stand_still(server: Watched) -> None:
    before = server.metric("mockapi_streams_open")
    with server.harmless(seconds=3, mib=200), contextlib.ExitStack() as held:
        for number in range(40):
            peer = socket.socket()
            held.enter_context(peer)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.connect(server.address)
            peer.sendall(chat(stream=True, n=128, user=str(number)))
        time.sleep(3)
        assert server.metric("mockapi_streams_open") == before + 40
        first = server.resident()
        time.sleep(1)
        assert server.resident() - first < 4 * MIB
    time.sleep(0.5)
    assert server.metric("mockapi_streams_open") == before


def test_clients_that_vanish_at_any_byte_leave_nothing(server: Watched) -> None:
    files = server.files()
    for sent in (chat(), chat(stream=True, n=20), OPEN + b"\r\n\x81\x85aaaahello"):
        for number in range(0, len(sent) + 1, 3):
            with server.peer() as peer:
                if number % 2:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                peer.sendall(sent[:number])
                if number > len(sent) - 20:
                    time.sleep(0.01)
    time.sleep(0.5)
    assert server.files() == files
    assert (server.metric("mockapi_streams_open"), server.metric("mockapi_websockets_open")) == (0, 0)


def test_whoever_falls_silent_is_let_go() -> None:
    stages = (b"", HEAD, HEAD + b"content-length: 100\r\n\r\n", HEAD + b'content-length: 100\r\n\r\n{"model"')
    with watched() as server, contextlib.ExitStack() as held:
        files = server.files()
        peers = [held.enter_context(server.peer()) for _ in stages]
        # One that spoke before, and began a second request.
        again = held.enter_context(server.peer())
        again.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        assert again.recv(65536).startswith(b"HTTP/1.1 200")
        again.sendall(HEAD)
        began = time.monotonic()
        for peer, sent in zip(peers, stages, strict=True):
            peer.sendall(sent)
        answers = []
        for peer in (*peers, again):
            peer.settimeout(PATIENCE + 5)
            answers.append(peer.recv(65536))
            assert not peer.recv(1)
        assert PATIENCE - 1 < time.monotonic() - began < PATIENCE + 5
        assert [answers[0], answers[1], answers[4]] == [b""] * 3
        assert told(answers[2]) == told(answers[3]) == (408, "Request timed out")
        time.sleep(0.2)
        # The connection that asked whether it is ready was idle for too long as well.
        assert server.files() <= files


def test_where_there_are_too_many_connections_the_longest_silent_makes_room() -> None:
    with watched("--tier", "unlimited", most_files=160) as server, contextlib.ExitStack() as held:
        peers = [held.enter_context(server.peer()) for _ in range(400)]
        time.sleep(0.3)
        assert server.files() < 150
        with server.client("sk-new") as client:
            assert client.models.retrieve("gpt-4o-mini").id == "gpt-4o-mini"
        assert peers[0].recv(1) == b""
