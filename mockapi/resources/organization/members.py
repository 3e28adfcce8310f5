"""Who belongs to an organization and to its projects, and how an invite makes somebody a member."""

from __future__ import annotations

from typing import Any

from mockapi import ids, lifecycle
from mockapi.clock import SECOND
from mockapi.contract.wording import invalid_value
from mockapi.lifecycle import Job, Lifecycle, Stage
from mockapi.resources.organization import kept, refusals
from mockapi.seed import Stream
from mockapi.transport.call import Call
from mockapi.world import World

INVITE = "organization.invite"
ROLES = ("owner", "reader")
PROJECT_ROLES = ("owner", "member")


async def settle(call: Call) -> World:
    """The world of a call after all invites came to what they are now."""
    world = await kept.opened(call)
    await lifecycle.settle(world, INVITE)
    return world


def check_role(role: str, roles: tuple[str, ...], param: str = "role") -> None:
    """Raise the API's 400 for a role that there is not."""
    if role not in roles:
        raise invalid_value(role, roles, param)


async def user(call: Call, user_id: str) -> dict[str, Any]:
    """A user of the organization. Raises the API's 404."""
    await settle(call)
    return await kept.find(call, kept.USER, user_id)


async def named(call: Call, user_id: str | None, email: str | None) -> dict[str, Any]:
    """A user by id or by email. Raises the API's 400 for who is no member of the organization."""
    world = await settle(call)
    for row in await world.store.page(kept.USER):
        if row["id"] == user_id if user_id is not None else row["email"] == email:
            return row
    raise refusals.not_in_organization(user_id or email or "")


async def keep_an_owner(call: Call, row: dict[str, Any], done: str) -> None:
    """Raise the API's 400 where a user is the last owner."""
    owners = [each["id"] for each in await kept.rows(call, kept.USER) if each["role"] == "owner"]
    if owners == [row["id"]]:
        raise refusals.last_owner(done)


async def join(world: World, project: str, row: dict[str, Any], role: str, at: int) -> dict[str, Any]:
    """Make a user a member of a project, `at` a second."""
    shown = {name: row[name] for name in ("id", "name", "email")}
    made = {"object": "organization.project.user", **shown, "role": role, "added_at": at}
    await world.store.put(kept.of(project, kept.USER), row["id"], made)
    return made


async def leave(world: World, project: str, user_id: str) -> None:
    """Take a user and the roles that it has there out of a project."""
    await world.store.delete(kept.of(project, kept.USER), user_id)
    for given in await world.store.page(kept.given_to(user_id, project)):
        await world.store.delete(kept.given_to(user_id, project), given["id"])


async def _accepted(world: World, job: Job, at: int) -> None:
    shown, now = job["shown"], at // SECOND
    shown["status"], shown["accepted_at"] = "accepted", now
    stream = world.seed.stream(b"invited", world.name.encode(), shown["id"].encode())
    row = {
        "object": "organization.user",
        "id": ids.plain("user-", stream.child(1)),
        "name": shown["email"].partition("@")[0],
        "email": shown["email"],
        "role": shown["role"],
        "added_at": now,
    }
    await world.store.put(kept.USER, row["id"], row)
    for project in shown["projects"]:
        await join(world, project["id"], row, project["role"], now)
    await _note(world, stream.child(2), row, "invite.accepted", now, {"id": shown["id"]})
    await _note(world, stream.child(3), row, "user.added", now, {"id": row["id"], "data": {"role": row["role"]}})


async def _note(world: World, stream: Stream, row: dict[str, Any], type: Any, at: int, details: dict[str, Any]) -> None:
    session = {"user": {"id": row["id"], "email": row["email"]}, "ip_address": "127.0.0.1"}
    await kept.log(world, ids.plain("audit_log-", stream), type, {"type": "session", "session": session}, at, None, details)


async def _lapsed(world: World, job: Job, at: int) -> None:
    job["shown"]["status"] = "expired"


lifecycle.register(Lifecycle(INVITE, {"pending": Stage(_accepted, lapses=True)}, _lapsed))
