"""How long MPEG audio lasts, by its frames: layers II and III (ISO/IEC 11172-3, 13818-3) and AAC in ADTS (ISO/IEC 13818-7).

A layer III file may begin with a frame that holds no sound but a tag of its encoder: Xing's, LAME's (how much was added at both ends, too),
or Fraunhofer's. A program stream (ISO/IEC 11172-1, 13818-1) lasts from its first clock reference to its last.
"""

from __future__ import annotations

from collections.abc import Callable

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_BITRATES = {
    2: (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_ADTS_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_PACK = b"\0\0\1\xba"
_FRAMES = 500_000  # after which the rest is taken to be like them
_JUNK = 4096  # bytes that may stand in front of the first frame

Frame = Callable[[bytes, int], tuple[int, float] | None]


def layered(data: bytes, at: int) -> tuple[int, float] | None:
    """Bytes and seconds of the layer II or III frame at a place."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer, index, rate = data[at + 1] >> 3 & 3, 4 - (data[at + 1] >> 1 & 3), data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or layer not in _BITRATES or index in (0, 15) or rate == 3:
        return None
    bits = (_BITRATES[layer] if version == 3 else _LOW)[index] * 1000
    hertz = _RATES[version][rate]
    samples = 576 if layer == 3 and version != 3 else 1152
    return samples // 8 * bits // hertz + (data[at + 2] >> 1 & 1), samples / hertz


def adts(data: bytes, at: int) -> tuple[int, float] | None:
    """Bytes and seconds of the ADTS frame at a place."""
    if at + 7 > len(data) or data[at] != 0xFF or data[at + 1] & 0xF6 != 0xF0:
        return None
    rate = data[at + 2] >> 2 & 15
    size = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
    if rate >= len(_ADTS_RATES) or size < 7:
        return None
    return size, 1024 * ((data[at + 6] & 3) + 1) / _ADTS_RATES[rate]


def seconds(data: bytes, start: int, frame: Frame) -> float:
    """The length of all frames from `start` on, or from the first two in a row soon after it. 0 if there are none."""
    at = start
    if frame(data, at) is None:
        at = _first(data, start, frame)
    begun, total, count = at, 0.0, 0
    added = 0.0
    if frame is layered and (tag := _tag(data, at)) is not None:
        added = tag
        at += (frame(data, at) or (0, 0.0))[0]
        begun = at
    while (found := frame(data, at)) is not None:
        at += found[0]
        total += found[1]
        count += 1
        if count == _FRAMES:
            total *= (len(data) - begun) / (at - begun)
            break
    # A file cut off may have lost what was added at its end.
    return total - added if total > added else total


def _tag(data: bytes, start: int) -> float | None:
    """How many seconds the encoder added to the sound, if the frame at a place is its tag."""
    if layered(data, start) is None or data[start + 1] >> 1 & 3 != 1:
        return None
    if data[start + 36 : start + 40] == b"VBRI":
        return 0.0
    version, single = data[start + 1] >> 3 & 3, data[start + 3] >> 6 == 3
    at = start + 4 + ((17 if single else 32) if version == 3 else (9 if single else 17))
    if data[at : at + 4] not in (b"Xing", b"Info"):
        return None
    flags = data[at + 7] if at + 7 < len(data) else 0
    at += 8 + sum(size for bit, size in enumerate((4, 4, 100, 4)) if flags >> bit & 1)
    if data[at : at + 4] not in (b"LAME", b"Lavc", b"Lavf"):
        return 0.0
    both = int.from_bytes(data[at + 21 : at + 24], "big")
    return ((both >> 12) + (both & 0xFFF)) / _RATES[version][data[start + 2] >> 2 & 3]


def _first(data: bytes, start: int, frame: Frame) -> int:
    at = start
    end = min(len(data), start + _JUNK)
    while (at := data.find(b"\xff", at, end)) >= 0:
        found = frame(data, at)
        if found is not None and frame(data, at + found[0]) is not None:
            return at
        at += 1
    return len(data)


def program(data: bytes) -> float:
    """The length of a program stream."""
    return max(0.0, _reference(data, data.rfind(_PACK, 0, len(data) - 10)) - _reference(data, 0))


def _reference(data: bytes, at: int) -> float:
    """The clock reference in the pack header at a place, in seconds; of its 33 bits those that change within three hours."""
    stamp = int.from_bytes(data[at + 4 : at + 10], "big")
    if stamp >> 46 == 1:
        return ((stamp >> 27 & 0x7FFF) << 15 | stamp >> 11 & 0x7FFF) / 90_000
    return ((stamp >> 25 & 0x7FFF) << 15 | stamp >> 9 & 0x7FFF) / 90_000
