"""Responses over a WebSocket: each `response.create` is a request whose events come back over the socket. `client.responses.connect`.

Responses of one lane, which `stream_id` names, follow each other; lanes run beside each other. What is not stored is remembered as long as
the connection is open.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from mockapi import json
from mockapi.clock import SECOND
from mockapi.contract.held import held
from mockapi.contract.responses import request as contract
from mockapi.errors import ApiError
from mockapi.lifecycle import Job
from mockapi.operations import OPERATIONS, opening
from mockapi.resources.responses import refusals
from mockapi.transport.reply import Events
from mockapi.transport.visit import Visit, answering
from mockapi.transport.websocket import Gone

# doc: 60 minutes; guess: how many lanes
_LONGEST_SECONDS, _MOST_LANES = 3600, 100


SOCKET = opening("/responses", id="connectResponses")


async def serve(visit: Visit) -> None:
    """Answer until the client leaves or the connection has been open for an hour."""
    lanes = Lanes(visit)
    clock = asyncio.get_running_loop().create_task(_expire(visit))
    try:
        while True:
            await lanes.take(await visit.socket.read())
    except Gone:
        pass
    finally:
        clock.cancel()
        await lanes.end()


async def _expire(visit: Visit) -> None:
    await visit.world.clock.until(visit.opened.now + _LONGEST_SECONDS * SECOND)
    await visit.socket.write(_error(refusals.open_for_too_long(), None))
    await visit.socket.close(1000)


class Lanes:
    """The lanes of a connection, each with what waits in it."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._lanes: dict[str | None, asyncio.Task[None]] = {}
        # Responses that were not to be stored.
        self._remembered: dict[str, Job] = {}

    async def take(self, text: bytes) -> None:
        """One event of the client. What is wrong with it is told, and the connection goes on."""
        lane = None
        try:
            asked, lane = _read(text)
            running = {name: task for name, task in self._lanes.items() if not task.done()}
            if lane not in running and len(running) >= _MOST_LANES:
                raise refusals.too_many_lanes()
        except ApiError as error:
            await self._visit.socket.write(_error(error, lane))
            return
        before = self._lanes.get(lane)
        self._lanes[lane] = asyncio.get_running_loop().create_task(self._respond(asked, lane, before))

    async def _respond(self, asked: dict[str, Any], lane: str | None, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        operation = OPERATIONS["createResponse"]
        call = await self._visit.call(operation, json.write(asked), asked)
        call.asked.contract = operation.request
        call.beside = self._remembered

        async def write(piece: bytes) -> None:
            await self._visit.socket.write(_framed(piece, lane))

        try:
            with answering(call):
                result = await self._visit.answer(call)
                # What a scenario recorded may be one object.
                events = result if isinstance(result, Events) else Events(iter([result if type(result) is bytes else json.write(result)]))
                await self._visit.deliver(call, events, write)
        except ApiError as error:
            await self._visit.socket.write(_error(error, lane))

    async def end(self) -> None:
        for task in self._lanes.values():
            task.cancel()
        for task in self._lanes.values():
            with suppress(asyncio.CancelledError):
                await task


def _read(text: bytes) -> tuple[dict[str, Any], str | None]:
    """The body of a request, and the lane it is for. Raises what is wrong with the envelope."""
    try:
        event = json.read_sent(text)
    except ValueError:
        raise refusals.not_json() from None
    if not isinstance(event, dict) or event.get("type") != "response.create":
        raise refusals.unknown_event(event.get("type") if isinstance(event, dict) else None)
    envelope = {name: event[name] for name in ("type", "stream_id") if name in event}
    held(contract.ResponseCreateEnvelope, envelope)
    if event.get("background"):
        raise refusals.no_background_here()
    body = {name: value for name, value in event.items() if name not in ("type", "stream_id", "background")}
    return {**body, "stream": True}, event.get("stream_id")


def _framed(piece: bytes, lane: str | None) -> bytes:
    """An event of a stream as a frame has it."""
    if b"data: " not in piece:
        return piece
    text = piece.partition(b"data: ")[2].rstrip()
    return text if lane is None or not text.endswith(b"}") else b'%b,"stream_id":%b}' % (text[:-1], json.write(lane))


def _error(error: ApiError, lane: str | None) -> bytes:
    """An error that is no response's (doc: ResponseWsError)."""
    told: dict[str, Any] = {"type": "error", "status": error.status, "error": error.envelope()["error"]}
    return json.write(told if lane is None else {**told, "stream_id": lane})
