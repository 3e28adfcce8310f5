"""Data retention: retrieve, update. `client.admin.organization.data_retention`, and of a project `.projects.data_retention`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import projects
from mockapi.operations import operation
from mockapi.resources.organization import kept
from mockapi.transport.call import Call

_KIND = "data_retention"


@operation("GET /organization/data_retention", id="retrieve-organization-data-retention", response=projects.OrganizationDataRetention)
@operation(
    "GET /organization/projects/{project_id}/data_retention",
    id="retrieve-project-data-retention",
    response=projects.ProjectDataRetention,
)
async def retrieve(call: Call) -> dict[str, Any]:
    scope = await kept.scope(call)
    # guess: what is there before anything is ordered
    usual = "organization_default" if scope else "modified_abuse_monitoring"
    return await call.world.store.get(_KIND, scope) or {"object": kept.object_of(scope, _KIND), "type": usual}


@operation(
    "POST /organization/data_retention",
    id="update-organization-data-retention",
    request=projects.UpdateOrganizationDataRetentionBody,
    response=projects.OrganizationDataRetention,
)
@operation(
    "POST /organization/projects/{project_id}/data_retention",
    id="update-project-data-retention",
    request=projects.UpdateProjectDataRetentionBody,
    response=projects.ProjectDataRetention,
)
async def update(call: Call) -> dict[str, Any]:
    scope = await kept.scope(call, living=True)
    made = {"object": kept.object_of(scope, _KIND), "type": call.request.retention_type}
    await call.world.store.put(_KIND, scope, made)
    await kept.note_change(call, scope, retention_type=made["type"])
    return made
