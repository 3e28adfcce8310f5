"""One exchange and its line on a tape: a request, what was answered, and when each piece of it came.

A body is text where it is UTF-8 and base64 where it is not. Bodies stand decoded: no transfer or content coding is left on them.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from mockapi import json

VERSION = 1
Headers = tuple[tuple[str, str], ...]
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


class NotAnExchange(ValueError):
    """A line of a tape that cannot be used; its text says what is wrong with it."""


@dataclass(frozen=True)
class Request:
    """What was asked. `path` is as the client wrote it, with its percent signs; `query` has no question mark."""

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    """What was answered. A stream has pieces with the moment of each, in milliseconds since the request was passed on."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    chunks: tuple[tuple[float, bytes], ...] | None = None

    def content(self) -> bytes:
        return self.body if self.chunks is None else b"".join(piece for _, piece in self.chunks)


@dataclass(frozen=True)
class Timing:
    """When the request was passed on (ISO date-time), and after how many milliseconds the head came and the answer ended."""

    started: str = ""
    head_ms: float = 0
    total_ms: float = 0


@dataclass(frozen=True)
class Exchange:
    """A request and its answer. `place` is where it was read: file and line."""

    request: Request
    response: Response
    timing: Timing = field(default_factory=Timing)
    place: str = field(default="", compare=False)


def header(headers: Headers, name: str) -> str:
    """The value of a header, given in small letters; empty if there is none."""
    return next((value for key, value in headers if key.lower() == name), "")


def write(exchange: Exchange) -> bytes:
    """The line of an exchange, with its end."""
    request, response, timing = exchange.request, exchange.response, exchange.timing
    answered: dict[str, Any] = {"status": response.status, "headers": _grouped(response.headers)}
    if response.chunks is None:
        answered |= _written("body", response.body)
    else:
        answered["chunks"] = [[ms, _piece(piece)] for ms, piece in response.chunks]
    line = {
        "version": VERSION,
        "request": {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": _grouped(request.headers),
            **_written("body", request.body),
        },
        "response": answered,
        "timing": {"started": timing.started, "head_ms": timing.head_ms, "total_ms": timing.total_ms},
    }
    return json.write(line) + b"\n"


def read(line: bytes, place: str = "") -> Exchange:
    """The exchange of a line. Raises NotAnExchange with what is wrong."""
    try:
        value = json.read(line)
    except ValueError as error:
        raise NotAnExchange(f"not JSON: {error}") from None
    whole = _Members(value, "")
    if whole.get("version", int) != VERSION:
        raise NotAnExchange(f"version: {VERSION} is expected")
    asked, answered = _Members(whole.get("request", dict), "request."), _Members(whole.get("response", dict), "response.")
    timing = _Members(whole.get("timing", dict, {}), "timing.")
    status = answered.get("status", int)
    if not 200 <= status <= 599:
        raise NotAnExchange(f"response.status: {status} is no status of an answer")
    chunks = answered.get("chunks", list, []) if "chunks" in answered.value else None
    return Exchange(
        Request(
            asked.get("method", str).upper(),
            asked.get("path", str),
            asked.get("query", str, ""),
            _flat(asked.get("headers", dict, {}), "request.headers"),
            _bytes(asked),
        ),
        Response(
            status,
            _flat(answered.get("headers", dict, {}), "response.headers"),
            _bytes(answered),
            None if chunks is None else tuple(_timed(chunk, number) for number, chunk in enumerate(chunks)),
        ),
        Timing(timing.get("started", str, ""), timing.get("head_ms", float, 0), timing.get("total_ms", float, 0)),
        place,
    )


def checked(exchange: Exchange) -> Exchange:
    """An exchange that a tape can hold. Raises NotAnExchange for any other."""
    return replace(read(write(exchange)[:-1]), place=exchange.place)


class _Members:
    """An object of a line, whose members have types."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise NotAnExchange("not a JSON object")
        self.value = value
        self._where = where

    def get(self, name: str, kind: type, default: Any = None) -> Any:
        found = self.value.get(name, default)
        good = isinstance(found, (int, float) if kind is float else kind) and not isinstance(found, bool)
        # The only fractions are milliseconds.
        if not good or (kind is float and found < 0):
            words = {str: "a text", int: "a whole number", float: "a number of milliseconds", dict: "an object", list: "a list"}
            raise NotAnExchange(f"{self._where}{name}: {words[kind]} is expected")
        return found

    def base64(self, name: str) -> bytes:
        text = self.get(name, str)
        try:
            return b64decode(text, validate=True)
        except ValueError:
            raise NotAnExchange(f"{self._where}{name}: base64 is expected") from None


def _bytes(members: _Members) -> bytes:
    if "body_base64" in members.value:
        return members.base64("body_base64")
    text: str = members.get("body", str, "")
    return text.encode()


def _timed(chunk: Any, number: int) -> tuple[float, bytes]:
    where = f"response.chunks[{number}]"
    if not isinstance(chunk, list) or len(chunk) != 2:
        raise NotAnExchange(f"{where}: [milliseconds, text] is expected")
    ms = _Members({"0": chunk[0]}, f"{where}.").get("0", float)
    if isinstance(chunk[1], dict):
        return ms, _Members(chunk[1], f"{where}[1].").base64("base64")
    text: str = _Members({"1": chunk[1]}, f"{where}.").get("1", str)
    return ms, text.encode()


def _written(name: str, body: bytes) -> dict[str, str]:
    try:
        return {name: body.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": b64encode(body).decode()}


def _piece(piece: bytes) -> str | dict[str, str]:
    try:
        return piece.decode()
    except UnicodeDecodeError:
        # Where a chunk ends is where the network cut it, which may be inside of a character.
        return {"base64": b64encode(piece).decode()}


def _grouped(headers: Headers) -> dict[str, str | list[str]]:
    """Headers by name in small letters; one that is there more than once has a list."""
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(value)
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


def _flat(grouped: dict[str, Any], where: str) -> Headers:
    pairs: list[tuple[str, str]] = []
    for name, found in grouped.items():
        values: Iterable[Any] = found if isinstance(found, list) else [found]
        for value in values:
            if not isinstance(value, str) or not _VALUE.fullmatch(value) or not _NAME.fullmatch(name):
                raise NotAnExchange(f"{where}: '{name}' is no header")
            pairs.append((name.lower(), value))
    return tuple(pairs)
