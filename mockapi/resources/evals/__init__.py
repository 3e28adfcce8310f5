"""Evals: create, list, retrieve, update, delete, and `runs`. `client.evals`."""

from __future__ import annotations

from typing import Any

from mockapi import errors, fixtures, ids
from mockapi.admission import access
from mockapi.contract import evals
from mockapi.errors import ApiError
from mockapi.operations import operation
from mockapi.resources.evals import refusals, rows
from mockapi.seed import Stream
from mockapi.store import paging
from mockapi.transport.call import Call
from mockapi.world import World

KIND = "eval"


@operation("POST /evals", id="createEval", request=evals.CreateEvalRequest, response=evals.Eval, status=201)
async def create(call: Call) -> dict[str, Any]:
    asked: dict[str, Any] = call.asked.json
    config = _config(asked["data_source_config"])
    for place, criterion in enumerate(asked["testing_criteria"]):
        await _check(call, criterion, f"testing_criteria[{place}]")
    world = call.world
    shown: dict[str, Any] = {
        "object": "eval",
        "id": ids.timed("eval_", world.clock.micros(), call.stream),
        "data_source_config": config,
        "testing_criteria": [_told(each, call.stream.child(place + 1)) for place, each in enumerate(asked["testing_criteria"])],
        "name": asked.get("name") or "",
        "created_at": world.clock.seconds(),
        "metadata": asked.get("metadata") or {},
    }
    await world.store.put(KIND, shown["id"], {"id": shown["id"], "shown": shown, "updated": world.clock.micros()})
    return shown


def _config(asked: dict[str, Any]) -> dict[str, Any]:
    """What an eval tells of its data. Raises for a schema that is none."""
    if asked["type"] != "custom":
        # seen: in the document's examples
        parts = {"item": {"type": "object"}, "sample": {"type": "object"}}
        schema = {"type": "object", "properties": parts, "required": list(parts)}
        return {"type": asked["type"], "metadata": asked.get("metadata") or {}, "schema": schema}
    why = rows.broken(asked["item_schema"])
    if why is not None:
        raise refusals.no_schema(why)
    parts = {"item": asked["item_schema"]}
    if asked.get("include_sample_schema"):
        parts |= fixtures.load("evals.toml")
    return {"type": "custom", "schema": {"type": "object", "properties": parts, "required": list(parts)}}


async def _check(call: Call, criterion: dict[str, Any], place: str) -> None:
    """Raise for a criterion that cannot grade, or whose model is not there."""
    # Imported on first use: a server that is only asked for chats starts sooner.
    from mockapi.engine import graders

    # guess: the words of these faults are not recorded
    for fault in graders.faults(criterion, place):
        raise errors.bad_request(fault.message, fault.param, "invalid_value")
    for name in graders.models(criterion):
        await check_model(call, name, f"{place}.model")


async def check_model(call: Call, name: str, place: str) -> None:
    """Raise for a model that the caller cannot ask."""
    try:
        await access.card(call, name)
    except ApiError as error:
        # guess: refused like any other parameter
        raise errors.bad_request(error.message, place, error.code) from None


def _told(criterion: dict[str, Any], stream: Stream) -> dict[str, Any]:
    """A criterion as it is told: with an id, and its messages spelled out."""
    name = criterion.get("name") or criterion["type"]
    rest = {key: value for key, value in criterion.items() if key not in ("name", "type") and value is not None}
    made = {"name": name, "id": ids.criterion(name, stream), "type": criterion["type"], **rest}
    return made | {"input": [spelled(message) for message in made["input"]]} if isinstance(made.get("input"), list) else made


def spelled(message: dict[str, Any]) -> dict[str, Any]:
    """A message whose text is a part of its content."""
    content = message["content"]
    if isinstance(content, str):
        # seen: in answers and in the document's examples; guess: an assistant's text is one that was put out
        content = {"type": "output_text" if message["role"] == "assistant" else "input_text", "text": content}
    return {"type": "message", **message, "content": content}


@operation("GET /evals", id="listEvals", query=evals.ListEvalsQuery, response=evals.EvalList)
async def list_(call: Call) -> dict[str, Any]:
    query: evals.ListEvalsQuery = call.query
    if query.order_by == "updated_at":
        found = paging.beyond(sorted(await call.world.store.page(KIND), key=lambda row: row["updated"]), query.after, query.order)
        return paging.page([row["shown"] for row in found], query.limit)
    descending = query.order == "desc"
    return await paging.listed(call.world.store, KIND, query.limit, after=query.after, descending=descending, part="shown")


async def find(world: World, eval_id: str) -> dict[str, Any]:
    """An eval as it is stored. Raises the API's 404."""
    found = await world.store.get(KIND, eval_id)
    if found is None:
        raise refusals.no_such_eval(eval_id)
    return found


@operation("GET /evals/{eval_id}", id="getEval", response=evals.Eval)
async def retrieve(call: Call) -> Any:
    return (await find(call.world, call.parameters["eval_id"]))["shown"]


@operation("POST /evals/{eval_id}", id="updateEval", request=evals.UpdateEvalRequest, response=evals.Eval)
async def update(call: Call) -> Any:
    request: evals.UpdateEvalRequest = call.request
    found = await find(call.world, call.parameters["eval_id"])
    shown = dict(found["shown"])
    if request.name is not None:
        shown["name"] = request.name
    if "metadata" in request.model_fields_set:
        shown["metadata"] = request.metadata or {}
    await call.world.store.put(KIND, found["id"], {**found, "shown": shown, "updated": call.world.clock.micros()})
    return shown


@operation("DELETE /evals/{eval_id}", id="deleteEval", response=evals.EvalDeleted)
async def delete(call: Call) -> dict[str, Any]:
    from mockapi.resources.evals import runs

    found = await find(call.world, call.parameters["eval_id"])
    await call.world.store.delete(KIND, found["id"])
    await runs.remove_all(call.world, found["id"])
    return {"object": "eval.deleted", "deleted": True, "eval_id": found["id"]}
