"""Searching in vector stores: for the endpoint, and for the tools that search files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockapi.aside import aside
from mockapi.contract import wording
from mockapi.contract.wording import Place
from mockapi.resources.vector_stores import kept
from mockapi.world import World

# Passages to be compared with queries, and characters of these, from which on it is done beside others: some milliseconds' work.
_MANY = 300
_LONG = 4096


@dataclass(frozen=True)
class Ranking:
    """How hits are ranked: `ranker` is `auto`, `none` or one by its name; those with a score below `threshold` are left out."""

    ranker: str = "auto"
    threshold: float = 0.0


AUTO = Ranking()
_FILTERS = Place("filters", "filters")


@dataclass(frozen=True)
class Hit:
    """A chunk that was found; `score` in [0, 1]."""

    file_id: str
    filename: str
    attributes: dict[str, Any]
    score: float
    text: str


def check(told: Mapping[str, Any], place: Place = _FILTERS) -> None:
    """Raise what the API says of a comparison with a value that it cannot be made with (guess: the words are not recorded)."""
    if told["type"] in ("and", "or"):
        for number, each in enumerate(told["filters"]):
            check(each, place.key("filters").item(number))
    elif (told["type"] in ("in", "nin")) is not isinstance(told["value"], list):
        expected = "an array" if told["type"] in ("in", "nin") else "one of a string or a decimal or a boolean"
        raise wording.invalid_type(place.key("value"), expected, told["value"])


async def search(
    world: World,
    store_ids: Sequence[str],
    queries: Sequence[str],
    filters: Mapping[str, Any] | None = None,
    limit: int = 10,
    ranking: Ranking = AUTO,
) -> list[Hit]:
    """The best chunks of some stores, best first; they are used by that. `filters` is a filter as JSON, already held to its contract.

    Raises what the API says of a store that is not there or has expired.
    """
    # Imported on first use: most servers are never asked to search.
    from mockapi.engine.retrieval import filters as filtering
    from mockapi.engine.retrieval import ranking as ranked

    for store_id in store_ids:
        await kept.living(world, store_id)
    await kept.settle(world)
    passages: list[Any] = []
    owners: list[dict[str, Any]] = []
    chosen: list[int] = []
    for store_id in dict.fromkeys(store_ids):
        await kept.touch(world, store_id)
        for row in await kept.rows(world, store_id):
            index = await world.store.get(kept.passages_of(store_id), row["id"])
            if index is None:
                continue
            if filters is None or filtering.passes(row["shown"]["attributes"], filters):
                chosen += range(len(passages), len(passages) + len(index["passages"]))
            passages += index["passages"]
            owners += [row] * len(index["passages"])
    found = await aside(
        len(passages) * len(queries) > _MANY or sum(map(len, queries)) > _LONG,
        lambda: ranked.rank(queries, passages, chosen, limit, threshold=ranking.threshold, rerank=ranking.ranker != "none"),
    )
    return [_hit(owners[each.place], each.score, passages[each.place]["text"]) for each in found]


def _hit(row: dict[str, Any], score: float, text: str) -> Hit:
    return Hit(row["id"], row["filename"], row["shown"]["attributes"], score, text)


def rewritten(query: str) -> str:
    """A question as a search."""
    from mockapi.engine.retrieval import ranking

    return ranking.rewrite(query)
