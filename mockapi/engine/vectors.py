"""The simulated embedding model: texts that share words, stems or concepts lie near each other. Data: `fixtures/replies/synonyms.toml`.

A feature of a text is a row of random bytes, one for each dimension; a vector is the weighted sum of its features, centred, of unit length.
The first n bytes of a row do not depend on its length, so a shorter vector is the longer one cut and scaled, as at the API. Rows are held
as integers with 32 bits for each dimension: adding two of these adds all dimensions in one step.
"""

from __future__ import annotations

import re
import struct
import sys
import unicodedata
from array import array
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import pairwise
from math import fsum, isqrt, sqrt
from operator import mul
from typing import TYPE_CHECKING

from mockapi import fixtures
from mockapi.engine.prose import stop_words
from mockapi.records import record

if TYPE_CHECKING:
    from mockapi.engine.tokens import Encoding

# Words, cut where they are longer than any word; scripts without spaces count by the character.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]{1,32}(?:['’][^\W_\u3040-\u9fff]{1,32})?"
)
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_VOWEL = re.compile(r"[aeiouy]")
# One syllable that ends in one consonant: "mak", "car", but not "walk", "eat".
_SHORT = re.compile(r"[^aeiouy]*[aeiouy][^aeiouwxy]$")
_MOST_WORDS = 8192
_BANKS, _BANK = 6, 32
# Weights within a word: what it is alone, what it is beside its concept, the concept, the topic; the letters share one. The first two are
# odd, so that the lowest byte of a word's sum is as good as random (see `_embedded`).
_ALONE, _BESIDE, _CONCEPT, _TOPIC, _LETTERS = 23, 13, 20, 14, 12
# Weights within a text, where a word that says nothing has 1; a word that comes n times counts the square root of n.
_CONTENT, _PAIR = 12, 72


@record
class _Noise:
    """Random rows, of which every feature is the exclusive or of one from each bank."""

    banks: tuple[tuple[int, ...], ...]
    low: int
    lanes: int

    def row(self, feature: str, banks: int = _BANKS) -> int:
        place = blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=_BANKS).digest()
        row = 0
        for bank, byte in zip(self.banks[:banks], place, strict=False):
            row ^= bank[byte % _BANK]
        return row


