"""Recordings in which somebody agrees to a voice: create, list, retrieve, update, delete. `client.audio.voice_consents`."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.contract import voices
from mockapi.operations import operation
from mockapi.resources.audio import recordings, refusals
from mockapi.store import paging
from mockapi.transport.call import Call
from mockapi.world import World

KIND = "audio.voice_consent"


@operation(
    "POST /audio/voice_consents",
    id="createVoiceConsent",
    form=voices.CreateVoiceConsentForm,
    response=voices.VoiceConsent,
    largest=recordings.LARGEST_BODY,
)
async def create(call: Call) -> dict[str, Any]:
    form: voices.CreateVoiceConsentForm = call.request
    await recordings.check_sample(form.recording, "recording")
    world = call.world
    made: dict[str, Any] = {
        "object": KIND,
        # guess: the form of other ids of these years; the document has short ones
        "id": ids.timed("cons_", world.clock.micros(), call.stream),
        "name": form.name,
        "language": form.language,
        "created_at": world.clock.seconds(),
    }
    await world.store.put(KIND, made["id"], made)
    return made


@operation(
    "GET /audio/voice_consents",
    id="listVoiceConsents",
    query=voices.ListVoiceConsentsQuery,
    response=voices.VoiceConsentList,
)
async def list_(call: Call) -> dict[str, Any]:
    query: voices.ListVoiceConsentsQuery = call.query
    # guess: newest first, as most lists are
    return await paging.listed(call.world.store, KIND, query.limit, after=query.after, descending=True)


async def find(world: World, consent_id: str) -> dict[str, Any] | None:
    """A consent, if it is there."""
    return await world.store.get(KIND, consent_id)


async def _named(call: Call) -> dict[str, Any]:
    found = await find(call.world, call.parameters["consent_id"])
    if found is None:
        raise refusals.no_such_consent(call.parameters["consent_id"])
    return found


@operation("GET /audio/voice_consents/{consent_id}", id="getVoiceConsent", response=voices.VoiceConsent)
async def retrieve(call: Call) -> dict[str, Any]:
    return await _named(call)


@operation(
    "POST /audio/voice_consents/{consent_id}",
    id="updateVoiceConsent",
    request=voices.UpdateVoiceConsentRequest,
    response=voices.VoiceConsent,
)
async def update(call: Call) -> dict[str, Any]:
    made = {**await _named(call), "name": call.request.name}
    await call.world.store.put(KIND, made["id"], made)
    return made


@operation("DELETE /audio/voice_consents/{consent_id}", id="deleteVoiceConsent", response=voices.VoiceConsentDeleted)
async def delete(call: Call) -> dict[str, Any]:
    found = await _named(call)
    await call.world.store.delete(KIND, found["id"])
    return {"id": found["id"], "object": KIND, "deleted": True}
