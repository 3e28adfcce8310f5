"""Turns: whoever changes something step by step holds its name meanwhile, in this process and among all that share its store."""

from __future__ import annotations

import asyncio
import logging
import os
from types import TracebackType

from mockapi.errors import ApiError
from mockapi.store import SharedStore

_log = logging.getLogger("mockapi")
# Seconds of real time after which a name is free that nobody holds on to any more, and after which it is held on to.
LASTS = 5.0
_RENEWED = 1.0
# Seconds between two looks at whether a name is free.
_FIRST, _LONGEST = 0.002, 0.05


class Owner:
    """Who holds something: every process has a name, and every turn of it one that begins with that."""

    def __init__(self) -> None:
        self._process = 0
        self._name = ""
        self._number = 0

    @property
    def name(self) -> str:
        """That of the process."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._name = f"{begins(self._process)}{os.urandom(6).hex()}"
        return self._name

    def next(self) -> str:
        """That of a turn."""
        self._number += 1
        return f"{self.name} {self._number}"


def begins(process: int) -> str:
    """How the names of a process begin."""
    return f"{process}-"


owner = Owner()


class Turn:
    """`async with` it. A store that is gone raises its error before the turn has come."""

    def __init__(self, lock: asyncio.Lock, store: SharedStore | None, name: str) -> None:
        self._lock = lock
        self._store = store
        self._name = name
        self._owner = ""
        self._alarm: asyncio.TimerHandle | None = None
        self._renewal: asyncio.Task[None] | None = None

    @property
    def held(self) -> tuple[str, str]:
        """The name and who holds it."""
        return self._name, self._owner

    async def __aenter__(self) -> Turn:
        await self._lock.acquire()
        if self._store is not None:
            try:
                await self._wait(self._store)
            except BaseException:
                self._lock.release()
                raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if self._store is not None:
                await self._end(self._store)
        finally:
            self._lock.release()

    async def _wait(self, store: SharedStore) -> None:
        self._owner, pause = owner.next(), _FIRST
        while not await store.hold(self._name, self._owner, LASTS):
            await asyncio.sleep(pause)
            pause = min(_LONGEST, 2 * pause)
        self._alarm = asyncio.get_running_loop().call_later(_RENEWED, self._renew, store)

    def _renew(self, store: SharedStore) -> None:
        self._renewal = asyncio.get_running_loop().create_task(self._renewed(store))

    async def _renewed(self, store: SharedStore) -> None:
        try:
            await store.hold(self._name, self._owner, LASTS)
        except ApiError as error:
            # It is tried again; what is committed when the name is held no more is refused.
            _log.warning("%s", error.message)
        self._alarm = asyncio.get_running_loop().call_later(_RENEWED, self._renew, store)

    async def _end(self, store: SharedStore) -> None:
        if self._renewal is not None:
            await asyncio.wait([self._renewal])
        if self._alarm is not None:
            self._alarm.cancel()
        try:
            await store.release(self._name, self._owner)
        except ApiError as error:
            # It ends by itself.
            _log.warning("%s", error.message)
