"""The replayer: an ASGI application that answers from tapes, offline, what was recorded of the same call."""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import Any

from mockapi import errors
from mockapi.clock import Clock
from mockapi.errors import ApiError
from mockapi.settings import Replaying, SettingsError
from mockapi.tape import tapes, wire
from mockapi.tape.exchange import Exchange, header
from mockapi.tape.library import Library, Sequence
from mockapi.tape.redact import MARK, Redaction
from mockapi.tape.wire import Receive, Send
from mockapi.transport import body

_log = logging.getLogger("mockapi.tape")
# Clients whose places in their sequences are remembered; the longest silent goes first.
_CLIENTS = 1000
# A client would keep a redacted cookie and send it back.
_COOKIE = ("set-cookie", MARK)
# The server tells anew how long an answer is and how it is sent.
_NOT_REPLAYED = {*wire.HOP_BY_HOP, "content-length"}


class Replayer:
    """Answers from tapes. Raises SettingsError for tapes that cannot be read or hold nothing."""

    def __init__(self, settings: Replaying, paths: list[str]) -> None:
        self.library = Library((path.stem, exchange) for path in tapes.files(paths) for exchange in tapes.read(path))
        if not self.library.size:
            raise SettingsError(f"{', '.join(paths)}: nothing is recorded")
        self._paced = settings.pace == "original"
        self._in_order = settings.order == "sequence"
        self._redaction = Redaction()
        self._clock = Clock()
        self._places: OrderedDict[str, dict[int, int]] = OrderedDict()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await wire.lifespan(receive, send)
            return
        started = self._clock.micros()
        try:
            exchange = await self._find(scope, receive)
        except body.Disconnected:
            return
        except ApiError as error:
            _log.warning("%s", error.message)
            await wire.send_error(error, send)
            return
        await wire.unless_gone(self._answer(exchange, scope["method"], started, send), receive)

    async def _find(self, scope: Any, receive: Receive) -> Exchange:
        """The exchange that answers a call. Raises ApiError that tells of the nearest one if there is none."""
        asked = await wire.asked(scope, receive)
        # What was taken out of the tape is taken out here too, so that both are alike.
        request = self._redaction.request(asked)
        tape = header(asked.headers, wire.TAPE)
        sequence = self.library.find(request, tape)
        if sequence is None:
            raise errors.not_on_tape(request.method, request.path, self.library.nearest(request, tape))
        return self._next(sequence, header(asked.headers, "authorization"))

    def _next(self, sequence: Sequence, client: str) -> Exchange:
        """The answer whose turn it is for a client (by its key): tests that run side by side do not take each other's."""
        if not self._in_order:
            return sequence.exchanges[-1]
        places = self._places.setdefault(client, {})
        self._places.move_to_end(client)
        if len(self._places) > _CLIENTS:
            self._places.popitem(last=False)
        place = places.get(sequence.number, 0)
        places[sequence.number] = place + 1
        return sequence.exchanges[min(place, len(sequence.exchanges) - 1)]

    async def _answer(self, exchange: Exchange, method: str, started: int, send: Send) -> None:
        """Send what was recorded, each piece at its moment. Moments count from the start: what is late once does not delay the rest."""
        response, timing = exchange.response, exchange.timing
        # A redacted cookie would be kept and sent back.
        kept = tuple(
            (name, value) for name, value in response.headers if (name, value) != ("set-cookie", MARK) and name != "content-length"
        )
        headers = wire.coded(tuple((name, value) for name, value in kept if name not in wire.HOP_BY_HOP))
        has_body = method != "HEAD" and response.status not in (204, 304)
        if response.chunks is None and has_body:
            headers.append((b"content-length", b"%d" % len(response.body)))
        await self._until(started, timing.head_ms)
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        if response.chunks is not None and has_body:
            for ms, piece in response.chunks:
                await self._until(started, ms)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await self._until(started, timing.total_ms)
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._until(started, timing.total_ms)
            await send({"type": "http.response.body", "body": response.body if has_body else b""})

    async def _until(self, started: int, ms: float) -> None:
        if self._paced:
            await self._clock.sleep_until(started + round(ms * 1000))
