"""Replies that say something of the request: `{{ user }}`, `{{ match.1 }}`, `{{ request.messages.0.content }}`."""

from __future__ import annotations

import re
from typing import Any

from mockapi import json

_PLACE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
ROOTS = ("user", "system", "model", "match", "request", "headers", "call", "results")


def fill(value: Any, told: dict[str, Any]) -> Any:
    """A value with every place in its texts filled in. A text that is one place alone becomes what is there, whatever its type."""
    if isinstance(value, str):
        if "{{" not in value:
            return value
        alone = _PLACE.fullmatch(value)
        if alone is not None:
            found = _look(alone[1], told)
            return "" if found is None else found
        return _PLACE.sub(lambda place: _text(_look(place[1], told)), value)
    if isinstance(value, list):
        return [fill(item, told) for item in value]
    if isinstance(value, dict):
        return {name: fill(item, told) for name, item in value.items()}
    return value


def text(value: str, told: dict[str, Any]) -> str:
    """A text with every place filled in."""
    return _PLACE.sub(lambda place: _text(_look(place[1], told)), value) if "{{" in value else value


def unknown(value: Any) -> str | None:
    """The first place whose beginning is not known, if there is one."""
    if isinstance(value, str):
        for place in _PLACE.finditer(value):
            root = place[1].split(".")[0]
            if root not in ROOTS:
                return root
        return None
    items = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return next((found for item in items if (found := unknown(item)) is not None), None)


def _look(path: str, told: dict[str, Any]) -> Any:
    value: Any = told
    for name in path.split("."):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.lstrip("-").isdigit() and -len(value) <= int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.write(value).decode()
