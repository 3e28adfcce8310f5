"""FLAC (RFC 9639), read: one channel of a file, in 16 bits, as far as it is asked for. Checks are not checked."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from operator import mul

from mockapi.engine.sound import checks, ear

_SIZES = {1: 192, **{code: 144 << code for code in range(2, 6)}, **{code: 1 << code for code in range(8, 16)}}
_WIDTHS = {1: 8, 2: 12, 4: 16, 5: 20, 6: 24, 7: 32}
_FIXED = ((), (1,), (2, -1), (3, -3, 1), (4, -6, 4, -1))
# Samples decoded at most, about a second's work: looking for a message, and more once the end of one is looked for.
_BUDGET, _MORE = 1_500_000, 6_000_000
_FOUND = 3 * ear.RATE
_LOOKED = 1 << 16  # bytes at the end in which the last frame is looked for
_METADATA = 1000


class Flac:
    """A file as it is read. Raises ValueError for one that cannot be."""

    def __init__(self, data: bytes, start: int = 0) -> None:
        if data[start : start + 4] != b"fLaC" or len(data) < start + 42 or data[start + 4] & 0x7F:
            raise ValueError("no FLAC")
        info = data[start + 8 : start + 42]
        packed = int.from_bytes(info[10:18], "big")
        self._rate, self._width, total = packed >> 44, (packed >> 36 & 31) + 1, packed & (1 << 36) - 1
        self._block = int.from_bytes(info[2:4], "big")
        if not self._rate:
            raise ValueError("no rate")
        at, last = start + 4, False
        for _ in range(_METADATA):
            if last or at >= len(data):
                break
            last = data[at] > 127
            at += 4 + int.from_bytes(data[at + 1 : at + 4], "big")
        self._data, self._start, self._at = data, at, at
        self._channels = (packed >> 41 & 7) + 1
        self._kept = 0
        self._samples = array("h")
        self._left, self._more = _BUDGET, _MORE
        self.seconds = (total or self._counted()) / self._rate

    def text(self) -> str | None:
        """The text that the samples carry, if they do."""
        if self._rate < ear.RATE:
            return None
        # Sound in one channel is the first of two, and the third, in the centre, of more.
        for kept in (0, 2) if self._channels > 2 else (0,):
            self._kept, self._at, self._samples = kept, self._start, array("h")
            text = ear.text_of(self._read)
            if text is not None:
                return text
        return None

    def _counted(self) -> int:
        """Samples of a file that does not say how many it has: by the number of its last frame."""
        at = len(self._data)
        least = max(self._at, at - _LOOKED)
        while (at := self._data.rfind(b"\xff", least, at)) >= 0:
            try:
                number, _, size, _, _, fixed = _header(self._data, at)
            except (ValueError, IndexError):
                continue
            return number * self._block + size if fixed else number + size
        return 0

    def _read(self, start: int, count: int) -> Sequence[float]:
        if start > _FOUND:
            self._left, self._more = self._left + self._more, 0
        wanted = (start + count) * self._rate // ear.RATE + 2
        while len(self._samples) < wanted and self._left > 0:
            try:
                self._samples += self._frame()
            except (ValueError, IndexError, OverflowError):
                self._left = 0
        return ear.resampled(self._samples, self._rate, start, count)

    def _frame(self) -> array[int]:
        """The next frame's samples of the channel that is listened to."""
        _, at, size, channels, width, _ = _header(self._data, self._at)
        width = width or self._width
        side = {8: 1, 9: 0, 10: 1}.get(channels)  # the channel that holds a difference takes a bit more
        count = channels + 1 if side is None else 2
        if count == 1 and width == 16 and self._data[at] in (0, 2):
            return self._plain(at, size)
        self._left -= 40 + size * (count + 2) // 3  # the other channels are not predicted
        # As many bits as the frame can have, behind a one that keeps the zeros in front.
        longest = size * count * (width + 1) // 8 + 64 * count
        bits = _Bits(bin(int.from_bytes(b"\x01" + self._data[at : at + longest], "big"))[3:])
        # Right and side: the second is plain. Middle and side: the middle carries what both have in common.
        kept = 1 if channels == 9 else min(self._kept, count - 1)
        made: list[int] = []
        for number in range(count):
            values = bits.subframe(size, width + (number == side), number == kept)
            made = values if number == kept else made
        self._at = at + (bits.at + 7) // 8 + 2
        shift = width - 16
        return array("h", [value >> shift for value in made] if shift >= 0 else [value << -shift for value in made])

    def _plain(self, at: int, size: int) -> array[int]:
        """A mono frame of 16 bits that is constant or verbatim."""
        constant = self._data[at] == 0
        end = at + 1 + (2 if constant else 2 * size)
        samples = array("h", self._data[at + 1 : end])
        if len(samples) != (1 if constant else size):
            raise ValueError("truncated")
        if sys.byteorder == "little":
            samples.byteswap()
        self._at = end + 2
        self._left -= size // 8
        return samples * size if constant else samples


