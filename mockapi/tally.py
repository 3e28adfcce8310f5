"""What a server counts of the calls that it answered, and how many streams and WebSockets are open. Whoever scrapes it reads it.

It is fed by the journals, many calls at once; nothing of it is ever reset, since who scrapes it takes differences.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockapi.transport.call import Call

# Seconds that a call took at most, to be counted in a bucket; what took longer is in one bucket more.
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_NANOS = [round(bound * 1_000_000_000) for bound in BOUNDS]
# Names that clients or scenarios gave: so many are told apart, and what else there is goes by one name.
_MOST = 1000
_OTHER = "other"

# An operation, a status and a model, "" where none is known.
Key = tuple[str, int, str]


class Series:
    """Calls that are counted together: how many fell into each bucket, how long all of them took, and what they used; `last` is what
    the latest of them used, and `times` how many in a row did so that are not in `used` yet."""

    __slots__ = ("_used", "buckets", "last", "nanos", "times")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.nanos = 0
        self.last: Mapping[str, int] = {}
        self.times = 0
        self._used: Counter[str] = Counter()

    def bill(self, used: Mapping[str, int]) -> None:
        """Count what a call used that is not the same as before."""
        for name, amount in self.last.items():
            self._used[name] += amount * self.times
        self.last, self.times = used, 1

    @property
    def used(self) -> Mapping[str, int]:
        """What the calls used, by the names that the model cards give their prices."""
        self.bill({})
        return self._used


class Tally:
    """`hits` are counted by limits and models, `matches` by scenarios, `ends` by how streams ended; `elsewhere` are the WebSockets that are
    open in other processes."""

    __slots__ = ("calls", "elsewhere", "ends", "hits", "matches", "sockets", "streams")

    def __init__(self) -> None:
        self.calls: dict[Key, Series] = {}
        self.hits: Counter[tuple[str, str]] = Counter()
        self.matches: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        # What is open now: streams of any kind, and the tasks of WebSockets.
        self.streams = 0
        self.sockets: set[asyncio.Task[None] | None] = set()
        self.elsewhere = 0

    def count(self, calls: Sequence[Call]) -> None:
        """Count calls that are answered."""
        known = self.calls
        for call in calls:
            card, reply, took, used = call.card, call.reply, call.done - call.began, call.used
            model = "" if card is None else card.asked_as
            key = call.operation.id, reply.status, model
            series = known[key] if key in known else self._series(key)
            series.buckets[bisect_left(_NANOS, took)] += 1
            series.nanos += took
            if used is not None:
                # The same request is billed by the same object: it is multiplied when it changes.
                if used is series.last:
                    series.times += 1
                else:
                    series.bill(used)
            if call.script is not None or call.hit is not None or reply.ended is not None:
                self._count_rarities(call, model)

    def told(self) -> dict[str, Any]:
        """All of it as plain values, for `add`."""
        return {
            "calls": [[*key, series.buckets, series.nanos, dict(series.used)] for key, series in self.calls.items()],
            "hits": [[*hit, number] for hit, number in self.hits.items()],
            "matches": self.matches,
            "ends": self.ends,
            "streams": self.streams,
            "sockets": len(self.sockets),
        }

    def add(self, told: dict[str, Any], *, lives: bool) -> None:
        """Count what another process counted too; what is open in it only while it `lives`."""
        for operation, status, model, buckets, nanos, used in told["calls"]:
            series = self._series((operation, status, model))
            series.buckets = [own + other for own, other in zip(series.buckets, buckets, strict=True)]
            series.nanos += nanos
            series.bill(used)
        for limit, model, number in told["hits"]:
            self.hits[limit, model] += number
        self.matches.update(told["matches"])
        self.ends.update(told["ends"])
        if lives:
            self.streams += told["streams"]
            self.elsewhere += told["sockets"]

    def _series(self, key: Key) -> Series:
        """A series that is new; where there are many, models are told apart no more."""
        if len(self.calls) >= _MOST:
            key = key[0], key[1], _OTHER
        return self.calls.setdefault(key, Series())

    def _count_rarities(self, call: Call, model: str) -> None:
        if call.script is not None:
            name = call.script.name
            self.matches[name if name in self.matches or len(self.matches) < _MOST else _OTHER] += 1
        if call.hit is not None:
            hit = call.hit, model
            self.hits[hit if hit in self.hits or len(self.hits) < _MOST else (call.hit, _OTHER)] += 1
        if call.reply.ended is not None:
            self.ends[call.reply.ended] += 1


def tokens(used: Mapping[str, int]) -> tuple[int, int]:
    """The tokens that went in and came out, of what calls used by the names that the model cards give their prices."""
    taken = sum(amount for name, amount in used.items() if name.endswith("input"))
    return taken, sum(amount for name, amount in used.items() if name.endswith("output"))
