"""Templates: `{{item.…}}` and `{{sample.…}}` in a grader's texts, filled from a row of data and what a model said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mockapi import json

NAMESPACES = ("item", "sample")
_TEMPLATE = re.compile(r"\{\{([^{}]*)\}\}")
# A namespace and a variable, then members by name or by place: `item.rows[0].name`, `item.rows.0['name']`.
_PATH = re.compile(r"(\w+)((?:\.[^.\[\]]+|\[[^\[\]]+\])+)")
_STEP = re.compile(r"\.([^.\[\]]+)|\[([^\[\]]+)\]")
# What the texts of a grader may grow to: templates may name a long variable many times.
_LONGEST = 4_000_000
_NOTHING = object()


def variables(text: str) -> Iterator[tuple[str, str]]:
    """Each template of a text as it is written inside its braces, and its namespace; "" where it has no namespace and variable."""
    for inside in _TEMPLATE.findall(text):
        found = _PATH.fullmatch(inside.strip())
        yield inside.strip(), found[1] if found else ""


class Variables:
    """What the templates of one grader find, and what they miss.

    `missing` holds the variables that are not there, `material` the texts that came from the item, `unread` tells that the sample is
    no JSON although a template asks for its members, `cut` that a text grew too long.
    """

    def __init__(self, item: dict[str, Any], sample: str) -> None:
        self.item = item
        self.sample = sample
        self.missing: list[str] = []
        self.material: list[str] = []
        self.unread = False
        self.cut = False
        self._room = _LONGEST

    def fill(self, text: str) -> str:
        """A text with its templates filled; a missing variable leaves nothing."""
        pieces: list[str] = []
        place = 0
        for found in _TEMPLATE.finditer(text):
            pieces.append(text[place : found.start()])
            place = found.end()
            if self._room <= 0:
                self.cut = True
                return "".join(pieces)
            value = self._value(found[1].strip())
            self._room -= len(value)
            pieces.append(value)
        return "".join([*pieces, text[place:]])

    def _value(self, path: str) -> str:
        found = _PATH.fullmatch(path)
        steps = [(name or number).strip("'\" ") for name, number in _STEP.findall(found[2])] if found else []
        value = self._named(found[1], steps) if found else _NOTHING
        if value is _NOTHING:
            self.missing.append(path)
            return ""
        text = value if isinstance(value, str) else json.write(value).decode()
        if found is not None and found[1] == "item" and text not in self.material:
            self.material.append(text)
        return text

    def _named(self, namespace: str, steps: list[str]) -> Any:
        if namespace == "item":
            return _member(self.item, steps)
        if namespace != "sample":
            return _NOTHING
        if steps[0] == "output_json":
            try:
                return _member(json.read(self.sample.encode()), steps[1:])
            except ValueError:
                self.unread = True
                return _NOTHING
        return _member(self._sample, steps)

    @property
    def _sample(self) -> dict[str, Any]:
        # doc: the variables of a sample; a sample of this endpoint is a text and has neither tools nor audio
        message = {"role": "assistant", "content": self.sample}
        return {"output_text": self.sample, "output_tools": [], "choices": [{"index": 0, "message": message}]}

    def named_sample(self) -> dict[str, Any]:
        """The sample as a Python grader gets it: its variables by name, `output_json` being None where it is no JSON."""
        try:
            read = json.read(self.sample.encode())
        except ValueError:
            read = None
        return {**self._sample, "output_json": read}


def _member(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and len(step) < 10 and int(step) < len(value):
            value = value[int(step)]
        else:
            return _NOTHING
    return value


def texts(value: Any) -> Iterator[str]:
    """All texts and numbers in a row of data, in order."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)
        elif value is not None and not isinstance(value, bool):
            yield str(value)
