"""What several laws demand of an answer."""

from __future__ import annotations

from typing import Any

# What stands beside an error in some endpoints' envelopes (api-facts C.1).
_BESIDE = {"detail", "usage"}
_REQUEST = ("invalid_request_error", "tokens", "requests", "input-images", "max_tokens_per_request")


def is_the_apis(reply: Any, *more: str) -> None:
    """A success, or the envelope with a type of those that tell of a request's faults or of `more`; never a 500."""
    assert reply.status_code < 500, reply.text
    if not reply.is_success:
        body = reply.json()
        assert set(body) - {"error"} <= _BESIDE
        assert list(body["error"]) == ["message", "type", "param", "code"]
        assert body["error"]["message"]
        assert body["error"]["type"] in (*_REQUEST, *more)
