"""What one key sees: its clock, seed, objects and limits. A key is a world."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from mockapi import ids, lifecycle, webhooks
from mockapi.clock import SECOND, Clock
from mockapi.lifecycle import Pace
from mockapi.records import record
from mockapi.scenario.book import Book
from mockapi.seed import Seed, Stream, again
from mockapi.store import SharedStore, Store
from mockapi.store.draft import Draft
from mockapi.store.memory import MemoryStore
from mockapi.transport.pace import Latency
from mockapi.turns import Turn

if TYPE_CHECKING:
    from mockapi.catalogue import TierLimits
    from mockapi.worlds import Worlds

_log = logging.getLogger("mockapi")
# What anybody with its address may fetch until an instant, as the picture behind a URL; and how many of these a world keeps.
SHARED = "shared"
_SHARED = 1000


@record
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


@record
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
    """What was ordered for a project, or for the whole organization: limits by model; the models that it may use, or those that it may
    not; and what it may spend in a month, in cents."""

    limits: dict[str, TierLimits] = field(default_factory=dict)
    models: tuple[frozenset[str], bool] | None = None
    spend: int | None = None

    def allows(self, names: set[str]) -> bool:
        """Whether a model that goes by some names may be used."""
        return self.models is None or bool(names & self.models[0]) is self.models[1]


@record
class Identity:
    """What the API calls an account: the organization, its slug, and the project."""

    organization: str
    slug: str
    project: str


class World:
    """The state of one project. Two calls with keys of the same project meet here, all others never do."""

    def __init__(self, name: str, generation: int, seed: Seed, clock: Clock, worlds: Worlds) -> None:
        """Its `generation` is how often it was made anew."""
        self.name = name
        self.generation = generation
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
        # What others use at the same time, where they do; and the same as a store like any other.
        self.shared: SharedStore | None = None if worlds.shared is None else worlds.shared.of(f"{generation} {name}")
        self.store: Store = MemoryStore() if self.shared is None else self.shared
        self.strict_models = worlds.settings.model_checks == "strict"
        self._turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self.paces: dict[str, Pace] = {}
        self.journal = worlds.journal(self.shared, self.identity.project)
        self.book = Book(f"{name} ")
        # Answers that are held back by latency at the moment.
        self.held_back = 0
        # How long answers take here, by patterns of models' names.
        self.latencies: dict[str, Latency] = {}
        # Where this world's own events are sent, beside where all are.
        self.endpoints: dict[str, webhooks.Endpoint] = {}
        self.outbox = webhooks.Outbox(worlds.endpoints, self.endpoints)
        # What was ordered by projects' ids, and for the organization under "".
        self.orders: dict[str, Orders] = {}
        # Jobs that are moved when they are due though nobody looks at them.
        self.attended: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        # The world itself, of which a draft is a view.
        self.root = self

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

    def turn(self, kind: str, id: str) -> Turn:
        """What whoever changes an object step by step holds meanwhile."""
        return Turn(self._turns.setdefault((kind, id), asyncio.Lock()), self.shared, f"{kind} {id}")

    def drafted(self, turn: Turn) -> World:
        """This world as whoever holds a turn changes it: all of it at once, when it is saved. Where nobody else is, the world itself."""
        if self.shared is None:
            return self
        view = copy(self)
        view.store = Draft(self.shared, turn.held)
        return view

    async def save(self) -> None:
        """Make what was changed in a draft. Raises LeaseLost where somebody else has the turn now."""
        if isinstance(self.store, Draft):
            await self.store.save()

    def orders_of(self, project: str) -> Orders:
        """What was ordered for a project, to be changed: others are told of it."""
        self._worlds.touched.add(self.name)
        return self.orders.setdefault(project, Orders())

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
        self._worlds.touched.add(self.name)

    def revoke(self, id: str) -> None:
        """Let the key with an id open nothing any more."""
        for key, issued in self._worlds.issued.items():
            if (issued.world, issued.id) == (self.name, id):
                self._worlds.issued[key] = replace(issued, until=0)
        self._worlds.recognised.clear()
        self._worlds.touched.add(self.name)

    def issued(self) -> dict[str, Issued]:
        """The keys that were made by calls in this world, deleted ones too, by their ids."""
        return {issued.id: issued for issued in self._worlds.issued.values() if issued.world == self.name}

    async def share(self, content: bytes, kind: str, name: str, seconds: int) -> str:
        """Let anybody fetch a content for some seconds. Returns the path of its address."""
        await self.store.write(f"{SHARED} {name}", content)
        now = self.clock.micros()
        await self.store.put(SHARED, name, {"id": name, "kind": kind, "until": now + seconds * SECOND})
        await self.store.count(SHARED, {"made": 1})
        too_many = await self.store.tally(SHARED, "made") > _SHARED
        # One more comes, so no more than two have to go.
        for oldest in await self.store.page(SHARED, limit=2):
            if too_many or oldest["until"] <= now:
                too_many = False
                await self.store.delete(SHARED, oldest["id"])
                await self.store.erase(f"{SHARED} {oldest['id']}")
        return f"/_mock/shared/{self.identity.organization}/{name}"

    async def call_stream(self, origin: int) -> Stream:
        """The chance of one call: it follows from what was asked, the `origin`, and how often it was asked before in this world."""
        times = self.store.ordinal(origin)
        return again(origin, times if isinstance(times, int) else await times)

    def anew(self, generation: int) -> World:
        """The same world with nothing in it: its clock keeps its time, its jobs their paces, its events their endpoints, and its
        scenarios begin anew.

        What is still at work goes on in this one, where nobody looks any more.
        """
        made = World(self.name, generation, self.seed, self.clock, self._worlds)
        made.paces = self.paces
        made.book = self.book.anew()
        made.latencies = self.latencies
        made.endpoints = self.endpoints
        made.outbox = webhooks.Outbox(self._worlds.endpoints, self.endpoints)
        self.stop()
        return made


async def nobody(world: World, errand: Errand) -> tuple[int, Any, str]:
    raise RuntimeError("no application runs errands here")
