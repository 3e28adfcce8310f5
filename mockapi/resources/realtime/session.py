"""A session that converses, or that writes down: what each event of the client does, and what is said of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from mockapi.clock import SECOND
from mockapi.contract.responses.tools import McpTool
from mockapi.dialects.realtime import sessions, write
from mockapi.dialects.realtime.read import Entry
from mockapi.engine.sound import telephone
from mockapi.errors import ApiError
from mockapi.resources import mcp
from mockapi.resources.realtime import conversation, refusals, responding, transcribing
from mockapi.resources.realtime.conversation import Conversation
from mockapi.resources.realtime.line import Event, Line, Tell
from mockapi.resources.realtime.listening import Buffer, Started, Stopped
from mockapi.resources.realtime.prompting import instructed
from mockapi.resources.realtime.servers import Servers, approved, is_there
from mockapi.transport.call import Call
from mockapi.transport.reply import Events
from mockapi.transport.visit import Visit, answering


class Session(Line):
    """The state of one session. Methods named `on_…` carry out the client's events; they raise the API's errors."""

    def __init__(self, visit: Visit, config: sessions.Config, tell: Tell) -> None:
        super().__init__(visit, config, tell)
        self.conversation = Conversation(self.id("conv_"))
        self.buffer = Buffer()
        # What is told beside the events of the response that is under way.
        self._beside: deque[Event] = deque()
        # The id of the item that what is being said will become.
        self._coming: str | None = None
        self._speaking: tuple[asyncio.Task[None], responding.Asked] | None = None
        self._idle: asyncio.Task[None] | None = None
        self._servers = Servers()
        # The response and the place in it at which each call goes on that a client is asked to approve.
        self._asking: dict[str, tuple[str, int]] = {}

    @property
    def converses(self) -> bool:
        return bool(self.config["type"] == "realtime")

    @property
    def form(self) -> str:
        """The form of the sound that comes in."""
        return str(self.config["audio"]["input"]["format"]["type"])

    async def on_update(self, given: Event) -> None:
        kind = str(given.get("type", self.config["type"]))
        if kind != self.config["type"]:
            raise refusals.other_kind(str(self.config["type"]), kind)
        if given.get("model") not in (None, self.config.get("model")):
            raise refusals.model_is_set()
        voice = (given.get("audio") or {}).get("output") or {}
        if self.conversation.has_spoken and voice.get("voice") not in (None, self.config.get("audio", {}).get("output", {}).get("voice")):
            raise refusals.voice_is_set()
        servers = self._servers.read(given.get("tools") or (), "session.tools")
        given = await instructed(self.world, given, self.chance())
        self.config = sessions.updated(self.config, given)
        await self.send({"type": "session.updated", "session": self.config})
        await self._import(servers)

    async def begin(self) -> None:
        """Tell of the session, and import the tools that it was made with."""
        await self.send({"type": "session.created", "session": self.config})
        try:
            await self._import(self._servers.read(self.config.get("tools") or (), "session.tools"))
        except ApiError as error:
            await self.refuse(error, None)

    async def _import(self, servers: list[McpTool]) -> None:
        """Import the tools of servers, in front of all that may use them. guess: the order of these events"""
        for server in servers:
            if not self._servers.learn(server):
                continue
            label, reached = server.server_label, is_there(server)
            item: Event = {"id": self.id("item_"), "type": "mcp_list_tools", "server_label": label, "tools": []}
            before = self.conversation.add(Entry(item))
            await self.send({"type": "conversation.item.added", "previous_item_id": before, "item": item})
            for state in ("in_progress", "completed" if reached else "failed"):
                await self.send({"type": f"mcp_list_tools.{state}", "item_id": item["id"]})
            item = {**item, "tools": mcp.listed(server) if reached else []}
            self.conversation.replace(item)
            await self.send({"type": "conversation.item.done", "previous_item_id": before, "item": item})

    async def on_append(self, event: Event) -> None:
        pcm = telephone.heard(conversation.decoded(event["audio"], "audio"), self.form)
        detection = self.config["audio"]["input"]["turn_detection"]
        for noticed in await self.buffer.hear(pcm, telephone.RATES[self.form], detection):
            if isinstance(noticed, Started):
                await self._hear(noticed, detection)
            else:
                await self._heard(noticed, detection)

    async def _hear(self, noticed: Started, detection: Event) -> None:
        self._rest()
        self._coming = self.id("item_")
        await self.send({"type": "input_audio_buffer.speech_started", "audio_start_ms": noticed.at, "item_id": self._coming})
        if detection["interrupt_response"]:
            await self.interrupt("turn_detected")

    async def _heard(self, noticed: Stopped, detection: Event) -> None:
        coming = self._coming or self.id("item_")
        await self.send({"type": "input_audio_buffer.speech_stopped", "audio_end_ms": noticed.at, "item_id": coming})
        await self._commit(coming, noticed.pcm)
        try:
            if detection["create_response"] and self.converses:
                await self.respond({})
        finally:
            if self._speaking is None:
                await self._catch_up()

    async def on_commit(self) -> None:
        has, needed = self.buffer.milliseconds(telephone.RATES[self.form]), sessions.facts()["least_ms"]
        if has < needed:
            raise refusals.too_little_sound(needed, has)
        await self._commit(self._coming or self.id("item_"), self.buffer.clear())
        if self._speaking is None:
            await self._catch_up()

    async def _commit(self, item_id: str, pcm: bytes) -> None:
        """Make what was said an item."""
        self._coming = None
        item = {
            "id": item_id, "object": "realtime.item", "type": "message", "status": "completed", "role": "user",
            "content": [{"type": "input_audio", "transcript": None}],
        }  # fmt: skip
        entry = Entry(item, pcm)
        conversation.listen(entry, self.form)
        before = self.conversation.add(entry)
        await self.send({"type": "input_audio_buffer.committed", "previous_item_id": before, "item_id": item_id})
        await self._told(entry, before)
        wanted = self.config["audio"]["input"]["transcription"]
        if wanted is not None:
            await self._transcribe(entry, wanted)

    async def _told(self, entry: Entry, before: str | None) -> None:
        """Tell of an item that is whole."""
        for kind in ("added", "done"):
            await self.send({"type": f"conversation.item.{kind}", "previous_item_id": before, "item": entry.item})

    async def _transcribe(self, entry: Entry, wanted: Event) -> None:
        """Write an item down. It is told beside the response to it, event by event (seen: H.3)."""
        text = transcribing.spoken(self.world, entry, wanted)
        told = [*transcribing.events(entry, text, wanted, logprobs=bool(self.config["include"]))]
        self._beside += told
        entry.item = {**entry.item, "content": [{"type": "input_audio", "transcript": text}]}
        await transcribing.book(self.world, self.visit.opened, entry, wanted, len(told) - 1)

    async def _catch_up(self) -> None:
        """Tell what is left to be told beside responses."""
        while self._beside:
            await self.send(self._beside.popleft())

    async def on_clear(self) -> None:
        self.buffer.clear()
        self._coming = None
        await self.send({"type": "input_audio_buffer.cleared"})

    async def on_create(self, event: Event) -> None:
        given = event["item"]
        if given["type"] == "function_call_output" and not self.conversation.called(given["call_id"]):
            raise refusals.no_call(given["call_id"])
        request = self._request(given) if given["type"] == "mcp_approval_response" else None
        entry = conversation.entry(given, self.form, self.world.clock.seconds(), self.chance())
        before = self.conversation.add(entry, event.get("previous_item_id"))
        await self._told(entry, before)
        if request is not None and given["approve"]:
            await self._call(request)

    def _request(self, given: Event) -> Event:
        """The request that an approval answers. Raises where there is none."""
        found = self.conversation.find(given["approval_request_id"])
        if found is None or found.item["type"] != "mcp_approval_request":
            raise refusals.no_approval_request(given["approval_request_id"])
        return found.item

    async def _call(self, request: Event) -> None:
        """Make the call that was approved. guess: it goes on where the response left off that asked for it"""
        card = self.visit.opened.card
        assert card is not None
        response_id, index = self._asking.pop(request["id"], (self.id("resp_"), 0))
        writer = responding.writer(self.config, card, self.world.clock.seconds(), self.chance())
        made = approved(request, writer, reached=self._servers.reaches(request["server_label"]))
        for event in write.Saying({"id": response_id}, [], {}, self.chance()).item(index, made):
            await self.send(self._kept(event, None))

    async def on_retrieve(self, event: Event) -> None:
        entry = self.conversation.find(event["item_id"])
        if entry is None:
            raise refusals.no_item("retrieve", event["item_id"])
        await self.send({"type": "conversation.item.retrieved", "item": conversation.with_sound(entry, self.form)})

    async def on_truncate(self, event: Event) -> None:
        self.conversation.truncate(event["item_id"], event["audio_end_ms"])
        told = {name: event[name] for name in ("item_id", "content_index", "audio_end_ms")}
        await self.send({"type": "conversation.item.truncated", **told})

    async def on_delete(self, event: Event) -> None:
        self.conversation.delete(event["item_id"])
        await self.send({"type": "conversation.item.deleted", "item_id": event["item_id"]})

    async def on_cancel(self, event: Event) -> None:
        wanted = event.get("response_id")
        if self._speaking is None or (wanted is not None and wanted != self._speaking[1].response_id):
            raise refusals.nothing_to_cancel()
        await self.interrupt("client_cancelled")

    async def interrupt(self, reason: str) -> None:
        """Break off the response that is under way, if there is one."""
        if self._speaking is None:
            return
        task, asked = self._speaking
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        self._speaking = None
        if asked.unsent:
            await self._write(asked, asked.unsent)
        saying = asked.saying or write.Saying(responding.shell(asked), [], responding.shell(asked), self.chance())
        for event in saying.broken_off("cancelled", {"type": "cancelled", "reason": reason}):
            await self.send(self._kept(event, asked))
        await self._catch_up()

    async def respond(self, params: Event) -> None:
        """Begin a response. Raises for one that is wanted while another is under way, or that cannot be asked."""
        if not self.converses:
            raise refusals.no_responses_here()
        apart = params.get("conversation") == "none"
        if not apart and self._speaking is not None:
            raise refusals.speaks_already(self._speaking[1].response_id)
        self._rest()
        settings = await instructed(self.world, params, self.chance())
        own = {name: value for name, value in settings.items() if value is not None and name in sessions.OF_A_RESPONSE}
        config = sessions.updated(self.config, own)
        servers = self._servers.read(config["tools"], "response.tools")
        asked = responding.Asked(config, self._about(params), None if apart else self.conversation.id, params.get("metadata"), servers)
        sent = responding.body(asked)
        call = await self.visit.call(responding.RESPONSE, write.text(sent), sent)
        responding.begin(call, asked)
        await self._import(servers)
        task = self.start(self._respond(call, asked))
        if not apart:
            self._speaking = task, asked

    def _about(self, params: Event) -> list[Entry]:
        """The items that a response is about: its own, if it has any, else those of the conversation."""
        given = params.get("input")
        if given is None:
            return [*self.conversation]
        found = []
        for place, item in enumerate(given):
            if item["type"] == "item_reference":
                known = self.conversation.find(item["id"])
                if known is None:
                    raise refusals.no_item("retrieve", item["id"])
                found.append(known)
            else:
                found.append(conversation.entry(item, self.form, self.world.clock.seconds(), self.chance(), f"response.input[{place}]"))
        return found

    async def _respond(self, call: Call, asked: responding.Asked) -> None:
        try:
            result = await self.visit.answer(call)
        except ApiError as error:
            await self._failed(asked, error)
        else:
            await self._deliver(call, asked, result)
        if self._speaking is not None and self._speaking[1] is asked:
            self._speaking = None
            self._wait_for_speech()
        await self._catch_up()

    async def _deliver(self, call: Call, asked: responding.Asked, result: Any) -> None:
        """Tell a response. Where it cannot be brought to an end, the session is told so, and goes on."""
        try:
            with answering(call):
                if asked.saying is None:
                    # What a scenario recorded is told as it is.
                    pieces = result.pieces if isinstance(result, Events) else iter([write.text(result)])
                else:
                    pieces = self._pieces(asked, responding.rate_limits(call))
                await self.visit.deliver(call, Events(self._kept_back(pieces, asked)), partial(self._write, asked))
        except ApiError as error:
            await self.refuse(error, None)
            if asked.saying is not None:
                for event in asked.saying.broken_off("failed", _failure(error)):
                    await self.send(event)

    def _pieces(self, asked: responding.Asked, limits: list[Event]) -> Iterator[bytes]:
        assert asked.saying is not None
        for event in asked.saying:
            told = self.tell(self._kept(event, asked))
            if told is not None:
                yield self.numbered(told)
            if event["type"] == "response.created" and limits:
                yield self.numbered({"type": "rate_limits.updated", "rate_limits": limits})
            beside = self.tell(self._beside.popleft()) if self._beside else None
            if beside is not None:
                yield self.numbered(beside)

    @staticmethod
    def _kept_back(pieces: Iterator[bytes], asked: responding.Asked) -> Iterator[bytes]:
        """Events on their way: whoever breaks a response off has to tell the one that waits to be due, since it counts as said."""
        for piece in pieces:
            asked.unsent = piece
            yield piece

    def _kept(self, event: Event, asked: responding.Asked | None) -> Event:
        """An event of a response, with the conversation brought up to it."""
        if event["type"] == "response.output_item.added" and event["item"]["type"] == "mcp_approval_request":
            self._asking[event["item"]["id"]] = event["response_id"], event["output_index"] + 1
        if event["type"] == "conversation.item.added":
            if asked is not None and asked.conversation_id is None:
                return {**event, "previous_item_id": None}
            entry = Entry(event["item"], seconds=0.0 if asked is None else asked.seconds.get(event["item"]["id"], 0.0))
            return {"type": event["type"], "previous_item_id": self.conversation.add(entry), "item": event["item"]}
        if event["type"] == "conversation.item.done":
            self.conversation.replace(event["item"])
            return {"type": event["type"], "previous_item_id": self.conversation.previous(event["item"]["id"]), "item": event["item"]}
        return event

    async def _write(self, asked: responding.Asked, piece: bytes) -> None:
        """Send what a response has come to; an error in its midst is told as an event."""
        asked.unsent = b""
        if piece.startswith((b"data: ", b"event: ")):
            told = write.read(piece)
            piece = self.numbered(told if "type" in told else {"type": "error", **told})
        await self.visit.socket.write(piece)

    async def _failed(self, asked: responding.Asked, error: ApiError) -> None:
        """A response that was refused: not an error of the session (api-facts H.4)."""
        begun = responding.shell(asked)
        await self.send({"type": "response.created", "response": begun})
        await self.send({"type": "response.done", "response": {**begun, "status": "failed", "status_details": _failure(error)}})

    def _rest(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _wait_for_speech(self) -> None:
        """Go on by itself where nobody says anything after a response, if the session asks for it."""
        detection = self.config["audio"]["input"]["turn_detection"]
        if detection is not None and detection.get("idle_timeout_ms"):
            self._idle = self.start(self._idled(detection["idle_timeout_ms"]))

    async def _idled(self, milliseconds: int) -> None:
        await self.world.clock.until(self.world.clock.micros() + milliseconds * SECOND // 1000)
        self._idle = None
        item_id, rate = self.id("item_"), telephone.RATES[self.form]
        start = self.buffer.position(rate)
        pcm = self.buffer.clear() or bytes(rate // 5 * 2)
        told = {"audio_start_ms": start, "audio_end_ms": start + milliseconds, "item_id": item_id}
        try:
            with answering(self.visit.opened):
                await self.send({"type": "input_audio_buffer.timeout_triggered", **told})
                await self._commit(item_id, pcm)
                await self.respond({})
        except ApiError as error:
            await self.refuse(error, None)


def _failure(error: ApiError) -> Event:
    """What a failed response says of why it failed."""
    told = {"type": error.type, "code": error.code, "message": error.message}
    return {"type": "failed", "error": told if error.code is not None else {"type": error.type, "message": error.message}}


Handler = Callable[[Session, Event], Awaitable[None]]


async def _commit(session: Session, _: Event) -> None:
    await session.on_commit()


async def _clear(session: Session, _: Event) -> None:
    await session.on_clear()


async def _nothing(_: Session, __: Event) -> None:
    """The output buffer is that of a telephone or of a browser's peer connection; over a WebSocket there is none."""


HANDLERS: dict[str, Handler] = {
    "session.update": lambda session, event: session.on_update(event["session"]),
    "transcription_session.update": lambda session, event: session.on_update(event["session"]),
    "input_audio_buffer.append": Session.on_append,
    "input_audio_buffer.commit": _commit,
    "input_audio_buffer.clear": _clear,
    "output_audio_buffer.clear": _nothing,
    "conversation.item.create": Session.on_create,
    "conversation.item.retrieve": Session.on_retrieve,
    "conversation.item.truncate": Session.on_truncate,
    "conversation.item.delete": Session.on_delete,
    "response.create": lambda session, event: session.respond(event.get("response") or {}),
    "response.cancel": Session.on_cancel,
}
