"""Time as the API sees it. Nothing else in the package reads a clock.

A clock runs on its parent's time (the process's for the root) plus an offset, as fast or a number of times as fast, or stands still at a
given moment.
Instants are integers: microseconds since the Unix epoch.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

SECOND = 1_000_000
# Real time in nanoseconds since some moment, for durations that are told to people. Nothing that the API answers follows from it.
ticks = time.perf_counter_ns
# Where a clock may be set to: 1970 to 9999, which leaves the last year to run on in.
_END = 253_370_764_800 * SECOND


class Clock:
    """A clock that can be advanced, frozen, set, resumed and made faster; whoever sleeps on it wakes when it moves."""

    def __init__(self, parent: Clock | None = None) -> None:
        self._parent = parent
        self._offset = 0
        # How many times as fast as its parent it runs, since when by its parent's time.
        self.rate = 1.0
        self._since = 0
        self._frozen_at: int | None = None
        # In the order in which they lay down, which is that in which they wake.
        self._sleepers: dict[asyncio.Future[None], None] = {}
        self._children: list[Clock] = []
        self._date: tuple[int, bytes] = (-1, b"")

    def child(self) -> Clock:
        """A clock of its own that follows this one until it is moved itself."""
        clock = Clock(self)
        self._children.append(clock)
        return clock

    def forget(self, child: Clock) -> None:
        if child in self._children:
            self._children.remove(child)

    def micros(self) -> int:
        if self._frozen_at is not None:
            return self._frozen_at
        base = time.time_ns() // 1000 if self._parent is None else self._parent.micros()
        if self.rate != 1.0:
            return base + self._offset + round((base - self._since) * (self.rate - 1.0))
        return base + self._offset

    def seconds(self) -> int:
        return self.micros() // SECOND

    def _span(self) -> tuple[int, int]:
        """The earliest and the latest that it is on this clock and on those that go along with it."""
        own = self.micros()
        # A child that stands still stays where it is.
        spans = [child._span() for child in self._children if child._frozen_at is None]
        return min([own, *(first for first, _ in spans)]), max([own, *(last for _, last in spans)])

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None or (self._parent is not None and self._parent.frozen)

    def scale(self, rate: float) -> None:
        """Run a number of times as fast as before it was ever scaled. Raises ValueError for a rate beyond 0.001 to 1,000,000."""
        if not 0.001 <= rate <= 1_000_000:
            raise ValueError("a clock runs 0.001 to 1,000,000 times as fast")
        base = time.time_ns() // 1000 if self._parent is None else self._parent.micros()
        if self._frozen_at is None:
            self._offset = self.micros() - base
        self.rate, self._since = rate, base
        self.ring()

    @property
    def _speed(self) -> float:
        """How many times as fast as real time it runs."""
        return self.rate * (1.0 if self._parent is None else self._parent._speed)

    def advance(self, micros: int) -> None:
        """Move on, or back. Raises ValueError where this clock, or one that goes along, would leave the time there is."""
        first, last = self._span()
        bounded(first + micros)
        bounded(last + micros)
        if self._frozen_at is not None:
            self._frozen_at += micros
        else:
            self._offset += micros
        self.ring()

    def freeze(self) -> None:
        self._frozen_at = self.micros()
        self.ring()

    def resume(self) -> None:
        """Run on from the moment at which the clock stands."""
        if self._frozen_at is not None:
            stood_at, self._frozen_at = self._frozen_at, None
            self._offset += stood_at - self.micros()
            self.ring()

    def set(self, micros: int) -> None:
        self.advance(micros - self.micros())

    def date_header(self, micros: int) -> bytes:
        """An instant as an IMF-fixdate (RFC 9110, section 5.6.7)."""
        second = micros // SECOND
        if second != self._date[0]:
            self._date = (second, formatdate(second, usegmt=True).encode())
        return self._date[1]

    async def sleep_until(self, deadline: int) -> None:
        """Wait for an instant; a clock that stands still does not make anyone wait."""
        while not self.frozen and deadline > self.micros():
            await self.wait(deadline)

    async def until(self, deadline: int) -> None:
        """Wait for an instant, on a clock that stands still until it is moved there."""
        while deadline > self.micros():
            await self.wait(deadline)

    async def wait(self, deadline: int | None) -> None:
        """Wait for an instant, or for the clock to be rung before, as it is when it is moved; where it stands still for that alone."""
        left = None if deadline is None else deadline - self.micros()
        if left is not None and left <= 0:
            return
        loop = asyncio.get_running_loop()
        sleeper: asyncio.Future[None] = loop.create_future()
        alarm = None if left is None or self.frozen else loop.call_later(left / SECOND / self._speed, _ring, sleeper)
        self._sleepers[sleeper] = None
        try:
            await sleeper
        finally:
            if alarm is not None:
                alarm.cancel()
            self._sleepers.pop(sleeper, None)

    def told(self) -> list[Any]:
        """How it stands to its parent, for `follow`."""
        return [self._offset, self.rate, self._since, self._frozen_at]

    def follow(self, told: list[Any]) -> None:
        """Stand as another clock of the same parent was told to."""
        self._offset, self.rate, self._since, self._frozen_at = told
        self.ring()

    def ring(self) -> None:
        """Wake whoever waits on this clock or on one that goes along, to look anew at what they wait for."""
        for sleeper in self._sleepers:
            _ring(sleeper)
        for child in self._children:
            child.ring()


def wall_micros() -> int:
    """The time of others in microseconds since the Unix epoch: what a program that is no part of a world has on its own clock."""
    return time.time_ns() // 1000


def wall_seconds() -> int:
    """The same in seconds."""
    return wall_micros() // SECOND


class Alarm:
    """Tells whether some seconds of real time have passed since it last did."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since = time.monotonic()

    def rings(self) -> bool:
        now = time.monotonic()
        if now - self._since < self._seconds:
            return False
        self._since = now
        return True


def _ring(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)


def bounded(micros: int) -> int:
    """An instant that a clock may stand at. Raises ValueError for any other."""
    if not 0 <= micros < _END:
        raise ValueError("the clock goes from 1970 to 9999")
    return micros


def parse_instant(text: str) -> int:
    """An ISO 8601 date-time or a number of Unix seconds, in microseconds. Raises ValueError."""
    try:
        seconds = float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return bounded(_micros(seconds))


_UNITS = {"ms": 1000, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "d": 86400 * SECOND}


def parse_rate(text: str) -> float:
    """`60x`, which is a minute a second. Raises ValueError."""
    if not text.endswith("x"):
        raise ValueError(f"{text!r} is not a rate: write it like 60x")
    return float(text[:-1])


def parse_duration(text: str) -> int:
    """`1h30m`, `24h`, `2d`, `500ms` or a number of seconds, in microseconds. Raises ValueError."""
    compact = text.replace(" ", "")
    try:
        seconds = float(compact)
    except ValueError:
        pass
    else:
        return _micros(seconds)
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", compact)
    if not parts or "".join(number + unit for number, unit in parts) != compact:
        raise ValueError(f"{text!r} is not a duration: write it like 24h, 1h30m, 90s or 500ms")
    return _micros(sum(float(number) * _UNITS[unit] / SECOND for number, unit in parts))


def _micros(seconds: float) -> int:
    """Seconds in microseconds. Raises ValueError for what is no number of them."""
    if not math.isfinite(seconds * SECOND):
        raise ValueError(f"{seconds} is beyond all time")
    return round(seconds * SECOND)
