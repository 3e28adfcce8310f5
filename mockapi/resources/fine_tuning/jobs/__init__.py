"""Fine-tuning jobs: create, list, retrieve, cancel, pause, resume, list_events. `client.fine_tuning.jobs`."""

from __future__ import annotations

from typing import Any

from mockapi import catalogue, errors, ids, lifecycle
from mockapi.catalogue import Card
from mockapi.contract import fine_tuning
from mockapi.lifecycle import Job
from mockapi.operations import operation
from mockapi.resources import files
from mockapi.resources.fine_tuning.jobs import course
from mockapi.resources.fine_tuning.jobs.course import KIND
from mockapi.store import paging
from mockapi.transport.call import Call
from mockapi.world import World

_OPEN = ("validating_files", "queued", "running", "paused")


@operation(
    "POST /fine_tuning/jobs", id="createFineTuningJob", request=fine_tuning.CreateFineTuningJobRequest, response=fine_tuning.FineTuningJob
)
async def create(call: Call) -> dict[str, Any]:
    request: fine_tuning.CreateFineTuningJobRequest = call.request
    world = call.world
    card = await _tunable(world, request.model)
    if call.caller.tier != "unlimited" and call.caller.tier not in card.limits:
        raise errors.model_without_access(request.model, world.identity.project)
    training = await _file(world, request.training_file, "training_file")
    validation = None if request.validation_file is None else await _file(world, request.validation_file, "validation_file")
    method = _method(request)
    if method["type"] == "reinforcement" and not card.reasons:
        raise errors.method_not_available(request.model, method["type"])
    created = world.clock.seconds()
    shown: dict[str, Any] = {
        "object": KIND,
        "id": ids.plain("ftjob-", call.stream),
        "model": card.snapshot,
        "created_at": created,
        "finished_at": None,
        "fine_tuned_model": None,
        "organization_id": world.identity.organization,
        "result_files": [],
        "status": "validating_files",
        "validation_file": request.validation_file,
        "training_file": request.training_file,
        "hyperparameters": {name: method[method["type"]]["hyperparameters"][name] for name in course.HYPERPARAMETERS},
        "trained_tokens": None,
        "error": {},
        "user_provided_suffix": request.suffix,
        "seed": request.seed if request.seed is not None else call.stream.child(61).below(2**31),
        "estimated_finish": None,
        "integrations": call.asked.json.get("integrations") or [],
        "metadata": request.metadata,
        "usage_metrics": None,
        "shared_with_openai": False,
        "eval_id": None,
        "method": method,
    }
    own: dict[str, Any] = {"base": card.asked_as if card.examples is not None else card.id, "tier": call.caller.tier}
    own |= {"events": [], "checkpoints": [], "step": 0, "steps": 0}
    job: Job = {"shown": shown, "since": world.clock.micros(), "looks": 0, "until": None, "own": own}
    for name, file in (("training", training), ("validation", validation)):
        if file is not None:
            await world.store.write(f"{shown['id']} {name}", await files.read(world, file["id"]))
    course.created(world, job)
    await lifecycle.begin(world, KIND, job)
    return shown


async def _tunable(world: World, name: str) -> Card:
    card = catalogue.card(name)
    if card is None:
        await lifecycle.settle(world, KIND)
        made = await world.store.get("model", name)
        card = None if made is None else catalogue.tuned(name, made["base"], made["examples"])
    if card is None or "fine_tuning" not in card.features:
        raise errors.model_not_tunable(name)
    return card


async def _file(world: World, file_id: str, param: str) -> dict[str, Any]:
    found = await files.find(world, file_id)
    if found is None:
        raise errors.invalid_training_file(param, file_id)
    if found["purpose"] != "fine-tune":
        raise errors.file_not_for("fine-tune", file_id, param)
    return found


def _method(request: fine_tuning.CreateFineTuningJobRequest) -> dict[str, Any]:
    """The method as the answer tells it: every hyperparameter is there, `auto` until the files are read."""
    kind = request.method.type if request.method is not None else "supervised"
    given: Any = getattr(request.method, kind) if request.method is not None else None
    asked: Any = given.hyperparameters if given is not None and given.hyperparameters is not None else request.hyperparameters
    names = {"dpo": ("beta",), "reinforcement": ("reasoning_effort", "compute_multiplier", "eval_interval", "eval_samples")}.get(kind, ())
    told: dict[str, Any] = {}
    for name in ("batch_size", "learning_rate_multiplier", "n_epochs", *names):
        value = getattr(asked, name, None)
        told[name] = value if value is not None else "default" if name == "reasoning_effort" else "auto"
    inner: dict[str, Any] = {"hyperparameters": told}
    if kind == "reinforcement":
        if given is None:
            raise errors.missing_method("reinforcement")
        inner = {"grader": given.grader.model_dump(exclude_none=True), **inner}
        if given.response_format is not None:
            inner["response_format"] = given.response_format
    return {"type": kind, kind: inner}


