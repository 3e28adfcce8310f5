"""Responses that were made: retrieve, delete, cancel, and how those in the background move. `client.responses`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockapi import lifecycle
from mockapi.clock import SECOND
from mockapi.contract.responses import events, objects
from mockapi.contract.responses import request as asked
from mockapi.dialects.responses.items import Item, told
from mockapi.lifecycle import Job, Lifecycle, Stage
from mockapi.operations import operation
from mockapi.resources.responses import OMITTED, refusals
from mockapi.resources.responses.context import KIND
from mockapi.transport.call import Call
from mockapi.transport.reply import Events
from mockapi.world import World


async def find(world: World, response_id: str) -> Job:
    """A response as it is now. Raises 404 for one that is not there."""
    job = await lifecycle.look(world, KIND, response_id)
    if job is None:
        raise refusals.not_found(response_id)
    return job


def shown(job: Job, include: Sequence[str] | None) -> Item:
    """What a client sees of a response."""
    told_of = {*job["own"]["include"], *(include or ())}
    return {**job["shown"], "output": [told(item, told_of) for item in job["shown"]["output"]]}


@operation(
    "GET /responses/{response_id}",
    id="getResponse",
    query=asked.RetrieveResponseQuery,
    response=objects.Response,
    events=events.ResponseStreamEvent,
    layout="pretty+ascii",
    knows_keys=True,
    omits=OMITTED,
)
async def retrieve(call: Call) -> dict[str, Any] | Events:
    query: asked.RetrieveResponseQuery = call.query
    job = await find(call.world, call.parameters["response_id"])
    if not query.stream:
        return shown(job, query.include)
    if not job["own"]["background"]:
        raise refusals.not_streamed()
    while (due := _due(call.world, job)) is not None:
        await call.world.clock.sleep_until(due)
        job = await find(call.world, call.parameters["response_id"])
    stored = await call.world.store.read(f"{job['shown']['id']} events")
    pieces = [piece + b"\n\n" for piece in (stored or b"").split(b"\n\n")[:-1]]
    first = 0 if query.starting_after is None else query.starting_after + 1
    return Events(iter(pieces[max(0, first) : job["own"].get("events")]))


def _due(world: World, job: Job) -> int | None:
    """When a response that is not yet finished moves on; None for one that is."""
    if job["shown"]["status"] not in ("queued", "in_progress"):
        return None
    return world.pace(KIND).ends(job, world.clock.micros()) or world.clock.micros()


@operation(
    "DELETE /responses/{response_id}",
    id="deleteResponse",
    response=objects.ResponseDeleted,
    layout="pretty+ascii",
    knows_keys=True,
    omits=OMITTED,
)
async def delete(call: Call) -> dict[str, Any]:
    job = await find(call.world, call.parameters["response_id"])
    response_id = job["shown"]["id"]
    await call.world.store.delete(KIND, response_id)
    await call.world.store.delete(f"{KIND}:open", response_id)
    await call.world.store.erase(f"{response_id} events")
    return {"id": response_id, "object": "response.deleted", "deleted": True}


@operation(
    "POST /responses/{response_id}/cancel",
    id="cancelResponse",
    response=objects.Response,
    layout="pretty+ascii",
    knows_keys=True,
    omits=OMITTED,
)
async def cancel(call: Call) -> dict[str, Any]:
    def make(job: Job, now: int) -> None:
        if not job["own"]["background"]:
            raise refusals.synchronous()
        if job["shown"]["status"] == "cancelled":
            return
        if job["shown"]["status"] not in ("queued", "in_progress"):
            raise refusals.finished(job["shown"]["status"])
        # guess: its stream ends where it was cancelled; the document has no event that tells of it
        job["own"]["events"] = 2 if job["shown"]["status"] == "queued" else 3
        job["shown"] = {**job["shown"], "status": "cancelled"}

    changed = await lifecycle.change(call.world, KIND, call.parameters["response_id"], make)
    if changed is None:
        raise refusals.not_found(call.parameters["response_id"])
    return shown(changed, None)


async def _started(world: World, job: Job, at: int) -> None:
    job["shown"] = {**job["shown"], "status": "in_progress"}


async def _finished(world: World, job: Job, at: int) -> None:
    final = job["own"]["final"]
    job["shown"] = {**final, "completed_at": at // SECOND} if final["status"] == "completed" else final


lifecycle.register(
    Lifecycle(
        KIND,
        {"queued": Stage(_started), "in_progress": Stage(_finished)},
        tells={
            "completed": "response.completed",
            "incomplete": "response.incomplete",
            "failed": "response.failed",
            "cancelled": "response.cancelled",
        },
    )
)
