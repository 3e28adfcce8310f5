"""Sending the pieces of a stream."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from mockapi.clock import Clock
from mockapi.transport.reply import Events

Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Any]]

# Pieces that are ready at once leave in one write of about this size: a stream without pauses costs few system calls.
_BATCH_BYTES = 32 * 1024


async def send_events(events: Events, send: Send, receive: Receive, clock: Clock, due: Iterator[int] | None) -> bool:
    """Send all pieces, each when it is `due`. Returns False if the client went away, in which case the rest is never made."""
    if due is None:
        batch, more = _batch(events.pieces)
        if not more:
            await _end(events, batch, send)
            return True
    else:
        batch = b""
    left = asyncio.ensure_future(gone(receive))
    try:
        if due is not None:
            return await _send_paced(events, send, left, clock, due)
        while True:
            await send({"type": "http.response.body", "body": batch, "more_body": True})
            await asyncio.sleep(0)
            if left.done():
                return False
            batch, more = _batch(events.pieces)
            if not more:
                await _end(events, batch, send)
                return True
    finally:
        left.cancel()


async def _send_paced(events: Events, send: Send, left: asyncio.Future[None], clock: Clock, due: Iterator[int]) -> bool:
    for piece in events.pieces:
        await clock.sleep_until(next(due))
        if left.done():
            return False
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await _end(events, b"", send)
    return True


async def _end(events: Events, last: bytes, send: Send) -> None:
    """Send what is last: what comes of the stream is there by then, for whoever asks as soon as it has ended."""
    if events.finished is not None:
        await events.finished()
    await send({"type": "http.response.body", "body": last, "more_body": False})


def _batch(pieces: Iterator[bytes]) -> tuple[bytes, bool]:
    """The next pieces, and whether there may be more."""
    taken, size = [], 0
    for piece in pieces:
        taken.append(piece)
        size += len(piece)
        if size >= _BATCH_BYTES:
            return b"".join(taken), True
    return b"".join(taken), False


async def gone(receive: Receive) -> None:
    """Returns once the client has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass
