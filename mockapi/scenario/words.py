"""Judging texts: the same but for case and spaces, exactly the same, certain words, or a pattern."""

from __future__ import annotations

import re
from functools import lru_cache

from mockapi.scenario.shapes import Words

_CLOSING = " .!?…"


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """A text without what does not make it another: case, runs of spaces, and the marks that close it."""
    return " ".join(text.split()).rstrip(_CLOSING).casefold()


@lru_cache(maxsize=1024)
def _words(wanted: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(wanted.casefold())}(?!\w)")


def groups(words: Words, text: str) -> dict[str, str] | None:
    """What the parts of a pattern stand for in a text that fits, by number and name; None where the text does not fit."""
    if words.is_ is not None and normal(words.is_) != normal(text):
        return None
    if words.exactly is not None and words.exactly != text:
        return None
    if words.contains is not None:
        folded = " ".join(text.split()).casefold()
        if not all(_words(" ".join(wanted.split())).search(folded) for wanted in words.contains):
            return None
    found: dict[str, str] = {}
    if words.regex is not None:
        hit = re.search(words.regex, text)
        if hit is None:
            return None
        found = {"0": hit[0], **{str(number): part or "" for number, part in enumerate(hit.groups(), 1)}}
        found |= {name: part or "" for name, part in hit.groupdict().items()}
    if words.not_ is not None and groups(words.not_, text) is not None:
        return None
    return found


def told(words: Words) -> str:
    """What a text was to be, in words."""
    parts = []
    if words.is_ is not None:
        parts.append(f"{words.is_!r}")
    if words.exactly is not None:
        parts.append(f"exactly {words.exactly!r}")
    if words.contains is not None:
        parts.append("a text with the words " + ", ".join(map(repr, words.contains)))
    if words.regex is not None:
        parts.append(f"a text that matches /{words.regex}/")
    if words.not_ is not None:
        parts.append(f"not {told(words.not_)}")
    return " and ".join(parts) or "any text"
