"""Ogg pages (RFC 3533): packets put into them and taken out again."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from mockapi.engine.sound import checks

_SERIAL = 0x6D6F636B
_LOOKED = 1 << 20  # bytes of a file in which its headers are looked for


def pages(packets: list[bytes], granule: int, number: int, flags: int) -> list[bytes]:
    """Pages around whole packets, the last of which ends at `granule`; `flags`: 2 for the first page of a stream, 4 for its last."""
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes((len(packet) % 255,)) for packet in packets)
    body = b"".join(packets)
    made: list[bytes] = []
    at = begun = 0
    for start in range(0, len(lacing), 255):
        sizes = lacing[start : start + 255]
        last = start + 255 >= len(lacing)
        ended = sizes.strip(b"\xff") != b"" or last
        size = sum(sizes)
        kind = (1 if begun else 0) | (flags & 2 if start == 0 else 0) | (flags & 4 if last else 0)
        made.append(_page(kind, granule if last or ended else -1, number + len(made), sizes, body[at : at + size]))
        begun = sizes[-1] == 255
        at += size
    return made


def _page(flags: int, granule: int, number: int, lacing: bytes, body: bytes) -> bytes:
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, granule, _SERIAL, number, 0) + bytes((len(lacing),)) + lacing
    page = head + body
    return page[:22] + struct.pack("<I", checks.crc32(page)) + page[26:]


def packets(data: bytes) -> Iterator[bytes]:
    """The packets of the first stream of a file, as far as they lie in its first megabyte."""
    data = data[:_LOOKED]
    serial = data[14:18]
    pending = bytearray()
    at = 0
    while data[at : at + 4] == b"OggS" and at + 27 <= len(data):
        lacing = data[at + 27 : at + 27 + data[at + 26]]
        same = data[at + 14 : at + 18] == serial
        at += 27 + len(lacing)
        for size in lacing:
            if same:
                pending += data[at : at + size]
                if size < 255:
                    yield bytes(pending)
                    pending.clear()
            at += size


def seconds(data: bytes) -> float:
    """The length by the place of the last page, for the codecs whose rate is known. Raises ValueError."""
    head = next(packets(data), b"")
    rate, skipped = 0, 0
    if head.startswith(b"OpusHead"):
        rate, skipped = 48_000, int.from_bytes(head[10:12], "little")
    elif head.startswith(b"\x01vorbis"):
        rate = int.from_bytes(head[12:16], "little")
    elif head.startswith(b"Speex   "):
        rate = int.from_bytes(head[36:40], "little")
    elif head.startswith(b"\x7fFLAC"):
        rate = int.from_bytes(head[27:30], "big") >> 4
    at = data.rfind(b"OggS")
    granule = int.from_bytes(data[at + 6 : at + 14], "little", signed=True) if at >= 0 else 0
    if not rate or granule <= skipped:
        raise ValueError("no duration")
    return (granule - skipped) / rate
