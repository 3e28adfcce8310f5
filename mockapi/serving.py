"""Running the application in the foreground, for the command line."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
import uvicorn

from mockapi.settings import Recording, Replaying, Settings, SettingsError

if TYPE_CHECKING:
    from mockapi.app import MockApi
    from mockapi.tally import Tally
    from mockapi.tape.record import Recorder
    from mockapi.tape.replay import Replayer
    from mockapi.worlds import Worlds


def _config(app: Any, drain_seconds: float, ws: Any = "none", **own: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ws=ws,
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=max(1, round(drain_seconds)),
        **own,
    )


def served(app: MockApi, settings: Settings) -> uvicorn.Config:
    """How the application is served."""
    from mockapi.transport.socket import http_protocol
    from mockapi.transport.websocket import MOST_BYTES, websocket_protocol

    own = {"interface": "asgi3", "http": http_protocol(_most_connections()), "lifespan": "off", "ws_max_size": MOST_BYTES}
    return _config(app.front, settings.drain_seconds, websocket_protocol, **own)


# Files that may have to be open beside the connections.
_OTHER_FILES = 64
# Where the system sets no limit to open files, this is one.
_MOST_FILES = 65_536


def _most_connections() -> int:
    """How many connections there may be at once: as many as the process may have files open, which it may have more of if it asks."""
    try:
        import resource
    except ImportError:
        return _MOST_FILES
    soft, hard = (min(limit, _MOST_FILES) if limit >= 0 else _MOST_FILES for limit in resource.getrlimit(resource.RLIMIT_NOFILE))
    if soft < hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
            soft = hard
    return max(1, soft - _OTHER_FILES)


def listen(settings: Settings | Recording | Replaying) -> socket.socket:
    """A bound socket. Raises SettingsError if the address cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.listen(2048)
    except (OSError, TypeError, UnicodeError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else "no name of a host"
        raise SettingsError(f"cannot listen on {settings.host}:{settings.port}: {reason}") from None
    return listener


def base_url(listener: socket.socket) -> str:
    """The base URL for a client of the API."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/v1"


# Seconds between two looks at whether all that was open is done.
_LOOK = 0.05
# Seconds between two looks at whether no call is open at the start, and how many there are.
_QUIET = 0.01
_MOST_WAITS = 50


def _tells(record: logging.LogRecord) -> bool:
    """Whether a line of uvicorn's says more than that an answer was broken off when the drain ran out, which has a line of its own."""
    return record.exc_info is None or not isinstance(record.exc_info[1], asyncio.CancelledError)


class Uvicorn(uvicorn.Server):
    """Says so when it is ready, and ends with status 0 on SIGTERM and SIGINT once open answers are done."""

    def __init__(self, config: uvicorn.Config, worlds: Worlds | None, ready: Callable[[], None] | None = None) -> None:
        """`worlds` are those that are served, where there are any."""
        super().__init__(config)
        logging.getLogger("uvicorn.error").addFilter(_tells)
        self._worlds = worlds
        self._ready = ready

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._worlds is not None:
            # What has no end of its own is told, so that the drain need not wait for it.
            self._worlds.shelf.close()
            await self._drain(self._worlds.shelf.tally)
        await super().shutdown(sockets)
        if self._worlds is not None:
            await self._worlds.close()

    async def _drain(self, tally: Tally) -> None:
        """Let the answers that are open finish while connections are still taken: whoever asks is told that the server is ready no more.

        A WebSocket is open for as long as its client likes, so what is waited for is what is being said on it.
        """
        loop, answers = asyncio.get_running_loop(), self.server_state.tasks - tally.sockets
        given = self.config.timeout_graceful_shutdown or 0
        until = loop.time() + given
        while not self.force_exit and loop.time() < until and (tally.streams or not all(task.done() for task in answers)):
            await asyncio.sleep(_LOOK)
        self.config.timeout_graceful_shutdown = max(1, round(until - loop.time()))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready is not None:
            asyncio.get_running_loop().call_later(_QUIET, self._get_ready, self._ready, _MOST_WAITS)

    def _get_ready(self, ready: Callable[[], None], waits: int) -> None:
        """Get ready beside the loop once no call is being answered: the first answer would share the processor with it."""
        if waits and self.server_state.tasks:
            asyncio.get_running_loop().call_later(_QUIET, self._get_ready, ready, waits - 1)
        else:
            threading.Thread(target=ready, name="ready", daemon=True).start()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.handle_exit(number, frame)


def _look_for_garbage() -> None:
    """From now on, in what is not here yet."""
    gc.freeze()
    gc.enable()


def run(settings: Settings) -> None:
    """Serve until a signal comes. Raises SettingsError before anything is served."""
    from mockapi import resources
    from mockapi.app import create_app

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    if settings.log == "json":
        from mockapi.log import JsonLines

        logging.getLogger().handlers[0].setFormatter(JsonLines())
    app = create_app(settings)
    listener = listen(settings)
    # Asked now: a server that is stopped at once has closed it before it says that it is ready.
    url = base_url(listener)

    def imported() -> None:
        """Import and load what is left, and stop looking for garbage in it."""
        from mockapi.engine.tokens import preload

        _ = app.site, resources.everything()
        preload()
        _look_for_garbage()

    def say() -> None:
        served = f"tier {settings.tier}, {settings.mode} mode, {len(resources.everything())} operations; "
        keys = "any API key will do" if not settings.keys else f"API keys of {settings.keys}"
        click.echo(f"mockapi is ready: OPENAI_BASE_URL={url}\n{served}{keys}")

    if settings.workers > 1:
        from mockapi import workers

        # What is imported before the processes are made is there for all of them.
        imported()
        workers.run(settings.workers, app.api.worlds.shared, lambda ready: _serve(app, settings, listener, ready), say)
        sys.exit(0)
    app.imported = False

    def ready() -> None:
        imported()
        app.imported = True
        say()

    _serve(app, settings, listener, ready)
    sys.exit(0)


def _serve(app: MockApi, settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    Uvicorn(served(app, settings), app.api.worlds, ready).run(sockets=[listener])


def serve(app: Recorder | Replayer, settings: Recording | Replaying, told: str) -> None:
    """Serve an application of the tapes' until a signal comes. Raises SettingsError before anything is served."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    listener = listen(settings)
    url = base_url(listener)
    config = _config(app, settings.drain_seconds, lifespan="on")

    def ready() -> None:
        _look_for_garbage()
        click.echo(f"mockapi is ready: OPENAI_BASE_URL={url}\n{told}")

    Uvicorn(config, None, ready).run(sockets=[listener])
    sys.exit(0)
