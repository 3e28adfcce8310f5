"""What goes on the wire: a status, headers, and a body that is bytes or a stream of events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import overload

from mockapi import json
from mockapi.errors import ApiError

Headers = Iterable[tuple[bytes, bytes]]

JSON = b"application/json"
EDGE_JSON = b"application/json; charset=utf-8"
EVENT_STREAM = b"text/event-stream; charset=utf-8"


def lines(headers: Headers) -> bytes:
    """Headers as they stand on the wire."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


class Head(Sequence[tuple[bytes, bytes]]):
    """The headers of a reply, written out already: `text` is their lines, `length` that of the body where it is known.

    For whoever is no socket they are pairs, as ASGI has them.
    """

    __slots__ = ("length", "text")

    def __init__(self, text: bytes, length: int | None = None) -> None:
        self.text = text
        self.length = length

    def _pairs(self) -> list[tuple[bytes, bytes]]:
        split = [line.partition(b": ") for line in self.text.split(b"\r\n")[:-1]]
        return [(name, value) for name, _, value in split]

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        return iter(self._pairs())

    def __len__(self) -> int:
        return self.text.count(b"\r\n")

    @overload
    def __getitem__(self, place: int) -> tuple[bytes, bytes]: ...

    @overload
    def __getitem__(self, place: slice) -> list[tuple[bytes, bytes]]: ...

    def __getitem__(self, place: int | slice) -> tuple[bytes, bytes] | list[tuple[bytes, bytes]]:
        return self._pairs()[place]

    def without(self, names: frozenset[bytes]) -> Head:
        """The same less some headers."""
        return Head(lines(header for header in self._pairs() if header[0] not in names), self.length)


# seen: A.1 and A.2. Left out: cookies and alt-svc, which name hosts that are not here.
_EDGE = (
    (b"server", b"cloudflare"),
    (b"cf-cache-status", b"DYNAMIC"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains; preload"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-openai-proxy-wasm", b"v0.1"),
    (b"vary", b"Origin"),
)
_HANDLED = (
    *_EDGE[:5],
    (b"openai-version", b"2020-10-01"),
    (b"access-control-expose-headers", b"CF-Ray, X-Request-ID"),
)

EDGE, HANDLED = lines(_EDGE), lines(_HANDLED)

# seen: A.1, on 401s of the endpoints that look at keys themselves
REALM = lines([(b"www-authenticate", b'Bearer realm="OpenAI API"')])


class Events:
    """The body of a stream: pieces of bytes that leave one after another. `finished` is awaited before the last leaves."""

    __slots__ = ("finished", "kind", "pieces")

    def __init__(self, pieces: Iterator[bytes], finished: Callable[[], Awaitable[None]] | None = None, kind: bytes = EVENT_STREAM) -> None:
        self.pieces = pieces
        self.finished = finished
        self.kind = kind


class Content:
    """An answer that is no JSON: its bytes, their content type, and further headers."""

    __slots__ = ("content", "headers", "kind")

    def __init__(self, content: bytes, kind: str, headers: Headers = ()) -> None:
        self.content = content
        self.kind = kind
        self.headers = headers


class Reply:
    """A finished answer. It is no stream, so it did not end as one."""

    __slots__ = ("body", "head", "status")

    ended: None = None

    def __init__(self, status: int, head: bytes, kind: bytes, body: bytes) -> None:
        """`head` are the header lines without those that tell what the body is."""
        self.status = status
        self.body = body
        size = len(body)
        self.head = Head(b"%bcontent-type: %b\r\ncontent-length: %d\r\n" % (head, kind, size), size)


class Opening:
    """The beginning of a streamed answer."""

    __slots__ = ("events", "head", "status")

    def __init__(self, status: int, head: bytes, events: Events) -> None:
        """`head` as that of a finished answer."""
        self.status = status
        self.events = events
        self.head = Head(b"%bcontent-type: %b\r\n" % (head, events.kind))


def write_error(error: ApiError) -> tuple[bytes, bytes]:
    """The envelope's bytes and its content type, laid out as the edge or as a handler does it (api-facts A.3)."""
    if error.edge:
        return json.write(error.envelope(), "edge"), EDGE_JSON
    return json.write(error.envelope(), "pretty"), JSON
