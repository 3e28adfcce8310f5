"""MP4 files (ISO/IEC 14496-12 and -14): a track of JPEG pictures and one of AAC sound, with the index in front of the data."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from mockapi.records import record

# Units of time in which the whole file and its tracks are measured.
_PER_SECOND = 1000
_UNITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED = 0x55C4  # the language "und"
# Kinds of elementary streams and of what is in them (ISO/IEC 14496-1, tables 5 and 6).
_VISUAL, _AUDIO = 0x11, 0x15
_JPEG, _AAC = 0x6C, 0x40


@record
class Track:
    """Pictures or sound, frame by frame. `rate` is in units of time a second, `length` in units a frame."""

    frames: Sequence[bytes]
    rate: int
    length: int
    entry: bytes
    handler: bytes
    header: bytes
    width: int = 0
    height: int = 0

    @property
    def seconds(self) -> float:
        return len(self.frames) * self.length / self.rate


def pictures(frames: Sequence[bytes], per_second: int, width: int, height: int) -> Track:
    """A track of JPEG files of `width` x `height` pixels."""
    entry = struct.pack(">6xH16xHHIIIH32xHh", 1, width, height, 0x480000, 0x480000, 0, 1, 24, -1)
    box = _box(b"mp4v", entry, _stream(_VISUAL, _JPEG, b""))
    return Track(frames, per_second, 1, box, b"vide", _full(b"vmhd", 1, bytes(8)), width, height)


def sound(frames: Sequence[bytes]) -> Track:
    """A track of AAC frames with their ADTS headers (ISO/IEC 13818-7), which say what they are and are left out."""
    head = int.from_bytes(frames[0][:4], "big")
    kind, number, channels = (head >> 14 & 3) + 1, head >> 10 & 15, head >> 6 & 7
    rate = _RATES[number]
    setup = (kind << 11 | number << 7 | channels << 3).to_bytes(2, "big")
    box = _box(b"mp4a", struct.pack(">6xH8xHH4xI", 1, channels, 16, rate << 16), _stream(_AUDIO, _AAC, setup))
    bare = [frame[7 if frame[1] & 1 else 9 :] for frame in frames]
    return Track(bare, rate, 1024, box, b"soun", _full(b"smhd", 0, bytes(4)))


_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)


def write(tracks: Sequence[Track]) -> bytes:
    """A file of some tracks, their frames one after another as they are played."""
    kind = _box(b"ftyp", b"isom", struct.pack(">I", 512), b"isomiso2mp41")
    order = sorted(
        (place * track.length / track.rate, number, place) for number, track in enumerate(tracks) for place in range(len(track.frames))
    )
    # The index says where the data are and stands in front of them: its own size does not depend on what it says.
    start = len(kind) + len(_index(tracks, [[0] * len(track.frames) for track in tracks])) + 8
    places: list[list[int]] = [[] for _ in tracks]
    for _, number, place in order:
        places[number].append(start)
        start += len(tracks[number].frames[place])
    data = [tracks[number].frames[place] for _, number, place in order]
    return b"".join([kind, _index(tracks, places), struct.pack(">I4s", 8 + sum(map(len, data)), b"mdat"), *data])


def _index(tracks: Sequence[Track], places: list[list[int]]) -> bytes:
    length = round(_PER_SECOND * max(track.seconds for track in tracks))
    head = struct.pack(">IIIIIH10x", 0, 0, _PER_SECOND, length, 0x10000, 0x100)
    movie = _full(b"mvhd", 0, head, _UNITY, bytes(24), struct.pack(">I", len(tracks) + 1))
    return _box(b"moov", movie, *(_track(track, number, places[number - 1]) for number, track in enumerate(tracks, 1)))


def _track(track: Track, number: int, places: list[int]) -> bytes:
    count = len(track.frames)
    head = struct.pack(">IIIII8xHHHH", 0, 0, number, 0, round(_PER_SECOND * track.seconds), 0, 0, 0 if track.width else 0x100, 0)
    media = struct.pack(">IIIIHH", 0, 0, track.rate, count * track.length, _UNDETERMINED, 0)
    table = _box(
        b"stbl",
        _full(b"stsd", 0, _number(1), track.entry),
        _full(b"stts", 0, struct.pack(">III", 1, count, track.length)),
        _full(b"stsc", 0, struct.pack(">IIII", 1, 1, 1, 1)),
        _full(b"stsz", 0, _number(0), _number(count), _numbers(map(len, track.frames))),
        _full(b"stco", 0, _number(count), _numbers(places)),
    )
    within = _box(b"dinf", _full(b"dref", 0, _number(1), _full(b"url ", 1)))
    return _box(
        b"trak",
        _full(b"tkhd", 7, head, _UNITY, struct.pack(">II", track.width << 16, track.height << 16)),
        _box(
            b"mdia",
            _full(b"mdhd", 0, media),
            _full(b"hdlr", 0, bytes(4), track.handler, bytes(13)),
            _box(b"minf", track.header, within, table),
        ),
    )


def _stream(kind: int, of: int, setup: bytes) -> bytes:
    """What a decoder must know of a track (ISO/IEC 14496-1, 7.2.6)."""
    config = struct.pack(">BB3xII", of, kind, 0, 0) + (_described(5, setup) if setup else b"")
    return _full(b"esds", 0, _described(3, struct.pack(">HB", 0, 0), _described(4, config), _described(6, b"\x02")))


def _described(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes((tag, len(content))) + content


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _full(kind: bytes, flags: int, *parts: bytes) -> bytes:
    """A box of version 0 with flags."""
    return _box(kind, _number(flags), *parts)


def _number(value: int) -> bytes:
    return struct.pack(">I", value)


def _numbers(values: Iterable[int]) -> bytes:
    return b"".join(map(_number, values))
