"""Which hosted tools a project may use: retrieve, update. `client.admin.organization.projects.hosted_tool_permissions`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import projects
from mockapi.operations import operation
from mockapi.resources.organization import kept
from mockapi.transport.call import Call

KIND = "project.hosted_tool_permissions"
_TOOLS = ("file_search", "web_search", "image_generation", "mcp", "code_interpreter")


@operation(
    "GET /organization/projects/{project_id}/hosted_tool_permissions",
    id="retrieve-project-hosted-tool-permissions",
    response=projects.ProjectHostedToolPermissions,
)
async def retrieve(call: Call) -> dict[str, Any]:
    found = await call.world.store.get(KIND, await kept.project(call))
    return found or {tool: {"enabled": True} for tool in _TOOLS}


@operation(
    "POST /organization/projects/{project_id}/hosted_tool_permissions",
    id="update-project-hosted-tool-permissions",
    request=projects.ProjectHostedToolPermissionsUpdateRequest,
    response=projects.ProjectHostedToolPermissions,
)
async def update(call: Call) -> dict[str, Any]:
    project = await kept.project(call, living=True)
    changes = call.request.model_dump(exclude_none=True)
    made = {**await retrieve(call), **changes}
    await call.world.store.put(KIND, project, made)
    await kept.note_change(call, project, hosted_tool_permissions=changes)
    return made
