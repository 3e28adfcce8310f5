"""How jobs move. Each kind declares its stages; what a job is now follows from when it began, from its pace and from the clock.

A job is moved when it is looked at; where somebody waits for its webhooks, also when it is due. Its moves then carry the instants at
which they were due, however late the look comes, and happen once, however many look at the same moment.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

from mockapi import fixtures, webhooks
from mockapi.clock import SECOND
from mockapi.records import record
from mockapi.store import LeaseLost

if TYPE_CHECKING:
    from mockapi.contract.webhooks import EventType
    from mockapi.turns import Turn
    from mockapi.world import World

MODES = ("time", "immediate", "polls")
Mode = Literal["time", "immediate", "polls"]
# All of a stage's work; less is a part in a million.
WHOLE = 1_000_000


class Job(TypedDict):
    """A job as it is stored: `shown` is the API's object, `since` the instant in microseconds at which its status began, `looks` how
    often it was looked at since, `until` the instant at which it lapses, `own` what only its kind knows, and `told` whether an event told
    of its end."""

    shown: dict[str, Any]
    since: int
    looks: int
    until: int | None
    own: dict[str, Any]
    told: NotRequired[bool]


@record
class Stage:
    """One status on the way. `leave` makes the move at an instant: it changes the object and returns nothing; a stage without it waits for
    somebody to change the job. `work` does the stage's work up to a part in a million of it; a stage that `lapses` ends at the job's
    `until`."""

    leave: Callable[[World, Job, int], Awaitable[None]] | None = None
    work: Callable[[World, Job, int], Awaitable[None]] | None = None
    lapses: bool = False


@record
class Lifecycle:
    """The stages of a kind by status; any other status is final. `lapse` makes the move of a job that ran out of time; `tells` is the
    type of the event by the final status that it tells of."""

    kind: str
    stages: Mapping[str, Stage]
    lapse: Callable[[World, Job, int], Awaitable[None]] | None = None
    tells: Mapping[str, EventType] = field(default_factory=dict)


@dataclass(frozen=True)
class Pace:
    """How jobs of a kind move: at once, by time (`seconds` by status), or at every `polls`-th look."""

    mode: Mode = "time"
    polls: int = 1
    seconds: Mapping[str, float] = field(default_factory=dict)

    def ends(self, job: Job, now: int) -> int | None:
        """The instant at which the job's present status ends; None if looks decide and there were too few."""
        if self.mode == "polls":
            return now if job["looks"] >= self.polls else None
        if self.mode == "immediate":
            return job["since"]
        return job["since"] + round(self.seconds.get(job["shown"]["status"], 0) * SECOND)

    def share(self, job: Job, at: int) -> int:
        """How much of the present status has passed at an instant, in parts of a million."""
        if self.mode == "polls":
            return WHOLE * job["looks"] // self.polls
        length = (self.ends(job, at) or at) - job["since"]
        return min(WHOLE, WHOLE * (at - job["since"]) // length) if length > 0 else WHOLE


@cache
def pace(told: str, kind: str) -> Pace:
    """The pace that a setting asks for: `time`, `immediate` or `polls:N`, for all kinds or as `kind=pace` for some, with commas between."""
    chosen = {name: rest for name, _, rest in (part.rpartition("=") for part in told.split(","))}
    mode, _, count = chosen.get(kind, chosen.get("", "time")).partition(":")
    if mode == "polls":
        return Pace("polls", int(count or 1))
    return Pace("immediate") if mode == "immediate" else Pace("time", seconds=seconds(kind))


LIFECYCLES: dict[str, Lifecycle] = {}


@cache
def seconds(kind: str) -> dict[str, float]:
    """How long a kind's statuses last by default."""
    found: dict[str, float] = fixtures.load("lifecycles.toml")[kind]
    return found


def register(lifecycle: Lifecycle) -> None:
    LIFECYCLES[lifecycle.kind] = lifecycle


async def begin(world: World, kind: str, job: Job) -> None:
    """Store a new job."""
    _afterwards(world, kind, job, "", await _keep(world, kind, job))


async def look(world: World, kind: str, id: str, *, counts: bool = True) -> Job | None:
    """A job as it is now; None if there is none. A look that `counts` moves a job whose pace is polls."""
    while True:
        async with world.turn(kind, id) as turn:
            job: Job | None = await _stored(world, kind, id)
            if job is None or job["shown"]["status"] not in LIFECYCLES[kind].stages:
                return job
            with contextlib.suppress(LeaseLost):
                return await _moved_in(world, turn, kind, job, counts)


async def _moved_in(world: World, turn: Turn, kind: str, job: Job, counts: bool) -> Job:
    """Move a job in its turn, and store it: all that comes of its moves is there at once. Raises LeaseLost, and nothing is."""
    before, drafted = job["shown"]["status"], world.drafted(turn)
    await _move(drafted, LIFECYCLES[kind], job, counts)
    made = await _keep(drafted, kind, job)
    await drafted.save()
    _afterwards(world, kind, job, before, made)
    return job


async def save(world: World, kind: str, job: Job) -> None:
    """Store how far the work of a stage has come. Raises LeaseLost where somebody else is at it by now."""
    if world.shared is not None:
        await world.store.put(kind, job["shown"]["id"], dict(job))
        await world.save()


async def change(world: World, kind: str, id: str, make: Callable[[Job, int], None]) -> Job | None:
    """A job after it was moved up to now and then changed: `make` alters it at this instant, or raises and nothing is changed.

    A new status begins at this instant, unless `make` says since when.
    """
    while True:
        async with world.turn(kind, id) as turn:
            job = await _stored(world, kind, id)
            if job is None:
                return None
            with contextlib.suppress(LeaseLost):
                await _moved_in(world, turn, kind, job, counts=False)
                now, before, since = world.clock.micros(), job["shown"]["status"], job["since"]
                make(job, now)
                if job["shown"]["status"] != before:
                    job["looks"] = 0
                    if job["since"] == since:
                        job["since"] = now
                drafted = world.drafted(turn)
                made = await _keep(drafted, kind, job)
                await drafted.save()
                _afterwards(world, kind, job, before, made)
                return job


async def forget(world: World, kind: str, id: str) -> None:
    """Drop a job. One that is being moved is dropped after that."""
    async with world.turn(kind, id):
        await world.store.delete(kind, id)
        await world.store.delete(f"{kind}:open", id)


async def settle(world: World, kind: str) -> None:
    """Move all open jobs of a kind up to now."""
    for row in await world.store.page(f"{kind}:open"):
        await look(world, kind, row["id"], counts=False)


async def _stored(world: World, kind: str, id: str) -> Job | None:
    found: Any = await world.store.get(kind, id)
    job: Job | None = found
    return job


async def attend(world: World) -> None:
    """Have all open jobs moved when they are due, from now on."""
    for kind in LIFECYCLES:
        for row in await world.store.page(f"{kind}:open"):
            _attend(world, kind, row["id"])


async def _keep(world: World, kind: str, job: Job) -> list[str]:
    """Store a job as it is now, and what tells of its end, once. Returns what is to be sent."""
    id, status = job["shown"]["id"], job["shown"]["status"]
    event = None if job.get("told") else LIFECYCLES[kind].tells.get(status)
    if event is not None:
        job["told"] = True
    await world.store.put(kind, id, dict(job))
    if status in LIFECYCLES[kind].stages:
        await world.store.put(f"{kind}:open", id, {"id": id})
    else:
        await world.store.delete(f"{kind}:open", id)
    return [] if event is None else await webhooks.written(world, event, {"id": id}, at=job["since"])


def _afterwards(world: World, kind: str, job: Job, before: str, made: list[str]) -> None:
    """What follows of a job that was stored, `before` being the status that it had."""
    id, status = job["shown"]["id"], job["shown"]["status"]
    webhooks.deliver(world, made)
    if status in LIFECYCLES[kind].stages:
        _attend(world, kind, id)
    if status != before and (kind, id) in world.attended:
        # Who waits for its next move waits for another instant from now on.
        world.clock.ring()


def _attend(world: World, kind: str, id: str) -> None:
    if world.outbox and (kind, id) not in world.attended:
        world.attended.add((kind, id))
        world.start(_moved(world.root, kind, id))


async def _moved(world: World, kind: str, id: str) -> None:
    """Look at a job whenever it is due, until its status is none that ends by itself."""
    try:
        while (job := await look(world, kind, id, counts=False)) is not None:
            stage = LIFECYCLES[kind].stages.get(job["shown"]["status"])
            if stage is None:
                return
            dues = [_ends(world.pace(kind), stage, job, world.clock.micros()), job["until"] if stage.lapses else None]
            await world.clock.wait(min((due for due in dues if due is not None), default=None))
    finally:
        world.attended.discard((kind, id))


async def _move(world: World, lifecycle: Lifecycle, job: Job, counts: bool) -> None:
    pace = world.pace(lifecycle.kind)
    if counts:
        job["looks"] += 1
    while (stage := lifecycle.stages.get(job["shown"]["status"])) is not None:
        now = world.clock.micros()
        ends, until = _ends(pace, stage, job, now), job["until"] if stage.lapses else None
        lapsed = until is not None and until <= now and (ends is None or ends > until)
        at = until if lapsed and until is not None else ends
        if at is None or at > now:
            if stage.work is not None:
                await stage.work(world, job, pace.share(job, now))
            return
        if stage.work is not None:
            await stage.work(world, job, pace.share(job, at) if lapsed else WHOLE)
        if lapsed and lifecycle.lapse is not None:
            await lifecycle.lapse(world, job, at)
        elif stage.leave is not None:
            await stage.leave(world, job, at)
        job["since"], job["looks"] = at, 0


def _ends(pace: Pace, stage: Stage, job: Job, now: int) -> int | None:
    """When a stage ends by itself; None if it does not, or not yet."""
    return None if stage.leave is None else pace.ends(job, now)
