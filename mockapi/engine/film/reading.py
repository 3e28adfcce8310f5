"""What an MP4 file says of itself: its length and the size of its picture, by the boxes of its index (ISO/IEC 14496-12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_STEPS = 10_000  # boxes looked at before a file is given up


class FilmFault(Exception):
    """A file that is no MP4 with a picture and a length."""


@dataclass(frozen=True)
class Facts:
    """The size in pixels, and the length."""

    width: int
    height: int
    seconds: float


def read(data: bytes) -> Facts:
    """What a file is. Raises FilmFault."""
    try:
        return _read(data)
    except (struct.error, IndexError):
        raise FilmFault from None


def _read(data: bytes) -> Facts:
    if data[4:8] != b"ftyp":
        raise FilmFault
    length, scale, size = 0, 0, (0, 0)
    for kind, start, end in _boxes(data):
        long = data[start] == 1
        if kind == b"mvhd":
            scale, length = struct.unpack_from(">IQ" if long else ">II", data, start + (20 if long else 12))
        elif kind == b"mehd":
            (length,) = struct.unpack_from(">Q" if long else ">I", data, start + 4)
        elif kind == b"tkhd":
            # In fixed point; sound has no size.
            width, height = (part >> 16 for part in struct.unpack_from(">II", data, end - 8))
            size = size if size != (0, 0) else (width, height)
    if not all((length, scale, *size)):
        raise FilmFault
    return Facts(*size, length / scale)


def _boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of the index that tell something, each with where its content begins and ends."""
    at = 0
    for _ in range(_STEPS):
        if at + 8 > len(data):
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        size = size or len(data) - at
        if size < head:
            raise FilmFault
        if kind in (b"moov", b"trak", b"mvex"):
            # What is inside is walked as if it stood beside.
            at += head
            continue
        if kind in (b"mvhd", b"mehd", b"tkhd"):
            if at + size > len(data) or size < head + 8:
                raise FilmFault
            yield kind, at + head, at + size
        at += size
