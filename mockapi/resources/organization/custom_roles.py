"""Roles of an organization (whose scope is "") or of a project: made, changed, and given to users and groups."""

from __future__ import annotations

from typing import Any, Literal

from mockapi import ids
from mockapi.contract.organization import roles
from mockapi.resources.organization import kept, members, refusals
from mockapi.store import paging
from mockapi.transport.call import Call

# doc: the longest page is the usual one
_DEFAULT = 1000
_SHOWN = ("id", "name", "description", "permissions", "resource_type", "predefined_role")
Principal = Literal["user", "group"]


def told(role: dict[str, Any]) -> dict[str, Any]:
    """A role as it is told by itself."""
    return {"object": "role", **{name: role[name] for name in _SHOWN}}


async def find(call: Call, scope: str, role_id: str) -> dict[str, Any]:
    """A role. Raises the API's 404."""
    return await kept.find(call, kept.ROLE, role_id, scope)


def _resource(call: Call, scope: str) -> str:
    return scope or call.world.identity.organization


async def create(call: Call, scope: str) -> dict[str, Any]:
    request: roles.PublicCreateOrganizationRoleBody = call.request
    world = await kept.opened(call)
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
    await world.store.put(kept.roles_of(scope), row["id"], row)
    about = {"role_name": row["name"], "permissions": row["permissions"], "resource_type": row["resource_type"]}
    await kept.note(call, "role.created", project=scope or None, id=row["id"], **about, resource_id=_resource(call, scope))
    return told(row)


async def page(call: Call, scope: str) -> dict[str, Any]:
    made = await kept.page(call, kept.roles_of(scope), shape="more, next", default=_DEFAULT)
    return {**made, "data": [told(role) for role in made["data"]]}


async def _custom(call: Call, scope: str, done: str) -> dict[str, Any]:
    found = await find(call, scope, call.parameters["role_id"])
    if found["predefined_role"]:
        raise refusals.predefined(found["id"], done)
    return found


async def update(call: Call, scope: str) -> dict[str, Any]:
    request: roles.PublicUpdateOrganizationRoleBody = call.request
    found = await _custom(call, scope, "changed")
    now = call.world.clock.seconds()
    row: dict[str, Any] = {
        **found,
        "name": request.role_name or found["name"],
        "permissions": found["permissions"] if request.permissions is None else request.permissions,
        "description": request.description if "description" in request.model_fields_set else found["description"],
        "updated_at": now,
    }
    await call.world.store.put(kept.roles_of(scope), row["id"], row)
    changes = {
        "role_name": row["name"],
        "description": row["description"] or "",
        "permissions_added": [name for name in row["permissions"] if name not in found["permissions"]],
        "permissions_removed": [name for name in found["permissions"] if name not in row["permissions"]],
    }
    await kept.note(call, "role.updated", project=scope or None, id=row["id"], changes_requested=changes)
    return told(row)


async def delete(call: Call, scope: str) -> dict[str, Any]:
    found = await _custom(call, scope, "deleted")
    await call.world.store.delete(kept.roles_of(scope), found["id"])
    await kept.note(call, "role.deleted", project=scope or None, id=found["id"])
    return {"object": "role.deleted", "id": found["id"], "deleted": True}


async def _principal(call: Call, kind: Principal, scope: str) -> dict[str, Any]:
    """The user or group that a path names, of the organization or of a project. Raises the API's 404."""
    if kind == "user":
        found = await members.user(call, call.parameters["user_id"])
    else:
        found = await kept.find(call, kept.GROUP, call.parameters["group_id"])
    if scope:
        await kept.find(call, kept.USER if kind == "user" else kept.GROUP, found["id"], scope)
    return found


async def assign(call: Call, kind: Principal, scope: str) -> dict[str, Any]:
    """Give a role to a user or a group. It may be given again."""
    request: roles.PublicAssignOrganizationGroupRoleBody = call.request
    principal = await _principal(call, kind, scope)
    role = await find(call, scope, request.role_id)
    await call.world.store.put(kept.given_to(principal["id"], scope), role["id"], {"id": role["id"]})
    await _note(call, "role.assignment.created", kind, principal["id"], role, scope)
    if kind == "user":
        return {"object": "user.role", "user": principal, "role": told(role)}
    about = {name: principal[name] for name in ("id", "name", "created_at")}
    return {"object": "group.role", "group": {"object": "group", **about, "scim_managed": False}, "role": told(role)}


async def assigned(call: Call, kind: Principal, scope: str) -> dict[str, Any]:
    """One page of the roles that a user or a group has; a user has those of its groups too."""
    rows = await _all(call, kind, scope)
    query = call.query
    return paging.page(paging.beyond(rows, query.after, query.order), query.limit, shape="more, next", default=_DEFAULT)


async def retrieve_assigned(call: Call, kind: Principal, scope: str) -> dict[str, Any]:
    """A role that a user or a group has. Raises the API's 404."""
    for row in await _all(call, kind, scope):
        if row["id"] == call.parameters["role_id"]:
            return row
    raise refusals.unknown_member(kept.ROLE, call.parameters["role_id"], call.parameters[f"{kind}_id"])


async def unassign(call: Call, kind: Principal, scope: str) -> dict[str, Any]:
    """Take a role from a user or a group. Raises the API's 404 for one that was not given to it itself."""
    principal = await _principal(call, kind, scope)
    role_id = call.parameters["role_id"]
    if not await call.world.store.delete(kept.given_to(principal["id"], scope), role_id):
        raise refusals.unknown_member(kept.ROLE, role_id, principal["id"])
    await _note(call, "role.assignment.deleted", kind, principal["id"], await find(call, scope, role_id), scope)
    return {"object": f"{kind}.role.deleted", "deleted": True}


async def _note(
    call: Call,
    type: Literal["role.assignment.created", "role.assignment.deleted"],
    kind: Principal,
    principal_id: str,
    role: dict[str, Any],
    scope: str,
) -> None:
    await kept.note(
        call,
        type,
        project=scope or None,
        id=role["id"],
        principal_id=principal_id,
        principal_type=kind,
        resource_id=_resource(call, scope),
        resource_type=role["resource_type"],
    )


async def _all(call: Call, kind: Principal, scope: str) -> list[dict[str, Any]]:
    principal = await _principal(call, kind, scope)
    store = call.world.store
    sources: dict[str, list[dict[str, str]]] = {given["id"]: [] for given in await store.page(kept.given_to(principal["id"], scope))}
    for group in await store.page(kept.GROUP) if kind == "user" else ():
        if await store.get(kept.of(group["id"], kept.USER), principal["id"]) is not None:
            for given in await store.page(kept.given_to(group["id"], scope)):
                sources.setdefault(given["id"], []).append({"principal_id": group["id"], "principal_type": "group"})
    # A role that was deleted is nobody's any more.
    found = [role for role in await store.page(kept.roles_of(scope)) if role["id"] in sources]
    return [await _details(call, role, sources[role["id"]]) for role in found]


async def _details(call: Call, role: dict[str, Any], sources: list[dict[str, str]]) -> dict[str, Any]:
    by = None if role["created_by"] is None else await call.world.store.get(kept.USER, role["created_by"])
    return {
        **{name: role[name] for name in ("id", "name", "permissions", "resource_type", "predefined_role", "description")},
        **{name: role[name] for name in ("created_at", "updated_at", "created_by")},
        "created_by_user_obj": None if by is None else {name: by[name] for name in ("id", "name", "email")},
        "metadata": {},
        "assignment_sources": sources or None,
    }
