"""What goes on the wire: a status, headers, and a body that is bytes or a stream of events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence

from mockapi import json
from mockapi.errors import ApiError

Headers = Sequence[tuple[bytes, bytes]]

JSON = (b"content-type", b"application/json")
EDGE_JSON = (b"content-type", b"application/json; charset=utf-8")
EVENT_STREAM = (b"content-type", b"text/event-stream; charset=utf-8")

# seen: A.1 and A.2. Left out: cookies and alt-svc, which name hosts that are not here.
EDGE: Headers = (
    (b"server", b"cloudflare"),
    (b"cf-cache-status", b"DYNAMIC"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains; preload"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-openai-proxy-wasm", b"v0.1"),
    (b"vary", b"Origin"),
)
HANDLED: Headers = (
    *EDGE[:5],
    (b"openai-version", b"2020-10-01"),
    (b"access-control-expose-headers", b"CF-Ray, X-Request-ID"),
)

# seen: A.1, on 401s of the endpoints that look at keys themselves
REALM = (b"www-authenticate", b'Bearer realm="OpenAI API"')


class Events:
    """The body of a stream: pieces of bytes that leave one after another. `finished` is awaited when the last has left."""

    __slots__ = ("finished", "kind", "pieces")

    def __init__(
        self, pieces: Iterator[bytes], finished: Callable[[], Awaitable[None]] | None = None, kind: bytes = EVENT_STREAM[1]
    ) -> None:
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
    """A finished answer, or the beginning of a streamed one."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes | Events) -> None:
        self.status = status
        self.headers = headers
        self.body = body


def write_error(error: ApiError) -> tuple[bytes, tuple[bytes, bytes]]:
    """The envelope's bytes and its content type, laid out as the edge or as a handler does it (api-facts A.3)."""
    if error.edge:
        return json.write(error.envelope(), "edge"), EDGE_JSON
    return json.write(error.envelope(), "pretty"), JSON
