"""Rate limits: buckets that refill continuously, and how the API writes them down. Pure arithmetic on integers.

A bucket's state is what was used and not yet refilled, in *shares*: one token or request is `4 * period` shares, so quarter tokens
(the admission rule charges a quarter for each character) and microseconds both stay whole, and `4 * capacity` shares refill per
microsecond. Source: api-facts B.2 to B.5.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mockapi.catalogue import Limit

# A wait that the API would write as 0 ms is no wait, so a bucket may run into debt by what refills in less than a millisecond.
_GRAIN = 1000

Headers = tuple[tuple[bytes, bytes], ...]


class Level(NamedTuple):
    """What of a bucket is used, in shares, at an instant in microseconds."""

    used: int
    at: int


EMPTY = Level(0, 0)


@dataclass(slots=True, eq=False, repr=False)
class Charge:
    """What one call costs at admission; `quarters` are quarter tokens."""

    requests: int = 1
    quarters: int = 0
    input_images: int = 0
    images: int = 0

    def of(self, limit: Limit) -> int:
        """The charge against one limit, in quarters of its unit."""
        if limit.kind == "tokens":
            return self.quarters
        if limit.kind == "requests":
            return 4 * self.requests
        return 4 * (self.input_images if limit.kind == "input-images" else self.images)


def used(limit: Limit, level: Level, now: int) -> int:
    """The shares in use now. A clock that was set back refills nothing."""
    if level.used == 0 or now <= level.at:
        return level.used
    left = level.used - 4 * limit.capacity * (now - level.at)
    return left if left > 0 else 0


def take(limit: Limit, level: Level, quarters: int, now: int) -> tuple[Level, int]:
    """Charge a bucket. Returns its new level and 0, or its level unchanged and the microseconds until it holds enough."""
    in_use = used(limit, level, now)
    wanted = quarters * limit.period
    over = in_use + wanted - 4 * limit.capacity * limit.period
    if over >= 4 * limit.capacity * _GRAIN:
        return level, -(-over // (4 * limit.capacity))
    return Level(in_use + wanted, now if now > level.at else level.at), 0


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
    fraction = f".{rest:03d}".rstrip("0") if rest else ""
    minutes, seconds = divmod(seconds, 60)
    if not minutes:
        return f"{seconds}{fraction}s"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes}m{seconds}{fraction}s"
    return f"{hours}h{minutes}m{seconds}{fraction}s"


class Meter:
    """All limits that one kind of call meets on one tier, with what does not change of their headers."""

    __slots__ = ("_shown", "limits", "names")

    def __init__(self, limits: tuple[Limit, ...], shows: Container[str]) -> None:
        self.limits = limits
        self.names = tuple(limit.per for limit in limits)
        # seen: where requests are limited per day too, the headers show the day (api-facts B.2)
        shown = {limit.kind: place for place, limit in enumerate(limits) if limit.kind in shows}
        self._shown = tuple(
            (
                place,
                (b"x-ratelimit-limit-" + kind.encode(), str(limits[place].capacity).encode()),
                b"x-ratelimit-remaining-" + kind.encode(),
                b"x-ratelimit-reset-" + kind.encode(),
            )
            for kind, place in shown.items()
        )

    def headers(self, levels: Sequence[Level], now: int) -> Headers:
        """The x-ratelimit-* triples: limits first, then what remains, then the resets."""
        limits, left, resets = [], [], []
        for place, told, remaining_name, reset_name in self._shown:
            limit = self.limits[place]
            in_use = used(limit, levels[place], now)
            share = 4 * limit.period
            free = (share * limit.capacity - in_use) // share
            limits.append(told)
            left.append((remaining_name, b"%d" % (free if free > 0 else 0)))
            resets.append((reset_name, duration(in_use // (4000 * limit.capacity)).encode()))
        return (*limits, *left, *resets)
