"""What may be spent in a month: retrieve, update, delete. `client.admin.organization.spend_limit`, and `.projects.spend_limit`."""

from __future__ import annotations

from typing import Any

from mockapi.admission import ordered, spend
from mockapi.contract.organization import spend as contract
from mockapi.operations import operation
from mockapi.resources.organization import kept, refusals
from mockapi.transport.call import Call
from mockapi.world import Orders


async def _told(call: Call, scope: str) -> dict[str, Any]:
    """The limit as it is told. Raises a 404 where nothing was ordered."""
    world = await kept.opened(call)
    most = world.orders.get(scope, Orders()).spend
    if most is None:
        raise refusals.nothing_set("spend limit")
    if scope:
        spent = await ordered.of_project(world, "" if scope == world.identity.project else scope, call.now)
    else:
        spent = ordered.cents(await spend.of_month(world, call.now))
    return {
        "object": kept.object_of(scope, "spend_limit"),
        "threshold_amount": most,
        "currency": "USD",
        "interval": "month",
        "enforcement": {"status": "enforcing" if spent >= most else "inactive"},
    }


@operation("GET /organization/spend_limit", id="Getorganizationspendlimit", response=contract.OrganizationSpendLimitResource)
@operation("GET /organization/projects/{project_id}/spend_limit", id="Getprojectspendlimit", response=contract.ProjectSpendLimitResource)
async def retrieve(call: Call) -> dict[str, Any]:
    return await _told(call, await kept.scope(call))


@operation(
    "POST /organization/spend_limit",
    id="Updateorganizationspendlimit",
    request=contract.UpdateSpendLimitBody,
    response=contract.OrganizationSpendLimitResource,
)
@operation(
    "POST /organization/projects/{project_id}/spend_limit",
    id="Updateprojectspendlimit",
    request=contract.UpdateSpendLimitBody,
    response=contract.ProjectSpendLimitResource,
)
async def update(call: Call) -> dict[str, Any]:
    most, scope = call.request.threshold_amount, await kept.scope(call, living=True)
    call.world.orders_of(scope).spend = most
    await kept.note_change(call, scope, spend_limit=most)
    return await _told(call, scope)


@operation("DELETE /organization/spend_limit", id="Deleteorganizationspendlimit", response=contract.OrganizationSpendLimitDeletedResource)
@operation(
    "DELETE /organization/projects/{project_id}/spend_limit",
    id="Deleteprojectspendlimit",
    response=contract.ProjectSpendLimitDeletedResource,
)
async def delete(call: Call) -> dict[str, Any]:
    scope = await kept.scope(call, living=True)
    told = await _told(call, scope)
    call.world.orders_of(scope).spend = None
    await kept.note_change(call, scope, spend_limit=None)
    return {"object": f"{told['object']}.deleted", "deleted": True}
