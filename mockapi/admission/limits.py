"""Rate limits: buckets that refill continuously, and how the API writes them down. Pure arithmetic on integers.

A bucket's state is what was used and not yet refilled, in *shares*: one token or request is `4 * period` shares, so quarter tokens
(the admission rule charges a quarter for each character) and microseconds both stay whole, and `4 * capacity` shares refill per
microsecond. Source: api-facts B.2 to B.5.
"""

from __future__ import annotations

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


@dataclass(frozen=True)
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
    return max(0, level.used - 4 * limit.capacity * max(0, now - level.at))


def take(limit: Limit, level: Level, quarters: int, now: int) -> tuple[Level, int]:
    """Charge a bucket. Returns its new level and 0, or its level unchanged and the microseconds until it holds enough."""
    in_use = used(limit, level, now)
    wanted = quarters * limit.period
    over = in_use + wanted - 4 * limit.capacity * limit.period
    if over >= 4 * limit.capacity * _GRAIN:
        return level, -(-over // (4 * limit.capacity))
    return Level(in_use + wanted, max(now, level.at)), 0


def remaining(limit: Limit, level: Level, now: int) -> int:
    """Whole units left."""
    free = 4 * limit.capacity * limit.period - used(limit, level, now)
    return max(0, free // (4 * limit.period))


def used_units(limit: Limit, level: Level, now: int) -> int:
    """Units in use, rounded up, at most the limit (seen: `Used` saturates)."""
    return min(limit.capacity, -(-used(limit, level, now) // (4 * limit.period)))


def units(quarters: int) -> int:
    """Quarters as whole units, rounded up."""
    return -(-quarters // 4)


def reset_micros(limit: Limit, level: Level, now: int) -> int:
    """Time until the bucket is full."""
    return used(limit, level, now) // (4 * limit.capacity)


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


def headers(shown: tuple[tuple[Limit, Level], ...], now: int) -> Headers:
    """The x-ratelimit-* triples, limits first, then what remains, then the resets."""
    limits, left, resets = [], [], []
    for limit, level in shown:
        kind = limit.kind.encode()
        limits.append((b"x-ratelimit-limit-" + kind, str(limit.capacity).encode()))
        left.append((b"x-ratelimit-remaining-" + kind, str(remaining(limit, level, now)).encode()))
        resets.append((b"x-ratelimit-reset-" + kind, duration(reset_micros(limit, level, now) // 1000).encode()))
    return (*limits, *left, *resets)
