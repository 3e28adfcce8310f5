"""How alike two texts are, from 0 to 1, by the metrics of the text similarity grader.

Texts are read up to a length; by it the longest take a fraction of a second.
"""

from __future__ import annotations

import math
import re
from collections import Counter, deque
from collections.abc import Callable, Sequence

from mockapi.engine import vectors

_LONGEST = 20_000
_SIGNS = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
# Words and numbers; scripts without spaces count by the character.
_WORD = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+")
_PIECE = re.compile(rf"[{_SIGNS}]|[^\W{_SIGNS}]+|[^\w\s]")
# guess: the embedding model of the cosine
_MODEL, _DIMENSIONS = "text-embedding-3-large", 512


def likeness(metric: str, text: str, reference: str) -> float:
    """The likeness of a text to a reference by one of `METRICS`; 1 for equal texts."""
    if text == reference:
        return 1.0
    return round(min(1.0, max(0.0, METRICS[metric](text, reference))), 6)


def words(text: str) -> list[str]:
    """The words of a text in lower case."""
    return _some(_WORD, text.lower())


def _some(pattern: re.Pattern[str], text: str) -> list[str]:
    return [found[0] for found, _ in zip(pattern.finditer(text), range(_LONGEST), strict=False)]


def shared(material: str, text: str) -> float:
    """How many of the different words of some material a text has, from 0 to 1; 0 if there is none."""
    wanted = {vectors.stem(word) for word in words(material)}
    return len(wanted & {vectors.stem(word) for word in words(text)}) / len(wanted) if wanted else 0.0


def _subsequence(left: Sequence[str], right: Sequence[str]) -> int:
    """The length of the longest common subsequence, by bits (Hyyrö 2004); of what differs only the beginning is looked at."""
    shorter = min(len(left), len(right))
    head = next((place for place in range(shorter) if left[place] != right[place]), shorter)
    rest = shorter - head
    tail = next((place for place in range(rest) if left[-1 - place] != right[-1 - place]), rest)
    left, right = left[head : len(left) - tail][:_LONGEST], right[head : len(right) - tail][:_LONGEST]
    places: dict[str, int] = {}
    for place, part in enumerate(left):
        places[part] = places.get(part, 0) | 1 << place
    full = (1 << len(left)) - 1
    open_ = full
    for part in right:
        met = open_ & places.get(part, 0)
        open_ = (open_ + met | open_ - met) & full
    return head + tail + len(left) - open_.bit_count()


def _ratio(left: Sequence[str], right: Sequence[str]) -> float:
    return 2 * _subsequence(left, right) / (len(left) + len(right)) if left and right else 0.0


def _fuzzy(text: str, reference: str) -> float:
    # guess: the guide names rapidfuzz; this is its plain `ratio`
    return _ratio(text, reference)


def _grams(parts: list[str], size: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(parts[start:] for start in range(size)), strict=False))


def _met(left: Counter[tuple[str, ...]], right: Counter[tuple[str, ...]]) -> int:
    return (left & right).total()


def _bleu(text: str, reference: str) -> float:
    said, meant = _some(_PIECE, text), _some(_PIECE, reference)
    total, orders = 0.0, min(4, len(said), len(meant))
    for size in range(1, orders + 1):
        # Counts above one word are smoothed by one (Lin and Och 2004): a single sentence seldom shares four words in a row.
        more = size > 1
        ours = _grams(said, size)
        met = _met(ours, _grams(meant, size)) + more
        if not met:
            return 0.0
        total += math.log(met / (ours.total() + more))
    brevity = min(0.0, 1 - len(meant) / len(said)) if said else 0.0
    return math.exp(total / orders + brevity) if orders else 0.0


def _gleu(text: str, reference: str) -> float:
    said, meant = _some(_PIECE, text), _some(_PIECE, reference)
    met = most = 0
    for size in range(1, 5):
        ours, theirs = _grams(said, size), _grams(meant, size)
        met += _met(ours, theirs)
        most += max(ours.total(), theirs.total())
    return met / most if most else 0.0


def _meteor(text: str, reference: str) -> float:
    said, meant = words(text), words(reference)
    if said == meant:
        return 1.0 if said else 0.0
    pairs: dict[int, int] = {}
    for form in (str, vectors.stem):
        _pair([form(word) for word in said], [form(word) for word in meant], pairs)
    if not pairs:
        return 0.0
    precision, recall = len(pairs) / len(said), len(pairs) / len(meant)
    chunks = sum(pairs.get(place - 1, -2) != there - 1 for place, there in pairs.items())
    return 10 * precision * recall / (recall + 9 * precision) * (1 - 0.5 * (chunks / len(pairs)) ** 3)


def _pair(said: list[str], meant: list[str], pairs: dict[int, int]) -> None:
    """Pair equal words that have none yet, where it can be with the word after the one that was paired last."""
    taken = set(pairs.values())
    free: dict[str, deque[int]] = {}
    for place, word in enumerate(meant):
        if place not in taken:
            free.setdefault(word, deque()).append(place)
    for place, word in enumerate(said):
        if place in pairs:
            continue
        next_ = pairs.get(place - 1, -2) + 1
        if not 0 <= next_ < len(meant) or next_ in taken or meant[next_] != word:
            waiting = free.get(word, deque())
            while waiting and waiting[0] in taken:
                waiting.popleft()
            if not waiting:
                continue
            next_ = waiting.popleft()
        pairs[place] = next_
        taken.add(next_)


def _rouge(size: int) -> Callable[[str, str], float]:
    def score(text: str, reference: str) -> float:
        ours, theirs = _grams(words(text), size), _grams(words(reference), size)
        return 2 * _met(ours, theirs) / (ours.total() + theirs.total()) if ours and theirs else 0.0

    return score


def _rouge_l(text: str, reference: str) -> float:
    return _ratio(words(text), words(reference))


def _cosine(text: str, reference: str) -> float:
    return vectors.similarity(*(vectors.embed(side, _DIMENSIONS, _MODEL) for side in (text, reference)))


METRICS: dict[str, Callable[[str, str], float]] = {
    "fuzzy_match": _fuzzy, "bleu": _bleu, "gleu": _gleu, "meteor": _meteor, "cosine": _cosine, "rouge_l": _rouge_l,
    **{f"rouge_{size}": _rouge(size) for size in range(1, 6)},
}  # fmt: skip
