"""Where objects live: the protocol every store keeps. What is in memory is in `store/memory.py`."""

from __future__ import annotations

from typing import Any, Protocol

from mockapi.admission.limits import Charge, Level, Meter


class Store(Protocol):
    """Objects by kind and id in the order of their creation, and the levels of buckets. One store belongs to one world."""

    async def get(self, kind: str, id: str) -> dict[str, Any] | None: ...

    async def put(self, kind: str, id: str, value: dict[str, Any]) -> None:
        """Create or replace; a replaced object keeps its place."""

    async def delete(self, kind: str, id: str) -> bool: ...

    async def page(self, kind: str) -> list[dict[str, Any]]:
        """All objects of a kind, oldest first."""

    async def take(self, group: str, meter: Meter, charge: Charge, now: int) -> tuple[list[Level], int | None]:
        """Charge all buckets of a group or none. Returns their levels, and the index of the first that does not hold enough."""
