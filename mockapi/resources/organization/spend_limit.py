"""What the organization may spend in a month: retrieve, update, delete. `client.admin.organization.spend_limit`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import spend
from mockapi.operations import operation
from mockapi.resources.organization import budgets
from mockapi.transport.call import Call


@operation("GET /organization/spend_limit", id="Getorganizationspendlimit", response=spend.OrganizationSpendLimitResource)
async def retrieve(call: Call) -> dict[str, Any]:
    return await budgets.limit(call, "")


@operation(
    "POST /organization/spend_limit",
    id="Updateorganizationspendlimit",
    request=spend.UpdateSpendLimitBody,
    response=spend.OrganizationSpendLimitResource,
)
async def update(call: Call) -> dict[str, Any]:
    return await budgets.set_limit(call, "")


@operation("DELETE /organization/spend_limit", id="Deleteorganizationspendlimit", response=spend.OrganizationSpendLimitDeletedResource)
async def delete(call: Call) -> dict[str, Any]:
    return await budgets.lift_limit(call, "")
