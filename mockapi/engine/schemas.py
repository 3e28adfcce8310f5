"""Small operations on JSON Schemas: references, merging, and what a schema implies."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from mockapi import json

# Keywords that say nothing about a value.
ANNOTATIONS = frozenset(
    (
        "title",
        "description",
        "default",
        "examples",
        "$comment",
        "deprecated",
        "readOnly",
        "writeOnly",
        "$defs",
        "definitions",
        "$schema",
        "$id",
        "$anchor",
    )
)
_TIGHTER_LOW = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_TIGHTER_HIGH = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_FOLDED = frozenset(("$ref", "allOf", "if", "then", "else"))
# What is said about a value itself, not about its parts; an enum's members are looked through for it.
_ASSERTIONS = (
    *_TIGHTER_LOW, *_TIGHTER_HIGH, "multipleOf", "pattern", "format", "required", "uniqueItems",
)  # fmt: skip
_PYTHON: dict[str, Any] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict, "array": list, "null": type(None),
}  # fmt: skip
_IMPLIED = (
    ("object", ("properties", "required", "additionalProperties", "patternProperties", "minProperties", "propertyNames")),
    ("array", ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains")),
    ("number", ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum")),
)


def resolve(root: dict[str, Any], pointer: str) -> Any:
    """The subschema a local reference points to; None if it points to nothing."""
    if not pointer.startswith("#"):
        return None
    found: Any = root
    for part in pointer[1:].split("/")[1:]:
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isascii() and key.isdigit() and len(key) < 10 and int(key) < len(found):
            found = found[int(key)]
        else:
            return None
    return found


def implied_type(schema: dict[str, Any]) -> str:
    """The type that a schema without one is about."""
    for kind, keywords in _IMPLIED:
        if any(keyword in schema for keyword in keywords):
            return kind
    return "string"


class TooMuch(Exception):
    """A schema that says more than is worth reading."""


class Fold:
    """Puts what schemas say about the same value into one, within an effort that all calls share."""

    def __init__(self, root: dict[str, Any], effort: int) -> None:
        self.root = root
        self.effort = effort

    def spend(self, effort: int) -> None:
        """Raises TooMuch once the effort is used up."""
        self.effort -= effort
        if self.effort < 0:
            raise TooMuch

    def merged(self, left: Any, right: Any) -> Any:
        """A schema that says what both say, as far as a draw needs it."""
        if not isinstance(left, dict) or not isinstance(right, dict):
            return right if isinstance(right, dict) else (left if right is not False else False)
        self.spend(4 + len(left) + len(right))
        result = dict(left)
        for key, value in right.items():
            mine = result.get(key)
            if mine is None:
                result[key] = value
            elif key == "properties" and isinstance(mine, dict) and isinstance(value, dict):
                self.spend(len(mine) + len(value))
                both = {name: self.merged(mine[name], child) if name in mine else child for name, child in value.items()}
                result[key] = {**mine, **both}
            elif key in ("required", "enum") and isinstance(mine, list) and isinstance(value, list):
                self.spend(len(mine) + len(value))
                result[key] = _all_of(mine, value) if key == "required" else _shared(mine, value)
            elif key in _TIGHTER_LOW and _are_numbers(mine, value):
                result[key] = max(mine, value)
            elif key in _TIGHTER_HIGH and _are_numbers(mine, value):
                result[key] = min(mine, value)
            elif key in ("allOf", "anyOf", "oneOf") and isinstance(mine, list) and isinstance(value, list):
                self.spend(len(mine) + len(value))
                rest = {"allOf": [{key: mine}, {key: value}]} if key != "allOf" else {key: mine + value}
                result.pop(key)
                result = self.merged(result, rest)
            elif key == "type":
                result[key] = _type_of_both(mine, value)
            elif key == "items":
                result[key] = self.merged(mine, value)
            else:
                result[key] = value
        return result

    def flattened(self, schema: dict[str, Any], opened: frozenset[str]) -> tuple[dict[str, Any], frozenset[str]]:
        """A schema with its `$ref`, `allOf` and `if` put into itself, and the references that were opened for it.

        A reference that is open already says nothing new.
        """
        if not schema.keys() & _FOLDED:
            return schema, opened
        made: Any = {}
        parts: list[Any] = [schema]
        while parts:
            part = parts.pop()
            if not isinstance(part, dict) or not part.keys() & _FOLDED:
                made = self.merged(made, part)
                continue
            self.spend(4 + len(part))
            rest = {key: value for key, value in part.items() if key not in _FOLDED}
            more = []
            pointer = part.get("$ref")
            if isinstance(pointer, str) and pointer not in opened:
                opened |= {pointer}
                self.spend(len(opened))
                more.append(resolve(self.root, pointer))
            if "if" in part:
                options = [{"allOf": [part["if"], part.get("then", True)]}, part.get("else", {})]
                more += [rest, {"anyOf": options}]
            else:
                more.append(rest)
            if isinstance(part.get("allOf"), list):
                more += part["allOf"]
            parts.extend(reversed(more))
        return made if isinstance(made, dict) else {"enum": []}, opened


def allowed(schema: dict[str, Any]) -> list[Any]:
    """The members of an enum, or the const, that the rest of its schema allows."""
    options: list[Any] = [schema["const"]] if "const" in schema else schema["enum"]
    if "const" in schema and isinstance(schema.get("enum"), list):
        options = _shared(options, schema["enum"])
    kind = schema.get("type")
    if isinstance(kind, str) and kind in _PYTHON:
        options = [option for option in options if _is_of(option, kind)]
    elif isinstance(kind, list):
        options = [option for option in options if any(_is_of(option, one) for one in kind if isinstance(one, str))]
    rest = {key: schema[key] for key in _ASSERTIONS if key in schema}
    if not rest:
        return options
    try:
        validator = jsonschema_rs.validator_for(rest, validate_formats=True, offline=True)
    except (ValueError, jsonschema_rs.ReferencingError):
        return options
    return [option for option in options if validator.is_valid(option)]


def _is_of(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return kind not in _PYTHON or isinstance(value, _PYTHON[kind])


def _all_of(left: list[Any], right: list[Any]) -> list[Any]:
    known = {name for name in left if isinstance(name, str)}
    return [*left, *(name for name in right if not isinstance(name, str) or name not in known)]


def _shared(left: list[Any], right: list[Any]) -> list[Any]:
    known = {json.write(option) for option in right}
    return [option for option in left if json.write(option) in known]


def _are_numbers(left: Any, right: Any) -> bool:
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (left, right))


def _type_of_both(left: Any, right: Any) -> Any:
    mine = left if isinstance(left, list) else [left]
    others = right if isinstance(right, list) else [right]
    common = [kind for kind in mine if kind in others]
    if (not common and "integer" in others and "number" in mine) or ("number" in others and "integer" in mine):
        common = ["integer"]
    return common[0] if len(common) == 1 else (common or right)
