"""Which models a project may use: retrieve, update, delete. `client.admin.organization.projects.model_permissions`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import projects
from mockapi.operations import operation
from mockapi.resources.organization import kept
from mockapi.transport.call import Call

KIND = "project.model_permissions"


@operation(
    "GET /organization/projects/{project_id}/model_permissions",
    id="retrieve-project-model-permissions",
    response=projects.ProjectModelPermissions,
)
async def retrieve(call: Call) -> dict[str, Any]:
    found = await call.world.store.get(KIND, await kept.project(call))
    # guess: before anything is ordered nothing is denied
    return found or {"object": KIND, "mode": "deny_list", "model_ids": []}


@operation(
    "POST /organization/projects/{project_id}/model_permissions",
    id="update-project-model-permissions",
    request=projects.ProjectModelPermissionsUpdateRequest,
    response=projects.ProjectModelPermissions,
)
async def update(call: Call) -> dict[str, Any]:
    request: projects.ProjectModelPermissionsUpdateRequest = call.request
    project = await kept.project(call, living=True)
    made = {"object": KIND, "mode": request.mode, "model_ids": request.model_ids}
    await call.world.store.put(KIND, project, made)
    call.world.orders_of(project).models = frozenset(request.model_ids), request.mode == "allow_list"
    await kept.note_change(call, project, model_permissions={"mode": request.mode, "model_ids": request.model_ids})
    return made


@operation(
    "DELETE /organization/projects/{project_id}/model_permissions",
    id="delete-project-model-permissions",
    response=projects.ProjectModelPermissionsDeleteResponse,
)
async def delete(call: Call) -> dict[str, Any]:
    project = await kept.project(call, living=True)
    await call.world.store.delete(KIND, project)
    call.world.orders_of(project).models = None
    await kept.note_change(call, project, model_permissions=None)
    return {"object": f"{KIND}.deleted", "deleted": True}