@operation(
    "GET /fine_tuning/jobs",
    id="listPaginatedFineTuningJobs",
    query=fine_tuning.ListFineTuningJobsQuery,
    response=fine_tuning.FineTuningJobList,
)
async def list_(call: Call) -> dict[str, Any]:
    await lifecycle.settle(call.world, KIND)
    query: fine_tuning.ListFineTuningJobsQuery = call.query
    wanted = query.metadata

    def fits(row: dict[str, Any]) -> bool:
        if wanted is None or wanted == "null":
            return wanted is None or not row["metadata"]
        return all((row["metadata"] or {}).get(name) == value for name, value in wanted.items())

    return await paging.listed(
        call.world.store, KIND, query.limit, after=query.after, descending=True, shape="more", part="shown", fits=fits
    )


async def find(call: Call, *, counts: bool = False) -> Job:
    """The job a path names, as it is now. Raises the API's 404."""
    job_id = call.parameters["fine_tuning_job_id"]
    job = await lifecycle.look(call.world, KIND, job_id, counts=counts)
    if job is None:
        raise errors.no_such_job(job_id)
    return job


@operation("GET /fine_tuning/jobs/{fine_tuning_job_id}", id="retrieveFineTuningJob", response=fine_tuning.FineTuningJob)
async def retrieve(call: Call) -> dict[str, Any]:
    return (await find(call, counts=True))["shown"]


@operation(
    "GET /fine_tuning/jobs/{fine_tuning_job_id}/events",
    id="listFineTuningEvents",
    query=fine_tuning.ListFineTuningJobEventsQuery,
    response=fine_tuning.FineTuningJobEventList,
)
async def list_events(call: Call) -> dict[str, Any]:
    query: fine_tuning.ListFineTuningJobEventsQuery = call.query
    job = await find(call)
    return paging.page(paging.beyond(job["own"]["events"], query.after, "desc"), query.limit, shape="more")


@operation("POST /fine_tuning/jobs/{fine_tuning_job_id}/cancel", id="cancelFineTuningJob", response=fine_tuning.FineTuningJob)
async def cancel(call: Call) -> dict[str, Any]:
    def stop(job: Job, now: int) -> None:
        if job["shown"]["status"] not in _OPEN:
            raise errors.job_already_completed(job["shown"]["id"])
        job["shown"]["status"] = "cancelled"
        course.told(call.world, job, now, "The job was stopped due to a cancellation request", level="warn", data=None)

    return await _changed(call, stop)


@operation("POST /fine_tuning/jobs/{fine_tuning_job_id}/pause", id="pauseFineTuningJob", response=fine_tuning.FineTuningJob)
async def pause(call: Call) -> dict[str, Any]:
    def hold(job: Job, now: int) -> None:
        if job["shown"]["status"] != "running":
            raise errors.job_not_in(job["shown"]["id"], job["shown"]["status"], "running", "paused")
        job["own"]["ran"] = now - job["since"]
        job["shown"]["status"] = "paused"
        course.told(call.world, job, now, "Fine-tuning job paused", data=None)

    return await _changed(call, hold)


@operation("POST /fine_tuning/jobs/{fine_tuning_job_id}/resume", id="resumeFineTuningJob", response=fine_tuning.FineTuningJob)
async def resume(call: Call) -> dict[str, Any]:
    def go_on(job: Job, now: int) -> None:
        if job["shown"]["status"] != "paused":
            raise errors.job_not_in(job["shown"]["id"], job["shown"]["status"], "paused", "resumed")
        job["shown"]["status"] = "running"
        job["since"] = now - job["own"]["ran"]
        course.told(call.world, job, now, "Fine-tuning job resumed", data=None)

    return await _changed(call, go_on)


async def _changed(call: Call, make: Any) -> dict[str, Any]:
    job_id = call.parameters["fine_tuning_job_id"]
    job = await lifecycle.change(call.world, KIND, job_id, make)
    if job is None:
        raise errors.no_such_job(job_id)
    return job["shown"]
