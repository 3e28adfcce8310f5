"""What one key sees: its clock, seed, objects and limits. A key is a world."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from mockapi import ids, lifecycle, webhooks
from mockapi.clock import SECOND, Clock
from mockapi.journal import Heard, Journal, Shelf
from mockapi.lifecycle import Pace
from mockapi.scenario.book import Book
from mockapi.seed import Seed, Stream, mixed
from mockapi.settings import Settings
from mockapi.store import Store
from mockapi.store.memory import MemoryStore
from mockapi.transport.pace import Latency

if TYPE_CHECKING:
    from mockapi.admission.keys import Caller
    from mockapi.catalogue import TierLimits

_log = logging.getLogger("mockapi")
_REMEMBERED_CALLS = 4096
_REMEMBERED_PREFIXES = 8192
_SHARED = 1000


@dataclass(frozen=True, eq=False, repr=False)
class Errand:
    """A request that the server makes of itself for a caller: a line of a batch."""

    path: str
    body: bytes
    key: str
    tier: str
    rate: str
    host: bytes


# Runs an errand through the pipeline, without limits of its own. Returns the status, the body, and the request id.
Perform = Callable[["World", Errand], Awaitable[tuple[int, Any, str]]]


@dataclass(frozen=True, eq=False, repr=False)
class Shared:
    """What anybody with its address may fetch until an instant: the picture behind a URL."""

    content: bytes
    kind: str
    until: int


@dataclass(frozen=True, eq=False, repr=False)
class Issued:
    """A key that was made by a call: the world that it opens until an instant or for ever, its id and tier, and the project that it
    belongs to where that is not the first one."""

    world: str
    id: str
    tier: str
    project: str = ""
    until: int | None = None


@dataclass(eq=False, repr=False)
class Orders:
    """What was ordered for a project, or for the whole organization: limits by model, which models it may use, and what it may spend in
    a month, in cents."""

    limits: dict[str, TierLimits] = field(default_factory=dict)
    allows: Callable[[set[str]], bool] | None = None
    spend: int | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Identity:
    """What the API calls an account: the organization, its slug, and the project."""

    organization: str
    slug: str
    project: str


class World:
    """The state of one project. Two calls with keys of the same project meet here, all others never do."""

    def __init__(self, name: str, seed: Seed, clock: Clock, worlds: Worlds) -> None:
        self.name = name
        self._worlds = worlds
        self.clock = clock
        # The seed is the server's own, so that a prompt gets the same answer under every key.
        self.seed = seed
        own = seed.stream(b"identity", name.encode())
        self.identity = Identity(ids.organization(own.child(1)), f"mockapi-{own.child(2).base62(6).lower()}", ids.project(own.child(3)))
        self.account_headers = b"openai-organization: %b\r\nopenai-project: %b\r\n" % (
            self.identity.slug.encode(),
            self.identity.project.encode(),
        )
        self.store: Store = MemoryStore()
        self.strict_models = worlds.settings.model_checks == "strict"
        self._seen: OrderedDict[int, int] = OrderedDict()
        self._prefixes: OrderedDict[bytes, int] = OrderedDict()
        self._turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self.shared: OrderedDict[str, Shared] = OrderedDict()
        self.paces: dict[str, Pace] = {}
        self.journal = Journal(worlds.shelf, self.identity.project)
        self.book = Book()
        # Answers that are held back by latency at the moment.
        self.held_back = 0
        # How long answers take here, by patterns of models' names.
        self.latencies: dict[str, Latency] = {}
        self.outbox = webhooks.Outbox(worlds.endpoints)
        # What was ordered by projects' ids, and for the organization under "".
        self.orders: dict[str, Orders] = {}
        # Jobs that are moved when they are due though nobody looks at them.
        self.attended: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on beside the requests until it is done, or until the world or the server ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("work beside the requests failed", exc_info=task.exception())

    def stop(self) -> None:
        """End what goes on beside the requests; nobody is told of anything any more."""
        self.journal.end()
        self.outbox = webhooks.Outbox({})
        for task in self._tasks:
            task.cancel()

    def turn(self, kind: str, id: str) -> asyncio.Lock:
        """What whoever changes an object step by step holds meanwhile."""
        return self._turns.setdefault((kind, id), asyncio.Lock())

    def pace(self, kind: str) -> Pace:
        """How jobs of a kind move here: as this world was told, or as all were."""
        return self.paces.get(kind) or self._worlds.pace(kind)

    async def perform(self, errand: Errand) -> tuple[int, Any, str]:
        """Run a request of the server's own."""
        return await self._worlds.perform(self, errand)

    async def settle(self) -> None:
        """Move all jobs up to now: what they make may be looked at."""
        for kind in list(lifecycle.LIFECYCLES):
            await lifecycle.settle(self, kind)

    def issue(self, key: str, id: str, tier: str, *, project: str = "", until: int | None = None) -> None:
        """Let a key open this world, for one of its projects, until an instant in microseconds or for ever."""
        self._worlds.issued[key] = Issued(self.name, id, tier, project, until)
        self._worlds.recognised.clear()

    def revoke(self, id: str) -> None:
        """Let the key with an id open nothing any more."""
        for key, issued in self._worlds.issued.items():
            if (issued.world, issued.id) == (self.name, id):
                self._worlds.issued[key] = replace(issued, until=0)
        self._worlds.recognised.clear()

    def issued(self) -> dict[str, Issued]:
        """The keys that were made by calls in this world, deleted ones too, by their ids."""
        return {issued.id: issued for issued in self._worlds.issued.values() if issued.world == self.name}

    def share(self, content: bytes, kind: str, name: str, seconds: int) -> str:
        """Let anybody fetch a content for some seconds. Returns the path of its address."""
        self.shared[name] = Shared(content, kind, self.clock.micros() + seconds * SECOND)
        if len(self.shared) > _SHARED:
            self.shared.popitem(last=False)
        return f"/_mock/shared/{name}"

    def call_stream(self, origin: int) -> Stream:
        """The chance of one call: it follows from what was asked, the `origin`, and how often it was asked before in this world."""
        times = self._seen.pop(origin, 0)
        self._seen[origin] = times + 1
        if len(self._seen) > _REMEMBERED_CALLS:
            self._seen.popitem(last=False)
        return Stream(mixed(origin, times) if times else origin)

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

    def anew(self) -> World:
        """The same world with nothing in it: its clock keeps its time, its jobs their paces, its events their endpoints, and its
        scenarios begin anew.

        What is still at work goes on in this one, where nobody looks any more.
        """
        made = World(self.name, self.seed, self.clock, self._worlds)
        made.paces = self.paces
        made.book = self.book.anew()
        made.latencies = self.latencies
        made.outbox = webhooks.Outbox(self.outbox.shared, self.outbox.own)
        self.stop()
        return made


