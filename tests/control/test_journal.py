"""The journal: what was asked and answered, told by key, by filter, and one by one."""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import time
import tracemalloc
from typing import Any

import httpx2
import pytest
from openai import BadRequestError, OpenAI
from openai.types.chat import ChatCompletionMessageParam

from mockapi import Server, Settings, create_app
from tests.conftest import MESSAGES, Wire

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Say hello"}]

FIELDS = {
    "number", "mark", "project", "request_id", "at", "iso", "method", "path", "operation", "model", "tier", "errand", "scenario", "fault",
    "query", "headers", "request", "request_bytes", "request_cut", "status", "reply_headers", "reply", "reply_bytes", "reply_cut", "stream",
    "limits", "used", "cost", "took_ms",
}  # fmt: skip


def journal(wire: Wire, **filters: Any) -> list[dict[str, Any]]:
    reply = wire.control("GET", "/_mock/journal", params=filters)
    assert reply.status_code == 200, reply.text
    calls: list[dict[str, Any]] = reply.json()["calls"]
    return calls


def bare(server: Server, where: str = "", **params: Any) -> httpx2.Response:
    return httpx2.get(f"{server.base_url.removesuffix('/v1')}/_mock/journal{where}", params=params)


def test_a_call_of_the_sdk_is_told_whole(wire: Wire, client: OpenAI, key: str) -> None:
    answer = client.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=HELLO)
    (row,) = journal(wire)
    assert set(row) == FIELDS
    assert (row["number"], row["status"], row["method"], row["path"]) == (1, 200, "POST", "/v1/chat/completions")
    assert (row["operation"], row["model"], row["tier"]) == ("createChatCompletion", "gpt-4o-mini", "5")
    assert row["request"] == {"messages": MESSAGES, "model": "gpt-4o-mini"}
    assert row["request_bytes"] == int(row["headers"]["content-length"])
    assert row["reply"] == json.loads(answer.content)
    assert row["reply_bytes"] == len(answer.content)
    assert row["reply_headers"] == dict(answer.headers)
    assert row["request_id"] == answer.headers["x-request-id"]
    assert row["limits"] == {name: value for name, value in answer.headers.items() if name.startswith("x-ratelimit")}
    assert len(row["limits"]) == 6
    usage = answer.parse().usage
    assert usage is not None
    assert row["used"]["input"] == usage.prompt_tokens and row["used"]["output"] == usage.completion_tokens
    assert row["cost"] == pytest.approx(usage.prompt_tokens * 0.15e-6 + usage.completion_tokens * 0.6e-6)
    assert 0 < row["took_ms"] < 5000
    assert int(row["at"]) == answer.parse().created
    assert not row["errand"] and row["scenario"] is None and row["fault"] is None and row["stream"] is None
    assert key not in json.dumps(row)
    assert row["headers"]["authorization"] == f"Bearer {key[:3]}***{key[-3:]}"


def test_the_journal_is_the_same_in_another_server_but_for_real_time(name: str) -> None:
    told = []
    for _ in range(2):
        with Server(Settings(port=0, clock="2026-01-01T00:00:00")) as mock, Wire(mock.base_url, f"sk-{name}") as wire:
            wire.chat()
            wire.chat(temperature=3)
            wire.chat(stream=True)
            rows = journal(wire)
        for row in rows:
            assert row.pop("took_ms") > 0 and row.pop("mark") > 0
            row["headers"].pop("host")
        told.append(rows)
    assert told[0] == told[1]
    assert [row["status"] for row in told[0]] == [200, 400, 200]


def test_a_stream_is_told_event_by_event(wire: Wire, client: OpenAI) -> None:
    chunks = list(client.chat.completions.create(model="gpt-4o-mini", messages=HELLO, stream=True))
    (row,) = journal(wire)
    assert row["reply"] is None and row["stream"]["ended"] == "whole"
    events = row["stream"]["pieces"]
    assert len(events) == len(chunks) + 1 and events[-1] == "data: [DONE]\n\n"
    assert [json.loads(event[6:]) for event in events[:-1]] == [chunk.to_dict() for chunk in chunks]
    assert row["reply_bytes"] == sum(map(len, events)) and not row["reply_cut"]


def test_who_goes_away_in_the_middle_is_told_of() -> None:
    with Server(Settings(port=0, latency="tokens_per_second=50")) as mock, Wire(mock.base_url, "sk-leaver") as wire:
        body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Tell me about rivers"}], "stream": True}
        with wire.http.stream("POST", f"{mock.base_url}/chat/completions", json=body) as reply:
            lines = reply.iter_lines()
            first = next(lines)
            assert journal(wire) == []
        rows = waited_for(wire)
        assert rows[0]["stream"]["ended"] == "left"
        pieces = rows[0]["stream"]["pieces"]
        assert pieces[0] == f"{first}\n\n" and "[DONE]" not in pieces[-1]


