"""WebSockets under `/v1`: whose they are, and the way of what is asked over one. It is the way of any call, once the socket is open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from mockapi import errors, json, resources
from mockapi.clock import ticks
from mockapi.errors import ApiError
from mockapi.journal import Kept, Streamed
from mockapi.transport.call import Call
from mockapi.transport.delivery import deliver_stream
from mockapi.transport.faults import ABORT
from mockapi.transport.reply import Events, Opening
from mockapi.transport.visit import Visit, Write, answering
from mockapi.transport.websocket import Gone, Socket, error_event

if TYPE_CHECKING:
    from mockapi.app import Api

_log = logging.getLogger("mockapi")
# sdk: how a browser, which can set no headers, tells its key and more (api-facts H.1)
_TOLD = {
    "openai-insecure-api-key.": (b"authorization", b"Bearer "),
    "openai-organization.": (b"openai-organization", b""),
    "openai-project.": (b"openai-project", b""),
}
_BETA = "openai-beta.realtime-v1"


class Sockets:
    """The connections of a server."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        task, open_now = asyncio.current_task(), self._api.worlds.shelf.tally.sockets
        open_now.add(task)
        try:
            await self._serve(Socket(scope, receive, send))
        finally:
            open_now.discard(task)

    async def _serve(self, socket: Socket) -> None:
        """Open a connection and answer what is asked over it, until it ends."""
        found = resources.socket(socket.path.removeprefix("/v1"))
        asked = {"method": "GET", "path": socket.path, "query_string": socket.query_string}
        if found is None:
            await socket.refuse(self._api.turned_away(errors.unknown_url("GET", socket.path), asked))
            return
        operation, serve = found
        opened = Call(asked, _headers(socket), operation, {}, b"")
        try:
            self._api.keys.admit(opened)
        except ApiError as error:
            await self._turn_away(socket, opened, error)
            return
        visit = Visit(socket, opened, self._answer, lambda call, events, write: self._deliver(socket, call, events, write))
        chance = await opened.world.call_stream(opened.world.seed.stream(b"socket", socket.path.encode(), socket.query_string).origin)
        try:
            opened.id = f"req_{chance.entropy(16).hex()}"
            await socket.accept(_subprotocol(socket), [(b"x-request-id", opened.id.encode())])
            opened.now, opened.stream = opened.world.clock.micros(), chance
            await serve(visit)
        except Gone:
            pass
        except Exception:
            _log.exception("WebSocket %s", socket.path)
            await socket.close(1011, "server_error")

    async def _turn_away(self, socket: Socket, opened: Call, error: ApiError) -> None:
        """Refuse a key: with a status, or to a browser, which sees none, in an event and in the code of the end (api-facts H.1)."""
        if b"authorization" in socket.headers or not socket.subprotocols:
            await socket.refuse(self._api.turned_away(error, {"method": opened.method, "path": opened.path}))
            return
        await socket.accept(_subprotocol(socket), [])
        chance = self._api.worlds.seed.stream(b"turned away", socket.path.encode())
        await socket.write(error_event(error, f"event_{chance.base62(21)}"))
        await socket.close(3000, f"{error.type}.{error.code}")

    async def _answer(self, call: Call) -> Any:
        """The steps of a call that came over a socket. What went wrong is in the journal when it is raised."""
        began, result = ticks(), None
        try:
            with answering(call):
                for step in self._api.pipeline:
                    waits = step(call)
                    if waits is not None:
                        result = await waits
        except ApiError as error:
            await self._note(call, error, began)
            raise
        return result

    @staticmethod
    async def _note(call: Call, error: ApiError, began: int) -> None:
        text = json.write(error.envelope())
        noting = call.world.journal.add(call, Kept(error.status, None, text, len(text), len(call.body)), began)
        if noting is not None:
            await noting

    @staticmethod
    async def _deliver(socket: Socket, call: Call, events: Events, write: Write) -> bool:
        """Send the events of an answer. Returns whether all of them left, with no fault in them."""

        async def send(message: Any) -> None:
            if message["type"] == ABORT:
                await socket.abort(reset=message["reset"])
            elif message["type"] == "http.response.body" and message["body"]:
                await write(message["body"])

        opening = Opening(200, b"", events)
        streamed = Streamed(call, opening, ticks(), send)
        try:
            if call.fault is not None or call.latency is not None:
                complete = await deliver_stream(call, opening, streamed.send, send, socket.until_left)
            else:
                complete = True
                for piece in events.pieces:
                    await streamed.send({"type": "http.response.body", "body": piece, "more_body": True})
                    # Whoever wants to interrupt gets a turn.
                    await asyncio.sleep(0)
                if events.finished is not None:
                    await events.finished()
            if complete:
                streamed.end("whole")
            return complete
        finally:
            streamed.end("cut")
            del call.asked, call.world


def _headers(socket: Socket) -> dict[bytes, bytes]:
    """The headers of the request, and what stands in its subprotocols in their place."""
    headers = dict(socket.headers)
    for told in socket.subprotocols:
        for head, (name, lead) in _TOLD.items():
            if told.startswith(head) and name not in headers:
                headers[name] = lead + told.removeprefix(head).encode("latin-1", "replace")
    if _BETA in socket.subprotocols:
        headers[b"openai-beta"] = b"realtime=v1"
    return headers


def _subprotocol(socket: Socket) -> str | None:
    return "realtime" if "realtime" in socket.subprotocols else None
