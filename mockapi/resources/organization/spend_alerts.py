"""Alerts on what the organization spends: create, list, retrieve, update, delete. `client.admin.organization.spend_alerts`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import queries, spend
from mockapi.operations import operation
from mockapi.resources.organization import budgets
from mockapi.transport.call import Call


@operation(
    "POST /organization/spend_alerts",
    id="create-organization-spend-alert",
    request=spend.CreateSpendAlertBody,
    response=spend.OrganizationSpendAlert,
)
async def create(call: Call) -> dict[str, Any]:
    return await budgets.add_alert(call, "")


@operation(
    "GET /organization/spend_alerts",
    id="list-organization-spend-alerts",
    query=queries.ListSpendAlertsQuery,
    response=spend.OrganizationSpendAlertListResource,
)
async def list_(call: Call) -> dict[str, Any]:
    return await budgets.alerts(call, "")


@operation("GET /organization/spend_alerts/{alert_id}", id="retrieve-organization-spend-alert", response=spend.OrganizationSpendAlert)
async def retrieve(call: Call) -> dict[str, Any]:
    return await budgets.alert(call, "")


@operation(
    "POST /organization/spend_alerts/{alert_id}",
    id="update-organization-spend-alert",
    request=spend.CreateSpendAlertBody,
    response=spend.OrganizationSpendAlert,
)
async def update(call: Call) -> dict[str, Any]:
    return await budgets.change_alert(call, "")


@operation(
    "DELETE /organization/spend_alerts/{alert_id}",
    id="delete-organization-spend-alert",
    response=spend.OrganizationSpendAlertDeletedResource,
)
async def delete(call: Call) -> dict[str, Any]:
    return await budgets.drop_alert(call, "")
