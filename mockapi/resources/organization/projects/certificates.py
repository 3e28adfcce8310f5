"""Certificates as a project uses them: list, activate, deactivate. `client.admin.organization.projects.certificates`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import certificates, queries
from mockapi.operations import operation
from mockapi.resources.organization import kept, toggled
from mockapi.transport.call import Call


@operation(
    "GET /organization/projects/{project_id}/certificates",
    id="listProjectCertificates",
    query=queries.OrderedPageQuery,
    response=certificates.ListProjectCertificatesResponse,
)
async def list_(call: Call) -> dict[str, Any]:
    return await toggled.page(call, await kept.project(call))


@operation(
    "POST /organization/projects/{project_id}/certificates/activate",
    id="activateProjectCertificates",
    request=certificates.ToggleCertificatesRequest,
    response=certificates.OrganizationProjectCertificateActivationResponse,
)
async def activate(call: Call) -> dict[str, Any]:
    return await toggled.toggle(call, await kept.project(call, living=True), "activated")


@operation(
    "POST /organization/projects/{project_id}/certificates/deactivate",
    id="deactivateProjectCertificates",
    request=certificates.ToggleCertificatesRequest,
    response=certificates.OrganizationProjectCertificateDeactivationResponse,
)
async def deactivate(call: Call) -> dict[str, Any]:
    return await toggled.toggle(call, await kept.project(call, living=True), "deactivated")
