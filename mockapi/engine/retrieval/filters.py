"""Filters over the attributes of files, as the API's JSON writes them: comparisons, joined by `and` and `or`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}


def passes(attributes: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Whether attributes fit a filter. One that is absent equals nothing and has no order (guess)."""
    kind = told["type"]
    if kind == "and":
        return all(passes(attributes, each) for each in told["filters"])
    if kind == "or":
        return any(passes(attributes, each) for each in told["filters"])
    key, value = told["key"], told["value"]
    if kind in ("ne", "nin"):
        return not passes(attributes, {"type": "eq" if kind == "ne" else "in", "key": key, "value": value})
    if key not in attributes:
        return False
    found = attributes[key]
    if kind == "eq":
        return _same(found, value)
    if kind == "in":
        return any(_same(found, each) for each in value)
    return _ordered(found, value) and _ORDERS[kind](found, value)


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _ordered(one: Any, other: Any) -> bool:
    """Whether two values have an order: two numbers, or two texts."""
    return any(isinstance(one, kind) and isinstance(other, kind) for kind in (str, (int, float))) and not (
        isinstance(one, bool) or isinstance(other, bool)
    )
