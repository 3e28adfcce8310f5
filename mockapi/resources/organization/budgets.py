"""Spend limits, which end calls, and spend alerts, which are only kept: of an organization (whose scope is "") or of a project."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.admission import ordered, spend
from mockapi.contract.organization import spend as contract
from mockapi.resources.organization import kept, refusals
from mockapi.transport.call import Call
from mockapi.world import Orders

_ALERT = "spend alert"


def _family(scope: str) -> str:
    return "project" if scope else "organization"


def _alerts(scope: str) -> str:
    return kept.of(scope, _ALERT) if scope else _ALERT


async def _note(call: Call, scope: str, changes: dict[str, Any]) -> None:
    """Write down what changed; guess: the document has no events of its own for it."""
    if scope:
        await kept.note(call, "project.updated", project=scope, id=scope, changes_requested=changes)
    else:
        await kept.note(call, "organization.updated", id=call.world.identity.organization, changes_requested=changes)


async def set_limit(call: Call, scope: str) -> dict[str, Any]:
    """Order what may be spent in a month."""
    request: contract.UpdateSpendLimitBody = call.request
    world = await kept.opened(call)
    world.orders.setdefault(scope, Orders()).spend = request.threshold_amount
    await _note(call, scope, {"spend_limit": request.threshold_amount})
    return await limit(call, scope)


async def limit(call: Call, scope: str) -> dict[str, Any]:
    """What may be spent in a month. Raises a 404 where nothing was ordered."""
    world = await kept.opened(call)
    most = world.orders.get(scope, Orders()).spend
    if most is None:
        raise refusals.nothing_set("spend limit")
    if scope:
        spent = await ordered.of_project(world, "" if scope == world.identity.project else scope, call.now)
    else:
        spent = ordered.cents(await spend.of_month(world, call.now))
    return {
        "object": f"{_family(scope)}.spend_limit",
        "threshold_amount": most,
        "currency": "USD",
        "interval": "month",
        "enforcement": {"status": "enforcing" if spent >= most else "inactive"},
    }


async def lift_limit(call: Call, scope: str) -> dict[str, Any]:
    """Order nothing any more. Raises a 404 where nothing was ordered."""
    told = await limit(call, scope)
    call.world.orders[scope].spend = None
    await _note(call, scope, {"spend_limit": None})
    return {"object": f"{told['object']}.deleted", "deleted": True}


async def add_alert(call: Call, scope: str) -> dict[str, Any]:
    return await _keep_alert(call, scope, ids.plain("alert_", call.stream))


async def _keep_alert(call: Call, scope: str, alert_id: str) -> dict[str, Any]:
    request: contract.CreateSpendAlertBody = call.request
    row = {"id": alert_id, "object": f"{_family(scope)}.spend_alert", **request.model_dump()}
    await (await kept.opened(call)).store.put(_alerts(scope), alert_id, row)
    await _note(call, scope, {"spend_alert": {name: row[name] for name in ("id", "threshold_amount")}})
    return row


async def alerts(call: Call, scope: str) -> dict[str, Any]:
    return kept.both_ways(await kept.rows(call, _alerts(scope), descending=call.query.order == "desc"), call.query)


async def alert(call: Call, scope: str) -> dict[str, Any]:
    return await kept.find(call, _ALERT, call.parameters["alert_id"], scope)


async def change_alert(call: Call, scope: str) -> dict[str, Any]:
    return await _keep_alert(call, scope, (await alert(call, scope))["id"])


async def drop_alert(call: Call, scope: str) -> dict[str, Any]:
    found = await alert(call, scope)
    await call.world.store.delete(_alerts(scope), found["id"])
    await _note(call, scope, {"spend_alert": {"id": found["id"], "deleted": True}})
    return {"id": found["id"], "object": f"{found['object']}.deleted", "deleted": True}
