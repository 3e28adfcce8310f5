"""More keys of a service account: create. `client.admin.organization.projects.service_accounts.api_keys`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.organization import members as contract
from mockapi.operations import operation
from mockapi.resources.organization import kept
from mockapi.resources.organization.projects import service_accounts
from mockapi.transport.call import Call


@operation(
    "POST /organization/projects/{project_id}/service_accounts/{service_account_id}/api_keys",
    id="CreateanAPIkeyforaserviceaccount",
    request=contract.CreateProjectServiceAccountApiKeyBody,
    response=contract.ServiceAccountApiKeyBody,
)
async def create(call: Call) -> dict[str, Any]:
    request: contract.CreateProjectServiceAccountApiKeyBody = call.request
    account = await service_accounts.find(call)
    made = await service_accounts.add_key(call, account["id"], request.name or "Secret Key", call.stream)
    await kept.note(call, "api_key.created", project=call.parameters["project_id"], id=made["id"], data={"scopes": request.scopes or []})
    return made
