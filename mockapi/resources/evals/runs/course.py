"""The course of a run: its moves, and what becomes of each row on the way: sampled once, graded by every criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockapi import errors, ids, json, lifecycle
from mockapi.admission import access, spend
from mockapi.aside import waited
from mockapi.catalogue import Card
from mockapi.clock import SECOND
from mockapi.lifecycle import Job, Lifecycle, Stage
from mockapi.resources import batch_lines
from mockapi.resources.evals import sampling
from mockapi.resources.evals.runs import sources
from mockapi.world import World

if TYPE_CHECKING:
    from mockapi.engine.graders import Outcome

KIND = "eval.run"
# How many rows run before others get their turn.
_TURN = 4
# What does not keep a grader from its judgement.
_HARMLESS = frozenset(("truncated_observation_error",))


def items_of(run_id: str) -> str:
    """The kind under which the output items of a run are kept, in the order of their rows."""
    return f"{KIND}.output_item {run_id}"


def rows_of(run_id: str) -> str:
    """The id under which the rows of a run are kept until it ends."""
    return f"{run_id} rows"


async def _started(world: World, job: Job, at: int) -> None:
    """Gather the rows that are not there yet, and begin or fail."""
    shown, own = job["shown"], job["own"]
    if own["broke"] or await spend.capped(world, own["caller"]["tier"], at):
        # guess: told as a call without money is told
        fault = errors.insufficient_quota()
        await _failed(world, job, fault.code or "", fault.message)
        return
    source = shown["data_source"]["source"]
    if sources.is_stored(source):
        content = await sources.stored(world, source, own["config"])
        own["total"] = content.count(b"\n")
        await world.store.write(rows_of(shown["id"]), content)
    if not own["total"]:
        # guess: no recording of a run without rows
        await _failed(world, job, "empty_data_source", "The data source has no items to evaluate.")
        return
    shown["status"] = "in_progress"


async def _failed(world: World, job: Job, code: str, message: str) -> None:
    job["shown"]["status"], job["shown"]["error"] = "failed", {"code": code, "message": message}
    await world.store.erase(rows_of(job["shown"]["id"]))


async def _run(world: World, job: Job, share: int) -> None:
    """Run the rows that are due by now, in order."""
    shown, own = job["shown"], job["own"]
    cards: dict[str, Card] | None = None
    async for row in batch_lines.due(world, KIND, job, share, rows_of(shown["id"]), _TURN):
        cards = await _cards(world, own["criteria"]) if cards is None else cards
        await _run_row(world, job, row, cards)
    if cards is not None:
        _sum_up(shown, own)


async def _cards(world: World, criteria: list[dict[str, Any]]) -> dict[str, Card]:
    """The models that criteria ask, as far as they are there."""
    from mockapi.engine import graders

    named = {name for criterion in criteria for name in graders.models(criterion)}
    found = {name: await access.find(world, name) for name in sorted(named)}
    return {name: card for name, card in found.items() if card is not None}


async def _run_row(world: World, job: Job, row: dict[str, Any], cards: dict[str, Card]) -> None:
    shown, own = job["shown"], job["own"]
    item, data_source = row["item"], shown["data_source"]
    if sampling.asks(data_source):
        messages, said = await sampling.ask(world, data_source, item, own["caller"])
        _use(own, said.model, said.usage)
    else:
        messages, said = sampling.conversation(item), sampling.given(row.get("sample"))
    results, is_whole = [], said.error is None
    for criterion in own["criteria"] if is_whole else ():
        result, graded = await _grade(world, job, criterion, item, said.text, cards)
        results.append(result)
        is_whole = is_whole and graded
    passed = is_whole and all(result["passed"] for result in results)
    own["counts"][0 if not is_whole else 2 if passed else 1] += 1
    number = own["done"]
    made = {
        "object": "eval.run.output_item",
        "id": ids.timed("outputitem_", job["since"], world.seed.stream(b"output item", shown["id"].encode(), b"%d" % number)),
        "created_at": job["since"] // SECOND,
        "run_id": shown["id"],
        "eval_id": shown["eval_id"],
        "status": "error" if not is_whole else "pass" if passed else "fail",
        "datasource_item_id": number,
        "datasource_item": item,
        "results": results,
        "sample": sampling.shown(messages, said, data_source.get("sampling_params")),
    }
    await world.store.put(items_of(shown["id"]), made["id"], made)


async def _grade(
    world: World, job: Job, criterion: dict[str, Any], item: dict[str, Any], text: str, cards: dict[str, Card]
) -> tuple[dict[str, Any], bool]:
    """What a criterion makes of a row, and whether it could be judged at all."""
    from mockapi.engine import graders

    own = job["own"]
    grader = {name: value for name, value in criterion.items() if name != "id"}
    # The same row gets the same score in every run, and a better sample no lower one.
    stream = world.seed.stream(b"grader", json.write([grader, item]))
    outcome = await waited(graders.is_slow(grader), lambda: graders.run(grader, item, text, cards, stream))
    graded = not outcome.errors - _HARMLESS
    passed = graded and _passes(criterion, outcome.reward)
    if graded:
        own["tally"][criterion["id"]][0 if passed else 1] += 1
    for name, card in cards.items():
        used = outcome.usage.get(card.snapshot)
        if used is not None and criterion.get("model") == name:
            _use(own, card.snapshot, (used.prompt, 0, used.completion))
            await spend.book(world, card, {"input": used.prompt, "output": used.completion}, "standard", world.clock.micros(), "/evals")
    result = {
        # seen: a result is called like its criterion's id
        "name": criterion["id"],
        "type": f"{criterion['type'].replace('_', '-')}-grader",
        "sample": _sample(outcome, graded),
        "passed": passed,
        "score": float(outcome.reward),
    }
    return result, graded


def _passes(criterion: dict[str, Any], score: float) -> bool:
    """Whether a score is enough. Without a threshold it is from the middle of the range on."""
    low, high = criterion.get("range") or (0, 1)
    threshold = criterion.get("pass_threshold")
    # guess: the middle; no default is documented
    return score >= ((low + high) / 2 if threshold is None else threshold)


def _sample(outcome: Outcome, graded: bool) -> dict[str, Any] | None:
    """What a criterion's model used, or why there is no judgement; None of one that asks no model and judged."""
    if graded and outcome.model is None:
        return None
    usage = [
        {
            "prompt_tokens": used.prompt,
            "completion_tokens": used.completion,
            "total_tokens": used.prompt + used.completion,
            "cached_tokens": 0,
        }
        for used in outcome.usage.values()
    ]
    made: dict[str, Any] = {"model": outcome.model, "usage": usage[0] if usage else None, "error": None}
    if not graded:
        code = min(outcome.errors - _HARMLESS)
        why = outcome.server if code.startswith("model") else outcome.python if code.startswith("python") else None
        made["error"] = {"code": code, "message": why or f"The grader could not judge: {code.replace('_', ' ')}."}
    return made


