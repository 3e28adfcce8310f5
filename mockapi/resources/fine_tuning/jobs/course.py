"""The course of a fine-tuning job: its moves, what it tells on the way, and the model that comes of it (api-facts G.4)."""

from __future__ import annotations

from typing import Any

from mockapi import catalogue, ids, json, lifecycle
from mockapi.admission import spend
from mockapi.catalogue import Card
from mockapi.clock import SECOND
from mockapi.engine import training
from mockapi.engine.tokens import encoding
from mockapi.lifecycle import WHOLE, Job, Lifecycle, Stage
from mockapi.resources import files
from mockapi.seed import Stream
from mockapi.world import World

KIND = "fine_tuning.job"
# seen: the order in which a job's own object has them
HYPERPARAMETERS = ("n_epochs", "batch_size", "learning_rate_multiplier")
# Longer courses tell of every so manieth step only.
_MOST_EVENTS = 1000
_CHECKPOINTS = 3


def told(world: World, job: Job, at: int, message: str, *, level: str = "info", data: Any = None, type: str = "message") -> None:
    """Add an event. Events are kept oldest first."""
    own = job["own"]
    stream = world.seed.stream(b"event", job["shown"]["id"].encode(), b"%d" % len(own["events"]))
    own["events"].append(
        {
            "object": "fine_tuning.job.event",
            "id": ids.plain("ftevent-", stream),
            "created_at": at // SECOND,
            "level": level,
            "message": message,
            "data": data,
            "type": type,
        }
    )


def created(world: World, job: Job) -> None:
    shown = job["shown"]
    told(world, job, job["since"], f"Created fine-tuning job: {shown['id']}", data={})
    and_validation = f" and validation file: {shown['validation_file']}" if shown["validation_file"] else ""
    told(world, job, job["since"], f"Validating training file: {shown['training_file']}{and_validation}", data={})


def _card(own: dict[str, Any], made: dict[str, Any] | None) -> Card:
    card = catalogue.card(own["base"]) if made is None else catalogue.tuned(own["base"], made["base"], made["examples"])
    assert card is not None
    return card


def _stream(world: World, job: Job) -> Stream:
    return world.seed.stream(b"fine-tuning", job["shown"]["id"].encode(), b"%d" % job["shown"]["seed"])


async def _validated(world: World, job: Job, at: int) -> None:
    """Read the files, and fail or turn `auto` into numbers."""
    shown, own = job["shown"], job["own"]
    card = _card(own, await world.store.get("model", own["base"]))
    method = shown["method"]["type"]
    try:
        found = await _read(world, job, card, "training")
        if shown["validation_file"]:
            await _read(world, job, card, "validation")
        if await spend.capped(world, own["tier"], at):
            # seen: C.9
            raise training.TrainingFault(
                "exceeded_quota",
                "Creating this fine-tuning job would exceed your hard limit, please check your plan and billing details.",
            )
    except training.TrainingFault as fault:
        await _failed(world, job, at, fault)
        return
    told_numbers = shown["method"][method]["hyperparameters"]
    numbers = {
        "n_epochs": training.epochs(found.examples),
        "batch_size": training.batch_size(found.examples),
        "learning_rate_multiplier": card.rules.get("learning_rate_multiplier", 2),
        "beta": 0.1,
        "compute_multiplier": 1,
        "eval_interval": 1,
        "eval_samples": 1,
    }
    for name, value in told_numbers.items():
        if value == "auto":
            told_numbers[name] = numbers[name]
    shown["hyperparameters"] = {name: told_numbers[name] for name in HYPERPARAMETERS}
    own["examples"], own["tokens"] = json.write(found.lessons).decode(), found.tokens
    own["steps"] = training.steps(found.examples, told_numbers["n_epochs"], told_numbers["batch_size"])
    shown["status"] = "queued"
    told(world, job, at, "Files validated, moving job to queued state", data={})


async def _read(world: World, job: Job, card: Card, what: str) -> training.TrainingSet:
    shown = job["shown"]
    if await files.find(world, shown[f"{what}_file"]) is None:
        # seen: C.9
        raise training.TrainingFault(f"deleted_{what}_file", f"The job failed because the {what} file was deleted")
    content = await world.store.read(f"{shown['id']} {what}") or b""
    return training.read(content, shown["method"]["type"], encoding(card.encoding), what)


async def _failed(world: World, job: Job, at: int, fault: training.TrainingFault) -> None:
    shown = job["shown"]
    shown["status"] = "failed"
    if fault.code.startswith("deleted") or fault.code == "exceeded_quota":
        param = None
    else:
        param = "validation_file" if "validation" in fault.code else "training_file"
    shown["error"] = {"code": fault.code, "message": fault.message, "param": param}
    told(world, job, at, fault.message, level="error", data=None)
    await _forget(world, job)


async def _forget(world: World, job: Job) -> None:
    for name in ("training", "validation"):
        await world.store.erase(f"{job['shown']['id']} {name}")