def waited_for(wire: Wire) -> list[dict[str, Any]]:
    for _ in range(200):
        rows = journal(wire)
        if rows:
            return rows
        time.sleep(0.02)
    raise AssertionError("the call was not written down")


def test_errors_are_told_with_what_was_sent(wire: Wire, client: OpenAI) -> None:
    with pytest.raises(BadRequestError) as caught:
        client.chat.completions.create(model="gpt-4o-mini", messages=HELLO, temperature=3)
    wire.request("POST", "/chat/completions", content=b'{"model": ', headers={"content-type": "application/json"})
    wire.request("GET", "/models/nobody")
    wire.request("GET", "/files", params=[("limit", "2"), ("limit", "3")])
    rows = journal(wire)
    assert [row["status"] for row in rows] == [400, 400, 404, 400]
    assert rows[0]["reply"] == caught.value.response.json() and rows[0]["request"]["temperature"] == 3
    assert rows[0]["used"] is None and rows[0]["cost"] is None
    assert rows[1]["request"] == '{"model": ' and rows[2]["request"] is None
    assert rows[3]["query"] == {"limit": ["2", "3"]}
    assert [row["number"] for row in rows] == [1, 2, 3, 4]


def test_a_form_is_told_without_the_bytes_of_its_files(wire: Wire, client: OpenAI) -> None:
    file = client.files.create(file=("lines.jsonl", b'{"a": 1}\n'), purpose="batch")
    content = client.files.content(file.id).content
    rows = journal(wire)
    assert rows[0]["request"]["purpose"] == "batch"
    assert rows[0]["request"]["file"] == {"filename": "lines.jsonl", "content_type": "application/octet-stream", "bytes": 9}
    assert rows[1]["path"] == f"/v1/files/{file.id}/content" and rows[1]["reply_bytes"] == len(content)


def test_sound_is_told_as_base64(wire: Wire, client: OpenAI) -> None:
    sound = client.audio.speech.create(model="tts-1", voice="alloy", input="Hi", response_format="wav").content
    (row,) = journal(wire)
    told = b"".join(base64.b64decode(piece["base64"]) if isinstance(piece, dict) else piece.encode() for piece in row["stream"]["pieces"])
    assert sound.startswith(told) and row["reply_bytes"] == len(sound)


def test_who_is_turned_away_is_found_without_a_key(server: Server, name: str) -> None:
    url = f"{server.base_url}/chat/completions"
    assert httpx2.post(url, json={}).status_code == 401
    assert httpx2.post(url, json={}, headers={"authorization": "Bearer sk-mock-invalid"}).status_code == 401
    assert httpx2.get(f"{server.base_url}/no/{name}").status_code == 404
    found = bare(server, path=f"/v1/no/{name}").json()["calls"]
    assert len(found) == 1
    assert (found[0]["status"], found[0]["project"], found[0]["operation"], found[0]["tier"]) == (404, None, None, None)
    # Others' calls may have been refused by their scenarios: those have a project.
    refused = [row for row in bare(server, status="401").json()["calls"] if row["project"] is None]
    assert [row["operation"] for row in refused[-2:]] == ["createChatCompletion", "createChatCompletion"]
    assert refused[-1]["headers"]["authorization"] == "Bearer sk-***lid"
    assert refused[-1]["request"] == {} and refused[-1]["reply"]["error"]["code"] == "invalid_api_key"
    assert refused[-1]["request_id"].startswith("req_")


def test_a_tier_that_is_none_is_a_fault_of_the_key_that_came_with_it(wire: Wire) -> None:
    assert wire.chat(headers={"x-mock-tier": "9"}).status_code == 400
    assert [row["status"] for row in journal(wire)] == [400]


def test_two_keys_never_see_each_other(server: Server, wire: Wire, name: str) -> None:
    with Wire(server.base_url, f"sk-other-{name}") as other:
        wire.chat(user="mine")
        request_id = other.chat(user="theirs").headers["x-request-id"]
        for _ in range(20):
            wire.chat(user="mine")
        assert {row["request"]["user"] for row in journal(wire)} == {"mine"}
        assert [row["request"]["user"] for row in journal(other)] == ["theirs"]
        assert wire.control("GET", f"/_mock/journal/{request_id}").status_code == 404
        assert other.control("GET", f"/_mock/journal/{request_id}").json()["request"]["user"] == "theirs"
        assert other.control("GET", "/_mock/journal/2").status_code == 404
        assert wire.control("GET", "/_mock/journal/2").json()["number"] == 2
        projects = {row["project"] for row in bare(server, limit=1000).json()["calls"]}
        assert {journal(wire)[0]["project"], journal(other)[0]["project"]} <= projects
        clash = bare(server, "/1")
        assert clash.status_code == 400 and "several projects" in clash.json()["error"]["message"]
        assert bare(server, f"/{request_id}").json()["request"]["user"] == "theirs"
        assert other.control("DELETE", "/_mock/journal").json() == {"deleted": 1}
        assert journal(other) == [] and len(journal(wire)) == 21
        other.chat()
        assert journal(other)[0]["number"] == 2
        assert other.control("POST", "/_mock/reset").status_code == 200
        other.chat()
        assert journal(other)[0]["number"] == 1 and len(journal(wire)) == 21


