"""Runs of threads: create, list, retrieve, update, cancel, submit_tool_outputs. `client.beta.threads.runs`."""

from __future__ import annotations

from functools import partial
from typing import Any

from mockapi import lifecycle
from mockapi.clock import SECOND
from mockapi.contract.assistants import events, runs
from mockapi.contract.assistants.steps import StepIncludeQuery
from mockapi.dialects.assistants import write
from mockapi.dialects.assistants.write import Event, Item
from mockapi.lifecycle import Job
from mockapi.operations import operation
from mockapi.resources import listing
from mockapi.resources.assistants import kept as assistants
from mockapi.resources.assistants import refusals
from mockapi.resources.assistants.kept import BETA
from mockapi.resources.responses.refusals import unknown_model
from mockapi.resources.threads import kept
from mockapi.resources.threads.runs import context, course, making
from mockapi.resources.threads.runs.context import Context
from mockapi.resources.vector_stores.files import POLL
from mockapi.transport.call import Call
from mockapi.transport.reply import Events

# What a client cannot change while it is being worked on (seen: C.10 of one in progress; guess: the others).
_AT_WORK = ("queued", "in_progress", "cancelling")
# What asks a model in a run.
run_operation = partial(
    operation,
    response=runs.Run,
    events=events.AssistantStreamEvent,
    prepare=context.prepare,
    defer=context.defer,
    shows=frozenset(),
    beta=BETA,
    unknown_model=unknown_model,
)


@run_operation(
    "POST /threads/{thread_id}/runs", id="createRun", request=runs.CreateRunRequest, query=StepIncludeQuery, gather=context.of_thread
)
async def create(call: Call) -> dict[str, Any] | Events:
    return await start(call, is_new=False)


async def start(call: Call, *, is_new: bool) -> dict[str, Any] | Events:
    """Begin the run that was gathered for: told as it is queued, or as a stream, which tells first of a thread that is new."""
    world, found = call.world, call.context
    assert isinstance(found, Context)
    async with world.turn(kept.KIND, found.thread["id"]):
        await context.refuse_busy(call, found.thread["id"])
        if is_new:
            found.thread["tool_resources"] = await assistants.resources(world, found.given, call.stream.child(4))
        found.thread = await kept.add(world, found.thread, found.fresh, call.stream.child(3))
        run = course.job(found, await making.turn(call, found), call.now)
        await world.store.put(kept.runs_of(found.thread["id"]), found.run["id"], {"id": found.run["id"]})
        if not call.request.stream:
            await lifecycle.begin(world, kept.RUN, run)
            return found.run
        # It goes on whether or not anybody reads what is told of it, and who reads that it waits may answer at once.
        before: list[Event] = [("thread.created", found.thread)] if is_new else []
        done, lines = course.streamed(call, found, run, [*before, ("thread.run.created", found.run)])
        await course.keep(world, found.run, done)
        await lifecycle.begin(world, kept.RUN, run)
    return course.sent(lines)


@operation("GET /threads/{thread_id}/runs", id="listRuns", query=runs.ListRunsQuery, response=runs.RunList, beta=BETA)
async def list_(call: Call) -> dict[str, Any]:
    thread_id = (await kept.find(call.world, call.parameters["thread_id"]))["id"]
    made = await listing.page(call.world, kept.runs_of(thread_id), call.query)
    return {**made, "data": [(await kept.run(call.world, thread_id, row["id"]))["shown"] for row in made["data"]]}


@operation("GET /threads/{thread_id}/runs/{run_id}", id="getRun", response=runs.Run, beta=BETA)
async def retrieve(call: Call) -> dict[str, Any]:
    found = await kept.run(call.world, call.parameters["thread_id"], call.parameters["run_id"], counts=True)
    call.further = (POLL,)
    return found["shown"]


@operation("POST /threads/{thread_id}/runs/{run_id}", id="modifyRun", request=runs.ModifyRunRequest, response=runs.Run, beta=BETA)
async def update(call: Call) -> dict[str, Any]:
    request: runs.ModifyRunRequest = call.request

    def make(run: Job, now: int) -> None:
        if run["shown"]["status"] in _AT_WORK:
            raise refusals.not_to("update", run["shown"]["status"])
        if "metadata" in request.model_fields_set:
            run["shown"] = {**run["shown"], "metadata": request.metadata or {}}

    return (await _changed(call, make))["shown"]


@operation("POST /threads/{thread_id}/runs/{run_id}/cancel", id="cancelRun", response=runs.Run, beta=BETA)
async def cancel(call: Call) -> dict[str, Any]:
    def make(run: Job, now: int) -> None:
        if run["shown"]["status"] not in ("queued", "in_progress", "requires_action"):
            raise refusals.not_to("cancel", run["shown"]["status"])
        run["shown"] = {**run["shown"], "status": "cancelling", "required_action": None}

    return (await _changed(call, make))["shown"]


async def _changed(call: Call, make: Any) -> Job:
    """The run that a path names, changed. Raises the API's 404."""
    await kept.run(call.world, call.parameters["thread_id"], call.parameters["run_id"])
    changed = await lifecycle.change(call.world, kept.RUN, call.parameters["run_id"], make)
    if changed is None:
        raise refusals.no_such("run", call.parameters["run_id"])
    return changed


@run_operation(
    "POST /threads/{thread_id}/runs/{run_id}/submit_tool_outputs",
    id="submitToolOuputsToRun",
    request=runs.SubmitToolOutputsRequest,
    gather=context.of_outputs,
)
async def submit_tool_outputs(call: Call) -> dict[str, Any] | Events:
    request: runs.SubmitToolOutputsRequest = call.request
    world, found = call.world, call.context
    assert isinstance(found, Context)
    turn = await making.turn(call, found)
    step = await _answered(call, found)
    done, lines = list[Event](), None

    def make(run: Job, now: int) -> None:
        nonlocal done, lines
        if run["shown"]["status"] != "requires_action":
            # Somebody else was faster.
            raise refusals.no_outputs_now(run["shown"]["status"])
        run["shown"] = found.run
        run["own"] = {**run["own"], "made": found.made, "turn": turn}
        if request.stream:
            done, lines = course.streamed(call, found, run, [("thread.run.step.completed", step)])

    changed = await _changed(call, make)
    await world.store.put(kept.steps_of(found.run["id"]), step["id"], step)
    if lines is None:
        return changed["shown"]
    await course.keep(world, found.run, done)
    return course.sent(lines)


async def _answered(call: Call, found: Context) -> Item:
    """The step in which a run waited, with the outputs."""
    made = found.made[-1]
    step = await call.world.store.get(kept.steps_of(found.run["id"]), made["step_id"])
    assert step is not None
    return write.over({**step, "step_details": write.answered(made)}, "completed", call.now // SECOND, made["usage"])
