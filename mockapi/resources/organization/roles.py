"""Roles of the organization: create, list, retrieve, update, delete. `client.admin.organization.roles`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import queries, roles
from mockapi.operations import operation
from mockapi.resources.organization import custom_roles
from mockapi.transport.call import Call


@operation("POST /organization/roles", id="create-role", request=roles.PublicCreateOrganizationRoleBody, response=roles.Role)
async def create(call: Call) -> dict[str, Any]:
    return await custom_roles.create(call, "")


@operation("GET /organization/roles", id="list-roles", query=queries.ListGroupsQuery, response=roles.PublicRoleListResource)
async def list_(call: Call) -> dict[str, Any]:
    return await custom_roles.page(call, "")


@operation("GET /organization/roles/{role_id}", id="retrieve-role", response=roles.Role)
async def retrieve(call: Call) -> dict[str, Any]:
    return custom_roles.told(await custom_roles.find(call, "", call.parameters["role_id"]))


@operation("POST /organization/roles/{role_id}", id="update-role", request=roles.PublicUpdateOrganizationRoleBody, response=roles.Role)
async def update(call: Call) -> dict[str, Any]:
    return await custom_roles.update(call, "")


@operation("DELETE /organization/roles/{role_id}", id="delete-role", response=roles.RoleDeletedResource)
async def delete(call: Call) -> dict[str, Any]:
    return await custom_roles.delete(call, "")
