"""Roles of the organization and of its projects, and who has them."""

from typing import Any, Literal

from typing_extensions import TypedDict

from mockapi.contract.organization.members import User
from mockapi.contract.types import Contract


class PublicCreateOrganizationRoleBody(Contract):
    """Body of `POST /v1/organization/roles` and of `POST /v1/projects/{project_id}/roles`."""

    role_name: str
    permissions: list[str]
    description: str | None = None


class PublicUpdateOrganizationRoleBody(Contract):
    """Body of `POST /v1/organization/roles/{role_id}` and of `POST /v1/projects/{project_id}/roles/{role_id}`."""

    permissions: list[str] | None = None
    description: str | None = None
    role_name: str | None = None


class PublicAssignOrganizationGroupRoleBody(Contract):
    """Body of what gives a role to a user or a group."""

    role_id: str


class Role(TypedDict):
    object: Literal["role"]
    id: str
    name: str
    description: str | None
    permissions: list[str]
    resource_type: str
    predefined_role: bool


class PublicRoleListResource(TypedDict):
    object: Literal["list"]
    data: list[Role]
    has_more: bool
    next: str | None


class RoleDeletedResource(TypedDict):
    object: Literal["role.deleted"]
    id: str
    deleted: bool


class AssignmentSource(TypedDict):
    principal_id: str
    principal_type: str


class AssignedRoleDetails(TypedDict):
    """Times in Unix seconds. `assignment_sources` tells by which groups a user has the role; null where by none."""

    id: str
    name: str
    permissions: list[str]
    resource_type: str
    predefined_role: bool
    description: str | None
    created_at: int | None
    updated_at: int | None
    created_by: str | None
    created_by_user_obj: dict[str, Any] | None
    metadata: dict[str, Any] | None
    assignment_sources: list[AssignmentSource] | None


class RoleListResource(TypedDict):
    object: Literal["list"]
    data: list[AssignedRoleDetails]
    has_more: bool
    next: str | None


class RoleGroup(TypedDict):
    object: Literal["group"]
    id: str
    name: str
    created_at: int
    scim_managed: bool


class GroupRoleAssignment(TypedDict):
    object: Literal["group.role"]
    group: RoleGroup
    role: Role


class UserRoleAssignment(TypedDict):
    object: Literal["user.role"]
    user: User
    role: Role


class DeletedRoleAssignmentResource(TypedDict):
    object: str
    deleted: bool
