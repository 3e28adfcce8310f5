"""What calls cost: priced by the model cards, summed per project and day, and the tier and the monthly cap that follow from it.

Money is counted in picodollars (10**-12 US dollars), so that a token of the cheapest model is a whole number.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from mockapi import fixtures
from mockapi.catalogue import Card, tiers
from mockapi.clock import SECOND

if TYPE_CHECKING:
    from mockapi.world import World

DOLLAR = 10**12
_MINUTE = 60 * SECOND
_DAY = 24 * 60
# Counters: costs (all of it as `total`, of each month as `2026-11`) and the figures of each minute since the epoch
# (`29397360|key|/chat/completions|model|rate|figure`); and what was paid since when.
_SPEND = "spend"
_ACCOUNT = "account"
# What a call used: amounts by the names that the model cards give their prices.
Used = dict[str, int]
# doc: batch and flex cost half. guess: priority costs twice; its prices are known for few models
_FACTORS = {"standard": 1.0, "batch": 0.5, "flex": 0.5, "priority": 2.0}
# Prices are per million units, except for what is counted one by one or in seconds; a resolution may follow, as in `second_720p`.
_SECONDS = {"minute": 60, "second": 1}


@cache
def _fees() -> dict[str, float]:
    found: dict[str, float] = fixtures.load("fees.toml")["each"]
    return found


def price(card: Card, used: Used, rate: str = "standard") -> int:
    """The price of what a call used, in picodollars. A name without a price is free."""
    prices, total = card.prices, 0
    factor = _FACTORS[rate]
    each: dict[str, float] = prices.get("each", {})
    for name, amount in used.items():
        if not amount:
            continue
        own = prices.get(f"{rate}_{name}")
        if own is not None:
            total += round(own * 1_000_000 * amount)
        elif name in prices:
            per = _SECONDS.get(name.partition("_")[0])
            total += round(prices[name] * factor * (1_000_000 if per is None else DOLLAR / per) * amount)
        elif name in each or name in _fees():
            total += round(each.get(name, _fees().get(name, 0.0)) * factor * DOLLAR) * amount
    return total


@lru_cache(maxsize=64)
def _date(day: int) -> str:
    """The date of a day since the epoch."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).date().isoformat()


@lru_cache(maxsize=4096)
def _bill(card: Card, rate: str, minute: int, key: str, path: str, used: tuple[tuple[str, int], ...]) -> dict[str, int]:
    """What a call adds to the counters."""
    cost, head = price(card, dict(used), rate), f"{minute}|{key}|{path}|{card.asked_as}|{rate}|"
    figures = {head + name: amount for name, amount in used if amount}
    return {"total": cost, _date(minute // _DAY)[:7]: cost, f"{head}requests": 1, f"{head}cost": cost, **figures}


def book(world: World, card: Card, used: Used, rate: str, now: int, path: str, key: str = "") -> Awaitable[None]:
    """Add what was used to the figures of the minute; `now` in microseconds, `path` the operation's, `key` the id of an issued key."""
    return world.store.count(_SPEND, _bill(card, rate, now // _MINUTE, key, path, tuple(used.items())))


@dataclass(slots=True, eq=False, repr=False)
class Entry:
    """The figures of calls in one minute since the epoch with the same key, path, model and rate; `cost` in picodollars."""

    minute: int
    key: str
    path: str
    model: str
    rate: str
    figures: dict[str, int] = field(default_factory=dict)


async def entries(world: World) -> list[Entry]:
    """Everything that was booked, in the order of the minutes."""
    found: dict[str, Entry] = {}
    # Stores tell counters in orders of their own.
    for name, amount in sorted((await world.store.counted(_SPEND)).items()):
        head, _, figure = name.rpartition("|")
        if not head:
            continue
        entry = found.get(head)
        if entry is None:
            minute, key, path, rest = head.split("|", 3)
            model, _, rate = rest.rpartition("|")
            entry = found[head] = Entry(int(minute), key, path, model, rate)
        entry.figures[figure] = amount
    return sorted(found.values(), key=lambda entry: entry.minute)


async def pay(world: World, dollars: float) -> None:
    """Add a payment to the account; it counts towards the tier."""
    await world.store.count(_ACCOUNT, {"paid": round(dollars * DOLLAR)})


async def tier_of(world: World) -> str:
    """The tier an account has come to by what it paid and how long ago it first paid (doc: usage tiers).

    An account begins with the payment that the first paid tier asks for; what it spends it pays.
    """
    account = await world.store.counted(_ACCOUNT)
    now = world.clock.micros()
    if "first" not in account:
        account["first"] = now
        await world.store.count(_ACCOUNT, {"first": now})
    ladder: dict[str, dict[str, int]] = tiers()["tiers"]
    paid = max(ladder["1"]["paid"] * DOLLAR, await world.store.tally(_SPEND, "total")) + account.get("paid", 0)
    days = (now - account["first"]) // (_DAY * _MINUTE)
    return max(name for name, needs in ladder.items() if name != "free" and paid >= needs["paid"] * DOLLAR and days >= needs["days"])


@cache
def cap(tier: str) -> int | None:
    """What an account on a tier may spend in a month, in picodollars; None where nothing is said of it."""
    limits: dict[str, int] | None = tiers()["tiers"].get(tier)
    return None if limits is None else limits["month"] * DOLLAR


async def capped(world: World, tier: str, now: int) -> bool:
    """Whether the month's spend has reached the tier's cap; `now` in microseconds."""
    most = cap(tier)
    return most is not None and await of_month(world, now) >= most


def of_month(world: World, now: int) -> Awaitable[int]:
    """What was spent in the month, in picodollars; `now` in microseconds."""
    return world.store.tally(_SPEND, _month(now))


def _month(now: int) -> str:
    return _date(now // _MINUTE // _DAY)[:7]


async def of_keys(world: World, now: int, keys: set[str]) -> int:
    """What some keys spent in the month, in picodollars; the key that no id stands for is ""."""
    month = _month(now)
    return sum(entry.figures["cost"] for entry in await entries(world) if entry.key in keys and _date(entry.minute // _DAY)[:7] == month)


async def report(world: World) -> dict[str, Any]:
    """What a project used and spent, by day and model, in US dollars."""
    counters = await world.store.counted(_SPEND)
    months = {key: counters[key] / DOLLAR for key in sorted(counters) if "|" not in key and key != "total"}
    days: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for entry in await entries(world):
        rows = days.setdefault(_date(entry.minute // _DAY), {})
        row = rows.setdefault((entry.model, entry.rate), {"model": entry.model, "rate": entry.rate})
        for figure, amount in entry.figures.items():
            row[figure] = row.get(figure, 0) + amount
    told = []
    for date, rows in days.items():
        cost = sum(row["cost"] for row in rows.values())
        told.append(
            {"date": date, "cost": cost / DOLLAR, "models": [{**row, "cost": row["cost"] / DOLLAR} for _, row in sorted(rows.items())]}
        )
    return {
        "project": world.identity.project,
        "earned_tier": await tier_of(world),
        "paid": (await world.store.counted(_ACCOUNT)).get("paid", 0) / DOLLAR,
        "cost": counters.get("total", 0) / DOLLAR,
        "months": months,
        "days": told,
    }
