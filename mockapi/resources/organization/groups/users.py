"""The users of a group: create, list, retrieve, delete. `client.admin.organization.groups.users`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import members as contract
from mockapi.contract.organization import queries
from mockapi.operations import operation
from mockapi.resources.organization import groups, kept, members, refusals
from mockapi.transport.call import Call


async def _kind(call: Call) -> str:
    """The kind under which the group that a path names holds its users."""
    return kept.of((await groups.find(call))["id"], kept.USER)


@operation(
    "POST /organization/groups/{group_id}/users",
    id="add-group-user",
    request=contract.CreateGroupUserBody,
    response=contract.GroupUserAssignment,
)
async def create(call: Call) -> dict[str, Any]:
    kind, group_id = await _kind(call), call.parameters["group_id"]
    user = await members.user(call, call.request.user_id)
    if await call.world.store.get(kind, user["id"]) is not None:
        raise refusals.already("user", user["id"], group_id)
    await call.world.store.put(kind, user["id"], {name: user[name] for name in ("id", "name", "email")})
    # guess: the document has no event of its own for it
    await kept.note(call, "group.updated", id=group_id, changes_requested={"user_added": user["id"]})
    return {"object": "group.user", "user_id": user["id"], "group_id": group_id}


@operation(
    "GET /organization/groups/{group_id}/users", id="list-group-users", query=queries.ListGroupsQuery, response=contract.UserListResource
)
async def list_(call: Call) -> dict[str, Any]:
    return await kept.page(call, await _kind(call), shape="more, next", default=groups.PAGE, newest=True)


@operation("GET /organization/groups/{group_id}/users/{user_id}", id="retrieve-group-user", response=contract.GroupMemberUser)
async def retrieve(call: Call) -> dict[str, Any]:
    group = await groups.find(call)
    found = await kept.find(call, kept.USER, call.parameters["user_id"], group["id"])
    return {**found, "picture": None, "is_service_account": False, "user_type": "user"}


@operation("DELETE /organization/groups/{group_id}/users/{user_id}", id="remove-group-user", response=contract.GroupUserDeletedResource)
async def delete(call: Call) -> dict[str, Any]:
    group_id, user_id = call.parameters["group_id"], (await retrieve(call))["id"]
    await call.world.store.delete(kept.of(group_id, kept.USER), user_id)
    await kept.note(call, "group.updated", id=group_id, changes_requested={"user_removed": user_id})
    return {"object": "group.user.deleted", "deleted": True}
