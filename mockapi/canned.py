"""Canned mode: every operation answers every well-formed request with a sample of its response that echoes what it was asked with."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from mockapi import catalogue
from mockapi.contract.types import Upload
from mockapi.engine import sampler
from mockapi.transport.call import Call
from mockapi.transport.reply import Content


async def find_model(call: Call) -> None:
    """The card of the model a call names; a model nobody knows is taken for one that the operation is made for."""
    operation = call.operation
    if operation.prepare is None:
        return
    name = call.asked.json.get("model")
    if name is None:
        name = operation.default_model
    if isinstance(name, str) and name:
        call.card = catalogue.card(name) or catalogue.stand_in(name, operation.sample_model)


async def behave(call: Call) -> Any:
    """The operation's own behaviour where it reads no stored object, else a sample."""
    if call.operation.stateless:
        return await call.operation.behave(call)
    if call.operation.response is None:
        return Content(_SAMPLE, call.operation.contents[0])
    sample, _ = sampler.plan(_schema(call.operation.id, call.operation.response)).instance(call.stream)
    return _echoing(sample, call)


_SAMPLE = b"mockapi\n"
_schemas: dict[str, dict[str, Any]] = {}


def _schema(operation: str, response: Any) -> dict[str, Any]:
    """The response's schema, without nulls where there is something else to say."""
    if operation not in _schemas:
        _schemas[operation] = _full(TypeAdapter(response).json_schema())
    return _schemas[operation]


def _full(node: Any) -> Any:
    if isinstance(node, list):
        return [_full(child) for child in node]
    if not isinstance(node, dict):
        return node
    made = {key: _full(value) for key, value in node.items()}
    branches = made.get("anyOf")
    if isinstance(branches, list) and len(branches) > 1:
        made["anyOf"] = [branch for branch in branches if branch != {"type": "null"}]
    return made


def _echoing(sample: Any, call: Call) -> Any:
    if not isinstance(sample, dict):
        return sample
    for name, value in call.parameters.items():
        if name in sample:
            sample[name] = value
        elif "id" in sample:
            sample["id"] = value
    if "deleted" in sample:
        sample["deleted"] = True
    rows = sample.get("data")
    if isinstance(rows, list):
        for number, row in enumerate(rows):
            if isinstance(row, dict) and "id" in row:
                row["id"] = next(iter(call.parameters.values()), row["id"]) + f"-{number}" if call.parameters else row["id"]
        if "first_id" in sample:
            sample |= {"first_id": rows[0]["id"] if rows else None, "last_id": rows[-1]["id"] if rows else None, "has_more": False}
    for name, value in (call.asked.json or {}).items():
        if name in sample and type(value) is type(sample[name]):
            sample[name] = value
        if isinstance(value, Upload) and "filename" in sample:
            sample |= {"filename": value.filename, "bytes": len(value.content)}
    return sample
