"""What a person's text names: places, numbers, quotes. Arguments and fields prefer these values over invented ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from mockapi import fixtures

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"https?://[^\s<>\"')]+")
_QUOTE = re.compile(r"\"([^\"\n]{1,200})\"|“([^”\n]{1,200})”|(?<!\w)'([^'\n]{2,200})'(?!\w)|`([^`\n]{1,200})`")
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_TIME = re.compile(r"\b(?:[01]?\d|2[0-3]):[0-5]\d\b")
_NUMBER = re.compile(r"(?<![\w.:/-])[-+]?\d[\d,]*(?:\.\d+)?(?![\w:/-])")
_PROPER = re.compile(r"\b[A-Z][\w’'-]*(?:[ ](?:[A-Z][\w’'-]*|of|de|la|del|von|van)(?=[ ][A-Z]|\b))*")
_PREPOSED = re.compile(r"\b(?:in|at|to|from|for|of|near|around|between|visit|visiting)\s+(?:the\s+)?([A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)*)")
_EXPRESSION = re.compile(r"[-+]?\(*\d[\d.\s()]*(?:[-+*/^%×÷][\s()]*\d[\d.\s()]*)+")
_LISTED = re.compile(r"\s*(?:,|and\b|&|or\b)\s*[A-Z]")
_NAME_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


@cache
def words(use: str) -> frozenset[str]:
    """The words for a use, from `fixtures/replies/words.toml`."""
    return frozenset(fixtures.load("replies/words.toml")[use].split())


@dataclass(frozen=True, eq=False, repr=False)
class Facts:
    """What a text names, in the order in which it does."""

    text: str
    emails: tuple[str, ...]
    urls: tuple[str, ...]
    quotes: tuple[str, ...]
    dates: tuple[str, ...]
    times: tuple[str, ...]
    days: tuple[str, ...]
    numbers: tuple[float | int, ...]
    names: tuple[str, ...]
    places: tuple[str, ...]
    expression: tuple[str, ...]
    asked: tuple[str, ...]

    def mentions(self, word: str) -> bool:
        """Whether the text names a word, whole and in any case; `_` and `-` count as spaces."""
        plain = re.sub(r"[\s_-]+", " ", word).strip()
        return bool(plain) and re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", self.text, re.IGNORECASE) is not None


@lru_cache(maxsize=256)
def read(text: str) -> Facts:
    """Find what a text names; only its last 4,000 characters are looked at."""
    text = text[-4000:]
    names = _names(text)
    places = [name for found in _PREPOSED.findall(text) if (name := _stripped(found)) and name not in words("days")]
    for place in places:
        names += () if place in names else (place,)
    if places and places[0] in names:
        # What is listed after the first place belongs with it: "in Paris, Rome and Oslo".
        places += names[names.index(places[0]) :]
    expression = _EXPRESSION.search(text)
    return Facts(
        text=text,
        emails=tuple(_EMAIL.findall(text)),
        urls=tuple(url.rstrip(".,;:!?") for url in _URL.findall(text)),
        quotes=tuple(next(filter(None, groups)) for groups in _QUOTE.findall(text)),
        dates=tuple(_DATE.findall(text)),
        times=tuple(_TIME.findall(text)),
        days=tuple(name for name in names if name in words("days")),
        numbers=tuple(map(_number, _NUMBER.findall(text))),
        names=tuple(dict.fromkeys(name for name in names if name not in words("days"))),
        places=tuple(dict.fromkeys([*places, *(name for name in names if name not in words("days"))])),
        expression=(expression.group().strip(),) if expression else (),
        asked=(text.strip(),) if 0 < len(text.strip()) <= 300 else (),
    )


def words_of(name: str) -> tuple[str, ...]:
    """The lower-case words of a property name: `userName`, `user_name` and `user-name` are user and name."""
    return tuple(part.lower() for part in _NAME_PARTS.findall(name))


class Cursor:
    """One pass over the facts: a value that was used once is not used again while others are left."""

    __slots__ = ("_facts", "_used", "shift")

    def __init__(self, facts: Facts, shift: int = 0) -> None:
        self._facts = facts
        self._used: dict[int, int] = {}
        self.shift = shift

    def string(self, name: str, form: str | None) -> str | None:
        """A string of the text for a property of this name and format, or None."""
        found = self._of(name, form)
        place = self._used.get(id(found), self.shift if len(found) > 1 else 0)
        if place >= len(found):
            return None
        self._used[id(found)] = place + 1
        return found[place]

    def strings(self, name: str, form: str | None) -> tuple[str, ...]:
        """All strings of the text for the items of an array, at least two; else none."""
        found = self._of(name, form)
        return found if len(found) > 1 else ()

    def number(self) -> float | int | None:
        found = self._facts.numbers
        place = self._used.get(id(found), 0)
        if place >= len(found):
            return None
        self._used[id(found)] = place + 1
        return found[place]

    def mentions(self, word: str) -> bool:
        return self._facts.mentions(word)

    def _of(self, name: str, form: str | None) -> tuple[str, ...]:
        named = frozenset(words_of(name))
        facts = self._facts
        if form == "email" or "email" in named:
            return facts.emails
        if form in ("uri", "url") or named & {"url", "uri", "link", "website", "href"}:
            return facts.urls
        if form is not None:
            return facts.dates if form == "date" else ()
        if named & {"date", "day", "when", "weekday", "month"}:
            return facts.dates or facts.days
        if named & {"time", "hour"}:
            return facts.times
        if named & words("places"):
            return facts.places
        if named & {"expression", "equation", "formula", "calculation"} and facts.expression:
            return facts.expression
        if named & words("quoted") and facts.quotes:
            return facts.quotes
        if named & words("people"):
            return facts.names
        return facts.asked if named & words("asked") else ()


def _names(text: str) -> list[str]:
    """Names in the order of the text; a word that may be capitalised only because a sentence begins with it comes last."""
    names: list[str] = []
    doubtful: list[str] = []
    for found in _PROPER.finditer(text):
        name = _stripped(found.group())
        if not name:
            continue
        before = text[: found.start()].rstrip(" \t")
        begins = not before or before[-1] in ".!?:\n"
        alone = name == found.group() and " " not in name and not _LISTED.match(text, found.end())
        (doubtful if begins and alone else names).append(name)
    return [*names, *doubtful]


def _stripped(found: str) -> str:
    """A run of capitalised words without those that only begin a sentence."""
    parts = found.split()
    empty = words("not_names")
    while parts and (parts[0] in empty or not parts[0][0].isupper()):
        parts.pop(0)
    while parts and (parts[-1] in empty or not parts[-1][0].isupper()):
        parts.pop()
    name = " ".join(parts).rstrip("'’-")
    return name.removesuffix("'s").removesuffix("’s")


def _number(text: str) -> float | int:
    plain = text.replace(",", "")
    return float(plain) if "." in plain else int(plain)
