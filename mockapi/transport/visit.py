"""A connection that stays open: what behaviours on WebSockets get where others get a call."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mockapi import errors
from mockapi.errors import ApiError
from mockapi.operations import Operation
from mockapi.records import record
from mockapi.transport.call import Asked, Call
from mockapi.transport.reply import Events
from mockapi.transport.websocket import Gone, Socket

if TYPE_CHECKING:
    from mockapi.world import World

_log = logging.getLogger("mockapi")
Write = Callable[[bytes], Awaitable[None]]


@contextmanager
def answering(call: Call) -> Iterator[None]:
    """What goes wrong here, and not with what was asked, is logged and becomes the API's error for it: a connection outlives it."""
    try:
        yield
    except (ApiError, Gone):
        raise
    except Exception:
        _log.exception("%s over a WebSocket", call.path)
        raise errors.server_error(call.id) from None


@record
class Visit:
    """`opened` is the request that opened the socket: it knows the caller and the world. `answer` takes a call the way of any other and
    raises ApiError, `deliver` sends the events that came of it with its latency and fault and tells whether all arrived."""

    socket: Socket
    opened: Call
    answer: Callable[[Call], Awaitable[Any]]
    deliver: Callable[[Call, Events, Write], Awaitable[bool]]

    @property
    def world(self) -> World:
        return self.opened.world

    async def call(self, operation: Operation, body: bytes, asked: Any) -> Call:
        """Something that is asked for on this connection; `asked` is what the body says."""
        opened = self.opened
        scope = {"method": "POST", "path": f"/v1{operation.path}", "query_string": opened.query_string}
        call = Call(scope, opened.headers, operation, {}, body)
        call.caller, call.world = opened.caller, opened.world
        call.now = call.world.clock.micros()
        call.asked = Asked()
        call.asked.json = asked
        # It waits on a connection and is no request that others may be spared.
        call.asked.private = True
        call.asked.origin = call.world.seed.stream(b"socket", operation.path.encode(), body).origin
        call.stream = await call.world.call_stream(call.asked.origin)
        call.id = f"req_{call.stream.entropy(16).hex()}"
        return call
