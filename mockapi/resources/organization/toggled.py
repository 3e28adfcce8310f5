"""Certificates as an organization (whose scope is "") or a project uses them: listed, activated, deactivated."""

from __future__ import annotations

from typing import Any, Literal

from mockapi.contract.organization import certificates
from mockapi.resources.organization import kept
from mockapi.transport.call import Call

KIND = "certificate"
_ACTIVE = "active certificate"


def active_in(scope: str) -> str:
    """The kind of what tells which certificates are active in a scope."""
    return kept.of(scope, _ACTIVE) if scope else _ACTIVE


def object_of(scope: str) -> str:
    return "organization.project.certificate" if scope else "organization.certificate"


async def _told(call: Call, row: dict[str, Any], scope: str) -> dict[str, Any]:
    shown = {name: row[name] for name in ("id", "name", "created_at", "certificate_details")}
    is_active = await call.world.store.get(active_in(scope), row["id"]) is not None
    return {"object": object_of(scope), **shown, "active": is_active}


async def page(call: Call, scope: str) -> dict[str, Any]:
    made = await kept.page(call, KIND, newest=True)
    return {**made, "data": [await _told(call, row, scope) for row in made["data"]]}


async def toggle(call: Call, scope: str, to: Literal["activated", "deactivated"]) -> dict[str, Any]:
    """All of them or none: one that is not there is told before anything changes."""
    request: certificates.ToggleCertificatesRequest = call.request
    found = [await kept.find(call, KIND, id) for id in dict.fromkeys(request.certificate_ids)]
    store = call.world.store
    for row in found:
        if to == "activated":
            await store.put(active_in(scope), row["id"], {"id": row["id"]})
        else:
            await store.delete(active_in(scope), row["id"])
    told = [{"id": row["id"], "name": row["name"] or ""} for row in found]
    if to == "activated":
        await kept.note(call, "certificates.activated", project=scope or None, certificates=told)
    else:
        await kept.note(call, "certificates.deactivated", project=scope or None, certificates=told)
    what = "activation" if to == "activated" else "deactivation"
    return {"object": f"{object_of(scope)}.{what}", "data": [await _told(call, row, scope) for row in found]}
