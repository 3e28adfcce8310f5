"""Writing to the socket once per turn of the event loop: head, body and chunks that are ready together leave together."""

from __future__ import annotations

import asyncio
from typing import Any

_FLUSH_BYTES = 64 * 1024


class CorkedTransport:
    """A transport that joins the writes of one turn into one. Everything but writing passes through."""

    __slots__ = ("_loop", "_pending", "_size", "_transport")

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._pending: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        if not self._pending:
            self._loop.call_soon(self.flush)
        self._pending.append(data)
        self._size += len(data)
        if self._size >= _FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        if self._pending:
            pending, self._pending, self._size = self._pending, [], 0
            if not self._transport.is_closing():
                self._transport.write(b"".join(pending) if len(pending) > 1 else pending[0])

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def corked(transport: Any, loop: asyncio.AbstractEventLoop) -> Any:
    """A transport as a protocol takes it: by its methods, not by its class."""
    return CorkedTransport(transport, loop)


def http_protocol() -> Any:
    """uvicorn's HTTP protocol over a corked transport: the one in C where it is installed, else the pure one."""
    try:
        from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
    except ImportError:
        from uvicorn.protocols.http.h11_impl import H11Protocol

        class CorkedH11Protocol(H11Protocol):
            def connection_made(self, transport: Any) -> None:
                super().connection_made(corked(transport, self.loop))

        return CorkedH11Protocol

    class OwnHeaders(RequestResponseCycle):
        """Writes the heads of our own replies without looking for forbidden characters in each header: none of them is a client's."""

        async def send(self, message: Any) -> None:
            if self.response_started or self.disconnected or message["type"] != "http.response.start" or self.flow.write_paused:
                await super().send(message)
                return
            self.response_started = True
            self.waiting_for_100_continue = False
            head = b"".join([b"%b: %b\r\n" % header for header in message["headers"]])
            _, found, length = head.partition(b"content-length: ")
            if found:
                self.chunked_encoding, self.expected_content_length = False, int(length[: length.index(b"\r")])
            elif self.scope["method"] != "HEAD":
                self.chunked_encoding = True
                head += b"transfer-encoding: chunked\r\n"
            if b"connection: close" in head:
                self.keep_alive = False
            elif not self.keep_alive:
                head += b"connection: close\r\n"
            self.transport.write(STATUS_LINE[message["status"]] + head + b"\r\n")

    class CorkedProtocol(HttpToolsProtocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(corked(transport, self.loop))

        def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
            cycle.__class__ = OwnHeaders
            super()._start_asgi_task(cycle, app)

    return CorkedProtocol
