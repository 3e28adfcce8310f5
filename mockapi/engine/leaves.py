"""The parts of a compiled schema that hold no others: each draws a value of its kind."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from mockapi import json
from mockapi.engine import friendly, judge, pattern, tasks
from mockapi.engine.formats import FORMATS
from mockapi.engine.hints import Cursor, sources, words_of
from mockapi.seed import Stream

ENDLESS = 1_000_000
DEEP = 4  # beyond this nesting the smallest branch is taken
ROOM = 600_000  # about how many characters of JSON one instance may take; no model writes more within its output limit
_STRING_ATTEMPTS = 200
_LONGEST_PATTERNED = 120_000
_MOST_HINTED = 1_000  # members of an enum that are looked for in a text
_LARGEST = 10**300
_TOP = int(1.7976931348623157e308)
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
    """The state of one draw. Whatever is drawn spends of `room`; an instance that leaves none is cut. `wasted` went into vain tries."""

    __slots__ = ("cursor", "room", "wasted")

    def __init__(self, cursor: Cursor | None, room: int = ROOM) -> None:
        self.cursor = cursor
        self.room = room
        self.wasted = 0

    def waste(self, size: int) -> None:
        """Pay for a try that came to nothing."""
        self.room -= size
        self.wasted += size


class Node:
    """A compiled subschema. `height` is the least nesting an instance of it needs, ENDLESS if none is finite."""

    __slots__ = ("height", "possible")

    def __init__(self, *, possible: bool = True) -> None:
        self.height = ENDLESS
        self.possible = possible

    def needs(self) -> list[Node]:
        """The parts that must be finite for this to be."""
        return []

    def settled(self) -> None:
        """All heights are known now."""

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        raise NotImplementedError


class Nothing(Node):
    """What is left of a schema too large to read: a value that is cut."""

    __slots__ = ()

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        draw.room = 0


class OneOf(Node):
    """An enum or const."""

    __slots__ = ("labels", "options", "sizes")

    def __init__(self, options: list[Any], *, possible: bool = True) -> None:
        super().__init__(possible=possible)
        self.options = options
        large = any(isinstance(option, (dict, list)) or (isinstance(option, str) and len(option) > 64) for option in options)
        self.sizes = [len(json.write(option)) for option in options] if large else None
        labels = tuple(option for option in options if isinstance(option, str)) if 1 < len(options) <= _MOST_HINTED else ()
        # Options that a text can speak for without naming them: an intent, a mood.
        self.labels = labels if any(map(tasks.intents, labels)) else ()

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        draw.room -= 4
        if draw.cursor is not None and 1 < len(self.options) <= _MOST_HINTED:
            for option in self.options:
                if isinstance(option, str) and draw.cursor.mentions(option):
                    return option
            if self.labels:
                suited = draw.cursor.suited(self.labels)
                if suited is not None:
                    return suited
        if self.sizes is None:
            return stream.choice(self.options)
        place = stream.choice(range(len(self.options)))
        draw.room -= self.sizes[place]
        return self.options[place]


class Boolean(Node):
    __slots__ = ()

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        draw.room -= 5
        return stream.below(3) > 0


class Number(Node):
    """A number within bounds: a whole one, a multiple of a step, or any."""

    __slots__ = ("down", "first", "high", "highest", "last", "low", "lowest", "step", "up", "whole")

    def __init__(self, schema: dict[str, Any], name: str, *, whole: bool) -> None:
        low, high = _number(schema.get("minimum")), _number(schema.get("maximum"))
        above, below = _number(schema.get("exclusiveMinimum")), _number(schema.get("exclusiveMaximum"))
        # Beyond what a double holds there are only whole numbers.
        self.whole = whole or any(bound is not None and abs(bound) > _LARGEST for bound in (low, high, above, below))
        step = _number(schema.get("multipleOf"))
        self.step = _exact(step) if step is not None and step > 0 else None
        if self.step is not None and self.whole:
            self.step = Fraction(self.step.numerator)
        if above is not None and (low is None or above >= low):
            low = _after(above, self.whole)
        if below is not None and (high is None or below <= high):
            high = -_after(-below, self.whole)
        self.lowest = -math.inf if low is None else low
        self.highest = math.inf if high is None else high
        self.low, self.high = _wanted(low, high, _usual(name, self.step), 100 if self.whole else 1, self.step)
        if self.whole:
            self.low, self.high = math.ceil(self.low), math.floor(self.high)
            if self.low > self.high and low is not None and high is not None:
                self.low, self.high = math.ceil(low), math.floor(high)
        self.first = self.last = 0
        self.up, self.down = (1, 1) if self.step is None else (self.step.numerator, self.step.denominator)
        if self.step is not None:
            self.first, self.last = self._multiples(self.low, self.high)
            if self.first > self.last and low is not None and high is not None:
                self.first, self.last = self._multiples(low, high)
        super().__init__(possible=self.first <= self.last if self.step is not None else self.low <= self.high)

    def _multiples(self, low: float, high: float) -> tuple[int, int]:
        assert self.step is not None
        return math.ceil(_exact(low) / self.step), math.floor(_exact(high) / self.step)

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        draw.room -= 4
        if draw.cursor is not None:
            named = draw.cursor.number()
            if named is not None and self._allows(named):
                return int(named) if self.whole else named
        if self.step is not None:
            return _times(stream.between(self.first, max(self.first, self.last)), self.up, self.down)
        if self.whole:
            if self.high - self.low > _LARGEST or abs(self.low) > _LARGEST:
                draw.room -= 300
            return stream.between(int(self.low), max(int(self.low), int(self.high)))
        value = round(self._between(stream.unit()), 2)
        if self.low <= value <= self.high:
            return value
        return min(max(self._between(stream.unit()), self.low), self.high)

    def _between(self, part: float) -> float:
        span = self.high - self.low
        return self.low + span * part if span < _LARGEST else self.low * (1 - part) + self.high * part

    def _allows(self, value: float) -> bool:
        if isinstance(value, float) and not math.isfinite(value):
            return False
        if self.whole and value != int(value):
            return False
        if self.step is not None and _exact(value) % self.step:
            return False
        return self.lowest <= value <= self.highest


class Text(Node):
    __slots__ = ("checker", "form", "least", "longest", "pattern", "pool", "shortest", "sources")

    def __init__(self, schema: dict[str, Any], name: str) -> None:
        self.shortest = whole_number(schema.get("minLength"), 0)
        self.longest = whole_number(schema.get("maxLength"), ENDLESS)
        form = schema.get("format")
        self.form = form if isinstance(form, str) and form in FORMATS else None
        self.pattern: pattern.Pattern | None = None
        self.checker: Any = None
        possible = self.shortest <= self.longest
        if isinstance(schema.get("pattern"), str):
            rules: dict[str, Any] = {k: schema[k] for k in ("minLength", "maxLength", "format") if k in schema}
            try:
                self.pattern = pattern.read(schema["pattern"])
                if self.pattern.states * (max(self.shortest, self.pattern.root.shortest) + 100) > pattern.MOST_STEPS:
                    raise pattern.PatternError("an expression that is too large to judge by")
                self.checker = judge.validator({"type": "string", "pattern": self.pattern.judged, **rules})
                possible = possible and self.pattern.root.shortest <= self.longest
            except ValueError:
                self.pattern, possible = None, False
        self.least = self.shortest if self.pattern is None else max(self.shortest, self.pattern.root.shortest)
        super().__init__(possible=possible)
        self.sources = sources(name, self.form)
        self.pool = friendly.provider(name) if self.form is None and self.pattern is None else None

    def make(self, stream: Stream, draw: Draw, depth: int) -> Any:
        draw.room -= 14
        if draw.cursor is not None and self.sources:
            named = draw.cursor.string(self.sources)
            if named is not None and self.allows(named):
                return named
        if self.least > 200:
            draw.room -= self.least if self.pattern is None or self.least < _LONGEST_PATTERNED else ROOM
            if draw.room <= 0:
                # Cut anyway: any text that is longer than a model writes.
                return "amber " * (min(self.least, ROOM) // 6)
        if self.pattern is not None:
            return self._patterned(self.pattern, stream, draw)
        if self.form is not None:
            return self._formed(stream, draw)
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

    def _patterned(self, expression: pattern.Pattern, stream: Stream, draw: Draw) -> str:
        found = ""
        for _ in range(_STRING_ATTEMPTS):
            drawn = expression.string(stream, self.shortest, self.longest if self.longest < ENDLESS else None)
            if drawn is None:
                draw.waste(5_000 + 4 * self.least)
            elif self.checker.is_valid(drawn):
                draw.room -= len(drawn)
                return drawn
            else:
                found = drawn
                draw.waste(40 + len(drawn) + expression.states * len(drawn) // 200)
            if draw.room <= 0:
                break
        return found

    def _formed(self, stream: Stream, draw: Draw) -> str:
        make = FORMATS[self.form or "date"]
        found = make(stream)
        for _ in range(_STRING_ATTEMPTS):
            if self.allows(found) or draw.room <= 0:
                break
            found = make(stream)
            draw.waste(40)
        if len(found) < self.shortest and self.form in ("email", "uri", "url", "iri"):
            missing = "x" * (self.shortest - len(found))
            return missing[:60] + found if self.form == "email" else found + missing
        return found

    def _plain(self, stream: Stream) -> str:
        words = [stream.choice(_WORDS)]
        if self.longest >= 16:
            words.append(stream.choice(_WORDS))
        size = sum(map(len, words)) + len(words) - 1
        while size < self.shortest:
            words.append(stream.choice(_WORDS))
            size += len(words[-1]) + 1
        text = " ".join(words)[: self.longest]
        return text if not text.endswith(" ") else text[:-1] + "s"


def word(stream: Stream) -> str:
    """An ordinary word."""
    return stream.choice(_WORDS)


def whole_number(value: Any, otherwise: int) -> int:
    """A bound of a length, within reason."""
    number = _number(value)
    return otherwise if number is None else max(0, min(int(number), ENDLESS))


def _number(value: Any) -> float | None:
    """A bound as the number it is; what is no number bounds nothing."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def _exact(value: float) -> Fraction:
    """A number as it is written: 0.1 is a tenth."""
    return Fraction(value) if isinstance(value, (int, Fraction)) else Fraction(repr(value))


