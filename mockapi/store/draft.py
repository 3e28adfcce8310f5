"""Changes of a shared store that wait to be made all at once: whoever reads through them sees them as made."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any

from mockapi import json
from mockapi.admission.limits import Level, Meter
from mockapi.store import MOST, Change, SharedStore


class Draft:
    """What one job changes while its name is held. Buckets, and what was asked before, are counted at once."""

    def __init__(self, store: SharedStore, held: tuple[str, str]) -> None:
        self._store = store
        self._held = held
        self._begin()

    def _begin(self) -> None:
        self._changes: list[Change] = []
        # Objects by kind and id as they were put last, None where they were deleted; and those that were deleted at any time.
        self._objects: dict[str, dict[str, bytes | None]] = {}
        self._deleted: set[tuple[str, str]] = set()
        self._erased: set[str] = set()
        self._added: dict[str, list[bytes]] = {}
        self._counters: dict[str, dict[str, int]] = {}

    async def save(self) -> None:
        """Make what was changed so far. Raises LeaseLost, and then nothing is made."""
        changes = self._changes
        self._begin()
        if changes:
            await self._store.commit(changes, self._held)

    async def get(self, kind: str, id: str) -> dict[str, Any] | None:
        own = self._objects.get(kind, {})
        if id not in own:
            return await self._store.get(kind, id)
        text = own[id]
        return None if text is None else json.read(text)

    async def put(self, kind: str, id: str, value: dict[str, Any]) -> None:
        # As it is now: who goes on changing it puts it anew.
        text = json.write(value)
        self._objects.setdefault(kind, {})[id] = text
        self._changes.append(("put", kind, id, text))

    async def delete(self, kind: str, id: str) -> bool:
        there = await self.get(kind, id) is not None
        own = self._objects.setdefault(kind, {})
        own.pop(id, None)
        own[id] = None
        self._deleted.add((kind, id))
        self._changes.append(("delete", kind, id))
        return there

    async def page(
        self, kind: str, *, after: str | None = None, descending: bool = False, limit: int | None = None
    ) -> list[dict[str, Any]]:
        own = self._objects.get(kind)
        if not own:
            return await self._store.page(kind, after=after, descending=descending, limit=limit)
        found = dict(await self._store.rows(kind))
        for id, text in own.items():
            if (kind, id) in self._deleted:
                found.pop(id, None)
            if text is not None:
                found[id] = json.read(text)
        ids = list(found)[::-1] if descending else list(found)
        start = ids.index(after) + 1 if after in found else 0
        return [found[id] for id in ids[start:][:limit]]

    async def write(self, id: str, content: bytes) -> None:
        self._added.setdefault(id, []).append(content)
        self._changes.append(("write", id, content))

    async def read(self, id: str) -> bytes | None:
        kept = None if id in self._erased else await self._store.read(id)
        added = self._added.get(id)
        return kept if added is None else (kept or b"") + b"".join(added)

    async def erase(self, id: str) -> None:
        self._erased.add(id)
        self._added.pop(id, None)
        self._changes.append(("erase", id))

    async def count(self, name: str, amounts: dict[str, int]) -> None:
        own = self._counters.setdefault(name, {})
        for key, amount in amounts.items():
            own[key] = min(MOST, own.get(key, 0) + amount)
        self._changes.append(("count", name, amounts))

    async def counted(self, name: str) -> dict[str, int]:
        found = await self._store.counted(name)
        for key, amount in self._counters.get(name, {}).items():
            found[key] = min(MOST, found.get(key, 0) + amount)
        return found

    async def tally(self, name: str, key: str) -> int:
        return min(MOST, await self._store.tally(name, key) + self._counters.get(name, {}).get(key, 0))

    async def take(self, group: str, meter: Meter, amounts: Sequence[int], now: int) -> tuple[list[Level], int | None]:
        return await self._store.take(group, meter, amounts, now)

    def ordinal(self, origin: int) -> int | Awaitable[int]:
        return self._store.ordinal(origin)

    async def renew(self, names: Sequence[bytes], now: int, until: int) -> int:
        return await self._store.renew(names, now, until)
