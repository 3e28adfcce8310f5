"""The parts of a compiled schema: each draws a value of its kind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from mockapi.engine import friendly, pattern, tasks
from mockapi.engine.formats import FORMATS
from mockapi.engine.hints import Cursor, sources, words_of
from mockapi.seed import Stream, label

ENDLESS = 1_000_000
_DEEP = 4  # beyond this nesting the smallest branch is taken
_BUDGET = 20_000  # values in one instance; no model writes more within its output limit
_STRING_ATTEMPTS = 200
_WORDS = (
    "amber", "bridge", "candle", "drift", "evening", "field", "garden", "hollow", "island", "jacket", "kettle", "lantern", "marble",
    "needle", "orchard", "pepper", "quartz", "river", "signal", "timber", "umbrella", "valley", "willow", "yellow", "zephyr",
)  # fmt: skip
# What numbers of these names usually are: (lowest, highest), used as far as the schema's own bounds allow.
_USUAL: dict[str, tuple[float, float]] = {
    "age": (18, 80), "year": (1990, 2026), "month": (1, 12), "day": (1, 28), "hour": (0, 23), "minute": (0, 59), "rating": (1, 5),
    "stars": (1, 5), "score": (0, 100), "percentage": (0, 100), "percent": (0, 100), "confidence": (0, 1), "probability": (0, 1),
    "latitude": (-60, 60), "lat": (-60, 60), "longitude": (-170, 170), "lon": (-170, 170), "lng": (-170, 170), "price": (5, 500),
    "cost": (5, 500), "amount": (5, 500), "total": (5, 1000), "quantity": (1, 10), "count": (1, 20), "temperature": (-5, 35),
    "duration": (5, 120), "population": (1000, 5_000_000), "weight": (1, 100), "height": (1, 200), "index": (0, 9), "step": (1, 9),
    "id": (1, 9999),
}  # fmt: skip


class Draw:
    """The state of one draw."""

    __slots__ = ("budget", "cursor")

    def __init__(self, cursor: Cursor | None) -> None:
        self.cursor = cursor
        self.budget = _BUDGET


class Node:
    """A compiled subschema. `height` is the least nesting an instance of it needs."""

    __slots__ = ("height",)

    def __init__(self) -> None:
        self.height = ENDLESS

    def settle(self) -> int:
        """The height as far as the children's are known."""
        return 0

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        raise NotImplementedError


class OneOf(Node):
    """An enum or const."""

    __slots__ = ("labels", "options")

    def __init__(self, options: list[Any]) -> None:
        super().__init__()
        self.options = options
        labels = tuple(option for option in options if isinstance(option, str)) if len(options) > 1 else ()
        # Options that a text can speak for without naming them: an intent, a mood.
        self.labels = labels if any(map(tasks.intents, labels)) else ()

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        if draw.cursor is not None and len(self.options) > 1:
            for option in self.options:
                if isinstance(option, str) and draw.cursor.mentions(option):
                    return option
            if self.labels:
                suited = draw.cursor.suited(self.labels)
                if suited is not None:
                    return suited
        return stream.choice(self.options)


class Boolean(Node):
    __slots__ = ()

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        return stream.below(3) > 0


class Number(Node):
    __slots__ = ("high", "highest", "low", "lowest", "step", "whole")

    def __init__(self, schema: dict[str, Any], name: str, *, whole: bool) -> None:
        super().__init__()
        self.whole = whole
        self.step = step if (step := _number(schema.get("multipleOf"))) and step > 0 else None
        grain = self.step or (1 if whole else 0.01)
        low, high = _number(schema.get("minimum")), _number(schema.get("maximum"))
        above, below = _number(schema.get("exclusiveMinimum")), _number(schema.get("exclusiveMaximum"))
        if above is not None and (low is None or above >= low):
            low = _next_above(above, whole, self.step)
        if below is not None and (high is None or below <= high):
            high = _next_below(below, whole, self.step)
        self.lowest = -math.inf if low is None else low
        self.highest = math.inf if high is None else high
        usual_low, usual_high = _usual(name, grain)
        span = max(usual_high - usual_low, 100 * grain)
        if low is None and high is None:
            low, high = usual_low, usual_high
        elif low is None and high is not None:
            low = usual_low if usual_low <= high else high - span
        elif high is None and low is not None:
            high = usual_high if usual_high >= low else low + span
        elif low is not None and high is not None and usual_low >= low and usual_high <= high:
            low, high = usual_low, usual_high
        assert low is not None and high is not None
        self.low: float = math.ceil(low) if whole else low
        self.high: float = math.floor(high) if whole else high

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        if draw.cursor is not None:
            named = draw.cursor.number()
            if named is not None and self._allows(named):
                return int(named) if self.whole else named
        if self.step is not None:
            first, last = math.ceil(self.low / self.step), math.floor(self.high / self.step)
            value = round(stream.between(first, max(first, last)) * self.step, 12)
            return int(value) if self.whole or value == int(value) else value
        if self.whole:
            return stream.between(int(self.low), max(int(self.low), int(self.high)))
        value = round(self.low + (self.high - self.low) * stream.unit(), 2)
        if self.low <= value <= self.high:
            return value
        return self.low + (self.high - self.low) * stream.unit()

    def _allows(self, value: float) -> bool:
        if self.whole and value != int(value):
            return False
        if self.step is not None and abs(value / self.step - round(value / self.step)) > 1e-9:
            return False
        return self.lowest <= value <= self.highest


