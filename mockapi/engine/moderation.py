"""Judging texts by the words in them, and images by the words in their URLs. Data: `fixtures/replies/moderation.toml`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from mockapi import fixtures
from mockapi.engine.cues import Cue
from mockapi.seed import Stream, label

Kind = Literal["text", "image"]

_LOOKED_AT = 20_000
_NOT_LETTERS = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, eq=False)
class Judgement:
    """Categories in the API's order, each with whether it applies and a score in 0..1."""

    flagged: bool
    scores: tuple[tuple[str, float], ...]
    kinds: tuple[Kind, ...] = ("text",)

    def applies(self, category: str) -> bool:
        return dict(self.scores)[category] >= 0.5

    @property
    def applied(self) -> dict[str, list[Kind]]:
        """What kinds of input each category was judged by (seen: G.9)."""
        pictured = _data()["pictured"]
        return {name: [kind for kind in self.kinds if kind == "text" or name in pictured] for name, _ in self.scores}

    def among(self, names: Sequence[str]) -> Judgement:
        """The judgement of a model that knows only these categories, in this order."""
        scores = dict(self.scores)
        return _judgement({name: scores[name] for name in names}, self.kinds)


@dataclass(frozen=True, eq=False)
class _Category:
    name: str
    cue: Cue
    mild: tuple[str, ...]
    implies: tuple[str, ...]
    pictures: tuple[str, ...]

    @cached_property
    def telling(self) -> tuple[str, ...]:
        """A text with none of these says nothing about the category."""
        return self.cue.stems + self.mild


@cache
def _data() -> dict[str, Any]:
    return fixtures.load("replies/moderation.toml")


@cache
def _categories() -> tuple[_Category, ...]:
    parts: dict[str, str] = _data()["parts"]

    def pattern(texts: list[str]) -> str:
        text = "|".join(texts)
        while (filled := re.sub(r"\{([a-z]+)\}", lambda found: parts[found[1]], text)) != text:
            text = filled
        return rf"\b(?:{text})(?!\w)"

    return tuple(
        _Category(
            name,
            Cue(pattern(table["patterns"]), tuple(table["stems"])),
            tuple(table.get("mild", ())),
            tuple(table.get("implies", ())),
            tuple(table.get("pictures", ())),
        )
        for name, table in _data()["categories"].items()
    )


def categories(older: bool = False) -> tuple[str, ...]:
    """The categories in the order in which the API lists them: those of the omni models, or those of the text-moderation models."""
    return tuple(_data()["older"]) if older else tuple(category.name for category in _categories())


@cache
def _innocent() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_data()['innocent'])})(?!\w)")


@cache
def _stems(refused: bool) -> tuple[str, ...]:
    """What tells of any category, or of those that are refused; what holds another is left out."""
    chosen = [category for category in _categories() if not refused or category.name in _data()["refused"]]
    stems = {stem for category in chosen for stem in (category.cue.stems if refused else category.telling)}
    return tuple(sorted(stem for stem in stems if not any(other != stem and other in stem for other in stems)))


def _suspicious(folded: str, stems: tuple[str, ...]) -> bool:
    for stem in stems:  # noqa: SIM110 - a generator would take twice the time
        if stem in folded:
            return True
    return False


def _fold(text: str) -> str:
    return " ".join(text[:_LOOKED_AT].lower().replace("’", "'").split())


def _harmful(folded: str) -> str:
    """A text without its phrases that mean no harm."""
    return _innocent().sub(" . ", folded)


def _quiet(stream: Stream) -> float:
    return round(0.00001 + 0.0009 * stream.unit(), 8)


def judge(text: str) -> Judgement:
    """The judgement on a text: the same for the same text."""
    return _judgement(_text_scores(text), ("text",))


def judge_all(parts: Sequence[tuple[Kind, str]]) -> Judgement:
    """One judgement on texts and URLs of images together. A category that is not judged for images alone has 0 (seen: G.9)."""
    scores = dict.fromkeys(categories(), 0.0)
    for kind, content in parts:
        for name, score in (_text_scores(content) if kind == "text" else _image_scores(content)).items():
            scores[name] = max(scores[name], score)
    present = {kind for kind, _ in parts}
    kinds: tuple[Kind, ...] = ("text", "image")
    return _judgement(scores, tuple(kind for kind in kinds if kind in present))


def refused(text: str) -> bool:
    """Whether the simulated model declines to answer a text."""
    if not _suspicious(text[:_LOOKED_AT].lower(), _stems(True)):
        return False
    harmful = _harmful(_fold(text))
    return any(category.cue.found_in(harmful) for category in _categories() if category.name in _data()["refused"])


def _judgement(scores: dict[str, float], kinds: tuple[Kind, ...]) -> Judgement:
    return Judgement(any(score >= 0.5 for score in scores.values()), tuple(scores.items()), kinds)


def _text_scores(text: str) -> dict[str, float]:
    stream = Stream(label(text[:_LOOKED_AT]))
    scores = {category.name: _quiet(stream) for category in _categories()}
    folded = _fold(text)
    if not _suspicious(folded, _stems(False)):
        return scores
    harmful = _harmful(folded)
    implied: dict[str, None] = {}
    for category in _categories():
        quiet = scores[category.name]
        found = len(category.cue.pattern.findall(harmful)) if _suspicious(harmful, category.cue.stems) else 0
        if found:
            scores[category.name] = round(min(0.995, 0.7 + 0.12 * found + 40 * quiet), 8)
            implied.update(dict.fromkeys(category.implies))
        elif _suspicious(folded, category.mild):
            scores[category.name] = round(0.03 + 300 * quiet, 8)
    for name in implied:
        if scores[name] < 0.5:
            scores[name] = round(0.52 + 0.3 * stream.unit(), 8)
    return scores


def _image_scores(url: str) -> dict[str, float]:
    """Nothing is fetched: an image is unsafe only if the path of its URL says so. An image in the URL itself is safe."""
    inline = url[:5].lower() == "data:"
    stream = Stream(label(f"{len(url)} {url[:1000]} {url[-1000:]}"))
    words = "" if inline else f" {_NOT_LETTERS.sub(' ', _path(url).lower())} "
    scores = {}
    for category in _categories():
        if category.name in _data()["pictured"]:
            quiet = _quiet(stream)
            named = any(f" {picture} " in words for picture in category.pictures)
            scores[category.name] = round(0.86 + 100 * quiet, 8) if named else quiet
    return scores


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url).path)
    except ValueError:
        return ""
