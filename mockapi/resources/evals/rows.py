"""The rows of a run's data: whether they are what their eval expects, and how they are kept until they are run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from mockapi import json
from mockapi.contract.wording import Place, invalid_type, missing, unknown
from mockapi.errors import ApiError
from mockapi.resources import batch_lines
from mockapi.resources.evals import refusals

if TYPE_CHECKING:
    from mockapi.engine.judge import Judge

# Characters of a fault that are told: it may quote what it is about.
_LONGEST = 400
_KINDS = {
    "object": "an object", "array": "an array", "string": "a string", "integer": "an integer", "number": "a decimal",
    "boolean": "a boolean", "null": "null",
}  # fmt: skip


def judge(schema: dict[str, Any]) -> Judge:
    # Imported on first use: few clients describe data.
    from mockapi.engine.judge import Judge

    return Judge(schema, len(json.write(schema)))


def broken(schema: dict[str, Any]) -> str | None:
    """Why a schema is none; None if it is one."""
    from mockapi.engine.judge import validator

    if not judge(schema).broken:
        return None
    try:
        validator(schema)
    except ValueError as fault:
        return str(fault).partition("\n")[0].rstrip(".")[:_LONGEST]
    return "it is not a valid JSON schema"


def check(rows: Iterable[tuple[Place, dict[str, Any]]], schema: dict[str, Any], *, sampled: bool) -> Iterator[bytes]:
    """The lines that rows are kept as, `schema` being that of a row. Raises for the first that is not what it says.

    Rows that are not `sampled` have a sample of their own where the schema demands one.
    """
    described, needs = schema["properties"]["item"], "sample" in schema["required"] and not sampled
    able = judge(described)
    for place, row in rows:
        if needs and row.get("sample") is None:
            raise missing(place.key("sample").param)
        line = json.write(row)
        # What cannot be judged soon is taken as it is.
        if able.accepts(row["item"], len(line)) is False:
            raise _fault(described, row["item"], place.key("item"))
        yield line + b"\n"


def _fault(schema: dict[str, Any], item: Any, place: Place) -> ApiError:
    """The first fault of an item, in the API's words where it has some."""
    from mockapi.engine.judge import validator

    fault = next(iter(validator(schema).iter_errors(item)), None)
    if fault is None:
        return refusals.unlike_schema(place, "it does not match the item schema")
    found: Any = item
    for step in fault.instance_path:
        found, place = found[step], place.item(step) if isinstance(step, int) else place.key(step)
    if fault.kind.name == "required":
        return missing(place.key(fault.kind.property).param)
    if fault.kind.name == "type":
        return invalid_type(place, " or ".join(_KINDS[kind] for kind in fault.kind.types), found)
    if fault.kind.name == "additionalProperties":
        return unknown(place.key(fault.kind.unexpected[0]).param)
    return refusals.unlike_schema(place, fault.message[:_LONGEST])


def sent(content: list[dict[str, Any]]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Rows that stand in the request, each with its place there."""
    return ((_place(number), row) for number, row in enumerate(content))


def filed(content: bytes) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Rows that stand in a file, each as if it stood in the request. Raises for a line that is none."""
    for number, (_, line) in enumerate(batch_lines.lines(content)):
        try:
            row = json.read_sent(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("item"), dict) or not isinstance(row.get("sample"), dict | None):
            raise refusals.no_row(number + 1)
        yield _place(number), row


def _place(number: int) -> Place:
    name = f"data_source.source.content[{number}]"
    return Place(name, name)
