"""An uploaded sound: what it is, how long it lasts, and what is said in it if `speaking` made it."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from mockapi.engine.sound import mpeg, ogg, riff, tags, unflac, webm

NAMES = ("flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm")
LEAST = 0.1  # seconds
_GUESSED_RATE = 16_000  # bytes of a second of a recording that says nothing of its length, as browsers make them
_LONGEST = 1e7


class SoundFault(Exception):
    """Why a sound cannot be taken: `format` (by its name), `damaged`, or `short` (under 0.1 s)."""

    def __init__(self, reason: Literal["format", "damaged", "short"]) -> None:
        super().__init__(reason)
        self.reason: Literal["format", "damaged", "short"] = reason


@dataclass(frozen=True, slots=True)
class Heard:
    """A sound: its length in seconds, the text that it carries (None if it is not ours), and its container: wav, mp3, flac, ogg, aac, mp4,
    webm or mpeg."""

    seconds: float
    text: str | None
    kind: str


class _Patient(io.BytesIO):
    """Data that are read only so many times: a file of nothing but tiny boxes would take seconds."""

    left = 100_000

    def read(self, size: int | None = -1, /) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise EOFError
        return super().read(size)


def listen(data: bytes, filename: str) -> Heard:
    """What is heard in a file. Raises SoundFault."""
    _, dot, ending = filename.rpartition(".")
    if not dot or ending.lower() not in NAMES:
        raise SoundFault("format")
    try:
        heard = _heard(data)
    except (ValueError, LookupError, ArithmeticError):
        raise SoundFault("damaged") from None
    if not 0 <= heard.seconds < _LONGEST:
        raise SoundFault("damaged")
    if heard.seconds < LEAST:
        raise SoundFault("short")
    return heard


def _heard(data: bytes) -> Heard:
    """By what the data are, whatever their name. Raises ValueError."""
    if data[:4] == b"RIFF":
        wave = riff.Wave(data)
        return Heard(wave.seconds, wave.text(), "wav")
    start = tags.id3_size(data)
    if data[start : start + 4] == b"fLaC":
        flac = unflac.Flac(data, start)
        return Heard(flac.seconds, flac.text(), "flac")
    if data[:4] == b"OggS":
        return Heard(_tagged_seconds(data, "ogg"), tags.ogg_text(data), "ogg")
    if data[4:8] in (b"ftyp", b"moov", b"mdat", b"styp", b"wide"):
        return Heard(_tagged_seconds(data, "mp4"), None, "mp4")
    if data[:4] == b"\x1a\x45\xdf\xa3":
        return Heard(webm.seconds(data), None, "webm")
    if data[:4] == b"\0\0\1\xba":
        return Heard(mpeg.program(data), None, "mpeg")
    aac = mpeg.adts(data, start) is not None
    seconds = mpeg.seconds(data, start, mpeg.adts if aac else mpeg.layered)
    if not seconds:
        raise ValueError("no frames")
    return Heard(seconds, tags.id3_text(data), "aac" if aac else "mp3")


def _tagged_seconds(data: bytes, kind: str) -> float:
    """The length that the headers tell. Raises ValueError."""
    from tinytag import TinyTag

    told = None
    with suppress(Exception):
        # It promises exceptions of its own alone, but a damaged file may bring about any.
        told = TinyTag.get(filename=f"sound.{kind}", file_obj=_Patient(data), tags=False).duration
    if told is not None and told > 0:
        return float(told)
    if kind == "ogg":
        return ogg.seconds(data)
    if b"moof" in data:
        return len(data) / _GUESSED_RATE
    raise ValueError("no duration")
