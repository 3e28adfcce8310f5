"""Roles of a group: create, list, retrieve, delete. `client.admin.organization.groups.roles`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import queries, roles
from mockapi.operations import operation
from mockapi.resources.organization import custom_roles
from mockapi.transport.call import Call


@operation(
    "POST /organization/groups/{group_id}/roles",
    id="assign-group-role",
    request=roles.PublicAssignOrganizationGroupRoleBody,
    response=roles.GroupRoleAssignment,
)
async def create(call: Call) -> dict[str, Any]:
    return await custom_roles.assign(call, "group", "")


@operation(
    "GET /organization/groups/{group_id}/roles",
    id="list-group-role-assignments",
    query=queries.ListGroupsQuery,
    response=roles.RoleListResource,
)
async def list_(call: Call) -> dict[str, Any]:
    return await custom_roles.assigned(call, "group", "")


@operation("GET /organization/groups/{group_id}/roles/{role_id}", id="retrieve-group-role", response=roles.AssignedRoleDetails)
async def retrieve(call: Call) -> dict[str, Any]:
    return await custom_roles.retrieve_assigned(call, "group", "")


@operation("DELETE /organization/groups/{group_id}/roles/{role_id}", id="unassign-group-role", response=roles.DeletedRoleAssignmentResource)
async def delete(call: Call) -> dict[str, Any]:
    return await custom_roles.unassign(call, "group", "")
