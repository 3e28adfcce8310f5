"""The audit log: list. `client.admin.organization.audit_logs`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import audit_logs, queries
from mockapi.operations import operation
from mockapi.resources import listing
from mockapi.resources.organization import kept, members
from mockapi.transport.call import Call


@operation(
    "GET /organization/audit_logs", id="list-audit-logs", query=queries.ListAuditLogsQuery, response=audit_logs.ListAuditLogsResponse
)
async def list_(call: Call) -> dict[str, Any]:
    query: queries.ListAuditLogsQuery = call.query
    await members.settle(call)
    # What belongs to a tenant rather than to an organization is not emulated.
    rows = [] if query.tenant_only else [row for row in await kept.rows(call, kept.LOG, descending=True) if _is_wanted(row, query)]
    return listing.page_of(rows, query)


def _is_wanted(row: dict[str, Any], query: queries.ListAuditLogsQuery) -> bool:
    at, between = row["effective_at"], query.effective_at or queries.EffectiveAt()
    if not (between.gt is None or at > between.gt) or not (between.gte is None or at >= between.gte):
        return False
    if not (between.lt is None or at < between.lt) or not (between.lte is None or at <= between.lte):
        return False
    who = row["actor"].get("api_key") or row["actor"]["session"]
    user, account = who.get("user", {}), who.get("service_account", {})
    details = row[row["type"]]
    told: list[tuple[list[str] | None, set[str | None]]] = [
        (query.project_ids, {row["project"]["id"]}),
        (query.event_types, {row["type"]}),
        (query.actor_ids, {who.get("id"), user.get("id"), account.get("id")}),
        (query.actor_emails, {user.get("email")}),
        (query.resource_ids, {details.get("id"), *(each["id"] for each in details.get("certificates", ()))}),
    ]
    return all(wanted is None or found & set(wanted) for wanted, found in told)
