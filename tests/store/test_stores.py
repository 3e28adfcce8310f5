"""The three stores are one: whatever is done to them, in whatever order, they say the same."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from operator import methodcaller
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from mockapi import catalogue
from mockapi.admission.limits import Meter
from mockapi.store import LeaseLost, SharedStore, SharedStores, Store
from mockapi.store.draft import Draft
from mockapi.store.memory import MemoryStore
from mockapi.store.redis import RedisStores
from mockapi.store.sqlite import SqliteStores
from tests.redis_server import RedisServer

KINDS = strategies.sampled_from(["file", "résumé :x", ""])
IDS = strategies.sampled_from([f"id-{number}" for number in range(6)] + ["日本", "a b:c"])
VALUES = strategies.dictionaries(
    strategies.text(max_size=3), strategies.integers(-(2**60), 2**60) | strategies.text(max_size=5), max_size=3
)
NAMES = strategies.sampled_from(["a", "b|c", "ü"])
TIERS = strategies.sampled_from(["1", "3", "5"])
_numbers = itertools.count()


def meter(tier: str) -> Meter:
    card = catalogue.card("gpt-4o-mini")
    assert card is not None
    limits = card.limits[tier]
    found = (limits.requests_per_minute, limits.requests_per_day, limits.tokens_per_minute)
    return Meter(tuple(limit for limit in found if limit is not None), {"requests", "tokens"})


class Machine(RuleBasedStateMachine):
    """Does everything to all stores, through drafts too, and compares what they answer."""

    redis_url: str
    folder: str

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        number = next(_numbers)
        self.redis = RedisStores(self.redis_url)
        self.sqlite = SqliteStores(f"{self.folder}/{number}.db")
        self.shared: list[SharedStore] = [self.sqlite.of(f"world {number}"), self.redis.of(f"world {number}")]
        # Their neighbours, of which nothing may be seen.
        self.others: list[SharedStore] = [self.sqlite.of("other"), self.redis.of(f"other {number}")]
        self.memory = MemoryStore()
        self.drafts: list[Draft] = []
        self.now = 1_767_225_600_000_000
        self.last = 0

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.runner.run(self.sqlite.close())
            self.runner.run(self.redis.close())
            self.runner.close()

    def stores(self) -> list[Store]:
        return [self.memory, *(self.drafts or self.shared)]

    def same(self, ask: Callable[[Any], Any], stores: list[Any] | None = None) -> Any:
        """What all stores answer alike."""
        answers = [self.runner.run(_awaited(ask, store)) for store in (self.stores() if stores is None else stores)]
        assert all(answer == answers[0] for answer in answers), answers
        return answers[0]

    @rule(kind=KINDS, id=IDS, value=VALUES)
    def put(self, kind: str, id: str, value: dict[str, Any]) -> None:
        self.same(lambda store: store.put(kind, id, value))

    @rule(kind=KINDS, id=IDS)
    def delete(self, kind: str, id: str) -> None:
        self.same(lambda store: store.delete(kind, id))

    @rule(kind=KINDS, id=IDS)
    def get(self, kind: str, id: str) -> None:
        self.same(lambda store: store.get(kind, id))

    @rule(kind=KINDS, after=IDS | strategies.none(), descending=strategies.booleans(), limit=strategies.integers(0, 4) | strategies.none())
    def page(self, kind: str, after: str | None, descending: bool, limit: int | None) -> None:
        if self.drafts and after is not None and self.same(lambda store: store.get(kind, after)) is None:
            # A draft knows no places of what is gone.
            after = None
        self.same(lambda store: store.page(kind, after=after, descending=descending, limit=limit))

    @rule(id=IDS, content=strategies.binary(max_size=4))
    def write(self, id: str, content: bytes) -> None:
        self.same(lambda store: store.write(id, content))

    @rule(id=IDS)
    def read(self, id: str) -> None:
        self.same(lambda store: store.read(id))

    @rule(id=IDS)
    def erase(self, id: str) -> None:
        self.same(lambda store: store.erase(id))

    @rule(name=NAMES, amounts=strategies.dictionaries(NAMES, strategies.integers(0, 2**61), max_size=3))
    def count(self, name: str, amounts: dict[str, int]) -> None:
        self.same(lambda store: store.count(name, amounts))

    @rule(name=NAMES, key=NAMES)
    def counted(self, name: str, key: str) -> None:
        self.same(lambda store: store.counted(name))
        self.same(lambda store: store.tally(name, key))

    @rule(name=NAMES, tier=TIERS, share=strategies.floats(0, 1), past=strategies.integers(-1_000_000, 90_000_000_000))
    def take(self, name: str, tier: str, share: float, past: int) -> None:
        self.now += past
        charged = meter(tier)
        amounts = [round(4 * limit.capacity * share) for limit in charged.limits]
        self.same(lambda store: store.take(f"{name} {tier}", charged, amounts, self.now))

    @rule(origin=strategies.sampled_from([0, 1, 2**64 - 1]))
    def ordinal(self, origin: int) -> None:
        self.same(lambda store: store.ordinal(origin))

    @rule(names=strategies.lists(strategies.sampled_from([b"a", b"\xff\x00", b"c"]), unique=True), past=strategies.integers(0, 5))
    def renew(self, names: list[bytes], past: int) -> None:
        self.now += past
        self.same(lambda store: store.renew(names, self.now, self.now + 3))

    @rule()
    def draft(self) -> None:
        """Begin to change everything at once, or do it."""
        if self.drafts:
            for draft in self.drafts:
                self.runner.run(draft.save())
            self.drafts = []
            return
        for store in self.shared:
            assert self.runner.run(store.hold("all", "me", 60))
        self.drafts = [Draft(store, ("all", "me")) for store in self.shared]

    @rule(name=NAMES, owner=NAMES, holds=strategies.booleans())
    def hold(self, name: str, owner: str, holds: bool) -> None:
        self.same(lambda store: store.hold(name, owner, 60) if holds else store.release(name, owner), self.shared)

    @rule(entry=strategies.binary(max_size=9))
    def note(self, entry: bytes) -> None:
        self.same(lambda store: store.note(entry, 10**6, 10**6), self.shared)
        self.last += 1

    @rule()
    def noted(self) -> None:
        first, entries = self.same(lambda store: store.noted(), self.shared)
        assert first + len(entries) == self.last + 1
        assert self.same(lambda store: store.last(), self.shared) == self.last

    @rule()
    def tear_out(self) -> None:
        self.same(lambda store: store.tear_out(), self.shared)

    @rule()
    def clear(self) -> None:
        """A world that is made anew has a store anew."""
        for store in self.shared:
            self.runner.run(store.clear())
        self.memory, self.drafts, self.last = MemoryStore(), [], 0

    @invariant()
    def others_see_nothing(self) -> None:
        if hasattr(self, "others"):
            assert self.same(lambda store: store.page("file"), self.others) == []


async def _awaited(ask: Callable[[Any], Any], store: Any) -> Any:
    """What a store answers, at once or later."""
    answer = ask(store)
    return await answer if isawaitable(answer) else answer


def test_all_stores_say_the_same(redis_server: RedisServer, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        kind = type("Machine", (Machine,), {"redis_url": redis_server.url, "folder": folder})
        run_state_machine_as_test(kind, settings=settings(max_examples=40, stateful_step_count=40, deadline=None))


Use = Callable[[Callable[..., Awaitable[None]]], None]


@pytest.fixture(params=["sqlite", "redis"])
def use(request: pytest.FixtureRequest, redis_server: RedisServer, tmp_path: Path) -> Use:
    """Has something done with the same store, opened four times, as by so many processes."""

    async def run(work: Callable[..., Awaitable[None]]) -> None:
        path = str(tmp_path / "store.db")
        opened: list[SharedStores] = [SqliteStores(path) if request.param == "sqlite" else RedisStores(redis_server.url) for _ in range(4)]
        try:
            await work(*(stores.of(f"world of {request.node.name}") for stores in opened))
        finally:
            for stores in opened:
                await stores.close()

    return lambda work: asyncio.run(run(work))


def test_nothing_of_a_commit_is_made_by_who_does_not_hold_it_any_more(use: Use) -> None:
    @use
    async def run(one: SharedStore, other: SharedStore, *others: SharedStore) -> None:
        assert await one.hold("job", "one", 0.05)
        assert not await other.hold("job", "other", 60)
        draft = Draft(one, ("job", "one"))
        await draft.put("file", "a", {"id": "a"})
        await draft.count("sum", {"a": 1})
        await asyncio.sleep(0.1)
        assert await other.hold("job", "other", 60)
        with pytest.raises(LeaseLost):
            await draft.save()
        assert await other.page("file") == [] and await other.counted("sum") == {}
        await one.release("job", "one")
        assert not await one.hold("job", "one", 1)


def test_a_bucket_holds_as_much_for_many_as_for_one(use: Use) -> None:
    @use
    async def run(*stores: SharedStore) -> None:
        charged = meter("1")
        amounts = [4 if limit.kind == "requests" else 400 for limit in charged.limits]

        async def ask(store: SharedStore) -> int:
            taken = 0
            for _ in range(200):
                _, short = await store.take("group", charged, amounts, 1_767_225_600_000_000)
                taken += short is None
            return taken

        assert sum(await asyncio.gather(*map(ask, stores))) == min(limit.capacity for limit in charged.limits if limit.kind == "requests")


def test_the_journal_keeps_no_more_than_it_may(use: Use) -> None:
    @use
    async def run(store: SharedStore, *others: SharedStore) -> None:
        for number in range(300):
            await store.note(b"%04d" % number, 100, 10**6)
        first, entries = await store.noted()
        assert len(entries) <= 164 and entries[-1] == b"0299" and int(entries[0]) == first - 1
        for _ in range(130):
            await store.note(bytes(100), 10**6, 1000)
        _, entries = await store.noted()
        assert sum(map(len, entries)) <= 1000 + 64 * 100


def test_places_and_requests_are_forgotten_some_time(use: Use) -> None:
    @use
    async def run(store: SharedStore, *others: SharedStore) -> None:
        for number in range(4096 + 200):
            await _awaited(methodcaller("ordinal", number), store)
        assert await _awaited(methodcaller("ordinal", 0), store) == 0
        assert await _awaited(methodcaller("ordinal", 4000), store) == 1
