"""MP3, AAC and Opus without a codec: frames of short beeps encoded beforehand (`fixtures/media`), one beep for every word, silence between.

The words themselves are in a tag. MPEG-2 layer III (ISO/IEC 13818-3), ADTS (ISO/IEC 13818-7), Ogg Opus (RFC 7845).
"""

from __future__ import annotations

import math
import struct
from functools import cache

from mockapi import fixtures
from mockapi.engine.sound import ogg, tags, voice, words
from mockapi.seed import label

_BEEPS = ("low", "middle", "high")
_PER_PAGE = 50  # a second of Opus
_OPUS_SAMPLES = 960  # of 20 ms, at the 48 kHz that Opus counts in


def mp3(text: str, name: str, speed: float) -> bytes:
    return tags.id3(text) + b"".join(_frames(text, name, speed, "mp3", 576 / voice.RATE))


def aac(text: str, name: str, speed: float) -> bytes:
    return tags.id3(text) + b"".join(_frames(text, name, speed, "aac", 1024 / voice.RATE))


def adts(text: str, name: str, seconds: float) -> list[bytes]:
    """The AAC frames of a text, as many as fit into a time: cut off, or with silence behind."""
    frames, count = _frames(text, name, 1.0, "aac", 1024 / voice.RATE), int(seconds * voice.RATE / 1024)
    silent, *_ = _beep("aac", _BEEPS[0])
    return (frames + [silent] * count)[:count]


def opus(text: str, name: str, speed: float) -> bytes:
    packets = _frames(text, name, speed, "opus", 0.02)
    head = struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, 0, voice.RATE, 0, 0)
    made = ogg.pages([head], 0, 0, 2)
    made += ogg.pages([b"OpusTags" + tags.comments(text)], 0, 1, 0)
    for start in range(0, len(packets), _PER_PAGE):
        end = min(start + _PER_PAGE, len(packets))
        made += ogg.pages(packets[start:end], _OPUS_SAMPLES * end, len(made), 4 if end == len(packets) else 0)
    return b"".join(made)


def _frames(text: str, name: str, speed: float, form: str, length: float) -> list[bytes]:
    """The frames of a text, each `length` seconds long."""
    seconds = voice.duration(text, speed)
    silent, *beep = _beep(form, _BEEPS[label(name) % len(_BEEPS)])
    frames = [silent] * max(1, math.ceil(seconds / length - 1e-6))
    said = words.pieces(text)
    share = seconds / (sum(size for _, size in said) or 1.0)
    starts, passed = [], 0.0
    for _, size in said:
        starts.append(round(passed * share / length))
        passed += size
    for start, end in zip(starts, [*starts[1:], len(frames)], strict=False):
        sounding = beep[: max(0, end - start)]
        frames[start : start + len(sounding)] = sounding
    return frames


@cache
def _beep(form: str, name: str) -> list[bytes]:
    """The frames of one beep, a silent one in front."""
    data = (fixtures.folder() / "media" / f"{name}.{form}").read_bytes()
    frames = []
    while data:
        if form == "opus":
            size, data = data[0], data[1:]
        else:
            size = 96 if form == "mp3" else (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
        frames.append(data[:size])
        data = data[size:]
    return frames
