"""Reading and writing JSON: the one place that knows which library does it."""

from __future__ import annotations

import re
from json import JSONDecoder, JSONEncoder
from math import isinf
from typing import Any, Literal

from pydantic_core import from_json, to_json

# How a handler lays JSON out (api-facts A.3): two spaces with or without a final newline, or in plain ASCII; four spaces at the edge, or
# compact.
Layout = Literal["pretty+newline", "pretty", "pretty+ascii", "edge", "compact"]


_DECODER = JSONDecoder()
_ENCODER = JSONEncoder()
# Every digit as 0 and E as e: what may overflow then shows as one of few texts.
_SHAPE = bytes.maketrans(b"E123456789", b"e000000000")
_LONG = b"0" * 200
# How many values may be sent at once: the most that the API takes are the 300,000 tokens of a call for embeddings.
_MOST_VALUES = 500_000
_BETWEEN = (b",", b"[", b"{")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


def read(text: bytes) -> Any:
    """A value of RFC 8259 JSON: no NaN, no lone surrogates, no deep nesting, no number beyond a double. Raises ValueError."""
    value = from_json(text, allow_inf_nan=False)
    if _may_overflow(text) and _has_infinity(value):
        raise ValueError("a number too large for a double")
    return value


def read_sent(text: bytes) -> Any:
    """As `read`, of what a client sent: so many values that they would fill the memory are refused too. Raises ValueError."""
    if len(text) > _MOST_VALUES and _is_crowded(text):
        raise ValueError("too many values")
    return read(text)


def read_first(text: str, start: int) -> tuple[Any, int]:
    """The value that begins at a place of a text that goes on after it, and where it ends; None and -1 if there is none."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, -1


def write(value: object, layout: Layout = "compact") -> bytes:
    if layout == "compact":
        return to_json(value)
    text = to_json(value, indent=4 if layout == "edge" else 2)
    if layout == "pretty+ascii":
        return text if text.isascii() else _NOT_ASCII.sub(_escaped, text.decode()).encode()
    return text if layout == "pretty" else text + b"\n"


def _escaped(found: re.Match[str]) -> str:
    return _ENCODER.encode(found[0])[1:-1]


def write_line(value: object) -> bytes:
    """A line of a results file: a space after each comma and colon, plain ASCII, and the line's end (api-facts G.3)."""
    return _ENCODER.encode(value).encode() + b"\n"


def _is_crowded(text: bytes) -> bool:
    """Whether a text has more values than may be sent: what separates or encloses them is counted, outside of strings."""
    if sum(map(text.count, _BETWEEN)) <= _MOST_VALUES:
        return False
    left, is_string = _MOST_VALUES, False
    text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    for at in range(0, len(text), _MOST_VALUES):
        pieces = text[at : at + _MOST_VALUES].split(b'"')
        left -= sum(map(b"".join(pieces[is_string::2]).count, _BETWEEN))
        if left < 0:
            return True
        is_string ^= len(pieces) % 2 == 0
    return False


def _may_overflow(text: bytes) -> bool:
    """Whether a text has an exponent of three digits or a very long number, without which a double cannot overflow."""
    shape = text.translate(_SHAPE)
    return b"000" in shape and (b"e000" in shape or b"e+000" in shape or _LONG in shape)


def _has_infinity(value: Any) -> bool:
    left = [value]
    while left:
        found = left.pop()
        if isinstance(found, dict):
            left.extend(found.values())
        elif isinstance(found, list):
            left.extend(found)
        elif isinstance(found, float) and isinf(found):
            return True
    return False
