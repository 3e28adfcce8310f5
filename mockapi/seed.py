"""The only source of chance: streams of numbers that follow from a seed and labels, the same in every process.

A stream is a 64-bit linear congruential generator (Knuth, MMIX) whose upper bits are used. It is for variety, not for secrets.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

_T = TypeVar("_T")
_MASK = (1 << 64) - 1
_MULTIPLIER = 6364136223846793005
_INCREMENT = 1442695040888963407
_BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TO_BASE62 = bytes(_BASE62[i % 62] for i in range(256))


def label(text: str) -> int:
    """The 64-bit number that stands for a label, for use with `Stream.child`; compute it once where it repeats."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def mixed(origin: int, number: int) -> int:
    """The origin of the stream that belongs to a number beside another's origin."""
    product = ((origin ^ number) * 0x9E3779B97F4A7C15) & _MASK
    return product ^ (product >> 29)


class Stream:
    """A repeatable stream of draws. Cheap to make, cheap to split with `child`."""

    __slots__ = ("_state", "origin")

    def __init__(self, origin: int) -> None:
        self.origin = origin & _MASK
        self._state = (self.origin * _MULTIPLIER + _INCREMENT) & _MASK

    def child(self, number: int) -> Stream:
        """A stream of its own for a label; it does not depend on what was drawn from this one."""
        return Stream(mixed(self.origin, number))

    def _bits(self) -> int:
        """31 bits."""
        self._state = state = (self._state * _MULTIPLIER + _INCREMENT) & _MASK
        return state >> 33

    def below(self, bound: int) -> int:
        """An integer in [0, bound)."""
        if bound <= 0x7FFFFFFF:
            return (self._bits() * bound) >> 31
        wide = 0
        for _ in range(bound.bit_length() // 31 + 2):
            wide = (wide << 31) | self._bits()
        return wide % bound

    def between(self, low: int, high: int) -> int:
        """An integer in [low, high]."""
        return low + self.below(high - low + 1)

    def unit(self) -> float:
        """A float in [0, 1)."""
        return self._bits() / 2147483648.0

    def chance(self, probability: float) -> bool:
        return self.unit() < probability

    def choice(self, options: Sequence[_T]) -> _T:
        return options[(self._bits() * len(options)) >> 31]

    def entropy(self, size: int) -> bytes:
        """`size` bytes, at most 64; they follow from the origin and the draws made so far."""
        return blake2b(self._state.to_bytes(8, "big"), digest_size=size).digest()

    def base62(self, size: int) -> str:
        """`size` characters of 0-9A-Za-z, at most 64."""
        return self.entropy(size).translate(_TO_BASE62).decode()


class Seed:
    """What one world was seeded with."""

    __slots__ = ("_key",)

    def __init__(self, *labels: str) -> None:
        self._key = blake2b("\0".join(labels).encode(), digest_size=16).digest()

    def stream(self, *labels: bytes) -> Stream:
        """The stream of some labels; they are told apart by zero bytes between them."""
        return Stream(int.from_bytes(blake2b(b"\0".join(labels), digest_size=8, key=self._key).digest(), "big"))


def again(origin: int, times: int) -> Stream:
    """The chance of what was asked so many times before."""
    return Stream(mixed(origin, times) if times else origin)
