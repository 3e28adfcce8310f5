"""Identifiers as the API forms them. Each takes its chance from a stream and its time from a clock, so it is repeatable."""

from __future__ import annotations

from functools import lru_cache

from mockapi.seed import Stream

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
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


def completion(seconds: int, stream: Stream) -> str:
    """`cmpl-` as `chatcmpl-`."""
    return f"cmpl-{_time_code(seconds)}{stream.base62(24)}"


def file(stream: Stream) -> str:
    """`file-` + a 128-bit number in base 58 (seen: since December 2024)."""
    number, code = int.from_bytes(stream.entropy(16), "big"), ""
    for _ in range(22):
        number, digit = divmod(number, 58)
        code = _BASE58[digit] + code
    return f"file-{code}"


def timed(prefix: str, micros: int, stream: Stream) -> str:
    """A prefix and 32 hex digits in the form of a UUID version 8: 8 of seconds, 4 of their fraction, the rest chance (api-facts A.5)."""
    seconds, fraction = divmod(max(0, micros), 1_000_000)
    chance = stream.entropy(10).hex()
    return (
        f"{prefix}{seconds & 0xFFFFFFFF:08x}{fraction * 65536 // 1_000_000:04x}81{chance[:2]}{'89ab'[int(chance[2], 16) & 3]}{chance[3:18]}"
    )


def related(prefix: str, micros: int, stream: Stream, lineage: str | None = None) -> str:
    """As `timed`, and 16 hex digits that all objects of one lineage share (api-facts A.5), a new one unless it is given: conversations,
    containers, videos."""
    return timed(prefix, micros, stream) + (lineage or stream.child(1).entropy(8).hex())


def brief(prefix: str, seconds: int, stream: Stream) -> str:
    """A prefix + 5 characters of time + 16 of chance: what belongs to a Realtime session (api-facts A.5)."""
    return f"{prefix}{_time_code(seconds)}{stream.base62(16)}"


def rooted(prefix: str, lineage: str, micros: int, stream: Stream) -> str:
    """A prefix + 16 hex digits of a lineage + `00` + 32 as `timed`: responses and their items (api-facts A.5)."""
    return timed(f"{prefix}{lineage}00", micros, stream)


def plain(prefix: str, stream: Stream) -> str:
    """A prefix and 24 characters: jobs, events, checkpoints; assistants, threads, messages, runs, steps; users, keys, invites."""
    return prefix + stream.base62(24)


def ordered(prefix: str, micros: int, stream: Stream) -> str:
    """A prefix and 26 characters in the form of a ULID: 10 of milliseconds, the rest chance: groups and roles (document examples)."""
    number, code = (max(0, micros) // 1000 << 80) | int.from_bytes(stream.entropy(10), "big"), ""
    for _ in range(26):
        number, digit = divmod(number, 32)
        code = _CROCKFORD[digit] + code
    return prefix + code


def criterion(name: str, stream: Stream) -> str:
    """The name of an eval's criterion, a dash, and a UUID version 4 (seen: in answers that users of the API show)."""
    chance = stream.entropy(16).hex()
    return f"{name}-{chance[:8]}-{chance[8:12]}-4{chance[13:16]}-{'89ab'[int(chance[16], 16) & 3]}{chance[17:20]}-{chance[20:]}"


def fine_tuned_model(base: str, slug: str, suffix: str, seconds: int, stream: Stream) -> str:
    """`ft:<base>:<organization>:<suffix>:` + 5 characters of time + 3 of chance (api-facts A.5)."""
    return f"ft:{base}:{slug}:{suffix}:{_time_code(seconds)}{stream.base62(3)}"


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
