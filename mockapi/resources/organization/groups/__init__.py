"""Groups: create, list, retrieve, update, delete, and their `users` and `roles`. `client.admin.organization.groups`."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.contract.organization import members as contract
from mockapi.contract.organization import queries
from mockapi.operations import operation
from mockapi.resources.organization import kept
from mockapi.transport.call import Call

# doc: groups, and the users of one, come by the hundred
PAGE = 100


async def find(call: Call) -> dict[str, Any]:
    """The group that a path names. Raises the API's 404."""
    return await kept.find(call, kept.GROUP, call.parameters["group_id"])


@operation("POST /organization/groups", id="create-group", request=contract.CreateGroupBody, response=contract.GroupResponse)
async def create(call: Call) -> dict[str, Any]:
    world = await kept.opened(call)
    row = {
        "id": ids.ordered("group_", world.clock.micros(), call.stream),
        "name": call.request.name,
        "created_at": world.clock.seconds(),
        "is_scim_managed": False,
        "group_type": "group",
    }
    await world.store.put(kept.GROUP, row["id"], row)
    await kept.note(call, "group.created", id=row["id"], data={"group_name": row["name"]})
    return row


@operation("GET /organization/groups", id="list-groups", query=queries.ListGroupsQuery, response=contract.GroupListResource)
async def list_(call: Call) -> dict[str, Any]:
    return await kept.page(call, kept.GROUP, shape="more, next", default=PAGE)


@operation("GET /organization/groups/{group_id}", id="retrieve-group", response=contract.GroupResponse)
async def retrieve(call: Call) -> dict[str, Any]:
    return await find(call)


@operation(
    "POST /organization/groups/{group_id}",
    id="update-group",
    request=contract.UpdateGroupBody,
    response=contract.GroupResourceWithSuccess,
)
async def update(call: Call) -> dict[str, Any]:
    row = {**await find(call), "name": call.request.name}
    await call.world.store.put(kept.GROUP, row["id"], row)
    await kept.note(call, "group.updated", id=row["id"], changes_requested={"group_name": row["name"]})
    return {name: row[name] for name in ("id", "name", "created_at", "is_scim_managed")}


@operation("DELETE /organization/groups/{group_id}", id="delete-group", response=contract.GroupDeletedResource)
async def delete(call: Call) -> dict[str, Any]:
    store, group_id = call.world.store, (await find(call))["id"]
    await store.delete(kept.GROUP, group_id)
    for project in await store.page(kept.PROJECT):
        await store.delete(kept.of(project["id"], kept.GROUP), group_id)
    await kept.note(call, "group.deleted", id=group_id)
    return {"object": "group.deleted", "id": group_id, "deleted": True}
