"""From a job to figures: one measurement, rounds of them, and the tables they make."""

from __future__ import annotations

import itertools
import json
import math
import statistics
import subprocess
import sys
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from benchmarks.load import Job, Outcome
from benchmarks.servers import ROOT, Server, on_core

_LOAD = ROOT / "benchmarks" / "load.py"
_WARM_SECONDS = 1.0
_PATIENCE_SECONDS = 60.0
_TEXT_COLUMNS = 2
_numbers = itertools.count(1)
Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True)
class Sample:
    """One measurement: what the load generator saw, and the CPU seconds of the server meanwhile."""

    seen: Outcome
    cpu: float

    @property
    def rate(self) -> float:
        """Answers a second; events a second of a stream."""
        return (self.seen.events or self.seen.calls) / self.seen.wall

    @property
    def cpu_micros(self) -> float:
        """Server CPU for each answer, or for each event of a stream."""
        return self.cpu / max(1, self.seen.events or self.seen.calls) * 1e6

    @property
    def busy(self) -> tuple[float, float]:
        """How much of their core the server and the load generator used."""
        return self.cpu / self.seen.wall, self.seen.cpu / self.seen.wall


def sample(server: Server, body: str, connections: int, *, seconds: float = 3600.0, calls: int = 10**9) -> Sample:
    """Put one load on a server."""
    job = Job(server.port, body, connections, next(_numbers), seconds, calls)
    before = server.cpu_seconds()
    command = [*on_core("load"), sys.executable, str(_LOAD)]
    told = json.dumps(asdict(job))
    program = subprocess.run(command, input=told, text=True, check=True, stdout=subprocess.PIPE, timeout=seconds + _PATIENCE_SECONDS)
    return Sample(Outcome(**json.loads(program.stdout)), server.cpu_seconds() - before)


Case = Callable[[float], Sample]
Samples = dict[str, list[Sample]]


def rounds(groups: Mapping[Group, Mapping[str, Case]], number: int, seconds: float) -> dict[Group, Samples]:
    """Measure every case once a round, the cases of a group one right after the other, another one first each time.

    What is measured in the same round is at the same place of its list, so that ratios can be taken within rounds.
    """
    found: dict[Group, Samples] = {group: {name: [] for name in cases} for group, cases in groups.items()}
    for cases in groups.values():
        for case in cases.values():
            case(_WARM_SECONDS)
    for turn in range(number):
        for group, cases in groups.items():
            names = list(cases)
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                found[group][name].append(cases[name](seconds))
        tell(f"round {turn + 1} of {number}")
    return found


def tell(what: str) -> None:
    """Progress, for who waits."""
    sys.stderr.write(f"{what}\n")
    sys.stderr.flush()


def median(samples: Iterable[Sample], figure: Callable[[Sample], float]) -> float:
    return statistics.median(figure(sample) for sample in samples)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The median of some values, and between which they lie."""
    return f"{shown(statistics.median(values), digits)} ({shown(min(values), digits)}–{shown(max(values), digits)})"


def shown(value: float, digits: int = 0) -> str:
    return "–" if math.isnan(value) else f"{value:,.{digits}f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first two are of numbers."""
    rule = ["---" if place < _TEXT_COLUMNS else "--:" for place in range(len(head))]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, rule, *rows))


def complaints(samples: Iterable[Samples]) -> str:
    """The first thing that went wrong with each server, if anything did."""
    found: dict[str, str] = {}
    for group in samples:
        for name, taken in group.items():
            for one in taken:
                if one.seen.complaint:
                    found.setdefault(name, one.seen.complaint)
    return "".join(f"\nFirst error of {name}: `{' '.join(told.split())}`\n" for name, told in found.items())
