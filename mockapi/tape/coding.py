"""Content codings: a tape holds what was said, not how it was packed."""

from __future__ import annotations

import zlib

# More than any body of the API; a small body that unpacks to more is an attack.
LARGEST = 1024**3
_CODINGS = ("gzip", "deflate")


def names(header: str) -> list[str]:
    """The codings that a content-encoding header names, in the order in which they were put on."""
    return [name for part in header.split(",") if (name := part.strip().lower()) not in ("", "identity")]


def is_known(header: str) -> bool:
    """Whether what is coded so can be read."""
    return all(name in _CODINGS for name in names(header))


def decoded(body: bytes, header: str) -> bytes | None:
    """A body without its content codings. None if it cannot be read."""
    if not is_known(header):
        return None
    for name in reversed(names(header) if body else []):
        unpacked = _inflated(body, zlib.MAX_WBITS | 16 if name == "gzip" else zlib.MAX_WBITS)
        if unpacked is None and name == "deflate":
            # Some servers leave out zlib's frame.
            unpacked = _inflated(body, -zlib.MAX_WBITS)
        if unpacked is None:
            return None
        body = unpacked
    return body


def _inflated(body: bytes, window: int) -> bytes | None:
    unpacker = zlib.decompressobj(window)
    try:
        content = unpacker.decompress(body, LARGEST)
    except zlib.error:
        return None
    return content if unpacker.eof else None
