"""The recorder: an ASGI application that passes calls on to an upstream, and what it answered both to the client and onto a tape."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mockapi import errors
from mockapi.clock import SECOND, Clock
from mockapi.errors import ApiError
from mockapi.settings import Recording, SettingsError
from mockapi.tape import coding, wire
from mockapi.tape.exchange import Exchange, Headers, Request, Response, Timing, header
from mockapi.tape.redact import Redaction
from mockapi.tape.tapes import SUFFIX, Tape
from mockapi.tape.wire import Receive, Send
from mockapi.transport import body

if TYPE_CHECKING:
    import httpx2

_log = logging.getLogger("mockapi.tape")
# The API's answers may take minutes; a client has its own patience.
_PATIENCE_SECONDS = 900
_CONNECT_SECONDS = 15
# The name of a tape that nobody named.
_TAPE = "tape"
_TAPE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
# What clients take for the end of a stream: they leave without waiting for the connection's.
_DONE = b"data: [DONE]\n\n"
# Length and coding are of the body as it is sent on; the mock's own headers are not the upstream's business.
_NOT_PASSED_ON = frozenset(("host", "content-length", "accept-encoding", "expect"))


@dataclass
class _Take:
    """An answer on its way: what has come of it."""

    status: int
    headers: Headers
    head_ms: float
    length: int | None
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    size: int = 0

    def add(self, ms: float, piece: bytes) -> None:
        self.chunks.append((ms, piece))
        self.size += len(piece)

    def is_whole(self) -> bool:
        """Whether a client may take what has come for all that will."""
        if self.length is not None:
            return self.size >= self.length
        streams = header(self.headers, "content-type").startswith("text/event-stream")
        return streams and b"".join(piece for _, piece in self.chunks[-4:]).endswith(_DONE)

    def response(self) -> Response:
        # Where the network cut a JSON object says nothing.
        whole = self.length is not None or header(self.headers, "content-type").startswith("application/json")
        if not whole and len(self.chunks) > 1:
            return Response(self.status, self.headers, b"", tuple(self.chunks))
        return Response(self.status, self.headers, b"".join(piece for _, piece in self.chunks))


class Recorder:
    """Passes on and records. Raises SettingsError if it cannot: no httpx2, no upstream, no tape to write on."""

    def __init__(self, settings: Recording) -> None:
        try:
            import httpx2
        except ImportError:
            raise SettingsError("recording needs httpx2: pip install 'mockapi[record]'") from None
        self._httpx = httpx2
        self._upstream = _upstream(settings.upstream)
        self._redaction = Redaction(settings.redact)
        if settings.tape and settings.tapes:
            raise SettingsError("--tape and --tapes: one file or one folder, not both")
        self._folder = Path(settings.tapes) if settings.tapes else None
        self._file = Path(settings.tape or f"{_TAPE}{SUFFIX}")
        self._tapes: dict[Path, Tape] = {}
        # What cannot be written is told before anything is asked of the upstream.
        self._tape(_TAPE)
        self._clock = Clock()
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(_PATIENCE_SECONDS, connect=_CONNECT_SECONDS, pool=None),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=100),
        )

    @property
    def target(self) -> Path:
        """The tape, or the folder of tapes, that is written."""
        return self._folder or self._file

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await wire.lifespan(receive, send, self._end)
            return
        try:
            request, tape = await self._asked(scope, receive)
        except body.Disconnected:
            return
        except ApiError as error:
            await wire.send_error(error, send)
            return
        await wire.unless_gone(self._pass_on(request, tape, send), receive)

    async def _asked(self, scope: Any, receive: Receive) -> tuple[Request, Tape]:
        """What is asked, and the tape that it goes on. Raises Disconnected, and ApiError for what cannot be recorded."""
        request = await wire.asked(scope, receive)
        name = header(request.headers, wire.TAPE) or _TAPE
        if not _TAPE_NAME.fullmatch(name):
            raise errors.control_error(f"{wire.TAPE}: '{name}' is no name of a tape: letters, digits, '.', '_' and '-' are", wire.TAPE)
        try:
            tape = self._tape(name)
        except SettingsError as error:
            raise errors.control_error(str(error), status=500) from None
        passed = tuple((key, value) for key, value in request.headers if key not in _NOT_PASSED_ON and not key.startswith("x-mock-"))
        return replace(request, headers=passed), tape

    def _tape(self, name: str) -> Tape:
        path = self._folder / f"{name}{SUFFIX}" if self._folder is not None else self._file
        if path not in self._tapes:
            self._tapes[path] = Tape(path, self._redaction)
        return self._tapes[path]

    async def _pass_on(self, request: Request, tape: Tape, send: Send) -> None:
        """Ask the upstream, and give on what it answers as it comes."""
        started = self._clock.micros()
        try:
            answer = await self._client.send(self._outgoing(request), stream=True)
        except (self._httpx.RequestError, self._httpx.InvalidURL) as error:
            await wire.send_error(errors.upstream_failed(self._upstream, _reason(error)), send)
            return
        recorded = False
        try:
            take, pieces, headers = self._answered(answer, self._since(started))
            if request.method == "HEAD" or take.status in (204, 304):
                take.length = 0
            # It is on the tape before the client can know that it has all.
            if recorded := take.is_whole():
                await self._record(request, take, tape, started)
            await send({"type": "http.response.start", "status": take.status, "headers": wire.coded(headers)})
            async for piece in pieces:
                take.add(self._since(started), piece)
                if not recorded and (recorded := take.is_whole()):
                    await self._record(request, take, tape, started)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            if not recorded:
                recorded = True
                await self._record(request, take, tape, started)
            await send({"type": "http.response.body", "body": b""})
        except self._httpx.RequestError as error:
            # The answer is left unfinished, so that the client sees what happened.
            _log.warning("%s %s: the upstream broke off: %s", request.method, request.path, _reason(error))
        except asyncio.CancelledError:
            if not recorded:
                _log.warning("%s %s: not recorded: the client left before the answer ended", request.method, request.path)
            raise
        finally:
            await answer.aclose()

    def _outgoing(self, request: Request) -> httpx2.Request:
        base = self._httpx.URL(self._upstream)
        prefix = base.path.rstrip("/")
        path = request.path
        if prefix.endswith("/v1") and (path == "/v1" or path.startswith("/v1/")):
            # Clients and upstreams both say /v1 in their base URLs.
            path = path[3:]
        target = f"{prefix}{path}" + (f"?{request.query}" if request.query else "")
        # Unpacked answers are what is recorded: the upstream need not pack them.
        headers = [*wire.coded(request.headers), (b"accept-encoding", b"identity")]
        url = base.copy_with(raw_path=target.encode("latin-1"))
        return self._httpx.Request(request.method, url, headers=headers, content=request.body or None)

    def _answered(self, answer: httpx2.Response, head_ms: float) -> tuple[_Take, AsyncIterator[bytes], Headers]:
        """An answer that begins: its pieces without content coding as far as that can be taken off, and the headers to go with them."""
        headers = wire.end_to_end(answer.headers.raw)
        packed = coding.names(header(headers, "content-encoding"))
        if packed and coding.is_known(header(headers, "content-encoding")):
            headers = tuple((name, value) for name, value in headers if name not in ("content-encoding", "content-length"))
            pieces = answer.aiter_bytes()
        else:
            pieces = answer.aiter_raw()
        length = header(headers, "content-length")
        kept = tuple((name, value) for name, value in headers if name != "content-length")
        return _Take(answer.status_code, kept, head_ms, int(length) if length.isdecimal() else None), pieces, headers

    async def _record(self, request: Request, take: _Take, tape: Tape, started: int) -> None:
        """Write an exchange, unless a part of it cannot be read, since then it cannot be redacted either."""
        content = coding.decoded(request.body, header(request.headers, "content-encoding"))
        if content is None or not coding.is_known(header(take.headers, "content-encoding")):
            _log.warning("%s %s: not recorded: its content coding cannot be read", request.method, request.path)
            return
        headers = tuple((name, value) for name, value in request.headers if name != "content-encoding")
        asked = replace(request, headers=headers, body=content)
        moment = datetime.fromtimestamp(started / SECOND, UTC).isoformat(timespec="milliseconds")
        exchange = Exchange(asked, take.response(), Timing(moment, take.head_ms, self._since(started)))
        try:
            await asyncio.to_thread(tape.append, exchange)
        except OSError as error:
            _log.error("%s: cannot be written: %s", tape.path, error.strerror)

    def _since(self, started: int) -> float:
        """Milliseconds since then."""
        return max(0.0, round((self._clock.micros() - started) / 1000, 1))

    async def _end(self) -> None:
        await self._client.aclose()
        for tape in self._tapes.values():
            tape.close()


def _upstream(url: str) -> str:
    """The address of an upstream without a slash at its end. Raises SettingsError for what is none."""
    try:
        parts = urlsplit(url)
        # A port that is no number is found out when it is looked at.
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.query and not parts.fragment
    except ValueError:
        good = False
    if not good:
        raise SettingsError(f"--upstream: '{url}' is not the address of a server: write it like https://api.openai.com/v1")
    return url.rstrip("/")


def _reason(error: Exception) -> str:
    """What went wrong, in one line."""
    return " ".join(str(error).split()) or type(error).__name__
