"""What was changed in an organization, by whom. Events of what is not emulated (logins, SCIM, allowed addresses, tenants) are left out."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

AuditLogEventType = Literal[
    "api_key.created", "api_key.deleted", "certificate.created", "certificate.updated", "certificate.deleted", "certificates.activated",
    "certificates.deactivated", "group.created", "group.updated", "group.deleted", "invite.sent", "invite.accepted", "invite.deleted",
    "organization.updated",
    "project.created", "project.updated", "project.archived", "rate_limit.updated", "role.created", "role.updated", "role.deleted",
    "role.assignment.created", "role.assignment.deleted", "service_account.created", "service_account.updated", "service_account.deleted",
    "user.added", "user.updated", "user.deleted",
]  # fmt: skip


class AuditLogProject(TypedDict):
    id: str
    name: str


class AuditLogActorUser(TypedDict):
    id: str
    email: str


class AuditLogActorServiceAccount(TypedDict):
    id: str


class AuditLogActorApiKey(TypedDict):
    id: str
    type: Literal["user", "service_account"]
    user: NotRequired[AuditLogActorUser]
    service_account: NotRequired[AuditLogActorServiceAccount]


class AuditLogActorSession(TypedDict):
    user: AuditLogActorUser
    ip_address: str


class AuditLogActor(TypedDict):
    """The key that asked for the change, with whose it is; or who accepted an invite."""

    type: Literal["session", "api_key"]
    session: NotRequired[AuditLogActorSession]
    api_key: NotRequired[AuditLogActorApiKey]


class AuditedId(TypedDict):
    id: str


class AuditedName(AuditedId):
    name: NotRequired[str]


class AuditedCertificate(AuditedName):
    certificate: NotRequired[str]


class AuditedCertificates(TypedDict):
    certificates: list[AuditedName]


class AuditedAddition(AuditedId):
    """What was made, with some of its members."""

    data: dict[str, Any]


class AuditedChange(AuditedId):
    """What was to be changed, with the new values."""

    changes_requested: dict[str, Any]


class AuditedRole(AuditedId):
    role_name: str
    permissions: list[str]
    resource_type: str
    resource_id: str


class AuditedAssignment(AuditedId):
    principal_id: str
    principal_type: str
    resource_id: str
    resource_type: str


# `effective_at` in Unix seconds; the details stand under the type's name.
AuditLog = TypedDict(
    "AuditLog",
    {
        "id": str,
        "type": AuditLogEventType,
        "effective_at": int,
        "project": NotRequired[AuditLogProject],
        "actor": AuditLogActor | None,
        "api_key.created": NotRequired[AuditedAddition],
        "api_key.deleted": NotRequired[AuditedId],
        "certificate.created": NotRequired[AuditedName],
        "certificate.updated": NotRequired[AuditedName],
        "certificate.deleted": NotRequired[AuditedCertificate],
        "certificates.activated": NotRequired[AuditedCertificates],
        "certificates.deactivated": NotRequired[AuditedCertificates],
        "group.created": NotRequired[AuditedAddition],
        "group.updated": NotRequired[AuditedChange],
        "group.deleted": NotRequired[AuditedId],
        "invite.sent": NotRequired[AuditedAddition],
        "invite.accepted": NotRequired[AuditedId],
        "invite.deleted": NotRequired[AuditedId],
        "organization.updated": NotRequired[AuditedChange],
        "project.created": NotRequired[AuditedAddition],
        "project.updated": NotRequired[AuditedChange],
        "project.archived": NotRequired[AuditedId],
        "rate_limit.updated": NotRequired[AuditedChange],
        "role.created": NotRequired[AuditedRole],
        "role.updated": NotRequired[AuditedChange],
        "role.deleted": NotRequired[AuditedId],
        "role.assignment.created": NotRequired[AuditedAssignment],
        "role.assignment.deleted": NotRequired[AuditedAssignment],
        "service_account.created": NotRequired[AuditedAddition],
        "service_account.updated": NotRequired[AuditedChange],
        "service_account.deleted": NotRequired[AuditedId],
        "user.added": NotRequired[AuditedAddition],
        "user.updated": NotRequired[AuditedChange],
        "user.deleted": NotRequired[AuditedId],
    },
)


class ListAuditLogsResponse(TypedDict):
    object: Literal["list"]
    data: list[AuditLog]
    first_id: str | None
    last_id: str | None
    has_more: bool
