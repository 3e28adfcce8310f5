"""Identifiers as the API forms them. Each takes its chance from a stream and its time from a clock, so it is repeatable."""

from __future__ import annotations

from functools import lru_cache

from mockapi.seed import Stream

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# seen: 2,173 of 2,175 chat ids: the first five characters count seconds from 50 x 365 days after the epoch
_EPOCH = 1_576_800_000


@lru_cache(maxsize=64)
def _time_code(seconds: int) -> str:
    number = max(0, seconds - _EPOCH)
    code = ""
    for _ in range(5):
        number, digit = divmod(number, 62)
        code = _BASE62[digit] + code
    return code


def chat_completion(seconds: int, stream: Stream) -> str:
    """`chatcmpl-` + 5 characters of time + 24 of chance."""
    return f"chatcmpl-{_time_code(seconds)}{stream.base62(24)}"


def tool_call(stream: Stream) -> str:
    return "call_" + stream.base62(24)


def audio(stream: Stream) -> str:
    # seen: chat audio ids are `audio_` + 32 hex in the UUIDv8 form; the time part is left to chance here
    return "audio_" + stream.entropy(16).hex()


def organization(stream: Stream) -> str:
    return "org-" + stream.base62(24)


def project(stream: Stream) -> str:
    return "proj_" + stream.base62(24)


def fingerprint(stream: Stream) -> str:
    return "fp_" + stream.entropy(5).hex()
