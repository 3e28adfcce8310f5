"""Runs of evals: create, list, retrieve, cancel, delete, and `output_items`. `client.evals.runs`."""

from __future__ import annotations

from typing import Any

from mockapi import ids, lifecycle
from mockapi.contract import eval_runs
from mockapi.lifecycle import Job
from mockapi.operations import operation
from mockapi.resources import evals
from mockapi.resources.evals import refusals
from mockapi.resources.evals.runs import course, sources
from mockapi.resources.evals.runs.course import KIND
from mockapi.store import paging
from mockapi.transport.call import Call
from mockapi.world import World


@operation(
    "POST /evals/{eval_id}/runs",
    id="createEvalRun",
    request=eval_runs.CreateEvalRunRequest,
    response=eval_runs.EvalRun,
    status=201,
)
async def create(call: Call) -> dict[str, Any]:
    asked: dict[str, Any] = call.asked.json
    world, data_source = call.world, asked["data_source"]
    of_eval = (await evals.find(world, call.parameters["eval_id"]))["shown"]
    sources.check(data_source)
    model = data_source.get("model")
    if model is not None:
        await evals.check_model(call, model, "data_source.model")
    config = of_eval["data_source_config"]
    content = await sources.read(world, data_source, config["schema"], len(call.body))
    run_id = ids.timed("evalrun_", world.clock.micros(), call.stream)
    shown: dict[str, Any] = {
        "object": "eval.run",
        "id": run_id,
        "eval_id": of_eval["id"],
        # seen: in answers that users show, with the project
        "report_url": f"https://platform.openai.com/evaluations/{of_eval['id']}?project_id={world.identity.project}&run_id={run_id}",
        "status": "queued",
        "model": model or "",
        # doc: in the document's examples a run without a name is called like its model
        "name": asked.get("name") or model or "",
        "created_at": world.clock.seconds(),
        "result_counts": {"total": 0, "errored": 0, "failed": 0, "passed": 0},
        "per_model_usage": None,
        "per_testing_criteria_results": None,
        "data_source": _told(data_source),
        "error": None,
        "metadata": asked.get("metadata") or {},
        "shared_with_openai": False,
    }
    caller = {"key": call.caller.key, "tier": call.caller.tier, "host": call.headers.get(b"host", b"").decode("latin-1")}
    criteria = of_eval["testing_criteria"]
    own = {
        "criteria": criteria, "config": config, "caller": caller, "broke": call.caller.broke is not None, "total": content.count(b"\n"),
        "done": 0, "place": 0, "counts": [0, 0, 0], "tally": {criterion["id"]: [0, 0] for criterion in criteria}, "usage": {},
    }  # fmt: skip
    if content:
        await world.store.write(course.rows_of(run_id), content)
    job: Job = {"shown": shown, "since": world.clock.micros(), "looks": 0, "until": None, "own": own}
    await lifecycle.begin(world, KIND, job)
    return shown


def _told(data_source: dict[str, Any]) -> dict[str, Any]:
    """A data source as it is told: its members in their order, and its messages spelled out."""
    made = {"type": data_source["type"], "source": data_source["source"]}
    if data_source["type"] == "jsonl":
        return made
    messages = data_source.get("input_messages")
    if messages is not None and messages["type"] == "template":
        # seen: those of chats have parts, those of responses are as they were sent
        spelled = evals.spelled if data_source["type"] == "completions" else _named
        messages = {"type": "template", "template": [spelled(message) for message in messages["template"]]}
    rest = {"input_messages": messages, "model": data_source.get("model")}
    made |= {name: value for name, value in rest.items() if value is not None}
    return made | {"sampling_params": data_source.get("sampling_params")}


def _named(message: dict[str, Any]) -> dict[str, Any]:
    return {**message, "type": "message"}


async def remove_all(world: World, eval_id: str) -> None:
    """Forget all runs of an eval."""
    for job in await world.store.page(KIND):
        if job["shown"]["eval_id"] == eval_id:
            await remove(world, job["shown"]["id"])


async def remove(world: World, run_id: str) -> None:
    """Forget a run and what came of it."""
    await lifecycle.forget(world, KIND, run_id)
    await world.store.erase(course.rows_of(run_id))
    for item in await world.store.page(course.items_of(run_id)):
        await world.store.delete(course.items_of(run_id), item["id"])


@operation(
    "GET /evals/{eval_id}/runs",
    id="getEvalRuns",
    query=eval_runs.ListEvalRunsQuery,
    response=eval_runs.EvalRunList,
)
async def list_(call: Call) -> dict[str, Any]:
    query: eval_runs.ListEvalRunsQuery = call.query
    eval_id = (await evals.find(call.world, call.parameters["eval_id"]))["id"]
    await lifecycle.settle(call.world, KIND)

    def fits(run: dict[str, Any]) -> bool:
        return run["eval_id"] == eval_id and query.status in (None, run["status"])

    store, descending = call.world.store, query.order == "desc"
    return await paging.listed(store, KIND, query.limit, after=query.after, descending=descending, part="shown", fits=fits)


async def find(call: Call, *, counts: bool = False) -> dict[str, Any]:
    """The run that a path names, as it is now. Raises the API's 404 for it and for its eval."""
    await evals.find(call.world, call.parameters["eval_id"])
    run_id = call.parameters["run_id"]
    job = await lifecycle.look(call.world, KIND, run_id, counts=counts)
    if job is None or job["shown"]["eval_id"] != call.parameters["eval_id"]:
        raise refusals.no_such_run(run_id)
    return job["shown"]


@operation("GET /evals/{eval_id}/runs/{run_id}", id="getEvalRun", response=eval_runs.EvalRun)
async def retrieve(call: Call) -> dict[str, Any]:
    return await find(call, counts=True)


@operation(
    "POST /evals/{eval_id}/runs/{run_id}",
    id="cancelEvalRun",
    # sdk: the path that clients ask; the document's own example does too
    also="/evals/{eval_id}/runs/{run_id}/cancel",
    response=eval_runs.EvalRun,
)
async def cancel(call: Call) -> dict[str, Any]:
    def stop(job: Job, now: int) -> None:
        if job["shown"]["status"] not in ("queued", "in_progress"):
            raise refusals.run_not_cancellable(job["shown"]["status"])
        job["shown"]["status"] = "canceled"

    run_id = (await find(call))["id"]
    job = await lifecycle.change(call.world, KIND, run_id, stop)
    if job is None:
        raise refusals.no_such_run(run_id)
    await call.world.store.erase(course.rows_of(run_id))
    return job["shown"]


@operation("DELETE /evals/{eval_id}/runs/{run_id}", id="deleteEvalRun", response=eval_runs.EvalRunDeleted)
async def delete(call: Call) -> dict[str, Any]:
    run_id = (await find(call))["id"]
    await remove(call.world, run_id)
    return {"object": "eval.run.deleted", "deleted": True, "run_id": run_id}
