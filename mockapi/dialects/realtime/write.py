"""From an answer to the items of a response and the events that tell of them. An item is the fold of its events (api-facts H.3)."""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mockapi import ids, json
from mockapi.dialects.realtime.sessions import facts
from mockapi.engine.answer import Answer, Refusal, Speech, Text, ToolCall
from mockapi.engine.tokens import Encoding
from mockapi.seed import Stream, label

Item = dict[str, Any]
Event = dict[str, Any]
_PADDING_BLOCK = 16
_PADDED = frozenset(
    (
        "response.output_text.delta", "response.output_audio_transcript.delta", "response.function_call_arguments.delta",
        "response.mcp_call_arguments.delta",
    )
)  # fmt: skip
_OBFUSCATION = label("obfuscation")


@dataclass(slots=True, eq=False, repr=False)
class Voice:
    """How a response sounds: the form of its sound, the voice, and how fast it speaks."""

    form: str
    name: str
    speed: float


@dataclass(slots=True, eq=False, repr=False)
class Made:
    """One output item: as it is added and as it is done, its content's place if it is a message, and the deltas between, each with what
    has been said by then."""

    added: Item
    done: Item
    deltas: list[tuple[Event, str]] = field(default_factory=list)

    @property
    def speaks(self) -> bool:
        return bool(self.done["type"] == "message" and self.done["content"][0]["type"] == "output_audio")


@dataclass(slots=True, eq=False, repr=False)
class Writer:
    """What the items of one response share: the instant of their ids in seconds, chance, the vocabulary, and the voice."""

    seconds: int
    stream: Stream
    vocabulary: Encoding
    voice: Voice
    made: int = 0

    def _id(self) -> str:
        self.made += 1
        return ids.brief("item_", self.seconds, self.stream.child(self.made))

    def items(self, answer: Answer) -> list[Made]:
        """The items that an answer comes to."""
        cut = "incomplete" if answer.finish in ("length", "content_filter") else "completed"
        found = []
        for place, part in enumerate(answer.parts):
            status = cut if place == len(answer.parts) - 1 else "completed"
            if isinstance(part, ToolCall):
                found.append(self._call(part, status))
            elif isinstance(part, Speech):
                found.append(self._spoken(part.transcript, status))
            elif isinstance(part, (Text, Refusal)):
                found.append(self._written(part.text, status))
        return found

    def _message(self, content: Item, status: str) -> Made:
        shared = {"id": self._id(), "object": "realtime.item", "type": "message"}
        added = {**shared, "status": "in_progress", "role": "assistant", "content": []}
        return Made(added, {**added, "status": status, "content": [content]})

    def _written(self, text: str, status: str) -> Made:
        made = self._message({"type": "output_text", "text": text}, status)
        said = ""
        for piece in self.vocabulary.pieces(text):
            said += piece
            made.deltas.append(({"type": "response.output_text.delta", "delta": piece}, said))
        return made

    def _spoken(self, text: str, status: str) -> Made:
        """A transcript and its sound, piece by piece beside each other."""
        from mockapi.engine.sound import telephone, voice

        made = self._message({"type": "output_audio", "transcript": text}, status)
        sound = telephone.spoken(voice.pcm(text, self.voice.name, self.voice.speed), self.voice.form)
        size = telephone.BYTES[self.voice.form] * facts()["delta_ms"] // 1000 // 2 * 2
        pieces, said, sent = self.vocabulary.pieces(text), "", 0
        for number, piece in enumerate(pieces, 1):
            said += piece
            made.deltas.append(({"type": "response.output_audio_transcript.delta", "delta": piece}, said))
            until = len(sound) if number == len(pieces) else len(sound) * number // len(pieces)
            while until - sent >= size or (number == len(pieces) and sent < until):
                made.deltas.append((_sound(sound[sent : sent + size]), said))
                sent += min(size, until - sent)
        return made

    def _call(self, part: ToolCall, status: str) -> Made:
        call_id = "call_" + self.stream.child(1000 + self.made).base62(16)
        added: Item = {
            "id": self._id(), "object": "realtime.item", "type": "function_call", "status": "in_progress", "name": part.name,
            "call_id": call_id, "arguments": "",
        }  # fmt: skip
        made = Made(added, {**added, "status": status, "arguments": part.arguments})
        self._argue(made, {"type": "response.function_call_arguments.delta", "call_id": call_id})
        return made

    def mcp_call(self, server: str, part: ToolCall, approval: str | None, output: str | None, error: Item | None) -> Made:
        """A call that the API makes itself, with what came of it (sdk: all members are always there)."""
        added: Item = {
            "id": self._id(), "type": "mcp_call", "server_label": server, "name": part.name, "arguments": "",
            "approval_request_id": approval, "output": None, "error": None,
        }  # fmt: skip
        made = Made(added, {**added, "arguments": part.arguments, "output": output, "error": error})
        self._argue(made, {"type": "response.mcp_call_arguments.delta"})
        return made

    def approval_request(self, server: str, part: ToolCall) -> Made:
        """What is asked of the client before a call is made."""
        item = {"id": self._id(), "type": "mcp_approval_request", "server_label": server, "name": part.name, "arguments": part.arguments}
        return Made(item, item)

    def _argue(self, made: Made, event: Event) -> None:
        """Let a call's arguments come piece by piece."""
        said = ""
        for piece in self.vocabulary.pieces(made.done["arguments"]):
            said += piece
            made.deltas.append(({**event, "delta": piece}, said))


