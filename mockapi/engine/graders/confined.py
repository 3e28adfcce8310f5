"""The program that a Python grader runs in: a process of its own, with nothing of ours in it.

It reads the source, the sample, the item and a seed as JSON from its input and writes the reward, or what went wrong, as JSON to its
output. The grader may import what is installed; it may open no other file, reach no network, and start nothing. This holds back mistakes
and casual mischief, not somebody who sets out to break an interpreter from within.
"""

import contextlib
import importlib
import io
import json
import math
import os
import sys
import traceback
from collections.abc import Mapping
from types import CodeType
from typing import Any

# Kinds of events that are refused (PEP 578), and those among them that importing needs.
_REFUSED = frozenset((
    "ctypes", "fcntl", "glob", "mmap", "os", "pathlib", "pty", "resource", "shutil", "signal", "socket", "sqlite3", "subprocess", "syslog",
    "tempfile",
))  # fmt: skip
_LISTING = frozenset(("os.listdir", "os.scandir"))
_HARMLESS = frozenset(("os.putenv", "os.unsetenv"))
_SHORTENED = 2000


def run(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Execute a grader's source and call its `grade`. Returns `reward`, or `error`: the exception, its text and its line."""
    _seed(asked["seed"])
    made: dict[str, Any] = {"__name__": "grader", "__builtins__": __builtins__}
    try:
        code = _compiled(asked["source"])
        _confine(asked["memory"], asked["seconds"])
        exec(code, made)
        if "grade" not in made:
            raise NameError("name 'grade' is not defined")
        return {"reward": _number(made["grade"](asked["sample"], asked["item"]))}
    except BaseException as error:
        return {"error": _told(error)}


def _seed(number: int) -> None:
    """Have all chance follow from a number, also that of what asks the system for it."""
    random = importlib.import_module("random")
    random.seed(number)
    os.urandom = random.Random(number).randbytes
    vars(random)["_urandom"] = os.urandom


def _compiled(source: str) -> CodeType:
    try:
        return compile(source, "grader", "exec", dont_inherit=True)
    except (ValueError, MemoryError, RecursionError):
        raise SyntaxError("source cannot be parsed") from None


def _number(reward: Any) -> float:
    if isinstance(reward, (str, bytes, bytearray)) or not hasattr(reward, "__float__"):
        raise TypeError(f"grade() must return a number, not {type(reward).__name__}")
    found = float(reward)
    if not math.isfinite(found):
        raise ValueError("grade() must return a finite number")
    return found


def _told(error: BaseException) -> str:
    """An exception as a person wants to read it, with the line of the grader that raised it."""
    if isinstance(error, SyntaxError):
        return f"SyntaxError: {error.msg} (line {error.lineno or 1})"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "grader"]
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"{text[:_SHORTENED]} (line {lines[-1]})" if lines else text[:_SHORTENED]


def _confine(memory: int, seconds: int) -> None:
    """Give up what a grader has no use for, for good."""
    import resource

    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (most, most))
    # Of all that starts a process it alone tells nobody.
    vars(importlib.import_module("_posixsubprocess"))["fork_exec"] = _refuse
    libraries = tuple({os.path.realpath(place) + os.sep for place in (*sys.path, sys.prefix, sys.base_prefix) if place})

    def within(place: Any) -> bool:
        return isinstance(place, (str, bytes)) and os.path.realpath(os.fsdecode(place)).startswith(libraries)

    def look(event: str, details: tuple[Any, ...]) -> None:
        if event == "open":
            # Descriptors that are open already may be wrapped.
            path, mode, flags = details
            if isinstance(path, int) or (within(path) and not set(mode or "") & set("wax+") and not flags & (os.O_WRONLY | os.O_RDWR)):
                return
        elif event == "ctypes.dlopen" and details[0] is None:
            # This is how importing it begins.
            return
        elif event.partition(".")[0] not in _REFUSED or event in _HARMLESS or (event in _LISTING and within(details[0])):
            return
        raise PermissionError(f"a grader may not use {event}")

    sys.addaudithook(look)


def _refuse(*_: Any) -> None:
    raise PermissionError("a grader may not use subprocess.Popen")


def main() -> None:
    # Beside this program lies nothing that a grader may import.
    del sys.path[0]
    asked = json.load(sys.stdin)
    out = os.dup(1)
    # What a grader prints is for nobody.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        told = run(asked)
    os.write(out, json.dumps(told).encode())
    os._exit(0)


if __name__ == "__main__":
    main()
