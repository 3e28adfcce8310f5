"""The users of a project: create, list, retrieve, update, delete. `client.admin.organization.projects.users`."""

from __future__ import annotations

from typing import Any

from mockapi.contract import wording
from mockapi.contract.organization import members as contract
from mockapi.contract.organization import queries
from mockapi.operations import operation
from mockapi.resources.organization import kept, members, refusals
from mockapi.transport.call import Call


@operation(
    "POST /organization/projects/{project_id}/users",
    id="create-project-user",
    request=contract.ProjectUserCreateRequest,
    response=contract.ProjectUser,
)
async def create(call: Call) -> dict[str, Any]:
    request: contract.ProjectUserCreateRequest = call.request
    if request.user_id is None and request.email is None:
        raise wording.missing("user_id")
    members.check_role(request.role, members.PROJECT_ROLES)
    project = await kept.project(call, living=True)
    user = await members.named(call, request.user_id, request.email)
    if await call.world.store.get(kept.of(project, kept.USER), user["id"]) is not None:
        raise refusals.already("user", user["id"], project)
    made = await members.join(call.world, project, user, request.role, call.world.clock.seconds())
    await kept.note(call, "user.added", project=project, id=user["id"], data={"role": request.role})
    return made


@operation(
    "GET /organization/projects/{project_id}/users",
    id="list-project-users",
    query=queries.ForwardPageQuery,
    response=contract.ProjectUserListResponse,
)
async def list_(call: Call) -> dict[str, Any]:
    await members.settle(call)
    # doc: a 400 where the project is archived
    return await kept.page(call, kept.of(await kept.project(call, living=True), kept.USER))


@operation("GET /organization/projects/{project_id}/users/{user_id}", id="retrieve-project-user", response=contract.ProjectUser)
async def retrieve(call: Call) -> dict[str, Any]:
    await members.settle(call)
    return await kept.find(call, kept.USER, call.parameters["user_id"], await kept.project(call, living=True))


@operation(
    "POST /organization/projects/{project_id}/users/{user_id}",
    id="modify-project-user",
    request=contract.ProjectUserUpdateRequest,
    response=contract.ProjectUser,
)
async def update(call: Call) -> dict[str, Any]:
    role, project = call.request.role, call.parameters["project_id"]
    if role is not None:
        members.check_role(role, members.PROJECT_ROLES)
    found = await retrieve(call)
    row = {**found, "role": role or found["role"]}
    await call.world.store.put(kept.of(project, kept.USER), row["id"], row)
    await kept.note(call, "user.updated", project=project, id=row["id"], changes_requested={"role": row["role"]})
    return row


@operation(
    "DELETE /organization/projects/{project_id}/users/{user_id}", id="delete-project-user", response=contract.ProjectUserDeleteResponse
)
async def delete(call: Call) -> dict[str, Any]:
    found, project = await retrieve(call), call.parameters["project_id"]
    await members.leave(call.world, project, found["id"])
    await kept.note(call, "user.deleted", project=project, id=found["id"])
    return {"object": "organization.project.user.deleted", "id": found["id"], "deleted": True}
