"""Which JSON Schemas the API takes for strict structured outputs, and how it refuses the others (api-facts E.1 to E.3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jsonschema_rs

from mockapi import json

Path = tuple[Any, ...]

# doc: supported schemas of the structured outputs guide, since mid 2025
MAX_PROPERTIES = 5_000
MAX_DEPTH = 10
MAX_ENUM_VALUES = 1_000
MAX_NAME_CHARACTERS = 120_000
MAX_ENUM_CHARACTERS = 15_000
TYPES = ("string", "number", "boolean", "integer", "object", "array", "null")
FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
# doc: not supported; `'<keyword>' is not permitted.`
FORBIDDEN = (
    "allOf", "oneOf", "not", "dependentRequired", "dependentSchemas", "if", "then", "else", "patternProperties",
    "unevaluatedProperties", "unevaluatedItems", "propertyNames", "minProperties", "maxProperties", "prefixItems",
    "uniqueItems", "contains", "minContains", "maxContains", "additionalItems", "dependencies",
)  # fmt: skip
_NO_SCHEMA = "Please ensure it is a valid JSON Schema."
_REMEMBERED_LENGTH = 32 * 1024


def refusal(schema: dict[str, Any], *, head: str) -> str | None:
    """The API's sentence about the first fault of a strict schema, or None if it is in the subset.

    `head` is `response_format 'name'` or `function 'name'`.
    """
    return _headed(head, json.write(schema), _remembered, _strict_reason)


def loose_refusal(schema: dict[str, Any], *, head: str) -> str | None:
    """What the API refuses of a function's schema that is not strict: what is no schema of an object, an array without items."""
    return _headed(head, json.write(schema), _remembered_loose, _loose_reason)


def _headed(head: str, text: bytes, remembered: Callable[[bytes], str | None], anew: Callable[[bytes], str | None]) -> str | None:
    reason = remembered(text) if len(text) <= _REMEMBERED_LENGTH else anew(text)
    return None if reason is None else f"Invalid schema for {head}: {reason}"


def _strict_reason(text: bytes) -> str | None:
    reason = _Check(json.read(text)).reason()
    if reason is not None:
        return reason
    from mockapi.engine import sampler

    plan = sampler.planned(text)
    # guess: no recording of an expression that is none, or of a schema that nothing satisfies; what the model cannot
    # write is refused with them rather than answered wrongly
    return None if plan.is_schema and plan.has_instance() else _NO_SCHEMA


def _loose_reason(text: bytes) -> str | None:
    schema = json.read(text)
    kind = schema.get("type")
    if schema and kind is not None and kind != "object":
        return _root_type(kind)
    return _structure(schema) or _without_items(schema, (), 0)


_remembered = lru_cache(maxsize=256)(_strict_reason)
_remembered_loose = lru_cache(maxsize=256)(_loose_reason)


def _structure(schema: dict[str, Any]) -> str | None:
    """How a schema breaks the rules of JSON Schema itself."""
    from mockapi.engine import judge

    try:
        jsonschema_rs.meta.validate(judge.of_a_draft(schema))
    except jsonschema_rs.ValidationError as fault:
        kind, shown = fault.kind, repr(fault.instance)
        if len(shown) <= 200 and isinstance(kind, jsonschema_rs.ValidationErrorKind.Type):
            # seen: [] is not of type 'object', 'boolean'.
            return f"{shown} is not of type {', '.join(repr(name) for name in sorted(kind.types, reverse=True))}."
        if len(shown) <= 200 and isinstance(kind, jsonschema_rs.ValidationErrorKind.AnyOf):
            # guess: the sentence of the same validator for an unknown type
            return f"{shown} is not valid under any of the given schemas."
        return _NO_SCHEMA
    except (ValueError, jsonschema_rs.ReferencingError):
        return _NO_SCHEMA
    return None


def _root_type(kind: Any) -> str:
    shown = "None" if kind is None else kind
    return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{shown}\"'."


def _context(path: Path, reason: str) -> str:
    return f"In context={path!r}, {reason}"


def _without_items(node: Any, path: Path, depth: int) -> str | None:
    """An array schema without `items` anywhere below."""
    if not isinstance(node, dict) or depth > 64:
        return None
    if node.get("type") == "array" and "items" not in node and "prefixItems" not in node:
        return _context(path, "array schema missing items.")
    for keyword in ("properties", "$defs", "definitions"):
        children = node.get(keyword)
        if isinstance(children, dict):
            for name, child in children.items():
                reason = _without_items(child, (*path, keyword, name), depth + 1)
                if reason:
                    return reason
    reason = _without_items(node.get("items"), (*path, "items"), depth + 1)
    if reason:
        return reason
    branches = node.get("anyOf")
    for number, child in enumerate(branches if isinstance(branches, list) else ()):
        reason = _without_items(child, (*path, "anyOf", number), depth + 1)
        if reason:
            return reason
    return None


