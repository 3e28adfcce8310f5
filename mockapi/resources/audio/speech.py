"""Speech: create. `client.audio.speech`."""

from __future__ import annotations

from typing import Any

from mockapi.admission.limits import Charge
from mockapi.aside import aside
from mockapi.catalogue import Card
from mockapi.contract import audio
from mockapi.dialects import audio as write
from mockapi.engine import sound, usage
from mockapi.engine.tokens import encoding
from mockapi.operations import operation
from mockapi.resources.audio import recordings, refusals
from mockapi.transport.call import Call
from mockapi.transport.reply import Events

# seen: A.3
_KINDS = {
    "mp3": "audio/mpeg", "opus": "audio/opus", "aac": "audio/aac", "flac": "audio/flac", "wav": "audio/wav", "pcm": "audio/pcm",
}  # fmt: skip
# Characters, at the usual speed, from which on they are spoken beside others: some milliseconds' work.
_LARGE = 300
_KEPT = 64 * 1024  # bytes of a sound that is remembered with its request


def prepare(call: Call) -> Charge:
    """Everything that can be wrong with the request before it is charged, and the charge: a quarter token a character (api-facts B.3)."""
    request: audio.CreateSpeechRequest = call.request
    card = recordings.served(call, "audio_speech")
    faults = _faults(request, card)
    if faults:
        raise refusals.unprocessable(faults)
    return Charge(quarters=len(request.input))


@operation(
    "POST /audio/speech",
    id="createSpeech",
    request=audio.CreateSpeechRequest,
    events=audio.SpeechStreamEvent,
    contents=tuple(_KINDS.values()),
    prepare=prepare,
    shows=frozenset(("requests", "tokens")),
    sample_model="gpt-4o-mini-tts",
    stateless=True,
)
async def create(call: Call) -> Events:
    request: audio.CreateSpeechRequest = call.request
    call.card = card = recordings.served(call, "audio_speech")
    form, speed = request.response_format or "mp3", request.speed or 1.0
    spoken: bytes | None = call.asked.draft
    if spoken is None:
        voice = request.voice if isinstance(request.voice, str) else request.voice.id
        spoken = await aside(len(request.input) > _LARGE * speed, lambda: sound.say(request.input, form, voice, speed))
        if len(spoken) <= _KEPT:
            call.asked.draft = spoken
    seconds = sound.duration(request.input, speed)
    # doc: how long an answer takes grows with its length; told in the header only
    call.processing_ms = 300 + round(60 * seconds)
    if "million_characters" in card.prices:
        # seen: these models take no notice of stream_format
        call.used = {"million_characters": len(request.input)}
        return Events(write.pieces(spoken), kind=_KINDS[form].encode())
    vocabulary = encoding(card.encoding)
    # guess: what the instructions say is read like the rest
    taken, made = vocabulary.count(request.input) + vocabulary.count(request.instructions or ""), usage.of_speech(seconds)
    # Characters have no price here; the organization's usage tells them.
    call.used = {"input": taken, "audio_output": made, "characters": len(request.input)}
    if request.stream_format != "sse":
        return Events(write.pieces(spoken), kind=_KINDS[form].encode())
    # seen: A.1, on the events of the audio endpoints
    call.further = ((b"cache-control", b"no-store"),)
    return Events(write.sound_events(spoken, {"input_tokens": taken, "output_tokens": made, "total_tokens": taken + made}))


def _faults(request: audio.CreateSpeechRequest, card: Card) -> list[dict[str, Any]]:
    """What the model's validator finds, as pydantic tells it."""
    found: list[dict[str, Any]] = []
    longest = audio.LONGEST_INPUT
    if len(request.input) > longest:
        found.append(
            _fault("string_too_long", "input", f"String should have at most {longest} characters", request.input, max_length=longest)
        )
    if not request.input:
        # guess: the twin of the above
        found.append(_fault("string_too_short", "input", "String should have at least 1 character", "", min_length=1))
    voices: list[str] = card.rules["speech"]["voices"]
    if isinstance(request.voice, str) and request.voice not in voices:
        quoted = [f"'{voice}'" for voice in voices]
        expected = f"{', '.join(quoted[:-1])} or {quoted[-1]}"
        found.append(_fault("enum", "voice", f"Input should be {expected}", request.voice, expected=expected))
    return found


def _fault(kind: str, place: str, message: str, given: str, **context: Any) -> dict[str, Any]:
    return {"type": kind, "loc": ("body", place), "msg": message, "input": given, "ctx": context}
