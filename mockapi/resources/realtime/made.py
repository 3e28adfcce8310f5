"""Sessions that are set up by a request, to be opened later. Nobody has opened them: they expire at 0 (api-facts H.1)."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.clock import SECOND
from mockapi.dialects.realtime import sessions
from mockapi.resources.realtime.prompting import instructed
from mockapi.transport.call import Call


async def session(call: Call, given: dict[str, Any]) -> dict[str, Any]:
    """A session as a request sets it up: one that converses or writes down. Raises for a prompt that is not there."""
    id = ids.brief("sess_", call.now // SECOND, call.stream.child(8))
    if given["type"] == "transcription":
        begun = sessions.begun_transcription(id, 0)
    else:
        begun = sessions.begun(id, given.get("model") or sessions.facts()["default_model"], 0)
    return sessions.updated(begun, await instructed(call.world, given, call.stream.child(7)))


def translation(call: Call, given: dict[str, Any]) -> dict[str, Any]:
    """A session that translates, as a request sets it up."""
    id = ids.brief("sess_", call.now // SECOND, call.stream.child(8))
    return sessions.updated(sessions.begun_translation(id, given["model"], 0), given)
