"""ChatKit's sessions: create, cancel. `client.beta.chatkit.sessions`."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.contract import chatkit
from mockapi.operations import operation
from mockapi.resources.chatkit import refusals
from mockapi.resources.chatkit.kept import BETA
from mockapi.transport.call import Call

KIND = "chatkit.session"
# doc: what holds where nothing is told
_SECONDS, _REQUESTS, _MEGABYTES, _FILES = 600, 10, 512, 10


@operation(
    "POST /chatkit/sessions",
    id="CreateChatSessionMethod",
    request=chatkit.CreateChatKitSessionRequest,
    response=chatkit.ChatKitSession,
    beta=BETA,
)
async def create(call: Call) -> dict[str, Any]:
    request: chatkit.CreateChatKitSessionRequest = call.request
    world, workflow = call.world, request.workflow
    limits = request.rate_limits
    requests = limits.max_requests_per_1_minute if limits is not None and limits.max_requests_per_1_minute is not None else _REQUESTS
    seconds = _SECONDS if request.expires_after is None else request.expires_after.seconds
    made: dict[str, Any] = {
        "id": ids.related("cksess_", world.clock.micros(), call.stream),
        "object": "chatkit.session",
        "client_secret": ids.timed("ek_", world.clock.micros(), call.stream.child(2)),
        "expires_at": world.clock.seconds() + seconds,
        "workflow": {
            "id": workflow.id,
            "version": workflow.version,
            "state_variables": workflow.state_variables,
            "tracing": {"enabled": workflow.tracing is None or workflow.tracing.enabled is not False},
        },
        "user": request.user,
        "rate_limits": {"max_requests_per_1_minute": requests},
        "max_requests_per_1_minute": requests,
        "status": "active",
        "chatkit_configuration": _configuration(request.chatkit_configuration),
    }
    await world.store.put(KIND, made["id"], made)
    return made


def _configuration(asked: chatkit.ChatKitConfigurationParam | None) -> dict[str, Any]:
    told = asked or chatkit.ChatKitConfigurationParam()
    titling = told.automatic_thread_titling or chatkit.ChatKitEnabled()
    upload = told.file_upload or chatkit.ChatKitFileUploadParam()
    history = told.history or chatkit.ChatKitHistoryParam()
    return {
        "automatic_thread_titling": {"enabled": titling.enabled is not False},
        "file_upload": {
            "enabled": bool(upload.enabled),
            "max_file_size": upload.max_file_size or _MEGABYTES,
            "max_files": upload.max_files or _FILES,
        },
        "history": {"enabled": history.enabled is not False, "recent_threads": history.recent_threads},
    }


@operation(
    "POST /chatkit/sessions/{session_id}/cancel",
    id="CancelChatSessionMethod",
    response=chatkit.ChatKitSession,
    beta=BETA,
)
async def cancel(call: Call) -> dict[str, Any]:
    world, session_id = call.world, call.parameters["session_id"]
    found = await world.store.get(KIND, session_id)
    if found is None:
        raise refusals.no_such_session(session_id)
    status = "expired" if found["status"] == "active" and found["expires_at"] <= world.clock.seconds() else found["status"]
    if status != "active":
        raise refusals.session_not_active(status)
    made = {**found, "status": "cancelled"}
    await world.store.put(KIND, session_id, made)
    return made
