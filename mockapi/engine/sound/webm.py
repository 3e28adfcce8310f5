"""How long a WebM file lasts: EBML (RFC 8794) and Matroska (RFC 9559), by its Duration or, where that is missing, its last block."""

from __future__ import annotations

import struct

_SEGMENT, _INFO, _CLUSTER, _GROUP = 0x18538067, 0x1549A966, 0x1F43B675, 0xA0
_SCALE, _DURATION, _TIME, _SIMPLE, _BLOCK = 0x2AD7B1, 0x4489, 0xE7, 0xA3, 0xA1
_OPENED = (_SEGMENT, _INFO, _CLUSTER, _GROUP)
_STEPS = 300_000  # elements looked at before a file is given up


def seconds(data: bytes) -> float:
    """The length of a file. Raises ValueError if it cannot be told."""
    at, scale, duration, cluster, last = 0, 1_000_000, 0.0, 0, 0
    for _ in range(_STEPS):
        name, at = _number(data, at, keep=True)
        size, at = _number(data, at, keep=False)
        if at >= len(data):
            break
        if name in _OPENED:
            # What is inside is walked as if it stood beside: sizes that are not known do no harm then.
            continue
        body = data[at : at + min(size, 8)]
        if name == _SCALE:
            scale = int.from_bytes(body, "big") or scale
        elif name == _DURATION and len(body) in (4, 8):
            duration = struct.unpack(">f" if len(body) == 4 else ">d", body)[0]
        elif name == _TIME:
            cluster = int.from_bytes(body, "big")
            last = max(last, cluster)
        elif name in (_SIMPLE, _BLOCK) and len(body) >= 4:
            _, place = _number(body, 0, keep=False)
            last = max(last, cluster + int.from_bytes(body[place : place + 2], "big", signed=True))
        if duration > 0 and name == _TIME:
            break
        at += size
    told = (duration if 0 < duration < float("inf") else last) * scale / 1e9
    if not 0 < told < 1e7:
        raise ValueError("no duration")
    return told


def _number(data: bytes, at: int, *, keep: bool) -> tuple[int, int]:
    """A variable-size integer, its marker kept or not, and where it ends; past the end of the data if there is none."""
    first = data[at] if at < len(data) else 0
    if not first:
        return 0, len(data)
    size = 9 - first.bit_length()
    value = int.from_bytes(data[at : at + size], "big")
    return (value if keep else value & (1 << 7 * size) - 1), at + size
