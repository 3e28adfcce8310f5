"""Alerts on what is spent, which are only kept: create, list, retrieve, update, delete.

`client.admin.organization.spend_alerts`, and of a project `.projects.spend_alerts`.
"""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.contract.organization import queries, spend
from mockapi.operations import operation
from mockapi.resources import listing
from mockapi.resources.organization import kept
from mockapi.transport.call import Call

_ALERT = "spend alert"


async def _keep(call: Call, scope: str, alert_id: str) -> dict[str, Any]:
    request: spend.CreateSpendAlertBody = call.request
    row = {"id": alert_id, "object": kept.object_of(scope, "spend_alert"), **request.model_dump()}
    await (await kept.opened(call)).store.put(kept.within(scope, _ALERT), alert_id, row)
    await kept.note_change(call, scope, spend_alert={name: row[name] for name in ("id", "threshold_amount")})
    return row


async def _find(call: Call, scope: str) -> dict[str, Any]:
    return await kept.find(call, _ALERT, call.parameters["alert_id"], scope)


@operation(
    "POST /organization/spend_alerts",
    id="create-organization-spend-alert",
    request=spend.CreateSpendAlertBody,
    response=spend.OrganizationSpendAlert,
)
@operation(
    "POST /organization/projects/{project_id}/spend_alerts",
    id="create-project-spend-alert",
    request=spend.CreateSpendAlertBody,
    response=spend.ProjectSpendAlert,
)
async def create(call: Call) -> dict[str, Any]:
    return await _keep(call, await kept.scope(call, living=True), ids.plain("alert_", call.stream))


@operation(
    "GET /organization/spend_alerts",
    id="list-organization-spend-alerts",
    query=queries.ListSpendAlertsQuery,
    response=spend.OrganizationSpendAlertListResource,
)
@operation(
    "GET /organization/projects/{project_id}/spend_alerts",
    id="list-project-spend-alerts",
    query=queries.ListSpendAlertsQuery,
    response=spend.ProjectSpendAlertListResource,
)
async def list_(call: Call) -> dict[str, Any]:
    query: queries.ListSpendAlertsQuery = call.query
    rows = await kept.rows(call, kept.within(await kept.scope(call), _ALERT), descending=query.order == "desc")
    return listing.page_of(rows, query)


@operation("GET /organization/spend_alerts/{alert_id}", id="retrieve-organization-spend-alert", response=spend.OrganizationSpendAlert)
@operation(
    "GET /organization/projects/{project_id}/spend_alerts/{alert_id}", id="retrieve-project-spend-alert", response=spend.ProjectSpendAlert
)
async def retrieve(call: Call) -> dict[str, Any]:
    return await _find(call, await kept.scope(call))


@operation(
    "POST /organization/spend_alerts/{alert_id}",
    id="update-organization-spend-alert",
    request=spend.CreateSpendAlertBody,
    response=spend.OrganizationSpendAlert,
)
@operation(
    "POST /organization/projects/{project_id}/spend_alerts/{alert_id}",
    id="update-project-spend-alert",
    request=spend.CreateSpendAlertBody,
    response=spend.ProjectSpendAlert,
)
async def update(call: Call) -> dict[str, Any]:
    scope = await kept.scope(call, living=True)
    return await _keep(call, scope, (await _find(call, scope))["id"])


@operation(
    "DELETE /organization/spend_alerts/{alert_id}",
    id="delete-organization-spend-alert",
    response=spend.OrganizationSpendAlertDeletedResource,
)
@operation(
    "DELETE /organization/projects/{project_id}/spend_alerts/{alert_id}",
    id="delete-project-spend-alert",
    response=spend.ProjectSpendAlertDeletedResource,
)
async def delete(call: Call) -> dict[str, Any]:
    scope = await kept.scope(call, living=True)
    found = await _find(call, scope)
    await call.world.store.delete(kept.within(scope, _ALERT), found["id"])
    await kept.note_change(call, scope, spend_alert={"id": found["id"], "deleted": True})
    return {"id": found["id"], "object": f"{found['object']}.deleted", "deleted": True}
