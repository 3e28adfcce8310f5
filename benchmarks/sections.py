"""What is measured beside throughput: cold start, memory, paced streams, fresh prompts and structured output."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence

from benchmarks import bodies, servers
from benchmarks.load import SERIAL
from benchmarks.measure import Case, Sample, complaints, median, rounds, sample, shown, spread, table, tell
from benchmarks.servers import Server, Target, started

_CONNECTIONS = 16
_CALLS = 50_000
_PACE_MS = 10
_STREAMS = (64, 256)
_PROBES = 21


def case(server: Server, body: str, connections: int = _CONNECTIONS) -> Case:
    return lambda seconds: sample(server, body, connections, seconds=seconds)


def cold_start(targets: Sequence[Target], turns: int) -> str:
    """From the start of the process to the end of the first answer, the servers by turns."""
    body = bodies.chat()
    took: dict[str, list[float]] = {target.name: [] for target in targets}
    for turn in range(turns + 1):
        for target in targets:
            with started(target, body) as (_, seconds):
                # The first turn fills the file cache.
                if turn:
                    took[target.name].append(seconds * 1000)
    reference = took[targets[0].name]
    rows = [
        (name, "first chat answer", spread(times, 0), spread([mine / bare for mine, bare in zip(times, reference, strict=True)]))
        for name, times in took.items()
    ]
    return table(("server", "until", "ms (min–max)", "× bare (min–max)"), rows)


def memory(targets: Sequence[Target]) -> str:
    """Resident memory after one answer, and after many whose prompts all differ."""
    rows = []
    for target in targets:
        with started(target, bodies.chat()) as (server, _):
            idle = server.rss_mb()
            taken = sample(server, bodies.chat(fresh=True), _CONNECTIONS, calls=_CALLS)
            used = server.rss_mb()
        rows.append((target.name, f"{taken.seen.calls:,}", shown(idle), shown(used), shown(used - idle), str(taken.seen.errors)))
        tell(f"memory of {target.name}")
    return table(("server", "calls", "MB after one answer", "MB after all", "grown by", "errors"), rows)


def paced(number: int, seconds: float) -> str:
    """Streams with a pause between events: how much longer they take than the pauses alone."""
    body = bodies.chat(stream=True)
    with started(servers.mockapi("--latency", f"tokens_per_second={1000 / _PACE_MS:g}"), bodies.chat()) as (server, _):
        found = rounds({streams: {server.name: case(server, body, streams)} for streams in _STREAMS}, number, seconds)
    rows = []
    for streams, group in found.items():
        for name, samples in group.items():
            longer = [stretch(one, one.seen.p50, _PACE_MS) for one in samples]
            late = [stretch(one, one.seen.p99, _PACE_MS) for one in samples]
            busy = median(samples, lambda one: one.busy[0])
            errors = sum(one.seen.errors for one in samples)
            rows.append((name, str(streams), spread(longer, 1), spread(late, 1), shown(100 * busy), str(errors)))
    head = ("server", "streams at once", "median stream longer by %", "slowest 1 % longer by %", "server busy %", "errors")
    return table(head, rows) + complaints(found.values())


def stretch(one: Sample, took: float, pace: float) -> float:
    """How much longer than its pauses, in milliseconds, a stream took, in percent; there is one pause less than there are events."""
    pauses = one.seen.events / max(1, one.seen.calls) - 1
    return 100 * (took / (pauses * pace / 1000) - 1)


def fresh_prompts(running: Sequence[Server], number: int, seconds: float) -> str:
    """The same request over and over, which mockapi remembers, against requests none of which was seen before."""
    groups = {
        form: {
            f"{server.name}, {kind}": case(server, bodies.chat(stream=form == "streamed", fresh=kind == "fresh"))
            for server in running
            for kind in ("same", "fresh")
        }
        for form in ("whole", "streamed")
    }
    found = rounds(groups, number, seconds)
    rows = []
    for form, group in found.items():
        reference = group[f"{running[0].name}, same"]
        for name, samples in group.items():
            ratios = [mine.rate / bare.rate for mine, bare in zip(samples, reference, strict=True)]
            figures = shown(median(samples, lambda one: one.seen.calls / one.seen.wall)), spread(ratios)
            cpu = median(samples, lambda one: one.cpu / max(1, one.seen.calls) * 1e6)
            rows.append((form, name, *figures, shown(cpu), str(sum(one.seen.errors for one in samples))))
    head = ("answers", "server, prompts", "answers/s", "× bare (min–max)", "CPU µs/answer", "errors")
    return table(head, rows) + complaints(found.values())


def structured(server: Server, number: int, seconds: float) -> str:
    """What a strict schema of 20 fields adds to the CPU of a request; all bodies differ."""
    schema, fresh_schema = bodies.order(), bodies.order(fresh_schema=True)
    tokens = _tokens(server, schema)
    asked = {"plain text": bodies.chat(fresh=True, tokens=tokens), "one schema": schema, "a new schema each": fresh_schema}
    found = rounds({"structured": {name: case(server, body) for name, body in asked.items()}}, number, seconds)
    group = found["structured"]
    rows = []
    for name, samples in group.items():
        pairs = list(zip(samples, group["plain text"], strict=True))
        added = spread([mine.cpu_micros - plain.cpu_micros for mine, plain in pairs], 0)
        ratio = spread([mine.cpu_micros / plain.cpu_micros for mine, plain in pairs])
        figures = str(_tokens(server, asked[name])), shown(median(samples, lambda one: one.rate))
        cpu = median(samples, lambda one: one.cpu_micros)
        rows.append((server.name, name, *figures, shown(cpu), added, ratio, str(sum(one.seen.errors for one in samples))))
    head = (
        "server",
        "asked for",
        "output tokens",
        "requests/s",
        "CPU µs/request",
        "added µs (min–max)",
        "× plain text (min–max)",
        "errors",
    )
    return table(head, rows) + complaints(found.values())


def _tokens(server: Server, body: str) -> int:
    """How many tokens the answers to a request have, in the median."""
    counts = []
    for turn in range(_PROBES):
        answer = json.loads(servers.ask(server.port, body.replace(SERIAL, f"{turn:0{len(SERIAL)}d}"), "sk-bench-probe"))
        counts.append(answer["usage"]["completion_tokens"])
    return int(statistics.median(counts))
