"""Roles as users and groups have them, in the organization or in a project: given, listed, taken."""

from __future__ import annotations

from typing import Any, Literal

from mockapi.contract.organization import roles as contract
from mockapi.resources.organization import kept, members, refusals, roles
from mockapi.store import paging
from mockapi.transport.call import Call

Principal = Literal["user", "group"]


async def _principal(call: Call, kind: Principal, scope: str) -> dict[str, Any]:
    """The user or group that a path names, of the organization or of a project. Raises the API's 404."""
    if kind == "user":
        found = await members.user(call, call.parameters["user_id"])
    else:
        found = await kept.find(call, kept.GROUP, call.parameters["group_id"])
    if scope:
        await kept.find(call, kept.USER if kind == "user" else kept.GROUP, found["id"], scope)
    return found


async def create(call: Call, kind: Principal) -> dict[str, Any]:
    """Give a role to a user or a group. It may be given again."""
    request: contract.PublicAssignOrganizationGroupRoleBody = call.request
    scope = await kept.scope(call, living=True)
    principal = await _principal(call, kind, scope)
    role = await roles.find(call, scope, request.role_id)
    await call.world.store.put(kept.given_to(principal["id"], scope), role["id"], {"id": role["id"]})
    await _note(call, "role.assignment.created", kind, principal["id"], role, scope)
    if kind == "user":
        return {"object": "user.role", "user": principal, "role": roles.told(role)}
    about = {name: principal[name] for name in ("id", "name", "created_at")}
    return {"object": "group.role", "group": {"object": "group", **about, "scim_managed": False}, "role": roles.told(role)}


async def page(call: Call, kind: Principal) -> dict[str, Any]:
    """One page of the roles that a user or a group has; a user has those of its groups too."""
    rows, query = await _all(call, kind), call.query
    return paging.page(paging.beyond(rows, query.after, query.order), query.limit, shape="more, next", default=roles.PAGE)


async def retrieve(call: Call, kind: Principal) -> dict[str, Any]:
    """A role that a user or a group has. Raises the API's 404."""
    for row in await _all(call, kind):
        if row["id"] == call.parameters["role_id"]:
            return row
    raise refusals.unknown_member(kept.ROLE, call.parameters["role_id"], call.parameters[f"{kind}_id"])


async def delete(call: Call, kind: Principal) -> dict[str, Any]:
    """Take a role from a user or a group. Raises the API's 404 for one that was not given to it itself."""
    scope = await kept.scope(call, living=True)
    principal = await _principal(call, kind, scope)
    role_id = call.parameters["role_id"]
    if not await call.world.store.delete(kept.given_to(principal["id"], scope), role_id):
        raise refusals.unknown_member(kept.ROLE, role_id, principal["id"])
    await _note(call, "role.assignment.deleted", kind, principal["id"], await roles.find(call, scope, role_id), scope)
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
        resource_id=roles.resource(call, scope),
        resource_type=role["resource_type"],
    )


async def _all(call: Call, kind: Principal) -> list[dict[str, Any]]:
    scope = await kept.scope(call)
    principal = await _principal(call, kind, scope)
    store = call.world.store
    sources: dict[str, list[dict[str, str]]] = {given["id"]: [] for given in await store.page(kept.given_to(principal["id"], scope))}
    for group in await store.page(kept.GROUP) if kind == "user" else ():
        if await store.get(kept.of(group["id"], kept.USER), principal["id"]) is not None:
            for given in await store.page(kept.given_to(group["id"], scope)):
                sources.setdefault(given["id"], []).append({"principal_id": group["id"], "principal_type": "group"})
    # A role that was deleted is nobody's any more.
    found = [role for role in await store.page(kept.within(scope, kept.ROLE)) if role["id"] in sources]
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
