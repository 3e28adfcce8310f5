"""Certificates: create, list, retrieve, update, delete, activate, deactivate. `client.admin.organization.certificates`."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.contract.organization import certificates, queries
from mockapi.operations import operation
from mockapi.resources.organization import kept, refusals, toggled, x509
from mockapi.transport.call import Call

# doc: an organization can upload up to 50
_MOST = 50


def _told(row: dict[str, Any], *, with_content: bool = False) -> dict[str, Any]:
    shown = {name: row[name] for name in ("id", "name", "created_at", "certificate_details")}
    if with_content:
        shown["certificate_details"] = {**shown["certificate_details"], "content": row["content"]}
    return {"object": "certificate", **shown}


@operation(
    "POST /organization/certificates",
    id="uploadCertificate",
    request=certificates.UploadCertificateRequest,
    response=certificates.Certificate,
)
async def create(call: Call) -> dict[str, Any]:
    request: certificates.UploadCertificateRequest = call.request
    try:
        first, last = x509.validity(request.certificate)
    except x509.CertificateFault:
        raise refusals.unreadable_certificate() from None
    if len(await kept.rows(call, toggled.KIND)) >= _MOST:
        raise refusals.too_many_certificates(_MOST)
    row: dict[str, Any] = {
        "id": ids.plain("cert_", call.stream),
        "name": request.name,
        "created_at": call.world.clock.seconds(),
        "certificate_details": {"valid_at": first, "expires_at": last},
        "content": request.certificate,
    }
    await call.world.store.put(toggled.KIND, row["id"], row)
    await kept.note(call, "certificate.created", id=row["id"], name=row["name"] or "")
    return _told(row)


@operation(
    "GET /organization/certificates",
    id="listOrganizationCertificates",
    query=queries.OrderedPageQuery,
    response=certificates.ListCertificatesResponse,
)
async def list_(call: Call) -> dict[str, Any]:
    return await toggled.page(call, "")


async def _find(call: Call) -> dict[str, Any]:
    return await kept.find(call, toggled.KIND, call.parameters["certificate_id"])


@operation(
    "GET /organization/certificates/{certificate_id}",
    id="getCertificate",
    query=queries.GetCertificateQuery,
    response=certificates.Certificate,
)
async def retrieve(call: Call) -> dict[str, Any]:
    return _told(await _find(call), with_content="content" in (call.query.include or ()))


@operation(
    "POST /organization/certificates/{certificate_id}",
    id="modifyCertificate",
    request=certificates.ModifyCertificateRequest,
    response=certificates.Certificate,
)
async def update(call: Call) -> dict[str, Any]:
    found = await _find(call)
    row = {**found, "name": call.request.name or found["name"]}
    await call.world.store.put(toggled.KIND, row["id"], row)
    await kept.note(call, "certificate.updated", id=row["id"], name=row["name"] or "")
    return _told(row)


@operation("DELETE /organization/certificates/{certificate_id}", id="deleteCertificate", response=certificates.DeleteCertificateResponse)
async def delete(call: Call) -> dict[str, Any]:
    found, store = await _find(call), call.world.store
    for scope in ("", *(project["id"] for project in await store.page(kept.PROJECT))):
        if await store.get(toggled.active_in(scope), found["id"]) is not None:
            raise refusals.active_certificate(found["id"])
    await store.delete(toggled.KIND, found["id"])
    await kept.note(call, "certificate.deleted", id=found["id"], name=found["name"] or "", certificate=found["content"])
    return {"object": "certificate.deleted", "id": found["id"]}


@operation(
    "POST /organization/certificates/activate",
    id="activateOrganizationCertificates",
    request=certificates.ToggleCertificatesRequest,
    response=certificates.OrganizationCertificateActivationResponse,
)
async def activate(call: Call) -> dict[str, Any]:
    return await toggled.toggle(call, "", "activated")


@operation(
    "POST /organization/certificates/deactivate",
    id="deactivateOrganizationCertificates",
    request=certificates.ToggleCertificatesRequest,
    response=certificates.OrganizationCertificateDeactivationResponse,
)
async def deactivate(call: Call) -> dict[str, Any]:
    return await toggled.toggle(call, "", "deactivated")
