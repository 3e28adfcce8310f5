"""Voices of one's own and their consents through the official SDK, and what is refused on the wire."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.conftest import Wire
from tests.samples import REQUESTS, wav
from tests.wire.test_containers import fault

SAMPLE = ("a.wav", wav(), "audio/x-wav")


def agreed(client: OpenAI, name: str = "Anna") -> Any:
    return client.audio.voice_consents.create(name=name, recording=SAMPLE, language="en-US")


def test_consents_are_kept_changed_and_deleted(client: OpenAI) -> None:
    first, second = agreed(client), agreed(client, "Bert")
    assert (first.name, first.language, first.object) == ("Anna", "en-US", "audio.voice_consent")
    assert client.audio.voice_consents.retrieve(first.id) == first
    assert [each.id for each in client.audio.voice_consents.list(limit=1)] == [second.id, first.id]
    assert client.audio.voice_consents.update(first.id, name="Anna B.").name == "Anna B."
    gone = client.audio.voice_consents.delete(second.id)
    assert (gone.id, gone.deleted, gone.object) == (second.id, True, "audio.voice_consent")
    assert [each.name for each in client.audio.voice_consents.list()] == ["Anna B."]
    with pytest.raises(openai.NotFoundError):
        client.audio.voice_consents.retrieve(second.id)


def test_a_voice_needs_a_consent_and_then_speaks(client: OpenAI) -> None:
    made = client.audio.voices.create(name="Mine", audio_sample=SAMPLE, consent=agreed(client).id)
    assert (made.name, made.object) == ("Mine", "audio.voice")
    assert client.audio.speech.create(model="gpt-4o-mini-tts", input="Good morning", voice={"id": made.id}).content
    with pytest.raises(openai.BadRequestError, match="Voice consent with id 'cons_x' not found"):
        client.audio.voices.create(name="Mine", audio_sample=SAMPLE, consent="cons_x")


def test_keys_come_in_the_documents_order(wire: Wire) -> None:
    made = wire.request("POST", "/audio/voice_consents", **REQUESTS["createVoiceConsent"]).json()
    assert list(made) == ["object", "id", "name", "language", "created_at"]
    assert list(wire.request("GET", "/audio/voice_consents").json()) == ["object", "data", "first_id", "last_id", "has_more"]


def test_recordings_that_are_none_are_refused(wire: Wire) -> None:
    def sent(content: bytes) -> Any:
        options = {**REQUESTS["createVoiceConsent"], "files": {"recording": ("a.wav", content, "audio/wav")}}
        return wire.request("POST", "/audio/voice_consents", **options)

    assert fault(sent(b"no sound"), 400) == ("Audio file might be corrupted or unsupported", "recording", "invalid_value")
    size = 10 * 1024 * 1024 + 1
    message = f"Maximum content size limit ({size - 1}) exceeded ({size} bytes read)"
    assert fault(sent(bytes(size)), 413) == (message, "recording", None)
    missing = wire.request("POST", "/audio/voices", data={"name": "Mine", "consent": "cons_x"}, files={"x": ("a", b"")})
    assert fault(missing, 400)[0] == "Missing required parameter: 'audio_sample'."
    assert fault(wire.request("DELETE", "/audio/voice_consents/cons_x"), 404)[0] == "Voice consent with id 'cons_x' not found."
