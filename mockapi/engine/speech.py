"""Sound without a codec: a soft beep for every word where samples are written plainly, silence of the same length where a codec packs them.

All sound is mono at 24 kHz. Formats: RIFF/WAVE, raw 16-bit PCM, FLAC (RFC 9639), MPEG-2 layer III, ADTS AAC (ISO/IEC 13818-7) and
Ogg Opus (RFC 3533, RFC 7845).
"""

from __future__ import annotations

import hashlib
import math
import struct
from array import array
from collections.abc import Callable, Iterator
from functools import cache

RATE = 24_000
_WORD_SECONDS = 0.38
_BLOCK = 4096


def duration(text: str) -> float:
    """How long a text takes to say, in seconds."""
    return round(max(0.4, _WORD_SECONDS * len(text.split())), 2)


@cache
def _beep() -> bytes:
    """One spoken word: a quarter second of a 240 Hz tone that fades, then quiet, as little-endian samples."""
    length, tone = int(RATE * _WORD_SECONDS), RATE // 4
    samples = array("h", bytes(2 * length))
    for place in range(tone):
        fade = math.sin(math.pi * place / tone)
        samples[place] = int(6000 * fade * math.sin(2 * math.pi * 240 * place / RATE))
    return _little_endian(samples)


def _little_endian(samples: array[int]) -> bytes:
    if struct.pack("=h", 1) != struct.pack("<h", 1):
        samples.byteswap()
    return samples.tobytes()


def pcm(seconds: float) -> bytes:
    """Raw samples: 16-bit little-endian."""
    size = 2 * round(seconds * RATE)
    beep = _beep()
    return (beep * (size // len(beep) + 1))[:size]


def wav(seconds: float) -> bytes:
    data = pcm(seconds)
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    return head + struct.pack("<4sI", b"data", len(data)) + data


def mp3(seconds: float) -> bytes:
    """Frames of 576 samples at 32 kbit/s; a side information of zeros says that they are silent."""
    frame = b"\xff\xf3\x44\xc0" + bytes(92)
    return frame * max(1, math.ceil(seconds * RATE / 576))


def aac(seconds: float) -> bytes:
    """ADTS frames of 1,024 samples around the silent block of AAC-LC in mono."""
    silent = b"\x00\xc8\x00\x80\x23\x80"
    size = 7 + len(silent)
    head = bytes((0xFF, 0xF1, 0x58, 0x40 | size >> 11, size >> 3 & 0xFF, (size & 7) << 5 | 0x1F, 0xFC))
    return (head + silent) * max(1, math.ceil(seconds * RATE / 1024))


def opus(seconds: float) -> bytes:
    """Ogg pages of at most one second around the three bytes that are 20 ms of silence."""
    packets = max(1, math.ceil(seconds * 50))
    head = struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, 0, RATE, 0, 0)
    name = b"mockapi"
    tags = struct.pack("<8sI", b"OpusTags", len(name)) + name + bytes(4)
    pages = [_ogg_page(2, 0, 0, [head]), _ogg_page(0, 0, 1, [tags])]
    for start in range(0, packets, 50):
        count = min(50, packets - start)
        last = start + count == packets
        pages.append(_ogg_page(4 if last else 0, 960 * (start + count), len(pages), [b"\xf8\xff\xfe"] * count))
    return b"".join(pages)


def _ogg_page(flags: int, granule: int, number: int, packets: list[bytes]) -> bytes:
    lacing = bytes(len(packet) for packet in packets)
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, granule, 0x6D6F636B, number, 0) + bytes((len(lacing),)) + lacing
    page = head + b"".join(packets)
    return page[:22] + struct.pack("<I", _crc(page, 32, 0x04C11DB7)) + page[26:]


def flac(seconds: float) -> bytes:
    """Verbatim frames: every sample written out."""
    data = pcm(seconds)
    total = len(data) // 2
    info = struct.pack(">HH", _BLOCK, _BLOCK) + bytes(6)
    info += (RATE << 44 | 0 << 41 | 15 << 36 | total).to_bytes(8, "big") + hashlib.md5(data, usedforsecurity=False).digest()
    frames = b"".join(_flac_frame(number, data[at : at + 2 * _BLOCK]) for number, at in enumerate(range(0, len(data), 2 * _BLOCK)))
    return b"fLaC" + b"\x80" + len(info).to_bytes(3, "big") + info + frames


def _flac_frame(number: int, data: bytes) -> bytes:
    # Sync and fixed block size; block size given as 16 bits at the end of the header, rate and sample size as in the stream info.
    head = b"\xff\xf8\x70\x00" + chr(number).encode("utf-8", "surrogatepass") + struct.pack(">H", len(data) // 2 - 1)
    head += bytes((_crc(head, 8, 0x07),))
    samples = array("h", data)
    samples.byteswap()
    frame = head + b"\x02" + samples.tobytes()
    return frame + struct.pack(">H", _crc(frame, 16, 0x8005))


@cache
def _crc_table(width: int, polynomial: int) -> tuple[int, ...]:
    top, mask = 1 << (width - 1), (1 << width) - 1

    def rows() -> Iterator[int]:
        for byte in range(256):
            value = byte << (width - 8)
            for _ in range(8):
                value = (value << 1 ^ polynomial if value & top else value << 1) & mask
            yield value

    return tuple(rows())


def _crc(data: bytes, width: int, polynomial: int) -> int:
    table, shift, mask = _crc_table(width, polynomial), width - 8, (1 << width) - 1
    value = 0
    for byte in data:
        value = (value << 8 ^ table[value >> shift ^ byte]) & mask
    return value


FORMATS: dict[str, Callable[[float], bytes]] = {
    "wav": wav, "mp3": mp3, "flac": flac, "opus": opus, "aac": aac, "pcm16": pcm, "pcm": pcm,
}  # fmt: skip

_MP3_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_MP3_BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MP3_BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def heard_seconds(data: bytes, form: str) -> float | None:
    """How long a WAV or MP3 input lasts; None if it is not what it claims to be."""
    return _wav_seconds(data) if form == "wav" else _mp3_seconds(data)


def _wav_seconds(data: bytes) -> float | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return None
    at, per_second = 12, 0
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"fmt " and at + 20 <= len(data):
            per_second = int.from_bytes(data[at + 16 : at + 20], "little")
        elif name == b"data" and per_second:
            return min(size, len(data) - at - 8) / per_second
        at += 8 + size + size % 2
    return None


def _mp3_seconds(data: bytes) -> float | None:
    at = 0
    if data[:3] == b"ID3" and len(data) >= 10:
        at = 10 + (data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9])
    seconds = 0.0
    while at + 4 <= len(data):
        version, layer = data[at + 1] >> 3 & 3, data[at + 1] >> 1 & 3
        index, rate = data[at + 2] >> 4, data[at + 2] >> 2 & 3
        if data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0 or version == 1 or layer != 1 or index in (0, 15) or rate == 3:
            break
        first = version == 3
        bits = (_MP3_BITRATES_1 if first else _MP3_BITRATES_2)[index] * 1000
        hertz = _MP3_RATES[version][rate]
        seconds += (1152 if first else 576) / hertz
        at += (144 if first else 72) * bits // hertz + (data[at + 2] >> 1 & 1)
    return seconds or None
