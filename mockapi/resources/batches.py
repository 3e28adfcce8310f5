"""Batches: create, list, retrieve, cancel; every line is run through the pipeline. `client.batches`."""

from __future__ import annotations

import asyncio
from functools import partial
from io import BytesIO
from typing import Any

from mockapi import catalogue, errors, ids, json, lifecycle
from mockapi.admission import spend
from mockapi.aside import add, aside, written
from mockapi.catalogue import Card
from mockapi.clock import SECOND
from mockapi.contract import batches
from mockapi.lifecycle import Job, Lifecycle, Stage
from mockapi.operations import operation
from mockapi.resources import batch_lines, files
from mockapi.store import paging
from mockapi.transport.call import Call
from mockapi.world import Errand, World

KIND = "batch"
_WINDOW_SECONDS = 86_400
# How many lines run before others get their turn.
_TURN = 16
# Bytes of a file, and items of an answer, from which on it is read and written beside others: some milliseconds' work.
_LARGE = 100_000
_MANY = 8
_MANY_LINES = 1000
_EXPIRED = {"code": "batch_expired", "message": "This request could not be executed before the completion window expired."}
# guess: G.3, told by users
_CANCELLED = {"code": "batch_cancelled", "message": "This request was cancelled because the batch was cancelled."}


@operation("POST /batches", id="createBatch", request=batches.CreateBatchRequest, response=batches.Batch)
async def create(call: Call) -> dict[str, Any]:
    request: batches.CreateBatchRequest = call.request
    world = call.world
    if not request.input_file_id.startswith("file"):
        raise errors.invalid_id_prefix("input_file_id", request.input_file_id, "file")
    file = await files.find(world, request.input_file_id)
    if file is None:
        # guess: told as elsewhere; no recording of a batch of an unknown file
        raise errors.bad_request(f"No such File object: {request.input_file_id}", "input_file_id")
    if file["purpose"] != "batch":
        raise errors.file_not_for("batch", request.input_file_id, "input_file_id")
    content = await files.read(world, file["id"])
    cards = await _own_models(world)
    found = await aside(len(content) > _LARGE, lambda: batch_lines.read(content, request.endpoint, cards))
    created = world.clock.seconds()
    expires = created + _WINDOW_SECONDS
    shown = _object(ids.timed("batch_", world.clock.micros(), call.stream), request, created, expires)
    kept = request.output_expires_after.seconds if request.output_expires_after is not None else None
    own = {
        "model": found.model, "group": found.card.id if found.card is not None else None, "total": found.total, "tokens": found.tokens,
        "faults": found.faults, "kept": kept, "key": call.caller.key, "tier": call.caller.tier,
        "host": call.headers.get(b"host", b"").decode("latin-1"), "done": 0, "place": 0, "results": [0, 0],
        "usage": [0, 0, 0, 0],
    }  # fmt: skip
    async with world.turn("batch queue", str(own["group"])):
        await lifecycle.settle(world, KIND)
        full = await _without_money(call) or await _queue_full(world, found, call.caller.tier)
        if full is not None:
            own["faults"] = [full]
            call.hit = "batch queue" if full["code"] == "token_limit_exceeded" else "quota"
        job: Job = {"shown": shown, "since": world.clock.micros(), "looks": 0, "until": expires * SECOND, "own": own}
        await lifecycle.begin(world, KIND, job)
    if not own["faults"]:
        await world.store.write(f"{shown['id']} input", content)
    return shown


def _object(batch_id: str, request: batches.CreateBatchRequest, created: int, expires: int) -> dict[str, Any]:
    return {
        "id": batch_id, "object": "batch", "endpoint": request.endpoint, "model": None, "errors": None,
        "input_file_id": request.input_file_id, "completion_window": request.completion_window, "status": "validating",
        "output_file_id": None, "error_file_id": None, "created_at": created, "in_progress_at": None, "expires_at": expires,
        "finalizing_at": None, "completed_at": None, "failed_at": None, "expired_at": None, "cancelling_at": None, "cancelled_at": None,
        "request_counts": {"total": 0, "completed": 0, "failed": 0}, "usage": _usage([0, 0, 0, 0]), "metadata": request.metadata,
    }  # fmt: skip


def _usage(sums: list[int]) -> dict[str, Any]:
    """`sums`: input, cached input, output and reasoning tokens."""
    return {
        "input_tokens": sums[0],
        "output_tokens": sums[2],
        "total_tokens": sums[0] + sums[2],
        "input_tokens_details": {"cached_tokens": sums[1]},
        "output_tokens_details": {"reasoning_tokens": sums[3]},
    }


