"""The steps of runs: list, retrieve. `client.beta.threads.runs.steps`."""

from __future__ import annotations

from typing import Any

from mockapi import errors
from mockapi.contract.assistants import steps
from mockapi.dialects.assistants import write
from mockapi.operations import operation
from mockapi.resources import listing
from mockapi.resources.assistants import refusals
from mockapi.resources.assistants.kept import BETA
from mockapi.resources.threads import kept
from mockapi.transport.call import Call


async def _run_id(call: Call) -> str:
    run = await kept.run(call.world, call.parameters["thread_id"], call.parameters["run_id"])
    return str(run["shown"]["id"])


@operation(
    "GET /threads/{thread_id}/runs/{run_id}/steps",
    id="listRunSteps",
    query=steps.ListRunStepsQuery,
    response=steps.RunStepList,
    beta=BETA,
)
async def list_(call: Call) -> dict[str, Any]:
    query: steps.ListRunStepsQuery = call.query
    made = await listing.page(call.world, kept.steps_of(await _run_id(call)), query)
    return {**made, "data": [write.told(step, query.include or ()) for step in made["data"]]}


@operation(
    "GET /threads/{thread_id}/runs/{run_id}/steps/{step_id}",
    id="getRunStep",
    query=steps.StepIncludeQuery,
    response=steps.RunStep,
    beta=BETA,
)
async def retrieve(call: Call) -> dict[str, Any]:
    run_id, step_id = await _run_id(call), call.parameters["step_id"]
    errors.check_id("step_id", step_id, "step")
    found = await call.world.store.get(kept.steps_of(run_id), step_id)
    if found is None:
        raise refusals.no_such("run step", step_id)
    return write.told(found, call.query.include or ())
