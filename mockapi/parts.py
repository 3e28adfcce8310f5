"""What is told of a world beside what it stores, part by part: its clock, its paces, what is scripted, ordered and issued there.

Each part is read often and changed seldom; servers that share a store tell each other of every change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mockapi import json
from mockapi.catalogue import Limit, TierLimits
from mockapi.lifecycle import Pace
from mockapi.transport.pace import Latency
from mockapi.webhooks import Endpoint
from mockapi.world import Issued, Orders, World

if TYPE_CHECKING:
    from mockapi.worlds import Worlds

# How often a world was made anew; there is one wherever there is a world.
GENERATION = "generation"


def generation(told: Mapping[str, bytes]) -> int:
    """That of a world by what was told of it."""
    found: int = json.read(told.get(GENERATION, b"0"))
    return found


def of_all(worlds: Worlds) -> dict[str, bytes]:
    """What holds for all worlds."""
    return {name: json.write(value) for name, value in _told(worlds).items()}


def of_world(world: World, issued: Mapping[str, Issued]) -> dict[str, bytes]:
    """What holds for one; `issued` are the keys of all."""
    told = _told(world)
    told[GENERATION] = world.generation
    told["orders"] = {project: _orders(orders) for project, orders in world.orders.items()}
    told["keys"] = {key: asdict(each) for key, each in issued.items() if each.world == world.name}
    return {name: json.write(value) for name, value in told.items()}


def follow_all(worlds: Worlds, part: str, value: bytes) -> None:
    _follow(worlds, part, json.read(value))


def follow_world(world: World, part: str, value: bytes, issued: dict[str, Issued]) -> None:
    """Have a world's part be as it was told; `issued` are the keys of all."""
    told = json.read(value)
    if part == "orders":
        world.orders = {project: _orders_of(each) for project, each in told.items()}
    elif part == "keys":
        for key in [key for key, each in issued.items() if each.world == world.name]:
            del issued[key]
        issued |= {key: Issued(**each) for key, each in told.items()}
    elif part != GENERATION:
        _follow(world, part, told)


def _told(of: World | Worlds) -> dict[str, Any]:
    return {
        "clock": of.clock.told(),
        "paces": {kind: {"mode": pace.mode, "polls": pace.polls, "seconds": dict(pace.seconds)} for kind, pace in of.paces.items()},
        "latencies": {pattern: asdict(latency) for pattern, latency in of.latencies.items()},
        "scenarios": of.book.told(),
        "endpoints": [asdict(endpoint) for endpoint in of.endpoints.values()],
    }


def _follow(of: World | Worlds, part: str, told: Any) -> None:
    match part:
        case "clock":
            of.clock.follow(told)
        case "paces":
            of.paces = {kind: Pace(**pace) for kind, pace in told.items()}
            of.clock.ring()
        case "latencies":
            of.latencies = {pattern: Latency(**latency) for pattern, latency in told.items()}
        case "scenarios":
            of.book.follow(told)
        case "endpoints":
            # Whoever sends to them holds the table.
            known = dict(of.endpoints)
            of.endpoints.clear()
            for each in told:
                made = Endpoint(**{**each, "events": tuple(each["events"]), "faults": tuple(each["faults"])})
                of.endpoints[made.id] = known.get(made.id, made)
            of.clock.ring()


def _orders(orders: Orders) -> dict[str, Any]:
    models = None if orders.models is None else [sorted(orders.models[0]), orders.models[1]]
    limits = {model: {name: _limit(limit) for name, limit in vars(tier).items()} for model, tier in orders.limits.items()}
    return {"models": models, "spend": orders.spend, "limits": limits}


def _orders_of(told: dict[str, Any]) -> Orders:
    models = None if told["models"] is None else (frozenset(told["models"][0]), told["models"][1])
    limits = {model: _tier_of(tier) for model, tier in told["limits"].items()}
    return Orders(limits, models, told["spend"])


def _tier_of(told: dict[str, Any]) -> TierLimits:
    figures: dict[str, Any] = {name: Limit(*limit) if isinstance(limit, list) else limit for name, limit in told.items()}
    return TierLimits(**figures)


def _limit(limit: Limit | int | None) -> Any:
    return [limit.kind, limit.per, limit.capacity, limit.period] if isinstance(limit, Limit) else limit
