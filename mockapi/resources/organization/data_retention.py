"""The organization's data retention: retrieve, update. `client.admin.organization.data_retention`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import projects
from mockapi.operations import operation
from mockapi.resources.organization import kept
from mockapi.transport.call import Call

KIND = "organization.data_retention"
# guess: what is there before anything is ordered
_DEFAULT = {"object": KIND, "type": "modified_abuse_monitoring"}


@operation("GET /organization/data_retention", id="retrieve-organization-data-retention", response=projects.OrganizationDataRetention)
async def retrieve(call: Call) -> dict[str, Any]:
    return await (await kept.opened(call)).store.get(KIND, "") or _DEFAULT


@operation(
    "POST /organization/data_retention",
    id="update-organization-data-retention",
    request=projects.UpdateOrganizationDataRetentionBody,
    response=projects.OrganizationDataRetention,
)
async def update(call: Call) -> dict[str, Any]:
    made = {"object": KIND, "type": call.request.retention_type}
    world = await kept.opened(call)
    await world.store.put(KIND, "", made)
    # guess: the document has no event of its own for it
    await kept.note(call, "organization.updated", id=world.identity.organization, changes_requested={"retention_type": made["type"]})
    return made
