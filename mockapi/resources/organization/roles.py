"""Roles: create, list, retrieve, update, delete. `client.admin.organization.roles`, and of a project `.projects.roles`."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.contract.organization import queries, roles
from mockapi.operations import operation
from mockapi.resources.organization import kept, refusals
from mockapi.transport.call import Call

# doc: the longest page is the usual one
PAGE = 1000
_SHOWN = ("id", "name", "description", "permissions", "resource_type", "predefined_role")


def told(role: dict[str, Any]) -> dict[str, Any]:
    """A role as it is told by itself."""
    return {"object": "role", **{name: role[name] for name in _SHOWN}}


async def find(call: Call, scope: str, role_id: str) -> dict[str, Any]:
    """A role. Raises the API's 404."""
    return await kept.find(call, kept.ROLE, role_id, scope)


def resource(call: Call, scope: str) -> str:
    """The id of what the roles of a scope are about."""
    return scope or call.world.identity.organization


@operation("POST /organization/roles", id="create-role", request=roles.PublicCreateOrganizationRoleBody, response=roles.Role)
@operation(
    "POST /projects/{project_id}/roles", id="create-project-role", request=roles.PublicCreateOrganizationRoleBody, response=roles.Role
)
async def create(call: Call) -> dict[str, Any]:
    request: roles.PublicCreateOrganizationRoleBody = call.request
    world, scope = await kept.opened(call), await kept.scope(call, living=True)
    now = world.clock.seconds()
    row: dict[str, Any] = {
        "id": ids.ordered("role_", world.clock.micros(), call.stream),
        "name": request.role_name,
        "description": request.description,
        "permissions": request.permissions,
        "resource_type": kept.PROJECT_SCOPE if scope else kept.ORGANIZATION_SCOPE,
        "predefined_role": False,
        "created_at": now,
        "updated_at": now,
        "created_by": kept.owner(world),
    }
    await world.store.put(kept.within(scope, kept.ROLE), row["id"], row)
    about = {"role_name": row["name"], "permissions": row["permissions"], "resource_type": row["resource_type"]}
    await kept.note(call, "role.created", project=scope or None, id=row["id"], **about, resource_id=resource(call, scope))
    return told(row)


@operation("GET /organization/roles", id="list-roles", query=queries.ListGroupsQuery, response=roles.PublicRoleListResource)
@operation(
    "GET /projects/{project_id}/roles", id="list-project-roles", query=queries.ListGroupsQuery, response=roles.PublicRoleListResource
)
async def list_(call: Call) -> dict[str, Any]:
    made = await kept.page(call, kept.within(await kept.scope(call), kept.ROLE), shape="more, next", default=PAGE)
    return {**made, "data": [told(role) for role in made["data"]]}


@operation("GET /organization/roles/{role_id}", id="retrieve-role", response=roles.Role)
@operation("GET /projects/{project_id}/roles/{role_id}", id="retrieve-project-role", response=roles.Role)
async def retrieve(call: Call) -> dict[str, Any]:
    return told(await find(call, await kept.scope(call), call.parameters["role_id"]))


async def _custom(call: Call, scope: str, done: str) -> dict[str, Any]:
    found = await find(call, scope, call.parameters["role_id"])
    if found["predefined_role"]:
        raise refusals.predefined(found["id"], done)
    return found


@operation("POST /organization/roles/{role_id}", id="update-role", request=roles.PublicUpdateOrganizationRoleBody, response=roles.Role)
@operation(
    "POST /projects/{project_id}/roles/{role_id}",
    id="update-project-role",
    request=roles.PublicUpdateOrganizationRoleBody,
    response=roles.Role,
)
async def update(call: Call) -> dict[str, Any]:
    request: roles.PublicUpdateOrganizationRoleBody = call.request
    scope = await kept.scope(call, living=True)
    found = await _custom(call, scope, "changed")
    now = call.world.clock.seconds()
    row: dict[str, Any] = {
        **found,
        "name": request.role_name or found["name"],
        "permissions": found["permissions"] if request.permissions is None else request.permissions,
        "description": request.description if "description" in request.model_fields_set else found["description"],
        "updated_at": now,
    }
    await call.world.store.put(kept.within(scope, kept.ROLE), row["id"], row)
    changes = {
        "role_name": row["name"],
        "description": row["description"] or "",
        "permissions_added": [name for name in row["permissions"] if name not in found["permissions"]],
        "permissions_removed": [name for name in found["permissions"] if name not in row["permissions"]],
    }
    await kept.note(call, "role.updated", project=scope or None, id=row["id"], changes_requested=changes)
    return told(row)


@operation("DELETE /organization/roles/{role_id}", id="delete-role", response=roles.RoleDeletedResource)
@operation("DELETE /projects/{project_id}/roles/{role_id}", id="delete-project-role", response=roles.RoleDeletedResource)
async def delete(call: Call) -> dict[str, Any]:
    scope = await kept.scope(call, living=True)
    found = await _custom(call, scope, "deleted")
    await call.world.store.delete(kept.within(scope, kept.ROLE), found["id"])
    await kept.note(call, "role.deleted", project=scope or None, id=found["id"])
    return {"object": "role.deleted", "id": found["id"], "deleted": True}
