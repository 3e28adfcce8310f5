"""Ephemeral keys: made for one session, told to a browser, gone after some minutes (api-facts H.1)."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.clock import SECOND
from mockapi.dialects.realtime import sessions
from mockapi.transport.call import Call

_KIND = "realtime.secret"


async def make(call: Call, session: dict[str, Any], expires_after: Any) -> tuple[str, int]:
    """A key for a session that its bearer may open, and the second at which it expires."""
    wanted = expires_after.seconds if expires_after is not None else None
    expires_at = call.now // SECOND + (wanted or sessions.facts()["secret_seconds"])
    value = ids.timed("ek_", call.now, call.stream.child(9))
    call.world.issue(value, value, call.caller.tier, project=call.caller.project, until=expires_at * SECOND)
    await call.world.store.put(_KIND, value, {"id": value, "session": session})
    return value, expires_at


async def session_of(opened: Call) -> dict[str, Any] | None:
    """The session that the caller's key was made for; None for an ordinary key."""
    kept = await opened.world.store.get(_KIND, opened.caller.key)
    return None if kept is None else kept["session"]