def _sound(piece: bytes) -> Event:
    return {"type": "response.output_audio.delta", "delta": base64.b64encode(piece).decode()}


class Saying:
    """A response on its way: its events in their order, and how they end where it is broken off in their midst."""

    def __init__(self, response: Item, made: list[Made], final: Item, stream: Stream) -> None:
        """`response` is as it begins, `final` as it ends if nobody interrupts it."""
        self._response = response
        self._made = made
        self._final = final
        self._chance = stream.child(_OBFUSCATION)
        self._number = 0
        self._open: tuple[int, Made, str] | None = None
        # What is left to tell of an item that is whole.
        self._ending: deque[Event] = deque()
        self._done: list[Item] = []
        self._begun = self._over = False

    def __iter__(self) -> Iterator[Event]:
        self._begun = True
        yield {"type": "response.created", "response": self._response}
        for index, made in enumerate(self._made):
            yield from self.item(index, made)
        self._over = True
        yield {"type": "response.done", "response": self._final}

    def item(self, index: int, made: Made) -> Iterator[Event]:
        """The events of one item."""
        yield from self._opened(index, made)
        for delta, said in made.deltas:
            self._open = index, made, said
            yield self._padded({**self._place(index, made), **delta})
        yield from self._ended(index, made, made.done)

    def _opened(self, index: int, made: Made) -> Iterator[Event]:
        place = {"response_id": self._response["id"], "output_index": index}
        yield {"type": "response.output_item.added", **place, "item": made.added}
        yield {"type": "conversation.item.added", "item": made.added}
        self._open = index, made, ""
        if made.done["type"] == "message":
            part = {"type": "audio", "transcript": ""} if made.speaks else {"type": "text", "text": ""}
            yield {"type": "response.content_part.added", **self._place(index, made), "part": part}

    def _place(self, index: int, made: Made) -> Event:
        place: Event = {"response_id": self._response["id"], "item_id": made.added["id"], "output_index": index}
        if made.done["type"] == "message":
            place["content_index"] = 0
        return place

    def _ended(self, index: int, made: Made, done: Item) -> Iterator[Event]:
        self._open = None
        self._done.append(done)
        self._ending += self._end(index, made, done)
        yield from self._rest()

    def _rest(self) -> Iterator[Event]:
        while self._ending:
            yield self._ending.popleft()

    def _end(self, index: int, made: Made, done: Item) -> Iterator[Event]:
        place = self._place(index, made)
        if done["type"] == "message":
            content = done["content"][0]
            if made.speaks:
                yield {"type": "response.output_audio.done", **place}
                said = content["transcript"]
                yield {"type": "response.output_audio_transcript.done", **place, "transcript": said}
                part = {"type": "audio", "transcript": said}
            else:
                yield {"type": "response.output_text.done", **place, "text": content["text"]}
                part = {"type": "text", "text": content["text"]}
            yield {"type": "response.content_part.done", **place, "part": part}
        elif done["type"] == "function_call":
            told = {name: done[name] for name in ("call_id", "name", "arguments")}
            yield {"type": "response.function_call_arguments.done", **place, **told}
        elif done["type"] == "mcp_call":
            yield {"type": "response.mcp_call_arguments.done", **place, "arguments": done["arguments"]}
            for state in ("in_progress", "failed" if done["error"] else "completed"):
                yield {"type": f"response.mcp_call.{state}", "output_index": index, "item_id": done["id"]}
        yield {"type": "conversation.item.done", "item": done}
        yield {"type": "response.output_item.done", "response_id": place["response_id"], "output_index": index, "item": done}

    def broken_off(self, status: str, details: Item) -> Iterator[Event]:
        """What is left to say when nothing more is said: the open item ends as far as it came. Nothing is, once all was said."""
        if self._over:
            return
        if not self._begun:
            yield {"type": "response.created", "response": self._response}
        yield from self._rest()
        if self._open is not None:
            index, made, said = self._open
            yield from self._ended(index, made, _cut(made, said))
        yield {"type": "response.done", "response": {**self._final, "status": status, "status_details": details, "output": self._done}}

    def _padded(self, event: Event) -> Event:
        if event["type"] in _PADDED:
            self._number += 1
            need = -len(event["delta"].encode()) % _PADDING_BLOCK
            event["obfuscation"] = self._chance.child(self._number).base62(_PADDING_BLOCK)[:need]
        return event


def _cut(made: Made, said: str) -> Item:
    """An item that ends where so much of it was said."""
    done = made.done
    if done["type"] == "message":
        content = {**done["content"][0], ("transcript" if made.speaks else "text"): said}
        return {**done, "status": "incomplete", "content": [content]}
    if done["type"] == "function_call":
        return {**done, "status": "incomplete", "arguments": said}
    if done["type"] == "mcp_call":
        # guess: a call that was never made
        return {**made.added, "arguments": said, "error": {"type": "tool_execution_error", "message": "The call was cancelled."}}
    return done


def text(event: Event) -> bytes:
    """An event as it is sent."""
    return json.write(event)


def read(piece: bytes) -> Event:
    """The event in a piece of a stream of server-sent events."""
    found: Event = json.read(piece.partition(b"data: ")[2])
    return found
