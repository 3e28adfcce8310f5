"""RIFF/WAVE: written as 16-bit PCM; read as PCM of any width, floats and G.711, with chunks in any order."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Sequence
from functools import cache, partial
from typing import Literal

from mockapi.engine.sound import ear

_PCM, _FLOAT, _ALAW, _ULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_WIDTHS = {_PCM: (1, 2, 3, 4), _FLOAT: (4, 8), _ALAW: (1,), _ULAW: (1,)}
_CHUNKS = 4096  # more than any file has
_CHANNELS = 8  # the message is looked for in


def write(pcm: bytes, rate: int = 24_000) -> bytes:
    """A mono file around 16-bit samples."""
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(pcm), b"WAVE", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    return head + struct.pack("<4sI", b"data", len(pcm)) + pcm


class Wave:
    """A file as it is read. Raises ValueError for one that cannot be."""

    def __init__(self, data: bytes) -> None:
        if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
            raise ValueError("no RIFF/WAVE")
        at, form, told = 12, b"", 0
        for _ in range(_CHUNKS):
            name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
            at += 8
            if at > len(data):
                raise ValueError("no samples")
            if name == b"fmt ":
                form = data[at : at + size]
            elif name == b"fact":
                told = int.from_bytes(data[at : at + 4], "little")
            elif name == b"data" and form:
                # A size that was not known when the head was written is larger than the file.
                self._body = data[at : at + size]
                break
            at += size + size % 2
        else:
            raise ValueError("no samples")
        if len(form) < 16:
            raise ValueError("no format")
        kind, channels, rate, per_second, block, bits = struct.unpack_from("<HHIIHH", form)
        if kind == _EXTENSIBLE and len(form) >= 26:
            kind = int.from_bytes(form[24:26], "little")
        if not (channels and rate and per_second and block):
            raise ValueError("no format")
        self._kind, self._rate, self._block, self._width = kind, rate, block, (bits + 7) // 8
        known = self._width in _WIDTHS.get(kind, ()) and block >= channels * self._width
        self._channels = min(channels, _CHANNELS) if known and rate >= ear.RATE else 0
        self.seconds = len(self._body) // block / rate if known else told / rate or len(self._body) / per_second

    def text(self) -> str | None:
        """The text that the samples carry, if they do."""
        silent = (len(self._body) - len(self._body.lstrip(b"\0"))) // self._block * ear.RATE // self._rate
        for channel in range(self._channels):
            text = ear.text_of(partial(self._read, channel), silent)
            if text is not None:
                return text
        return None

    def _read(self, channel: int, start: int, count: int) -> Sequence[float]:
        # Cut out so that the first sample wanted lies at a whole number of both rates.
        base = start * self._rate // ear.RATE // self._rate * self._rate
        skipped = base // self._rate * ear.RATE
        end = (start + count) * self._rate // ear.RATE + 2
        samples = self._mono(self._body[base * self._block : end * self._block], channel * self._width)
        return ear.resampled(samples, self._rate, start - skipped, count)

    def _mono(self, body: bytes, at: int) -> Sequence[float]:
        """One channel of some samples, `at` bytes into each block, as far as they are whole, in the range of 16 bits."""
        width, block = self._width, self._block
        body = body[: len(body) // block * block]
        if self._kind == _PCM and width == 1:
            return [(value - 128) << 8 for value in body[at::block]]
        if self._kind in (_ALAW, _ULAW):
            table = _expanded("ulaw" if self._kind == _ULAW else "alaw")
            return [table[code] for code in body[at::block]]
        # The bytes that are kept, one place after another: all of a float, the two that matter most of an integer.
        kept = width if self._kind == _FLOAT else 2
        packed = bytearray(len(body) // block * kept)
        for place in range(kept):
            packed[place::kept] = body[at + width - kept + place :: block]
        if self._kind == _PCM:
            return _held(packed, "h")
        return [value * 32767 if abs(value) < 1e6 else 0.0 for value in _held(packed, "f" if width == 4 else "d")]


def _held(packed: bytearray, code: str) -> array[float]:
    held: array[float] = array(code)
    held.frombytes(packed)
    if sys.byteorder == "big":
        held.byteswap()
    return held


def expanded(data: bytes, law: Literal["ulaw", "alaw"]) -> bytes:
    """G.711 as 16-bit little-endian samples."""
    table = _expanded(law)
    held = array("h", [table[code] for code in data])
    if sys.byteorder == "big":
        held.byteswap()
    return held.tobytes()


@cache
def _expanded(law: Literal["ulaw", "alaw"]) -> tuple[int, ...]:
    """What each code of ITU-T G.711 stands for, in 16 bits."""
    return tuple(_ulaw(code) if law == "ulaw" else _alaw(code) for code in range(256))


def _ulaw(code: int) -> int:
    code ^= 0xFF
    value = (((code & 15) << 3) + 132 << (code >> 4 & 7)) - 132
    return -value if code & 128 else value


def _alaw(code: int) -> int:
    code ^= 0x55
    value, exponent = (code & 15) << 4 | 8, code >> 4 & 7
    value = value + 256 << exponent - 1 if exponent else value
    return value if code & 128 else -value
