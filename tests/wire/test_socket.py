"""Connections, as raw bytes: how long they are kept, and what comes back on one that is asked twice at once."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator

import pytest

from mockapi import Server
from tests.samples import CHAT


@pytest.fixture
def peer(server: Server) -> Iterator[socket.socket]:
    host, port = server.base_url.removeprefix("http://").removesuffix("/v1").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as made:
        yield made


def request(key: str, said: str = "Say hello", *further: str) -> bytes:
    body = json.dumps({**CHAT, "messages": [{"role": "user", "content": said}]}).encode()
    head = ("POST /v1/chat/completions HTTP/1.1", "Host: here", f"Authorization: Bearer {key}", "Content-Type: application/json", *further)
    return "\r\n".join((*head, f"Content-Length: {len(body)}", "", "")).encode() + body


def answer(peer: socket.socket) -> str:
    """What the next answer says."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += peer.recv(65536) or b"\r\n\r\n"
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += peer.recv(length - len(body))
    said: str = json.loads(body[:length])["choices"][0]["message"]["content"]
    return said


def test_an_idle_connection_is_closed_and_a_used_one_is_kept(peer: socket.socket, key: str) -> None:
    started = time.monotonic()
    for pause in (3.0, 3.0, 0.0):
        peer.sendall(request(key))
        assert answer(peer)
        time.sleep(pause)
    assert time.monotonic() - started > 6
    assert peer.recv(1) == b""
    assert time.monotonic() - started > 10


def test_two_requests_at_once_are_answered_in_turn(peer: socket.socket, key: str) -> None:
    peer.sendall(request(key, "Say one") + request(key, "Say two", "Connection: close"))
    received = b""
    while piece := peer.recv(65536):
        received += piece
    first, second = received.split(b"HTTP/1.1 200 OK")[1:]
    assert b"connection: close" not in first
    assert b"connection: close" in second
    said = [json.loads(part.partition(b"\r\n\r\n")[2])["choices"][0]["message"]["content"] for part in (first, second)]
    assert "one" in said[0].lower()
    assert "two" in said[1].lower()


def test_a_body_that_comes_in_pieces_is_read_whole(peer: socket.socket, key: str) -> None:
    whole = request(key, "Say three")
    for at in range(0, len(whole), 60):
        peer.sendall(whole[at : at + 60])
        time.sleep(0.005)
    assert "three" in answer(peer).lower()
