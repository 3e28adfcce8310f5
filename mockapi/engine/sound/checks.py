"""Cyclic redundancy checks of FLAC (RFC 9639, 9.1.8 and 9.3) and Ogg (RFC 3533, 6), most significant bit first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache


@cache
def table(width: int, polynomial: int) -> tuple[int, ...]:
    """What each value of the top byte adds to a check of `width` bits."""
    top, mask = 1 << (width - 1), (1 << width) - 1

    def rows() -> Iterator[int]:
        for byte in range(256):
            value = byte << (width - 8)
            for _ in range(8):
                value = (value << 1 ^ polynomial if value & top else value << 1) & mask
            yield value

    return tuple(rows())


def crc8(data: bytes) -> int:
    rows = table(8, 0x07)
    value = 0
    for byte in data:
        value = rows[value ^ byte]
    return value


def crc16(data: bytes, value: int = 0) -> int:
    rows = table(16, 0x8005)
    for byte in data:
        value = (value << 8 ^ rows[value >> 8 ^ byte]) & 0xFFFF
    return value


def crc32(data: bytes) -> int:
    rows = table(32, 0x04C11DB7)
    value = 0
    for byte in data:
        value = (value << 8 ^ rows[value >> 24 ^ byte]) & 0xFFFFFFFF
    return value
