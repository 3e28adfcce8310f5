"""Python graders: their source runs in a process of its own, within limits of time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

# doc: the guide's limits on a Python grader, by memory: 2 minutes, 2 GB, 256 kB of source, no network
_SECONDS, _MEMORY, LONGEST_SOURCE = 120, 2 * 1024**3, 256 * 1024
_MOST_TOLD = 64 * 1024
_PROGRAM = str(Path(__file__).with_name("confined.py"))
# Chance and order are the same in every process; threads of numerical libraries would only ask for memory.
_ENVIRONMENT = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class Graded(NamedTuple):
    """What a source came to: the reward, or the exception that it ended in."""

    reward: float
    error: str | None


def execute(source: str, sample: dict[str, Any], item: dict[str, Any], seed: int, seconds: int = _SECONDS) -> Graded:
    """Call the `grade(sample, item)` of a source. Takes as long as it takes, up to some `seconds`."""
    if len(source) > LONGEST_SOURCE:
        return Graded(0.0, f"ValueError: source is longer than {LONGEST_SOURCE} characters")
    asked = {"source": source, "sample": sample, "item": item, "seed": seed, "memory": _MEMORY, "seconds": seconds}
    with tempfile.TemporaryFile() as told:
        try:
            ended = subprocess.run(
                [sys.executable, "-s", "-B", _PROGRAM], input=json.dumps(asked).encode(), stdout=told, stderr=subprocess.DEVNULL,
                timeout=seconds, env=_ENVIRONMENT, cwd=tempfile.gettempdir(), start_new_session=True, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Graded(0.0, f"TimeoutError: grade() took longer than {seconds} seconds")
        told.seek(0)
        answer = _read(told.read(_MOST_TOLD))
    if answer is None:
        # The processor's time ran out, memory that is no Python object's, or the grader ended the process.
        return Graded(0.0, f"RuntimeError: the grader's process ended with {ended.returncode} and no reward")
    return Graded(answer.get("reward", 0.0), answer.get("error"))


def _read(told: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(told)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and isinstance(answer.get("reward", 0.0), (int, float)) else None
