"""What calls cost: priced by the model cards, summed per project and day, and the tier and the monthly cap that follow from it.

Money is counted in picodollars (10**-12 US dollars), so that a token of the cheapest model is a whole number.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from mockapi import fixtures
from mockapi.catalogue import Card, tiers
from mockapi.clock import SECOND

if TYPE_CHECKING:
    from mockapi.transport.call import Call
    from mockapi.world import World

DOLLAR = 10**12
_DAY = 86_400 * SECOND
# What a call used: amounts by the names that the model cards give their prices.
Used = dict[str, int]
# doc: batch and flex cost half. guess: priority costs twice; its prices are known for few models
_FACTORS = {"standard": 1.0, "batch": 0.5, "flex": 0.5, "priority": 2.0}
# Prices are per million units, except for what is counted in seconds or one by one.
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
            per = _SECONDS.get(name)
            total += round(prices[name] * factor * (1_000_000 if per is None else DOLLAR / per) * amount)
        elif name in each or name in _fees():
            total += round(each.get(name, _fees().get(name, 0.0)) * factor * DOLLAR) * amount
    return total


@lru_cache(maxsize=64)
def _labels(day: int) -> tuple[str, str]:
    """The date and the month of a day since the epoch."""
    date = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).date().isoformat()
    return date, date[:7]


async def charge(call: Call) -> None:
    """Book what a call used, if it used anything that has a price or a count."""
    if call.used is not None and call.card is not None:
        await book(call.world, call.card, call.used, call.rate)


async def book(world: World, card: Card, used: Used, rate: str) -> None:
    """Add to the day's figures of a model, and to the totals."""
    date, month = _labels(world.clock.micros() // _DAY)
    cost = price(card, used, rate)
    head = f"{card.asked_as}|{rate}|"
    await world.store.count(f"spend {date}", {f"{head}requests": 1, f"{head}cost": cost, **{head + n: a for n, a in used.items() if a}})
    await world.store.count("spend", {"total": cost, f"month {month}": cost, f"day {date}": cost})


async def pay(world: World, dollars: float) -> None:
    """Add a payment to the account; it counts towards the tier."""
    await world.store.count("spend", {"paid": round(dollars * DOLLAR)})


async def tier_of(world: World) -> str:
    """The tier an account has come to by what it paid and how long ago it first paid (doc: usage tiers).

    An account begins with the payment that the first paid tier asks for; what it spends it pays.
    """
    counted = await world.store.counted("spend")
    now = world.clock.micros()
    first = counted.get("first")
    if first is None:
        first = now
        await world.store.count("spend", {"first": now})
    ladder: dict[str, dict[str, int]] = tiers()["tiers"]
    paid = max(ladder["1"]["paid"] * DOLLAR, counted.get("total", 0)) + counted.get("paid", 0)
    days = (now - first) // _DAY
    return max(name for name, needs in ladder.items() if name != "free" and paid >= needs["paid"] * DOLLAR and days >= needs["days"])


async def capped(world: World, tier: str) -> bool:
    """Whether the month's spend has reached the tier's cap."""
    cap = tiers()["tiers"].get(tier)
    if cap is None:
        return False
    counted = await world.store.counted("spend")
    reached: bool = counted.get(f"month {_labels(world.clock.micros() // _DAY)[1]}", 0) >= cap["month"] * DOLLAR
    return reached


async def report(world: World) -> dict[str, Any]:
    """What a project used and spent, by day and model, in US dollars."""
    counted = await world.store.counted("spend")
    days = []
    for name in sorted(key for key in counted if key.startswith("day ")):
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        for key, amount in (await world.store.counted(f"spend {name[4:]}")).items():
            model, rate, figure = key.split("|")
            row = rows.setdefault((model, rate), {"model": model, "rate": rate})
            row[figure] = amount / DOLLAR if figure == "cost" else amount
        days.append({"date": name[4:], "cost": counted[name] / DOLLAR, "models": [rows[pair] for pair in sorted(rows)]})
    months = {key[6:]: amount / DOLLAR for key, amount in sorted(counted.items()) if key.startswith("month ")}
    return {
        "project": world.identity.project,
        "tier": await tier_of(world),
        "paid": counted.get("paid", 0) / DOLLAR,
        "cost": counted.get("total", 0) / DOLLAR,
        "months": months,
        "days": days,
    }
