"""Reading and writing JSON: the one place that knows which library does it."""

from __future__ import annotations

from json import JSONDecoder
from typing import Any, Literal

from pydantic_core import from_json, to_json

# How a handler lays JSON out (api-facts A.3): two spaces with or without a final newline, four spaces at the edge, or compact.
Layout = Literal["pretty+newline", "pretty", "edge", "compact"]


_DECODER = JSONDecoder()


def read(text: bytes) -> Any:
    """A value of RFC 8259 JSON: no NaN, no lone surrogates, no deep nesting. Raises ValueError."""
    return from_json(text, allow_inf_nan=False)


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
    return text if layout == "pretty" else text + b"\n"
