"""When the pieces of an answer are due: so long until the first, so many tokens a second after it, give or take."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from mockapi.clock import SECOND, parse_duration
from mockapi.seed import Stream

# The members of a latency, and the largest of each.
_MOST = {"first": 86_400.0, "tokens_per_second": 1e9, "jitter": 3.0, "load": 100.0}


@dataclass(frozen=True, slots=True)
class Latency:
    """How long an answer takes on the world's clock. `first` in seconds; `jitter` is the sigma of a log-normal factor with median 1;
    `load` is how much longer it takes for each other answer that is under way, as a share."""

    first: float = 0.0
    tokens_per_second: float | None = None
    jitter: float = 0.0
    load: float = 0.0


def read(text: str) -> Latency:
    """`first=300ms,tokens_per_second=50,jitter=0.2,load=0.1`; a duration alone is that until the first token. Raises ValueError."""
    given: dict[str, float] = {}
    for part in text.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals:
            name, value = "first", name
        if name not in _MOST:
            raise ValueError(f"'{name}' is not one of {', '.join(_MOST)}")
        number = parse_duration(value) / SECOND if name == "first" else float(value)
        if not 0 <= number <= _MOST[name] or (name == "tokens_per_second" and not number):
            raise ValueError(f"{name} is between 0 and {_MOST[name]:g}, not {value}")
        given[name] = number
    return Latency(**given)


def whole(latency: Latency, tokens: int, others: int, stream: Stream) -> int:
    """The microseconds that an answer of so many tokens takes while so many others are under way."""
    seconds = latency.first + (tokens / latency.tokens_per_second if latency.tokens_per_second else 0.0)
    return round(seconds * (1 + latency.load * others) * _spread(latency.jitter, stream) * SECOND)


def deadlines(latency: Latency, start: int, others: int, stream: Stream) -> Iterator[int]:
    """The instants at which one piece after another is due. They count from the start, so that no delay adds to those that follow."""
    slower = (1 + latency.load * others) * SECOND
    at = start + latency.first * slower * _spread(latency.jitter, stream)
    gap = slower / latency.tokens_per_second if latency.tokens_per_second else 0.0
    while True:
        yield round(at)
        at += gap * _spread(latency.jitter, stream)


def _spread(sigma: float, stream: Stream) -> float:
    """A factor around 1: the exponential of a normal variable, by Box and Muller."""
    if not sigma:
        return 1.0
    radius = math.sqrt(-2 * math.log(1 - stream.unit()))
    return math.exp(sigma * radius * math.cos(2 * math.pi * stream.unit()))
