"""Alerts on what a project spends: create, list, retrieve, update, delete. `client.admin.organization.projects.spend_alerts`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import queries, spend
from mockapi.operations import operation
from mockapi.resources.organization import budgets, kept
from mockapi.transport.call import Call


@operation(
    "POST /organization/projects/{project_id}/spend_alerts",
    id="create-project-spend-alert",
    request=spend.CreateSpendAlertBody,
    response=spend.ProjectSpendAlert,
)
async def create(call: Call) -> dict[str, Any]:
    return await budgets.add_alert(call, await kept.project(call, living=True))


@operation(
    "GET /organization/projects/{project_id}/spend_alerts",
    id="list-project-spend-alerts",
    query=queries.ListSpendAlertsQuery,
    response=spend.ProjectSpendAlertListResource,
)
async def list_(call: Call) -> dict[str, Any]:
    return await budgets.alerts(call, await kept.project(call))


@operation(
    "GET /organization/projects/{project_id}/spend_alerts/{alert_id}", id="retrieve-project-spend-alert", response=spend.ProjectSpendAlert
)
async def retrieve(call: Call) -> dict[str, Any]:
    return await budgets.alert(call, await kept.project(call))


@operation(
    "POST /organization/projects/{project_id}/spend_alerts/{alert_id}",
    id="update-project-spend-alert",
    request=spend.CreateSpendAlertBody,
    response=spend.ProjectSpendAlert,
)
async def update(call: Call) -> dict[str, Any]:
    return await budgets.change_alert(call, await kept.project(call, living=True))


@operation(
    "DELETE /organization/projects/{project_id}/spend_alerts/{alert_id}",
    id="delete-project-spend-alert",
    response=spend.ProjectSpendAlertDeletedResource,
)
async def delete(call: Call) -> dict[str, Any]:
    return await budgets.drop_alert(call, await kept.project(call, living=True))