async def _own_models(world: World) -> dict[str, Card]:
    """The models that were fine-tuned in a world, by name."""
    await lifecycle.settle(world, "fine_tuning.job")
    return {row["id"]: catalogue.tuned(row["id"], row["base"], row["examples"]) for row in await world.store.page("model")}


async def _without_money(call: Call) -> dict[str, Any] | None:
    """The fault of a batch that nobody would pay for."""
    if call.caller.broke is None and not await spend.capped(call.world, call.caller.tier, call.world.clock.micros()):
        return None
    # seen: B.4, code and words; guess: that batches fail with them
    return {"code": "billing_hard_limit_reached", "message": "Billing hard limit has been reached", "param": None, "line": None}


async def _queue_full(world: World, found: batch_lines.Findings, tier: str) -> dict[str, Any] | None:
    """The fault of a batch that does not fit into the tier's queue for its model beside those that wait or run (api-facts B.6)."""
    card = found.card
    limit = card.limits[tier].batch_queue_tokens if card is not None and tier in card.limits else None
    if card is None or found.faults or limit is None:
        return None
    if found.tokens + await enqueued(world, card.id) <= limit:
        return None
    organization = world.identity.organization
    message = (
        f"Enqueued token limit reached for {card.id} in organization {organization}. Limit: {limit:,} enqueued tokens. Please try again "
        "once some in_progress batches have been completed."
    )
    return {"code": "token_limit_exceeded", "message": message, "param": None, "line": None}


async def enqueued(world: World, group: str) -> int:
    """The tokens of all batches of a model that have not ended."""
    total = 0
    for row in await world.store.page(f"{KIND}:open"):
        job: Any = await world.store.get(KIND, row["id"])
        if job["own"]["group"] == group and not job["own"]["faults"]:
            total += job["own"]["tokens"]
    return total


async def _validated(world: World, job: Job, at: int) -> None:
    shown, own = job["shown"], job["own"]
    if own["faults"]:
        shown["status"], shown["failed_at"] = "failed", at // SECOND
        shown["errors"] = {"object": "list", "data": own["faults"]}
        return
    shown["status"], shown["in_progress_at"] = "in_progress", at // SECOND
    card = catalogue.card(own["model"])
    shown["model"] = card.snapshot if card is not None else own["model"]
    shown["request_counts"] = {"total": own["total"], "completed": 0, "failed": 0}


async def _run(world: World, job: Job, share: int) -> None:
    """Run the lines that are due by now, in order."""
    async for request in batch_lines.due(world, KIND, job, share, f"{job['shown']['id']} input", _TURN):
        await _run_line(world, job, request)


async def _run_line(world: World, job: Job, request: dict[str, Any]) -> None:
    shown, own = job["shown"], job["own"]
    errand = Errand(shown["endpoint"], json.write(request["body"]), own["key"], own["tier"], "batch", own["host"].encode("latin-1"))
    status, body, request_id = await world.perform(errand)
    response = {"status_code": status, "request_id": request_id.removeprefix("req_"), "body": body}
    await _write(world, job, request["custom_id"], response, None, status >= 400)
    usage = body.get("usage") if isinstance(body, dict) else None
    if status < 400 and isinstance(usage, dict):
        for place, found in enumerate(batch_lines.tokens(usage)):
            own["usage"][place] += found


async def _write(world: World, job: Job, custom_id: str, response: Any, error: Any, failed: bool) -> None:
    """Add a line to the output or the error file, and count it."""
    batch_id, own = job["shown"]["id"], job["own"]
    number = sum(own["results"])
    line_id = ids.timed("batch_req_", job["since"], world.seed.stream(b"batch line", batch_id.encode(), b"%d" % number))
    line = {"id": line_id, "custom_id": custom_id, "response": response, "error": error}
    large = response is not None and _is_large(response["body"])
    text = await aside(large, lambda: written(line) if large else json.write_line(line))
    # Each is kept by itself: together they may be so much that putting them together takes long.
    await world.store.write(f"{batch_id} {'error' if failed else 'output'} {own['results'][failed]}", text)
    own["results"][failed] += 1
    job["shown"]["request_counts"]["failed" if failed else "completed"] += 1


def _is_large(body: Any) -> bool:
    return isinstance(body, dict) and any(len(body.get(name) or ()) > _MANY for name in ("data", "choices"))


