"""Several processes that serve one socket: made by doubling this one, made anew when one dies, and ended with it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from mockapi.clock import ticks
from mockapi.settings import SettingsError
from mockapi.store import SharedStores
from mockapi.turns import begins

# Seconds that a process has to live for another one to be made at once when it dies.
_SOON = 1.0
_NANOS = 1_000_000_000
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
Serve = Callable[[Callable[[], None]], None]


def run(number: int, stores: SharedStores | None, serve: Serve, ready: Callable[[], None]) -> None:
    """Have a number of processes `serve` until a signal comes; `ready` is called when all of them are.

    Raises SettingsError on a system whose processes cannot be doubled.
    """
    if not hasattr(os, "fork"):
        raise SettingsError("--workers: this system cannot double a process; start several servers that share a store instead")
    _Workers(number, stores, serve).run(ready)


class _Workers:
    def __init__(self, number: int, stores: SharedStores | None, serve: Serve) -> None:
        self._number = number
        self._stores = stores
        self._serve = serve
        self._born: dict[int, int] = {}
        # Nothing is ever written here: what is read is the end of this process.
        self._life, self._alive = os.pipe()
        # Whether no process is made in the place of another any more, and whether somebody wished so.
        self._stopping = self._stopped = False

    def run(self, ready: Callable[[], None]) -> None:
        for each in _SIGNALS:
            signal.signal(each, self._stop)
        made = [self._make() for _ in range(self._number)]
        began = all(made)
        if began and not self._stopping:
            ready()
        elif not began:
            self._end()
        while self._born:
            self._await()
        if not began and not self._stopped:
            sys.exit(1)

    def _make(self) -> bool:
        """Make a process and wait until it serves. Returns whether it does."""
        if self._stores is not None:
            self._stores.forked()
        heard, told = os.pipe()
        # A signal is for this process, not for one that has not begun yet.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        process = os.fork()
        if process:
            self._born[process] = ticks()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            os.close(told)
            with os.fdopen(heard, "rb") as saying:
                return saying.read(1) != b""
        os.close(heard)
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        os.close(self._alive)
        threading.Thread(target=self._outlive, name="life", daemon=True).start()

        def ready() -> None:
            os.write(told, b".")
            os.close(told)

        try:
            self._serve(ready)
        except SystemExit:
            raise
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)

    def _outlive(self) -> None:
        """End with the process that this one was made by, however that ends."""
        os.read(self._life, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def _await(self) -> None:
        """Wait for the end of a process, and make another in its place unless this one ends too."""
        try:
            process, _ = os.wait()
        except InterruptedError:
            return
        except ChildProcessError:
            self._born.clear()
            return
        lived = ticks() - self._born.pop(process, 0)
        if self._stopping:
            return
        if self._stores is not None:
            # What it held is free at once.
            asyncio.run(self._stores.bury(begins(process)))
        if lived < _SOON * _NANOS:
            threading.Event().wait(_SOON)
        if not self._stopping:
            self._make()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopped = True
        self._end()

    def _end(self) -> None:
        self._stopping = True
        for process in self._born:
            try:
                os.kill(process, signal.SIGTERM)
            except ProcessLookupError:
                continue
