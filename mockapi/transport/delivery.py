"""Sending an answer that takes its time or that something happens to."""

from __future__ import annotations

from collections.abc import Iterator

from mockapi.seed import label
from mockapi.transport import faults, pace
from mockapi.transport.call import Call
from mockapi.transport.reply import Events, Reply
from mockapi.transport.sse import Receive, Send, send_events

_PACE = label("pace")


async def deliver(call: Call, reply: Reply, send: Send, receive: Receive) -> bool:
    """Send a reply with its call's latency and fault. Returns whether a stream arrived to its end."""
    world = call.world
    others, world.held_back = world.held_back, world.held_back + 1
    try:
        due = _due(call, others) if isinstance(reply.body, Events) else None
        if due is None and call.latency is not None:
            tokens = call.used.get("output", 0) if call.used is not None and not isinstance(reply.body, Events) else 0
            await world.clock.sleep_until(call.now + pace.whole(call.latency, tokens, others, call.stream.child(_PACE)))
        line = faults.Line(send, receive, world.clock)
        if not isinstance(reply.body, Events):
            if call.fault is not None:
                await faults.send_whole(call.fault, reply, reply.body, line)
            else:
                await line.start(reply)
                await line.give(reply.body, more=False)
            return True
        if call.fault is not None:
            await faults.send_events(call.fault, reply, reply.body.pieces, line, due)
            return False
        await line.start(reply)
        return await send_events(reply.body, send, receive, world.clock, due)
    finally:
        world.held_back -= 1


def _due(call: Call, others: int) -> Iterator[int] | None:
    return None if call.latency is None else pace.deadlines(call.latency, call.now, others, call.stream.child(_PACE))
