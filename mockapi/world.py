"""What one key sees: its clock, seed, objects and limits. A key is a world."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from mockapi import ids
from mockapi.clock import Clock
from mockapi.seed import Seed, Stream
from mockapi.settings import Settings
from mockapi.store import Store
from mockapi.store.memory import MemoryStore

_REMEMBERED_CALLS = 4096
_REMEMBERED_PREFIXES = 8192


@dataclass(frozen=True, eq=False, repr=False)
class Identity:
    """What the API calls an account: the organization, its slug, and the project."""

    organization: str
    slug: str
    project: str


class World:
    """The state of one project. Two calls with keys of the same project meet here, all others never do."""

    def __init__(self, name: str, seed: Seed, clock: Clock) -> None:
        self.name = name
        self.clock = clock
        # The seed is the server's own, so that a prompt gets the same answer under every key.
        self.seed = seed
        own = seed.stream(b"identity", name.encode())
        self.identity = Identity(ids.organization(own.child(1)), f"mockapi-{own.child(2).base62(6).lower()}", ids.project(own.child(3)))
        self.account_headers = (
            (b"openai-organization", self.identity.slug.encode()),
            (b"openai-project", self.identity.project.encode()),
        )
        self.store: Store = MemoryStore()
        self._seen: OrderedDict[int, int] = OrderedDict()
        self._prefixes: OrderedDict[bytes, int] = OrderedDict()

    def call_stream(self, *request: bytes) -> Stream:
        """The chance of one call: it follows from what was asked and how often it was asked before in this world."""
        stream = self.seed.stream(*request)
        times = self._seen.pop(stream.origin, 0)
        self._seen[stream.origin] = times + 1
        if len(self._seen) > _REMEMBERED_CALLS:
            self._seen.popitem(last=False)
        return stream.child(times) if times else stream

    def cached_prefix(self, prefixes: list[bytes], keep_until: int) -> int:
        """How many of a prompt's prefixes, shortest first, are in the prompt cache; all of them are from now on."""
        now, found = self.clock.micros(), 0
        for number, prefix in enumerate(prefixes, 1):
            if self._prefixes.get(prefix, 0) > now:
                found = number
        for prefix in prefixes:
            self._prefixes.pop(prefix, None)
            self._prefixes[prefix] = keep_until
        while len(self._prefixes) > _REMEMBERED_PREFIXES:
            self._prefixes.popitem(last=False)
        return found

    def reset(self) -> None:
        """Forget every object, level and call. The clock keeps its time."""
        self.store = MemoryStore()
        self._seen.clear()
        self._prefixes.clear()


class Worlds:
    """All worlds of a server, made on first use; the longest unused goes when there are too many."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.seed = Seed(settings.seed)
        self._worlds: OrderedDict[str, World] = OrderedDict()

    def world(self, name: str) -> World:
        world = self._worlds.get(name)
        if world is None:
            world = self._worlds[name] = World(name, self.seed, self.clock.child())
            if len(self._worlds) > self.settings.max_worlds:
                _, gone = self._worlds.popitem(last=False)
                self.clock.forget(gone.clock)
        else:
            self._worlds.move_to_end(name)
        return world

    def __iter__(self) -> Iterator[World]:
        return iter(self._worlds.values())

    def reset(self) -> None:
        for world in self._worlds.values():
            world.reset()
