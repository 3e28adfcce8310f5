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
# Counters: the cost of each day by its date, and what was paid since when.
_COSTS = "spend"
_ACCOUNT = "account"
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
    """The name of the counters of a day since the epoch, and its date."""
    date = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).date().isoformat()
    return f"spend {date}", date


@lru_cache(maxsize=4096)
def _bill(card: Card, rate: str, used: tuple[tuple[str, int], ...]) -> tuple[dict[str, int], int]:
    """The day's figures that a call adds to, and its cost."""
    cost, head = price(card, dict(used), rate), f"{card.asked_as}|{rate}|"
    return {f"{head}requests": 1, f"{head}cost": cost, **{head + name: amount for name, amount in used if amount}}, cost


async def charge(call: Call) -> None:
    """Book what a call used."""
    if call.used is not None and call.card is not None:
        await book(call.world, call.card, call.used, call.rate)


async def book(world: World, card: Card, used: Used, rate: str) -> None:
    """Add to the day's figures of a model, and to the day's cost."""
    figures, cost = _bill(card, rate, tuple(used.items()))
    name, date = _labels(world.clock.micros() // _DAY)
    await world.store.count(name, figures)
    await world.store.count(_COSTS, {date: cost})


async def pay(world: World, dollars: float) -> None:
    """Add a payment to the account; it counts towards the tier."""
    await world.store.count(_ACCOUNT, {"paid": round(dollars * DOLLAR)})


async def tier_of(world: World) -> str:
    """The tier an account has come to by what it paid and how long ago it first paid (doc: usage tiers).

    An account begins with the payment that the first paid tier asks for; what it spends it pays.
    """
    account, costs = await world.store.counted(_ACCOUNT), await world.store.counted(_COSTS)
    now = world.clock.micros()
    if "first" not in account:
        account["first"] = now
        await world.store.count(_ACCOUNT, {"first": now})
    ladder: dict[str, dict[str, int]] = tiers()["tiers"]
    paid = max(ladder["1"]["paid"] * DOLLAR, sum(costs.values())) + account.get("paid", 0)
    days = (now - account["first"]) // _DAY
    return max(name for name, needs in ladder.items() if name != "free" and paid >= needs["paid"] * DOLLAR and days >= needs["days"])


async def capped(world: World, tier: str, now: int) -> bool:
    """Whether the month's spend has reached the tier's cap; `now` in microseconds."""
    cap = tiers()["tiers"].get(tier)
    if cap is None:
        return False
    month = _labels(now // _DAY)[1][:7]
    spent = 0
    for date, cost in (await world.store.counted(_COSTS)).items():
        if date.startswith(month):
            spent += cost
    reached: bool = spent >= cap["month"] * DOLLAR
    return reached


async def report(world: World) -> dict[str, Any]:
    """What a project used and spent, by day and model, in US dollars."""
    costs = await world.store.counted(_COSTS)
    days, months = [], dict.fromkeys(sorted(date[:7] for date in costs), 0)
    for date in sorted(costs):
        months[date[:7]] += costs[date]
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        for key, amount in (await world.store.counted(f"spend {date}")).items():
            model, rate, figure = key.split("|")
            row = rows.setdefault((model, rate), {"model": model, "rate": rate})
            row[figure] = amount / DOLLAR if figure == "cost" else amount
        days.append({"date": date, "cost": costs[date] / DOLLAR, "models": [rows[pair] for pair in sorted(rows)]})
    return {
        "project": world.identity.project,
        "earned_tier": await tier_of(world),
        "paid": (await world.store.counted(_ACCOUNT)).get("paid", 0) / DOLLAR,
        "cost": sum(costs.values()) / DOLLAR,
        "months": {month: cost / DOLLAR for month, cost in months.items()},
        "days": days,
    }
