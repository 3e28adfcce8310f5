"""Reading a text back from the samples that carry it. All listening is done at 8 kHz, the least that holds the tones of `carrier`."""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from operator import add, mul, sub

from mockapi.engine.sound import carrier

RATE = 8000
# Samples from one place on, as many as are asked for and there are, both counted at 8 kHz.
Reader = Callable[[int, int], Sequence[float]]

_SLOT = RATE // carrier.PER_SECOND
_HALF = _SLOT // 2
_LOOKED = 2 * RATE  # how far a message is looked for
_STEP = _SLOT // 4
_LEAST = _SLOT * 30.0**2  # energy below which nothing is heard
_PURE = 0.5  # share of a tone in a slot's energy
_LOUD = 0.4  # energy of a slot with a tone in it, as a share of the first six
_PATIENCE = 5 * carrier.PER_SECOND  # silent slots after which nothing more is expected
_MESSAGES = 64


def _turns(tone: int, size: int) -> tuple[list[float], list[float]]:
    step = 2 * math.pi * (carrier.FIRST_TONE + tone) / _SLOT
    return [math.cos(step * place) for place in range(size)], [math.sin(step * place) for place in range(size)]


_WHOLE = [_turns(tone, _SLOT) for tone in carrier.PREAMBLE]
_EVEN = [(tone, *_turns(tone, _HALF)) for tone in range(carrier.TONES) if (carrier.FIRST_TONE + tone) % 2 == 0]
_ODD = [(tone, *_turns(tone, _HALF)) for tone in range(carrier.TONES) if (carrier.FIRST_TONE + tone) % 2]


