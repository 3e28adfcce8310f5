"""Strategies that several laws share."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**6), 10**20), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=12)
)
json_values = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=12
)
names = st.text(string.ascii_letters + "_éж🙂 /~-", min_size=1, max_size=10)
_PATTERNS = st.sampled_from([r"^[A-Z]{2,4}\d+$", r"^\w+@\w+\.com$", "[aeiou]", r"^(red|green|blue)$", r"^\d{4}-\d{2}$", r"^[^\s]{3,9}$"])
_FORMATS = st.sampled_from(["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"])


@st.composite
def _numbers(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": kind}
    low = draw(st.none() | st.integers(-1000, 1000))
    if low is not None:
        schema[draw(st.sampled_from(["minimum", "exclusiveMinimum"]))] = low
    if draw(st.booleans()):
        schema[draw(st.sampled_from(["maximum", "exclusiveMaximum"]))] = (
            low if low is not None else draw(st.integers(-1000, 1000))
        ) + draw(st.integers(20, 500))
    if draw(st.booleans()):
        schema["multipleOf"] = draw(st.sampled_from([1, 2, 5, 7] if kind == "integer" else [0.5, 0.25, 2, 0.1]))
    return schema


@st.composite
def _strings(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["plain", "length", "pattern", "format"]))
    if kind == "length":
        shortest = draw(st.integers(0, 30))
        return {"type": "string", "minLength": shortest, "maxLength": shortest + draw(st.integers(0, 30))}
    if kind == "pattern":
        return {"type": "string", "pattern": draw(_PATTERNS)}
    return {"type": "string", "format": draw(_FORMATS)} if kind == "format" else {"type": "string"}


_LEAVES = st.one_of(
    _strings(),
    _numbers("integer"),
    _numbers("number"),
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.just({"type": ["string", "null"]}),
    st.builds(
        lambda values: {"enum": values}, st.lists(st.text(max_size=6) | st.integers() | st.none(), min_size=1, max_size=5, unique_by=repr)
    ),
    st.builds(lambda value: {"const": value}, st.text(max_size=6) | st.integers(-5, 5)),
    st.sampled_from([{"$ref": "#/$defs/one"}, {"$ref": "#/$defs/two"}]),
)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _array(items: dict[str, Any], least: int, more: int | None) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "array", "items": items, "minItems": least}
    return schema if more is None else {**schema, "maxItems": least + more}


def _wider(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.builds(_object, st.dictionaries(names, inner, min_size=1, max_size=4)),
        st.builds(_array, inner, st.integers(0, 3), st.none() | st.integers(0, 3)),
        st.builds(lambda branches: {"anyOf": branches}, st.lists(inner, min_size=1, max_size=3)),
    )


_nodes = st.recursive(_LEAVES, _wider, max_leaves=8)


@st.composite
def strict_schemas(draw: st.DrawFn) -> dict[str, Any]:
    """A schema of the documented strict subset, with two definitions that may refer to themselves and to each other.

    A definition's own references stand in an array or beside null, so that there is a finite instance.
    """
    loop = {"anyOf": [{"$ref": draw(st.sampled_from(["#/$defs/one", "#/$defs/two"]))}, {"type": "null"}]}
    definitions = {
        "one": _object({"value": {"type": "string"}, "next": loop}),
        "two": _object({"items": {"type": "array", "items": {"$ref": draw(st.sampled_from(["#/$defs/one", "#/$defs/two"]))}}}),
    }
    return {**_object(draw(st.dictionaries(names, _nodes, max_size=4))), "$defs": definitions}
