"""What goes wrong on the way to a client: answers that are cut, stalled, damaged or never come."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from mockapi import json
from mockapi.clock import SECOND, Clock
from mockapi.transport.reply import Opening, Reply
from mockapi.transport.sse import Receive, Send, gone

Kind = Literal["reset", "empty", "stall", "slow_headers", "cut", "stall_stream", "malformed", "duplicate", "no_done", "error_event"]
# What a server that lets a connection be broken off understands beside the messages of ASGI.
ABORT = "mockapi.abort"
_DONE = b"data: [DONE]"
# What the events of a run begin with; their names stand outside of them.
_OF_RUNS = (b"event: thread.", b"event: done")


@dataclass(frozen=True, slots=True)
class Fault:
    """`after` counts the events of a stream, or the bytes of a whole body, that arrive before it; `micros` is how long a wait takes."""

    kind: Kind
    after: int = 1
    micros: int = 5 * SECOND


class Line:
    """The way to one client: `give` sends pieces of a body, `send` all else."""

    def __init__(self, send: Send, give: Send, receive: Receive, clock: Clock) -> None:
        self._send = send
        self._give = give
        self._receive = receive
        self.clock = clock

    async def start(self, reply: Reply | Opening) -> None:
        await self._send({"type": "http.response.start", "status": reply.status, "headers": reply.head})

    async def give(self, content: bytes, *, more: bool = True) -> None:
        await self._give({"type": "http.response.body", "body": content, "more_body": more})

    async def break_off(self, *, reset: bool) -> None:
        """End the connection in the midst of whatever it was doing: with a reset, or as if all had been said."""
        # What was written so far is to leave first.
        await asyncio.sleep(0.01)
        await self._send({"type": ABORT, "reset": reset})

    async def wait(self, micros: int) -> bool:
        """Wait on the world's clock, or until the client goes away, which is what False means."""
        left = asyncio.ensure_future(gone(self._receive))
        try:
            due = asyncio.ensure_future(self.clock.sleep_until(self.clock.micros() + micros))
            try:
                await asyncio.wait((left, due), return_when=asyncio.FIRST_COMPLETED)
            finally:
                due.cancel()
            return not left.done()
        finally:
            left.cancel()


async def send_whole(fault: Fault, reply: Reply, line: Line) -> None:
    """Send an answer whose length is known, and the fault in it. What concerns streams alone changes nothing."""
    if not await _before(fault, line):
        return
    if fault.kind not in ("cut", "reset", "stall_stream"):
        await line.start(reply)
        await line.give(reply.body, more=False)
        return
    await line.start(reply)
    # At least one byte is missing: a body that arrives whole is not cut.
    await line.give(reply.body[: min(fault.after, max(0, len(reply.body) - 1))])
    if fault.kind == "stall_stream" and not await line.wait(fault.micros):
        return
    await line.break_off(reset=fault.kind == "reset")


async def send_events(fault: Fault, opening: Opening, line: Line, due: Iterator[int] | None) -> None:
    """Send a stream event by event, each when it is `due`, and the fault in it."""
    if not await _before(fault, line):
        return
    await line.start(opening)
    for sent, piece in enumerate(_damaged(fault, opening.events.pieces)):
        if sent == fault.after and fault.kind in ("cut", "reset", "stall_stream"):
            if fault.kind == "stall_stream" and not await line.wait(fault.micros):
                return
            await line.break_off(reset=fault.kind == "reset")
            return
        await (asyncio.sleep(0) if due is None else line.clock.sleep_until(next(due)))
        await line.give(piece)
    await line.give(b"", more=False)


async def _before(fault: Fault, line: Line) -> bool:
    """What happens before the first byte. Returns False where that was all."""
    if fault.kind == "empty" or (fault.kind == "reset" and not fault.after):
        await line.break_off(reset=fault.kind == "reset")
        return False
    if fault.kind == "stall":
        if await line.wait(fault.micros):
            await line.break_off(reset=False)
        return False
    return fault.kind != "slow_headers" or await line.wait(fault.micros)


def _damaged(fault: Fault, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The events of a stream with one that is wrong, one that is there twice, one too many or one too few."""
    for number, piece in enumerate(pieces):
        if fault.kind == "no_done" and piece.rstrip().endswith(_DONE):
            continue
        if number == fault.after and fault.kind == "malformed":
            yield piece.rstrip()[:-1] + b"\n\n"
            continue
        if number == fault.after and fault.kind == "error_event":
            yield _error_event(piece)
            return
        yield piece
        if number == fault.after and fault.kind == "duplicate":
            yield piece


def _error_event(instead_of: bytes) -> bytes:
    """An error in the midst of a stream, in the manner of the stream's other events (api-facts D.1)."""
    told: dict[str, Any] = {
        "message": "The server had an error while processing your request. Sorry about that!",
        "type": "server_error",
        "param": None,
        "code": None,
    }
    if not instead_of.startswith(b"event:"):
        return b"data: " + json.write({"error": told}) + b"\n\n"
    if instead_of.startswith(_OF_RUNS):
        return b"event: error\ndata: " + json.write(told) + b"\n\n"
    number = json.read(instead_of.partition(b"data: ")[2]).get("sequence_number", 0)
    event = {"type": "error", "sequence_number": number, "code": "server_error", "message": told["message"], "param": None}
    return b"event: error\ndata: " + json.write(event) + b"\n\n"
