"""Rate limits: buckets that refill continuously, and how the API writes them down. Pure arithmetic on integers.

A bucket's state is what was used and not yet refilled, in *shares*: one token or request is `4 * period` shares, so quarter tokens
(the admission rule charges a quarter for each character) and microseconds both stay whole, and `4 * capacity` shares refill per
microsecond. Source: api-facts B.2 to B.5.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mockapi.catalogue import Limit, TierLimits

# A wait that the API would write as 0 ms is no wait, so a bucket may run into debt by what refills in less than a millisecond.
_GRAIN = 1000
# Milliseconds as a fraction of a second is written.
_FRACTIONS = ("", *(f".{millis:03d}".rstrip("0") for millis in range(1, 1000)))


class Level(NamedTuple):
    """What of a bucket is used, in shares, at an instant in microseconds."""

    used: int
    at: int


EMPTY = Level(0, 0)


@dataclass(slots=True, eq=False, repr=False)
class Charge:
    """What one call costs at admission; `quarters` are quarter tokens.

    `amounts` is the same as the meter that it `fits` counts it, on a `tier`.
    """

    requests: int = 1
    quarters: int = 0
    input_images: int = 0
    images: int = 0
    fits: Meter | None = None
    tier: TierLimits | None = None
    amounts: Sequence[int] = ()

    def of(self, limit: Limit) -> int:
        """The charge against one limit, in quarters of its unit."""
        if limit.kind == "tokens":
            return self.quarters
        if limit.kind == "requests":
            return 4 * self.requests
        return 4 * (self.input_images if limit.kind == "input-images" else self.images)


def used(limit: Limit, level: Level, now: int) -> int:
    """The shares in use now. A clock that was set back refills nothing."""
    before, at = level
    if before == 0 or now <= at:
        return before
    left = before - limit.rate * (now - at)
    return left if left > 0 else 0


def take(limit: Limit, level: Level, quarters: int, now: int) -> tuple[Level, int]:
    """Charge a bucket. Returns its new level and 0, or its level unchanged and the microseconds until it holds enough."""
    after, rate, at = used(limit, level, now) + quarters * limit.period, limit.rate, level[1]
    over = after - limit.full
    if over >= rate * _GRAIN:
        return level, -(-over // rate)
    return Level(after, now if now > at else at), 0


def used_units(limit: Limit, level: Level, now: int) -> int:
    """Units in use, rounded up, at most the limit (seen: `Used` saturates)."""
    return min(limit.capacity, -(-used(limit, level, now) // (4 * limit.period)))


def units(quarters: int) -> int:
    """Quarters as whole units, rounded up."""
    return -(-quarters // 4)


def wait_millis(limit: Limit, used_now: int, requested: int) -> int:
    """`try again in`: (Used + Requested - Limit) / Limit x window, cut to milliseconds."""
    return (used_now + requested - limit.capacity) * limit.period // (limit.capacity * 1000)


def duration(millis: int) -> str:
    """A duration as the API writes it: `20s`, `7m12s`, `1h8m25.745s`, `6ms`, `0s`."""
    if millis < 1000:
        return f"{millis}ms" if millis else "0s"
    seconds, rest = divmod(millis, 1000)
    fraction = _FRACTIONS[rest]
    if seconds < 60:
        return f"{seconds}{fraction}s"
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes}m{seconds}{fraction}s"
    return f"{hours}h{minutes}m{seconds}{fraction}s"


class Meter:
    """All limits that one kind of call meets on one tier, with what does not change of their headers."""

    __slots__ = ("_lines", "_shown", "limits", "names")

    def __init__(self, limits: tuple[Limit, ...], shows: Container[str]) -> None:
        self.limits = limits
        self.names = tuple(limit.per for limit in limits)
        # seen: where requests are limited per day too, the headers show the day (api-facts B.2)
        shown = {limit.kind: place for place, limit in enumerate(limits) if limit.kind in shows}
        self._shown = tuple((place, limits[place], 4 * limits[place].period, limits[place].capacity) for place in shown.values())
        told = [f"x-ratelimit-limit-{kind}: {limits[place].capacity}\r\n" for kind, place in shown.items()]
        left = [f"x-ratelimit-remaining-{kind}: %d\r\n" for kind in shown]
        resets = [f"x-ratelimit-reset-{kind}: %b\r\n" for kind in shown]
        self._lines = "".join((*told, *left, *resets)).encode()

    def headers(self, levels: Sequence[Level], now: int) -> bytes:
        """The lines of the x-ratelimit-* triples: limits first, then what remains, then the resets."""
        left, resets = [], []
        for place, limit, share, capacity in self._shown:
            level = levels[place]
            in_use = level.used if level.at >= now else used(limit, level, now)
            free = capacity - -(-in_use // share)
            left.append(free if free > 0 else 0)
            resets.append(duration(in_use // (4000 * capacity)).encode())
        return self._lines % (*left, *resets)
