"""What an organization ordered for its projects: limits of their own, which models they may use, and what they may spend in a month."""

from __future__ import annotations

from mockapi import errors
from mockapi.admission import spend
from mockapi.catalogue import Card, TierLimits
from mockapi.transport.call import Call
from mockapi.world import Orders, World

_CENT = spend.DOLLAR // 100


def _of_project(call: Call) -> Orders | None:
    return call.world.orders.get(call.caller.project or call.world.identity.project)


def limits(call: Call, card: Card, tier: TierLimits) -> TierLimits:
    """The limits of a model in the caller's project; `tier` are those of its tier."""
    orders = _of_project(call)
    return tier if orders is None else orders.limits.get(card.id, tier)


def check_model(call: Call, card: Card, name: str) -> None:
    """Raise the API's 403 for a model that the caller's project may not use."""
    orders = _of_project(call)
    if orders is not None and not orders.allows({name, card.id, card.snapshot}):
        raise errors.model_without_access(name, call.caller.project or call.world.identity.project)


def cents(dollars: int) -> int:
    """Picodollars in cents, rounded down."""
    return dollars // _CENT


async def check_spend(call: Call) -> None:
    """Raise `insufficient_quota` where the month's spend has reached what the organization or the caller's project may spend."""
    world, whole, orders = call.world, call.world.orders.get(""), _of_project(call)
    if whole is not None and whole.spend is not None and cents(await spend.of_month(world, call.now)) >= whole.spend:
        # guess: told as any other quota
        call.hit = "quota"
        raise errors.insufficient_quota()
    if orders is not None and orders.spend is not None and await of_project(world, call.caller.project, call.now) >= orders.spend:
        call.hit = "quota"
        raise errors.insufficient_quota()


async def of_project(world: World, project: str, now: int) -> int:
    """What a project spent in the month, in cents; `now` in microseconds. The first project of a world is ""."""
    keys = {issued.id for issued in world.issued().values() if issued.project == project}
    return cents(await spend.of_keys(world, now, keys if project else {"", *keys}))