def test_a_refused_key_sees_no_journal(server: Server) -> None:
    root = server.base_url.removesuffix("/v1")
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/count"), ("GET", "/feed"), ("GET", "/1"), ("GET", ".har")):
        reply = httpx2.request(method, f"{root}/_mock/journal{path}", headers={"authorization": "Bearer sk-mock-invalid"})
        assert reply.status_code == 401


def test_filters_choose_and_count(wire: Wire, client: OpenAI) -> None:
    wire.chat(messages=[{"role": "user", "content": 'Un café, s\'il vous plaît: "noir"'}])
    wire.chat(model="gpt-4o", stream=True)
    wire.chat(temperature=9)
    client.models.list()
    client.embeddings.create(model="text-embedding-3-small", input="pelicans")
    expected: list[tuple[dict[str, Any], list[int]]] = [
        ({}, [1, 2, 3, 4, 5]),
        ({"model": "gpt-4o"}, [2]),
        ({"model": "text-embedding-3-small"}, [5]),
        ({"operation": "createChatCompletion"}, [1, 2, 3]),
        ({"status": "2xx"}, [1, 2, 4, 5]),
        ({"status": "400"}, [3]),
        ({"path": "/models"}, [4]),
        ({"path": "/v1/models"}, [4]),
        ({"contains": "café"}, [1]),
        ({"contains": '"noir"'}, [1]),
        ({"contains": "pelican"}, [5]),
        ({"contains": "nobody says this"}, []),
        ({"errand": "true"}, []),
        ({"errand": "false"}, [1, 2, 3, 4, 5]),
        ({"scenario": "none"}, []),
        ({"since": 3}, [4, 5]),
        ({"status": "200", "operation": "createChatCompletion"}, [1, 2]),
    ]
    for filters, numbers in expected:
        assert [row["number"] for row in journal(wire, **filters)] == numbers, filters
        assert wire.control("GET", "/_mock/journal/count", params=filters).json() == {"count": len(numbers)}, filters
    assert [row["number"] for row in journal(wire, limit=2)] == [4, 5]
    assert [row["number"] for row in journal(wire, limit=2, since=0)] == [1, 2]
    assert journal(wire, limit=0) == []
    assert wire.control("GET", "/_mock/journal", params={"limit": 1}).json()["total"] == 5


