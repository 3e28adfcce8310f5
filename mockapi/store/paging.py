"""Lists as the API pages them (api-facts G.10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from mockapi.store import Store

DEFAULT_LIMIT = 20
# The order of a list's keys beside `object` and `data`, by the family of endpoints; the last but one has no cursors, the last tells the
# one that goes on.
Shape = Literal["first, last, more", "first, more, last", "more, first, last", "more", "more, next"]


def beyond(items: list[dict[str, Any]], after: str | None, order: Literal["asc", "desc"] | None) -> list[dict[str, Any]]:
    """What comes after an id in a list whose oldest is first. An id that is not there begins at the start."""
    # guess: no recording of an unknown cursor
    rows = items if order != "desc" else items[::-1]
    places = [place for place, row in enumerate(rows) if row["id"] == after]
    return rows[places[0] + 1 :] if places else rows


async def listed(
    store: Store,
    kind: str,
    limit: int | None,
    *,
    after: str | None = None,
    descending: bool = False,
    shape: Shape = "first, last, more",
    default: int = DEFAULT_LIMIT,
    part: str | None = None,
    fits: Callable[[dict[str, Any]], bool] | None = None,
) -> dict[str, Any]:
    """One page of the objects of a kind that fit, beyond one of them; of jobs and the like only a part is the API's object.

    No more is read than it takes, however many there are.
    """
    wanted = (default if limit is None else limit) + 1
    found: list[dict[str, Any]] = []
    number = wanted
    while True:
        rows = await store.page(kind, after=after, descending=descending, limit=number)
        shown = rows if part is None else [row[part] for row in rows]
        found += shown if fits is None else filter(fits, shown)
        if len(found) >= wanted or len(rows) < number:
            return page(found[:wanted], limit, shape=shape, default=default)
        after, number = shown[-1]["id"], 2 * number


def page(
    rows: list[dict[str, Any]],
    limit: int | None,
    *,
    shape: Shape = "first, last, more",
    default: int = DEFAULT_LIMIT,
    backwards: bool = False,
) -> dict[str, Any]:
    """One page: the first rows of all that are left. Those that were gathered `backwards` from a cursor are told in their order."""
    shown = rows[: default if limit is None else limit]
    if backwards:
        shown.reverse()
    # guess: a page of nothing is told to be the last, or who follows its cursor would ask for it for ever
    more = 0 < len(shown) < len(rows)
    values = {
        "first": ("first_id", shown[0]["id"] if shown else None),
        "last": ("last_id", shown[-1]["id"] if shown else None),
        "more": ("has_more", more),
        "next": ("next", shown[-1]["id"] if more else None),
    }
    return {"object": "list", "data": shown, **dict(values[name] for name in shape.split(", "))}