async def _executed(world: World, job: Job, at: int) -> None:
    job["shown"]["status"], job["shown"]["finalizing_at"] = "finalizing", at // SECOND


async def _finished(world: World, job: Job, at: int) -> None:
    await _end(world, job, "completed", at)


async def _stopped(world: World, job: Job, at: int) -> None:
    await _rest(world, job, _CANCELLED)
    await _end(world, job, "cancelled", at)


async def _lapsed(world: World, job: Job, at: int) -> None:
    await _rest(world, job, _EXPIRED)
    if job["shown"]["finalizing_at"] is None:
        # seen: G.3, a second after the window
        job["shown"]["finalizing_at"] = at // SECOND + 1
    await _end(world, job, "expired", at + SECOND)


async def _rest(world: World, job: Job, error: dict[str, str]) -> None:
    """Write off the lines that were not run."""
    own = job["own"]
    if own["faults"]:
        return
    job["shown"]["request_counts"]["total"] = own["total"]
    content = await world.store.read(f"{job['shown']['id']} input") or b""
    for number, (place, line) in enumerate(batch_lines.lines(content, own["place"]), 1):
        await _write(world, job, json.read(line)["custom_id"], None, error, True)
        own["place"] = place
        if number % _TURN == 0:
            await asyncio.sleep(0)


async def _end(world: World, job: Job, status: str, at: int) -> None:
    """Make files of what was written, and let the queue go."""
    shown, own = job["shown"], job["own"]
    shown["status"], shown[f"{status}_at"] = status, at // SECOND
    shown["usage"] = _usage(own["usage"])
    for name, count in zip(("output", "error"), own["results"], strict=True):
        if count:
            content = await _collected(world, f"{shown['id']} {name}", count)
            stream = world.seed.stream(b"batch file", name.encode(), shown["id"].encode())
            filename = f"{shown['id']}_{name}.jsonl"
            made = await files.keep(world, stream, filename, "batch_output", content, kept=own["kept"], created=at // SECOND)
            shown[f"{name}_file_id"] = made["id"]
    await world.store.erase(f"{shown['id']} input")


async def _collected(world: World, name: str, count: int) -> bytes:
    """The results that were kept, in one content; they are not kept beside it."""
    made = BytesIO()
    for number in range(count):
        line = await world.store.read(f"{name} {number}") or b""
        await world.store.erase(f"{name} {number}")
        await aside(len(line) > _LARGE, partial(add, made, line))
        if number % _MANY_LINES == 0:
            await asyncio.sleep(0)
    return made.getvalue()


lifecycle.register(
    Lifecycle(
        KIND,
        {
            "validating": Stage(_validated, lapses=True),
            "in_progress": Stage(_executed, _run, lapses=True),
            "finalizing": Stage(_finished),
            "cancelling": Stage(_stopped),
        },
        _lapsed,
        {"completed": "batch.completed", "failed": "batch.failed", "expired": "batch.expired", "cancelled": "batch.cancelled"},
    )
)


@operation("GET /batches", id="listBatches", query=batches.ListBatchesQuery, response=batches.BatchList)
async def list_(call: Call) -> dict[str, Any]:
    await lifecycle.settle(call.world, KIND)
    query: batches.ListBatchesQuery = call.query
    return await paging.listed(call.world.store, KIND, query.limit, after=query.after, descending=True, part="shown")


@operation("GET /batches/{batch_id}", id="retrieveBatch", response=batches.Batch)
async def retrieve(call: Call) -> dict[str, Any]:
    batch_id = call.parameters["batch_id"]
    job = await lifecycle.look(call.world, KIND, batch_id)
    if job is None:
        raise errors.no_such("Batch", batch_id)
    return job["shown"]


@operation("POST /batches/{batch_id}/cancel", id="cancelBatch", response=batches.Batch, layout="compact")
async def cancel(call: Call) -> dict[str, Any]:
    batch_id = call.parameters["batch_id"]

    def stop(job: Job, now: int) -> None:
        if job["shown"]["status"] not in ("validating", "in_progress", "finalizing"):
            raise errors.batch_not_cancellable(job["shown"]["status"])
        job["shown"]["status"], job["shown"]["cancelling_at"] = "cancelling", now // SECOND

    job = await lifecycle.change(call.world, KIND, batch_id, stop)
    if job is None:
        raise errors.no_such("Batch", batch_id)
    return job["shown"]
