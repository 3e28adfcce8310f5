"""What is odd about a single call though it is valid: what is deprecated, what the model does not do, what the API ignores."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from mockapi import fixtures

Row = dict[str, Any]


@cache
def _notes() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = fixtures.load("findings.toml")["note"]
    return found


def findings(row: Row) -> list[dict[str, Any]]:
    """What there is to say of a call: `kind` is `deprecated`, `ignored` or `unsupported`; `param` the member it is about."""
    return [*_noted(row), *_refused(row)]


def _noted(row: Row) -> Iterator[dict[str, Any]]:
    request = row["request"] if isinstance(row["request"], dict) else {}
    model = row["model"] or ""
    for note in _notes():
        if row["operation"] not in note["operations"]:
            continue
        if "models" in note and not any(fnmatchcase(model, pattern) for pattern in note["models"]):
            continue
        param = note.get("param")
        value = request.get(param) if param is not None else None
        if param is not None and (value is None or ("value" in note and value != note["value"])):
            continue
        if "unless" in note and request.get(note["unless"]):
            continue
        yield {"number": row["number"], "kind": note["kind"], "param": param, "says": note["says"]}


def _refused(row: Row) -> Iterator[dict[str, Any]]:
    reply = row["reply"]
    error = reply.get("error") if isinstance(reply, dict) else None
    if isinstance(error, dict) and error.get("code") in ("unsupported_parameter", "unsupported_value", "model_not_found"):
        yield {"number": row["number"], "kind": "unsupported", "param": error.get("param"), "says": error.get("message")}
