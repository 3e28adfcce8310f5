"""Spend limits and alerts, of the organization and of its projects. Amounts in cents."""

from typing import Annotated, Literal, NotRequired

from annotated_types import Ge
from typing_extensions import TypedDict

from mockapi.contract.types import Contract


class SpendAlertChannelParam(Contract):
    type: Literal["email"]
    recipients: list[str]
    subject_prefix: str | None = None


class CreateSpendAlertBody(Contract):
    """Body of what creates or changes a spend alert."""

    threshold_amount: Annotated[int, Ge(0)]
    currency: Literal["USD"]
    interval: Literal["month"]
    notification_channel: SpendAlertChannelParam


class SpendAlertNotificationChannel(TypedDict):
    type: Literal["email"]
    recipients: list[str]
    subject_prefix: NotRequired[str | None]


class OrganizationSpendAlert(TypedDict):
    id: str
    object: Literal["organization.spend_alert"]
    threshold_amount: int
    currency: Literal["USD"]
    interval: Literal["month"]
    notification_channel: SpendAlertNotificationChannel


class OrganizationSpendAlertListResource(TypedDict):
    object: Literal["list"]
    data: list[OrganizationSpendAlert]
    first_id: str | None
    last_id: str | None
    has_more: bool


class OrganizationSpendAlertDeletedResource(TypedDict):
    id: str
    object: Literal["organization.spend_alert.deleted"]
    deleted: bool


class ProjectSpendAlert(TypedDict):
    id: str
    object: Literal["project.spend_alert"]
    threshold_amount: int
    currency: Literal["USD"]
    interval: Literal["month"]
    notification_channel: SpendAlertNotificationChannel


class ProjectSpendAlertListResource(TypedDict):
    object: Literal["list"]
    data: list[ProjectSpendAlert]
    first_id: str | None
    last_id: str | None
    has_more: bool


class ProjectSpendAlertDeletedResource(TypedDict):
    id: str
    object: Literal["project.spend_alert.deleted"]
    deleted: bool


class UpdateSpendLimitBody(Contract):
    """Body of `POST /v1/organization/spend_limit`, and of a project's."""

    threshold_amount: Annotated[int, Ge(1)]
    currency: Literal["USD"]
    interval: Literal["month"]


class SpendLimitEnforcement(TypedDict):
    """`enforcing` once the month's spend has reached the limit."""

    status: Literal["inactive", "enforcing"]


class OrganizationSpendLimitResource(TypedDict):
    object: Literal["organization.spend_limit"]
    threshold_amount: int
    currency: Literal["USD"]
    interval: Literal["month"]
    enforcement: SpendLimitEnforcement


class OrganizationSpendLimitDeletedResource(TypedDict):
    object: Literal["organization.spend_limit.deleted"]
    deleted: bool


class ProjectSpendLimitResource(TypedDict):
    object: Literal["project.spend_limit"]
    threshold_amount: int
    currency: Literal["USD"]
    interval: Literal["month"]
    enforcement: SpendLimitEnforcement


class ProjectSpendLimitDeletedResource(TypedDict):
    object: Literal["project.spend_limit.deleted"]
    deleted: bool
