"""An httpx transport that runs the application in this process, without a socket.

The application runs in an event loop of its own thread, whoever calls: a client may be used with `await` or without, from many
threads and from many event loops, and all of them meet the same worlds. Bytes cross as they are made, so streams stream.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from mockapi.transport.faults import ABORT

if TYPE_CHECKING:
    from mockapi.app import MockApi
    from mockapi.settings import Settings

# What an application sends: a message, a failure, or None when it is done.
Item = Any


def transport(settings: Settings | None = None) -> Any:
    """A server of its own as a transport for `Client` and `AsyncClient` of httpx2, or of httpx where the `openai` package uses that.

    The host of the base URL does not matter: `OpenAI(base_url="http://mockapi/v1", http_client=Client(transport=transport()))`.
    It has no socket to reset: a connection that breaks off is an error of the library's own. `await` needs asyncio. Raises ImportError
    if neither library is there.
    """
    from mockapi.app import create_app

    library = _library()
    kind = type("MockTransport", (_Transport, library.BaseTransport, library.AsyncBaseTransport), {})
    return kind(create_app(settings), library)


@cache
def _library() -> Any:
    """The HTTP library that the openai package uses; without that package, the one that is installed."""
    with contextlib.suppress(ImportError):
        openai: Any = import_module("openai")
        return import_module(openai.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0])
    for name in ("httpx2", "httpx"):
        with contextlib.suppress(ImportError):
            return import_module(name)
    raise ImportError("neither httpx2 nor httpx is installed here: pip install openai, which brings the one that it uses")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The event loop in which all applications run. It ends with the process."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="mockapi-inside", daemon=True).start()
    return loop


class _Exchange:
    """One request and its answer: `deliver` takes each item, in the loop's thread; `broken` is what a connection that breaks off raises."""

    def __init__(self, app: MockApi, request: Any, body: bytes, deliver: Callable[[Item], None], broken: Exception) -> None:
        self._app = app
        self._body: bytes | None = body
        self._deliver = deliver
        self._broken = broken
        self._gone = asyncio.Event()
        raw_path, _, query = request.url.raw_path.partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": raw_path,
            "query_string": query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("127.0.0.1", 0),
            "server": (request.url.host, request.url.port or 80),
        }
        self._done = asyncio.run_coroutine_threadsafe(self._run(scope), _loop())

    async def _run(self, scope: dict[str, Any]) -> None:
        try:
            await self._app(scope, self._receive, self._send)
        except Exception as fault:
            self._deliver(fault)
        else:
            self._deliver(None)

    async def _receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if not self._gone.is_set():
            self._deliver(self._broken if message["type"] == ABORT else message)

    def leave(self) -> None:
        """Read no more: the application is told, as by a socket, that the client went away."""
        _loop().call_soon_threadsafe(self._gone.set)


class _Stream:
    """The body of an answer, piece by piece, for either kind of client."""

    def __init__(self, exchange: _Exchange, take: Callable[[], Any]) -> None:
        self._exchange = exchange
        self._take = take

    def __iter__(self) -> Iterator[bytes]:
        while (message := _checked(self._take())) is not None:
            yield message["body"]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (message := _checked(await self._take())) is not None:
            yield message["body"]

    def close(self) -> None:
        self._exchange.leave()

    async def aclose(self) -> None:
        self._exchange.leave()


class _Transport:
    """Hands requests to the application; mixed with the library's own base classes."""

    def __init__(self, app: MockApi, library: Any) -> None:
        self._app = app
        self._library = library
        self._stream = type("MockStream", (_Stream, library.SyncByteStream, library.AsyncByteStream), {})

    def handle_request(self, request: Any) -> Any:
        """Answer a request of a Client. Raises the library's ReadTimeout where the client waits no longer."""
        inbox: SimpleQueue[Item] = SimpleQueue()
        exchange = _Exchange(self._app, request, request.read(), inbox.put, self._broken(request))
        patience = _patience(request)

        def take() -> Item:
            try:
                return inbox.get(timeout=patience)
            except Empty:
                raise self._late(request) from None

        try:
            head = _checked(take())
        except BaseException:
            exchange.leave()
            raise
        return self._response(head, exchange, take)

    async def handle_async_request(self, request: Any) -> Any:
        """Answer a request of an AsyncClient. Raises as `handle_request`."""
        inbox: asyncio.Queue[Item] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def deliver(item: Item) -> None:
            # A loop that was closed has nobody who reads any more.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(inbox.put_nowait, item)

        exchange = _Exchange(self._app, request, await request.aread(), deliver, self._broken(request))
        patience = _patience(request)

        async def take() -> Item:
            try:
                async with asyncio.timeout(patience):
                    return await inbox.get()
            except TimeoutError:
                raise self._late(request) from None

        try:
            head = _checked(await take())
        except BaseException:
            exchange.leave()
            raise
        return self._response(head, exchange, take)

    def _response(self, head: Any, exchange: _Exchange, take: Callable[[], Any]) -> Any:
        return self._library.Response(
            head["status"], headers=list(head["headers"]), stream=self._stream(exchange, take), extensions={"http_version": b"HTTP/1.1"}
        )

    def _broken(self, request: Any) -> Exception:
        fault: Exception = self._library.RemoteProtocolError("the connection was broken off", request=request)
        return fault

    def _late(self, request: Any) -> Exception:
        fault: Exception = self._library.ReadTimeout("the answer, or its next piece, took longer than the client waits", request=request)
        return fault


def _patience(request: Any) -> float | None:
    seconds: float | None = request.extensions.get("timeout", {}).get("read")
    return seconds


def _checked(item: Item) -> Any:
    """A message of the application's, or None at the end. Raises what the application raised."""
    if isinstance(item, Exception):
        raise item
    return item
