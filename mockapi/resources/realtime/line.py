"""What all sessions have: their settings, the ids of what they make, the way events are told, and their end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from mockapi import ids
from mockapi.clock import SECOND
from mockapi.dialects.realtime import sessions, write
from mockapi.errors import ApiError
from mockapi.resources.realtime import refusals
from mockapi.seed import Stream
from mockapi.transport.visit import Visit

Event = dict[str, Any]
# How an event is told: in today's way, or in the beta's; what it has no word for is not told.
Tell = Callable[[Event], Event | None]


class Line:
    """A session and its connection."""

    def __init__(self, visit: Visit, config: sessions.Config, tell: Tell) -> None:
        self.visit = visit
        self.config = config
        self.world = visit.world
        self.tell = tell
        self._chance = visit.opened.stream
        self._made = 0
        self._sent = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def chance(self) -> Stream:
        """The chance of the next thing that is made."""
        self._made += 1
        return self._chance.child(self._made)

    def id(self, prefix: str) -> str:
        return ids.brief(prefix, self.world.clock.seconds(), self.chance())

    async def send(self, event: Event) -> None:
        """Tell an event. Its type stands first, its id second."""
        told = self.tell(event)
        if told is not None:
            await self.visit.socket.write(self.numbered(told))

    def numbered(self, event: Event) -> bytes:
        self._sent += 1
        id = ids.brief("event_", self.world.clock.seconds(), self._chance.child(-self._sent))
        return write.text({"type": event["type"], "event_id": id, **{name: event[name] for name in event if name != "type"}})

    async def refuse(self, error: ApiError, of: str | None) -> None:
        """Tell of an error; the session goes on."""
        told = {"type": error.type, "code": error.code, "message": error.message, "param": error.param, "event_id": of}
        await self.send({"type": "error", "error": told})

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def end(self) -> None:
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def expire(self) -> None:
        """Tell that the session's time is over, and end it (api-facts H.1)."""
        await self.world.clock.until(self.config["expires_at"] * SECOND)
        await self.refuse(refusals.session_expired(sessions.facts()["session_seconds"] // 60), None)
        await self.visit.socket.close(1001, "session_expired")