def _use(own: dict[str, Any], model: str, usage: tuple[int, ...]) -> None:
    """Add a call of a model to the run's usage; `usage` begins with input, cached input and output tokens."""
    if model:
        sums = own["usage"].setdefault(model, [0, 0, 0, 0])
        for place, amount in enumerate((1, *usage[:3])):
            sums[place] += amount


def _sum_up(shown: dict[str, Any], own: dict[str, Any]) -> None:
    errored, failed, passed = own["counts"]
    shown["result_counts"] = {"total": own["done"], "errored": errored, "failed": failed, "passed": passed}
    shown["per_model_usage"] = [
        {
            "model_name": model,
            "invocation_count": calls,
            "prompt_tokens": read,
            "completion_tokens": written,
            "total_tokens": read + written,
            "cached_tokens": cached,
        }
        for model, (calls, read, cached, written) in own["usage"].items()
    ]
    shown["per_testing_criteria_results"] = [
        {"testing_criteria": name, "testing_criteria_id": name, "passed": passed, "failed": failed}
        for name, (passed, failed) in own["tally"].items()
    ]


async def _finished(world: World, job: Job, at: int) -> None:
    job["shown"]["status"] = "completed"
    await world.store.erase(rows_of(job["shown"]["id"]))


lifecycle.register(
    Lifecycle(
        KIND,
        {"queued": Stage(_started), "in_progress": Stage(_finished, _run)},
        tells={"completed": "eval.run.succeeded", "failed": "eval.run.failed", "canceled": "eval.run.canceled"},
    )
)
