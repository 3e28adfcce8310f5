"""Certificates for mutual TLS, of the organization and as its projects use them. Times in Unix seconds."""

from typing import Annotated, Literal, NotRequired

from annotated_types import Len
from typing_extensions import TypedDict

from mockapi.contract.types import Contract


class UploadCertificateRequest(Contract):
    """Body of `POST /v1/organization/certificates`; the certificate in PEM."""

    certificate: str
    name: str | None = None


class ModifyCertificateRequest(Contract):
    """Body of `POST /v1/organization/certificates/{certificate_id}`."""

    name: str | None = None


class ToggleCertificatesRequest(Contract):
    """Body of what activates or deactivates certificates."""

    certificate_ids: Annotated[list[str], Len(1, 10)]


class CertificateDetails(TypedDict):
    """From when until when it is valid."""

    valid_at: int
    expires_at: int


class CertificateDetailsWithContent(CertificateDetails):
    content: NotRequired[str]


class Certificate(TypedDict):
    object: Literal["certificate"]
    id: str
    name: str | None
    created_at: int
    certificate_details: CertificateDetailsWithContent


class OrganizationCertificate(TypedDict):
    object: Literal["organization.certificate"]
    id: str
    name: str | None
    created_at: int
    certificate_details: CertificateDetails
    active: bool


class OrganizationProjectCertificate(TypedDict):
    object: Literal["organization.project.certificate"]
    id: str
    name: str | None
    created_at: int
    certificate_details: CertificateDetails
    active: bool


class ListCertificatesResponse(TypedDict):
    object: Literal["list"]
    data: list[OrganizationCertificate]
    first_id: str | None
    last_id: str | None
    has_more: bool


class ListProjectCertificatesResponse(TypedDict):
    object: Literal["list"]
    data: list[OrganizationProjectCertificate]
    first_id: str | None
    last_id: str | None
    has_more: bool


class OrganizationCertificateActivationResponse(TypedDict):
    object: Literal["organization.certificate.activation"]
    data: list[OrganizationCertificate]


class OrganizationCertificateDeactivationResponse(TypedDict):
    object: Literal["organization.certificate.deactivation"]
    data: list[OrganizationCertificate]


class OrganizationProjectCertificateActivationResponse(TypedDict):
    object: Literal["organization.project.certificate.activation"]
    data: list[OrganizationProjectCertificate]


class OrganizationProjectCertificateDeactivationResponse(TypedDict):
    object: Literal["organization.project.certificate.deactivation"]
    data: list[OrganizationProjectCertificate]


class DeleteCertificateResponse(TypedDict):
    object: Literal["certificate.deleted"]
    id: str