class _Check:
    """One pass over one schema: root, sizes, then the tree in document order."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.root = schema
        self.properties = 0
        self.enum_values = 0
        self.characters = 0
        self.depth = 0

    def reason(self) -> str | None:
        kind = self.root.get("type")
        if kind != "object" or "anyOf" in self.root:
            return _root_type(kind if kind != "object" else None)
        try:
            self._measure(self.root, 0)
        except RecursionError:
            return _NO_SCHEMA
        # seen: a schema of 15 levels reports 14, the root is not counted
        if self.depth > MAX_DEPTH:
            return f"{self.depth} levels of nesting exceeds limit of {MAX_DEPTH}."
        if self.properties > MAX_PROPERTIES:
            return f"{self.properties} parameters exceeds limit of {MAX_PROPERTIES}."
        if self.enum_values > MAX_ENUM_VALUES:
            return (
                f"Expected at most {MAX_ENUM_VALUES} enum values in total within a single schema when using structured outputs, "
                f"but received {self.enum_values}."
            )
        if self.characters > MAX_NAME_CHARACTERS or _structure(self.root):
            return _NO_SCHEMA
        return self._node(self.root, ())

    def _measure(self, node: Any, depth: int) -> None:
        if isinstance(node, list):
            for child in node:
                self._measure(child, depth)
        if not isinstance(node, dict):
            return
        if "properties" in node:
            self.depth = max(self.depth, depth)
        values = node.get("enum")
        if isinstance(values, list):
            self.enum_values += len(values)
            self.characters += sum(len(value) for value in values if isinstance(value, str))
        if isinstance(node.get("const"), str):
            self.characters += len(node["const"])
        children = node.get("properties")
        if isinstance(children, dict):
            self.properties += len(children)
            self.characters += sum(map(len, children))
            for child in children.values():
                self._measure(child, depth + 1)
        self._measure(node.get("items"), depth + 1)
        self._measure(node.get("anyOf"), depth)
        for keyword in ("$defs", "definitions"):
            named = node.get(keyword)
            if isinstance(named, dict):
                self.characters += sum(map(len, named))
                for child in named.values():
                    self._measure(child, depth)

    def _node(self, node: Any, path: Path) -> str | None:
        if not isinstance(node, dict):
            return _context(path, "schema must have a 'type' key.")
        if "$ref" in node:
            return self._reference(node, path)
        kinds = node.get("type")
        names = kinds if isinstance(kinds, list) else [kinds]
        if kinds is not None and not all(isinstance(name, str) and name in TYPES for name in names):
            # guess: the words for an unknown type are not recorded
            return _context(path, f"{kinds!r} is not a valid type.")
        if kinds is None and not {"anyOf", "enum", "const"} & node.keys() and not _forbidden_in(node):
            return _context(path, "schema must have a 'type' key.")
        reason = self._object(node, path) if "object" in names else None
        if reason:
            return reason
        if "array" in names and "items" not in node:
            return _context(path, "array schema missing items.")
        for keyword in node:
            if keyword in FORBIDDEN:
                return _context(path, f"'{keyword}' is not permitted.")
        reason = self._values(node, path)
        return reason or self._children(node, path)

    def _object(self, node: dict[str, Any], path: Path) -> str | None:
        if node.get("additionalProperties") is not False:
            return _context(path, "'additionalProperties' is required to be supplied and to be false.")
        named = node.get("properties")
        # seen: an object without `properties` counts as not existing for the one around it
        known = {
            name: child
            for name, child in (named.items() if isinstance(named, dict) else ())
            if not (isinstance(child, dict) and child.get("type") == "object" and "properties" not in child)
        }
        required = node.get("required", [] if not known else None)
        if not isinstance(required, list):
            required = []
        for name in known:
            if name not in required:
                return _context(
                    path,
                    f"'required' is required to be supplied and to be an array including every key in properties. Missing '{name}'.",
                )
        for name in required:
            if name not in known:
                return _context(
                    path,
                    "'required' is required to be supplied and to be an array including every key in properties. "
                    f"Extra required key '{name}' supplied.",
                )
        return None

    def _values(self, node: dict[str, Any], path: Path) -> str | None:
        form = node.get("format")
        if form is not None and form not in FORMATS:
            # guess: api-facts E.3
            return _context(path, f"'{form}' is not a valid format.")
        values = node.get("enum")
        if values is not None:
            if not values:
                return _context(path, "'enum' is required to be a non-empty array.")  # guess
            if len(values) > 250 and sum(len(v) for v in values if isinstance(v, str)) > MAX_ENUM_CHARACTERS:
                return _NO_SCHEMA
        return None

    def _children(self, node: dict[str, Any], path: Path) -> str | None:
        for keyword, value in node.items():
            children: list[tuple[Path, Any]] = []
            if keyword in ("properties", "$defs", "definitions") and isinstance(value, dict):
                children = [((*path, keyword, name), child) for name, child in value.items()]
            elif keyword == "items":
                children = [((*path, keyword), value)]
            elif keyword == "anyOf":
                children = [((*path, keyword, str(number)), child) for number, child in enumerate(value)]
            for where, child in children:
                reason = self._node(child, where)
                if reason:
                    return reason
        return None

    def _reference(self, node: dict[str, Any], path: Path) -> str | None:
        siblings = {keyword for keyword in node if keyword != "$ref"}
        if siblings:
            shown = "{" + ", ".join(repr(keyword) for keyword in node if keyword != "$ref") + "}"
            return f"context={path!r}, $ref cannot have keywords {shown}."
        target = node["$ref"]
        if target == "#":
            return None
        parts = target.split("/") if isinstance(target, str) else []
        if len(parts) != 3 or parts[0] != "#" or parts[1] not in ("$defs", "definitions"):
            return _context(path, "reference can only point to definitions defined at the top level of the schema.")
        named = self.root.get(parts[1])
        if not isinstance(named, dict) or parts[2].replace("~1", "/").replace("~0", "~") not in named:
            # guess: the words for a reference to nothing are not recorded
            return _context(path, f"reference to undefined definition '{parts[2]}'.")
        return None


def _forbidden_in(node: dict[str, Any]) -> bool:
    return any(keyword in FORBIDDEN for keyword in node)
