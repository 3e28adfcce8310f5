"""Sound as it goes through a Realtime session: PCM at 24 kHz, or G.711 at 8 kHz (ITU-T G.711)."""

from __future__ import annotations

import sys
from array import array
from functools import cache
from typing import Literal

from mockapi.engine.sound import riff

Form = Literal["audio/pcm", "audio/pcmu", "audio/pcma"]
# Samples and bytes of a second.
RATES: dict[str, int] = {"audio/pcm": 24_000, "audio/pcmu": 8_000, "audio/pcma": 8_000}
BYTES: dict[str, int] = {"audio/pcm": 48_000, "audio/pcmu": 8_000, "audio/pcma": 8_000}


def heard(data: bytes, form: str) -> bytes:
    """Sound in a form as 16-bit little-endian samples, at the rate of the form. Half a sample at the end is dropped."""
    if form == "audio/pcm":
        return data[: len(data) // 2 * 2]
    return riff.expanded(data, "ulaw" if form == "audio/pcmu" else "alaw")


def spoken(pcm: bytes, form: str) -> bytes:
    """16-bit samples at 24 kHz in a form."""
    step = RATES["audio/pcm"] // RATES[form]
    return pcm if step == 1 else packed(_samples(pcm)[::step].tobytes(), form)


def packed(pcm: bytes, form: str) -> bytes:
    """16-bit samples at the rate of a form, in it."""
    if form == "audio/pcm":
        return pcm
    table = _compressed("ulaw" if form == "audio/pcmu" else "alaw")
    return bytes([table[value >> 2] for value in _samples(pcm)])


def _samples(pcm: bytes) -> array[int]:
    held = array("h", pcm)
    if sys.byteorder == "big":
        held.byteswap()
    return held


@cache
def _compressed(law: Literal["ulaw", "alaw"]) -> dict[int, int]:
    """The nearest code of every 14-bit value."""
    known = sorted((value, code) for code, value in enumerate(_samples(riff.expanded(bytes(range(256)), law))))
    found: dict[int, int] = {}
    at = 0
    for value in range(-8192, 8192):
        wide = value * 4 + 2
        while at + 1 < len(known) and abs(known[at + 1][0] - wide) <= abs(known[at][0] - wide):
            at += 1
        found[value] = known[at][1]
    return found
