"""Judging a text by the words in it. Data: `fixtures/replies/moderation.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from mockapi import fixtures
from mockapi.engine.cues import Cue
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
def _cues() -> tuple[tuple[str, Cue], ...]:
    categories: dict[str, list[str]] = _data()["categories"]
    return tuple((name, Cue(rf"\b(?:{'|'.join(map(re.escape, words))})\b", tuple(words))) for name, words in categories.items())


@cache
def _words() -> tuple[str, ...]:
    """All words of all categories, those left out that hold another."""
    words = {word for words in _data()["categories"].values() for word in words}
    return tuple(sorted(word for word in words if not any(other != word and other in word for other in words)))


def _suspicious(folded: str) -> bool:
    for word in _words():  # noqa: SIM110 - a generator would take twice the time
        if word in folded:
            return True
    return False


def judge(text: str) -> Judgement:
    """The judgement on a text: the same for the same text."""
    text = text[:_LOOKED_AT]
    folded = text.lower()
    suspicious = _suspicious(folded)
    stream = Stream(label(text))
    scores = []
    for name, cue in _cues():
        found = len(cue.pattern.findall(folded)) if suspicious else 0
        quiet = round(0.00001 + 0.0009 * stream.unit(), 8)
        scores.append((name, round(min(0.995, 0.7 + 0.12 * found + quiet), 8) if found else quiet))
    return Judgement(any(score >= 0.5 for _, score in scores), tuple(scores))


def refused(text: str) -> bool:
    """Whether the simulated model declines to answer a text."""
    text = text[:_LOOKED_AT]
    return _suspicious(text.lower()) and any(judge(text).applies(category) for category in _data()["refused"])
