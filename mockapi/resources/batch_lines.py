"""The lines of a batch's input: what is wrong with them, what they weigh, and what their answers used (api-facts C.8, G.3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from mockapi import catalogue, json, lifecycle
from mockapi.catalogue import Card
from mockapi.lifecycle import WHOLE, Job
from mockapi.resources import load
from mockapi.world import World

LARGEST = 209_715_200
_MOST_LINES = 50_000
_MOST_INPUTS = 50_000
# guess: how many faults are told of one file
_MOST_FAULTS = 50


@dataclass(slots=True, eq=False, repr=False)
class Findings:
    """What reading an input file comes to. `tokens` is what its requests weigh in the queue."""

    model: str | None = None
    card: Card | None = None
    total: int = 0
    tokens: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)


def lines(content: bytes, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank from a place on, each with the place behind it."""
    return ((place, line) for place, line in _all_lines(content, start) if line)


async def due(world: World, kind: str, job: Job, share: int, name: str, turn: int) -> AsyncIterator[Any]:
    """The values of the lines of a job, under a name of the store, that are due by now, in order; the job counts those that are done.

    After every `turn` of them it is stored how far it has come, and others get their turn.
    """
    own = job["own"]
    last = own["total"] * share // WHOLE
    if own["done"] >= last:
        return
    for place, line in lines(await world.store.read(name) or b"", own["place"]):
        yield json.read(line)
        own["done"] += 1
        own["place"] = place
        if own["done"] >= last:
            break
        if own["done"] % turn == 0:
            await lifecycle.save(world, kind, job)
            await asyncio.sleep(0)


def _all_lines(content: bytes, start: int = 0) -> Iterator[tuple[int, bytes]]:
    while start < len(content):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        line = content[start:end].strip()
        start = end + 1
        yield start, line


def read(content: bytes, endpoint: str, cards: dict[str, Card]) -> Findings:
    """Check a whole file. `cards` holds models that are only known to the caller."""
    found = Findings()
    if len(content) > LARGEST:
        model = _first_model(content)
        of_model = "" if model is None else f" for the {model} model"
        found.faults.append(_fault("invalid_batch_size", f"The batch input file is larger than the {LARGEST} maximum{of_model}"))
        return found
    path = endpoint.removeprefix("/v1")
    operation = next((op for op in load(path.split("/")[1]) if op.path == path and op.method == "POST"), None)
    contract = operation.request.model_fields if operation is not None and operation.request is not None else {}
    required = [name for name, info in contract.items() if info.is_required()]
    seen: set[str] = set()
    inputs = 0
    for number, (_, line) in enumerate(_all_lines(content), 1):
        if not line:
            continue
        found.total += 1
        fault = _line(line, endpoint, required, seen, found, cards)
        if isinstance(fault, dict):
            found.faults.append({**fault, "line": number})
            if len(found.faults) == _MOST_FAULTS:
                break
        else:
            found.tokens += fault[0]
            inputs += fault[1]
    if not found.total:
        # guess: the code is documented, the words are not recorded
        found.faults.append(_fault("empty_file", "The batch input file is empty. Please ensure that it contains at least one request."))
    elif found.total > _MOST_LINES:
        found.faults.append(_fault("too_many_tasks", f"The batch input file contains more than the maximum of {_MOST_LINES} requests."))
    elif inputs > _MOST_INPUTS:
        found.faults.append(_fault("too_many_tasks", f"The batch contains more than the maximum of {_MOST_INPUTS} embedding inputs."))
    return found


def _first_model(content: bytes) -> str | None:
    """The model that the first line names; guess: where it names none, nothing is said of one."""
    for _, line in lines(content):
        try:
            request = json.read_sent(line)
        except ValueError:
            return None
        body = request.get("body") if isinstance(request, dict) else None
        model = body.get("model") if isinstance(body, dict) else None
        return model if isinstance(model, str) and model else None
    return None


