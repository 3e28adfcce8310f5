"""The independent judge of instances: jsonschema-rs, offline, and never asked what it could not answer soon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from mockapi.engine import pattern, schemas

_LONGEST = 2_000_000  # bytes of a schema
_MOST_REFERENCES = 8_000
_MOST_STATES = 400_000  # of all expressions together
_MOST_MATCHING = 200_000_000  # states of expressions times characters
_MOST_STEPS = 3_000_000  # of one judgement
_MOST_PAIRS = 100_000  # of subschemas and values, counted before a judgement that may branch
_DEEPEST = 300
_OPTIONS = jsonschema_rs.FancyRegexOptions(backtrack_limit=20_000)
_DRAFTS = frozenset((
    "http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-04/schema", "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-06/schema", "http://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema", "https://json-schema.org/draft/2020-12/schema",
))  # fmt: skip
_LISTS = ("anyOf", "oneOf", "allOf")
_SINGLE = ("not", "if", "then", "else")
_COMPOUND = frozenset((
    "$ref", "$dynamicRef", "$recursiveRef", *_LISTS, *_SINGLE, "properties", "patternProperties", "additionalProperties", "items",
    "prefixItems", "contains", "propertyNames", "dependentSchemas", "dependencies", "unevaluatedProperties", "unevaluatedItems",
    "additionalItems",
))  # fmt: skip


class Judge:
    """Whether values are instances of one schema. `able` is False of what is no schema, or one too large to judge by."""

    def __init__(self, schema: dict[str, Any], size: int = 0) -> None:
        self._root = schema
        self._validator: Any = None
        self.broken = False
        self.branching = False
        self._states = 0
        if size > _LONGEST:
            return
        seen = _Seen(schema)
        self.branching, self._states = seen.branching, seen.states
        if seen.references > _MOST_REFERENCES or seen.states > _MOST_STATES:
            return
        try:
            self._validator = validator(_reworded(schema) if seen.named else schema)
        except ValueError:
            self.broken = True

    @property
    def able(self) -> bool:
        return self._validator is not None

    def accepts(self, value: Any, size: int) -> bool | None:
        """Whether a value of about so many characters is an instance; None if that could not be told soon."""
        if self._validator is None or self._states * size > _MOST_MATCHING:
            return None
        if self.branching and not _Effort(self._root).is_small(value):
            return None
        return bool(self._validator.is_valid(value))


def validator(schema: dict[str, Any]) -> Any:
    """A validator that fetches nothing. Raises ValueError for what is no schema."""
    try:
        return jsonschema_rs.validator_for(of_a_draft(schema), validate_formats=True, offline=True, pattern_options=_OPTIONS)
    except jsonschema_rs.ReferencingError as fault:
        raise ValueError(str(fault)) from None


def of_a_draft(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without the name of a draft that nobody knows."""
    named = schema.get("$schema")
    if "$schema" not in schema or (isinstance(named, str) and named in _DRAFTS):
        return schema
    return {key: value for key, value in schema.items() if key != "$schema"}


class _Seen:
    """What one pass over a schema finds: expressions, references, and places where a judge may branch without end."""

    def __init__(self, schema: Any) -> None:
        self.references = 0
        self.states = 0
        self.named = False
        self.branching = False
        left = [schema]
        while left:
            node = left.pop()
            if isinstance(node, list):
                left.extend(child for child in node if isinstance(child, (dict, list)))
                continue
            if "$ref" in node:
                self.references += 1
            if "pattern" in node:
                self._expression(node["pattern"])
            if "patternProperties" in node and isinstance(node["patternProperties"], dict):
                for expression in node["patternProperties"]:
                    self._expression(expression)
            if not self.branching and len(node.keys() & _COMPOUND) > 0:
                self.branching = _wide(node)
            left.extend(child for child in node.values() if isinstance(child, (dict, list)))

    def _expression(self, expression: Any) -> None:
        if isinstance(expression, str):
            self.named = self.named or "\\k<" in expression
            self.states += pattern.size(expression)


