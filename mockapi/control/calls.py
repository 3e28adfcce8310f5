"""Telephone calls that come in: a test rings, the API tells of it by webhook, the client accepts or rejects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from mockapi import errors
from mockapi.control.fields import answer, fields, world_of

if TYPE_CHECKING:
    from mockapi.app import Api


class CallControl:
    """The calls of the project whose key is given."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def calls(self, request: Request) -> Response:
        """The calls and how they stand; with POST one more rings."""
        from mockapi.resources.realtime import calls

        world = world_of(self._api, request)
        if world is None:
            raise errors.control_error("a call comes in for somebody: give the project's key")
        if request.method == "POST":
            given = await fields(request, ("from", "to"))
            who = [str(given.get("from", "+15555550100")), str(given.get("to", "+15555550199"))]
            stream = await world.call_stream(world.seed.stream(b"call", *(text.encode() for text in who)).origin)
            headers = [{"name": name, "value": f"<sip:{text}@sip.example.com>"} for name, text in zip(("From", "To"), who, strict=True)]
            call_id = stream.child(1).base62(16)
            rung = await calls.ring(world, [*headers, {"name": "Call-ID", "value": call_id}], stream)
            return answer({"call_id": rung})
        kept = await world.store.page(calls.KIND)
        return answer({"calls": [{"call_id": each["id"], "status": each["status"]} for each in kept]})
