"""Lists lose nothing and tell nothing twice while others create and delete; a batch queue never holds more than its limit."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from mockapi import Server, Settings
from mockapi.store.memory import MemoryStore
from tests.conftest import Wire
from tests.samples import CHAT, REQUESTS

QUIET = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
moves = st.lists(st.tuples(st.sampled_from(["create", "delete", "page"]), st.integers(0, 30)), max_size=40)


@given(st.integers(0, 25), moves, st.integers(1, 7), st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_walk_over_pages_tells_everything_that_stays_once(count: int, steps: list[tuple[str, int]], limit: int, descending: bool) -> None:
    """The store's pages, walked by cursor while objects come and go between them."""

    async def walk() -> None:
        store = MemoryStore()
        for number in range(count):
            await store.put("kind", f"id-{number}", {"id": f"id-{number}"})
        at_start = [row["id"] for row in await store.page("kind", descending=descending)]
        gone: set[str] = set()
        told: list[str] = []
        made = count
        cursor: str | None = None
        done = False
        for step, number in [*steps, *[("page", 0)] * (count + len(steps) + 1)]:
            if step == "create":
                await store.put("kind", f"id-{made}", {"id": f"id-{made}"})
                made += 1
            elif step == "delete":
                gone.add(f"id-{number}")
                await store.delete("kind", f"id-{number}")
            elif not done:
                rows = (await store.page("kind", after=cursor, descending=descending))[:limit]
                told += [row["id"] for row in rows]
                done = not rows
                cursor = rows[-1]["id"] if rows else cursor
        assert len(told) == len(set(told))
        assert set(at_start) - gone <= set(told)
        places = [int(name.removeprefix("id-")) for name in told]
        assert places == sorted(places, reverse=descending)

    asyncio.run(walk())


def test_a_list_walked_while_others_create_tells_each_file_once(server: Server, name: str) -> None:
    key = f"sk-mock-tierunlimited-{name}"
    with Wire(server.base_url, key) as wire:
        first = {wire.request("POST", "/files", **file(number)).json()["id"] for number in range(30)}
        stop = threading.Event()

        def more() -> None:
            with Wire(server.base_url, key) as other:
                number = 1000
                while not stop.is_set():
                    number += 1
                    other.request("POST", "/files", **file(number))

        threads = [threading.Thread(target=more) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            for order in ("asc", "desc"):
                told: list[str] = []
                page: dict[str, Any] = {"has_more": True, "last_id": None}
                while page["has_more"] and len(told) < 200:
                    cursor = {"after": page["last_id"]} if page["last_id"] else {}
                    page = wire.request("GET", "/files", params={"limit": 4, "order": order, **cursor}).json()
                    told += [row["id"] for row in page["data"]]
                assert len(told) == len(set(told))
                assert first <= set(told) or len(told) >= 200
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def file(number: int) -> dict[str, Any]:
    return {"data": {"purpose": "user_data"}, "files": {"file": (f"{number}.txt", b"%d" % number)}}


LIMIT = 2_000_000


class Queue(RuleBasedStateMachine):
    """Batches on tier 1: those that were accepted and have not ended never weigh more than the tier's queue holds."""

    server: Server

    def __init__(self) -> None:
        super().__init__()
        self.wire = Wire(self.server.base_url, "sk-mock-tier1-queue")
        self.wire.control("POST", "/_mock/reset")
        self.wire.control("POST", "/_mock/clock", json={"freeze": True})
        self.weights: dict[str, int] = {}

    def teardown(self) -> None:
        self.wire.http.close()

    @rule(tokens=st.sampled_from([2, 400_000, 700_000, 1_000_000, 2_000_000]))
    def create(self, tokens: int) -> None:
        message = {"role": "user", "content": "x" * (4 * tokens - 8)}
        body = {"custom_id": "one", "method": "POST", "url": "/v1/chat/completions", "body": {**CHAT, "messages": [message]}}
        content = json.dumps(body).encode()
        file_id = self.wire.request("POST", "/files", data={"purpose": "batch"}, files={"file": ("a.jsonl", content)}).json()["id"]
        before = self.enqueued()
        made = self.wire.request("POST", "/batches", json={**REQUESTS["createBatch"]["json"], "input_file_id": file_id}).json()
        self.weights[made["id"]] = tokens if before + tokens <= LIMIT else 0

    @precondition(lambda self: self.weights)
    @rule(place=st.integers(0, 20))
    def cancel(self, place: int) -> None:
        names = list(self.weights)
        self.wire.request("POST", f"/batches/{names[place % len(names)]}/cancel")

    @rule(duration=st.sampled_from(["100ms", "250ms", "1s"]))
    def wait(self, duration: str) -> None:
        self.wire.advance(duration)

    def batches(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.wire.request("GET", "/batches", params={"limit": 100}).json()["data"]
        return found

    def enqueued(self) -> int:
        ended = ("completed", "failed", "cancelled", "expired")
        return sum(self.weights[batch["id"]] for batch in self.batches() if batch["status"] not in ended)

    @invariant()
    def the_queue_holds(self) -> None:
        assert self.enqueued() <= LIMIT
        for batch in self.batches():
            if batch["status"] == "failed":
                assert batch["errors"]["data"][0]["code"] == "token_limit_exceeded"
                assert self.weights[batch["id"]] == 0
            elif batch["status"] in ("in_progress", "finalizing", "completed"):
                assert self.weights[batch["id"]] > 0


@pytest.fixture(scope="module")
def own_server() -> Any:
    with Server(Settings(port=0)) as mock:
        yield mock


def test_a_queue_never_overflows_and_refuses_only_what_does_not_fit(own_server: Server) -> None:
    Queue.server = own_server
    run_state_machine_as_test(
        Queue, settings=settings(max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))
    )
