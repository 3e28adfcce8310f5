"""Admin API keys: create, list, retrieve, delete. `client.admin.organization.admin_api_keys`."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.clock import SECOND
from mockapi.contract.organization import keys, queries
from mockapi.operations import operation
from mockapi.resources.organization import kept
from mockapi.transport.call import Call


@operation(
    "POST /organization/admin_api_keys",
    id="admin-api-keys-create",
    request=keys.CreateAdminApiKeyRequest,
    response=keys.AdminApiKeyCreateResponse,
)
async def create(call: Call) -> dict[str, Any]:
    request: keys.CreateAdminApiKeyRequest = call.request
    world = await kept.opened(call)
    now, lasts = world.clock.seconds(), request.expires_in_seconds
    value = kept.secret(call, "sk-admin-", call.stream)
    made: dict[str, Any] = {
        "object": "organization.admin_api_key",
        "id": ids.plain("key_", call.stream),
        "name": request.name,
        "redacted_value": kept.redacted(value),
        "created_at": now,
        "expires_at": None if lasts is None else now + lasts,
        "last_used_at": None,
        "owner": await _owner(call),
    }
    await world.store.put(kept.ADMIN_KEY, made["id"], made)
    world.issue(value, made["id"], call.caller.tier, until=None if lasts is None else (now + lasts) * SECOND)
    await kept.note(call, "api_key.created", id=made["id"], data={"scopes": []})
    return {**made, "value": value}


async def _owner(call: Call) -> dict[str, Any]:
    user = await kept.whose(call)
    return {
        "type": "user",
        **{name: user[name] for name in ("object", "id", "name")},
        "created_at": user["added_at"],
        "role": user["role"],
    }


@operation("GET /organization/admin_api_keys", id="admin-api-keys-list", query=queries.OrderedPageQuery, response=keys.ApiKeyList)
async def list_(call: Call) -> dict[str, Any]:
    return await kept.page(call, kept.ADMIN_KEY)


@operation("GET /organization/admin_api_keys/{key_id}", id="admin-api-keys-get", response=keys.AdminApiKey)
async def retrieve(call: Call) -> dict[str, Any]:
    return await kept.find(call, kept.ADMIN_KEY, call.parameters["key_id"])


@operation("DELETE /organization/admin_api_keys/{key_id}", id="admin-api-keys-delete", response=keys.AdminApiKeyDeleted)
async def delete(call: Call) -> dict[str, Any]:
    found = await retrieve(call)
    await call.world.store.delete(kept.ADMIN_KEY, found["id"])
    call.world.revoke(found["id"])
    await kept.note(call, "api_key.deleted", id=found["id"])
    return {"id": found["id"], "object": "organization.admin_api_key.deleted", "deleted": True}