def samples_of(pcm16: bytes, rate: int) -> str | None:
    """The text in 16-bit little-endian mono samples; None if they carry none. Silence at the start is passed over."""
    samples = array("h", pcm16[: len(pcm16) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    start = (len(pcm16) - len(pcm16.lstrip(b"\0"))) // 2
    return text_of(lambda at, count: resampled(samples, rate, at, count), start * RATE // max(1, rate)) if rate >= RATE else None


def resampled(samples: Sequence[float], rate: int, start: int, count: int) -> Sequence[float]:
    """Samples at 8 kHz: every so many of a multiple of that rate, values between two neighbours otherwise."""
    step, rest = divmod(rate, RATE)
    if not rest:
        return samples[start * step : (start + count) * step : step]
    made = []
    last = len(samples) - 1
    for place in range(start * rate, (start + count) * rate, rate):
        at, part = divmod(place, RATE)
        if at >= last:
            break
        value = samples[at]
        made.append(value + (samples[at + 1] - value) * part / RATE)
    return made


def text_of(read: Reader, start: int = 0) -> str | None:
    """The text of the messages that follow each other from `start` on, each looked for within two seconds; None if there is none.

    Together they are no longer than one can be.
    """
    told: list[str] = []
    left = carrier.LONGEST
    while len(told) < _MESSAGES:
        found = _preamble(read, start)
        heard = None if found is None else _message(read, *found, left)
        if heard is None:
            break
        text, start = heard
        told.append(text)
        left -= len(text.encode())
    return " ".join(told) if told else None


def breaks_off(pcm16: bytes, rate: int) -> bool:
    """Whether 16-bit samples end in the midst of a message: who speaks has not said all."""
    samples = array("h", pcm16[: len(pcm16) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    start = (len(pcm16) - len(pcm16.lstrip(b"\0"))) // 2 * RATE // rate

    def read(at: int, count: int) -> Sequence[float]:
        return resampled(samples, rate, at, count)

    for _ in range(_MESSAGES):
        found = _preamble(read, start)
        if found is None:
            return False
        heard = _message(read, *found, carrier.LONGEST)
        if heard is None:
            return _is_cut(read, *found)
        start = heard[1]
    return False


def _is_cut(read: Reader, start: int, energy: float) -> bool:
    """Whether a message that cannot be read has fewer tones than it told."""
    heard = _tones(read, start + len(carrier.PREAMBLE) * _SLOT, _LOUD * energy)
    head, _ = _bytes(heard, 4)
    size = carrier.size(head)
    return len(head) < 4 or (size is not None and len(_bytes(heard, size)[0]) < size)


def _energy(window: Sequence[float]) -> float:
    return float(sum(map(mul, window, window)))


def _power(window: Sequence[float], cosine: list[float], sine: list[float]) -> float:
    return float(sum(map(mul, window, cosine)) ** 2 + sum(map(mul, window, sine)) ** 2)


def _preamble(read: Reader, start: int) -> tuple[int, float] | None:
    """Where a message begins, and the energy of one of its slots."""
    size = len(carrier.PREAMBLE) * _SLOT
    samples = read(start, _LOOKED + size)
    for at in range(0, len(samples) - size + 1, _STEP):
        for number, (cosine, sine) in enumerate(_WHOLE):
            window = samples[at + number * _SLOT : at + (number + 1) * _SLOT]
            energy = _energy(window)
            if energy < _LEAST or _power(window, cosine, sine) < _PURE * _HALF * energy:
                break
        else:
            exact = max(
                range(max(0, at - _STEP - 8), min(at + _STEP + 8, len(samples) - size) + 1), key=lambda place: _match(samples, place)
            )
            return start + exact, _energy(samples[exact : exact + size]) / len(carrier.PREAMBLE)
    return None


def _match(samples: Sequence[float], at: int) -> float:
    return sum(
        _power(samples[at + number * _SLOT : at + (number + 1) * _SLOT], cosine, sine) for number, (cosine, sine) in enumerate(_WHOLE)
    )


def _message(read: Reader, start: int, energy: float, longest: int) -> tuple[str, int] | None:
    """The text of the message at `start` and where it ends."""
    heard = _tones(read, start + len(carrier.PREAMBLE) * _SLOT, _LOUD * energy)
    head, _ = _bytes(heard, 4)
    size = carrier.size(head)
    if size is None or size > longest:
        return None
    data, end = _bytes(heard, size)
    text = carrier.text(head, data) if len(data) == size else None
    return None if text is None else (text, end or start + carrier.HEAD * _SLOT)


def _bytes(heard: Iterator[tuple[int, int]], size: int) -> tuple[bytes, int]:
    """So many bytes, two tones to each, and where the last ends; fewer if the sound ends before."""
    made = bytearray()
    end = 0
    while len(made) < size:
        first, second = next(heard, None), next(heard, None)
        if first is None or second is None:
            break
        made.append(first[0] << 4 | second[0])
        end = second[1]
    return bytes(made), end


def _tones(read: Reader, at: int, loud: float) -> Iterator[tuple[int, int]]:
    """The tones from a place on and where each ends; slots without one are passed over."""
    silent = 0
    while silent < _PATIENCE:
        block = read(at, carrier.PER_SECOND * _SLOT)
        for place in range(0, len(block), _SLOT):
            window = block[place : place + _SLOT]
            if len(window) < _SLOT:
                if len(window) < _HALF:
                    return
                window = [*window, *[0.0] * (_SLOT - len(window))]
            if _energy(window) < loud:
                silent += 1
                continue
            silent = 0
            yield _tone(window), at + place + _SLOT
        if len(block) < carrier.PER_SECOND * _SLOT:
            return
        at += len(block)


def _tone(window: Sequence[float]) -> int:
    """The strongest tone. In the second half of a slot an even multiple of 125 Hz repeats itself, an odd one is turned over."""
    same, turned = list(map(add, window[:_HALF], window[_HALF:])), list(map(sub, window[:_HALF], window[_HALF:]))
    half, turns = (same, _EVEN) if _energy(same) >= _energy(turned) else (turned, _ODD)
    return max((_power(half, cosine, sine), tone) for tone, cosine, sine in turns)[1]
