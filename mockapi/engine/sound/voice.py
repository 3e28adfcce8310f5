"""A text as samples: a chirp for every word, over a low hum by which voices are told apart. All sound is mono at 24 kHz."""

from __future__ import annotations

import math
import sys
from array import array
from functools import cache

from mockapi.engine.sound import carrier, words
from mockapi.seed import label

RATE = 24_000
BLOCK = RATE // carrier.PER_SECOND  # samples of one tone
_SHORTEST = 0.4
_TONE_LEVEL = 7000
_HUM_LEVEL = 2200
_HUM_STEP = 62.5  # Hz; a hum of whole steps crosses zero wherever a tone begins
_PITCHES = range(2, 7)  # 125 to 375 Hz
_BALANCES = (0.25, 0.5, 0.75)
_SOUNDING = 0.6  # how much of a word's time is not silent


def duration(text: str, speed: float = 1.0) -> float:
    """How long a text takes to say, in seconds; never less than the sound needs to carry it."""
    said = max(_SHORTEST, sum(seconds for _, seconds in words.pieces(text))) / speed
    return max(round(said, 2), math.ceil(carrier.slots(text) * 100 / carrier.PER_SECOND) / 100)


def pcm(text: str, voice: str = "alloy", speed: float = 1.0) -> bytes:
    """The samples of a spoken text: 16-bit little-endian."""
    seconds = duration(text, speed)
    total = int(seconds * carrier.PER_SECOND + 1e-6)
    tones = carrier.tones(text)
    body = tones[carrier.HEAD :]
    blocks = _blocks(*_timbre(voice))
    quiet = bytes(2 * BLOCK)
    sound: list[bytes] = []
    told = 0
    head = carrier.HEAD
    room = max(1, total - head)
    ends = _ends(text, total)
    for number, end in enumerate(ends):
        start = len(sound)
        if number == 0:
            _sing(sound, tones[:head], blocks)
        # The text is spread over the time in proportion: it never needs more slots than a word has.
        until = len(body) if end == total else max(0, end - head) * len(body) // room
        _sing(sound, body[told:until], blocks)
        told = until
        hum = min(start + int((end - start) * _SOUNDING), end)
        while len(sound) < hum:
            sound.append(blocks[len(sound) & 1][carrier.TONES])
        sound += [quiet] * (end - len(sound))
    made = b"".join(sound)
    return made + bytes(2 * round(seconds * RATE) - len(made))


def _sing(sound: list[bytes], tones: list[int], blocks: tuple[tuple[bytes, ...], ...]) -> None:
    at = len(sound)
    sound += [blocks[at + place & 1][tone] for place, tone in enumerate(tones)]


def _ends(text: str, total: int) -> list[int]:
    """The slot at which each word ends; the first word holds at least the head of the message."""
    said = words.pieces(text) or [("", 1.0)]
    whole = sum(seconds for _, seconds in said)
    ends, passed = [], 0.0
    for _, seconds in said:
        passed += seconds
        ends.append(max(min(total, carrier.HEAD), int(total * passed / whole + 1e-9)))
    ends[-1] = total
    return ends


def _timbre(voice: str) -> tuple[int, int, float]:
    """Two pitches in steps of 62.5 Hz and the share of the second in the hum."""
    number = label(voice)
    number, low = divmod(number, len(_PITCHES))
    number, other = divmod(number, len(_PITCHES) - 1)
    return _PITCHES[low], _PITCHES[(low + 1 + other) % len(_PITCHES)], _BALANCES[number % len(_BALANCES)]


@cache
def _blocks(low: int, other: int, balance: float) -> tuple[tuple[bytes, ...], ...]:
    """The samples of each tone and of the hum alone, for slots with an even and with an odd number."""
    waves = [[_TONE_LEVEL * value for value in wave] for wave in _waves()]
    return tuple(
        tuple(little_endian([int(a + b) for a, b in zip(wave, hum, strict=True)]) for wave in waves) for hum in _hums(low, other, balance)
    )


@cache
def _waves() -> list[list[float]]:
    """One slot of each tone, and one of silence."""
    sine = [math.sin(2 * math.pi * place / BLOCK) for place in range(BLOCK)]
    waves = [[sine[(carrier.FIRST_TONE + tone) * place % BLOCK] for place in range(BLOCK)] for tone in range(carrier.TONES)]
    return [*waves, [0.0] * BLOCK]


def _hums(low: int, other: int, balance: float) -> list[list[float]]:
    turn = 2 * math.pi * _HUM_STEP / RATE
    hum = [
        _HUM_LEVEL * ((1 - balance) * math.sin(turn * low * place) + balance * math.sin(turn * other * place)) for place in range(2 * BLOCK)
    ]
    return [hum[:BLOCK], hum[BLOCK:]]


def little_endian(samples: list[int] | array[int]) -> bytes:
    """16-bit samples as bytes."""
    held = array("h", samples)
    if sys.byteorder == "big":
        held.byteswap()
    return held.tobytes()
