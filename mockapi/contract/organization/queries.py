"""How lists of the administration are asked for; the defaults of the limits are where they are paged."""

from typing import Annotated, Literal

from annotated_types import Ge, Le
from pydantic import Field

from mockapi.contract.types import Contract

# doc: in prose, between 1 and 100
Limit = Annotated[int, Ge(1), Le(100)]


class ForwardPageQuery(Contract):
    """Query of lists that have one order."""

    limit: Limit | None = None
    after: str | None = None


class OrderedPageQuery(ForwardPageQuery):
    """Query of admin API keys and of certificates."""

    order: Literal["asc", "desc"] | None = None


class ListUsersQuery(ForwardPageQuery):
    """Query of `GET /v1/organization/users`."""

    emails: list[str] | None = None


class ListProjectsQuery(ForwardPageQuery):
    """Query of `GET /v1/organization/projects`."""

    include_archived: bool | None = None


class ListProjectApiKeysQuery(ForwardPageQuery):
    """Query of `GET /v1/organization/projects/{project_id}/api_keys`."""

    owner_project_access: Literal["active", "inactive", "any"] | None = None


class ListProjectRateLimitsQuery(Contract):
    """Query of `GET /v1/organization/projects/{project_id}/rate_limits`."""

    limit: Annotated[int, Ge(1)] | None = None
    after: str | None = None
    before: str | None = None


class ListGroupsQuery(Contract):
    """Query of groups, their users, roles, and who has a role."""

    limit: Annotated[int, Ge(0), Le(1000)] | None = None
    after: str | None = None
    order: Literal["asc", "desc"] | None = None


class ListProjectGroupsQuery(Contract):
    """Query of `GET /v1/organization/projects/{project_id}/groups`."""

    limit: Annotated[int, Ge(0), Le(100)] | None = None
    after: str | None = None
    order: Literal["asc", "desc"] | None = None


class RetrieveProjectGroupQuery(Contract):
    """Query of `GET /v1/organization/projects/{project_id}/groups/{group_id}`."""

    group_type: Literal["group", "tenant_group"] | None = None


class ListSpendAlertsQuery(ListProjectGroupsQuery):
    """Query of the spend alerts of an organization or a project."""

    before: str | None = None


class GetCertificateQuery(Contract):
    """Query of `GET /v1/organization/certificates/{certificate_id}`."""

    include: list[Literal["content"]] | None = None


class EffectiveAt(Contract):
    """Bounds in Unix seconds."""

    gt: int | None = None
    gte: int | None = None
    lt: int | None = None
    lte: int | None = None


class ListAuditLogsQuery(Contract):
    """Query of `GET /v1/organization/audit_logs`."""

    effective_at: EffectiveAt | None = None
    project_ids: list[str] | None = Field(None, alias="project_ids[]")
    event_types: list[str] | None = Field(None, alias="event_types[]")
    actor_ids: list[str] | None = Field(None, alias="actor_ids[]")
    actor_emails: list[str] | None = Field(None, alias="actor_emails[]")
    resource_ids: list[str] | None = Field(None, alias="resource_ids[]")
    tenant_only: bool | None = None
    limit: Limit | None = None
    after: str | None = None
    before: str | None = None
