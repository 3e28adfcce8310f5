"""Sessions of the beta: create, and those that write down. `client.beta.realtime.sessions`, `…transcription_sessions`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.realtime import objects
from mockapi.contract.realtime import sessions as contract
from mockapi.dialects.realtime import beta
from mockapi.operations import operation
from mockapi.resources.realtime import made, secrets
from mockapi.transport.call import Call


@operation("POST /realtime/sessions", id="create-realtime-session", request=contract.BetaSession, response=objects.BetaSessionObject)
async def create(call: Call) -> dict[str, Any]:
    return await _made(call, "realtime")


@operation(
    "POST /realtime/transcription_sessions",
    id="create-realtime-transcription-session",
    request=contract.BetaTranscriptionSession,
    response=objects.BetaTranscriptionSessionObject,
)
async def create_transcription(call: Call) -> dict[str, Any]:
    return await _made(call, "transcription")


async def _made(call: Call, kind: str) -> dict[str, Any]:
    session = await made.session(call, {**beta.session(call.asked.json), "type": kind})
    value, expires_at = await secrets.make(call, session, None)
    return {**beta.told_session(session), "client_secret": {"value": value, "expires_at": expires_at}}
