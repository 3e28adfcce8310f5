"""When a call is one that was recorded: requests as values, and where two of them differ.

JSON is compared as values, so that spaces and the order of keys do not matter; forms without what separates their parts; a redacted text
is equal to any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl

from mockapi import json
from mockapi.errors import ApiError
from mockapi.tape import coding
from mockapi.tape.exchange import Request, header
from mockapi.tape.redact import MARK
from mockapi.transport import form

_SHOWN = 60


@dataclass(frozen=True)
class Question:
    """A request as far as it decides what the answer is: method, path (without `/v1`), query and body as values."""

    method: str
    path: str
    query: dict[str, Any]
    body: Any

    def key(self) -> bytes:
        """The same for all requests that are equal as values."""
        return _canonical([self.method, self.path, self.query, self.body])


@dataclass(frozen=True)
class Difference:
    """Where a call departs from what was recorded; `where` is a path like `body.messages[0].content`."""

    where: str
    recorded: str
    asked: str

    def __str__(self) -> str:
        return f"{self.where} (recorded {self.recorded}, asked {self.asked})"


def question(request: Request) -> Question:
    """What a request asks."""
    path = request.path
    if path.startswith("/v1/"):
        path = path[3:]
    return Question(request.method, path, _pairs(request.query), _body(request))


def differences(recorded: Question, asked: Question) -> Iterator[Difference]:
    """Where a call differs from a recorded one; nothing if they are the same."""
    if recorded.method != asked.method:
        yield Difference("method", recorded.method, asked.method)
    if recorded.path != asked.path:
        yield Difference("path", recorded.path, asked.path)
    yield from _differences(recorded.query, asked.query, "query")
    yield from _differences(recorded.body, asked.body, "body")


def _differences(recorded: Any, asked: Any, where: str) -> Iterator[Difference]:
    if isinstance(recorded, dict) and isinstance(asked, dict):
        for name in [*recorded, *(name for name in asked if name not in recorded)]:
            place = f"{where}.{name}" if where else str(name)
            if name not in asked:
                yield Difference(place, _shown(recorded[name]), "nothing")
            elif name not in recorded:
                yield Difference(place, "nothing", _shown(asked[name]))
            else:
                yield from _differences(recorded[name], asked[name], place)
    elif isinstance(recorded, list) and isinstance(asked, list):
        for number in range(max(len(recorded), len(asked))):
            place = f"{where}[{number}]"
            if number >= len(asked):
                yield Difference(place, _shown(recorded[number]), "nothing")
            elif number >= len(recorded):
                yield Difference(place, "nothing", _shown(asked[number]))
            else:
                yield from _differences(recorded[number], asked[number], place)
    elif not _same(recorded, asked):
        yield Difference(where, _shown(recorded), _shown(asked))


def _same(recorded: Any, asked: Any) -> bool:
    if isinstance(recorded, str) and MARK in recorded:
        if recorded == MARK:
            return True
        pattern = ".*".join(map(re.escape, recorded.split(MARK)))
        return isinstance(asked, str) and re.fullmatch(pattern, asked, re.DOTALL) is not None
    # True and 1 are equal in Python and two things in JSON; 1 and 1.0 are one.
    return isinstance(recorded, bool) == isinstance(asked, bool) and bool(recorded == asked)


def _shown(value: Any) -> str:
    text = json.write(value).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _canonical(value: Any) -> bytes:
    if isinstance(value, dict):
        return b"{%b}" % b",".join(b"%b:%b" % (_canonical(name), _canonical(value[name])) for name in sorted(value))
    if isinstance(value, list):
        return b"[%b]" % b",".join(map(_canonical, value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.write_line(value)[:-1]


def _body(request: Request) -> Any:
    """A body as a value: of JSON what it says, of a form its members, of text its text, of other bytes their digest."""
    packed = header(request.headers, "content-encoding")
    content = coding.decoded(request.body, packed)
    if content is None:
        return _binary(request.body)
    kind = header(request.headers, "content-type")
    if not content:
        return ""
    separator = form.boundary(kind.encode("latin-1"))
    if separator:
        try:
            return [_part(name, value) for name, value in form.parts(content, separator)]
        except ApiError:
            return _content(content.replace(separator, b""))
    if kind.lower().startswith("application/x-www-form-urlencoded"):
        return _pairs(content.decode("latin-1"))
    try:
        return json.read(content)
    except ValueError:
        return _content(content)


def _part(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"name": name, "value": value}
    return {"name": name, "filename": value.filename, "content_type": value.content_type, "content": _content(value.content)}


def _content(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _binary(content)


def _binary(content: bytes) -> str:
    return f"{len(content)} bytes, blake2b {blake2b(content, digest_size=16).hexdigest()}"


def _pairs(query: str) -> dict[str, Any]:
    """Parameters by name, each with its value or its values."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
