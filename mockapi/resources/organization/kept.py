"""An organization as it is kept: what a fresh one has, how its objects are found and listed, and what is written down of changes."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.contract.organization.audit_logs import AuditLogEventType
from mockapi.resources.organization import refusals
from mockapi.seed import Stream, label
from mockapi.store import paging
from mockapi.store.paging import Shape
from mockapi.transport.call import Call
from mockapi.world import World

# Kinds, by the words in which they are told of.
PROJECT = "project"
USER = "user"
KEY = "API key"
ADMIN_KEY = "admin API key"
ROLE = "role"
GROUP = "group"
LOG = "audit log"
ACCOUNT = "service account"
# Which service account a key belongs to.
HOLDS = "key of a service account"
_OWNER = {"name": "Mock Owner", "email": "owner@example.com"}
_MARK = "organization"
# What a role of the organization and one of a project are about (document examples).
ORGANIZATION_SCOPE, PROJECT_SCOPE = "api.organization", "api.project"
# guess: the roles that are there from the start, and what they permit
_PREDEFINED = {
    ORGANIZATION_SCOPE: {"owner": ["api.organization.read", "api.organization.write"], "reader": ["api.organization.read"]},
    PROJECT_SCOPE: {"owner": ["api.project.read", "api.project.write"], "member": ["api.project.read"]},
}


def of(holder: str, kind: str) -> str:
    """The kind under which a project, a group or a user holds others."""
    return f"{holder} {kind}"


def within(scope: str, kind: str) -> str:
    """The kind of what the organization, whose scope is "", or a project has for itself."""
    return of(scope, kind) if scope else kind


def given_to(principal: str, scope: str) -> str:
    """The kind of the roles of a scope that were given to a user or a group."""
    return of(principal, within(scope, ROLE))


def object_of(scope: str, name: str) -> str:
    """What an object that both have is called."""
    return f"{'project' if scope else 'organization'}.{name}"


def _stream(world: World) -> Stream:
    return world.seed.stream(b"organization", world.name.encode())


def own_key(world: World) -> str:
    """The id of the key that opens a world."""
    return ids.plain("key_", _stream(world).child(1))


def owner(world: World) -> str:
    """The id of the user to whom that key belongs."""
    return ids.plain("user-", _stream(world).child(2))


def key_of(call: Call) -> str:
    """The id of the key that a call has."""
    return call.caller.key_id or own_key(call.world)


async def opened(call: Call) -> World:
    """The world of a call with an organization in it: the default project, its owner, that user's key, and the predefined roles."""
    world = call.world
    if await world.store.get(_MARK, _MARK) is not None:
        return world
    now, project = world.clock.seconds(), world.identity.project
    shown = {"object": "organization.project", "name": "Default project", "created_at": now, "archived_at": None, "status": "active"}
    await world.store.put(PROJECT, project, {"id": project, **shown, "external_key_id": None})
    await add_roles(world, project)
    for name, permissions in _PREDEFINED[ORGANIZATION_SCOPE].items():
        await _predefined(world, "", name, permissions)
    user: dict[str, Any] = {"object": "organization.user", "id": owner(world), **_OWNER, "role": "owner", "added_at": now}
    await world.store.put(_MARK, _MARK, user)
    await world.store.put(USER, user["id"], user)
    member = {"object": "organization.project.user", **{name: user[name] for name in ("id", "name", "email")}}
    await world.store.put(of(project, USER), user["id"], {**member, "role": "owner", "added_at": now})
    # It is not told which key that was: the world may have several.
    key: dict[str, Any] = {"id": own_key(world), "redacted_value": redacted(call.caller.key), "name": "Default key", "created_at": now}
    await world.store.put(of(project, KEY), key["id"], {**key, "last_used_at": now, "user": user["id"], "account": None})
    return world


async def whose(call: Call) -> dict[str, Any]:
    """The user to whom the world's key belongs; as it was at first where it was deleted."""
    store = (await opened(call)).store
    return await store.get(USER, owner(call.world)) or await store.get(_MARK, _MARK) or {}


async def add_roles(world: World, project: str) -> None:
    """Give a project its predefined roles."""
    for name, permissions in _PREDEFINED[PROJECT_SCOPE].items():
        await _predefined(world, project, name, permissions)


