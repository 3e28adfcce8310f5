"""Sending an answer that takes its time or that something happens to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from mockapi.seed import label
from mockapi.transport import faults, pace
from mockapi.transport.call import Call
from mockapi.transport.reply import Opening, Reply
from mockapi.transport.sse import Receive, Send, send_events

_PACE = label("pace")


async def tell(reply: Reply, send: Send) -> None:
    """Send a finished answer as it is."""
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.head})
    await send({"type": "http.response.body", "body": reply.body})


@contextmanager
def _held_back(call: Call) -> Iterator[int]:
    """Count an answer among those that are under way. Gives how many others are."""
    world = call.world
    others, world.held_back = world.held_back, world.held_back + 1
    try:
        yield others
    finally:
        world.held_back -= 1


async def deliver(call: Call, reply: Reply, send: Send, receive: Receive, note: Callable[[], Awaitable[None] | None]) -> None:
    """Send a finished answer with its call's latency and fault; `note` is called before any of it leaves."""
    clock = call.world.clock
    with _held_back(call) as others:
        if call.latency is not None:
            tokens = call.used.get("output", 0) if call.used is not None else 0
            await clock.sleep_until(call.now + pace.whole(call.latency, tokens, others, call.stream.child(_PACE)))
        noting = note()
        if noting is not None:
            await noting
        line = faults.Line(send, send, receive, clock)
        if call.fault is not None:
            await faults.send_whole(call.fault, reply, line)
        else:
            await line.start(reply)
            await line.give(reply.body, more=False)


async def deliver_stream(call: Call, opening: Opening, give: Send, send: Send, receive: Receive) -> bool:
    """Send a stream with its call's latency and fault; `give` sends its pieces. Returns whether it arrived whole, with no fault in it."""
    clock = call.world.clock
    with _held_back(call) as others:
        due = None if call.latency is None else pace.deadlines(call.latency, call.now, others, call.stream.child(_PACE))
        line = faults.Line(send, give, receive, clock)
        if call.fault is not None:
            await faults.send_events(call.fault, opening, line, due)
            return False
        await line.start(opening)
        return await send_events(opening.events, give, receive, clock, due)
