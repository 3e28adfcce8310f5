"""The mock's own endpoints: health, the document, the clock, reset."""

from __future__ import annotations

import json
import time

import httpx2
import pytest

from mockapi import Server, Settings, __version__
from mockapi.resources import everything
from tests.conftest import Wire

OPERATIONS = everything()


def test_health_tells_what_is_served(wire: Wire) -> None:
    assert wire.control("GET", "/health").json() == {
        "status": "ok",
        "version": __version__,
        "mode": "alive",
        "tier": "5",
        "operations": len(OPERATIONS),
    }


def test_the_clock_advances_for_one_key_alone(server: Server, wire: Wire, name: str) -> None:
    before = wire.control("GET", "/_mock/clock").json()["now"]
    wire.advance("24h")
    assert wire.control("GET", "/_mock/clock").json()["now"] == pytest.approx(before + 86_400, abs=30)
    with Wire(server.base_url, f"sk-other-{name}") as other:
        assert other.control("GET", "/_mock/clock").json()["now"] == pytest.approx(before, abs=30)


def test_the_clock_shows_in_what_is_created(wire: Wire) -> None:
    told = wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2030-05-06T07:08:09Z"}).json()
    assert told["iso"] == "2030-05-06T07:08:09+00:00"
    assert told["frozen"] is True
    reply = wire.chat()
    assert reply.json()["created"] == int(told["now"])
    assert reply.headers["date"] == "Mon, 06 May 2030 07:08:09 GMT"
    wire.advance("1h30m")
    assert wire.chat().json()["created"] == int(told["now"]) + 5400


def test_the_clock_without_a_key_moves_every_world() -> None:
    with Server(Settings(port=0, clock="2026-01-01T00:00:00")) as mock:
        root = mock.base_url.removesuffix("/v1")
        with Wire(mock.base_url, "sk-a") as wire:
            assert wire.chat().json()["created"] == 1767225600
            told = httpx2.post(f"{root}/_mock/clock", json={"advance": 60}).json()
            assert told["now"] == 1767225660
            assert wire.chat().json()["created"] == 1767225660
            wire.advance("60s")
            assert wire.chat().json()["created"] == 1767225720
            assert httpx2.get(f"{root}/_mock/clock").json()["now"] == 1767225660


def test_a_frozen_clock_resumes_from_where_it_stood(wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": 1_000_000_000})
    told = wire.control("POST", "/_mock/clock", json={"freeze": False}).json()
    assert told["frozen"] is False
    assert told["now"] == pytest.approx(1_000_000_000, abs=30)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"advance": "soon"}', "advance: 'soon' is not a duration: write it like 24h, 1h30m, 90s or 500ms"),
        (b'{"advance": "1e99"}', "advance: the clock goes from 1970 to 9999"),
        (b'{"set": "noon"}', "set: Invalid isoformat string: 'noon'"),
        (b'{"freeze": "yes"}', "freeze: 'yes' is neither true nor false"),
        (b'{"advnce": 1}', "'advnce' is not one of advance, set, freeze, scale"),
        (b"[1]", "the body is not a JSON object"),
        (b"{", "the body is not JSON"),
    ],
)
def test_a_bad_move_is_an_error_of_the_mock(wire: Wire, content: bytes, message: str) -> None:
    before = wire.control("GET", "/_mock/clock").json()["now"]
    reply = wire.control("POST", "/_mock/clock", content=content)
    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "mock_error"
    assert reply.json()["error"]["message"] == message
    assert wire.control("GET", "/_mock/clock").json()["now"] == pytest.approx(before, abs=30)


def test_reset_forgets_one_world(server: Server, wire: Wire, name: str) -> None:
    with Wire(server.base_url, f"sk-other-{name}") as other:
        for each in (wire, other):
            assert each.chat(store=True, headers={"x-mock-tier": "1"}).status_code == 200
        first = wire.chat(headers={"x-mock-tier": "1"})
        assert wire.control("POST", "/_mock/reset").status_code == 200
        assert wire.request("GET", "/chat/completions").json()["data"] == []
        assert len(other.request("GET", "/chat/completions").json()["data"]) == 1
        again = wire.chat(headers={"x-mock-tier": "1"})
    assert int(first.headers["x-ratelimit-remaining-requests"]) == 9998
    assert int(again.headers["x-ratelimit-remaining-requests"]) == 9999


