"""Roles of a group: create, list, retrieve, delete. `client.admin.organization.groups.roles`, and in a project `.projects.groups.roles`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import queries, roles
from mockapi.operations import operation
from mockapi.resources.organization import assignments
from mockapi.transport.call import Call


@operation(
    "POST /organization/groups/{group_id}/roles",
    id="assign-group-role",
    request=roles.PublicAssignOrganizationGroupRoleBody,
    response=roles.GroupRoleAssignment,
)
@operation(
    "POST /projects/{project_id}/groups/{group_id}/roles",
    id="assign-project-group-role",
    request=roles.PublicAssignOrganizationGroupRoleBody,
    response=roles.GroupRoleAssignment,
)
async def create(call: Call) -> dict[str, Any]:
    return await assignments.create(call, "group")


@operation(
    "GET /organization/groups/{group_id}/roles",
    id="list-group-role-assignments",
    query=queries.ListGroupsQuery,
    response=roles.RoleListResource,
)
@operation(
    "GET /projects/{project_id}/groups/{group_id}/roles",
    id="list-project-group-role-assignments",
    query=queries.ListGroupsQuery,
    response=roles.RoleListResource,
)
async def list_(call: Call) -> dict[str, Any]:
    return await assignments.page(call, "group")


@operation("GET /organization/groups/{group_id}/roles/{role_id}", id="retrieve-group-role", response=roles.AssignedRoleDetails)
@operation(
    "GET /projects/{project_id}/groups/{group_id}/roles/{role_id}", id="retrieve-project-group-role", response=roles.AssignedRoleDetails
)
async def retrieve(call: Call) -> dict[str, Any]:
    return await assignments.retrieve(call, "group")


@operation("DELETE /organization/groups/{group_id}/roles/{role_id}", id="unassign-group-role", response=roles.DeletedRoleAssignmentResource)
@operation(
    "DELETE /projects/{project_id}/groups/{group_id}/roles/{role_id}",
    id="unassign-project-group-role",
    response=roles.DeletedRoleAssignmentResource,
)
async def delete(call: Call) -> dict[str, Any]:
    return await assignments.delete(call, "group")
