"""The reference of every ratio: an ASGI app that reads the body and answers a chat with bytes that never change.

A whole answer has about 700 bytes; a stream has 65 events, each in a send of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

_MODEL = b'"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_0123456789"'
_WHOLE = (
    b'{"id":"chatcmpl-00000000000000000000000000000","object":"chat.completion","created":1700000000,%b,"choices":[{"index":0,'
    b'"message":{"role":"assistant","content":"%b","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":80,"completion_tokens":62,"total_tokens":142}}'
) % (_MODEL, b" word" * 62)
_CHUNK = (
    b'data: {"id":"chatcmpl-00000000000000000000000000000","object":"chat.completion.chunk","created":1700000000,%b,'
    b'"choices":[{"index":0,"delta":%%b,"logprobs":null,"finish_reason":%%b}]}\n\n'
) % _MODEL
_EVENTS = (
    _CHUNK % (b'{"role":"assistant","content":""}', b"null"),
    *[_CHUNK % (b'{"content":" word"}', b"null")] * 62,
    _CHUNK % (b"{}", b'"stop"'),
    b"data: [DONE]\n\n",
)
_JSON = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_WHOLE))]
_EVENT_STREAM = [(b"content-type", b"text/event-stream; charset=utf-8")]

Message = MutableMapping[str, Any]


async def app(scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if b'"stream":true' not in body:
        await send({"type": "http.response.start", "status": 200, "headers": _JSON})
        await send({"type": "http.response.body", "body": _WHOLE})
        return
    await send({"type": "http.response.start", "status": 200, "headers": _EVENT_STREAM})
    for event in _EVENTS:
        await send({"type": "http.response.body", "body": event, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
