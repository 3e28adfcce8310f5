"""Service accounts of a project: create, list, retrieve, update, delete, and their `api_keys`.

`client.admin.organization.projects.service_accounts`.
"""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.contract.organization import members as contract
from mockapi.contract.organization import queries
from mockapi.operations import operation
from mockapi.resources.organization import kept
from mockapi.seed import Stream
from mockapi.transport.call import Call


async def find(call: Call) -> dict[str, Any]:
    """The service account that a path names. Raises the API's 404, and its 400 where the project is archived."""
    return await kept.find(call, kept.ACCOUNT, call.parameters["service_account_id"], await kept.project(call, living=True))


async def add_key(call: Call, account_id: str, name: str, stream: Stream) -> dict[str, Any]:
    """A key of a service account: it opens the world for its project. Told in full this once."""
    world, project = call.world, call.parameters["project_id"]
    value, key_id = kept.secret(call, "sk-svcacct-", stream), ids.plain("key_", stream)
    now = world.clock.seconds()
    row = {"id": key_id, "redacted_value": kept.redacted(value), "name": name, "created_at": now, "last_used_at": None}
    await world.store.put(kept.of(project, kept.KEY), key_id, {**row, "user": None, "account": account_id})
    await world.store.put(kept.HOLDS, key_id, {"account": account_id})
    world.issue(value, key_id, call.caller.tier, project="" if project == world.identity.project else project)
    return {"object": "organization.project.service_account.api_key", "value": value, "name": name, "created_at": now, "id": key_id}


@operation(
    "POST /organization/projects/{project_id}/service_accounts",
    id="create-project-service-account",
    request=contract.ProjectServiceAccountCreateRequest,
    response=contract.ProjectServiceAccountCreateResponse,
)
async def create(call: Call) -> dict[str, Any]:
    request: contract.ProjectServiceAccountCreateRequest = call.request
    project = await kept.project(call, living=True)
    row: dict[str, Any] = {
        "object": "organization.project.service_account",
        "id": ids.plain("svc_acct_", call.stream),
        "name": request.name,
        # doc: of an account alone no role is assigned, and no key is made
        "role": "none" if request.create_service_account_only else "member",
        "created_at": call.world.clock.seconds(),
    }
    await call.world.store.put(kept.of(project, kept.ACCOUNT), row["id"], row)
    key = None
    if not request.create_service_account_only:
        key = await add_key(call, row["id"], "Secret Key", call.stream.child(2))
    await kept.note(call, "service_account.created", project=project, id=row["id"], data={"role": row["role"]})
    return {**row, "api_key": key}


@operation(
    "GET /organization/projects/{project_id}/service_accounts",
    id="list-project-service-accounts",
    query=queries.ForwardPageQuery,
    response=contract.ProjectServiceAccountListResponse,
)
async def list_(call: Call) -> dict[str, Any]:
    # doc: a 400 where the project is archived
    return await kept.page(call, kept.of(await kept.project(call, living=True), kept.ACCOUNT))


@operation(
    "GET /organization/projects/{project_id}/service_accounts/{service_account_id}",
    id="retrieve-project-service-account",
    response=contract.ProjectServiceAccount,
)
async def retrieve(call: Call) -> dict[str, Any]:
    return await find(call)


@operation(
    "POST /organization/projects/{project_id}/service_accounts/{service_account_id}",
    id="update-project-service-account",
    request=contract.UpdateProjectServiceAccountBody,
    response=contract.ProjectServiceAccount,
)
async def update(call: Call) -> dict[str, Any]:
    request: contract.UpdateProjectServiceAccountBody = call.request
    found, project = await find(call), call.parameters["project_id"]
    row = {**found, "name": request.name or found["name"], "role": request.role or found["role"]}
    await call.world.store.put(kept.of(project, kept.ACCOUNT), row["id"], row)
    await kept.note(call, "service_account.updated", project=project, id=row["id"], changes_requested={"role": row["role"]})
    return row


@operation(
    "DELETE /organization/projects/{project_id}/service_accounts/{service_account_id}",
    id="delete-project-service-account",
    response=contract.ProjectServiceAccountDeleteResponse,
)
async def delete(call: Call) -> dict[str, Any]:
    found, project, store = await find(call), call.parameters["project_id"], call.world.store
    await store.delete(kept.of(project, kept.ACCOUNT), found["id"])
    for key in await store.page(kept.of(project, kept.KEY)):
        if key["account"] == found["id"]:
            await store.delete(kept.of(project, kept.KEY), key["id"])
            call.world.revoke(key["id"])
    await kept.note(call, "service_account.deleted", project=project, id=found["id"])
    return {"object": "organization.project.service_account.deleted", "id": found["id"], "deleted": True}