async def _predefined(world: World, scope: str, name: str, permissions: list[str]) -> None:
    stream = world.seed.stream(b"role", world.name.encode(), scope.encode(), name.encode())
    now = world.clock.seconds()
    row: dict[str, Any] = {
        "id": ids.ordered("role_", world.clock.micros(), stream),
        "name": name,
        "description": None,
        "permissions": permissions,
        "resource_type": PROJECT_SCOPE if scope else ORGANIZATION_SCOPE,
        "predefined_role": True,
        "created_at": now,
        "updated_at": now,
        "created_by": None,
    }
    await world.store.put(within(scope, ROLE), row["id"], row)


def secret(call: Call, prefix: str, stream: Stream) -> str:
    """A key that is told once. Worlds draw the same chance for the same request; a key is one world's, so the project goes into it."""
    return prefix + stream.child(label(call.world.identity.project)).base62(48)


def redacted(key: str) -> str:
    """A key as it is shown once it was told (document examples)."""
    return f"{key[: 8 if key.startswith('sk-admin') else 6]}...{key[-3:]}"


async def find(call: Call, kind: str, id: str, holder: str = "") -> dict[str, Any]:
    """An object of a kind, in the organization or in a holder of its own. Raises the API's 404."""
    world = await opened(call)
    found = await world.store.get(within(holder, kind), id)
    if found is None:
        raise refusals.unknown_member(kind, id, holder) if holder else refusals.unknown(kind, id)
    return found


async def project(call: Call, *, living: bool = False) -> str:
    """The id of the project that a path names. Raises the API's 404, and its 400 for an archived one where it must be `living`."""
    found = await find(call, PROJECT, call.parameters["project_id"])
    if living and found["status"] == "archived":
        raise refusals.archived(found["id"])
    return str(found["id"])


async def scope(call: Call, *, living: bool = False) -> str:
    """The id of the project that a path names, or "" where it is about the organization. Raises as `project` does."""
    return await project(call, living=living) if "project_id" in call.parameters else ""


async def rows(call: Call, kind: str, after: str | None = None, *, descending: bool = False) -> list[dict[str, Any]]:
    """The objects of a kind beyond a cursor."""
    return await (await opened(call)).store.page(kind, after=after, descending=descending)


async def page(
    call: Call, kind: str, *, shape: Shape = "first, last, more", default: int = paging.DEFAULT_LIMIT, newest: bool = False
) -> dict[str, Any]:
    """One page of a kind as the call's query asks for it: by `after`, `order` and `limit`, the oldest first unless it is `newest`."""
    query = call.query
    order = getattr(query, "order", None) or ("desc" if newest else "asc")
    store = (await opened(call)).store
    return await paging.listed(store, kind, query.limit, after=query.after, descending=order == "desc", shape=shape, default=default)


async def note(call: Call, type: AuditLogEventType, *, project: str | None = None, **details: Any) -> None:
    """Write down a change in the audit log: what it is about, in which project."""
    world = await opened(call)
    log_id = ids.plain("audit_log-", call.stream.child(99))
    await log(world, log_id, type, {"type": "api_key", "api_key": await _actor(call)}, world.clock.seconds(), project, details)


async def note_change(call: Call, scope: str, **changes: Any) -> None:
    """Write down that the organization or a project was changed. guess: the document has no events of its own for what either is told."""
    if scope:
        await note(call, "project.updated", project=scope, id=scope, changes_requested=changes)
    else:
        await note(call, "organization.updated", id=call.world.identity.organization, changes_requested=changes)


async def log(
    world: World, log_id: str, type: AuditLogEventType, actor: dict[str, Any], at: int, project: str | None, details: dict[str, Any]
) -> None:
    """Write down what somebody did `at` a second."""
    # doc: what is done with admin keys and in no project belongs to the default project
    about = await world.store.get(PROJECT, project or world.identity.project)
    assert about is not None
    told = {"id": about["id"], "name": about["name"]}
    row = {"id": log_id, "type": type, "effective_at": at, "project": told, "actor": actor, type: details}
    await world.store.put(LOG, log_id, row)


async def _actor(call: Call) -> dict[str, Any]:
    world, key_id = call.world, key_of(call)
    account = await world.store.get(HOLDS, key_id)
    if account is not None:
        return {"id": key_id, "type": "service_account", "service_account": {"id": account["account"]}}
    return {"id": key_id, "type": "user", "user": {"id": owner(world), "email": _OWNER["email"]}}
