"""Lists as the API pages them (api-facts G.10)."""

from __future__ import annotations

from typing import Any, Literal

DEFAULT_LIMIT = 20


def page(items: list[dict[str, Any]], *, after: str | None, limit: int | None, order: Literal["asc", "desc"] | None) -> dict[str, Any]:
    """One page of objects that come oldest first. `after` is exclusive; an id that is not there begins at the start."""
    # guess: no recording of an unknown cursor
    rows = items if order != "desc" else items[::-1]
    if after is not None:
        places = [place for place, row in enumerate(rows) if row["id"] == after]
        rows = rows[places[0] + 1 :] if places else rows
    size = DEFAULT_LIMIT if limit is None else limit
    shown = rows[:size]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": len(rows) > len(shown),
    }
