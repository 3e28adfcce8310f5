"""Where objects live: the protocol every store keeps. One of memory dies with the process; the others outlive it and are shared."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, Literal, Protocol

from mockapi.admission.limits import Level, Meter

# What changes a store, as it is kept until all of it happens at once; an object as JSON.
Change = (
    tuple[Literal["put"], str, str, bytes]
    | tuple[Literal["delete"], str, str]
    | tuple[Literal["write"], str, bytes]
    | tuple[Literal["erase"], str]
    | tuple[Literal["count"], str, dict[str, int]]
)
# The most that a counter comes to; beyond it goes no higher.
MOST = 2**62


class LeaseLost(Exception):
    """What was held for a while is held by somebody else: nothing of a commit was done."""


class Store(Protocol):
    """Objects by kind and id in the order of their creation, contents, counters, and the levels of buckets. One belongs to one world."""

    async def get(self, kind: str, id: str) -> dict[str, Any] | None: ...

    async def put(self, kind: str, id: str, value: dict[str, Any]) -> None:
        """Create or replace; a replaced object keeps its place."""

    async def delete(self, kind: str, id: str) -> bool: ...

    async def page(
        self, kind: str, *, after: str | None = None, descending: bool = False, limit: int | None = None
    ) -> list[dict[str, Any]]:
        """The objects of a kind, oldest first unless descending, beyond one of them; it may have been deleted since it was listed.

        An id that was never there begins at the start. No more than `limit` where one is given.
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

    def ordinal(self, origin: int) -> int | Awaitable[int]:
        """How often the same was asked before, as long as that is remembered; this time is counted. Every call asks, so who knows says so
        at once."""

    async def renew(self, names: Sequence[bytes], now: int, until: int) -> int:
        """How many names from the first on, or more beyond one that is not, are held at an instant; all are until another from now on."""


class SharedStore(Store, Protocol):
    """A store that others use at the same time: what they must not do at once they do in turns, and all of something or nothing."""

    async def rows(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """All objects of a kind with their ids, oldest first."""

    async def commit(self, changes: Sequence[Change], held: tuple[str, str] | None = None) -> None:
        """Make all changes at once. Raises LeaseLost where a name is not `held` by its owner any more."""

    async def hold(self, name: str, owner: str, seconds: float) -> bool:
        """Hold a name for some seconds of real time, or go on holding it. Returns whether nobody else does."""

    async def release(self, name: str, owner: str) -> None: ...

    async def note(self, entry: bytes, most: int, most_bytes: int) -> None:
        """Write an entry into the journal; the oldest make room where there are too many, or too many bytes of them."""

    async def noted(self) -> tuple[int, list[bytes]]:
        """The number of the first entry that is kept, from 1, and all that are; an empty journal tells the number of the next."""

    async def last(self) -> int:
        """The number of the entry that was written last; 0 before the first."""

    async def tear_out(self) -> None:
        """Forget all entries; their numbers go on."""

    async def clear(self) -> None:
        """Forget everything."""


class SharedStores(Protocol):
    """The stores of all worlds, and what is told of those worlds beside what they store: every part has the version that it was told at."""

    def of(self, world: str) -> SharedStore: ...

    async def prove(self) -> None:
        """Write something that means nothing. Raises ApiError where the store cannot be reached, or takes no more."""

    async def version(self) -> int:
        """The version of what was told last."""

    async def told(self, since: int) -> tuple[int, list[tuple[str, str, bytes]]]:
        """The present version, and the parts that were told after another: a world, the part's name, and its value."""

    async def tell(self, world: str, part: str, value: bytes) -> None: ...

    async def bury(self, owner: str) -> None:
        """Release all that an owner holds who is no more; `owner` is how the owner's names begin."""

    async def close(self) -> None: ...

    def forked(self) -> None:
        """Before the process is doubled: no connection is taken along."""
