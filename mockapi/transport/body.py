"""From bytes to values: the request body and the query string."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal
from urllib.parse import parse_qsl

from mockapi import errors, json
from mockapi.errors import ApiError
from mockapi.transport.call import Call

# How deep the names of a form go.
_DEEPEST = 8
_DROPPED_BYTES = 1024**3
_DROPPED_SECONDS = 30
Receive = Callable[[], Awaitable[Any]]


class Disconnected(Exception):
    """The client went away before its request was complete."""


async def read(receive: Receive, told: bytes | None, limit: int) -> bytes:
    """Read a whole body of at most `limit` bytes, `told` as its Content-Length. Raises the API's 413 beyond it, and Disconnected."""
    if told is not None and (not told.isdigit() or int(told) > limit):
        raise await unread(errors.body_too_large(), receive)
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Disconnected
    body: bytes = message.get("body", b"")
    if not message.get("more_body") and len(body) <= limit:
        return body
    pieces, size = [body], len(body)
    while size <= limit and message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
    if size <= limit:
        return b"".join(pieces)
    too_large = errors.body_too_large()
    raise await unread(too_large, receive) if message.get("more_body") else too_large


async def unread(error: ApiError, receive: Receive) -> ApiError:
    """An error about a request, once the rest of its body is read and dropped: a client that still writes reads no answer."""
    left = _DROPPED_BYTES
    try:
        async with asyncio.timeout(_DROPPED_SECONDS):
            while left > 0:
                message = await receive()
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return error
                left -= len(message.get("body", b""))
    except TimeoutError:
        pass
    error.headers = (*error.headers, (b"connection", b"close"))
    return error


def json_object(call: Call) -> dict[str, Any]:
    """The body as a JSON object. Another content type leaves the body unread, as the API does.

    Raises the API's 400 for what is not JSON by RFC 8259 (NaN, lone surrogates and deep nesting included).
    """
    kind = call.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind != b"application/json":
        return {}
    try:
        value = json.read_sent(call.body)
    except ValueError:
        raise errors.malformed_json() from None
    if not isinstance(value, dict):
        # guess: no recording of a body that is JSON but no object
        raise errors.malformed_json()
    return value


def query(call: Call) -> dict[str, Any]:
    """The query string as an object; `a[]=x` collects into a list, `a[k]=x` into an object.

    Raises the API's 400 for a key given twice.
    """
    values: dict[str, Any] = {}
    for key, text in parse_qsl(call.query_string.decode("latin-1"), keep_blank_values=True):
        collect(values, key, text, again="refuse")
    return values


def collect(values: dict[str, Any], key: str, value: Any, *, again: Literal["refuse", "list"]) -> None:
    """Put one named value among others. Raises the API's 400 for a name given twice where that is refused."""
    name, bracket, inner = key.partition("[")
    if bracket and inner == "]":
        values.setdefault(name, [])
        if isinstance(values[name], list):
            values[name].append(value)
    elif bracket and inner.endswith("]"):
        values.setdefault(name, {})
        first, _, deeper = inner.partition("]")
        if isinstance(values[name], dict) and deeper and inner.count("[") <= _DEEPEST:
            # sdk: members of members, of forms alone
            collect(values[name], first + deeper, value, again=again)
        elif isinstance(values[name], dict):
            values[name][inner[:-1]] = value
    elif key not in values:
        values[key] = value
    elif again == "list":
        before = values[key]
        values[key] = [*before, value] if isinstance(before, list) else [before, value]
    else:
        raise errors.duplicate_parameter(key)
