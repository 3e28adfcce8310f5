"""API keys of a project: list, retrieve, delete. `client.admin.organization.projects.api_keys`."""

from __future__ import annotations

from typing import Any

from mockapi.admission import spend
from mockapi.contract.organization import keys, queries
from mockapi.operations import operation
from mockapi.resources.organization import kept, refusals
from mockapi.store import paging
from mockapi.transport.call import Call


async def _told(call: Call, project: str, row: dict[str, Any]) -> dict[str, Any]:
    """A key with its owner, and when it was last used, to the minute."""
    store = call.world.store
    booked = "" if row["id"] == kept.own_key(call.world) else row["id"]
    uses = [max(60 * entry.minute, row["created_at"]) for entry in await spend.entries(call.world) if entry.key == booked]
    shown = {name: row[name] for name in ("redacted_value", "name", "created_at")}
    used = max((*uses, row["last_used_at"] or 0)) or None
    if row["account"] is not None:
        account = await store.get(kept.of(project, kept.ACCOUNT), row["account"]) or {}
        about = {name: account[name] for name in ("id", "name", "created_at", "role")}
        owner, has_access = {"type": "service_account", "service_account": about}, True
    else:
        user = await kept.whose(call)
        about = {"id": user["id"], "name": user["name"], "email": user["email"], "created_at": user["added_at"], "role": user["role"]}
        owner, has_access = {"type": "user", "user": about}, await store.get(kept.of(project, kept.USER), user["id"]) is not None
    return {
        "object": "organization.project.api_key",
        **shown,
        "last_used_at": used,
        "id": row["id"],
        "owner_project_access": "active" if has_access else "inactive",
        "owner": owner,
    }


@operation(
    "GET /organization/projects/{project_id}/api_keys",
    id="list-project-api-keys",
    query=queries.ListProjectApiKeysQuery,
    response=keys.ProjectApiKeyListResponse,
)
async def list_(call: Call) -> dict[str, Any]:
    query: queries.ListProjectApiKeysQuery = call.query
    project = await kept.project(call)
    rows = [await _told(call, project, row) for row in await kept.rows(call, kept.of(project, kept.KEY), query.after)]
    # doc: what is not asked for by access may leave keys out; here all are told
    return paging.page([row for row in rows if query.owner_project_access in (None, "any", row["owner_project_access"])], query.limit)


@operation("GET /organization/projects/{project_id}/api_keys/{api_key_id}", id="retrieve-project-api-key", response=keys.ProjectApiKey)
async def retrieve(call: Call) -> dict[str, Any]:
    project = await kept.project(call)
    return await _told(call, project, await kept.find(call, kept.KEY, call.parameters["api_key_id"], project))


@operation(
    "DELETE /organization/projects/{project_id}/api_keys/{api_key_id}",
    id="delete-project-api-key",
    response=keys.ProjectApiKeyDeleteResponse,
)
async def delete(call: Call) -> dict[str, Any]:
    project = await kept.project(call)
    found = await kept.find(call, kept.KEY, call.parameters["api_key_id"], project)
    if found["account"] is not None:
        raise refusals.key_of_account(found["id"])
    # The key that opens the world goes on opening it: any key does.
    await call.world.store.delete(kept.of(project, kept.KEY), found["id"])
    await kept.note(call, "api_key.deleted", project=project, id=found["id"])
    return {"object": "organization.project.api_key.deleted", "id": found["id"], "deleted": True}
