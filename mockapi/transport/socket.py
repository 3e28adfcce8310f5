"""The socket's side of uvicorn: an answer leaves in one write, and what need not be done for each request is not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sized
from functools import lru_cache
from socket import SO_LINGER, SOL_SOCKET
from struct import pack
from typing import Any, Literal
from urllib.parse import unquote

from mockapi.errors import ApiError
from mockapi.transport import refusals
from mockapi.transport.faults import ABORT
from mockapi.transport.reply import Head

_FLUSH_BYTES = 64 * 1024
# guess: what the head of a request may come to; more would be kept for as long as the journal keeps the call
_LARGEST_HEAD = 64 * 1024
_ORIGIN = re.compile(rb"https?://[^/?]*/?", re.IGNORECASE)
# Paths longer than this are not remembered.
_LONGEST_TARGET = 512
# guess: how long a client may be silent in the midst of a request, or before its first
PATIENCE = 20.0
# How long a client that was turned away gets to stop writing: one whose connection closes before reads no answer.
_LINGER = 2.0


class Turn:
    """What one turn of the event loop writes, on all connections."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[CorkedTransport] = []

    def add(self, transport: CorkedTransport, loop: asyncio.AbstractEventLoop) -> None:
        if not self._waiting:
            loop.call_soon(self.end)
        self._waiting.append(transport)

    def end(self) -> None:
        waiting, self._waiting = self._waiting, []
        for transport in waiting:
            transport.flush()


class CorkedTransport:
    """A transport that joins the writes of one turn into one. Everything but writing passes through."""

    __slots__ = ("_loop", "_pending", "_size", "_transport", "_turn", "is_closing")

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop, turn: Turn) -> None:
        self._transport = transport
        self._loop = loop
        self._turn = turn
        self._pending: list[bytes] = []
        self._size = 0
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        if not self._pending:
            self._turn.add(self, self._loop)
        self._pending.append(data)
        self._size += len(data)
        if self._size >= _FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        if self._pending:
            pending, self._pending, self._size = self._pending, [], 0
            if not self.is_closing():
                self._transport.write(b"".join(pending) if len(pending) > 1 else pending[0])

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Signal(asyncio.Event):
    """What a request's body waits on: an event for one waiter, which costs less to make."""

    def __init__(self) -> None:
        self._on = False
        self._waiter: asyncio.Future[None] | None = None

    def is_set(self) -> bool:
        return self._on

    def set(self) -> None:
        self._on = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def clear(self) -> None:
        self._on = False

    async def wait(self) -> Literal[True]:
        while not self._on:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return True


def _target(method: bytes, url: bytes) -> tuple[str, str, bytes, bytes]:
    """The method, the path, the path as it was sent, and the query of a request line."""
    if not url.startswith(b"/"):
        # As a proxy is asked; or what names nothing here.
        url = b"/" + _ORIGIN.sub(b"", url)
    raw_path, _, query = url.partition(b"?")
    path = raw_path.decode("ascii")
    return method.decode("ascii"), unquote(path) if "%" in path else path, raw_path, query


_known_target = lru_cache(maxsize=1024)(_target)


def corked(transport: Any, loop: asyncio.AbstractEventLoop, turn: Turn) -> Any:
    """A transport as a protocol takes it: by its methods, not by its class."""
    return CorkedTransport(transport, loop, turn)