def _header(data: bytes, at: int) -> tuple[int, int, int, int, int, bool]:
    """Of a frame: its number, where its first subframe is, how many samples it has, its channels as coded, the bits of a sample (0: as
    the stream says), and whether all blocks are of one size."""
    if data[at] != 0xFF or data[at + 1] & 0xFE != 0xF8:
        raise ValueError("no frame")
    size_code, rate_code = data[at + 2] >> 4, data[at + 2] & 15
    channels, width = data[at + 3] >> 4, data[at + 3] >> 1 & 7
    if channels > 10 or width == 3 or rate_code == 15 or size_code == 0 or data[at + 3] & 1:
        raise ValueError("reserved")
    end = at + 4
    first = data[end]
    more = 0
    while first << more & 0x80:
        more += 1
    if more == 1 or more > 7:
        raise ValueError("no number")
    number = first & (0x7F >> more)
    for byte in data[end + 1 : end + max(1, more)]:
        number = number << 6 | byte & 0x3F
    end += max(1, more)
    extra = {6: 1, 7: 2}.get(size_code, 0)
    size = int.from_bytes(data[end : end + extra], "big") + 1 if extra else _SIZES[size_code]
    end += extra + {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    if checks.crc8(data[at:end]) != data[end]:
        raise ValueError("damaged")
    return number, end + 1, size, channels, _WIDTHS.get(width, 0), not data[at + 1] & 1


class _Bits:
    """Bits as characters, which finds and converts many at once. ValueError where they end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def take(self, size: int) -> int:
        self.at += size
        return int(self.text[self.at - size : self.at], 2) if size else 0

    def signed(self, size: int) -> int:
        value = self.take(size)
        return value - (1 << size) if size and value >> (size - 1) else value

    def subframe(self, size: int, width: int, wanted: bool) -> list[int]:
        """The samples of a subframe, or only its end found."""
        kind = self.take(7)
        wasted = 0
        if self.take(1):
            one = self.text.index("1", self.at)
            wasted = one - self.at + 1
            self.at = one + 1
        width -= wasted
        if kind > 63 or width < 1:
            raise ValueError("reserved")
        if kind == 0:
            made = [self.signed(width)] * size
        elif kind == 1:
            made = [self.signed(width) for _ in range(size)]
        elif 8 <= kind <= 12:
            made = self._predicted(size, width, list(_FIXED[kind - 8]), None, wanted)
        elif kind >= 32:
            made = self._predicted(size, width, [0] * (kind - 31), self, wanted)
        else:
            raise ValueError("reserved")
        return [value << wasted for value in made] if wasted else made

    def _predicted(self, size: int, width: int, weights: list[int], told: _Bits | None, wanted: bool) -> list[int]:
        order = len(weights)
        if order > size:
            raise ValueError("too short")
        made = [self.signed(width) for _ in weights]
        shift = 0
        if told is not None:
            precision = self.take(4) + 1
            shift = self.signed(5)
            if precision == 16 or shift < 0:
                raise ValueError("reserved")
            weights = [self.signed(precision) for _ in weights]
        rest = self._residual(size, order)
        if not wanted:
            return made
        weights.reverse()
        # Values stay within 33 bits, whatever a damaged file says.
        high, mask = 1 << 32, (1 << 33) - 1
        if not order:
            return rest
        for value in rest:
            made.append(((sum(map(mul, weights, made[-order:])) >> shift) + value + high & mask) - high)
        return made

    def _residual(self, size: int, order: int) -> list[int]:
        """What prediction missed, in partitions of Rice codes."""
        method = self.take(2)
        if method > 1:
            raise ValueError("reserved")
        parts = self.take(4)
        made: list[int] = []
        text = self.text
        for part in range(1 << parts):
            count = (size >> parts) - (order if part == 0 else 0)
            if count < 0:
                raise ValueError("too short")
            low = self.take(4 + method)
            if low == (31 if method else 15):
                width = self.take(5)
                made += [self.signed(width) for _ in range(count)]
                continue
            at = self.at
            for _ in range(count):
                one = text.index("1", at)
                at_low = one + 1
                value = one - at
                at = at_low + low
                if low:
                    value = value << low | int(text[at_low:at], 2)
                made.append(value >> 1 ^ -(value & 1))
            self.at = at
        return made