class Text(Node):
    __slots__ = ("checker", "form", "longest", "pattern", "pool", "shortest", "sources")

    def __init__(self, schema: dict[str, Any], name: str) -> None:
        super().__init__()
        self.shortest = whole_number(schema.get("minLength"), 0)
        self.longest = whole_number(schema.get("maxLength"), ENDLESS)
        form = schema.get("format")
        self.form = form if isinstance(form, str) and form in FORMATS else None
        self.pattern: pattern.Pattern | None = None
        self.checker: Any = None
        if isinstance(schema.get("pattern"), str):
            rules: dict[str, Any] = {k: schema[k] for k in ("pattern", "minLength", "maxLength", "format") if k in schema}
            try:
                self.pattern = pattern.read(schema["pattern"])
                self.checker = jsonschema_rs.validator_for({"type": "string", **rules}, validate_formats=True)
            except ValueError:
                self.pattern = None
        self.sources = sources(name, self.form)
        self.pool = friendly.provider(name) if self.form is None and self.pattern is None else None

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        if draw.cursor is not None and self.sources:
            named = draw.cursor.string(self.sources)
            if named is not None and self.allows(named):
                return named
        if self.pattern is not None:
            return self._patterned(stream)
        if self.form is not None:
            return self._formed(stream)
        if self.pool is not None:
            fitting = [value for value in friendly.pool(self.pool) if self.allows(value)] if self._bounded else friendly.pool(self.pool)
            if fitting:
                return stream.choice(fitting)
        return self._plain(stream)

    @property
    def _bounded(self) -> bool:
        return self.shortest > 0 or self.longest < ENDLESS

    def allows(self, value: str) -> bool:
        if self.checker is not None and not self.checker.is_valid(value):
            return False
        return self.shortest <= len(value) <= self.longest

    def _patterned(self, stream: Stream) -> str:
        assert self.pattern is not None
        found = ""
        for _ in range(_STRING_ATTEMPTS):
            drawn = self.pattern.string(stream, self.shortest, self.longest if self.longest < ENDLESS else None)
            if drawn is not None:
                found = drawn
                if self.checker.is_valid(found):
                    return found
        return found

    def _formed(self, stream: Stream) -> str:
        make = FORMATS[self.form or "date"]
        found = make(stream)
        for _ in range(_STRING_ATTEMPTS):
            if self.allows(found):
                break
            found = make(stream)
        if len(found) < self.shortest and self.form in ("email", "uri", "url", "iri"):
            missing = "x" * (self.shortest - len(found))
            return missing[:60] + found if self.form == "email" else found + missing
        return found

    def _plain(self, stream: Stream) -> str:
        words = [stream.choice(_WORDS)]
        if self.longest >= 16:
            words.append(stream.choice(_WORDS))
        size = sum(map(len, words)) + len(words) - 1
        while size < min(self.shortest, 1_000_000):
            words.append(stream.choice(_WORDS))
            size += len(words[-1]) + 1
        text = " ".join(words)[: self.longest]
        return text if not text.endswith(" ") else text[:-1] + "s"


class Array(Node):
    __slots__ = ("first", "item", "least", "most", "unique")

    def __init__(self, first: list[Node], item: Node | None, schema: dict[str, Any]) -> None:
        super().__init__()
        self.first, self.item = first, item
        self.least = whole_number(schema.get("minItems"), 0)
        self.most = whole_number(schema.get("maxItems"), ENDLESS)
        if item is None:
            self.most = min(self.most, len(first))
        self.unique = schema.get("uniqueItems") is True
        if "contains" in schema:
            self.least = max(self.least, 1)

    def settle(self) -> int:
        if self.least == 0:
            return 0
        needed = [node.height for node in self.first[: self.least]]
        if self.item is not None and self.least > len(self.first):
            needed.append(self.item.height)
        return min(ENDLESS, 1 + max(needed, default=0))

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        least, most = self.least, max(self.least, self.most)
        if draw.cursor is not None and isinstance(self.item, Text) and not self.first:
            named = [value for value in draw.cursor.strings(self.item.sources) if self.item.allows(value)]
            if named and least <= len(named) <= most:
                return named
        if depth >= _DEEP or (self.item is not None and self.item.height + depth > 40):
            count = least
        else:
            usual = max(1 if depth else 2, len(self.first))
            count = min(most, stream.between(max(least, 1), max(least, usual + (2 if depth < 2 else 0), 1)))
        made: list[Any] = []
        for place in range(count):
            node = self.first[place] if place < len(self.first) else self.item
            if node is None or draw.budget <= 0:
                break
            value = node.make(stream.child(place), draw, depth + 1)
            for attempt in range(30 if self.unique else 0):
                if value not in made:
                    break
                value = node.make(stream.child((attempt + 1) * 7919 + place), draw, depth + 1)
            if self.unique and value in made:
                break
            made.append(value)
        return made