def http_protocol(most: int) -> Any:
    """uvicorn's HTTP protocol over a corked transport: the one in C where it is installed, else the pure one.

    The class is for the connections of one event loop, of which there are at `most` so many.
    """
    turn = Turn()
    try:
        from httptools import HttpParserError, HttpParserUpgrade
        from uvicorn.protocols.http.flow_control import FlowControl
        from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
    except ImportError:
        from uvicorn.protocols.http.h11_impl import H11Protocol

        class CorkedH11Protocol(H11Protocol):
            def connection_made(self, transport: Any) -> None:
                super().connection_made(corked(transport, self.loop, turn))

        return CorkedH11Protocol

    class Flow(FlowControl):
        """Reads no more while requests wait that were sent before the answer to the first."""

        pipeline: Sized = ()

        def resume_reading(self) -> None:
            if self.read_paused and not self.pipeline:
                super().resume_reading()

    class Cycle(RequestResponseCycle):
        """Writes our own replies: their heads are lines already and need no search for forbidden characters, since none is a client's;
        one whose length is known leaves with its body."""

        # The head that waits for its body.
        head = b""
        task: asyncio.Task[None]
        tasks: set[asyncio.Task[None]]

        async def run_asgi(self, app: Any) -> None:
            try:
                await super().run_asgi(app)
            finally:
                self.tasks.discard(self.task)

        async def receive(self) -> Any:
            if self.more_body or not self.body or self.disconnected:
                if self.body or not self.more_body or self.disconnected:
                    return await super().receive()
                try:
                    async with asyncio.timeout(PATIENCE):
                        return await super().receive()
                except TimeoutError:
                    self._give_up()
                    return {"type": "http.disconnect"}
            # All of it came with the head.
            self.flow.resume_reading()
            self.message_event.clear()
            message = {"type": "http.request", "body": bytes(self.body), "more_body": False}
            self.body = bytearray()
            return message

        def _give_up(self) -> None:
            """Wait no longer for the rest of a request."""
            if not self.response_started:
                self.transport.write(refusals.written(refusals.request_too_slow()))
            self.disconnected = True
            self.transport.close()

        async def send(self, message: Any) -> None:
            if message["type"] == ABORT:
                self._abort(reset=message["reset"])
            elif self.disconnected or self.flow.write_paused:
                self._release()
                await super().send(message)
            elif not self.response_started and type(message.get("headers")) is Head:
                self._start(message["status"], message["headers"])
            elif self.head and not message.get("more_body") and len(message["body"]) == self.expected_content_length:
                self._finish(message["body"])
            else:
                self._release()
                await super().send(message)

        def _abort(self, *, reset: bool) -> None:
            """Break the connection off: with a reset, or in silence."""
            self.disconnected = True
            self.message_event.set()
            transport: Any = self.transport
            transport.flush()
            connection = self.transport.get_extra_info("socket")
            if reset and connection is not None:
                connection.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
                self.transport.abort()
            else:
                self.transport.close()

        def _start(self, status: int, headers: Head) -> None:
            self.response_started = True
            self.waiting_for_100_continue = False
            head, has_body = headers.text, self.scope["method"] != "HEAD"
            if headers.length is not None:
                self.chunked_encoding, self.expected_content_length = False, headers.length
            elif has_body:
                self.chunked_encoding = True
                head += b"transfer-encoding: chunked\r\n"
            if b"connection: close" in head:
                self.keep_alive = False
            elif not self.keep_alive:
                head += b"connection: close\r\n"
            self.head = b"%b%b\r\n" % (STATUS_LINE[status], head)
            if self.chunked_encoding or not has_body:
                self._release()

        def _release(self) -> None:
            if self.head:
                head, self.head = self.head, b""
                self.transport.write(head)

        def _finish(self, body: bytes) -> None:
            self.transport.write(self.head + body)
            self.head, self.expected_content_length, self.response_complete = b"", 0, True
            self.message_event.set()
            if not self.keep_alive:
                self.transport.close()
            self.on_response()

    class CorkedProtocol(HttpToolsProtocol):
        """One alarm looks from time to time whether a connection is idle for too long, instead of one set for every answer."""

        # Since when a head, or the rest of one, is waited for, and how long it is.
        idle_since: float | None = None
        patience = PATIENCE
        # Bytes that came and were not told of yet: of a head, or of what may stand beside and behind a body that comes in chunks.
        untold = 0
        known: dict[str, Any]
        # Bytes that came last.
        came = 0
        refused = False

        def connection_made(self, transport: Any) -> None:
            super().connection_made(corked(transport, self.loop, turn))
            # What is the same for all requests of a connection.
            self.known = {
                "type": "http",
                "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
                "http_version": "1.1",
                "server": self.server,
                "client": self.client,
                "scheme": self.scheme,
                "root_path": self.root_path,
            }
            flow = Flow(self.transport)
            self.flow, flow.pipeline = flow, self.pipeline
            self.idle_since = self.loop.time()
            self._look_after(min(PATIENCE, self.timeout_keep_alive))
            if len(self.connections) > most:
                self._make_room()

        def _make_room(self) -> None:
            """Close the connection on which nobody has asked anything for the longest, this one if need be."""
            others = [each for each in self.connections if getattr(each, "idle_since", None) is not None]
            idle: Any = min(others, key=lambda each: getattr(each, "idle_since", 0.0))
            idle.transport.abort()

        def data_received(self, data: bytes) -> None:
            if self.refused:
                return
            begins = not self.untold
            self.came = len(data)
            self.untold += self.came
            try:
                self.parser.feed_data(data)
            except HttpParserUpgrade:
                if self._should_upgrade():
                    self.handle_websocket_upgrade()
                else:
                    self._unsupported_upgrade_warning()
            except HttpParserError:
                self.send_400_response("")
            if self.untold:
                self._unfinished(begins)

        def _unfinished(self, begins: bool) -> None:
            """Wait for the rest of a head, or of what is behind a body: not for ever, and not for any length."""
            if self.untold > _LARGEST_HEAD:
                if not self.refused:
                    self._refuse(refusals.head_too_large())
            elif begins and self.idle_since is not None:
                self.idle_since, self.patience = self.loop.time(), PATIENCE

        def send_400_response(self, msg: str) -> None:
            self._refuse(refusals.head_too_large() if self.untold > _LARGEST_HEAD else refusals.malformed_http())

        def _refuse(self, error: ApiError) -> None:
            """Tell of what is no request, and hear no more."""
            self.refused = True
            if self.cycle is not None and not self.cycle.response_complete:
                # What is written now would be taken for a part of the answer.
                self.transport.abort()
                return
            self.transport.write(refusals.written(error))
            self.loop.call_later(_LINGER, self.transport.close)

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            super()._unset_keepalive_if_required()

        def on_message_begin(self) -> None:
            """As uvicorn's, but most of a scope is there already."""
            self.url, self.expect_100_continue, self.headers = b"", False, []
            scope: Any = {**self.known, "headers": self.headers}
            self.scope = scope

        def _head_size(self) -> int:
            return len(self.url) + sum([len(name) + len(value) for name, value in self.headers])

        def on_body(self, body: bytes) -> None:
            self.untold = 0
            super().on_body(body)

        def on_headers_complete(self) -> None:
            """As uvicorn's, but a request line that was seen before is not taken apart again."""
            if (self.came > _LARGEST_HEAD or self.untold > _LARGEST_HEAD) and self._head_size() > _LARGEST_HEAD:
                self.untold = _LARGEST_HEAD + 1
                raise ValueError("the head is too large")
            self.untold, self.idle_since = 0, None
            scope, before = self.scope, self.cycle
            read = _known_target if len(self.url) <= _LONGEST_TARGET else _target
            scope["method"], scope["path"], scope["raw_path"], scope["query_string"] = read(self.parser.get_method(), self.url)
            version = self.parser.get_http_version()
            if version != "1.1":
                scope["http_version"] = version
            if self.parser.should_upgrade() and self._should_upgrade():
                return
            self.cycle = Cycle(
                scope=scope,
                transport=self.transport,
                flow=self.flow,
                logger=self.logger,
                access_logger=self.access_logger,
                access_log=self.access_log,
                default_headers=self.server_state.default_headers,
                message_event=Signal(),
                expect_100_continue=self.expect_100_continue,
                keep_alive=version != "1.0" and self.parser.should_keep_alive(),
                on_response=self.on_response_complete,
            )
            if before is None or before.response_complete:
                self._start_asgi_task(self.cycle, self.app)
            else:
                self.flow.pause_reading()
                self.pipeline.appendleft((self.cycle, self.app))

        def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
            assert isinstance(cycle, Cycle)
            cycle.tasks = self.tasks
            cycle.task = self.loop.create_task(cycle.run_asgi(app))
            self.tasks.add(cycle.task)

        def _unset_keepalive_if_required(self) -> None:
            """A connection is kept until a whole head has come, not only its first bytes."""

        def on_response_complete(self) -> None:
            if self.pipeline or self.transport.is_closing():
                super().on_response_complete()
                return
            self.server_state.total_requests += 1
            self.flow.resume_reading()
            if self.idle_since is None:
                self.untold, self.idle_since, self.patience = 0, self.loop.time(), self.timeout_keep_alive
            if self.timeout_keep_alive_task is None:
                self._look_after(self.timeout_keep_alive)

        def _look_after(self, seconds: float) -> None:
            self.timeout_keep_alive_task = self.loop.call_later(seconds, self._look)

        def _look(self) -> None:
            self.timeout_keep_alive_task = None
            if self.idle_since is None:
                return
            left = self.idle_since + self.patience - self.loop.time()
            if left > 0:
                self._look_after(left)
            else:
                self.transport.close()

    return CorkedProtocol
