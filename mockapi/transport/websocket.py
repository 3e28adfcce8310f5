"""One WebSocket as the application sees it: JSON events in and out, one to a frame; and uvicorn's protocol for it, loaded on first use."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from mockapi import json
from mockapi.errors import ApiError
from mockapi.transport import refusals
from mockapi.transport.faults import ABORT
from mockapi.transport.reply import Reply

Message = MutableMapping[str, Any]
# doc: an event carries up to 15 MiB of sound, which is a third more in base64
MOST_BYTES = 32 * 1024 * 1024
# Pings that are dropped from a client who reads nothing, before nothing is read from it either.
_MOST_PINGS = 16


def error_event(error: ApiError, event_id: str, of: str | None = None) -> bytes:
    """An error as an event of a Realtime session; `of` is the client's own id of the event that it is about (api-facts H.4)."""
    told = {"type": error.type, "code": error.code, "message": error.message, "param": error.param, "event_id": of}
    return json.write({"type": "error", "event_id": event_id, "error": told})


class Gone(Exception):
    """The client has closed the connection, or lost it."""


class Socket:
    """A connection that was asked for, and is open once it was accepted."""

    def __init__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        self.path: str = scope["path"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        self.query_string: bytes = scope["query_string"]
        self.subprotocols: list[str] = scope["subprotocols"]
        self._receive = receive
        self._send = send
        self._left = asyncio.Event()

    async def refuse(self, reply: Reply) -> None:
        """Answer the request to open the connection with an HTTP response."""
        headers = [header for header in reply.head if header[0] != b"content-length"]
        await self._tell({"type": "websocket.http.response.start", "status": reply.status, "headers": headers})
        await self._tell({"type": "websocket.http.response.body", "body": reply.body})

    async def accept(self, subprotocol: str | None, headers: list[tuple[bytes, bytes]]) -> None:
        await self._receive()
        await self._tell({"type": "websocket.accept", "subprotocol": subprotocol, "headers": headers})

    async def read(self) -> bytes:
        """The next event's text. Raises Gone."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self._left.set()
            raise Gone
        text = message.get("text")
        return text.encode("utf-8", "surrogatepass") if text is not None else message.get("bytes") or b""

    async def write(self, text: bytes) -> None:
        """Send an event. What is sent to one who has left is lost."""
        if not self._left.is_set():
            await self._tell({"type": "websocket.send", "text": text.decode()})

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if not self._left.is_set():
            self._left.set()
            await self._tell({"type": "websocket.close", "code": code, "reason": reason})

    async def abort(self, *, reset: bool) -> None:
        """Break the connection off without a word."""
        self._left.set()
        await self._send({"type": ABORT, "reset": reset})

    async def _tell(self, message: Message) -> None:
        """Send to a client who may have left without a word, which the server then says by an OSError."""
        try:
            await self._send(message)
        except OSError:
            self._left.set()

    async def until_left(self) -> Message:
        """What an answer that is sent with a fault waits on: the client's going away, as HTTP has it."""
        await self._left.wait()
        return {"type": "http.disconnect"}


def websocket_protocol(**given: Any) -> Any:
    """uvicorn's protocol for one connection, which can also be broken off."""
    from socket import SO_LINGER, SOL_SOCKET
    from struct import pack

    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

    class Protocol(WebSocketsSansIOProtocol):
        """Answers no more to who does not read, and waits for nobody who is gone."""

        # Pings that came while nothing could be written.
        unanswered = 0

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.conn.handshake_exc is not None and not self.handshake_initiated:
                # It was a request of HTTP's, and is none of a WebSocket's.
                self.transport.write(refusals.written(refusals.malformed_http()))
                self.transport.close()

        def handle_ping(self) -> None:
            if self.writable.is_set():
                super().handle_ping()
                return
            # Who reads no answers would let them grow without bound.
            self.conn.data_to_send()
            self.unanswered += 1
            if self.unanswered > _MOST_PINGS:
                self.transport.pause_reading()

        def resume_writing(self) -> None:
            super().resume_writing()
            if self.unanswered > _MOST_PINGS and not self.read_paused:
                self.transport.resume_reading()
            self.unanswered = 0

        def keepalive_timeout(self) -> None:
            super().keepalive_timeout()
            # What was written before may never leave.
            self.loop.call_later(self.close_timeout, self.transport.abort)

        async def send(self, message: Any) -> None:
            if message["type"] != ABORT:
                await super().send(message)
                # A refusal is an answer too.
                self.handshake_complete = self.handshake_complete or self.close_sent
                return
            self.close_sent = True
            connection = self.transport.get_extra_info("socket")
            if message["reset"] and connection is not None:
                connection.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
            self.transport.abort()

    return Protocol(**given)
