"""Where objects live: the protocol every store keeps. What is in memory is in `store/memory.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from mockapi.admission.limits import Level, Meter


class Store(Protocol):
    """Objects by kind and id in the order of their creation, contents, counters, and the levels of buckets. One belongs to one world."""

    async def get(self, kind: str, id: str) -> dict[str, Any] | None: ...

    async def put(self, kind: str, id: str, value: dict[str, Any]) -> None:
        """Create or replace; a replaced object keeps its place."""

    async def delete(self, kind: str, id: str) -> bool: ...

    async def page(self, kind: str, *, after: str | None = None, descending: bool = False) -> list[dict[str, Any]]:
        """The objects of a kind, oldest first unless descending, beyond one of them; it may have been deleted since it was listed.

        An id that was never there begins at the start.
        """

    async def write(self, id: str, content: bytes) -> None:
        """Add to the end of a content, which begins empty."""

    async def read(self, id: str) -> bytes | None:
        """A whole content; None where nothing was written."""

    async def erase(self, id: str) -> None:
        """Forget a content."""

    async def count(self, name: str, amounts: dict[str, int]) -> None:
        """Add to some counters under one name; they begin at zero."""

    async def counted(self, name: str) -> dict[str, int]:
        """The counters under a name."""

    async def tally(self, name: str, key: str) -> int:
        """One of the counters under a name."""

    async def take(self, group: str, meter: Meter, amounts: Sequence[int], now: int) -> tuple[list[Level], int | None]:
        """Charge all buckets of a group or none, in quarters. Returns their levels, and the place of the first that lacks enough."""
