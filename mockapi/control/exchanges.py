"""Calls of a journal as people and their tools read them: rows, and entries of an HTTP archive."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from mockapi import json
from mockapi.admission import spend
from mockapi.clock import SECOND
from mockapi.contract.types import Upload
from mockapi.errors import ApiError
from mockapi.journal import Kept, shown
from mockapi.transport import form
from mockapi.transport.call import Call

_MILLI = 1_000_000
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(eq=False, repr=False)
class Exchange:
    """A call and its answer. `number` is its place in its journal, `mark` the real microseconds from the server's start to its end.

    `project` is None for calls that came to no world.
    """

    call: Call
    number: int
    project: str | None
    mark: int

    @cached_property
    def headers(self) -> dict[str, str]:
        """The request's headers; of what is secret only the first and the last characters."""
        return {name.decode("latin-1"): shown(name, value) for name, value in self.call.headers.items()}

    @cached_property
    def request(self) -> Any:
        """The body as plain values where it is JSON or a form, else its text; None where there is none."""
        call = self.call
        if not call.body:
            return None
        if form.boundary(call.headers.get(b"content-type", b"")):
            try:
                return {name: _plain(value) for name, value in form.values(call).items()}
            except ApiError:
                return _text(call.body)
        return _value(call.body)

    @cached_property
    def kept(self) -> Kept | None:
        """What is told of an answer that is kept in another form than it was sent."""
        return self.call.reply if isinstance(self.call.reply, Kept) else None

    @property
    def request_size(self) -> int:
        return self.kept.request_size if self.kept is not None else len(self.call.body)

    @property
    def reply_size(self) -> int | None:
        return self.kept.size if self.kept is not None else len(self.call.reply.body)

    @property
    def reply_cut(self) -> bool:
        held = sum(map(len, self.kept.pieces)) if self.is_stream and self.kept is not None else len(self.call.reply.body)
        return self.reply_size != held

    @property
    def is_errand(self) -> bool:
        return self.call.reply.head is None

    @property
    def is_stream(self) -> bool:
        return self.kept is not None and self.kept.ended is not None

    @property
    def id(self) -> str:
        """The request id."""
        return self.call.id or self.reply_headers.get("x-request-id", "")

    @cached_property
    def reply_headers(self) -> dict[str, str]:
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in self.call.reply.head or ()}

    @property
    def model(self) -> str | None:
        """The model that was asked for, by the name that the client gave it."""
        if self.call.card is not None:
            return self.call.card.asked_as
        named = self.request.get("model") if isinstance(self.request, dict) else None
        return named if isinstance(named, str) else None

    @property
    def scenario(self) -> str | None:
        """The name of the scenario that it got."""
        return None if self.call.script is None else self.call.script.name

    @property
    def fault(self) -> str | None:
        """What was made to happen to it."""
        return self.call.mishap if self.call.fault is None else self.call.fault.kind

    @property
    def path(self) -> str:
        return self.call.path.encode("utf-8", "backslashreplace").decode()

    def says(self, text: str) -> bool:
        """Whether the request has a text: as it was sent, or in one of its values."""
        return text in self.call.body.decode("utf-8", "replace") or any(text in each for each in _leaves(self.request))

    def row(self) -> dict[str, Any]:
        """All that is known of it. `at` and `iso` are instants of the world's clock; `took_ms` is real time."""
        call, reply, kept = self.call, self.call.reply, self.kept
        cost = None if kept is None else kept.cost
        if cost is None and call.used is not None and call.card is not None:
            cost = spend.price(call.card, call.used, call.rate)
        caller = getattr(call, "caller", None)
        limits = (line.split(b": ", 1) for line in call.limits.split(b"\r\n")[:-1])
        return {
            "number": self.number,
            "mark": self.mark,
            "project": self.project,
            "request_id": self.id,
            "at": call.now / SECOND,
            "iso": iso(call.now),
            "method": call.method,
            "path": self.path,
            "operation": call.operation.id or None,
            "model": self.model,
            "tier": caller.tier if caller is not None else None,
            "errand": self.is_errand,
            "scenario": self.scenario,
            "fault": self.fault,
            "query": _query(call),
            "headers": self.headers,
            "request": self.request,
            "request_bytes": self.request_size,
            "request_cut": self.request_size != len(call.body),
            "status": reply.status,
            "reply_headers": self.reply_headers,
            "reply": None if self.is_stream else _value(reply.body),
            "reply_bytes": self.reply_size,
            "reply_cut": self.reply_cut,
            "stream": {"ended": kept.ended, "pieces": list(self.pieces())} if kept is not None and self.is_stream else None,
            "limits": {name.decode(): value.decode() for name, value in limits},
            "used": call.used,
            "cost": None if cost is None else cost / spend.DOLLAR,
            "took_ms": (call.done - call.began) / _MILLI,
        }

    def pieces(self) -> Iterator[Any]:
        """What left of a stream: event by event, or write by write where there are no events."""
        if self.kept is None:
            return
        if not self.reply_headers.get("content-type", "").startswith("text/event-stream"):
            yield from map(_text, self.kept.pieces)
            return
        *events, rest = b"".join(self.kept.pieces).split(b"\n\n")
        yield from (_text(event + b"\n\n") for event in events)
        if rest:
            yield _text(rest)

    def archived(self) -> dict[str, Any]:
        """An entry of a HAR 1.2 log. Times in milliseconds; what is the mock's own begins with an underscore, as HAR wants it."""
        call, reply = self.call, self.call.reply
        took = (call.done - call.began) / _MILLI
        waited = (self.kept.headed - call.began) / _MILLI if self.kept is not None and self.is_stream else took
        query = f"?{call.query_string.decode('latin-1')}" if call.query_string else ""
        content = b"".join(self.kept.pieces) if self.kept is not None and self.is_stream else reply.body
        text, size = _text(content), self.reply_size
        held: dict[str, Any] = {"size": len(content) if size is None else size}
        held["mimeType"] = self.reply_headers.get("content-type", "application/json")
        held |= {"text": text} if isinstance(text, str) else {"text": text["base64"], "encoding": "base64"}
        if self.reply_cut:
            held["comment"] = f"cut at {len(content)} bytes"
        asked: dict[str, Any] = {
            "method": call.method,
            "url": f"http://{self.headers.get('host', 'localhost')}{self.path}{query}",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(self.headers.items()),
            "queryString": _pairs(parse_qsl(query[1:], keep_blank_values=True)),
            "headersSize": -1,
            "bodySize": self.request_size,
        }
        if call.body:
            asked["postData"] = self._posted()
        return {
            "startedDateTime": iso(call.now),
            "time": took,
            "request": asked,
            "response": {
                "status": reply.status,
                "statusText": _PHRASES.get(reply.status, ""),
                "httpVersion": "HTTP/1.1",
                "cookies": [],
                "headers": _pairs(self.reply_headers.items()),
                "content": held,
                "redirectURL": "",
                "headersSize": -1,
                "bodySize": held["size"],
            },
            "cache": {},
            "timings": {"send": 0, "wait": waited, "receive": took - waited},
            "_number": self.number,
            "_project": self.project,
            "_operation": call.operation.id or None,
            "_errand": self.is_errand,
        }

    def _posted(self) -> dict[str, Any]:
        kind = self.headers.get("content-type", "")
        posted: dict[str, Any] = {"mimeType": kind}
        if isinstance(self.request, dict) and kind.lower().startswith("multipart/form-data"):
            params: list[dict[str, Any]] = []
            for name, value in self.request.items():
                for each in value if isinstance(value, list) else [value]:
                    if isinstance(each, dict) and "filename" in each:
                        params.append({"name": name, "fileName": each["filename"], "contentType": each["content_type"]})
                    else:
                        params.append({"name": name, "value": each if isinstance(each, str) else json.write(each).decode()})
            return {**posted, "params": params}
        posted["text"] = self.call.body.decode("utf-8", "replace")
        if self.request_size != len(self.call.body):
            posted["comment"] = f"cut at {len(self.call.body)} bytes"
        return posted


def iso(micros: int) -> str:
    """An instant in ISO 8601."""
    return (_EPOCH + timedelta(microseconds=micros)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]


def _query(call: Call) -> dict[str, Any]:
    """The query's values; of a name that was given more than once a list."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(call.query_string.decode("latin-1"), keep_blank_values=True):
        before = found.get(name)
        found[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    return found


def _value(content: bytes) -> Any:
    """JSON as a value, any other text as it is, bytes as base64; None for nothing."""
    if not content:
        return None
    try:
        return json.read(content)
    except ValueError:
        return _text(content)


def _text(content: bytes) -> Any:
    """A text, which may be cut within a character, or else the bytes as base64."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _plain(value: Any) -> Any:
    """A value of a form; of a file its name, type and size."""
    if isinstance(value, Upload):
        return {"filename": value.filename, "content_type": value.content_type, "bytes": len(value.content)}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return {name: _plain(each) for name, each in value.items()} if isinstance(value, dict) else value


def _leaves(value: Any) -> Iterator[str]:
    left = [value]
    while left:
        found = left.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, Mapping):
            left.extend(found.values())
        elif isinstance(found, list):
            left.extend(found)
