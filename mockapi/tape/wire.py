"""What recorder and replayer share of HTTP: which headers are for one connection only, answers, clients that leave."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any

from mockapi import json
from mockapi.errors import ApiError
from mockapi.tape import coding
from mockapi.tape.exchange import Headers, Request
from mockapi.transport import body

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

# RFC 9110, section 7.6.1
HOP_BY_HOP = {
    *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"),
    *("te", "trailer", "trailers", "transfer-encoding", "upgrade"),
}
# Names the tape that a call is recorded on or answered from.
TAPE = "x-mock-tape"


def end_to_end(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Headers that are not of one connection only; names in small letters."""
    pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers]
    dropped = {part.strip().lower() for name, value in pairs if name == "connection" for part in value.split(",")}
    return tuple((name, value) for name, value in pairs if name not in HOP_BY_HOP | dropped)


def coded(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


async def asked(scope: Any, receive: Receive) -> Request:
    """What a client asks, its path and query as it wrote them. Raises Disconnected, and the API's 413."""
    content = await body.read(receive, dict(scope["headers"]).get(b"content-length"), coding.LARGEST)
    path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
    query: bytes = scope["query_string"]
    return Request(scope["method"], path.decode("latin-1"), query.decode("latin-1"), end_to_end(scope["headers"]), content)


async def send_error(error: ApiError, send: Send) -> None:
    """An error of the mock's own, in the API's envelope. Asking again would not help: clients are told so."""
    text = json.write(error.envelope(), "pretty")
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(text)), (b"x-should-retry", b"false")]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


async def unless_gone(work: Coroutine[Any, Any, None], receive: Receive) -> bool:
    """Do some work as long as the client is there. Returns False if it left first; what the work raises is raised."""
    doing, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((doing, gone), return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            return False
        doing.result()
        return True
    finally:
        gone.cancel()
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def lifespan(receive: Receive, send: Send, end: Callable[[], Awaitable[None]] | None = None) -> None:
    """The ASGI lifespan: nothing at the start, `end` at the end."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.shutdown":
            if end is not None:
                await end()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await send({"type": "lifespan.startup.complete"})