async def _started(world: World, job: Job, at: int) -> None:
    shown = job["shown"]
    shown["status"] = "running"
    shown["estimated_finish"] = (at + round(world.pace(KIND).seconds.get("running", 0) * SECOND)) // SECOND
    told(world, job, at, "Fine-tuning job started", data=None)


async def _train(world: World, job: Job, share: int) -> None:
    """Tell of the steps that were made by now, and keep the checkpoints among them."""
    own, total = job["own"], job["own"]["steps"]
    pace = world.pace(KIND)
    length = round(pace.seconds.get("running", 0) * SECOND) if pace.mode == "time" else 0
    told_steps, kept_steps = training.shown_steps(total, -(-total // _MOST_EVENTS)), _kept_steps(job)
    for step in sorted({*told_steps, *kept_steps}):
        if not own["step"] < step <= total * share // WHOLE:
            continue
        at = job["since"] + length * step // total
        numbers = training.metrics(step, total, _stream(world, job), validated=job["shown"]["validation_file"] is not None)
        if step in told_steps:
            heard = f", validation loss={numbers['valid_loss']:.2f}" if "valid_loss" in numbers else ""
            data = {"step": step, **numbers, "total_steps": total}
            told(world, job, at, f"Step {step}/{total}: training loss={numbers['train_loss']:.2f}{heard}", data=data, type="metrics")
        if step in kept_steps:
            await _keep(world, job, step, numbers, at)
        own["step"] = step


def _kept_steps(job: Job) -> list[int]:
    """The steps that end the last epochs (doc: the last three are kept)."""
    total, epochs = job["own"]["steps"], job["shown"]["hyperparameters"]["n_epochs"]
    return [total * epoch // epochs for epoch in range(max(1, epochs - _CHECKPOINTS + 1), epochs + 1)]


async def _keep(world: World, job: Job, step: int, numbers: dict[str, float], at: int) -> None:
    """Keep a checkpoint: a model of its own. The last one's name is the fine-tuned model's."""
    shown, own = job["shown"], job["own"]
    last = step == own["steps"]
    name = _model_name(world, job, at, step) + ("" if last else f":ckpt-step-{step}")
    full = {f"full_{key}": value for key, value in numbers.items() if key.startswith("valid_")}
    own["checkpoints"].append(
        {
            "object": "fine_tuning.job.checkpoint",
            "id": ids.plain("ftckpt_", world.seed.stream(b"checkpoint", shown["id"].encode(), b"%d" % step)),
            "created_at": at // SECOND,
            "fine_tuned_model_checkpoint": name,
            "fine_tuning_job_id": shown["id"],
            "metrics": {"step": step, **numbers, **full, "type": shown["method"]["type"]},
            "step_number": step,
        }
    )
    if not last:
        told(world, job, at, f"Checkpoint created at step {step}", data={})
    made = await world.store.get("model", own["base"])
    base = own["base"] if made is None else made["base"]
    row = {"id": name, "base": base, "created": at // SECOND, "owned_by": world.identity.slug, "examples": own["examples"]}
    await world.store.put("model", name, row)


def _model_name(world: World, job: Job, at: int, step: int) -> str:
    shown = job["shown"]
    base = shown["model"].split(":")[1] if shown["model"].startswith("ft:") else shown["model"]
    stream = world.seed.stream(b"fine-tuned model", shown["id"].encode(), b"%d" % step)
    return ids.fine_tuned_model(base, world.identity.slug, shown["user_provided_suffix"] or "", at // SECOND, stream)


async def _succeeded(world: World, job: Job, at: int) -> None:
    shown, own = job["shown"], job["own"]
    shown["status"], shown["finished_at"], shown["estimated_finish"] = "succeeded", at // SECOND, None
    shown["fine_tuned_model"] = own["checkpoints"][-1]["fine_tuned_model_checkpoint"]
    shown["trained_tokens"] = own["tokens"] * shown["hyperparameters"]["n_epochs"]
    content = training.results(
        own["steps"],
        _stream(world, job),
        validated=shown["validation_file"] is not None,
        every=-(-own["steps"] // _MOST_EVENTS),
    )
    stream = world.seed.stream(b"results", shown["id"].encode())
    file = await files.keep(world, stream, "compiled_results.csv", "fine-tune-results", content, created=at // SECOND)
    shown["result_files"] = [file["id"]]
    told(world, job, at, f"New fine-tuned model created: {shown['fine_tuned_model']}", data={})
    told(world, job, at, "The job has successfully completed", data={})
    card = _card(own, await world.store.get("model", own["base"]))
    await spend.book(world, card, {"training": shown["trained_tokens"]}, "standard", at, "/fine_tuning/jobs")
    await _forget(world, job)


lifecycle.register(
    Lifecycle(
        KIND,
        {"validating_files": Stage(_validated), "queued": Stage(_started), "running": Stage(_succeeded, _train)},
        tells={
            "succeeded": "fine_tuning.job.succeeded",
            "failed": "fine_tuning.job.failed",
            "cancelled": "fine_tuning.job.cancelled",
        },
    )
)
