"""A session that says again in another language what it hears. `client.realtime.translations.connect`."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from mockapi import catalogue, ids
from mockapi.admission.limits import Charge
from mockapi.clock import SECOND
from mockapi.contract.realtime import events as contract
from mockapi.dialects.realtime import sessions, write
from mockapi.dialects.realtime.read import Entry
from mockapi.engine import model, usage
from mockapi.engine.prompt import Prompt, Turn
from mockapi.engine.sound import LANGUAGES, telephone, voice
from mockapi.engine.tokens import encoding
from mockapi.errors import ApiError
from mockapi.operations import Operation, opening
from mockapi.resources.realtime import connection, conversation, refusals, secrets, transcribing
from mockapi.resources.realtime.line import Line
from mockapi.resources.realtime.listening import Buffer, Stopped
from mockapi.transport.call import Call
from mockapi.transport.reply import Events
from mockapi.transport.visit import Visit, answering
from mockapi.transport.websocket import Gone, error_event

_FORM = "audio/pcm"
_DETECTION: dict[str, Any] = {"type": "server_vad", **sessions.facts()["server_vad"]}


SOCKET = opening("/realtime/translations", id="connectTranslation")


async def _translated(call: Call) -> Events:
    """What was said, in the other language, as text and as sound."""
    card = call.card
    assert card is not None
    prompt: Prompt = call.asked.prompt
    stream = call.world.seed.stream(b"translation", prompt.last_said().encode())
    said = model.answer(prompt, card, stream)
    bill = usage.of_prompt(prompt, card)
    bill.add(said)
    call.used = {"input": bill.prompt_tokens, "output": bill.completion_tokens}
    return Events(iter([(said.text or said.refusal or "").encode()]))


TRANSLATION = Operation(
    id="createRealtimeTranslation", method="POST", path="/realtime/translations", behave=_translated, prepare=lambda call: Charge(),
    unknown_model=refusals.unknown_model, stateless=True,
)  # fmt: skip


async def serve(visit: Visit) -> None:
    """Translate until the client closes the session, leaves, or its time is over."""
    world, opened = visit.world, visit.opened
    id = ids.brief("sess_", world.clock.seconds(), opened.stream.child(1))
    expires_at = world.clock.seconds() + sessions.facts()["session_seconds"]
    made_for = await secrets.session_of(opened)
    if made_for is not None and made_for["type"] == "translation":
        config = {**made_for, "id": id, "expires_at": expires_at}
    else:
        name = visit.socket.query.get("model") or sessions.facts()["translation_model"]
        config = sessions.begun_translation(id, name, expires_at)
    if catalogue.card(config["model"]) is None:
        error = refusals.unknown_model(config["model"])
        await visit.socket.write(error_event(error, ids.brief("event_", opened.now // SECOND, opened.stream)))
        await visit.socket.close(4000, f"{error.type}.{error.code}")
        return
    session = Translation(visit, config)
    await session.send({"type": "session.created", "session": config})
    session.start(session.expire())
    try:
        while await session.take(await visit.socket.read()):
            pass
    except Gone:
        pass
    finally:
        await session.end()


class Translation(Line):
    """What is being said, and in which language it is said again."""

    def __init__(self, visit: Visit, config: sessions.Config) -> None:
        super().__init__(visit, config, lambda event: event)
        self._buffer = Buffer()
        self._elapsed = 0

    async def take(self, text: bytes) -> bool:
        """One event of the client. Returns whether the session goes on."""
        of: str | None = None
        try:
            with answering(self.visit.opened):
                event = connection.read(text, contract.TRANSLATION_EVENTS)
                of = event.get("event_id")
                if event["type"] == "session.update":
                    self.config = sessions.updated(self.config, event["session"])
                    await self.send({"type": "session.updated", "session": self.config})
                elif event["type"] == "session.close":
                    await self._say(self._buffer.clear())
                    await self.send({"type": "session.closed"})
                    await self.visit.socket.close(1000)
                    return False
                else:
                    pcm = telephone.heard(conversation.decoded(event["audio"], "audio"), _FORM)
                    for noticed in await self._buffer.hear(pcm, telephone.RATES[_FORM], _DETECTION):
                        if isinstance(noticed, Stopped):
                            self._elapsed = noticed.at
                            await self._say(noticed.pcm)
        except ApiError as error:
            await self.refuse(error, of)
        return True

    async def _say(self, pcm: bytes) -> None:
        """Translate what was said, if anything was."""
        heard = Entry({"id": ""}, pcm)
        conversation.listen(heard, _FORM)
        if heard.seconds * 1000 < sessions.facts()["least_ms"] or not any(pcm):
            return
        transcription = self.config["audio"]["input"]["transcription"] or {}
        said = transcribing.spoken(self.world, heard, transcription)
        if self.config["audio"]["input"]["transcription"] is not None:
            for piece in encoding("o200k_base").pieces(said):
                await self._tell_of("session.input_transcript.delta", {"delta": piece})
        code = self.config["audio"]["output"]["language"]
        wanted = LANGUAGES.get(code, code)
        sent = {"type": "translation", "model": self.config["model"], "input": said, "language": code}
        call = await self.visit.call(TRANSLATION, write.text(sent), sent)
        call.asked.prompt = Prompt([Turn("user", f"Translate the following sentence to {wanted.title()}: {said}")])
        call.asked.charge = Charge(quarters=4 + len(said))
        told = await self.visit.answer(call)
        text = b"".join(told.pieces).decode() if isinstance(told, Events) else str(told)
        await self.visit.deliver(call, Events(self._events(text)), self.visit.socket.write)

    async def _tell_of(self, kind: str, members: dict[str, Any]) -> None:
        await self.send({"type": kind, **members, "elapsed_ms": self._elapsed})

    def _events(self, text: str) -> Iterator[bytes]:
        for piece in encoding("o200k_base").pieces(text):
            yield self.numbered({"type": "session.output_transcript.delta", "delta": piece, "elapsed_ms": self._elapsed})
        sound = voice.pcm(text, sessions.facts()["voice"])
        size = telephone.BYTES[_FORM] * sessions.facts()["delta_ms"] // 1000
        for at in range(0, len(sound), size):
            told = {"delta": base64.b64encode(sound[at : at + size]).decode(), "sample_rate": 24000, "channels": 1, "format": "pcm16"}
            yield self.numbered({"type": "session.output_audio.delta", **told, "elapsed_ms": self._elapsed})
