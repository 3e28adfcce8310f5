"""Roles of a user: create, list, retrieve, delete. `client.admin.organization.users.roles`, and in a project `.projects.users.roles`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import queries, roles
from mockapi.operations import operation
from mockapi.resources.organization import assignments
from mockapi.transport.call import Call


@operation(
    "POST /organization/users/{user_id}/roles",
    id="assign-user-role",
    request=roles.PublicAssignOrganizationGroupRoleBody,
    response=roles.UserRoleAssignment,
)
@operation(
    "POST /projects/{project_id}/users/{user_id}/roles",
    id="assign-project-user-role",
    request=roles.PublicAssignOrganizationGroupRoleBody,
    response=roles.UserRoleAssignment,
)
async def create(call: Call) -> dict[str, Any]:
    return await assignments.create(call, "user")


@operation(
    "GET /organization/users/{user_id}/roles",
    id="list-user-role-assignments",
    query=queries.ListGroupsQuery,
    response=roles.RoleListResource,
)
@operation(
    "GET /projects/{project_id}/users/{user_id}/roles",
    id="list-project-user-role-assignments",
    query=queries.ListGroupsQuery,
    response=roles.RoleListResource,
)
async def list_(call: Call) -> dict[str, Any]:
    return await assignments.page(call, "user")


@operation("GET /organization/users/{user_id}/roles/{role_id}", id="retrieve-user-role", response=roles.AssignedRoleDetails)
@operation(
    "GET /projects/{project_id}/users/{user_id}/roles/{role_id}", id="retrieve-project-user-role", response=roles.AssignedRoleDetails
)
async def retrieve(call: Call) -> dict[str, Any]:
    return await assignments.retrieve(call, "user")


@operation("DELETE /organization/users/{user_id}/roles/{role_id}", id="unassign-user-role", response=roles.DeletedRoleAssignmentResource)
@operation(
    "DELETE /projects/{project_id}/users/{user_id}/roles/{role_id}",
    id="unassign-project-user-role",
    response=roles.DeletedRoleAssignmentResource,
)
async def delete(call: Call) -> dict[str, Any]:
    return await assignments.delete(call, "user")
