"""Certificates: create, list, retrieve, update, delete, activate, deactivate. `client.admin.organization.certificates`.

A project, `.projects.certificates`, lists those of its organization and activates and deactivates them for itself.
"""

from __future__ import annotations

from typing import Any, Literal

from mockapi import ids
from mockapi.contract.organization import certificates, queries
from mockapi.operations import operation
from mockapi.resources.organization import kept, refusals, x509
from mockapi.transport.call import Call

# doc: an organization can upload up to 50
_MOST = 50
_KIND = "certificate"
# The kind of what tells which certificates are active.
_ACTIVE = "active certificate"


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
    if len(await kept.rows(call, _KIND)) >= _MOST:
        raise refusals.too_many_certificates(_MOST)
    row: dict[str, Any] = {
        "id": ids.plain("cert_", call.stream),
        "name": request.name,
        "created_at": call.world.clock.seconds(),
        "certificate_details": {"valid_at": first, "expires_at": last},
        "content": request.certificate,
    }
    await call.world.store.put(_KIND, row["id"], row)
    await kept.note(call, "certificate.created", id=row["id"], name=row["name"] or "")
    return _told(row)


def _object_of(scope: str) -> str:
    return "organization.project.certificate" if scope else "organization.certificate"


async def _used(call: Call, row: dict[str, Any], scope: str) -> dict[str, Any]:
    """A certificate as it is told to those who may use it."""
    is_active = await call.world.store.get(kept.within(scope, _ACTIVE), row["id"]) is not None
    return {**_told(row), "object": _object_of(scope), "active": is_active}


@operation(
    "GET /organization/certificates",
    id="listOrganizationCertificates",
    query=queries.OrderedPageQuery,
    response=certificates.ListCertificatesResponse,
)
@operation(
    "GET /organization/projects/{project_id}/certificates",
    id="listProjectCertificates",
    query=queries.OrderedPageQuery,
    response=certificates.ListProjectCertificatesResponse,
)
async def list_(call: Call) -> dict[str, Any]:
    scope = await kept.scope(call)
    made = await kept.page(call, _KIND, newest=True)
    return {**made, "data": [await _used(call, row, scope) for row in made["data"]]}


async def _find(call: Call) -> dict[str, Any]:
    return await kept.find(call, _KIND, call.parameters["certificate_id"])


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
    await call.world.store.put(_KIND, row["id"], row)
    await kept.note(call, "certificate.updated", id=row["id"], name=row["name"] or "")
    return _told(row)


@operation("DELETE /organization/certificates/{certificate_id}", id="deleteCertificate", response=certificates.DeleteCertificateResponse)
async def delete(call: Call) -> dict[str, Any]:
    found, store = await _find(call), call.world.store
    for scope in ("", *(project["id"] for project in await store.page(kept.PROJECT))):
        if await store.get(kept.within(scope, _ACTIVE), found["id"]) is not None:
            raise refusals.active_certificate(found["id"])
    await store.delete(_KIND, found["id"])
    await kept.note(call, "certificate.deleted", id=found["id"], name=found["name"] or "", certificate=found["content"])
    return {"object": "certificate.deleted", "id": found["id"]}


async def _toggle(call: Call, to: Literal["activated", "deactivated"]) -> dict[str, Any]:
    """All of them or none: one that is not there is told before anything changes."""
    request: certificates.ToggleCertificatesRequest = call.request
    scope = await kept.scope(call, living=True)
    found = [await kept.find(call, _KIND, id) for id in dict.fromkeys(request.certificate_ids)]
    store = call.world.store
    for row in found:
        if to == "activated":
            await store.put(kept.within(scope, _ACTIVE), row["id"], {"id": row["id"]})
        else:
            await store.delete(kept.within(scope, _ACTIVE), row["id"])
    told = [{"id": row["id"], "name": row["name"] or ""} for row in found]
    if to == "activated":
        await kept.note(call, "certificates.activated", project=scope or None, certificates=told)
    else:
        await kept.note(call, "certificates.deactivated", project=scope or None, certificates=told)
    what = "activation" if to == "activated" else "deactivation"
    return {"object": f"{_object_of(scope)}.{what}", "data": [await _used(call, row, scope) for row in found]}


@operation(
    "POST /organization/certificates/activate",
    id="activateOrganizationCertificates",
    request=certificates.ToggleCertificatesRequest,
    response=certificates.OrganizationCertificateActivationResponse,
)
@operation(
    "POST /organization/projects/{project_id}/certificates/activate",
    id="activateProjectCertificates",
    request=certificates.ToggleCertificatesRequest,
    response=certificates.OrganizationProjectCertificateActivationResponse,
)
async def activate(call: Call) -> dict[str, Any]:
    return await _toggle(call, "activated")


@operation(
    "POST /organization/certificates/deactivate",
    id="deactivateOrganizationCertificates",
    request=certificates.ToggleCertificatesRequest,
    response=certificates.OrganizationCertificateDeactivationResponse,
)
@operation(
    "POST /organization/projects/{project_id}/certificates/deactivate",
    id="deactivateProjectCertificates",
    request=certificates.ToggleCertificatesRequest,
    response=certificates.OrganizationProjectCertificateDeactivationResponse,
)
async def deactivate(call: Call) -> dict[str, Any]:
    return await _toggle(call, "deactivated")
