"""Judging a text by the words in it. Data: `fixtures/replies/moderation.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from mockapi import fixtures
from mockapi.seed import Stream, label

_LOOKED_AT = 20_000


@dataclass(frozen=True, eq=False, repr=False)
class Judgement:
    """Categories in the API's order, each with whether it applies and a score in 0..1."""

    flagged: bool
    scores: tuple[tuple[str, float], ...]

    def applies(self, category: str) -> bool:
        return dict(self.scores)[category] >= 0.5


@cache
def _data() -> dict[str, Any]:
    return fixtures.load("replies/moderation.toml")


@cache
def _cues() -> tuple[tuple[str, re.Pattern[str]], ...]:
    categories: dict[str, list[str]] = _data()["categories"]
    return tuple((name, re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)) for name, words in categories.items())


@cache
def _any_cue() -> re.Pattern[str]:
    words = {word for words in _data()["categories"].values() for word in words}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})\b", re.IGNORECASE)


@lru_cache(maxsize=512)
def _suspicious(text: str) -> bool:
    return _any_cue().search(text) is not None


def judge(text: str) -> Judgement:
    """The judgement on a text: the same for the same text."""
    text = text[:_LOOKED_AT]
    stream = Stream(label(text))
    scores = []
    for name, cue in _cues():
        found = len(cue.findall(text)) if _suspicious(text) else 0
        quiet = round(0.00001 + 0.0009 * stream.unit(), 8)
        scores.append((name, round(min(0.995, 0.7 + 0.12 * found + quiet), 8) if found else quiet))
    return Judgement(any(score >= 0.5 for _, score in scores), tuple(scores))


def refused(text: str) -> bool:
    """Whether the simulated model declines to answer a text."""
    text = text[:_LOOKED_AT]
    return _suspicious(text) and any(judge(text).applies(category) for category in _data()["refused"])
