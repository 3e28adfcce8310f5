"""The store that lives and dies with the process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockapi.admission.limits import EMPTY, Level, Meter, take

# Deleted objects whose places are remembered at least.
_CURSORS = 10_000


class MemoryStore:
    """Everything in dictionaries; a call that does not wait is atomic."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[str, dict[str, Any]]] = {}
        # The place of every object in the order of creation, by kind; deleted ones keep theirs for a while, as cursors.
        self._places: dict[str, dict[str, int]] = {}
        self._next = 0
        self._contents: dict[str, list[bytes]] = {}
        self._counters: dict[str, dict[str, int]] = {}
        self._levels: dict[str, dict[str, Level]] = {}

    async def get(self, kind: str, id: str) -> dict[str, Any] | None:
        return self._objects.get(kind, {}).get(id)

    async def put(self, kind: str, id: str, value: dict[str, Any]) -> None:
        objects = self._objects.setdefault(kind, {})
        if id not in objects:
            self._next += 1
            self._places.setdefault(kind, {})[id] = self._next
        objects[id] = value

    async def delete(self, kind: str, id: str) -> bool:
        objects = self._objects.get(kind, {})
        if objects.pop(id, None) is None:
            return False
        places = self._places[kind]
        if len(places) > 2 * len(objects) + _CURSORS:
            self._places[kind] = {name: place for name, place in places.items() if name in objects}
        return True

    async def page(self, kind: str, *, after: str | None = None, descending: bool = False) -> list[dict[str, Any]]:
        objects = self._objects.get(kind, {})
        rows = list(objects.values())
        cursor = None if after is None else self._places.get(kind, {}).get(after)
        if cursor is not None:
            places = self._places[kind]
            rows = [row for id, row in objects.items() if (places[id] < cursor if descending else places[id] > cursor)]
        return rows[::-1] if descending else rows

    async def write(self, id: str, content: bytes) -> None:
        self._contents.setdefault(id, []).append(content)

    async def read(self, id: str) -> bytes | None:
        pieces = self._contents.get(id)
        if pieces is None:
            return None
        if len(pieces) > 1:
            pieces[:] = [b"".join(pieces)]
        return pieces[0]

    async def erase(self, id: str) -> None:
        self._contents.pop(id, None)

    async def count(self, name: str, amounts: dict[str, int]) -> None:
        counters = self._counters.get(name)
        if counters is None:
            self._counters[name] = dict(amounts)
            return
        for key, amount in amounts.items():
            counters[key] = counters.get(key, 0) + amount

    async def counted(self, name: str) -> dict[str, int]:
        return dict(self._counters.get(name, ()))

    async def tally(self, name: str, key: str) -> int:
        return self._counters.get(name, {}).get(key, 0)

    async def take(self, group: str, meter: Meter, amounts: Sequence[int], now: int) -> tuple[list[Level], int | None]:
        levels = self._levels.get(group)
        if levels is None:
            levels = self._levels[group] = {}
        after: list[Level] = []
        for limit, amount in zip(meter.limits, amounts, strict=True):
            level, wait = take(limit, levels.get(limit.per, EMPTY), amount, now)
            if wait:
                return [levels.get(name, EMPTY) for name in meter.names], len(after)
            after.append(level)
        levels.update(zip(meter.names, after, strict=True))
        return after, None
