"""Roles of a user in a project: create, list, retrieve, delete. `client.admin.organization.projects.users.roles`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import queries, roles
from mockapi.operations import operation
from mockapi.resources.organization import custom_roles, kept
from mockapi.transport.call import Call


@operation(
    "POST /projects/{project_id}/users/{user_id}/roles",
    id="assign-project-user-role",
    request=roles.PublicAssignOrganizationGroupRoleBody,
    response=roles.UserRoleAssignment,
)
async def create(call: Call) -> dict[str, Any]:
    return await custom_roles.assign(call, "user", await kept.project(call, living=True))


@operation(
    "GET /projects/{project_id}/users/{user_id}/roles",
    id="list-project-user-role-assignments",
    query=queries.ListGroupsQuery,
    response=roles.RoleListResource,
)
async def list_(call: Call) -> dict[str, Any]:
    return await custom_roles.assigned(call, "user", await kept.project(call))


@operation(
    "GET /projects/{project_id}/users/{user_id}/roles/{role_id}", id="retrieve-project-user-role", response=roles.AssignedRoleDetails
)
async def retrieve(call: Call) -> dict[str, Any]:
    return await custom_roles.retrieve_assigned(call, "user", await kept.project(call))


@operation(
    "DELETE /projects/{project_id}/users/{user_id}/roles/{role_id}",
    id="unassign-project-user-role",
    response=roles.DeletedRoleAssignmentResource,
)
async def delete(call: Call) -> dict[str, Any]:
    return await custom_roles.unassign(call, "user", await kept.project(call, living=True))
