"""Schemas as flat lists of facts, so that two documents that say the same in other words compare equal.

`messages[]<role=user>.content[]<type=text>.text` is a place; `string`, `required`, `null`, `minimum 0` or `value "auto"` are facts
about it. Two sets of facts differ by lines such as `+ user: maxLength 64` (ours alone) and `- user: null` (theirs alone).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

_TAGS = ("type", "role", "object")
_BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern", "multipleOf")
Facts = dict[str, set[str]]


def facts(schema: Any, root: dict[str, Any]) -> Facts:
    """The facts of a schema; `root` is the document that its references point into."""
    found: Facts = {}
    _walk(schema, root, "", (), found)
    for known in found.values():
        if "string" in known:
            known -= {fact for fact in known if fact.startswith('value "')}
    return found


def differences(ours: Facts, theirs: Facts) -> list[str]:
    """What one side says and the other does not; of a place that one side lacks only the place."""
    lines = [f"+ {place}" for place in _tops(ours, theirs)] + [f"- {place}" for place in _tops(theirs, ours)]
    for place in ours.keys() & theirs.keys():
        lines += [f"+ {place}: {fact}" for fact in ours[place] - theirs[place]]
        lines += [f"- {place}: {fact}" for fact in theirs[place] - ours[place]]
    return sorted(lines)


def _tops(one: Facts, other: Facts) -> list[str]:
    alone = sorted(one.keys() - other.keys())

    def within(place: str, top: str) -> bool:
        return place != top and place.startswith((f"{top}.", f"{top}[", f"{top}<", f"{top}{{"))

    return [place for place in alone if not any(within(place, top) for top in alone)]


def _walk(schema: Any, root: dict[str, Any], place: str, above: tuple[str, ...], found: Facts) -> None:
    known = found.setdefault(place, set())
    options = list(_options(schema, root, above))
    objects = [option for option, _ in options if option.get("type") == "object" and option.get("properties")]
    for option, trail in options:
        if option == {"type": "null"}:
            known.add("null")
            continue
        if "const" in option or "enum" in option:
            for value in option.get("enum", [option.get("const")]):
                known.add("null" if value is None else f"value {json.dumps(value)}")
            continue
        kind = option.get("type", "array" if "items" in option else "any")
        known.add(kind)
        known.update(f"{bound} {_told(option[bound])}" for bound in _BOUNDS if bound in option)
        if kind == "array":
            _walk(option.get("items", {}), root, f"{place}[]", trail, found)
        if kind == "object":
            _object(option, root, place + (_tag(option, root) if len(objects) > 1 and option in objects else ""), trail, found)


def _told(bound: Any) -> str:
    return bound if isinstance(bound, str) else f"{float(bound):.12g}"


def _object(option: dict[str, Any], root: dict[str, Any], place: str, above: tuple[str, ...], found: Facts) -> None:
    found.setdefault(place, set())
    for name, child in option.get("properties", {}).items():
        where = f"{place}.{name}" if place else name
        _walk(child, root, where, above, found)
        if name in option.get("required", ()):
            found[where].add("required")
    if isinstance(option.get("additionalProperties"), dict) and not option.get("properties"):
        _walk(option["additionalProperties"], root, f"{place}{{}}", above, found)


def _tag(option: dict[str, Any], root: dict[str, Any]) -> str:
    """What tells an object from the others of its union."""
    for name in _TAGS:
        for child, _ in _options(option["properties"].get(name, {"type": "null"}), root, ()):
            values = child.get("enum", [child["const"]] if "const" in child else [])
            if len(values) == 1 or (values and name == "type"):
                return f"<{name}={values[0]}>"
    return f"<{'|'.join(option['properties'])}>"


def _options(schema: Any, root: dict[str, Any], above: tuple[str, ...]) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    """The alternatives of a schema, references and unions opened, with the references that lead to them."""
    schema = schema if isinstance(schema, dict) else {}
    if schema.get("nullable"):
        yield {"type": "null"}, above
        schema = {name: value for name, value in schema.items() if name != "nullable"}
    if "$ref" in schema:
        if schema["$ref"] not in above:
            yield from _options(_target(schema["$ref"], root), root, (*above, schema["$ref"]))
        return
    if "allOf" in schema:
        parts = [list(_options(part, root, above)) for part in schema["allOf"]]
        own = {name: value for name, value in schema.items() if name not in ("allOf", "anyOf", "oneOf", "description", "default")}
        if len(parts) == 1 and not own:
            yield from parts[0]
        else:
            yield _merged([part[0][0] for part in parts] + [own]), tuple(step for part in parts for step in part[0][1])
        return
    for union in ("anyOf", "oneOf"):
        if union in schema:
            for option in schema[union]:
                yield from _options(option, root, above)
            return
    kinds = schema.get("type")
    if isinstance(kinds, list):
        for kind in kinds:
            yield ({"type": "null"} if kind == "null" else {**schema, "type": kind}), above
        return
    if "properties" in schema:
        schema = {"type": "object", **schema}
    yield ({"type": "null"} if kinds == "null" else schema), above


def _merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for part in parts:
        properties = {**whole.get("properties", {}), **part.get("properties", {})}
        required = [*whole.get("required", ()), *part.get("required", ())]
        whole = {**whole, **part}
        if properties:
            whole |= {"type": "object", "properties": properties, "required": required}
    return whole


def _target(reference: str, root: dict[str, Any]) -> Any:
    node: Any = root
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node
