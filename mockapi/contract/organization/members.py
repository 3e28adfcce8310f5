"""Users, invites, groups and service accounts, of the organization and of its projects."""

from typing import Annotated, Literal, NotRequired

from annotated_types import Len
from typing_extensions import TypedDict

from mockapi.contract.types import Contract

ProjectRole = Literal["member", "owner"]
GroupName = Annotated[str, Len(1, 255)]
GroupType = Literal["group", "tenant_group"]


class UserRoleUpdateRequest(Contract):
    """Body of `POST /v1/organization/users/{user_id}`."""

    role: str | None = None
    role_id: str | None = None
    technical_level: str | None = None
    developer_persona: str | None = None


class UserDetails(TypedDict):
    object: Literal["user"]
    id: str
    email: NotRequired[str | None]
    name: NotRequired[str | None]
    picture: NotRequired[str | None]
    enabled: NotRequired[bool | None]
    banned: NotRequired[bool | None]
    banned_at: NotRequired[int | None]


class UserProject(TypedDict):
    id: NotRequired[str | None]
    name: NotRequired[str | None]
    role: NotRequired[str | None]


class UserProjectList(TypedDict):
    object: Literal["list"]
    data: list[UserProject]


class User(TypedDict):
    """`added_at` in Unix seconds. What follows it is optional in the document and absent from its examples."""

    object: Literal["organization.user"]
    id: str
    name: str | None
    email: str | None
    role: str | None
    added_at: int
    is_default: NotRequired[bool]
    created: NotRequired[int]
    user: NotRequired[UserDetails]
    is_service_account: NotRequired[bool]
    is_scale_tier_authorized_purchaser: NotRequired[bool | None]
    is_scim_managed: NotRequired[bool]
    api_key_last_used_at: NotRequired[int | None]
    technical_level: NotRequired[str | None]
    developer_persona: NotRequired[str | None]
    projects: NotRequired[UserProjectList | None]


class UserListResponse(TypedDict):
    object: Literal["list"]
    data: list[User]
    first_id: str | None
    last_id: str | None
    has_more: bool


class UserDeleteResponse(TypedDict):
    object: Literal["organization.user.deleted"]
    id: str
    deleted: bool


class InviteProjectParam(Contract):
    id: str
    role: ProjectRole


class InviteRequest(Contract):
    """Body of `POST /v1/organization/invites`."""

    email: str
    role: Literal["reader", "owner"]
    projects: list[InviteProjectParam] | None = None


class InviteProject(TypedDict):
    id: str
    role: ProjectRole


class Invite(TypedDict):
    """Times in Unix seconds, null until they come."""

    object: Literal["organization.invite"]
    id: str
    email: str
    role: Literal["owner", "reader"]
    status: Literal["accepted", "expired", "pending"]
    created_at: int
    expires_at: int | None
    accepted_at: int | None
    projects: list[InviteProject]


class InviteListResponse(TypedDict):
    object: Literal["list"]
    data: list[Invite]
    first_id: str | None
    last_id: str | None
    has_more: bool


class InviteDeleteResponse(TypedDict):
    object: Literal["organization.invite.deleted"]
    id: str
    deleted: bool


class CreateGroupBody(Contract):
    """Body of `POST /v1/organization/groups`."""

    name: GroupName


class UpdateGroupBody(Contract):
    """Body of `POST /v1/organization/groups/{group_id}`."""

    name: GroupName


class CreateGroupUserBody(Contract):
    """Body of `POST /v1/organization/groups/{group_id}/users`."""

    user_id: str


class GroupResourceWithSuccess(TypedDict):
    id: str
    name: str
    created_at: int
    is_scim_managed: bool


class GroupResponse(GroupResourceWithSuccess):
    group_type: GroupType


class GroupListResource(TypedDict):
    object: Literal["list"]
    data: list[GroupResponse]
    has_more: bool
    next: str | None


class GroupDeletedResource(TypedDict):
    object: Literal["group.deleted"]
    id: str
    deleted: bool


class GroupUser(TypedDict):
    id: str
    name: str
    email: str | None


class UserListResource(TypedDict):
    object: Literal["list"]
    data: list[GroupUser]
    has_more: bool
    next: str | None


class GroupUserAssignment(TypedDict):
    object: Literal["group.user"]
    user_id: str
    group_id: str


class GroupMemberUser(GroupUser):
    picture: str | None
    is_service_account: bool | None
    user_type: Literal["user", "tenant_user"]


class GroupUserDeletedResource(TypedDict):
    object: Literal["group.user.deleted"]
    deleted: bool


class ProjectUserCreateRequest(Contract):
    """Body of `POST /v1/organization/projects/{project_id}/users`: a user by id or by email."""

    user_id: str | None = None
    email: str | None = None
    role: str


class ProjectUserUpdateRequest(Contract):
    """Body of `POST /v1/organization/projects/{project_id}/users/{user_id}`."""

    role: str | None = None


class ProjectUser(TypedDict):
    """`added_at` in Unix seconds."""

    object: Literal["organization.project.user"]
    id: str
    name: str | None
    email: str | None
    role: str
    added_at: int


class ProjectUserListResponse(TypedDict):
    object: Literal["list"]
    data: list[ProjectUser]
    first_id: str | None
    last_id: str | None
    has_more: bool


class ProjectUserDeleteResponse(TypedDict):
    object: Literal["organization.project.user.deleted"]
    id: str
    deleted: bool


class InviteProjectGroupBody(Contract):
    """Body of `POST /v1/organization/projects/{project_id}/groups`; `role` is the id of a role."""

    group_id: str
    role: str


class ProjectGroup(TypedDict):
    object: Literal["project.group"]
    project_id: str
    group_id: str
    group_name: str
    group_type: GroupType
    created_at: int


class ProjectGroupListResource(TypedDict):
    object: Literal["list"]
    data: list[ProjectGroup]
    has_more: bool
    next: str | None


class ProjectGroupDeletedResource(TypedDict):
    object: Literal["project.group.deleted"]
    deleted: bool


class ProjectServiceAccountCreateRequest(Contract):
    """Body of `POST /v1/organization/projects/{project_id}/service_accounts`."""

    name: str
    create_service_account_only: bool | None = None


class UpdateProjectServiceAccountBody(Contract):
    """Body of `POST /v1/organization/projects/{project_id}/service_accounts/{service_account_id}`."""

    name: str | None = None
    role: ProjectRole | None = None


class CreateProjectServiceAccountApiKeyBody(Contract):
    """Body of `POST /v1/organization/projects/{project_id}/service_accounts/{service_account_id}/api_keys`."""

    name: str | None = None
    scopes: list[str] | None = None


class ProjectServiceAccount(TypedDict):
    object: Literal["organization.project.service_account"]
    id: str
    name: str
    role: Literal["owner", "member", "none"]
    created_at: int


class ProjectServiceAccountListResponse(TypedDict):
    object: Literal["list"]
    data: list[ProjectServiceAccount]
    first_id: str | None
    last_id: str | None
    has_more: bool


class ServiceAccountApiKeyBody(TypedDict):
    """`value` is the key, told this once."""

    object: Literal["organization.project.service_account.api_key"]
    value: str
    name: str
    created_at: int
    id: str


class ProjectServiceAccountCreateResponse(TypedDict):
    object: Literal["organization.project.service_account"]
    id: str
    name: str
    role: Literal["member", "none"]
    created_at: int
    api_key: ServiceAccountApiKeyBody | None


class ProjectServiceAccountDeleteResponse(TypedDict):
    object: Literal["organization.project.service_account.deleted"]
    id: str
    deleted: bool
