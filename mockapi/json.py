"""Reading and writing JSON: the one place that knows which library does it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic_core import from_json, to_json

# How a handler lays JSON out (api-facts A.3): two spaces with or without a final newline, four spaces at the edge, or compact.
Layout = Literal["pretty+newline", "pretty", "edge", "compact"]


def read(text: bytes) -> Any:
    """A value of RFC 8259 JSON: no NaN, no lone surrogates, no deep nesting. Raises ValueError."""
    return from_json(text, allow_inf_nan=False)


def write(value: object, layout: Layout = "compact") -> bytes:
    if layout == "compact":
        return to_json(value)
    text = to_json(value, indent=4 if layout == "edge" else 2)
    return text if layout == "pretty" else text + b"\n"
