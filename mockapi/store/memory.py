"""The store that lives and dies with the process."""

from __future__ import annotations

from typing import Any

from mockapi.admission.limits import EMPTY, Charge, Level, take
from mockapi.catalogue import Limit


class MemoryStore:
    """Everything in dictionaries; a call that does not wait is atomic."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[str, dict[str, Any]]] = {}
        self._levels: dict[tuple[str, str], Level] = {}

    async def get(self, kind: str, id: str) -> dict[str, Any] | None:
        return self._objects.get(kind, {}).get(id)

    async def put(self, kind: str, id: str, value: dict[str, Any]) -> None:
        self._objects.setdefault(kind, {})[id] = value

    async def delete(self, kind: str, id: str) -> bool:
        return self._objects.get(kind, {}).pop(id, None) is not None

    async def page(self, kind: str) -> list[dict[str, Any]]:
        return list(self._objects.get(kind, {}).values())

    async def take(self, group: str, limits: tuple[Limit, ...], charge: Charge, now: int) -> tuple[tuple[Level, ...], int | None]:
        before = [self._levels.get((group, limit.per), EMPTY) for limit in limits]
        after: list[Level] = []
        for number, (limit, level) in enumerate(zip(limits, before, strict=True)):
            charged, wait = take(limit, level, charge.of(limit), now)
            if wait:
                return tuple(before), number
            after.append(charged)
        self._levels.update(((group, limit.per), level) for limit, level in zip(limits, after, strict=True))
        return tuple(after), None
