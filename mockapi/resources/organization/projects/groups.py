"""The groups of a project: create, list, retrieve, delete. `client.admin.organization.projects.groups`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import members as contract
from mockapi.contract.organization import queries
from mockapi.operations import operation
from mockapi.resources.organization import kept, refusals, roles
from mockapi.transport.call import Call


@operation(
    "POST /organization/projects/{project_id}/groups",
    id="add-project-group",
    request=contract.InviteProjectGroupBody,
    response=contract.ProjectGroup,
)
async def create(call: Call) -> dict[str, Any]:
    request: contract.InviteProjectGroupBody = call.request
    project = await kept.project(call, living=True)
    group = await kept.find(call, kept.GROUP, request.group_id)
    role = await roles.find(call, project, request.role)
    store, kind = call.world.store, kept.of(project, kept.GROUP)
    if await store.get(kind, group["id"]) is not None:
        raise refusals.already("group", group["id"], project)
    row = {"id": group["id"], "created_at": call.world.clock.seconds()}
    await store.put(kind, group["id"], row)
    await store.put(kept.given_to(group["id"], project), role["id"], {"id": role["id"]})
    about = {"principal_id": group["id"], "principal_type": "group", "resource_id": project, "resource_type": role["resource_type"]}
    await kept.note(call, "role.assignment.created", project=project, id=role["id"], **about)
    return _told(project, row, group)


def _told(project: str, row: dict[str, Any], group: dict[str, Any]) -> dict[str, Any]:
    return {
        "object": "project.group",
        "project_id": project,
        "group_id": group["id"],
        "group_name": group["name"],
        "group_type": group["group_type"],
        "created_at": row["created_at"],
    }


@operation(
    "GET /organization/projects/{project_id}/groups",
    id="list-project-groups",
    query=queries.ListProjectGroupsQuery,
    response=contract.ProjectGroupListResource,
)
async def list_(call: Call) -> dict[str, Any]:
    project = await kept.project(call)
    made = await kept.page(call, kept.of(project, kept.GROUP), shape="more, next")
    return {**made, "data": [_told(project, row, await kept.find(call, kept.GROUP, row["id"])) for row in made["data"]]}


@operation(
    "GET /organization/projects/{project_id}/groups/{group_id}",
    id="retrieve-project-group",
    query=queries.RetrieveProjectGroupQuery,
    response=contract.ProjectGroup,
)
async def retrieve(call: Call) -> dict[str, Any]:
    project, group_id = await kept.project(call), call.parameters["group_id"]
    row = await kept.find(call, kept.GROUP, group_id, project)
    group = await kept.find(call, kept.GROUP, group_id)
    if call.query.group_type not in (None, group["group_type"]):
        raise refusals.unknown_member(kept.GROUP, group_id, project)
    return _told(project, row, group)


@operation(
    "DELETE /organization/projects/{project_id}/groups/{group_id}",
    id="remove-project-group",
    response=contract.ProjectGroupDeletedResource,
)
async def delete(call: Call) -> dict[str, Any]:
    project = await kept.project(call, living=True)
    row = await kept.find(call, kept.GROUP, call.parameters["group_id"], project)
    store, given = call.world.store, kept.given_to(row["id"], project)
    await store.delete(kept.of(project, kept.GROUP), row["id"])
    for role in await store.page(given):
        await store.delete(given, role["id"])
        about = {"principal_id": row["id"], "principal_type": "group", "resource_id": project, "resource_type": kept.PROJECT_SCOPE}
        await kept.note(call, "role.assignment.deleted", project=project, id=role["id"], **about)
    return {"object": "project.group.deleted", "deleted": True}
