"""Translations into English: create. `client.audio.translations`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockapi.admission.limits import Charge
from mockapi.aside import aside
from mockapi.contract import audio
from mockapi.dialects import audio as write
from mockapi.engine import sound, tasks
from mockapi.engine.prompt import Prompt, Turn
from mockapi.operations import operation
from mockapi.resources.audio import recordings
from mockapi.seed import Stream
from mockapi.transport.call import Call
from mockapi.transport.reply import Content

_QUOTES = '"""'  # what marks a text to work on


def prepare(call: Call) -> Charge:
    """Everything that can be wrong with the request before it is charged, and the charge: a request (api-facts A.1)."""
    recordings.served(call, "audio_translations")
    return Charge()


@operation(
    "POST /audio/translations",
    id="createTranslation",
    form=audio.CreateTranslationRequest,
    response=audio.TranslationResponse,
    contents=("text/plain",),
    layout="compact",
    prepare=prepare,
    shows=frozenset(("requests",)),
    sample_model="whisper-1",
    largest=recordings.LARGEST_BODY,
    stateless=True,
)
async def create(call: Call) -> dict[str, Any] | Content:
    request: audio.CreateTranslationRequest = call.request
    call.card = card = recordings.served(call, "audio_translations")
    heard = await recordings.heard(call, card, request.file)
    large = heard.seconds > recordings.LONG
    made = await aside(large, lambda: _written(call, heard))
    call.used = {"minute": recordings.whole_seconds(heard)}
    # doc: how long an answer takes grows with its length; told in the header only
    call.processing_ms = 400 + round(25 * heard.seconds)
    told = write.Told(made, {}, "translate", request.temperature or 0.0)
    form = request.response_format or "json"
    if form in ("text", "srt", "vtt"):
        return Content(write.plain(told, form), "text/plain; charset=utf-8")
    return await aside(large, lambda: write.whole(told, form))


def _written(call: Call, heard: sound.Heard) -> sound.Transcript:
    """A sound written down in English."""
    request: audio.CreateTranslationRequest = call.request
    stream = recordings.stream(call, request.file)
    if heard.text is not None:
        heard = replace(heard, text=_english(" ".join(heard.text.split()), stream.child(4)))
    return sound.transcribe(heard, stream, request.prompt, "en")


def _english(text: str, stream: Stream) -> str:
    """A text in English, as far as the simulated model knows its words; what is not known stays."""
    if sound.guess_language(text) == "english" or _QUOTES in text:
        return text
    asked = Prompt([Turn("system", "Translate the text into English."), Turn("user", f"{_QUOTES}{text}{_QUOTES}")])
    done = tasks.done("translate", asked, stream)
    return done[0] if done else text
