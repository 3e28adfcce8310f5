"""The text of a sound beside the sound: ID3v2 (id3.org: ID3v2.4.0, 2.3.0) for MP3 and AAC, Vorbis comments (RFC 7845, 5.2) for Opus."""

from __future__ import annotations

import struct

from mockapi.engine.sound import ogg

_NAME = "mockapi"
_VENDOR = b"mockapi"
_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_ENTRIES = 1000  # more frames or comments than any tag has


def id3(text: str) -> bytes:
    """A tag with the text in a frame of its own (TXXX), in UTF-8."""
    body = b"\x03" + _NAME.encode() + b"\0" + text.encode("utf-8", "replace") + b"\0"
    frame = b"TXXX" + _safe(len(body)) + b"\0\0" + body
    return b"ID3\x04\0\0" + _safe(len(frame)) + frame


def _safe(size: int) -> bytes:
    """A size in four bytes of seven bits."""
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _unsafe(data: bytes) -> int:
    return sum((byte & 0x7F) << shift for byte, shift in zip(data, (21, 14, 7, 0), strict=False))


def id3_size(data: bytes) -> int:
    """How long the tag at the start of a file is; 0 without one."""
    return 10 + _unsafe(data[6:10]) if data[:3] == b"ID3" and len(data) >= 10 else 0


def id3_text(data: bytes) -> str | None:
    """The text in the tag at the start of a file; None if there is none of ours."""
    end = min(id3_size(data), len(data))
    at = 10
    for _ in range(_ENTRIES):
        if at + 11 > end:
            return None
        size = _unsafe(data[at + 4 : at + 8]) if data[3] >= 4 else int.from_bytes(data[at + 4 : at + 8], "big")
        body = data[at + 10 : min(at + 10 + size, end)]
        if data[at : at + 4] == b"TXXX" and body and body[0] < len(_ENCODINGS):
            told = body[1:].decode(_ENCODINGS[body[0]], "replace")
            name, _, text = told.partition("\0")
            if name.lower() == _NAME:
                # In UTF-16 the text has a byte order mark of its own.
                return (text if body[0] != 1 else text.removeprefix("\ufeff")).removesuffix("\0")
        at += 10 + size
    return None


def comments(text: str) -> bytes:
    """The body of a comment packet with the text in it."""
    comment = f"{_NAME}=".encode() + text.encode("utf-8", "replace")
    return struct.pack("<I", len(_VENDOR)) + _VENDOR + struct.pack("<II", 1, len(comment)) + comment


def ogg_text(data: bytes) -> str | None:
    """The text in the comments of an Ogg file (Opus, Vorbis); None if there is none of ours."""
    for number, packet in enumerate(ogg.packets(data)):
        for name in (b"OpusTags", b"\x03vorbis"):
            if packet.startswith(name):
                return _comment(packet[len(name) :])
        if number == 3:
            break
    return None


def _comment(body: bytes) -> str | None:
    at = 4 + int.from_bytes(body[:4], "little")
    count = int.from_bytes(body[at : at + 4], "little")
    at += 4
    for _ in range(min(count, _ENTRIES)):
        size = int.from_bytes(body[at : at + 4], "little")
        name, equals, value = body[at + 4 : at + 4 + size].partition(b"=")
        if equals and name.lower() == _NAME.encode():
            return value.decode("utf-8", "replace")
        at += 4 + size
        if at >= len(body):
            break
    return None
