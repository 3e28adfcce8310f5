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
    """The card of the model a call names; one that nobody knows, or that is not for this, is taken for one the operation is made for."""
    operation = call.operation
    if operation.prepare is None:
        return
    name = operation.model_of(call.asked.json)
    if isinstance(name, str) and name:
        known, endpoint = catalogue.card(name), operation.path[1:].replace("/", "_")
        fits = known is not None and (endpoint in known.endpoints or endpoint in known.acts_as)
        call.card = known if fits else catalogue.stand_in(name, operation.sample_model)


async def behave(call: Call) -> Any:
    """The operation's own behaviour where it reads no stored object, else a sample."""
    if call.operation.stateless:
        return await call.operation.behave(call)
    if call.operation.response is None:
        return Content(_SAMPLE, call.operation.contents[0])
    sample, _ = sampler.plan(_schema(call.operation.id, call.operation.response)).instance(call.stream)
    return _echoing(_added(sample), call)


_SAMPLE = b"mockapi\n"
_schemas: dict[str, dict[str, Any]] = {}
# Moments of samples: any in 2026.
_YEAR = {"minimum": 1_767_225_600, "maximum": 1_798_761_599}


def _schema(operation: str, response: Any) -> dict[str, Any]:
    """The response's schema, without nulls where there is something else to say, and with examples in place of what they are of."""
    if operation not in _schemas:
        _schemas[operation] = _full(TypeAdapter(response).json_schema())
    return _schemas[operation]


def _full(node: Any) -> Any:
    if isinstance(node, list):
        return [_full(child) for child in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("examples"), list):
        return {"enum": node["examples"]}
    made = {key: _full(value) for key, value in node.items()}
    branches = made.get("anyOf")
    if isinstance(branches, list) and len(branches) > 1:
        made["anyOf"] = [branch for branch in branches if branch != {"type": "null"}]
    properties = made.get("properties")
    for name, child in properties.items() if isinstance(properties, dict) else ():
        if name.endswith("_at") or name in ("created", "estimated_finish"):
            for kind in child.get("anyOf", [child]):
                kind.update(_YEAR if kind.get("type") == "integer" else {})
    return made


def _added(node: Any) -> Any:
    """A sample whose sums add up: totals, details that are parts, and places in a list."""
    if isinstance(node, list):
        for number, row in enumerate(node):
            if isinstance(row, dict) and "index" in row:
                row["index"] = number
            _added(row)
    if not isinstance(node, dict):
        return node
    for name, value in node.items():
        _added(value)
        if name.endswith("_details") and isinstance(value, dict):
            whole = node.get(name.removesuffix("_details"), 0)
            value.update({part: min(count, whole) for part, count in value.items() if isinstance(count, int)})
    for total, parts in _SUMS:
        added = [node[part] for part in parts if isinstance(node.get(part), int)]
        if total in node and added:
            node[total] = sum(added)
    return node


_SUMS = (("total_tokens", ("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens")), ("total", ("completed", "failed")))


def _echoing(sample: Any, call: Call) -> Any:
    if not isinstance(sample, dict):
        return sample
    asked = call.asked.json or {}
    for name, value in call.parameters.items():
        if name in sample:
            sample[name] = value
        elif "id" in sample:
            sample["id"] = value
    if "deleted" in sample:
        sample["deleted"] = True
    rows = sample.get("data")
    if isinstance(rows, list):
        limit = asked.get("limit")
        sample["data"] = rows = rows[:limit] if isinstance(limit, int) else rows
        for number, row in enumerate(rows):
            if isinstance(row, dict):
                _echo(row, asked)
                if "id" in row and call.parameters:
                    row["id"] = f"{next(iter(call.parameters.values()))}-{number}"
        if "first_id" in sample:
            sample |= {"first_id": rows[0]["id"] if rows else None, "last_id": rows[-1]["id"] if rows else None}
    if "has_more" in sample:
        sample["has_more"] = False
    _echo(sample, asked)
    for value in asked.values():
        if isinstance(value, Upload) and "filename" in sample:
            sample |= {"filename": value.filename, "bytes": len(value.content)}
    return sample


def _echo(sample: dict[str, Any], asked: dict[str, Any]) -> None:
    """Put what was asked with in the place of what has the same name and kind."""
    sample.update({name: value for name, value in asked.items() if name in sample and type(value) is type(sample[name])})
