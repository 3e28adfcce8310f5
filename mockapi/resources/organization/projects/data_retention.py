"""A project's data retention: retrieve, update. `client.admin.organization.projects.data_retention`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import projects
from mockapi.operations import operation
from mockapi.resources.organization import kept
from mockapi.transport.call import Call

KIND = "project.data_retention"


@operation(
    "GET /organization/projects/{project_id}/data_retention",
    id="retrieve-project-data-retention",
    response=projects.ProjectDataRetention,
)
async def retrieve(call: Call) -> dict[str, Any]:
    found = await call.world.store.get(KIND, await kept.project(call))
    return found or {"object": KIND, "type": "organization_default"}


@operation(
    "POST /organization/projects/{project_id}/data_retention",
    id="update-project-data-retention",
    request=projects.UpdateProjectDataRetentionBody,
    response=projects.ProjectDataRetention,
)
async def update(call: Call) -> dict[str, Any]:
    project, made = await kept.project(call, living=True), {"object": KIND, "type": call.request.retention_type}
    await call.world.store.put(KIND, project, made)
    await kept.note(call, "project.updated", project=project, id=project, changes_requested={"retention_type": made["type"]})
    return made