@lru_cache(maxsize=6)
def _noise(model: str, lanes: int) -> _Noise:
    def made(number: int) -> int:
        row = bytearray(4 * lanes)
        blocks = (blake2b(f"{number} {block}".encode(), key=key).digest() for block in range(-(-lanes // 64)))
        row[::4] = b"".join(blocks)[:lanes]
        return int.from_bytes(row, "little")

    key = blake2b(model.encode(), digest_size=32).digest()
    banks = tuple(tuple(made(bank * _BANK + number) for number in range(_BANK)) for bank in range(_BANKS))
    return _Noise(banks, int.from_bytes(b"\xff\0\0\0" * lanes, "little"), lanes)


@cache
def _meanings() -> tuple[dict[str, tuple[tuple[str, ...], tuple[str, ...]]], frozenset[str]]:
    """The concepts and the topics of each stem that has some, and the words that say nothing in any language."""
    data = fixtures.load("replies/synonyms.toml")
    topics: dict[str, dict[str, None]] = {}
    for topic, words in data["topics"].items():
        for word in words.split():
            topics.setdefault(stem(_fold(word)), {})[f"topic {topic}"] = None
    concepts: dict[str, dict[str, None]] = {}
    for group in data["concepts"]:
        stems = [stem(_fold(word)) for word in group.split()]
        shared = {topic: None for word in stems for topic in topics.get(word, ())}
        for word in stems:
            concepts.setdefault(word, {})[f"concept {group.split()[:2]}"] = None
            if shared:
                topics.setdefault(word, {}).update(shared)
    empty = (stop_words() | set(_fold(data["stop"]).split())) - {_fold(word) for group in data["concepts"] for word in group.split()}
    return {word: (tuple(concepts.get(word, ())), tuple(topics.get(word, ()))) for word in {**topics, **concepts}}, frozenset(empty)


def _fold(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A folded word without plural, -ing, -ed, -ly: "bodies" and "body", "make" and "making", "plan" and "planned" meet."""
    if "'" in word:
        word = max(word.split("'"), key=len)
    if len(word) > 4 and word.endswith(("ies", "sses", "xes", "ches", "shes", "zzes")):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and word[-2] not in "sui" and word != "news":
        word = word[:-1]
    for ending in ("ing", "ed", "ly"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and _VOWEL.search(rest) and not word.endswith("eed"):
            word = rest if ending == "ly" else _whole(rest)
            break
    if len(word) > 2 and word[-1] == "y" and word[-2] not in "aeiou":
        return word[:-1] + "i"
    return word[:-1] if len(word) > 3 and word[-1] == "e" and not _SHORT.match(word[:-1]) else word


def _whole(rest: str) -> str:
    """What was there before -ing or -ed: "plann" is "plan", "mak" is "make"."""
    if rest[-1] == rest[-2] and rest[-1] not in "aeioulsz":
        return rest[:-1]
    return rest + "e" if _SHORT.match(rest) else rest


@lru_cache(maxsize=1024)
def _word(word: str, model: str, lanes: int) -> tuple[int, int]:
    """The sum of a word's features, and of their weights."""
    noise = _noise(model, lanes)
    root = stem(word)
    concepts, topics = _meanings()[0].get(root, ((), ()))
    weight = _BESIDE if concepts else _ALONE
    total = weight * noise.row(root)
    for names, whole in ((concepts, _CONCEPT), (topics, _TOPIC)):
        for name in names:
            share = round(whole / sqrt(len(names)))
            total += share * noise.row(name)
            weight += share
    if len(root) > 2 and not root.isdecimal():
        padded = f"<{root}>"
        threes = {padded[place : place + 3] for place in range(len(padded) - 2)}
        share = round(_LETTERS / sqrt(len(threes)))
        # There are few of these and they weigh little: two banks tell them apart well enough.
        total += share * sum(noise.row(three, 2) for three in threes)
        weight += share * len(threes)
    return total, weight


def _words(text: str) -> list[str]:
    return _WORD.findall(_fold(text).replace("’", "'"))[:_MOST_WORDS]


def telling(text: str) -> list[str]:
    """The words of a text that say something, folded, in their order."""
    empty = _meanings()[1]
    return [word for word in _words(text) if word not in empty]


def terms(text: str) -> list[str]:
    """What to look a text up by: the stems of the words that say something."""
    return [stem(word) for word in telling(text)]


def embed(text: str, dimensions: int, model: str = "") -> array[float]:
    """The vector of a text, of unit length, the same on any machine. The vectors of two models have nothing in common, as at the API."""
    return _scaled(*_embedded(text, model, dimensions + 1), dimensions)


def _embedded(text: str, model: str, lanes: int) -> tuple[int, int]:
    """The sum of all features of a text, and of their weights."""
    words = _words(text)
    if not words:
        return _noise(model, lanes).row(f"text {text}"), 1
    empty = _meanings()[1]
    # Words that count the same are added first and weighed together.
    parts: dict[int, int] = {}
    weights = 0
    for word, times in Counter(words).items():
        part, weight = _word(word, model, lanes)
        share = isqrt((1 if word in empty else _CONTENT * _CONTENT) * times)
        parts[share] = parts.get(share, 0) + part
        weights += share * weight
    # A pair of words is a feature made of the random lowest bytes of both, the second's shifted by a place, so that their order counts.
    rows = [_word(word, model, lanes)[0] for word in words if word not in empty]
    low = _noise(model, lanes).low
    pairs = sum((first ^ (second >> 32)) & low for first, second in pairwise(rows))
    total = sum(share * part for share, part in parts.items())
    return total + _PAIR * pairs, weights + _PAIR * max(0, len(rows) - 1)


def _scaled(total: int, weights: int, dimensions: int) -> array[float]:
    lanes = array("I", total.to_bytes(4 * (dimensions + 1), "little"))
    if sys.byteorder == "big":
        lanes.byteswap()
    lanes.pop()
    centre = 127.5 * weights
    vector = [value - centre for value in lanes]
    length = sqrt(fsum(map(mul, vector, vector)))
    if not length:
        return array("f", [1.0] + [0.0] * (dimensions - 1))
    return array("f", [value / length for value in vector])


def embed_tokens(numbers: Sequence[int], vocabulary: Encoding, dimensions: int, model: str = "") -> array[float]:
    """The vector of the text that some tokens stand for; what is no token or no whole character says nothing."""
    found = b"".join(_bytes(number, vocabulary) for number in numbers)
    text = found.decode("utf-8", "ignore")
    return embed(text or " ".join(map(str, numbers)), dimensions, model)


def _bytes(number: int, vocabulary: Encoding) -> bytes:
    try:
        return vocabulary.token(number)
    except (ValueError, OverflowError):
        return b""


def half(vector: Sequence[float]) -> array[float]:
    """The values in half precision, as the 3-series sends them (seen: A.3)."""
    form = f"<{len(vector)}e"
    return array("f", struct.unpack(form, struct.pack(form, *vector)))


def to_base64(vector: Sequence[float]) -> str:
    """Little-endian 32-bit floats in base64."""
    values = array("f", vector)
    if sys.byteorder == "big":
        values.byteswap()
    return b64encode(values.tobytes()).decode()


def similarity(a: Sequence[float], b: Sequence[float]) -> float:
    """The cosine of the angle between two vectors; 0 where one has no direction."""
    if len(a) != len(b):
        raise ValueError(f"vectors of {len(a)} and of {len(b)} dimensions")
    length = sqrt(fsum(map(mul, a, a)) * fsum(map(mul, b, b)))
    return fsum(map(mul, a, b)) / length if length else 0.0
