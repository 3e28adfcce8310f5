"""FLAC (RFC 9639), written: a frame for each tone, its samples in full, or one value where all are the same."""

from __future__ import annotations

import hashlib
import struct
from functools import cache, lru_cache

from mockapi.engine.sound import checks
from mockapi.engine.sound.voice import BLOCK, RATE

_BLOCK_CODE = 1  # a block of 192 samples
_LAST_CODE = 7  # a block whose size is in the header, in 16 bits


def write(pcm: bytes) -> bytes:
    """A mono file of 16-bit samples at 24 kHz."""
    size = 2 * BLOCK
    info = struct.pack(">HH", BLOCK, BLOCK) + bytes(6)
    info += (RATE << 44 | 0 << 41 | 15 << 36 | len(pcm) // 2).to_bytes(8, "big") + hashlib.md5(pcm, usedforsecurity=False).digest()
    made = [b"fLaC\x80", len(info).to_bytes(3, "big"), info]
    for number, at in enumerate(range(0, len(pcm), size)):
        block = pcm[at : at + size]
        coded = chr(number).encode("utf-8", "surrogatepass")
        if len(block) == size:
            head = b"\xff\xf8" + bytes((_BLOCK_CODE << 4, 0)) + coded
        else:
            head = b"\xff\xf8" + bytes((_LAST_CODE << 4, 0)) + coded + struct.pack(">H", len(block) // 2 - 1)
        head += bytes((checks.crc8(head),))
        body, check = _subframe(block)
        made += (head, body, (check ^ _passed(checks.crc16(head), len(body))).to_bytes(2, "big"))
    return b"".join(made)


@lru_cache(maxsize=1024)
def _subframe(block: bytes) -> tuple[bytes, int]:
    """A block as constant or verbatim subframe, and the check of that alone."""
    if block == block[:2] * (len(block) // 2):
        body = b"\x00" + block[1::-1]
    else:
        turned = bytearray(len(block))
        turned[::2], turned[1::2] = block[1::2], block[::2]
        body = b"\x02" + bytes(turned)
    return body, checks.crc16(body)


def _passed(check: int, size: int) -> int:
    """A check as it is after `size` zero bytes. The check of two parts is this of the first, added to that of the second."""
    high, low = _passing(size)
    return high[check >> 8] ^ low[check & 0xFF]


@cache
def _passing(size: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    single = [checks.crc16(bytes(size), 1 << bit) for bit in range(16)]

    def added(byte: int, first: int) -> int:
        value = 0
        for bit in range(8):
            if byte >> bit & 1:
                value ^= single[first + bit]
        return value

    return tuple(added(byte, 8) for byte in range(256)), tuple(added(byte, 0) for byte in range(256))
