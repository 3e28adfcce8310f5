"""From a JSON Schema to an instance of it: compiled once per schema, then drawn from a stream.

What is drawn is checked by a validator before it leaves; a draw that fails is drawn again. A property's chance belongs to its name,
so a field keeps its value when another is added.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jsonschema_rs

from mockapi import json
from mockapi.engine import nodes, schemas
from mockapi.engine.hints import Cursor
from mockapi.seed import Stream, label

_ATTEMPTS = 24
_REMEMBERED_LENGTH = 32 * 1024


class _Compiler:
    """From a schema to nodes. Shared definitions are compiled once per name they are used under."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self.all: list[nodes.Node] = []
        self.references: dict[tuple[str, str], nodes.Reference] = {}

    def compile(self) -> nodes.Node:
        top = self.node(self.root, "")
        changed = True
        while changed:
            changed = False
            for node in reversed(self.all):
                height = node.settle()
                if height < node.height:
                    node.height, changed = height, True
        return top

    def _keep(self, node: nodes.Node) -> nodes.Node:
        self.all.append(node)
        return node

    def node(self, schema: Any, name: str) -> nodes.Node:
        if not isinstance(schema, dict):
            return self._keep(nodes.Text({}, name) if schema is not False else nodes.OneOf([None]))
        if isinstance(schema.get("$ref"), str):
            return self._reference(schema, name)
        schema = schemas.flattened(schema, self.root)
        if "const" in schema:
            return self._keep(nodes.OneOf([schema["const"]]))
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return self._keep(nodes.OneOf(schemas.allowed(schema)))
        branches = schema.get("anyOf") or schema.get("oneOf")
        if isinstance(branches, list) and branches:
            rest = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
            return self._keep(nodes.AnyOf([self.node(schemas.merged(rest, branch), name) for branch in branches]))
        kinds = schema.get("type")
        if isinstance(kinds, list) and kinds:
            return self._keep(nodes.AnyOf([self.node({**schema, "type": kind}, name) for kind in kinds]))
        return self._typed(schema, kinds if isinstance(kinds, str) else schemas.implied_type(schema), name)

    def _typed(self, schema: dict[str, Any], kind: str, name: str) -> nodes.Node:
        if kind == "object":
            return self._keep(self._object(schema))
        if kind == "array":
            return self._keep(self._array(schema, name))
        if kind in ("integer", "number"):
            return self._keep(nodes.Number(schema, name, whole=kind == "integer"))
        if kind == "boolean":
            return self._keep(nodes.Boolean())
        if kind == "null":
            return self._keep(nodes.OneOf([None]))
        return self._keep(nodes.Text(schema, name))

    def _object(self, schema: dict[str, Any]) -> nodes.Object:
        required = schema.get("required")
        needed = [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
        properties = schema.get("properties")
        named = dict(properties) if isinstance(properties, dict) else {}
        rest = schema.get("additionalProperties")
        for name in needed:
            named.setdefault(name, rest if isinstance(rest, dict) else {})
        fields = [
            nodes.Field(name, label(name), self.node(child, name), name in needed) for name, child in named.items() if child is not False
        ]
        matching = schema.get("patternProperties")
        extra_names = [
            (self.node({"type": "string", "pattern": expression}, ""), self.node(child, ""))
            for expression, child in (matching.items() if isinstance(matching, dict) else ())
        ]
        extra = self.node(rest, "") if isinstance(rest, dict) else None
        if extra is None and rest is not False and nodes.whole_number(schema.get("minProperties"), 0) > len(fields):
            extra = self._keep(nodes.Text({}, ""))
        if extra is not None and isinstance(schema.get("propertyNames"), dict):
            extra_names.append((self.node({"type": "string", **schema["propertyNames"]}, ""), extra))
        return nodes.Object(fields, extra, extra_names, schema)

    def _array(self, schema: dict[str, Any], name: str) -> nodes.Array:
        leading = schema.get("prefixItems")
        first = [self.node(child, name) for child in leading] if isinstance(leading, list) else []
        items = schema.get("items", schema.get("contains"))
        single = name[:-1] if name.endswith("s") and not name.endswith("ss") else name
        item = None if items is False else self.node({} if items is None or items is True else items, single)
        return nodes.Array(first, item, schema)

    def _reference(self, schema: dict[str, Any], name: str) -> nodes.Node:
        pointer = schema["$ref"]
        if len(schema) > 1:
            target = schemas.resolve(self.root, pointer)
            siblings = {key: value for key, value in schema.items() if key != "$ref"}
            if isinstance(target, dict) and siblings.keys() - schemas.ANNOTATIONS:
                return self.node(schemas.merged(target, siblings), name)
        known = self.references.get((pointer, name))
        if known is not None:
            return known
        node = self.references[pointer, name] = nodes.Reference()
        self.all.append(node)
        target = schemas.resolve(self.root, pointer)
        if target is not None:
            node.target = self.node(target, name)
        return node


class Plan:
    """A compiled schema, ready to be drawn from any number of times."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._root = _Compiler(schema).compile()
        self.possible = self._root.height < nodes.ENDLESS
        try:
            self._validator: Any = jsonschema_rs.validator_for(schema, validate_formats=True)
        except ValueError:
            self._validator = None

    def instance(self, stream: Stream, cursor: Cursor | None = None) -> tuple[Any, bool]:
        """An instance, and whether it is whole and valid. A schema that nothing satisfies gives the nearest try."""
        value: Any = None
        for attempt in range(_ATTEMPTS):
            draw = nodes.Draw(cursor if attempt == 0 else None)
            value = self._root.make(stream.child(attempt), draw, 0)
            if draw.budget <= 0:
                return value, False
            if self._validator is None or self._validator.is_valid(value):
                return value, True
        return value, False

    def accepts(self, value: Any) -> bool:
        """Whether a value is an instance; nothing is, of a schema that is none."""
        return self._validator is not None and bool(self._validator.is_valid(value))


def plan(schema: dict[str, Any]) -> Plan:
    """The plan of a schema; equal schemas share one."""
    return planned(json.write(schema))


def planned(text: bytes) -> Plan:
    """The plan of a schema's text."""
    return _remembered(text) if len(text) <= _REMEMBERED_LENGTH else _plan(text)


def _plan(text: bytes) -> Plan:
    return Plan(json.read(text))


_remembered = lru_cache(maxsize=256)(_plan)