@pytest.mark.parametrize(
    ("filters", "param"),
    [
        ({"status": "6xx"}, "status"), ({"status": "4x"}, "status"), ({"since": "x"}, "since"), ({"since": "-1"}, "since"),
        ({"limit": "many"}, "limit"), ({"errand": "1"}, "errand"), ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_a_bad_filter_is_an_error_of_the_mock(wire: Wire, filters: dict[str, str], param: str) -> None:
    reply = wire.control("GET", "/_mock/journal", params=filters)
    assert reply.status_code == 400
    assert (reply.json()["error"]["type"], reply.json()["error"]["param"]) == ("mock_error", param)


def test_the_lines_of_a_batch_are_told_as_errands(wire: Wire, client: OpenAI) -> None:
    wire.control("POST", "/_mock/lifecycle", json={"mode": "immediate"})
    lines = [
        {
            "custom_id": f"{n}",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {"model": "gpt-4o-mini", "messages": MESSAGES, **more},
        }
        for n, more in enumerate(({}, {"temperature": 9}))
    ]
    file = client.files.create(file=("b.jsonl", "\n".join(map(json.dumps, lines)).encode()), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    assert client.batches.retrieve(batch.id).status == "completed"
    good, bad = journal(wire, errand="true")
    assert (good["status"], good["path"], good["operation"]) == (200, "/v1/chat/completions", "createChatCompletion")
    assert good["request"] == lines[0]["body"] and good["reply"]["object"] == "chat.completion"
    assert bad["status"] == 400 and bad["reply"]["error"]["param"] == "temperature"
    assert good["cost"] == pytest.approx((good["used"]["input"] * 0.15e-6 + good["used"]["output"] * 0.6e-6) / 2)
    assert good["limits"] == {} and good["reply_headers"] == {}
    assert len(journal(wire, errand="false")) == 3


def test_a_long_answer_to_an_errand_is_cut(wire: Wire, client: OpenAI) -> None:
    wire.control("POST", "/_mock/lifecycle", json={"mode": "immediate"})
    body = {"model": "text-embedding-3-small", "input": [f"text {n}" for n in range(20)], "dimensions": 4}
    line = json.dumps({"custom_id": "a", "method": "POST", "url": "/v1/embeddings", "body": body})
    file = client.files.create(file=("b.jsonl", line.encode()), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/embeddings", completion_window="24h")
    made = client.batches.retrieve(batch.id).output_file_id
    assert made is not None
    assert len(json.loads(client.files.content(made).content)["response"]["body"]["data"]) == 20
    (row,) = journal(wire, errand="true")
    assert row["reply_cut"] and row["reply_bytes"] is None and len(row["reply"]["data"]) == 8


def test_long_bodies_are_cut_and_say_so(wire: Wire) -> None:
    text = "é" * 100_000
    wire.chat(messages=[{"role": "user", "content": text}], model="gpt-4o", temperature=9)
    wire.request("POST", "/embeddings", json={"model": "text-embedding-3-small", "input": ["a"] * 20, "encoding_format": "float"})
    long, answer = journal(wire)
    assert long["request_cut"] and long["request_bytes"] > 200_000 and len(long["request"].encode()) <= 65536
    assert long["model"] == "gpt-4o" and not long["reply_cut"]
    assert answer["reply_cut"] and answer["reply_bytes"] > 65536 and len(answer["reply"]) == 65536
    assert not answer["request_cut"]


def test_old_calls_make_room() -> None:
    with Server(Settings(port=0, journal_calls=10)) as mock, Wire(mock.base_url, "sk-many") as wire:
        for _ in range(90):
            wire.chat()
        told = wire.control("GET", "/_mock/journal").json()
        assert [row["number"] for row in told["calls"]] == list(range(81, 91))
        assert (told["total"], told["dropped"]) == (10, 80)
    with Server(Settings(port=0, journal_mb=0.5)) as mock, Wire(mock.base_url, "sk-large") as wire:
        for number in range(12):
            wire.chat(messages=[{"role": "user", "content": "x" * 70_000}], temperature=9, user=str(number))
        told = wire.control("GET", "/_mock/journal").json()
        assert 0 < len(told["calls"]) <= 8 and told["calls"][-1]["number"] == 12
        assert told["dropped"] + told["total"] == 12
    with Server(Settings(port=0, journal_calls=0)) as mock, Wire(mock.base_url, "sk-none") as wire:
        wire.chat()
        assert wire.control("GET", "/_mock/journal").json() == {"calls": [], "total": 0, "dropped": 1}


def test_what_is_nested_deeply_can_be_told(wire: Wire) -> None:
    content = b'{"model": "gpt-4o-mini", "messages": ' + b"[" * 199 + b"]" * 199 + b"}"
    reply = wire.request("POST", "/chat/completions", content=content, headers={"content-type": "application/json"})
    assert reply.status_code == 400
    assert len(journal(wire)) == 1
    assert wire.control("GET", "/_mock/journal.har").status_code == 200


def test_canned_calls_are_told_too(canned: Wire) -> None:
    assert canned.request("GET", "/files/file-abc").status_code == 200
    assert journal(canned)[0]["operation"] == "retrieveFile"
    assert journal(canned)[0]["reply"]["id"] == "file-abc"


def test_memory_stays_flat_after_100_000_calls() -> None:
    app = create_app(Settings())
    sent = json.dumps({"model": "gpt-4o-mini", "messages": MESSAGES}).encode()
    headers = [(b"content-type", b"application/json"), (b"authorization", b"Bearer sk-mock-tierunlimited-flat")]

    async def calls(count: int) -> None:
        for _ in range(count):
            # Each its own bytes, as they come from a socket.
            body = bytes(bytearray(sent))

            async def receive(body: bytes = body) -> dict[str, Any]:
                return {"type": "http.request", "body": body}

            async def send(message: dict[str, Any]) -> None:
                assert message.get("status", 200) == 200

            scope = {"type": "http", "method": "POST", "path": "/v1/chat/completions", "query_string": b"", "headers": list(headers)}
            await app(scope, receive, send)

    asyncio.run(calls(92_000))
    tracemalloc.start()
    try:
        # What is kept is kept by now: these replace it, and then are replaced.
        asyncio.run(calls(4_000))
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        asyncio.run(calls(4_000))
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert before < 12 * 1024 * 1024
    assert abs(after - before) < 256 * 1024
