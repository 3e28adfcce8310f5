"""Voices of one's own: create. `client.audio.voices`."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.contract import voices
from mockapi.operations import operation
from mockapi.resources.audio import recordings, refusals, voice_consents
from mockapi.transport.call import Call


@operation("POST /audio/voices", id="createVoice", form=voices.CreateVoiceForm, response=voices.Voice, largest=recordings.LARGEST_BODY)
async def create(call: Call) -> dict[str, Any]:
    form: voices.CreateVoiceForm = call.request
    if await voice_consents.find(call.world, form.consent) is None:
        raise refusals.unknown_consent(form.consent)
    await recordings.check_sample(form.audio_sample, "audio_sample")
    return {
        "object": "audio.voice",
        # guess: the form of other ids of these years; the document has short ones
        "id": ids.timed("voice_", call.world.clock.micros(), call.stream),
        "name": form.name,
        "created_at": call.world.clock.seconds(),
    }
