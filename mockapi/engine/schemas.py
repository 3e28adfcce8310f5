"""Small operations on JSON Schemas: references, merging, and what a schema implies."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import jsonschema_rs

ANNOTATIONS = frozenset(("title", "description", "default", "examples", "$comment", "deprecated", "readOnly", "writeOnly"))
_TIGHTER_LOW = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_TIGHTER_HIGH = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
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
        elif isinstance(found, list) and key.isdigit() and int(key) < len(found):
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


def merged(left: Any, right: Any) -> Any:
    """A schema that says what both say, as far as a draw needs it."""
    if not isinstance(left, dict) or not isinstance(right, dict):
        return right if isinstance(right, dict) else (left if right is not False else False)
    result = dict(left)
    for key, value in right.items():
        mine = result.get(key)
        if mine is None:
            result[key] = value
        elif key == "properties" and isinstance(mine, dict) and isinstance(value, dict):
            result[key] = {**mine, **{name: merged(mine[name], child) if name in mine else child for name, child in value.items()}}
        elif key == "required" and isinstance(mine, list) and isinstance(value, list):
            result[key] = [*mine, *(name for name in value if name not in mine)]
        elif key in _TIGHTER_LOW and _are_numbers(mine, value):
            result[key] = max(mine, value)
        elif key in _TIGHTER_HIGH and _are_numbers(mine, value):
            result[key] = min(mine, value)
        elif key == "enum" and isinstance(mine, list) and isinstance(value, list):
            result[key] = [option for option in mine if option in value]
        elif key in ("allOf", "anyOf", "oneOf") and isinstance(mine, list) and isinstance(value, list):
            rest = {"allOf": [{key: mine}, {key: value}]} if key != "allOf" else {key: mine + value}
            result.pop(key)
            result = merged(result, rest)
        elif key == "type":
            result[key] = _type_of_both(mine, value)
        elif key == "items":
            result[key] = merged(mine, value)
        else:
            result[key] = value
    return result


def flattened(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """A schema with its `allOf` and `if` put into itself."""
    for _ in range(16):
        parts = schema.get("allOf")
        if isinstance(parts, list):
            schema = {key: value for key, value in schema.items() if key != "allOf"}
            for part in parts:
                schema = merged(schema, _dereferenced(part, root))
        elif "if" in schema:
            condition, then = schema["if"], schema.get("then", {})
            otherwise = schema.get("else", {})
            rest = {key: value for key, value in schema.items() if key not in ("if", "then", "else")}
            options = [merged(_dereferenced(condition, root), _dereferenced(then, root)), _dereferenced(otherwise, root)]
            schema = merged(rest, {"anyOf": options})
        else:
            break
    return schema


def allowed(schema: dict[str, Any]) -> list[Any]:
    """The members of an enum that the rest of its schema allows; all of them if none is."""
    rest = {key: value for key, value in schema.items() if key not in ("enum", *ANNOTATIONS)}
    options: list[Any] = schema["enum"]
    if not rest:
        return options
    try:
        validator = jsonschema_rs.validator_for(rest, validate_formats=True)
    except ValueError:
        return options
    return [option for option in options if validator.is_valid(option)] or options


def _dereferenced(schema: Any, root: dict[str, Any]) -> Any:
    for _ in range(16):
        if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
            break
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        target = resolve(root, schema["$ref"])
        schema = merged(target, rest) if isinstance(target, dict) else rest
    return schema


def _are_numbers(left: Any, right: Any) -> bool:
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (left, right))


def _type_of_both(left: Any, right: Any) -> Any:
    mine = left if isinstance(left, list) else [left]
    others = right if isinstance(right, list) else [right]
    common = [kind for kind in mine if kind in others]
    if (not common and "integer" in others and "number" in mine) or ("number" in others and "integer" in mine):
        common = ["integer"]
    return common[0] if len(common) == 1 else (common or right)
