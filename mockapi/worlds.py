"""All worlds of a server, and what is told of them to others that share their store."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mockapi import json, lifecycle, parts, webhooks
from mockapi.clock import Alarm, Clock, wall_seconds
from mockapi.errors import ApiError
from mockapi.journal import Heard, Journal, Shelf
from mockapi.lifecycle import Pace
from mockapi.scenario.book import Book
from mockapi.seed import Seed, Stream
from mockapi.settings import Settings
from mockapi.store import SharedStore, SharedStores
from mockapi.tally import Tally
from mockapi.transport import pace
from mockapi.transport.pace import Latency
from mockapi.turns import Turn, owner
from mockapi.world import Issued, Perform, World, nobody

if TYPE_CHECKING:
    from mockapi.admission.keys import Caller

_log = logging.getLogger("mockapi")
# Seconds between two looks at what others told, and at what somebody who is no more left undone.
_LOOK = 0.05
_ADOPTED = 1.0
# What processes counted, by their names; and the seconds after which one that tells nothing any more is no more.
_TALLY = "tally"
_SILENT = 5


def opened(store: str) -> SharedStores | None:
    """The stores that a setting asks for, unless that is memory. Raises SettingsError where they cannot be had."""
    kind, _, path = store.partition(":")
    if kind == "sqlite":
        from mockapi.store.sqlite import SqliteStores

        return SqliteStores(path)
    if kind in ("redis", "rediss", "unix"):
        from mockapi.store.redis import RedisStores

        return RedisStores(store)
    return None


class Worlds:
    """Made on first use; the longest unused goes when there are too many."""

    def __init__(self, settings: Settings, clock: Clock, heard: Heard | None = None) -> None:
        """`heard` hears of every call that is answered."""
        self.settings = settings
        self.clock = clock
        self.seed = Seed(settings.seed)
        # The stores, where others use them at the same time; else each world has one in memory.
        self.shared = opened(settings.store)
        self._worlds: OrderedDict[str, World] = OrderedDict()
        self.paces: dict[str, Pace] = {}
        self.perform: Perform = nobody
        self.shelf = Shelf(settings.journal_calls, int(settings.journal_mb * 1024 * 1024), heard)
        if self.shared is not None:
            self.shelf.count_from_epoch()
        # The calls that came to no world: without a key, or to a URL that is none.
        self.strays = self.journal(None if self.shared is None else self.shared.of("strays"), None)
        # The scenarios that all worlds share and that were told without a key.
        self.book = Book("")
        # By patterns of models' names; the last that fits holds.
        self.latencies: dict[str, Latency] = {"*": pace.read(settings.latency)} if settings.latency else {}
        # Keys that were made by calls; and whom headers came to be, for `admission.keys`.
        self.issued: dict[str, Issued] = {}
        self.recognised: dict[tuple[bytes | None, ...], tuple[Caller, str]] = {}
        # Where events of all worlds are sent.
        self.endpoints: dict[str, webhooks.Endpoint] = {}
        if settings.webhook_url:
            made = webhooks.endpoint(self.stream_of(settings.webhook_url), settings.webhook_url, settings.webhook_secret or None)
            self.endpoints[made.id] = made
        # The worlds of which something is to be told to others; "" is what holds for all of them.
        self.touched: set[str] = set()
        # What was told of each world, by the names of its parts, and the version of it all.
        self._told: dict[str, dict[str, bytes]] = {"": parts.of_all(self)}
        self._version = -1
        self._turn = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None

    def journal(self, store: SharedStore | None, project: str | None) -> Journal:
        """An empty journal of a project, or the one that it has in a store."""
        if store is None:
            return Journal(self.shelf, project)
        from mockapi.journals import SharedJournal

        return SharedJournal(self.shelf, project, store)

    def stream_of(self, url: str, world: World | None = None) -> Stream:
        """The chance of an endpoint: it follows from whose it is, from its address, and from how many there are with the same."""
        known = self.endpoints if world is None else world.endpoints
        number = sum(endpoint.url == url for endpoint in known.values())
        return self.seed.stream(b"webhook", b"" if world is None else world.name.encode(), url.encode(), b"%d" % number)

    def pace(self, kind: str) -> Pace:
        """How jobs of a kind move in worlds that were told nothing else."""
        return self.paces.get(kind) or lifecycle.pace(self.settings.lifecycle, kind)

    def world(self, name: str) -> World:
        world = self._worlds.get(name)
        if world is None:
            told = self._told.get(name, {})
            world = self._worlds[name] = World(name, parts.generation(told), self.seed, self.clock.child(), self)
            if self.shared is not None:
                fresh = parts.of_world(world, self.issued)
                del fresh[parts.GENERATION]
                self._told[name] = {**fresh, **told}
                for part, value in told.items():
                    parts.follow_world(world, part, value, self.issued)
                if not told:
                    self.touched.add(name)
            if len(self._worlds) > self.settings.max_worlds:
                self._drop(self._worlds.popitem(last=False)[1])
        else:
            self._worlds.move_to_end(name)
        return world

    def _drop(self, world: World) -> None:
        self.clock.forget(world.clock)
        if self.shared is None:
            self._forget_keys(world.name)
        world.stop()

    def __iter__(self) -> Iterator[World]:
        return iter(list(self._worlds.values()))

    async def reset(self, world: World | None = None) -> None:
        """Forget every object, level and call of a world, or of all."""
        for each in list(self) if world is None else [world]:
            self._replace(each, each.generation + 1)
            self._forget_keys(each.name)
            if each.shared is not None:
                self.touched.add(each.name)
                await each.shared.clear()
        if world is None:
            self.strays.end()
            await self.strays.clear()

    def _replace(self, world: World, generation: int) -> None:
        self._worlds[world.name] = world.anew(generation)

    def _forget_keys(self, world: str) -> None:
        if self.issued:
            # Those who hold the table look at it later.
            for key in [key for key, issued in self.issued.items() if issued.world == world]:
                del self.issued[key]
            self.recognised.clear()

    def turn(self) -> Turn:
        """What whoever changes what is told of worlds holds meanwhile."""
        return Turn(self._turn, None if self.shared is None else self.shared.of(""), "told")

    async def refresh(self) -> None:
        """Follow what others told since the last look."""
        shared = self.shared
        if shared is None:
            return
        if self._watch is None or self._watch.done():
            self._watch = asyncio.get_running_loop().create_task(self._watching())
        if await shared.version() == self._version:
            return
        version, told = await shared.told(max(0, self._version))
        for name, part, value in told:
            self._follow(name, part, value)
        self._version = max(version, self._version)

    def _follow(self, name: str, part: str, value: bytes) -> None:
        if self._told.setdefault(name, {}).get(part) == value:
            if name:
                self.world(name)
            return
        self._told[name][part] = value
        if not name:
            parts.follow_all(self, part, value)
            return
        world = self.world(name)
        if part == parts.GENERATION:
            if world.generation != json.read(value):
                self._replace(world, json.read(value))
        else:
            parts.follow_world(world, part, value, self.issued)
            self.recognised.clear()

    async def publish(self) -> None:
        """Tell others what was changed here."""
        shared = self.shared
        if shared is None:
            return
        while self.touched:
            name = next(iter(self.touched))
            known = self._told.setdefault(name, {})
            world = self._worlds.get(name)
            told = parts.of_world(world, self.issued) if world is not None else {} if name else parts.of_all(self)
            # What is touched meanwhile is looked at anew.
            self.touched.discard(name)
            for part, value in told.items():
                if known.get(part) != value:
                    try:
                        await shared.tell(name, part, value)
                    except ApiError:
                        self.touched.add(name)
                        raise
                    known[part] = value

    def touch(self) -> None:
        """Look at everything when it is published next."""
        self.touched |= {"", *self._worlds}

    async def tally(self) -> Tally:
        """What was counted, in all processes together."""
        own = self.shelf.tally
        if self.shared is None:
            return own
        store, now, whole = self.shared.of("tallies"), wall_seconds(), Tally()
        await self._tell_tally()
        for row in await store.page(_TALLY):
            whole.add(row["tally"], lives=now - row["at"] <= _SILENT)
        return whole

    async def _tell_tally(self) -> None:
        if self.shared is not None:
            told = {"at": wall_seconds(), "tally": self.shelf.tally.told()}
            await self.shared.of("tallies").put(_TALLY, owner.name, told)

    async def close(self) -> None:
        """Follow nobody any more."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
        if self.shared is not None:
            await self.shared.close()

    async def _watching(self) -> None:
        """Look at what others told though nobody calls, and take up what somebody who is no more left undone."""
        alarm = Alarm(_ADOPTED)
        while not self.shelf.closed:
            await asyncio.sleep(_LOOK)
            try:
                await self.refresh()
                # Others may have answered what somebody here waits for.
                self.shelf.ring()
                if alarm.rings():
                    await self._tell_tally()
                    for world in self:
                        if world.outbox:
                            await lifecycle.attend(world)
                            await webhooks.adopt(world)
            except ApiError as error:
                _log.warning("%s", error.message)
                await asyncio.sleep(_ADOPTED)
