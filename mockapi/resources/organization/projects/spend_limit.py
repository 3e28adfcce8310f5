"""What a project may spend in a month: retrieve, update, delete. `client.admin.organization.projects.spend_limit`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import spend
from mockapi.operations import operation
from mockapi.resources.organization import budgets, kept
from mockapi.transport.call import Call


@operation("GET /organization/projects/{project_id}/spend_limit", id="Getprojectspendlimit", response=spend.ProjectSpendLimitResource)
async def retrieve(call: Call) -> dict[str, Any]:
    return await budgets.limit(call, await kept.project(call))


@operation(
    "POST /organization/projects/{project_id}/spend_limit",
    id="Updateprojectspendlimit",
    request=spend.UpdateSpendLimitBody,
    response=spend.ProjectSpendLimitResource,
)
async def update(call: Call) -> dict[str, Any]:
    return await budgets.set_limit(call, await kept.project(call, living=True))


@operation(
    "DELETE /organization/projects/{project_id}/spend_limit", id="Deleteprojectspendlimit", response=spend.ProjectSpendLimitDeletedResource
)
async def delete(call: Call) -> dict[str, Any]:
    return await budgets.lift_limit(call, await kept.project(call, living=True))
