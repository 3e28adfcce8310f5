"""The parts of a compiled schema that hold others, and the heights of them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockapi import json
from mockapi.engine.leaves import DEEP, ENDLESS, Draw, Node, OneOf, Text, whole_number, word
from mockapi.seed import Stream, label

_NO_KEYS: set[bytes] = set()
_DEEPEST = 96  # no instance is nested deeper


class Array(Node):
    __slots__ = ("first", "item", "least", "most", "unique")

    def __init__(self, first: list[Node], item: Node | None, schema: dict[str, Any]) -> None:
        self.first, self.item = first, item
        self.least = whole_number(schema.get("minItems"), 0)
        self.most = whole_number(schema.get("maxItems"), ENDLESS)
        if item is None:
            self.most = min(self.most, len(first))
        self.unique = schema.get("uniqueItems") is True
        if "contains" in schema:
            self.least = max(self.least, 1)
        super().__init__(possible=self.least <= self.most)

    def needs(self) -> list[Node]:
        needed = self.first[: self.least]
        return [*needed, self.item] if self.item is not None and self.least > len(self.first) else needed

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        draw.room -= 4
        least, most = self.least, max(self.least, self.most)
        if draw.cursor is not None and isinstance(self.item, Text) and not self.first:
            named = [value for value in draw.cursor.strings(self.item.sources) if self.item.allows(value)]
            if named and least <= len(named) <= most:
                return named
        if depth >= DEEP or (self.item is not None and self.item.height + depth > 40):
            count = least
        else:
            usual = max(1 if depth else 2, len(self.first))
            count = min(most, stream.between(max(least, 1), max(least, usual + (2 if depth < 2 else 0), 1)))
        made: list[Any] = []
        seen: set[bytes] = set() if self.unique else _NO_KEYS
        for place in range(count):
            node = self.first[place] if place < len(self.first) else self.item
            if node is None or draw.room <= 0:
                break
            value = node.make(stream.child(place), draw, depth + 1)
            if self.unique:
                key = json.write(value)
                for attempt in range(30):
                    if key not in seen or draw.room <= 0:
                        break
                    value = node.make(stream.child((attempt + 1) * 7919 + place), draw, depth + 1)
                    key = json.write(value)
                if key in seen:
                    break
                seen.add(key)
            made.append(value)
        return made


@dataclass(slots=True)
class Field:
    name: str
    chance: int
    node: Node
    required: bool


class Object(Node):
    __slots__ = ("extra", "extra_names", "fields", "least", "most", "needed", "size")

    def __init__(self, fields: list[Field], extra: Node | None, extra_names: list[tuple[Node, Node]], schema: dict[str, Any]) -> None:
        self.fields, self.extra, self.extra_names = fields, extra, extra_names
        self.least = whole_number(schema.get("minProperties"), 0)
        self.most = whole_number(schema.get("maxProperties"), ENDLESS)
        self.needed = sum(field.required for field in fields)
        self.size = 4 + sum(len(field.name) + 4 for field in fields if field.required)
        super().__init__(possible=max(self.least, self.needed) <= self.most)

    def needs(self) -> list[Node]:
        return [field.node for field in self.fields if field.required]

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        draw.room -= self.size
        if draw.room <= 0:
            return {}
        made: dict[str, Any] = {}
        spare = self.most - self.needed
        for field in self.fields:
            if not field.required:
                if spare <= 0 or depth >= DEEP or field.node.height >= ENDLESS or draw.room <= 0:
                    continue
                spare -= 1
                draw.room -= len(field.name)
            made[field.name] = field.node.make(stream.child(field.chance), draw, depth + 1)
        wanted = max(self.least - len(made), 0)
        if not self.fields and depth < DEEP and self.most > 0 and not wanted:
            wanted = 1 if self.extra_names or self.extra is not None else 0
        for place in range(wanted):
            if draw.room <= 0:
                break
            self._add(made, stream.child(place + 1), draw, depth)
        return made

    def _add(self, made: dict[str, Any], stream: Stream, draw: Draw, depth: int) -> None:
        if self.extra_names:
            names, values = stream.choice(self.extra_names)
            name = names.make(stream, draw, depth)
        elif self.extra is not None:
            name, values = word(stream), self.extra
        else:
            return
        for attempt in range(20):
            if not isinstance(name, str) or name not in made or draw.room <= 0:
                break
            longer = f"{name}{word(stream)}"
            if self.extra_names and not (isinstance(names, Text) and names.allows(longer)):
                longer = names.make(stream.child(attempt), draw, depth)
            name = longer
        if isinstance(name, str):
            draw.room -= len(name)
            made[name] = values.make(stream.child(label(name)), draw, depth + 1)


class AnyOf(Node):
    __slots__ = ("_full", "_some", "branches")

    def __init__(self, branches: list[Node]) -> None:
        super().__init__(possible=bool(branches))
        self.branches = branches
        self._some = self._full = branches

    def settled(self) -> None:
        self._some = [branch for branch in self.branches if branch.height < ENDLESS] or self.branches
        self._full = _not_null(self._some)

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        chosen: Node = self
        while isinstance(chosen, AnyOf):
            draw.room -= 1
            some, full = chosen._some, chosen._full
            if depth >= DEEP:
                some = [min(some, key=_height)]
                full = _not_null(some)
            # An optional value is usually there; a recursive one gets rarer with depth.
            if full and len(full) < len(some) and not stream.chance(0.85 - 0.15 * depth):
                return None
            chosen = stream.choice(full or some)
        return chosen.make(stream, draw, depth)


class Reference(Node):
    """A subschema that was still being read when it was met again, or too deep to be read at once."""

    __slots__ = ("target",)

    def __init__(self) -> None:
        super().__init__()
        self.target: Node | None = None

    def needs(self) -> list[Node]:
        return [self.target] if self.target is not None else []

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        draw.room -= 1
        if self.target is None or draw.room <= 0 or depth > _DEEPEST:
            draw.room = 0
            return None
        return self.target.make(stream, draw, depth)


def settle(nodes: list[Node]) -> None:
    """Find the height of every node, the lowest first; what none is found for has no finite instance."""
    users: dict[int, list[Node]] = {}
    missing: dict[int, int] = {}
    level: list[Node] = []
    for node in nodes:
        needed = node.branches if isinstance(node, AnyOf) else node.needs()
        missing[id(node)] = min(len(needed), 1) if isinstance(node, AnyOf) else len(needed)
        for part in needed:
            users.setdefault(id(part), []).append(node)
        if not needed and node.possible:
            level.append(node)
    height = 0
    # Objects and arrays that need nothing: an object is one level even when it is empty.
    above: list[Node] = [node for node in level if isinstance(node, Object)]
    level = [node for node in level if not isinstance(node, Object)]
    while (level or above) and height <= _DEEPEST:
        for node in level:
            if node.height <= height:
                continue
            node.height = height
            for user in users.get(id(node), ()):
                missing[id(user)] -= 1
                if missing[id(user)] == 0 and user.possible:
                    (above if isinstance(user, (Object, Array)) else level).append(user)
        level, above, height = above, [], height + 1
    for node in nodes:
        node.settled()


def _height(node: Node) -> int:
    return node.height


def _not_null(branches: list[Node]) -> list[Node]:
    return [branch for branch in branches if not (isinstance(branch, OneOf) and branch.options == [None])]
