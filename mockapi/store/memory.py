"""The store that lives and dies with the process."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from mockapi.admission.limits import EMPTY, Level, Meter, take
from mockapi.store import MOST

# Deleted objects whose places are remembered at least.
CURSORS = 10_000
# How many different requests, and names that are held, are remembered.
REMEMBERED = 4096
REMEMBERED_NAMES = 8192


class _Kind:
    """The objects of a kind in the order of their creation: `order` are their ids by their places, the deleted ones too for a while."""

    __slots__ = ("objects", "order", "places")

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.places: dict[str, int] = {}
        self.order: list[tuple[int, str]] = []

    def put(self, id: str, value: dict[str, Any]) -> None:
        if id not in self.objects:
            place = self.order[-1][0] + 1 if self.order else 0
            self.places[id] = place
            self.order.append((place, id))
        self.objects[id] = value

    def delete(self, id: str) -> bool:
        if self.objects.pop(id, None) is None:
            return False
        if len(self.order) > 2 * len(self.objects) + CURSORS:
            self.order = [(place, id) for place, id in self.order if self._is_at(place, id)]
            self.places = {id: place for place, id in self.order}
        return True

    def _is_at(self, place: int, id: str) -> bool:
        """Whether an object is there and has not been made anew since."""
        return id in self.objects and self.places[id] == place

    def beyond(self, after: str | None, descending: bool) -> Iterator[dict[str, Any]]:
        start, end = 0, len(self.order)
        place = None if after is None else self.places.get(after)
        if place is not None and descending:
            end = bisect_left(self.order, (place, ""))
        elif place is not None:
            start = bisect_right(self.order, place, key=lambda entry: entry[0])
        for number in range(end - 1, start - 1, -1) if descending else range(start, end):
            place, id = self.order[number]
            if self._is_at(place, id):
                yield self.objects[id]


class MemoryStore:
    """Everything in dictionaries; a call that does not wait is atomic."""

    def __init__(self) -> None:
        self._kinds: dict[str, _Kind] = {}
        self._contents: dict[str, list[bytes]] = {}
        self._counters: dict[str, dict[str, int]] = {}
        self._levels: dict[str, dict[str, Level]] = {}
        self._asked: OrderedDict[int, int] = OrderedDict()
        self._names: OrderedDict[bytes, int] = OrderedDict()

    async def get(self, kind: str, id: str) -> dict[str, Any] | None:
        found = self._kinds.get(kind)
        return None if found is None else found.objects.get(id)

    async def put(self, kind: str, id: str, value: dict[str, Any]) -> None:
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = _Kind()
        found.put(id, value)

    async def delete(self, kind: str, id: str) -> bool:
        found = self._kinds.get(kind)
        return found is not None and found.delete(id)

    async def page(
        self, kind: str, *, after: str | None = None, descending: bool = False, limit: int | None = None
    ) -> list[dict[str, Any]]:
        found = self._kinds.get(kind)
        return [] if found is None else list(islice(found.beyond(after, descending), limit))

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
            counters = self._counters[name] = {}
        for key, amount in amounts.items():
            counters[key] = counters.get(key, 0) + amount

    async def counted(self, name: str) -> dict[str, int]:
        return {key: min(MOST, amount) for key, amount in self._counters.get(name, {}).items()}

    async def tally(self, name: str, key: str) -> int:
        counters = self._counters.get(name)
        amount = 0 if counters is None else counters.get(key, 0)
        return amount if amount < MOST else MOST

    async def take(self, group: str, meter: Meter, amounts: Sequence[int], now: int) -> tuple[list[Level], int | None]:
        levels = self._levels.get(group)
        if levels is None:
            levels = self._levels[group] = {}
        after, short = charged(levels, meter, amounts, now)
        if short is None:
            levels.update(zip(meter.names, after, strict=True))
        return after, short

    def ordinal(self, origin: int) -> int:
        times = self._asked.pop(origin, 0)
        self._asked[origin] = times + 1
        if len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)
        return times

    async def renew(self, names: Sequence[bytes], now: int, until: int) -> int:
        found = 0
        for number, name in enumerate(names, 1):
            if self._names.get(name, 0) > now:
                found = number
        for name in names:
            self._names.pop(name, None)
            self._names[name] = until
        while len(self._names) > REMEMBERED_NAMES:
            self._names.popitem(last=False)
        return found


def charged(levels: dict[str, Level], meter: Meter, amounts: Sequence[int], now: int) -> tuple[list[Level], int | None]:
    """The levels of a meter's buckets after a charge; or as they are, and the place of the first that lacks enough."""
    after: list[Level] = []
    for limit, amount in zip(meter.limits, amounts, strict=True):
        level, wait = take(limit, levels.get(limit.per, EMPTY), amount, now)
        if wait:
            return [levels.get(name, EMPTY) for name in meter.names], len(after)
        after.append(level)
    return after, None
