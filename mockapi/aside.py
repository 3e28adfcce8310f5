"""Work that takes long enough to be felt by others, done beside the event loop, and in parts between which they get their turn.

Only what is pure may be done aside: it runs in a thread while the loop goes on. Threads change places between Python's steps alone, so a
single call into C that takes long (a large JSON text written at once) holds up all as before; `rows`, `written` and `add` make many of one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import chain
from typing import Any, TypeVar

from mockapi import json

_T = TypeVar("_T")
# How deep the lists and objects of a line of a results file are taken apart: line, response, body, list, item.
_DEPTH = 4
_MIB = 1024 * 1024
# Threads take turns with the loop for the one interpreter: more would not be faster, and the loop would wait for each.
_threads = ThreadPoolExecutor(2, "aside")
# Threads that wait for something outside the interpreter cost nobody a turn.
_waiting = ThreadPoolExecutor(8, "waiting")


async def aside(large: bool, work: Callable[[], _T]) -> _T:
    """What some work comes to. What is `large` is done in a thread, so that others get their turn meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(_threads, work) if large else work()


async def waited(slow: bool, work: Callable[[], _T]) -> _T:
    """What some work comes to that is `slow` for waiting on something outside."""
    return await asyncio.get_running_loop().run_in_executor(_waiting, work) if slow else work()


async def begun(large: bool, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces of a stream, the first of which may be made aside: all that is said is worked out for it."""
    if not large:
        return pieces
    first = await aside(large, lambda: next(pieces, b""))
    return chain((first,), pieces)


def rows(made: dict[str, Any], name: str, items: Iterable[Any], layout: json.Layout) -> bytes:
    """An object as `json.write` lays it out, with `items` in the list `name`, each written by itself."""
    head, _, tail = json.write({**made, name: []}, layout).partition(
        b'"%b":[]' % name.encode() if layout == "compact" else b'"%b": []' % name.encode()
    )
    if layout == "compact":
        parts = [head, b'"%b":[' % name.encode()]
        for item in items:
            parts += (json.write(item), b",")
    else:
        parts = [head, b'"%b": [\n    ' % name.encode()]
        inner: json.Layout = "pretty+ascii" if layout == "pretty+ascii" else "pretty"
        for item in items:
            # There are no line ends but those between the parts of an item.
            parts += (json.write(item, inner).replace(b"\n", b"\n    "), b",\n    ")
    parts[-1] = b"]" if layout == "compact" else b"\n  ]"
    return b"".join([*parts, tail])


def written(value: object) -> bytes:
    """As `json.write_line`, but in parts."""
    return b"".join([*_parts(value, _DEPTH), b"\n"])


def add(into: BytesIO, content: bytes) -> None:
    """Write a content behind others, in parts."""
    view = memoryview(content)
    for at in range(0, len(view), _MIB):
        into.write(view[at : at + _MIB])


def _parts(value: object, depth: int) -> Iterator[bytes]:
    if not depth or not value or not isinstance(value, (dict, list)):
        yield json.write_line(value)[:-1]
        return
    lead = b"{" if isinstance(value, dict) else b"["
    for key in value:
        yield lead
        if isinstance(value, dict):
            yield json.write_line(key)[:-1] + b": "
            yield from _parts(value[key], depth - 1)
        else:
            yield from _parts(key, depth - 1)
        lead = b", "
    yield b"}" if isinstance(value, dict) else b"]"
