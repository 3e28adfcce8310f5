"""How the cost of a call grows: with its prompt, its answer, its schema, what is stored, the streams at once, and the store."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks import bodies, servers
from benchmarks.load import SERIAL
from benchmarks.measure import Sample, complaints, median, rounds, shown, spread, table, tell
from benchmarks.sections import case, stretch
from benchmarks.servers import Server, Target, started

_PROMPTS = (100, 1_000, 10_000, 100_000)
_ANSWERS = (16, 64, 256, 1024)
_FIELDS = (5, 20, 80)
_STORED = (100, 10_000, 100_000)
_LISTS = 400
_HELD = (500, 1_000, 2_000)
_HELD_PER_SECOND = 20
_KEY = {"Authorization": "Bearer sk-mock-tierunlimited-stored"}


def asked(server: Server, number: int, seconds: float) -> str:
    """CPU per answer by the length of a prompt never seen before, of an answer, and of a schema never seen before."""
    groups = {
        "characters of a fresh prompt": {f"{size:,}": bodies.chat(tokens=16, **_said(size)) for size in _PROMPTS},
        "tokens of an answer, streamed": {f"{size:,}": bodies.chat(stream=True, tokens=size) for size in _ANSWERS},
        "fields of a fresh schema": {f"{size:,}": _schema(size) for size in _FIELDS},
    }
    found = rounds({what: {name: case(server, body) for name, body in by.items()} for what, by in groups.items()}, number, seconds)
    rows = []
    for what, group in found.items():
        least = next(iter(group.values()))
        for name, samples in group.items():
            each = median(samples, _each)
            ratios = [_each(one) / _each(first) for one, first in zip(samples, least, strict=True)]
            rows.append((what, name, shown(each), spread(ratios), str(sum(one.seen.errors for one in samples))))
    return table(("what grows", "how much of it", "CPU µs/answer", "× the least (min–max)", "errors"), rows) + complaints(found.values())


def _each(one: Sample) -> float:
    return one.cpu / max(1, one.seen.calls) * 1e6


def _said(size: int) -> dict[str, Any]:
    words = f"Note {SERIAL}. " + "The crew moves the boats before the storm. " * (size // 43)
    return {"messages": [{"role": "user", "content": words[:size]}]}


def _schema(size: int) -> str:
    fields = {f"field_{number}": {"type": "string"} for number in range(size)}
    schema = {"type": "object", "description": SERIAL, "properties": fields, "required": list(fields), "additionalProperties": False}
    form = {"type": "json_schema", "json_schema": {"name": "made", "strict": True, "schema": schema}}
    return bodies.chat(fresh=True, tokens=4000, response_format=form)


def lists(targets: Sequence[Target]) -> str:
    """A list of 100 stored completions out of many against one out of 100."""
    rows = []
    for target in targets:
        with started(target, bodies.chat()) as (server, _):
            stored, least = 0, 0.0
            for wanted in _STORED:
                _store(server, wanted - stored)
                stored, each = wanted, _listed(server)
                least = least or each
                rows.append((target.name, f"{stored:,}", shown(each), f"{each / least:.2f}"))
                tell(f"lists of {target.name}, {stored:,} stored")
    return table(("store", "stored", "CPU µs/list of 100", "× out of 100"), rows)


def _store(server: Server, number: int) -> None:
    connection, body = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60), bodies.chat(tokens=1, store=True)
    for _ in range(number):
        connection.request("POST", "/v1/chat/completions", body, {**_KEY, "Content-Type": "application/json"})
        connection.getresponse().read()
    connection.close()


def _listed(server: Server) -> float:
    """The CPU of a list, in microseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    # What a thread used that has ended since is counted no more: those of the start are to be gone.
    time.sleep(1)
    before = server.cpu_seconds()
    for _ in range(_LISTS):
        connection.request("GET", "/v1/chat/completions?limit=100", headers=_KEY)
        answer = json.loads(connection.getresponse().read())
        assert len(answer["data"]) == min(100, _STORED[0])
    used = server.cpu_seconds() - before
    connection.close()
    return used / _LISTS * 1e6


def held(number: int, seconds: float) -> str:
    """Many streams at once on one core, each of 20 tokens a second: how much longer they take than their pauses."""
    body = bodies.chat(stream=True)
    with started(servers.mockapi("--latency", f"tokens_per_second={_HELD_PER_SECOND}"), bodies.chat()) as (server, _):
        found = rounds({streams: {server.name: case(server, body, streams)} for streams in _HELD}, number, seconds)
    rows = []
    for streams, group in found.items():
        for name, samples in group.items():
            longer = [stretch(one, one.seen.p50, 1000 / _HELD_PER_SECOND) for one in samples]
            late = [stretch(one, one.seen.p99, 1000 / _HELD_PER_SECOND) for one in samples]
            errors = str(sum(one.seen.errors for one in samples))
            rows.append(
                (name, f"{streams:,}", spread(longer, 1), spread(late, 1), shown(100 * median(samples, lambda one: one.busy[0])), errors)
            )
    head = ("server", "streams at once", "median stream longer by %", "slowest 1 % longer by %", "server busy %", "errors")
    return table(head, rows) + complaints(found.values())


def stores(number: int, seconds: float) -> str:
    """A chat on every store, and on two processes that share one; their CPU is that of both, on one core."""
    with tempfile.TemporaryDirectory() as folder, _redis(folder) as redis, ExitStack() as stack:
        told = {"memory": (), "sqlite": ("--store", f"sqlite:{folder}/one.db")}
        told["sqlite, 2 workers"] = ("--store", f"sqlite:{folder}/two.db", "--workers", "2")
        if redis:
            told |= {"redis": ("--store", f"{redis}?db=1"), "redis, 2 workers": ("--store", f"{redis}?db=2", "--workers", "2")}
        targets = [Target(name, servers.mockapi(*flags).command) for name, flags in told.items()]
        running = [stack.enter_context(started(target, bodies.chat()))[0] for target in (servers.bare(), *targets)]
        (samples,) = rounds({"stores": {server.name: case(server, bodies.chat()) for server in running}}, number, seconds).values()
    rows = []
    for name, mine in samples.items():
        one = samples[name.removesuffix(", 2 workers")]
        ratios = [each.rate / bare.rate for each, bare in zip(mine, samples["bare"], strict=True)]
        workers = spread([two.cpu_micros / alone.cpu_micros for two, alone in zip(mine, one, strict=True)]) if one is not mine else ""
        memory = spread([each.cpu_micros / least.cpu_micros for each, least in zip(mine, samples["memory"], strict=True)])
        errors = str(sum(each.seen.errors for each in mine))
        figures = shown(median(mine, lambda each: each.rate)), spread(ratios), shown(median(mine, lambda each: each.cpu_micros), 1)
        rows.append((name, *figures, memory, workers, errors))
    head = ("store", "requests/s", "× bare (min–max)", "CPU µs/request", "CPU × memory", "CPU of 2 workers × 1", "errors")
    return table(head, rows) + complaints([samples])


@contextmanager
def _redis(folder: str) -> Iterator[str]:
    """The URL of a Redis of our own; empty where none is installed. It runs on the core of the load, and is not counted."""
    if shutil.which("redis-server") is None:
        yield ""
        return
    command = ["redis-server", "--port", "0", "--unixsocket", f"{folder}/redis", "--save", "", "--dir", folder]
    process = subprocess.Popen([*servers.on_core("load"), *command], stdout=subprocess.DEVNULL)
    while not Path(f"{folder}/redis").exists():
        time.sleep(0.01)
    try:
        yield f"unix://{folder}/redis"
    finally:
        process.terminate()
        process.wait()
