"""How runs begin and move: what a turn comes to is worked out when it begins, and happens when it is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mockapi import lifecycle
from mockapi.clock import SECOND
from mockapi.dialects.assistants import write
from mockapi.dialects.assistants.write import Cut, Event, Item, Turn
from mockapi.engine.tokens import encoding
from mockapi.lifecycle import Job, Lifecycle, Stage
from mockapi.resources.threads import kept
from mockapi.resources.threads.runs.context import LASTS_SECONDS, Context, spent
from mockapi.transport.call import Call
from mockapi.transport.reply import Events
from mockapi.world import World


def job(found: Context, turn: Turn, now: int) -> Job:
    """A run that begins, at an instant in microseconds."""
    own = {"made": found.made, "turn": turn, "include": list(found.include)}
    return {"shown": found.run, "since": now, "looks": 0, "until": now + LASTS_SECONDS * SECOND, "own": own}


def play(run: Job, at: int, cut: Cut = write.whole) -> list[Event]:
    """Have a run that is in progress do what its turn comes to, at an instant. Returns the events that tell of it."""
    turn: Turn = run["own"]["turn"]
    events = list(write.turn(run["shown"], turn, at // SECOND, cut))
    run["shown"] = events[-1][1]
    run["own"] = {**run["own"], "made": [*run["own"]["made"], *turn["made"]], "turn": None}
    return events


async def keep(world: World, run: Item, events: Iterable[Event]) -> None:
    """Store the steps and messages that events add up to."""
    kinds = {"thread.run.step": kept.steps_of(run["id"]), "thread.message": kept.messages_of(run["thread_id"])}
    for id, each in write.fold(events).items():
        if each["object"] in kinds:
            await world.store.put(kinds[each["object"]], id, each)


def opening(run: Item, at: int) -> list[Event]:
    """The events of a run that is queued and then begins, at a moment in Unix seconds."""
    return [("thread.run.queued", run), ("thread.run.in_progress", in_progress(run, at))]


def in_progress(run: Item, at: int) -> Item:
    return {**run, "status": "in_progress", "started_at": run["started_at"] or at}


def streamed(call: Call, found: Context, run: Job, before: list[Event]) -> tuple[list[Event], Iterator[bytes]]:
    """Have a queued run happen at once: its events, and the same as they are sent, after some that come before."""
    card = call.card
    assert card is not None
    began = opening(run["shown"], call.now // SECOND)
    run["shown"] = began[-1][1]
    events = play(run, call.now, encoding(card.encoding).pieces)
    lines = (write.line((name, write.told(each, found.include))) for name, each in [*before, *began, *events])
    return events, lines


def sent(lines: Iterator[bytes]) -> Events:
    def pieces() -> Iterator[bytes]:
        yield from lines
        yield write.DONE

    return Events(pieces())


async def _started(world: World, run: Job, at: int) -> None:
    run["shown"] = in_progress(run["shown"], at // SECOND)


async def _done(world: World, run: Job, at: int) -> None:
    await keep(world, run["shown"], play(run, at))


async def _cancelled(world: World, run: Job, at: int) -> None:
    await _broken_off(world, run, "cancelled", at)


async def _expired(world: World, run: Job, at: int) -> None:
    await _broken_off(world, run, "expired", at)


async def _broken_off(world: World, run: Job, status: str, at: int) -> None:
    """End a run and the step in which it waited, if it did."""
    usages: dict[str, Any] = {made["step_id"]: made["usage"] for made in run["own"]["made"]}
    kind = kept.steps_of(run["shown"]["id"])
    for step in await world.store.page(kind):
        if step["status"] == "in_progress":
            await world.store.put(kind, step["id"], write.over(step, status, at // SECOND, usages.get(step["id"])))
    run["shown"] = {**write.finished(run["shown"], status, at // SECOND), "usage": spent(run["own"]["made"])}
    run["own"] = {**run["own"], "turn": None}


lifecycle.register(
    Lifecycle(
        kept.RUN,
        {
            "queued": Stage(_started, lapses=True),
            "in_progress": Stage(_done, lapses=True),
            # It waits for its client.
            "requires_action": Stage(lapses=True),
            "cancelling": Stage(_cancelled),
        },
        lapse=_expired,
    )
)
