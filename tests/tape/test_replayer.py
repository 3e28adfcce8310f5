"""Which recorded answer a call gets, when its pieces come, and what is said if there is none."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockapi.tape.exchange import Exchange, Request, Response, Timing
from mockapi.tape.library import Library
from mockapi.tape.match import differences, question
from tests.property.strategies import json_values
from tests.tape.conftest import replaying
from tests.tape.test_tapes import filled

JSON = (("content-type", "application/json"),)


def asked(value: Any, path: str = "/v1/chat/completions", query: str = "", method: str = "POST") -> Request:
    return Request(method, path, query, JSON, json.dumps(value).encode())


def answered(value: Any, answer: str = "{}", **place: Any) -> Exchange:
    return Exchange(asked(value, **place), Response(200, JSON, answer.encode()))


def shuffled(value: Any) -> Any:
    """The same value with the members of its objects in another order."""
    if isinstance(value, dict):
        return {name: shuffled(value[name]) for name in reversed(value)}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@given(json_values)
def test_order_of_keys_and_layout_do_not_matter(value: Any) -> None:
    one = question(asked(value))
    other = question(
        Request("POST", "/chat/completions", "", JSON, json.dumps(shuffled(value), indent=3, ensure_ascii=False).encode("utf-8", "replace"))
    )
    if "\ufffd" not in str(other.body) and "?" not in str(other.body):
        assert one.key() == other.key()
        assert not list(differences(one, other))


@given(json_values, json_values)
def test_keys_are_equal_where_nothing_differs(first: Any, second: Any) -> None:
    one, other = question(asked(first)), question(asked(second))
    if "[redacted]" not in f"{first}{second}":
        assert (one.key() == other.key()) == (not list(differences(one, other)))


def test_true_is_not_one_and_one_is_one_point_zero() -> None:
    assert question(asked({"a": True})).key() != question(asked({"a": 1})).key()
    assert [each.where for each in differences(question(asked({"a": True})), question(asked({"a": 1})))] == ["body.a"]
    assert question(asked({"a": 1.0})).key() == question(asked({"a": 1})).key()


def form(boundary: str, content: bytes = b"\xff\x00") -> Request:
    body = (
        f'--{boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nevals\r\n'
        f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    ).encode() + content
    return Request(
        "POST", "/v1/files", "", (("content-type", f"multipart/form-data; boundary={boundary}"),), body + f"\r\n--{boundary}--\r\n".encode()
    )


def test_forms_are_compared_without_their_boundary() -> None:
    assert question(form("one")).key() == question(form("other")).key()
    (found,) = differences(question(form("one")), question(form("other", b"\xff\x01")))
    assert found.where == "body[1].content"
    assert "2 bytes" in found.recorded


def test_parameters_are_compared_by_name() -> None:
    assert question(asked({}, query="a=1&b=2%2F")).key() == question(asked({}, query="b=2/&a=1")).key()
    assert [str(each) for each in differences(question(asked({}, query="a=1")), question(asked({}, query="a=2&c=")))] == [
        'query.a (recorded "1", asked "2")',
        'query.c (recorded nothing, asked "")',
    ]


def test_the_same_call_gets_its_answers_in_order_then_the_last(tmp_path: Path) -> None:
    polls = [answered({}, f'"{status}"', path="/v1/batches/b", method="GET") for status in ("validating", "in_progress", "completed")]
    first, second = filled(tmp_path / "a.jsonl", *polls[:2]), filled(tmp_path / "b.jsonl", polls[2])

    def poll(key: str) -> Any:
        return http.request(
            "GET", f"{url}/batches/b", content=b"{}", headers={"authorization": key, "content-type": "application/json"}
        ).json()

    with replaying(first, second) as url, httpx2.Client() as http:
        assert [poll("Bearer a") for _ in range(5)] == ["validating", "in_progress", "completed", "completed", "completed"]
        # Another client is at the beginning.
        assert poll("Bearer b") == "validating"
    with replaying(first, second, order="match") as url, httpx2.Client() as http:
        assert [poll("Bearer a") for _ in range(2)] == ["completed", "completed"]


def test_the_nearest_is_told_with_what_differs(tmp_path: Path) -> None:
    recorded = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello"}], "temperature": 0}
    tape = filled(
        tmp_path / "tape.jsonl",
        answered({"model": "gpt-4o", "messages": []}),
        answered(recorded),
        answered({}, path="/v1/embeddings"),
    )
    with replaying(tape) as url:
        other = {**recorded, "messages": [{"role": "user", "content": "Say hullo"}], "seed": 1}
        reply = httpx2.post(f"{url}/chat/completions", json=other)
        assert reply.status_code == 404
        assert reply.headers["x-should-retry"] == "false"
        assert reply.json() == {
            "error": {
                "message": "No exchange on the tapes answers POST /v1/chat/completions. Nearest is POST /chat/completions at "
                f'{tape}:2; it differs in body.messages[0].content (recorded "Say hello", asked "Say hullo"), body.seed (recorded nothing, '
                "asked 1).",
                "type": "mock_error",
                "param": None,
                "code": None,
            }
        }
        many = httpx2.post(f"{url}/embeddings", json=dict.fromkeys("abcdef", 1)).json()["error"]["message"]
        assert many.endswith("body.c (recorded nothing, asked 1) and 3 more.")
        misspelt = httpx2.post(f"{url}/embedding", json={}).json()["error"]["message"]
        assert f"Nearest is POST /embeddings at {tape}:3; it differs in path (recorded /embeddings, asked /embedding)." in misspelt
        assert "differs in method (recorded POST, asked GET), body" in httpx2.get(f"{url}/embeddings").json()["error"]["message"]


@given(st.lists(json_values, min_size=1, max_size=6), json_values)
def test_any_call_gets_an_answer_or_a_difference(recorded: list[Any], value: Any) -> None:
    library = Library(("tape", answered(each)) for each in recorded)
    for number, each in enumerate(recorded):
        found = library.find(asked(each))
        assert found is not None
        assert recorded.index(recorded[number]) <= number
    if library.find(asked(value)) is None:
        assert "; it differs in body" in library.nearest(asked(value))


STREAM = Exchange(
    asked({"stream": True}),
    Response(
        200,
        (
            ("content-type", "text/event-stream"),
            ("x-request-id", "req_recorded"),
            ("set-cookie", "[redacted]"),
            ("content-length", "9"),
            ("connection", "close"),
        ),
        b"",
        ((100.0, b"data: \xc3"), (150.0, b"\xa9\n\n"), (400.0, b"data: [DONE]\n\n")),
    ),
    Timing("", 90.0, 420.0),
)


def test_a_stream_comes_at_its_recorded_pace_or_at_once(tmp_path: Path) -> None:
    tape = filled(tmp_path / "tape.jsonl", STREAM)
    for pace, moments in (("original", [0.1, 0.15, 0.4]), ("none", [0, 0, 0])):
        with replaying(tape, pace=pace) as url, httpx2.Client() as http:
            http.get(url)
            started = time.monotonic()
            with http.stream("POST", f"{url}/chat/completions", json={"stream": True}) as reply:
                came = [(time.monotonic() - started, piece) for piece in reply.iter_raw()]
        assert b"".join(piece for _, piece in came) == STREAM.response.content()
        assert reply.headers["x-request-id"] == "req_recorded"
        assert not {"set-cookie", "content-length", "connection"} & set(reply.headers)
        if pace == "original":
            assert [piece for _, piece in came] == [b"data: \xc3", b"\xa9\n\n", b"data: [DONE]\n\n"]
            # No piece comes before its moment; how much later depends on the machine.
            assert all(when >= moment - 0.01 for (when, _), moment in zip(came, moments, strict=True))
        else:
            assert came[-1][0] < 0.3


def test_a_whole_answer_comes_when_it_ended(tmp_path: Path) -> None:
    tape = filled(tmp_path / "tape.jsonl", Exchange(asked({}), Response(200, JSON, b"{}"), Timing("", 10, 200)))
    with replaying(tape, pace="original") as url:
        started = time.monotonic()
        assert httpx2.post(f"{url}/chat/completions", json={}).json() == {}
        assert time.monotonic() - started >= 0.19


@pytest.mark.parametrize(("status", "method"), [(204, "DELETE"), (304, "GET"), (200, "HEAD")])
def test_answers_without_a_body_have_none(tmp_path: Path, status: int, method: str) -> None:
    tape = filled(tmp_path / "tape.jsonl", Exchange(Request(method, "/v1/x"), Response(status, JSON, b"")))
    with replaying(tape) as url, httpx2.Client() as http:
        for _ in range(2):
            reply = http.request(method, f"{url}/x")
            assert (reply.status_code, reply.content) == (status, b"")
