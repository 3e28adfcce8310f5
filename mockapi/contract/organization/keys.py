"""Admin API keys of the organization, and the API keys of its projects."""

from typing import Annotated, Literal, NotRequired

from annotated_types import Ge, Le
from typing_extensions import TypedDict

from mockapi.contract.types import Contract


class CreateAdminApiKeyRequest(Contract):
    """Body of `POST /v1/organization/admin_api_keys`."""

    name: str
    # doc: at most a year
    expires_in_seconds: Annotated[int, Ge(1), Le(31_536_000)] | None = None


class AdminApiKeyOwner(TypedDict):
    type: str
    object: str
    id: str
    name: str
    created_at: int
    role: str


class AdminApiKey(TypedDict):
    """Times in Unix seconds."""

    object: Literal["organization.admin_api_key"]
    id: str
    name: str | None
    redacted_value: str
    created_at: int
    expires_at: int | None
    last_used_at: int | None
    owner: AdminApiKeyOwner


class AdminApiKeyCreateResponse(AdminApiKey):
    """`value` is the key, told this once."""

    value: str


class ApiKeyList(TypedDict):
    object: Literal["list"]
    data: list[AdminApiKey]
    first_id: str | None
    last_id: str | None
    has_more: bool


class AdminApiKeyDeleted(TypedDict):
    id: str
    object: Literal["organization.admin_api_key.deleted"]
    deleted: bool


class ProjectApiKeyOwnerUser(TypedDict):
    id: str
    email: str
    name: str
    created_at: int
    role: str


class ProjectApiKeyOwnerServiceAccount(TypedDict):
    id: str
    name: str
    created_at: int
    role: str


class ProjectApiKeyOwner(TypedDict):
    """A user or a service account, by its type."""

    type: Literal["user", "service_account"]
    user: NotRequired[ProjectApiKeyOwnerUser]
    service_account: NotRequired[ProjectApiKeyOwnerServiceAccount]


class ProjectApiKey(TypedDict):
    """Times in Unix seconds."""

    object: Literal["organization.project.api_key"]
    redacted_value: str
    name: str
    created_at: int
    last_used_at: int | None
    id: str
    owner_project_access: Literal["active", "inactive"]
    owner: ProjectApiKeyOwner


class ProjectApiKeyListResponse(TypedDict):
    object: Literal["list"]
    data: list[ProjectApiKey]
    first_id: str | None
    last_id: str | None
    has_more: bool


class ProjectApiKeyDeleteResponse(TypedDict):
    object: Literal["organization.project.api_key.deleted"]
    id: str
    deleted: bool