def _times(count: int, up: int, down: int) -> float:
    """A multiple of a fraction as a number of JSON."""
    count *= up
    if count % down == 0:
        return count // down
    return count / down if abs(count) < down * _TOP else count // down


def _after(bound: float, whole: bool) -> float:
    """The least number above a bound."""
    return math.floor(bound) + 1 if whole else math.nextafter(bound, math.inf)


def _wanted(low: float | None, high: float | None, usual: tuple[float, float], span: int, step: Fraction | None) -> tuple[float, float]:
    """Between which numbers to draw: the usual ones where the bounds allow them."""
    usual_low, usual_high = usual
    if step is not None:
        span = math.ceil(100 * step)
    span = max(math.ceil(usual_high - usual_low), span)
    if low is None and high is None:
        return usual_low, min(usual_low + span, _TOP) if step is not None and step > 1 else usual_high
    if low is None and high is not None:
        return (usual_low if usual_low <= high else _moved(high, -span)), high
    if high is None and low is not None:
        return low, (usual_high if low <= usual_high <= _TOP else _moved(low, span))
    assert low is not None and high is not None
    return (usual_low, usual_high) if usual_low >= low and usual_high <= high else (low, high)


def _moved(bound: float, span: float) -> float:
    """A bound moved by a span, but not out of what a double holds."""
    if abs(bound) > _TOP or (abs(bound) <= _LARGEST and abs(span) <= _LARGEST):
        return bound + span
    return max(-_TOP, min(_TOP, math.floor(bound) + math.floor(span)))


def _usual(name: str, step: Fraction | None) -> tuple[float, float]:
    for part in reversed(words_of(name)):
        found = _USUAL.get(part) or _USUAL.get(part.removesuffix("s"))
        if found:
            return found
    return 0, max(100, math.ceil(100 * step)) if step is not None else 100
