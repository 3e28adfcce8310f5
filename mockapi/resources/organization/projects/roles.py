"""Roles of a project: create, list, retrieve, update, delete. `client.admin.organization.projects.roles`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import queries, roles
from mockapi.operations import operation
from mockapi.resources.organization import custom_roles, kept
from mockapi.transport.call import Call


@operation(
    "POST /projects/{project_id}/roles", id="create-project-role", request=roles.PublicCreateOrganizationRoleBody, response=roles.Role
)
async def create(call: Call) -> dict[str, Any]:
    return await custom_roles.create(call, await kept.project(call, living=True))


@operation(
    "GET /projects/{project_id}/roles", id="list-project-roles", query=queries.ListGroupsQuery, response=roles.PublicRoleListResource
)
async def list_(call: Call) -> dict[str, Any]:
    return await custom_roles.page(call, await kept.project(call))


@operation("GET /projects/{project_id}/roles/{role_id}", id="retrieve-project-role", response=roles.Role)
async def retrieve(call: Call) -> dict[str, Any]:
    return custom_roles.told(await custom_roles.find(call, await kept.project(call), call.parameters["role_id"]))


@operation(
    "POST /projects/{project_id}/roles/{role_id}",
    id="update-project-role",
    request=roles.PublicUpdateOrganizationRoleBody,
    response=roles.Role,
)
async def update(call: Call) -> dict[str, Any]:
    return await custom_roles.update(call, await kept.project(call, living=True))


@operation("DELETE /projects/{project_id}/roles/{role_id}", id="delete-project-role", response=roles.RoleDeletedResource)
async def delete(call: Call) -> dict[str, Any]:
    return await custom_roles.delete(call, await kept.project(call, living=True))
