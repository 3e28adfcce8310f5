"""Lists that are paged in both directions."""

from __future__ import annotations

from typing import Any

from mockapi.contract.types import PageQuery
from mockapi.world import World


async def listed(world: World, kind: str, query: PageQuery) -> tuple[list[dict[str, Any]], bool]:
    """The objects of a kind beyond a cursor, those next to it first, and whether they are gathered against the order asked for."""
    backwards = query.after is None and query.before is not None
    found = await world.store.page(
        kind, after=query.before if backwards else query.after, descending=(query.order != "asc") is not backwards
    )
    ids = [row["id"] for row in found]
    if query.before in ids:
        # Between two cursors.
        found = found[: ids.index(query.before)]
    return found, backwards
