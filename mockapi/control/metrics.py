"""What a server counted, in Prometheus' text format. Nothing is counted for it while calls are answered but what `tally` does."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from mockapi import __version__, webhooks
from mockapi.tally import BOUNDS, Tally, tokens

if TYPE_CHECKING:
    from mockapi.app import Api

KIND = "text/plain; version=0.0.4; charset=utf-8"
_NANOS = 1_000_000_000
# Labels and a number.
Sample = tuple[Mapping[str, str | int], float]


class Metrics:
    """`GET /metrics`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def metrics(self, request: Request) -> Response:
        """All figures of all worlds together, since the server began."""
        return Response(await _exposition(self._api), media_type=KIND)


async def _exposition(api: Api) -> str:
    worlds, settings = api.worlds, api.settings
    weights = [await journal.weight() for journal in (worlds.strays, *(world.journal for world in worlds))]
    tally = await worlds.tally()
    deliveries = Counter([delivery["status"] for world in worlds for delivery in await webhooks.deliveries(world)])
    about: Sample = ({"version": __version__, "mode": settings.mode, "tier": settings.tier}, 1)
    return "".join(
        (
            _family("mockapi_info", "gauge", "The server.", [about]),
            _family("mockapi_requests_total", "counter", "Calls that were answered.", _requests(tally)),
            _family("mockapi_tokens_total", "counter", "Tokens that calls were billed for.", _tokens(tally)),
            _latencies(tally),
            _family("mockapi_limit_hits_total", "counter", "Calls that ran into a limit.", _hits(tally)),
            _family("mockapi_scenario_matches_total", "counter", "Calls that got a scenario.", _labelled("scenario", tally.matches)),
            _family("mockapi_streams_total", "counter", "Streams by how they ended.", _labelled("end", tally.ends)),
            _family("mockapi_streams_open", "gauge", "Streams that are being sent.", [({}, tally.streams)]),
            _family("mockapi_websockets_open", "gauge", "WebSockets that are open.", [({}, len(tally.sockets) + tally.elsewhere)]),
            _family("mockapi_tasks", "gauge", "What goes on at once, this call included.", [({}, len(asyncio.all_tasks()))]),
            _family("mockapi_webhook_deliveries", "gauge", "Webhook events that are remembered.", _labelled("status", deliveries)),
            _family("mockapi_worlds", "gauge", "Worlds that are kept.", [({}, len(weights) - 1)]),
            _family("mockapi_journal_calls", "gauge", "Calls that the journals keep.", [({}, sum(calls for calls, _ in weights))]),
            _family("mockapi_journal_bytes", "gauge", "About what those weigh.", [({}, sum(size for _, size in weights))]),
        )
    )


def _requests(tally: Tally) -> Iterable[Sample]:
    for (operation, status, model), series in tally.calls.items():
        yield {"operation": operation, "status": status, "model": model}, sum(series.buckets)


def _tokens(tally: Tally) -> Iterable[Sample]:
    totals: Counter[tuple[str, str]] = Counter()
    for (_, _, model), series in tally.calls.items():
        for direction, amount in zip(("in", "out"), tokens(series.used), strict=True):
            if amount:
                totals[direction, model] += amount
    return (({"direction": direction, "model": model}, amount) for (direction, model), amount in totals.items())


def _hits(tally: Tally) -> Iterable[Sample]:
    return (({"limit": limit, "model": model}, number) for (limit, model), number in tally.hits.items())


def _labelled(label: str, counted: Mapping[str, int]) -> Iterable[Sample]:
    return (({label: name}, number) for name, number in counted.items())


def _latencies(tally: Tally) -> str:
    """The histogram of how long calls took, by operation; that of a stream ends with its last byte."""
    buckets: dict[str, list[int]] = {}
    nanos: Counter[str] = Counter()
    for (operation, _, _), series in tally.calls.items():
        known = buckets.get(operation)
        buckets[operation] = series.buckets if known is None else [a + b for a, b in zip(known, series.buckets, strict=True)]
        nanos[operation] += series.nanos
    name = "mockapi_request_duration_seconds"
    told = [_head(name, "histogram", "How long calls took.")]
    for operation, counts in buckets.items():
        bounds = (*(f"{bound:g}" for bound in BOUNDS), "+Inf")
        told += (
            _line(f"{name}_bucket", {"operation": operation, "le": bound}, total)
            for bound, total in zip(bounds, accumulate(counts), strict=True)
        )
        told.append(_line(f"{name}_sum", {"operation": operation}, nanos[operation] / _NANOS))
        told.append(_line(f"{name}_count", {"operation": operation}, sum(counts)))
    return "".join(told)


def _family(name: str, kind: str, says: str, samples: Iterable[Sample]) -> str:
    return "".join((_head(name, kind, says), *(_line(name, labels, number) for labels, number in samples)))


def _head(name: str, kind: str, says: str) -> str:
    return f"# HELP {name} {says}\n# TYPE {name} {kind}\n"


def _line(name: str, labels: Mapping[str, str | int], number: float) -> str:
    told = ",".join(f'{label}="{_escaped(str(value))}"' for label, value in labels.items())
    return f"{name}{{{told}}} {number}\n" if told else f"{name} {number}\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
