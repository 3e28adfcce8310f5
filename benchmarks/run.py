"""Measures mockapi beside a bare ASGI app, and beside other mocks with `--peers`; writes Markdown to stdout."""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import bodies, growth, peers, sections, servers
from benchmarks.measure import Sample, Samples, complaints, median, rounds, shown, spread, table, tell
from benchmarks.servers import Server, Target, started
from mockapi import __version__

_SECTIONS = ("chat", "cold", "memory", "paced", "fresh", "structured", "growth", "lists", "held", "stores")


def main() -> None:
    options = _options()
    wanted = options.sections.split(",")
    with tempfile.TemporaryDirectory() as folder:
        targets = [servers.bare(), servers.mockapi()]
        if options.peers:
            tell("installing the peers")
            targets += peers.install(Path(folder))
        _write(_versions(targets, options.rounds, options.seconds))
        if "chat" in wanted:
            with _all_started(targets) as running:
                _write(_chat(running, [int(number) for number in options.connections.split(",")], options.rounds, options.seconds))
        if "cold" in wanted:
            _write("## Cold start\n\n" + sections.cold_start(targets, options.rounds))
        if "memory" in wanted:
            _write("## Memory\n\n" + sections.memory(targets))
        if "fresh" in wanted:
            with _all_started(targets) as running:
                _write("## The same prompt and fresh prompts\n\n" + sections.fresh_prompts(running, options.rounds, options.seconds))
    if "paced" in wanted:
        _write("## Paced streams\n\n" + sections.paced(options.rounds, options.seconds))
    if "structured" in wanted:
        with _all_started(targets[1:2]) as running:
            _write("## Structured output\n\n" + sections.structured(running[0], options.rounds, options.seconds))
    if "growth" in wanted:
        with _all_started(targets[1:2]) as running:
            _write("## Longer prompts, answers and schemas\n\n" + growth.asked(running[0], options.rounds, options.seconds))
    if "lists" in wanted:
        _write("## Lists\n\n" + growth.lists(targets[1:2]))
    if "held" in wanted:
        _write("## Many paced streams\n\n" + growth.held(options.rounds, max(8.0, options.seconds)))
    if "stores" in wanted:
        _write("## Stores and workers\n\n" + growth.stores(options.rounds, options.seconds))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of one measurement")
    parser.add_argument("--connections", default="1,16,64", help="connections of the chat section")
    parser.add_argument("--peers", action="store_true", help="install two other mocks into a temporary folder and measure them too")
    parser.add_argument("--sections", default=",".join(_SECTIONS), help="what to measure")
    return parser.parse_args()


@contextmanager
def _all_started(targets: Sequence[Target]) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        yield [stack.enter_context(started(target, bodies.chat()))[0] for target in targets]


def _versions(targets: Sequence[Target], number: int, seconds: float) -> str:
    told = [f"mockapi {__version__}", f"Python {platform.python_version()}"]
    for package in ("uvicorn", "uvloop", "httptools", "starlette", "pydantic"):
        try:
            told.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            told.append(f"no {package}")
    told += [f"{target.name} {target.version}" for target in targets if target.version]
    cores = "a core for the servers and one for the load" if servers.on_core("server") else "servers and load on the same cores"
    return f"{', '.join(told)}; {platform.system()} on {platform.machine()}, {cores}; {number} rounds of {seconds:g} s.\n"


def _chat(running: Sequence[Server], connections: Sequence[int], number: int, seconds: float) -> str:
    forms = {"whole": bodies.chat(), "streamed": bodies.chat(stream=True)}
    groups = {
        (form, clients): {server.name: sections.case(server, body, clients) for server in running}
        for form, body in forms.items()
        for clients in connections
    }
    found = rounds(groups, number, seconds)
    whole = [
        _whole_row(clients, name, group, running[0].name) for (form, clients), group in found.items() if form == "whole" for name in group
    ]
    streamed = [
        _stream_row(clients, name, group, running[0].name)
        for (form, clients), group in found.items()
        if form == "streamed"
        for name in group
    ]
    return (
        "## Chat, whole answers\n\n"
        + table(("server", "connections", "requests/s", "× bare (min–max)", "p50 ms", "p99 ms", "CPU µs/request", *_LAST), whole)
        + "\n## Chat, streamed\n\n"
        + table(
            ("server", "connections", "events/s", "× bare (min–max)", "first event p50 ms", "first event p99 ms", "CPU µs/event", *_LAST),
            streamed,
        )
        + complaints(found.values())
    )


_LAST = ("busy % server / load", "errors")


def _whole_row(clients: int, name: str, group: Samples, reference: str) -> list[str]:
    p50, p99 = (median(group[name], lambda one: one.seen.p50), median(group[name], lambda one: one.seen.p99))
    return _row(clients, name, group, reference, p50, p99)


def _stream_row(clients: int, name: str, group: Samples, reference: str) -> list[str]:
    p50, p99 = (median(group[name], lambda one: one.seen.first_p50), median(group[name], lambda one: one.seen.first_p99))
    return _row(clients, name, group, reference, p50, p99)


def _row(clients: int, name: str, group: Samples, reference: str, p50: float, p99: float) -> list[str]:
    samples = group[name]
    ratios = [mine.rate / bare.rate for mine, bare in zip(samples, group[reference], strict=True)]
    return [
        name,
        str(clients),
        shown(median(samples, lambda one: one.rate)),
        spread(ratios),
        shown(1000 * p50, 2),
        shown(1000 * p99, 2),
        shown(median(samples, lambda one: one.cpu_micros), 1),
        _busy(samples),
        str(sum(one.seen.errors for one in samples)),
    ]


def _busy(samples: Sequence[Sample]) -> str:
    return f"{shown(100 * median(samples, lambda one: one.busy[0]))} / {shown(100 * median(samples, lambda one: one.busy[1]))}"


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
