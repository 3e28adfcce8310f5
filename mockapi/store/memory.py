"""The store that lives and dies with the process."""

from __future__ import annotations

from typing import Any

from mockapi.admission.limits import EMPTY, Charge, Level, Meter, take


class MemoryStore:
    """Everything in dictionaries; a call that does not wait is atomic."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[str, dict[str, Any]]] = {}
        self._levels: dict[str, dict[str, Level]] = {}

    async def get(self, kind: str, id: str) -> dict[str, Any] | None:
        return self._objects.get(kind, {}).get(id)

    async def put(self, kind: str, id: str, value: dict[str, Any]) -> None:
        self._objects.setdefault(kind, {})[id] = value

    async def delete(self, kind: str, id: str) -> bool:
        return self._objects.get(kind, {}).pop(id, None) is not None

    async def page(self, kind: str) -> list[dict[str, Any]]:
        return list(self._objects.get(kind, {}).values())

    async def take(self, group: str, meter: Meter, charge: Charge, now: int) -> tuple[list[Level], int | None]:
        levels = self._levels.get(group)
        if levels is None:
            levels = self._levels[group] = {}
        after: list[Level] = []
        for place, limit in enumerate(meter.limits):
            level, wait = take(limit, levels.get(limit.per, EMPTY), charge.of(limit), now)
            if wait:
                return [levels.get(name, EMPTY) for name in meter.names], place
            after.append(level)
        for name, level in zip(meter.names, after, strict=True):
            levels[name] = level
        return after, None
