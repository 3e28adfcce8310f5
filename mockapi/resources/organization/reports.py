"""Usage and costs as they are told: what was booked, by buckets of time and by groups."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockapi import catalogue
from mockapi.admission import spend
from mockapi.catalogue import Card
from mockapi.contract.organization.usage import SpanQuery
from mockapi.contract.wording import too_large
from mockapi.resources.organization import kept, refusals
from mockapi.transport.call import Call

_SECONDS = {"1m": 60, "1h": 3600, "1d": 86_400}
# doc: the usual and the largest number of buckets, by their width
_BUCKETS = {"1m": (60, 1440), "1h": (24, 168), "1d": (7, 31)}
COST_BUCKETS = {"1d": (7, 180)}
# What the API calls our rates. guess: a batch is told as the default tier
_TIERS = {"standard": "default", "batch": "default", "flex": "flex", "priority": "priority"}
_CURSOR = "page_"
Amounts = dict[str, int]
# What an entry tells, given the card by which it was priced: some names of its own, and the amounts.
Told = list[tuple[dict[str, Any], Amounts]]
Teller = Callable[[spend.Entry, Card | None], Told]


@dataclass(slots=True, eq=False, repr=False)
class Used:
    """What was used at a second, by names: `about` what it can be filtered and grouped by, `amounts` what is summed."""

    at: int
    about: dict[str, Any]
    amounts: Amounts


async def booked(call: Call, tell: Teller) -> list[Used]:
    """What was booked, as `tell` tells it. An entry that it does not tell of is left out."""
    world = await kept.opened(call)
    issued, project, key = world.issued(), world.identity.project, kept.own_key(world)
    found = []
    for entry in await spend.entries(world):
        card = await _card(call, entry)
        told = tell(entry, card)
        made = issued.get(entry.key)
        about = {
            "project_id": (made.project if made is not None else "") or project,
            # A service account is no user.
            "user_id": kept.owner(world) if await world.store.get(kept.HOLDS, entry.key) is None else None,
            "api_key_id": entry.key or key,
            # As answers name it.
            "model": entry.model if card is None else card.snapshot,
            "asked_as": entry.model,
            "batch": entry.rate == "batch",
            "service_tier": _TIERS[entry.rate],
        }
        found += [Used(60 * entry.minute, {**about, **own}, amounts) for own, amounts in told]
    return found


async def _card(call: Call, entry: spend.Entry) -> Card | None:
    """The card by which an entry was priced; None where the model is no longer there."""
    card = catalogue.card(entry.model)
    if card is None:
        made = await call.world.store.get("model", entry.model)
        return None if made is None else catalogue.tuned(entry.model, made["base"], made["examples"])
    stand_in = card.acts_as.get(entry.path[1:].replace("/", "_"))
    return card if stand_in is None else catalogue.acting(card, stand_in)


def page(
    query: SpanQuery,
    now: int,
    wanted: list[Used],
    tell: Callable[[dict[str, Any], Amounts], dict[str, Any]],
    buckets: Mapping[str, tuple[int, int]] = _BUCKETS,
) -> dict[str, Any]:
    """The buckets of a span; `now` in seconds. `tell` tells a result of a group's names and sums."""
    name = getattr(query, "bucket_width", None) or "1d"
    usual, most = buckets[name]
    limit = usual if query.limit is None else query.limit
    if limit > most:
        raise too_large("limit", "integer", most, limit)
    width = _SECONDS[name]
    first = query.start_time if query.page is None else _opened(query.page)
    first -= first % width
    end = now + 1 if query.end_time is None else query.end_time
    count = max(0, min(limit, -(-(end - first) // width)))
    grouped: list[dict[tuple[Any, ...], Amounts]] = [{} for _ in range(count)]
    groups: list[str] = getattr(query, "group_by", None) or []
    for used in wanted:
        place = (used.at - first) // width
        if 0 <= place < count and used.at < end:
            sums = grouped[place].setdefault(tuple(used.about.get(group) for group in groups), {})
            for figure, amount in used.amounts.items():
                sums[figure] = sums.get(figure, 0) + amount
    following = first + count * width
    has_more = count == limit and following < end
    return {
        "object": "page",
        "data": [
            {
                "object": "bucket",
                "start_time": first + place * width,
                "end_time": first + (place + 1) * width,
                "results": [tell(dict(zip(groups, key, strict=True)), sums) for key, sums in found.items()],
            }
            for place, found in enumerate(grouped)
        ],
        "has_more": has_more,
        "next_page": _cursor(following) if has_more else None,
    }


def _cursor(second: int) -> str:
    return _CURSOR + base64.urlsafe_b64encode(struct.pack(">Q", second)).decode()


def _opened(page: str) -> int:
    try:
        (second,) = struct.unpack(">Q", base64.b64decode(page.removeprefix(_CURSOR).encode(), b"-_", validate=True))
    except (ValueError, struct.error):
        raise refusals.bad_page(page) from None
    return int(second)


def among(wanted: list[Used], **filters: list[Any] | None) -> list[Used]:
    """What has one of some values under each name; None lets everything through."""
    return [used for used in wanted if all(values is None or used.about.get(name) in values for name, values in filters.items())]