def test_the_document_is_made_from_the_registry(wire: Wire) -> None:
    document = wire.control("GET", "/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    found = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert ("POST", "/chat/completions") in found
    assert len(found) == len(OPERATIONS) > 30
    references = [part.split('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:]]
    assert set(references) <= set(document["components"]["schemas"])


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/_mock/nothing", 404), ("PUT", "/_mock/clock", 405), ("GET", "/_mock/reset", 405)]
)
def test_unknown_controls_are_told_in_the_envelope(wire: Wire, method: str, path: str, status: int) -> None:
    reply = wire.control(method, path)
    assert reply.status_code == status
    assert list(reply.json()["error"]) == ["message", "type", "param", "code"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"advance": "' + "9" * 400 + 's"}', "advance: inf is beyond all time"),
        ('{"advance": "' + "9" * 290 + 'd"}', "advance: the clock goes from 1970 to 9999"),
        ('{"advance": "inf"}', "advance: inf is beyond all time"),
        ('{"advance": "nan"}', "advance: nan is beyond all time"),
        ('{"set": "1e308"}', "set: 1e+308 is beyond all time"),
        ('{"set": "-inf"}', "set: -inf is beyond all time"),
        ('{"set": "1969-12-31T00:00:00Z"}', "set: the clock goes from 1970 to 9999"),
        ('{"set": "9999-12-31T23:59:59Z"}', "set: the clock goes from 1970 to 9999"),
    ],
)
def test_no_duration_is_too_long_to_be_refused(wire: Wire, content: str, message: str) -> None:
    reply = wire.control("POST", "/_mock/clock", content=content)
    assert (reply.status_code, reply.json()["error"]["message"]) == (400, message)
    assert wire.control("GET", "/_mock/clock").status_code == 200


def test_a_clock_does_not_carry_another_out_of_time() -> None:
    with Server(Settings(port=0)) as mock, Wire(mock.base_url, "sk-late") as wire:
        assert wire.control("POST", "/_mock/clock", json={"set": "9998-12-31T00:00:00Z"}).status_code == 200
        root = mock.base_url.removesuffix("/v1")
        reply = httpx2.post(f"{root}/_mock/clock", json={"advance": "400d"})
        assert (reply.status_code, reply.json()["error"]["message"]) == (400, "advance: the clock goes from 1970 to 9999")
        assert wire.chat().status_code == 200
        assert wire.control("POST", "/_mock/clock", json={"freeze": True}).status_code == 200
        assert httpx2.post(f"{root}/_mock/clock", json={"advance": "400d"}).status_code == 200
        assert wire.chat().status_code == 200


def test_a_clock_runs_as_fast_as_it_is_told_to(wire: Wire) -> None:
    before = wire.control("GET", "/_mock/clock").json()
    assert before["scale"] == 1
    assert wire.control("POST", "/_mock/clock", json={"scale": 3600}).json()["now"] == pytest.approx(before["now"], abs=60)
    time.sleep(0.2)
    later = wire.control("GET", "/_mock/clock").json()["now"]
    assert later - before["now"] > 700
    started = time.monotonic()
    assert wire.chat(headers={"x-mock-latency": "first=20m"}).status_code == 200
    assert time.monotonic() - started < 5
    slower = wire.control("POST", "/_mock/clock", json={"scale": 1}).json()["now"]
    assert wire.control("GET", "/_mock/clock").json()["now"] - slower < 30


@pytest.mark.parametrize("asked", [0, -1, "fast", True, 1e12])
def test_a_rate_that_makes_no_sense_is_refused(wire: Wire, asked: object) -> None:
    assert wire.control("POST", "/_mock/clock", json={"scale": asked}).status_code == 400


def test_a_server_may_begin_with_a_fast_clock() -> None:
    with Server(Settings(port=0, clock="1000x")) as mock, Wire(mock.base_url, "sk-a") as wire:
        first = wire.control("GET", "/_mock/clock").json()["now"]
        time.sleep(0.1)
        assert wire.control("GET", "/_mock/clock").json()["now"] - first > 50
