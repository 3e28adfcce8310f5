"""Which passages say most about a query: by its words, weighed by how rare they are (BM25), and by the nearness of embeddings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log
from operator import mul
from typing import TypedDict

from mockapi.engine import vectors
from mockapi.records import record

# Of the embeddings that are compared: enough to tell passages apart, in whole numbers, which add up to the same on any machine.
_DIMENSIONS = 256
_SCALE = 127
_MODEL = "retrieval"
# BM25: how soon a word's repetitions stop to count, and how much long passages are marked down.
_SATURATION, _LENGTH = 1.2, 0.75
# Digits of a score.
_DIGITS = 4


class Passage(TypedDict):
    """A chunk made ready: its words by their stems with their counts, their number, and its embedding in whole numbers."""

    text: str
    terms: dict[str, int]
    length: int
    vector: list[int]


@record
class Found:
    """A passage by its place among those that were searched; `score` in [0, 1]."""

    place: int
    score: float


def ready(text: str) -> Passage:
    """A chunk as it is searched."""
    terms = vectors.terms(text)
    return {"text": text, "terms": dict(Counter(terms)), "length": len(terms), "vector": _vector(text)}


def _vector(text: str) -> list[int]:
    return [round(value * _SCALE) for value in vectors.embed(text, _DIMENSIONS, _MODEL)]


def rank(
    queries: Sequence[str], passages: Sequence[Passage], chosen: Iterable[int], limit: int, *, threshold: float = 0, rerank: bool = True
) -> list[Found]:
    """The best of the chosen passages, best first, equal ones in their order; of several queries the one that fits best counts.

    How rare a word is follows from all passages, chosen or not. Without `rerank` the embeddings alone decide.
    """
    places = list(chosen)
    best = [0.0] * len(places)
    for query in queries:
        near = _vector(query)
        words = _lexical(vectors.terms(query), passages, places) if rerank else [0.0] * len(places)
        for number, place in enumerate(places):
            nearness = min(1.0, max(0, sum(map(mul, near, passages[place]["vector"]))) / _SCALE**2)
            # Either alone may show that a passage fits; both together show it best.
            best[number] = max(best[number], 1 - (1 - words[number]) * (1 - nearness))
    found = [Found(place, round(score, _DIGITS)) for place, score in zip(places, best, strict=True)]
    return sorted((each for each in found if each.score >= threshold), key=lambda each: (-each.score, each.place))[:limit]


def _lexical(terms: list[str], passages: Sequence[Passage], places: list[int]) -> list[float]:
    """BM25 of the passages as a share of the most that a query could have, below 1."""
    asked = Counter(terms)
    if not asked or not passages:
        return [0.0] * len(places)
    average = sum(passage["length"] for passage in passages) / len(passages) or 1
    weights = {}
    for term, times in asked.items():
        holding = sum(term in passage["terms"] for passage in passages)
        weights[term] = times * log(1 + (len(passages) - holding + 0.5) / (holding + 0.5))
    most = sum(weights.values()) * (_SATURATION + 1)
    shares = []
    for place in places:
        passage = passages[place]
        held = passage["terms"]
        damped = _SATURATION * (1 - _LENGTH + _LENGTH * passage["length"] / average)
        said = sum(weight * held[term] * (_SATURATION + 1) / (held[term] + damped) for term, weight in weights.items() if term in held)
        shares.append(said / most)
    return shares


def rewrite(query: str) -> str:
    """A question as a search: the words of it that say something, in their order; as it was where there are none."""
    return " ".join(vectors.telling(query)) or query