def _fault(code: str, message: str, param: str | None = None) -> dict[str, Any]:
    return {"code": code, "message": message, "param": param, "line": None}


def _line(
    line: bytes, endpoint: str, required: list[str], seen: set[str], found: Findings, cards: dict[str, Card]
) -> dict[str, Any] | tuple[int, int]:
    """The first fault of a line, or its tokens and the number of its inputs."""
    try:
        request = json.read(line)
    except ValueError:
        request = None
    if not isinstance(request, dict):
        return _fault("invalid_json_line", "This line is not parseable as valid JSON.")
    for name, kind in (("custom_id", str), ("method", str), ("url", str), ("body", dict)):
        if name not in request:
            return _fault("missing_required_parameter", f"Missing required parameter: '{name}'.", name)
        if not isinstance(request[name], kind):
            wanted = "an object" if kind is dict else "a string"
            return _fault("invalid_type", f"Invalid type for '{name}': expected {wanted}.", name)
    custom_id, body = request["custom_id"], request["body"]
    if custom_id in seen:
        return _fault(
            "duplicate_custom_id",
            f"The custom_id '{custom_id}' for this request is a duplicate of another request. The custom_id parameter must be unique "
            "for each request in a batch.",
            "custom_id",
        )
    seen.add(custom_id)
    if request["method"] != "POST":
        return _fault("invalid_method", f"Invalid value: '{request['method']}'. Supported values are: 'POST'.", "method")
    if request["url"] != endpoint:
        return _fault("invalid_url", "The URL provided for this request does not match the batch endpoint.", "url")
    model = body.get("model")
    if not isinstance(model, str) or not model:
        return _fault("missing_required_parameter", "Missing required parameter: 'model'.", "body.model")
    if found.model is None:
        card = catalogue.card(model) or cards.get(model)
        if card is None or "batch" not in card.endpoints:
            return _fault("model_not_found", "The provided model is not supported by the Batch API.", "body.model")
        found.model, found.card = model, card
    elif model != found.model:
        return _fault(
            "mismatched_model",
            f"The model '{model}' for this request does not match the rest of the batch. Each batch must contain requests for a single "
            "model.",
            "body.model",
        )
    for name in required:
        if name not in body:
            return _fault("missing_required_parameter", f"Missing required parameter: '{name}'.", f"body.{name}")
    return _weight(body)


def _weight(body: dict[str, Any]) -> tuple[int, int]:
    """What a request weighs in the queue, in tokens, by the rule of admission (api-facts B.3), and how many inputs it has."""
    messages = body.get("messages")
    if isinstance(messages, list):
        texts = [text for message in messages if isinstance(message, dict) for text in _texts(message.get("content"))]
        return (sum(map(len, texts)) + 4 * len(messages) + 4) // 4, 1
    given = body.get("input", body.get("prompt", ""))
    many = isinstance(given, list) and bool(given) and not isinstance(given[0], int)
    inputs = given if many and isinstance(given, list) else [given]
    tokens = sum(len(each) if isinstance(each, list) else sum(map(len, _texts(each))) // 4 for each in inputs)
    return max(1, tokens), len(inputs)


def _texts(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content]
    if isinstance(content, list):
        return [text for part in content for text in _texts(part)]
    if isinstance(content, dict):
        return _texts(content.get("text", content.get("content", "")))
    return []


def tokens(usage: dict[str, Any]) -> list[int]:
    """Input, cached input, output and reasoning tokens of an answer, in whichever words it tells them."""
    told = usage.get("prompt_tokens_details") or usage.get("input_tokens_details") or {}
    said = usage.get("completion_tokens_details") or usage.get("output_tokens_details") or {}
    return [
        usage.get("prompt_tokens", usage.get("input_tokens", 0)),
        told.get("cached_tokens", 0),
        usage.get("completion_tokens", usage.get("output_tokens", 0)),
        said.get("reasoning_tokens", 0),
    ]
