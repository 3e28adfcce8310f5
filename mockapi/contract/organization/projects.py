"""Projects, and what is ordered for them and for the whole organization: limits, permissions, retention."""

from typing import Annotated, Literal, NotRequired

from annotated_types import Ge
from typing_extensions import TypedDict

from mockapi.contract.types import Contract

Residency = Literal[
    "GLOBAL", "US_STORAGE_PROCESSING", "EU_STORAGE_PROCESSING", "JP_STORAGE", "KR_STORAGE", "CA_STORAGE", "SG_STORAGE", "IN_STORAGE",
    "AU_STORAGE", "GB_STORAGE", "AE_STORAGE", "AE_STORAGE_PROCESSING",
]  # fmt: skip
Retention = Literal[
    "zero_data_retention", "modified_abuse_monitoring", "enhanced_zero_data_retention", "enhanced_modified_abuse_monitoring"
]
ProjectRetention = Literal[
    "organization_default", "none", "zero_data_retention", "modified_abuse_monitoring", "enhanced_zero_data_retention",
    "enhanced_modified_abuse_monitoring",
]  # fmt: skip
# guess: at least 1; the document has no bound
Most = Annotated[int, Ge(1)]


class ProjectCreateRequest(Contract):
    """Body of `POST /v1/organization/projects`."""

    name: str
    residency: Residency | None = None
    # What an older document calls it
    geography: str | None = None
    external_key_id: str | None = None


class ProjectUpdateRequest(Contract):
    """Body of `POST /v1/organization/projects/{project_id}`."""

    name: str | None = None
    external_key_id: str | None = None
    geography: str | None = None


class Project(TypedDict):
    """Times in Unix seconds."""

    id: str
    object: Literal["organization.project"]
    name: str | None
    created_at: int
    archived_at: int | None
    status: Literal["active", "archived"]
    external_key_id: str | None
    residency: NotRequired[Residency]


class ProjectListResponse(TypedDict):
    object: Literal["list"]
    data: list[Project]
    first_id: str | None
    last_id: str | None
    has_more: bool


class ProjectRateLimitUpdateRequest(Contract):
    """Body of `POST /v1/organization/projects/{project_id}/rate_limits/{rate_limit_id}`."""

    max_requests_per_1_minute: Most | None = None
    max_tokens_per_1_minute: Most | None = None
    max_images_per_1_minute: Most | None = None
    max_audio_megabytes_per_1_minute: Most | None = None
    max_requests_per_1_day: Most | None = None
    batch_1_day_max_input_tokens: Most | None = None


class ProjectRateLimit(TypedDict):
    """What a model may be used for; 0 tokens where they are not limited."""

    object: Literal["project.rate_limit"]
    id: str
    model: str
    max_requests_per_1_minute: int
    max_tokens_per_1_minute: int
    max_images_per_1_minute: NotRequired[int]
    max_audio_megabytes_per_1_minute: NotRequired[int]
    max_requests_per_1_day: NotRequired[int]
    batch_1_day_max_input_tokens: NotRequired[int]


class ProjectRateLimitListResponse(TypedDict):
    object: Literal["list"]
    data: list[ProjectRateLimit]
    first_id: str | None
    last_id: str | None
    has_more: bool


class HostedToolPermissionUpdate(Contract):
    enabled: bool


class ProjectHostedToolPermissionsUpdateRequest(Contract):
    """Body of `POST /v1/organization/projects/{project_id}/hosted_tool_permissions`."""

    file_search: HostedToolPermissionUpdate | None = None
    web_search: HostedToolPermissionUpdate | None = None
    image_generation: HostedToolPermissionUpdate | None = None
    mcp: HostedToolPermissionUpdate | None = None
    code_interpreter: HostedToolPermissionUpdate | None = None


class HostedToolPermission(TypedDict):
    enabled: bool


class ProjectHostedToolPermissions(TypedDict):
    file_search: HostedToolPermission
    web_search: HostedToolPermission
    image_generation: HostedToolPermission
    mcp: HostedToolPermission
    code_interpreter: HostedToolPermission


class ProjectModelPermissionsUpdateRequest(Contract):
    """Body of `POST /v1/organization/projects/{project_id}/model_permissions`."""

    mode: Literal["allow_list", "deny_list"]
    model_ids: list[str]


class ProjectModelPermissions(TypedDict):
    object: Literal["project.model_permissions"]
    mode: Literal["allow_list", "deny_list"]
    model_ids: list[str]


class ProjectModelPermissionsDeleteResponse(TypedDict):
    object: Literal["project.model_permissions.deleted"]
    deleted: bool


class UpdateOrganizationDataRetentionBody(Contract):
    """Body of `POST /v1/organization/data_retention`."""

    retention_type: Retention


class OrganizationDataRetention(TypedDict):
    object: Literal["organization.data_retention"]
    type: Retention


class UpdateProjectDataRetentionBody(Contract):
    """Body of `POST /v1/organization/projects/{project_id}/data_retention`."""

    retention_type: ProjectRetention


class ProjectDataRetention(TypedDict):
    object: Literal["project.data_retention"]
    type: ProjectRetention