@dataclass(slots=True)
class Field:
    name: str
    chance: int
    node: Node
    required: bool


class Object(Node):
    __slots__ = ("extra", "extra_names", "fields", "least", "most")

    def __init__(self, fields: list[Field], extra: Node | None, extra_names: list[tuple[Node, Node]], schema: dict[str, Any]) -> None:
        super().__init__()
        self.fields, self.extra, self.extra_names = fields, extra, extra_names
        self.least = whole_number(schema.get("minProperties"), 0)
        self.most = whole_number(schema.get("maxProperties"), ENDLESS)

    def settle(self) -> int:
        return min(ENDLESS, 1 + max((field.node.height for field in self.fields if field.required), default=0))

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        draw.budget -= 1 + len(self.fields)
        if draw.budget <= 0:
            return {}
        made: dict[str, Any] = {}
        spare = self.most - sum(field.required for field in self.fields)
        for field in self.fields:
            if not field.required:
                if spare <= 0 or depth >= _DEEP or field.node.height >= ENDLESS:
                    continue
                spare -= 1
            made[field.name] = field.node.make(stream.child(field.chance), draw, depth + 1)
        wanted = max(self.least - len(made), 0)
        if not self.fields and depth < _DEEP and self.most > 0 and not wanted:
            wanted = 1 if self.extra_names or self.extra is not None else 0
        for place in range(wanted):
            self._add(made, stream.child(place + 1), draw, depth)
        return made

    def _add(self, made: dict[str, Any], stream: Stream, draw: Draw, depth: int) -> None:
        if self.extra_names:
            names, values = stream.choice(self.extra_names)
            name = names.make(stream, draw, depth)
        elif self.extra is not None:
            name, values = stream.choice(_WORDS), self.extra
        else:
            return
        for attempt in range(20):
            if name not in made:
                break
            longer = f"{name}{stream.choice(_WORDS)}"
            if self.extra_names and not (isinstance(names, Text) and names.allows(longer)):
                longer = names.make(stream.child(attempt), draw, depth)
            name = longer
        made[name] = values.make(stream.child(label(name)), draw, depth + 1)


class AnyOf(Node):
    __slots__ = ("branches",)

    def __init__(self, branches: list[Node]) -> None:
        super().__init__()
        self.branches = branches

    def settle(self) -> int:
        return min((branch.height for branch in self.branches), default=ENDLESS)

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        possible = [branch for branch in self.branches if branch.height < ENDLESS] or self.branches
        if depth >= _DEEP:
            possible = [min(possible, key=lambda branch: branch.height)]
        full = [branch for branch in possible if not (isinstance(branch, OneOf) and branch.options == [None])]
        # An optional value is usually there; a recursive one gets rarer with depth.
        if full and len(full) < len(possible) and not stream.chance(0.85 - 0.15 * depth):
            return None
        return stream.choice(full or possible).make(stream, draw, depth)


class Reference(Node):
    __slots__ = ("target",)

    def __init__(self) -> None:
        super().__init__()
        self.target: Node | None = None

    def settle(self) -> int:
        return self.target.height if self.target is not None else 0

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        draw.budget -= 1
        if self.target is None or draw.budget <= 0 or depth > 60:
            return None
        return self.target.make(stream, draw, depth)


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def whole_number(value: Any, otherwise: int) -> int:
    number = _number(value)
    return otherwise if number is None else max(0, min(int(number), ENDLESS))


def _next_above(bound: float, whole: bool, step: float | None) -> float:
    if step is not None:
        return (math.floor(bound / step) + 1) * step
    return math.floor(bound) + 1 if whole else bound + max(abs(bound) * 1e-9, 1e-6)


def _next_below(bound: float, whole: bool, step: float | None) -> float:
    if step is not None:
        return (math.ceil(bound / step) - 1) * step
    return math.ceil(bound) - 1 if whole else bound - max(abs(bound) * 1e-9, 1e-6)


def _usual(name: str, grain: float) -> tuple[float, float]:
    for word in reversed(words_of(name)):
        found = _USUAL.get(word) or _USUAL.get(word.removesuffix("s"))
        if found:
            return found
    return 0, max(100, 100 * grain)
