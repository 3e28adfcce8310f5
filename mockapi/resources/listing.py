"""Lists that are paged in both directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from mockapi.contract.types import PageQuery
from mockapi.store import paging
from mockapi.store.paging import DEFAULT_LIMIT, Shape
from mockapi.world import World

Row = dict[str, Any]


class Span(Protocol):
    """The part of a query that says between which cursors."""

    @property
    def limit(self) -> int | None: ...
    @property
    def after(self) -> str | None: ...
    @property
    def before(self) -> str | None: ...


async def page(
    world: World, kind: str, query: PageQuery, *, shape: Shape = "first, last, more", wanted: Callable[[Row], bool] | None = None
) -> dict[str, Any]:
    """One page of the objects of a kind that are `wanted`, the newest first unless another order is asked for."""
    if query.before is None:
        descending = query.order != "asc"
        return await paging.listed(world.store, kind, query.limit, after=query.after, descending=descending, shape=shape, fits=wanted)
    backwards = query.after is None
    found = await world.store.page(
        kind, after=query.before if backwards else query.after, descending=(query.order != "asc") is not backwards
    )
    ids = [row["id"] for row in found]
    if query.before in ids:
        # Between two cursors.
        found = found[: ids.index(query.before)]
    return paging.page(found if wanted is None else list(filter(wanted, found)), query.limit, shape=shape, backwards=backwards)


def page_of(rows: list[Row], query: Span, *, default: int = DEFAULT_LIMIT) -> dict[str, Any]:
    """One page of rows that are in order: beyond `after`, between both cursors, or up to `before` and next to it."""
    places = {row["id"]: place for place, row in enumerate(rows)}
    if query.after in places:
        rows = rows[places[query.after] + 1 : places.get(query.before, len(rows))]
    elif query.before in places:
        return paging.page(rows[: places[query.before]][::-1], query.limit, default=default, backwards=True)
    return paging.page(rows, query.limit, default=default)
