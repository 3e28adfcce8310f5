"""Transcriptions: create. `client.audio.transcriptions`."""

from __future__ import annotations

import math
from typing import Any

from mockapi.admission.limits import Charge
from mockapi.aside import aside
from mockapi.catalogue import Card
from mockapi.contract import audio
from mockapi.dialects import audio as write
from mockapi.engine import sound
from mockapi.engine.tokens import encoding
from mockapi.operations import operation
from mockapi.resources.audio import recordings, refusals
from mockapi.transport.call import Call
from mockapi.transport.reply import Content, Events

_TEXT = "text/plain; charset=utf-8"
_AUDIO_TOKENS = 10  # a second (measured: F.1)
_CHUNKED = 30.0  # seconds from which on a diarizing model has to be told how to cut


def prepare(call: Call) -> Charge:
    """Everything that can be wrong with the request before it is charged, and the charge: a request (api-facts A.1)."""
    request: audio.CreateTranscriptionRequest = call.request
    card = recordings.served(call, "audio_transcriptions")
    rules: dict[str, Any] = card.rules["transcription"]
    if request.language and request.language.lower() not in sound.LANGUAGES:
        raise refusals.invalid_language(request.language)
    form = request.response_format or "json"
    if form not in rules["formats"]:
        raise refusals.wrong_response_format(form, rules.get("inner_name", card.asked_as))
    for name in rules.get("without", ()):
        if getattr(request, name):
            raise refusals.not_with_model(name, card.asked_as)
    if request.timestamp_granularities and form != "verbose_json":
        raise refusals.only_verbose()
    if request.include and form != "json":
        raise refusals.logprobs_need_json()
    if rules.get("diarizes"):
        names, references = request.known_speaker_names or [], request.known_speaker_references or []
        if len(names) != len(references):
            raise refusals.speakers_disagree(len(names), len(references))
        call.asked.draft = [recordings.check_reference(url, number) for number, url in enumerate(references)]
    return Charge()


@operation(
    "POST /audio/transcriptions",
    id="createTranscription",
    form=audio.CreateTranscriptionRequest,
    response=audio.TranscriptionResponse,
    events=audio.TranscriptionStreamEvent,
    contents=("text/plain",),
    layout="compact",
    prepare=prepare,
    shows=frozenset(("requests",)),
    sample_model="whisper-1",
    beside=refusals.no_seconds,
    largest=recordings.LARGEST_BODY,
    stateless=True,
)
async def create(call: Call) -> dict[str, Any] | Content | Events:
    request: audio.CreateTranscriptionRequest = call.request
    call.card = card = recordings.served(call, "audio_transcriptions")
    rules: dict[str, Any] = card.rules["transcription"]
    for number, sample in enumerate(call.asked.draft or ()):
        await recordings.hear_reference(sample, number)
    heard = await recordings.heard(call, card, request.file)
    if rules.get("diarizes") and heard.seconds > _CHUNKED and request.chunking_strategy is None:
        raise refusals.no_chunking_strategy()
    large = heard.seconds > recordings.LONG
    told = await aside(large, lambda: _told(call, card, heard))
    # doc: how long an answer takes grows with its length; told in the header only
    call.processing_ms = 400 + round(25 * heard.seconds)
    form = request.response_format or "json"
    if recordings.by_the_minute(card):
        call.used = {"minute": recordings.whole_seconds(heard)}
    else:
        told.usage, call.used = _tokens(request, card, heard.seconds, len(told.tokens))
        # Without a price, for the organization's usage.
        call.used["seconds"] = recordings.whole_seconds(heard)
        if request.stream:
            # seen: A.1, on the events of the audio endpoints
            call.further = ((b"cache-control", b"no-store"),)
            return Events(write.events(told, form, diarizes=bool(rules.get("diarizes"))))
    if form in ("text", "srt", "vtt"):
        return Content(write.plain(told, form), _TEXT)
    return await aside(large, lambda: write.whole(told, form))


def _told(call: Call, card: Card, heard: sound.Heard) -> write.Told:
    """What is written down of a sound, before it is billed by tokens."""
    request: audio.CreateTranscriptionRequest = call.request
    stream = recordings.stream(call, request.file)
    made = sound.transcribe(heard, stream, request.prompt, request.language or None)
    told = write.Told(made, write.duration_usage(recordings.whole_seconds(heard)), temperature=request.temperature or 0.0)
    told.granularities = frozenset(request.timestamp_granularities or ("segment",))
    told.speakers = request.known_speaker_names or []
    if not recordings.by_the_minute(card):
        told.tokens = write.tokens(made.text, encoding(card.encoding), stream.child(3))
        told.with_logprobs = bool(request.include)
    return told


def _tokens(request: audio.CreateTranscriptionRequest, card: Card, seconds: float, output: int) -> tuple[dict[str, Any], dict[str, int]]:
    """What a transcript took, as it is told and as it is billed."""
    text, listened = encoding(card.encoding).count(request.prompt or ""), math.ceil(round(_AUDIO_TOKENS * seconds, 3))
    return write.token_usage(text, listened, output), {"input": text, "audio_input": listened, "output": output}
