"""Invites: create, list, retrieve, delete. `client.admin.organization.invites`."""

from __future__ import annotations

from typing import Any

from mockapi import ids, lifecycle
from mockapi.clock import SECOND
from mockapi.contract.organization import members as contract
from mockapi.contract.organization import queries
from mockapi.lifecycle import Job
from mockapi.operations import operation
from mockapi.resources.organization import kept, members, refusals
from mockapi.store import paging
from mockapi.transport.call import Call

# guess: how long an invite can be accepted
_LASTS = 7 * 86_400


@operation("POST /organization/invites", id="inviteUser", request=contract.InviteRequest, response=contract.Invite)
async def create(call: Call) -> dict[str, Any]:
    request: contract.InviteRequest = call.request
    world = await members.settle(call)
    if any(row["email"] == request.email for row in await kept.rows(call, kept.USER)):
        raise refusals.already("user", request.email, "the organization")
    # doc: who is invited to no project is invited to the default one, unless the list is there and empty
    default = [{"id": world.identity.project, "role": "member"}]
    projects = default if request.projects is None else [project.model_dump() for project in request.projects]
    for project in projects:
        found = await kept.find(call, kept.PROJECT, project["id"])
        if found["status"] == "archived":
            raise refusals.archived(found["id"])
    now = world.clock.seconds()
    shown = {
        "object": members.INVITE,
        "id": ids.plain("invite-", call.stream),
        "email": request.email,
        "role": request.role,
        "status": "pending",
        "created_at": now,
        "expires_at": now + _LASTS,
        "accepted_at": None,
        "projects": projects,
    }
    job: Job = {"shown": shown, "since": world.clock.micros(), "looks": 0, "until": (now + _LASTS) * SECOND, "own": {}}
    await lifecycle.begin(world, members.INVITE, job)
    await kept.note(call, "invite.sent", id=shown["id"], data={"email": request.email, "role": request.role})
    return shown


@operation("GET /organization/invites", id="list-invites", query=queries.ForwardPageQuery, response=contract.InviteListResponse)
async def list_(call: Call) -> dict[str, Any]:
    world = await members.settle(call)
    jobs = await world.store.page(members.INVITE, after=call.query.after)
    return paging.page([job["shown"] for job in jobs], call.query.limit)


@operation("GET /organization/invites/{invite_id}", id="retrieve-invite", response=contract.Invite)
async def retrieve(call: Call) -> dict[str, Any]:
    world, invite_id = await kept.opened(call), call.parameters["invite_id"]
    job = await lifecycle.look(world, members.INVITE, invite_id)
    if job is None:
        raise refusals.unknown("invite", invite_id)
    return job["shown"]


@operation("DELETE /organization/invites/{invite_id}", id="delete-invite", response=contract.InviteDeleteResponse)
async def delete(call: Call) -> dict[str, Any]:
    found = await retrieve(call)
    if found["status"] == "accepted":
        raise refusals.invite_accepted(found["id"])
    await lifecycle.forget(call.world, members.INVITE, found["id"])
    await kept.note(call, "invite.deleted", id=found["id"])
    return {"object": "organization.invite.deleted", "id": found["id"], "deleted": True}
