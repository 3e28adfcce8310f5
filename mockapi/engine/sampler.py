"""From a JSON Schema to an instance of it: compiled once per schema, then drawn from a stream.

What is drawn is checked by a judge before it leaves; a draw that fails is drawn again. A property's chance belongs to its name,
so a field keeps its value when another is added.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from mockapi import json
from mockapi.engine.compiler import Compiler
from mockapi.engine.hints import Cursor
from mockapi.engine.judge import Judge
from mockapi.engine.leaves import ENDLESS, ROOM, Draw
from mockapi.seed import Stream

_ATTEMPTS = 24
_REMEMBERED_LENGTH = 32 * 1024
_LITTLE = 2_000  # room for the nearest try at what has no instance
_LONGEST = 8_000_000  # bytes of a schema that is still read


class Plan:
    """A compiled schema, ready to be drawn from any number of times."""

    def __init__(self, schema: dict[str, Any], size: int = 0) -> None:
        compiler = Compiler(schema if size <= _LONGEST else {})
        self._root = compiler.compile()
        self._judge = Judge(schema, size)
        self._found: tuple[Any, bool] | None = None
        self._is_cut = False
        self.cut = compiler.cut or size > _LONGEST
        self.possible = self._root.height < ENDLESS

    def instance(self, stream: Stream, cursor: Cursor | None = None) -> tuple[Any, bool]:
        """An instance, and whether it is whole and valid. A schema that nothing satisfies gives the nearest try."""
        if not self.possible:
            return self._root.make(stream, Draw(cursor, _LITTLE), 0), False
        sample, is_valid = self._sample()
        if self._is_cut:
            return _first(self)[0], False
        made, whole, _ = self._drawn(stream, cursor)
        return (sample, True) if is_valid and not whole else (made, whole)

    def _drawn(self, stream: Stream, cursor: Cursor | None) -> tuple[Any, bool, bool]:
        """The last draw, whether it is an instance, and whether it was cut; all draws share one room."""
        value: Any = None
        room = ROOM
        for attempt in range(_ATTEMPTS):
            draw = Draw(cursor if attempt == 0 else None, room)
            found = self._root.make(stream.child(attempt), draw, 0)
            if draw.room <= 0:
                return (value if attempt else found), False, attempt == 0 and draw.wasted < ROOM // 2
            verdict = self._judge.accepts(found, room - draw.room)
            value, room = found, draw.room
            if verdict is None:
                return value, not self.cut and not self._judge.broken, False
            if verdict:
                return value, True, False
        return value, False, False

    def _sample(self) -> tuple[Any, bool]:
        """An instance that is always the same, and whether it is whole and valid."""
        if self._found is None:
            value, whole, self._is_cut = _first(self)
            self._found = value if whole else None, whole
        return self._found

    @property
    def is_schema(self) -> bool:
        """Whether the judge could read it."""
        return not self._judge.broken

    def has_instance(self) -> bool:
        """Whether an instance can be drawn, be it one that has to be cut."""
        return self.possible and (self._sample()[1] or (self._is_cut and not self.cut))

    def accepts(self, value: Any) -> bool:
        """Whether a value is an instance; nothing is, of a schema that is none."""
        return self._judge.accepts(value, len(json.write(value))) is True


@lru_cache(maxsize=1)
def _first(plan: Plan) -> tuple[Any, bool, bool]:
    """What is drawn of a plan before all else. An instance without end is the same every time: it is large and cut."""
    return plan._drawn(Stream(0), None)


def plan(schema: dict[str, Any]) -> Plan:
    """The plan of a schema; equal schemas share one."""
    return planned(json.write(schema))


def planned(text: bytes) -> Plan:
    """The plan of a schema's text."""
    return _remembered(text) if len(text) <= _REMEMBERED_LENGTH else _large(text)


def _plan(text: bytes) -> Plan:
    return Plan(json.read(text), len(text))


_remembered = lru_cache(maxsize=256)(_plan)
# What is large is remembered for the one request that asks for it more than once.
_large = lru_cache(maxsize=2)(_plan)
