"""A WebSocket client that speaks in events."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

from websockets.sync.client import connect

from mockapi.engine.sound import telephone, voice

Event = dict[str, Any]


class Line:
    """One connection: what was received is kept in `events`."""

    def __init__(
        self,
        base_url: str,
        key: str,
        path: str = "/realtime",
        headers: dict[str, str] | None = None,
        subprotocols: Any = None,
        **query: str,
    ) -> None:
        url = f"ws{base_url.removeprefix('http')}{path}?{urlencode(query)}"
        sent = {"authorization": f"Bearer {key}"} if key else {}
        # Without a bound: a client that stops reading would not hear that its end was taken, either.
        self.socket = connect(url, additional_headers={**sent, **(headers or {})}, subprotocols=subprotocols, max_size=None, max_queue=None)
        self.events: list[Event] = []

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, kind: str, **members: Any) -> None:
        self.socket.send(json.dumps({"type": kind, **members}))

    def receive(self) -> Event:
        event: Event = json.loads(self.socket.recv(20))
        self.events.append(event)
        return event

    def until(self, kind: str) -> list[Event]:
        """The events up to the next of a type."""
        found = [self.receive()]
        while found[-1]["type"] != kind:
            found.append(self.receive())
        return found

    def next(self, kind: str) -> Event:
        """The next event, which is of a type."""
        event = self.receive()
        assert event["type"] == kind, event
        return event

    def configure(self, **session: Any) -> Event:
        self.send("session.update", session={"type": "realtime", **session})
        found = self.until("session.updated")[-1]["session"]
        assert isinstance(found, dict)
        return found

    def say(self, text: str) -> None:
        """A user's message in writing."""
        self.send("conversation.item.create", item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})
        self.until("conversation.item.done")

    def speak(self, text: str, form: str = "audio/pcm", silence: float = 0.5) -> None:
        """A user's words aloud, in pieces as a microphone has them."""
        sound = spoken(text, form, silence)
        size = telephone.BYTES[form] // 5
        for at in range(0, len(sound), size):
            self.send("input_audio_buffer.append", audio=base64.b64encode(sound[at : at + size]).decode())


def spoken(text: str, form: str = "audio/pcm", silence: float = 0.5) -> bytes:
    return telephone.spoken(voice.pcm(text) + bytes(2 * round(24_000 * silence)), form)


def kinds(events: list[Event]) -> list[str]:
    """The types of events, of those that follow each other only one."""
    return [event["type"] for place, event in enumerate(events) if not place or events[place - 1]["type"] != event["type"]]


def sound(events: list[Event]) -> bytes:
    return b"".join(base64.b64decode(event["delta"]) for event in events if event["type"].endswith("audio.delta"))


def spoken_text(text: str) -> str:
    """What is said as an event carries it."""
    return base64.b64encode(spoken(text)).decode()