def _wide(node: dict[str, Any]) -> bool:
    """Whether more than one subschema for the same value leads to others."""
    count = sum(not _is_flat(branch) for branch in _in_place(node))
    if "$dynamicRef" in node or "$recursiveRef" in node:
        return True
    return count + ("$ref" in node and len(node) > 1) + (count > 0 and "properties" in node) > 1


def _in_place(node: dict[str, Any]) -> Iterator[Any]:
    for keyword in _LISTS:
        branches = node.get(keyword)
        if isinstance(branches, list):
            yield from branches
    for keyword in _SINGLE:
        if keyword in node:
            yield node[keyword]
    for keyword in ("dependentSchemas", "dependencies"):
        branches = node.get(keyword)
        if isinstance(branches, dict):
            yield from branches.values()


def _is_flat(node: Any) -> bool:
    """Whether a subschema ends here, or in properties that do."""
    if not isinstance(node, dict):
        return True
    compound = node.keys() & _COMPOUND - {"additionalProperties"}
    if isinstance(node.get("additionalProperties"), dict):
        return False
    named = node.get("properties")
    if compound == {"properties"} and isinstance(named, dict):
        return not any(isinstance(child, dict) and child.keys() & _COMPOUND for child in named.values())
    return not compound


class _TooMuch(Exception):
    pass


class _Effort:
    """How many steps a judgement takes that judges every subschema each time it comes to it."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self.known: dict[tuple[int, int], int] = {}

    def is_small(self, value: Any) -> bool:
        try:
            return self._steps(self.root, value, 0) <= _MOST_STEPS
        except _TooMuch:
            return False

    def _steps(self, schema: Any, value: Any, depth: int) -> int:
        if not isinstance(schema, dict):
            return 1
        key = (id(schema), id(value))
        found = self.known.get(key)
        if found is not None:
            return found
        if depth > _DEEPEST or len(self.known) > _MOST_PAIRS:
            raise _TooMuch
        self.known[key] = 0  # of a loop: the judge does not go round it
        total = 1 + sum(self._steps(branch, value, depth + 1) for branch in _in_place(schema))
        pointer = schema.get("$ref", schema.get("$dynamicRef", schema.get("$recursiveRef")))
        if isinstance(pointer, str):
            total += self._steps(schemas.resolve(self.root, pointer), value, depth + 1)
        total += sum(self._steps(child, part, depth + 1) for child, part in _inside(schema, value))
        if total > _MOST_STEPS:
            raise _TooMuch
        self.known[key] = total
        return total


def _inside(schema: dict[str, Any], value: Any) -> Iterator[tuple[Any, Any]]:
    """Subschemas for the parts of a value, each with its part."""
    if isinstance(value, dict):
        named = schema.get("properties")
        if isinstance(named, dict):
            yield from ((named[name], value[name]) for name in named.keys() & value.keys())
        for keyword in ("additionalProperties", "unevaluatedProperties"):
            if isinstance(schema.get(keyword), dict):
                yield from ((schema[keyword], part) for part in value.values())
        matching = schema.get("patternProperties")
        if isinstance(matching, dict):
            yield from ((child, part) for child in matching.values() for part in value.values())
    elif isinstance(value, list):
        leading = schema.get("prefixItems")
        if isinstance(leading, list):
            yield from zip(leading, value, strict=False)
        for keyword in ("items", "contains", "unevaluatedItems", "additionalItems"):
            if isinstance(schema.get(keyword), dict):
                yield from ((schema[keyword], part) for part in value)


def _reworded(node: Any) -> Any:
    """A schema whose expressions name groups only by number: the judge knows no other back references."""
    if isinstance(node, list):
        return [_reworded(child) for child in node]
    if not isinstance(node, dict):
        return node
    made = {key: _reworded(value) for key, value in node.items()}
    if isinstance(made.get("pattern"), str):
        made["pattern"] = pattern.judged(made["pattern"])
    if isinstance(made.get("patternProperties"), dict):
        made["patternProperties"] = {pattern.judged(expression): child for expression, child in made["patternProperties"].items()}
    return made
