"""How long answers take, on the clock."""

from __future__ import annotations

import itertools
import math
import statistics
import threading
import time
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import OpenAI

from mockapi import Server, Settings
from mockapi.seed import Stream
from mockapi.transport import pace
from mockapi.transport.pace import Latency
from tests.conftest import Wire
from tests.scenario.test_scenarios import say, tell


def took(wire: Wire, **more: Any) -> float:
    started = time.monotonic()
    assert wire.chat(**more).status_code == 200
    return time.monotonic() - started


def test_an_answer_takes_as_long_as_its_tokens(wire: Wire) -> None:
    tell(wire, {"match": {"user": "slow"}, "reply": {"text": "one two three four", "latency": {"first": 0.2, "tokens_per_second": 10}}})
    messages = [{"role": "user", "content": "slow"}]
    assert 0.55 < took(wire, messages=messages) < 2
    started = time.monotonic()
    with wire.http.stream(
        "POST", f"{wire.base_url}/chat/completions", json={"model": "gpt-4o-mini", "messages": messages, "stream": True}
    ) as reply:
        arrived = [time.monotonic() - started for line in reply.iter_lines() if line.startswith("data: ")]
    assert arrived[0] > 0.19
    assert arrived[-1] - arrived[0] > 0.5


def test_a_header_and_a_model_have_their_own(wire: Wire) -> None:
    assert took(wire, headers={"x-mock-latency": "300ms"}) > 0.29
    assert wire.control("POST", "/_mock/latency", json={"model": "gpt-4o*", "latency": "first=250ms"}).json() == {
        "gpt-4o*": {"first": 0.25, "tokens_per_second": None, "jitter": 0.0, "load": 0.0}
    }
    assert took(wire) > 0.24
    assert took(wire, model="gpt-4.1-mini") < 0.2
    assert wire.control("DELETE", "/_mock/latency").json() == {}
    assert took(wire) < 0.2


@pytest.mark.parametrize("asked", ["first=x", "speed=3", "tokens_per_second=0", "jitter=9", "first=-1s"])
def test_a_latency_that_cannot_be_read_is_refused(wire: Wire, asked: str) -> None:
    assert wire.control("POST", "/_mock/latency", json={"latency": asked}).status_code == 400
    assert wire.chat(headers={"x-mock-latency": asked}).status_code == 400


def test_a_clock_that_stands_still_makes_it_instant() -> None:
    with (
        Server(Settings(port=0, latency="first=1h,tokens_per_second=0.001", clock="2030-01-01T00:00:00Z")) as mock,
        Wire(mock.base_url, "sk-a") as wire,
    ):
        assert took(wire) < 5
        assert took(wire, stream=True) < 5


def test_advancing_the_clock_delivers_what_is_due(wire: Wire, client: OpenAI) -> None:
    done: list[str] = []
    worker = threading.Thread(target=lambda: done.append(say(client, "x", extra_headers={"x-mock-latency": "first=10h"}).id))
    worker.start()
    time.sleep(0.3)
    assert not done
    wire.advance("11h")
    worker.join(10)
    assert done


def test_load_makes_it_slower(wire: Wire) -> None:
    headers = {"x-mock-latency": "first=150ms,load=1"}
    assert took(wire, headers=headers) < 0.29
    spans: list[float] = []

    def one() -> None:
        with httpx2.Client(headers=wire.http.headers) as http:
            started = time.monotonic()
            body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "x"}]}
            http.post(f"{wire.base_url}/chat/completions", json=body, headers=headers)
            spans.append(time.monotonic() - started)

    workers = [threading.Thread(target=one) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert max(spans) > 0.5


@given(st.integers(0, 2**63), st.floats(0, 1))
def test_jitter_has_the_median_it_is_told(origin: int, sigma: float) -> None:
    stream = Stream(origin)
    drawn = [pace.whole(Latency(first=1.0, jitter=sigma), 0, 0, stream) for _ in range(400)]
    assert math.isclose(math.log(statistics.median(drawn) / 1e6), 0, abs_tol=0.02 + 0.3 * sigma)
    assert pace.whole(Latency(first=1.0, jitter=sigma), 0, 0, Stream(origin)) == drawn[0]


@given(st.floats(0, 10), st.floats(0.1, 1000), st.integers(0, 5))
def test_deadlines_count_from_the_start(first: float, rate: float, others: int) -> None:
    due = list(itertools.islice(pace.deadlines(Latency(first, rate), 0, others, Stream(1)), 50))
    assert due == sorted(due)
    assert due[-1] == pytest.approx((first + 49 / rate) * 1e6, rel=1e-6, abs=60)
