"""What the recorder passes on and what it keeps to itself, against upstreams that behave badly."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2
import pytest
from openai import OpenAI

from mockapi import Server
from mockapi.tape import tapes
from tests.tape.conftest import Upstream, hosted, recording, replaying

SSE = {"content-type": "text/event-stream"}


def on(tape: Path) -> list[Any]:
    return list(tapes.read(tape))


def test_method_path_query_and_body_reach_the_upstream_as_they_were(tmp_path: Path) -> None:
    upstream, tape = Upstream(b"ok"), tmp_path / "tape.jsonl"
    with hosted(upstream) as origin, recording(f"{origin}/deep/v1", tape) as url:
        body = b"\x00\xff" * 10
        headers = {"authorization": "Bearer sk-123456789", "x-twice": "1", "connection": "x-private", "x-private": "p", "te": "trailers"}
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "HEAD"):
            content = None if method in ("GET", "HEAD") else body
            assert httpx2.request(method, f"{url}/files/a%2Fb%20c?x=%2f&y=1&y=", headers=headers, content=content).status_code == 200
    assert [seen["method"] for seen in upstream.seen] == ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "HEAD"]
    for seen in upstream.seen:
        assert (seen["raw_path"], seen["query_string"]) == (b"/deep/v1/files/a%2Fb%20c", b"x=%2f&y=1&y=")
        assert seen["body"] == (b"" if seen["method"] in ("GET", "HEAD") else body)
        given = dict(seen["headers"])
        assert given[b"authorization"] == b"Bearer sk-123456789"
        assert given[b"x-twice"] == b"1"
        assert given[b"host"].decode() in origin
        assert given[b"accept-encoding"] == b"identity"
        assert not {b"x-private", b"te", b"x-mock-tape"} & set(given)
    assert [each.request.path for each in on(tape)] == ["/v1/files/a%2Fb%20c"] * 8


def test_an_answer_comes_through_piece_by_piece(tmp_path: Path) -> None:
    """The upstream goes on only once the client has the piece before."""
    arrived = threading.Semaphore(0)

    class Waiting(Upstream):
        async def between(self, receive: Any) -> None:
            assert await asyncio.to_thread(arrived.acquire, timeout=10)
            await asyncio.sleep(0.03)

    pieces = [b"data: 1\n\n", "data: é".encode()[:-1], "é\n\n".encode()[1:], b"data: [DONE]\n\n"]
    with (
        hosted(Waiting(*pieces, headers=SSE)) as origin,
        recording(origin, tmp_path / "tape.jsonl") as url,
        httpx2.stream("POST", f"{url}/chat/completions") as reply,
    ):
        got = []
        for piece in reply.iter_raw():
            got.append(piece)
            arrived.release()
    assert got == pieces
    (exchange,) = on(tmp_path / "tape.jsonl")
    assert [piece for _, piece in exchange.response.chunks] == pieces
    moments = [ms for ms, _ in exchange.response.chunks]
    assert all(later - earlier >= 20 for earlier, later in pairwise(moments))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw deflate"])
def test_packed_answers_are_recorded_and_given_unpacked(tmp_path: Path, coding: str) -> None:
    text = json.dumps({"content": "river " * 200, "key": "sk-abcdefghijklmnop"}).encode()
    raw = zlib.compressobj(wbits=-15)
    packed = {"gzip": gzip.compress(text), "deflate": zlib.compress(text), "raw deflate": raw.compress(text) + raw.flush()}[coding]
    upstream = Upstream(packed[:20], packed[20:], headers={"content-type": "application/json", "content-encoding": coding.split()[-1]})
    with hosted(upstream) as origin, recording(origin, tmp_path / "tape.jsonl") as url:
        reply = httpx2.post(f"{url}/x", content=gzip.compress(text), headers={"content-encoding": "gzip"})
        assert reply.content == text
        assert "content-encoding" not in reply.headers
    assert gzip.decompress(upstream.seen[0]["body"]) == text
    (exchange,) = on(tmp_path / "tape.jsonl")
    clean = text.replace(b"sk-abcdefghijklmnop", b"[redacted]")
    assert exchange.response.content() == exchange.request.body == clean
    with replaying(tmp_path / "tape.jsonl") as url:
        assert httpx2.post(f"{url}/x", content=gzip.compress(text, 1), headers={"content-encoding": "gzip"}).content == clean


def test_what_cannot_be_unpacked_passes_and_is_not_recorded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with (
        hosted(Upstream(b"\x01\x02", headers={"content-encoding": "zstd-x"})) as origin,
        recording(origin, tmp_path / "tape.jsonl") as url,
        httpx2.stream("GET", f"{url}/x") as reply,
    ):
        assert b"".join(reply.iter_raw()) == b"\x01\x02"
        assert reply.headers["content-encoding"] == "zstd-x"
    assert on(tmp_path / "tape.jsonl") == []
    assert caplog.messages == ["GET /v1/x: not recorded: its content coding cannot be read"]


def test_an_upstream_that_refuses_is_a_502_of_the_mocks_and_not_recorded(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with recording(f"http://127.0.0.1:{port}/v1", tmp_path / "tape.jsonl") as url:
            reply = httpx2.post(f"{url}/chat/completions", json={})
    assert reply.status_code == 502
    error = reply.json()["error"]
    assert list(error) == ["message", "type", "param", "code"]
    assert error["type"] == "mock_error"
    assert error["message"].startswith(f"The upstream http://127.0.0.1:{port}/v1 did not answer: ")
    assert on(tmp_path / "tape.jsonl") == []


def test_an_answer_that_breaks_off_breaks_off_for_the_client_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Breaking(Upstream):
        async def between(self, receive: Any) -> None:
            raise ConnectionError("cut")

    with (
        hosted(Breaking(b"data: 1\n\n", headers=SSE)) as origin,
        recording(origin, tmp_path / "tape.jsonl") as url,
        httpx2.stream("GET", f"{url}/x") as reply,
        pytest.raises(httpx2.RemoteProtocolError),
    ):
        reply.read()
    assert on(tmp_path / "tape.jsonl") == []
    assert any(message.startswith("GET /v1/x: the upstream broke off: ") for message in caplog.messages)


def test_a_client_that_vanishes_stops_the_upstream(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stopped = threading.Event()

    class Endless(Upstream):
        async def between(self, receive: Any) -> None:
            try:
                async with asyncio.timeout(10):
                    if (await receive())["type"] == "http.disconnect":
                        stopped.set()
            except TimeoutError:
                pass

    with hosted(Endless(b"data: 1\n\n", b"data: 2\n\n", headers=SSE)) as origin, recording(origin, tmp_path / "tape.jsonl") as url:
        with httpx2.stream("GET", f"{url}/x") as reply:
            assert next(reply.iter_raw()) == b"data: 1\n\n"
        assert stopped.wait(5)
    assert on(tmp_path / "tape.jsonl") == []
    assert "GET /v1/x: not recorded: the client left before the answer ended" in caplog.messages


def test_a_client_that_leaves_at_done_has_its_stream_recorded(tmp_path: Path) -> None:
    """As the SDK does it, however long the upstream keeps the connection open."""

    class Lingering(Upstream):
        async def between(self, receive: Any) -> None:
            if self.seen[-1]["path"].endswith("x"):
                await asyncio.sleep(0.01)

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            async def slow(message: Any) -> None:
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    await asyncio.sleep(1)
                await send(message)

            await super().__call__(scope, receive, slow)

    with hosted(Lingering(b"data: 1\n\ndata: [DO", b"NE]\n\n", headers=SSE)) as origin, recording(origin, tmp_path / "tape.jsonl") as url:
        with httpx2.stream("GET", f"{url}/x") as reply:
            got = b""
            for piece in reply.iter_raw():
                got += piece
                if got.endswith(b"[DONE]\n\n"):
                    break
        (exchange,) = on(tmp_path / "tape.jsonl")
    assert exchange.response.content() == b"data: 1\n\ndata: [DONE]\n\n"


def test_many_at_once_are_all_recorded(server: Server, name: str, tmp_path: Path) -> None:
    tape = tmp_path / "tape.jsonl"

    def ask(number: int) -> list[Any]:
        with OpenAI(base_url=url, api_key=f"sk-{name}") as client:
            stream = client.chat.completions.create(
                model="gpt-4o-mini", messages=[{"role": "user", "content": f"Tell me of river {number}"}], stream=True
            )
            return [chunk.model_dump() for chunk in stream]

    with recording(server.base_url, tape) as url, ThreadPoolExecutor(16) as pool:
        recorded = list(pool.map(ask, range(40)))
    assert len(on(tape)) == 40
    with replaying(tape) as url, ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(40))) == recorded


def test_a_folder_holds_a_tape_for_each_name(tmp_path: Path) -> None:
    upstream = Upstream(b"{}")
    with hosted(upstream) as origin, recording(origin, tmp_path / "tapes", folder=True) as url:
        for name in ("checkout", "search", "checkout", None):
            assert httpx2.get(f"{url}/models", headers={"x-mock-tape": name} if name else {}).status_code == 200
        told = httpx2.get(f"{url}/models", headers={"x-mock-tape": "../x"})
        assert told.status_code == 400 and told.json()["error"]["type"] == "mock_error"
    assert {path.name: len(on(path)) for path in (tmp_path / "tapes").iterdir()} == {
        "checkout.jsonl": 2,
        "search.jsonl": 1,
        "tape.jsonl": 1,
    }
    assert all(b"x-mock-tape" not in dict(seen["headers"]) for seen in upstream.seen)
    with replaying(tmp_path / "tapes") as url:
        assert httpx2.get(f"{url}/models", headers={"x-mock-tape": "search"}).status_code == 200
        told = httpx2.get(f"{url}/models", headers={"x-mock-tape": "serch"})
        assert told.status_code == 404
        assert told.json()["error"]["message"].endswith("There is no tape 'serch' among: checkout, search, tape.")


def test_a_named_header_is_redacted_and_found_again(tmp_path: Path) -> None:
    tape = tmp_path / "tape.jsonl"
    with hosted(Upstream(b'{"customer": "c-1"}')) as origin, recording(origin, tape, redact=("X-Team", "customer")) as url:
        asked = {"customer": "c-1", "question": "?"}
        assert httpx2.post(f"{url}/x", json=asked, headers={"x-team": "the-secret-team-name"}).json() == {"customer": "c-1"}
    text = tape.read_text()
    assert "c-1" not in text and "the-secret-team-name" not in text
    # The replayer does not know the names: what was taken out is equal to anything.
    with replaying(tape) as url:
        assert httpx2.post(f"{url}/x", json={**asked, "customer": "another"}).json() == {"customer": "[redacted]"}
        assert httpx2.post(f"{url}/x", json={**asked, "question": "!"}).status_code == 404


def test_a_json_answer_that_comes_in_pieces_is_one_body_on_the_tape(tmp_path: Path) -> None:
    with hosted(Upstream(b'{"a":', b" 1}")) as origin, recording(origin, tmp_path / "tape.jsonl") as url:
        assert httpx2.get(f"{url}/x").json() == {"a": 1}
    (exchange,) = on(tmp_path / "tape.jsonl")
    assert (exchange.response.body, exchange.response.chunks) == (b'{"a": 1}', None)
