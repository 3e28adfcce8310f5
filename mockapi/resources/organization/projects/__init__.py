"""Projects: create, list, retrieve, update, archive, and all that belongs to one. `client.admin.organization.projects`."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.contract.organization import projects, queries
from mockapi.operations import operation
from mockapi.resources.organization import kept, members, refusals
from mockapi.store import paging
from mockapi.transport.call import Call


@operation("POST /organization/projects", id="create-project", request=projects.ProjectCreateRequest, response=projects.Project)
async def create(call: Call) -> dict[str, Any]:
    request: projects.ProjectCreateRequest = call.request
    world = await members.settle(call)
    now = world.clock.seconds()
    row: dict[str, Any] = {
        "id": ids.project(call.stream),
        "object": "organization.project",
        "name": request.name,
        "created_at": now,
        "archived_at": None,
        "status": "active",
        "external_key_id": request.external_key_id,
    }
    if request.residency is not None:
        row["residency"] = request.residency
    await world.store.put(kept.PROJECT, row["id"], row)
    await kept.add_roles(world, row["id"])
    # guess: who asks for it owns it
    owner = await world.store.get(kept.USER, kept.owner(world))
    if owner is not None:
        await members.join(world, row["id"], owner, "owner", now)
    await kept.note(call, "project.created", project=row["id"], id=row["id"], data={"name": row["name"], "title": row["name"]})
    return row


@operation("GET /organization/projects", id="list-projects", query=queries.ListProjectsQuery, response=projects.ProjectListResponse)
async def list_(call: Call) -> dict[str, Any]:
    query: queries.ListProjectsQuery = call.query
    rows = await kept.rows(call, kept.PROJECT, query.after)
    return paging.page([row for row in rows if query.include_archived or row["status"] == "active"], query.limit)


@operation("GET /organization/projects/{project_id}", id="retrieve-project", response=projects.Project)
async def retrieve(call: Call) -> dict[str, Any]:
    return await kept.find(call, kept.PROJECT, call.parameters["project_id"])


async def _changeable(call: Call, done: str) -> dict[str, Any]:
    found = await retrieve(call)
    if found["id"] == call.world.identity.project:
        raise refusals.default_project(done)
    if found["status"] == "archived":
        raise refusals.archived(found["id"])
    return found


@operation(
    "POST /organization/projects/{project_id}", id="modify-project", request=projects.ProjectUpdateRequest, response=projects.Project
)
async def update(call: Call) -> dict[str, Any]:
    request: projects.ProjectUpdateRequest = call.request
    found = await _changeable(call, "modified")
    changes: dict[str, Any] = {name: getattr(request, name) for name in ("name", "external_key_id") if name in request.model_fields_set}
    row = {**found, **changes, "name": request.name or found["name"]}
    await call.world.store.put(kept.PROJECT, row["id"], row)
    await kept.note(call, "project.updated", project=row["id"], id=row["id"], changes_requested={"title": row["name"]})
    return row


@operation("POST /organization/projects/{project_id}/archive", id="archive-project", response=projects.Project)
async def archive(call: Call) -> dict[str, Any]:
    found, store = await _changeable(call, "archived"), call.world.store
    row = {**found, "status": "archived", "archived_at": call.world.clock.seconds()}
    await store.put(kept.PROJECT, row["id"], row)
    # doc: an archived project has no users and no service accounts; its keys open nothing
    for kind in (kept.USER, kept.ACCOUNT, kept.KEY):
        for each in await store.page(kept.of(row["id"], kind)):
            await store.delete(kept.of(row["id"], kind), each["id"])
            if kind == kept.KEY:
                call.world.revoke(each["id"])
    await kept.note(call, "project.archived", project=row["id"], id=row["id"])
    return row