class Worlds:
    """All worlds of a server, made on first use; the longest unused goes when there are too many."""

    def __init__(self, settings: Settings, clock: Clock, heard: Heard | None = None) -> None:
        """`heard` hears of every call that is answered."""
        self.settings = settings
        self.clock = clock
        self.seed = Seed(settings.seed)
        self._worlds: OrderedDict[str, World] = OrderedDict()
        self.paces: dict[str, Pace] = {}
        self.perform: Perform = _nobody
        self.shelf = Shelf(settings.journal_calls, int(settings.journal_mb * 1024 * 1024), heard)
        # The calls that came to no world: without a key, or to a URL that is none.
        self.strays = Journal(self.shelf, None)
        # Keys that were made by calls; and whom headers came to be, for `admission.keys`.
        self.issued: dict[str, Issued] = {}
        self.recognised: dict[tuple[bytes | None, ...], tuple[Caller, str]] = {}
        # Where events of all worlds are sent.
        self.endpoints: dict[str, webhooks.Endpoint] = {}
        if settings.webhook_url:
            made = webhooks.endpoint(self.stream_of(settings.webhook_url), settings.webhook_url, settings.webhook_secret or None)
            self.endpoints[made.id] = made

    def stream_of(self, url: str, world: World | None = None) -> Stream:
        """The chance of an endpoint: it follows from whose it is, from its address, and from how many there are with the same."""
        known = self.endpoints if world is None else world.outbox.own
        number = sum(endpoint.url == url for endpoint in known.values())
        return self.seed.stream(b"webhook", b"" if world is None else world.name.encode(), url.encode(), b"%d" % number)

    def pace(self, kind: str) -> Pace:
        """How jobs of a kind move in worlds that were told nothing else."""
        pace = self.paces.get(kind)
        if pace is None:
            pace = self.paces[kind] = lifecycle.pace(self.settings.lifecycle, kind)
        return pace

    def world(self, name: str) -> World:
        world = self._worlds.get(name)
        if world is None:
            world = self._worlds[name] = World(name, self.seed, self.clock.child(), self)
            if len(self._worlds) > self.settings.max_worlds:
                _, gone = self._worlds.popitem(last=False)
                self.clock.forget(gone.clock)
                self._forget_keys(gone.name)
                gone.stop()
        else:
            self._worlds.move_to_end(name)
        return world

    def __iter__(self) -> Iterator[World]:
        return iter(self._worlds.values())

    def reset(self, world: World | None = None) -> None:
        """Forget every object, level and call of a world, or of all."""
        for each in list(self._worlds.values()) if world is None else [world]:
            self._worlds[each.name] = each.anew()
            self._forget_keys(each.name)
        if world is None:
            self.strays.end()
            self.strays = Journal(self.shelf, None)

    def _forget_keys(self, world: str) -> None:
        if self.issued:
            self.issued = {key: issued for key, issued in self.issued.items() if issued.world != world}
            self.recognised.clear()


async def _nobody(world: World, errand: Errand) -> tuple[int, Any, str]:
    raise RuntimeError("no application runs errands here")
