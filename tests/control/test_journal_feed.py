"""The journal live, and as an HTTP archive."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx2
import pytest
from openai import OpenAI

from mockapi import Server, Settings
from tests.conftest import Wire
from tests.e2e.test_process import running


@contextlib.contextmanager
def feed(wire: Wire, **params: Any) -> Iterator[Iterator[tuple[int, dict[str, Any]]]]:
    """The calls of a live feed, each with its id, from the moment on at which it answers."""
    root = wire.base_url.removesuffix("/v1")
    with wire.http.stream("GET", f"{root}/_mock/journal/feed", params=params) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        yield events(reply.iter_lines())


def events(lines: Iterator[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    id = 0
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "id":
            id = int(value)
        elif name == "data":
            yield id, json.loads(value)


def test_a_feed_tells_what_comes(server: Server, wire: Wire, name: str) -> None:
    with Wire(server.base_url, f"sk-other-{name}") as other:
        wire.chat(user="before")
        with feed(wire) as calls:
            other.chat(user="other")
            wire.chat(user="first")
            assert (found := next(calls))[0] == 2 and found[1]["request"]["user"] == "first"
            wire.chat(user="second", stream=True)
            found = next(calls)
            assert found[0] == 3 and found[1]["stream"]["ended"] == "whole"
            assert found[1]["number"] == 3
        with feed(wire, since=1) as calls:
            assert [next(calls)[0], next(calls)[0]] == [2, 3]
        with feed(wire, since=0, contains="second") as calls:
            assert next(calls)[0] == 3


def test_a_feed_goes_on_after_a_reset(wire: Wire) -> None:
    wire.chat()
    wire.chat()
    with feed(wire) as calls:
        assert wire.control("POST", "/_mock/reset").status_code == 200
        wire.chat(user="anew")
        number, row = next(calls)
        assert (number, row["request"]["user"]) == (1, "anew")
        wire.control("DELETE", "/_mock/journal")
        wire.chat(user="again")
        assert next(calls)[0] == 2


def test_a_feed_without_a_key_tells_all_and_names_their_projects() -> None:
    with Server(Settings(port=0)) as mock, Wire(mock.base_url, "sk-a") as a, Wire(mock.base_url, "sk-b") as b, httpx2.Client() as nobody:
        root = mock.base_url.removesuffix("/v1")
        with nobody.stream("GET", f"{root}/_mock/journal/feed", timeout=10) as reply:
            told = events(reply.iter_lines())
            a.chat()
            b.chat()
            httpx2.get(f"{mock.base_url}/models")
            rows = [next(told) for _ in range(3)]
        assert [row["status"] for _, row in rows] == [200, 200, 401]
        projects = [row["project"] for _, row in rows]
        assert projects[2] is None and len(set(projects)) == 3
        assert [mark for mark, _ in rows] == sorted({mark for mark, _ in rows})
        after = httpx2.get(f"{root}/_mock/journal", params={"since": rows[0][0]}).json()["calls"]
        assert [row["mark"] for row in after] == [mark for mark, _ in rows[1:]]


def test_who_leaves_a_feed_leaves_nothing_behind() -> None:
    with Server(Settings(port=0)) as mock, Wire(mock.base_url, "sk-leaver") as wire:
        shelf = mock.app.api.worlds.shelf
        with feed(wire) as calls:
            wire.chat()
            next(calls)
            assert waits(lambda: len(shelf.waiting) == 1)
        assert waits(lambda: not shelf.waiting)


def waits(holds: Any) -> bool:
    for _ in range(200):
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_a_feed_nobody_reads_holds_nobody_up_and_grows_not() -> None:
    with Server(Settings(port=0, journal_calls=50)) as mock, Wire(mock.base_url, "sk-mock-tierunlimited-slow") as wire:
        host, port = "127.0.0.1", httpx2.URL(mock.base_url).port
        assert port is not None
        with socket.create_connection((host, port)) as reader:
            reader.sendall(b"GET /_mock/journal/feed HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk-mock-tierunlimited-slow\r\n\r\n")
            assert reader.recv(15) == b"HTTP/1.1 200 OK"
            text = "word " * 10_000
            for number in range(400):
                assert wire.chat(user=str(number), temperature=9, messages=[{"role": "user", "content": text}]).status_code == 400
            # What it has not read is not kept for it: it goes on with what is left.
            reader.settimeout(20)
            read, size = b"", 0
            while b'"user":"399"' not in read:
                piece = reader.recv(65536)
                size += len(piece)
                read = read[-100_000:] + piece
            assert size < 400 * 50_000 * 0.9


def test_a_feed_ends_when_the_server_does() -> None:
    with running("--port", "0") as (process, base_url, _), httpx2.Client(timeout=20) as http:
        with http.stream("GET", f"{base_url.removesuffix('/v1')}/_mock/journal/feed") as reply:
            lines = reply.iter_lines()
            assert next(lines).startswith(":")
            begun = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert [line for line in lines if line] == []
        assert process.wait(10) == 0
        assert time.monotonic() - begun < 5


def test_head_of_a_feed_ends(wire: Wire) -> None:
    assert wire.control("HEAD", "/_mock/journal/feed").status_code == 200


def test_many_readers_get_the_same(wire: Wire, server: Server, key: str) -> None:
    found: list[list[int]] = []
    ready = threading.Barrier(4)

    def read() -> None:
        with Wire(server.base_url, key) as own, feed(own) as calls:
            ready.wait(10)
            found.append([next(calls)[0] for _ in range(40)])

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    ready.wait(10)
    for _ in range(40):
        wire.chat()
    for thread in threads:
        thread.join(20)
    assert found == [list(range(1, 41))] * 3


def test_the_archive_is_har_1_2(wire: Wire, client: OpenAI) -> None:
    wire.chat(temperature=9)
    wire.chat(stream=True)
    client.files.create(file=("lines.jsonl", b'{"a": 1}\n'), purpose="batch")
    wire.request("GET", "/files", params={"limit": 2})
    client.audio.speech.create(model="tts-1", voice="alloy", input="Hi", response_format="wav")
    log = wire.control("GET", "/_mock/journal.har").json()["log"]
    assert log["version"] == "1.2" and set(log["creator"]) == {"name", "version"}
    assert [entry["response"]["status"] for entry in log["entries"]] == [400, 200, 200, 200, 200]
    for entry in log["entries"]:
        assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo is not None
        assert set(entry) >= {"startedDateTime", "time", "request", "response", "cache", "timings"}
        assert set(entry["request"]) - {"postData"} == {
            "method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize",
        }  # fmt: skip
        assert set(entry["response"]) == {
            "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize", "bodySize",
        }  # fmt: skip
        assert sum(entry["timings"].values()) == pytest.approx(entry["time"])
        assert min(entry["timings"].values()) >= 0
        for header in entry["request"]["headers"] + entry["response"]["headers"]:
            assert set(header) == {"name", "value"}
        assert entry["request"]["url"].startswith(wire.base_url)
    refused, streamed, form, listed, spoken = log["entries"]
    assert refused["response"]["statusText"] == "Bad Request"
    assert json.loads(refused["request"]["postData"]["text"])["temperature"] == 9
    assert json.loads(refused["response"]["content"]["text"])["error"]["param"] == "temperature"
    assert streamed["response"]["content"]["text"].endswith("data: [DONE]\n\n")
    assert {"name": "purpose", "value": "batch"} in form["request"]["postData"]["params"]
    assert {"name": "file", "fileName": "lines.jsonl", "contentType": "application/octet-stream"} in form["request"]["postData"]["params"]
    assert listed["request"]["queryString"] == [{"name": "limit", "value": "2"}] and "postData" not in listed["request"]
    assert spoken["response"]["content"]["encoding"] == "base64"
    assert wire.key not in json.dumps(log)
    only = wire.control("GET", "/_mock/journal.har", params={"status": "4xx"}).json()["log"]["entries"]
    assert [entry["_number"] for entry in only] == [1]
    wire.control("POST", "/_mock/reset")
    assert wire.control("GET", "/_mock/journal.har").json()["log"]["entries"] == []
