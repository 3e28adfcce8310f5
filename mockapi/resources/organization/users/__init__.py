"""Users of the organization: list, retrieve, update, delete, and their `roles`. `client.admin.organization.users`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import members as contract
from mockapi.contract.organization import queries
from mockapi.operations import operation
from mockapi.resources.organization import kept, members, roles
from mockapi.store import paging
from mockapi.transport.call import Call


@operation("GET /organization/users", id="list-users", query=queries.ListUsersQuery, response=contract.UserListResponse)
async def list_(call: Call) -> dict[str, Any]:
    query: queries.ListUsersQuery = call.query
    await members.settle(call)
    rows = await kept.rows(call, kept.USER, query.after)
    return paging.page([row for row in rows if query.emails is None or row["email"] in query.emails], query.limit)


@operation("GET /organization/users/{user_id}", id="retrieve-user", response=contract.User)
async def retrieve(call: Call) -> dict[str, Any]:
    return await members.user(call, call.parameters["user_id"])


@operation("POST /organization/users/{user_id}", id="modify-user", request=contract.UserRoleUpdateRequest, response=contract.User)
async def update(call: Call) -> dict[str, Any]:
    request: contract.UserRoleUpdateRequest = call.request
    found, role = await retrieve(call), request.role
    if role is not None:
        members.check_role(role, members.ROLES)
    elif request.role_id is not None:
        role = (await roles.find(call, "", request.role_id))["name"]
    if role not in (None, "owner"):
        await members.keep_an_owner(call, found, "demoted")
    told: dict[str, Any] = {
        name: getattr(request, name) for name in ("technical_level", "developer_persona") if name in request.model_fields_set
    }
    row = {**found, **told, "role": role or found["role"]}
    await call.world.store.put(kept.USER, row["id"], row)
    await kept.note(call, "user.updated", id=row["id"], changes_requested={"role": row["role"]})
    return row


@operation("DELETE /organization/users/{user_id}", id="delete-user", response=contract.UserDeleteResponse)
async def delete(call: Call) -> dict[str, Any]:
    found, store = await retrieve(call), call.world.store
    await members.keep_an_owner(call, found, "deleted")
    await store.delete(kept.USER, found["id"])
    for project in await store.page(kept.PROJECT):
        await members.leave(call.world, project["id"], found["id"])
    for group in await store.page(kept.GROUP):
        await store.delete(kept.of(group["id"], kept.USER), found["id"])
    await kept.note(call, "user.deleted", id=found["id"])
    return {"object": "organization.user.deleted", "id": found["id"], "deleted": True}
