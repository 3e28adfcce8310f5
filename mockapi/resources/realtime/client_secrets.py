"""Client secrets: create. `client.realtime.client_secrets`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.realtime import objects
from mockapi.contract.realtime import sessions as contract
from mockapi.operations import operation
from mockapi.resources.realtime import made, secrets
from mockapi.transport.call import Call


@operation(
    "POST /realtime/client_secrets",
    id="create-realtime-client-secret",
    request=contract.CreateClientSecret,
    response=objects.ClientSecret,
)
async def create(call: Call) -> dict[str, Any]:
    request: contract.CreateClientSecret = call.request
    session = await made.session(call, call.asked.json.get("session") or {"type": "realtime"})
    value, expires_at = await secrets.make(call, session, request.expires_after)
    return {"value": value, "expires_at": expires_at, "session": session}


@operation(
    "POST /realtime/translations/client_secrets",
    id="create-realtime-translation-client-secret",
    request=contract.CreateTranslationSecret,
    response=objects.TranslationSecret,
)
async def create_translation(call: Call) -> dict[str, Any]:
    request: contract.CreateTranslationSecret = call.request
    session = made.translation(call, call.asked.json["session"])
    value, expires_at = await secrets.make(call, session, request.expires_after)
    return {"value": value, "expires_at": expires_at, "session": session}
