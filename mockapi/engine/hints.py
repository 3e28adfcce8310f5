"""What a person's text names: places, numbers, quotes. Arguments and fields prefer these values over invented ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, cached_property, lru_cache

from mockapi import fixtures
from mockapi.engine import tasks

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"https?://[^\s<>\"')]+")
# Those below begin with the characters they may start with, which is what a scan is quick by; what must stand before, or must not, follows.
_QUOTE = re.compile(
    r"[\"“'`](?:(?<=\")([^\"\n]{1,200})\"|(?<=“)([^”\n]{1,200})”|(?<=')(?<!\w')([^'\n]{2,200})'(?!\w)|(?<=`)([^`\n]{1,200})`)"
)
_DATE = re.compile(r"\d(?<!\w\d)\d{3}-\d{2}-\d{2}\b")
_TIME = re.compile(r"\d(?<!\w\d)(?:(?<=[01])\d|(?<=2)[0-3])?:[0-5]\d\b")
_NUMBER = re.compile(r"[-+\d](?<![\w.:/-][-+\d])(?:(?<=\d)|\d)[\d,]*(?:\.\d+)?(?![\w:/-])")
_PROPER = re.compile(r"[A-Z](?<!\w[A-Z])[\w’'-]*(?:[ ](?:[A-Z][\w’'-]*|of|de|la|del|von|van)(?=[ ][A-Z]|\b))*")
_PREPOSED = re.compile(r"\b(?:in|at|to|from|for|of|near|around|between|visit|visiting)\s+(?:the\s+)?([A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)*)")
_EXPRESSION = re.compile(r"[-+]?\(*\d[\d.\s()]*(?:[-+*/^%×÷][\s()]*\d[\d.\s()]*)+")
# What follows a name rather than an ordinary word at the beginning of a sentence: another name, or what it is or does.
_NAMED = re.compile(r"\s*(?:,|and\b|&|or\b)\s*[A-Z]|\s+(?:is|was|has|had|lives|works|wants|said|says)\b")
_NAME_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


# Kinds of facts that are not in the text but follow from a job the prompt asks for.
JOBS = ("classify", "translate", "keywords", "tags")


@cache
def words(use: str) -> frozenset[str]:
    """The words for a use, from `fixtures/replies/words.toml`."""
    return frozenset(fixtures.load("replies/words.toml")[use].split())


class Facts:
    """What a text names, in the order in which it does; each kind is looked for when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = text.lower()

    @cached_property
    def emails(self) -> tuple[str, ...]:
        return tuple(_EMAIL.findall(self.text)) if "@" in self.text else ()

    @cached_property
    def urls(self) -> tuple[str, ...]:
        return tuple(url.rstrip(".,;:!?") for url in _URL.findall(self.text)) if "://" in self.text else ()

    @cached_property
    def quotes(self) -> tuple[str, ...]:
        return tuple(next(filter(None, groups)) for groups in _QUOTE.findall(self.text))

    @cached_property
    def dates(self) -> tuple[str, ...]:
        return tuple(_DATE.findall(self.text))

    @cached_property
    def times(self) -> tuple[str, ...]:
        return tuple(_TIME.findall(self.text))

    @cached_property
    def days(self) -> tuple[str, ...]:
        return tuple(name for name in self._named[0] if name in words("days"))

    @cached_property
    def numbers(self) -> tuple[float | int, ...]:
        return tuple(map(_number, _NUMBER.findall(self.text)))

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name in self._named[0] if name not in words("days")))

    @cached_property
    def places(self) -> tuple[str, ...]:
        names, places = self._named
        return tuple(dict.fromkeys([*places, *(name for name in names if name not in words("days"))]))

    @cached_property
    def expression(self) -> tuple[str, ...]:
        found = _EXPRESSION.search(self.text)
        return (found.group().strip(),) if found else ()

    @cached_property
    def asked(self) -> tuple[str, ...]:
        text = self.text.strip()
        return (text,) if 0 < len(text) <= 300 else ()

    @cached_property
    def _named(self) -> tuple[list[str], list[str]]:
        """All names, and those that a preposition or a list shows to be places."""
        names = _names(self.text)
        places = [name for found in _PREPOSED.findall(self.text) if (name := _stripped(found)) and name not in words("days")]
        names += (place for place in dict.fromkeys(places) if place not in names)
        if places:
            # What is listed after the first place belongs with it: "in Paris, Rome and Oslo".
            places += names[names.index(places[0]) :]
        return names, places

    def mentions(self, word: str) -> bool:
        """Whether the text names a word, whole and in any case; `_` and `-` count as spaces."""
        plain = _plain(word)
        return bool(plain) and plain in self.folded and _whole(plain).search(self.folded) is not None


@lru_cache(maxsize=1024)
def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", " ", word).strip().lower()


@lru_cache(maxsize=1024)
def _whole(plain: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(plain)}(?!\w)")


@lru_cache(maxsize=256)
def read(text: str) -> Facts:
    """What a text names; only its last 4,000 characters are looked at."""
    return Facts(text[-4000:])


def words_of(name: str) -> tuple[str, ...]:
    """The lower-case words of a property name: `userName`, `user_name` and `user-name` are user and name."""
    return tuple(part.lower() for part in _NAME_PARTS.findall(name))


def sources(name: str, form: str | None) -> tuple[str, ...]:
    """Where a string property of this name and format finds its value: kinds of facts, of which the first that is not empty counts."""
    named = frozenset(words_of(name))
    if form == "email" or "email" in named:
        return ("emails",)
    if form in ("uri", "url") or named & {"url", "uri", "link", "website", "href"}:
        return ("urls",)
    if form is not None:
        return ("dates",) if form == "date" else ()
    if named & {"date", "day", "when", "weekday", "month"}:
        return ("dates", "days")
    if named & {"time", "hour"}:
        return ("times",)
    if named & words("places"):
        return ("places",)
    tried = tuple(job for job in JOBS if named & words(job))
    tried += ("expression",) if named & {"expression", "equation", "formula", "calculation"} else ()
    tried += ("quotes",) if named & words("quoted") else ()
    if named & words("people"):
        return (*tried, "names")
    return (*tried, "asked") if named & words("asked") else tried


class Cursor:
    """One pass over the facts: a value that was used once is not used again while others are left.

    What the facts do not name, those `behind` them may: what was asked, where the facts are a tool's.
    """

    __slots__ = ("_behind", "_facts", "_job", "_taken", "_used", "shift")

    def __init__(
        self, facts: Facts, shift: int = 0, job: Callable[[str], tuple[str, ...]] | None = None, behind: Facts | None = None
    ) -> None:
        self._facts = facts
        self._behind = behind
        self._job = job
        self._taken: set[str] = set()
        self._used: dict[str, int] = {}
        self.shift = shift

    def _found(self, kind: str) -> tuple[str, ...]:
        if kind in JOBS:
            return self._job(kind) if self._job is not None else ()
        found: tuple[str, ...] = getattr(self._facts, kind)
        return getattr(self._behind, kind) if self._behind is not None and not found else found

    def string(self, sources: tuple[str, ...]) -> str | None:
        """A string of the text, or None."""
        for kind in sources:
            found = self._found(kind)
            if found:
                place = self._used.get(kind, self.shift if len(found) > 1 else 0)
                while place < len(found) and found[place] in self._taken:
                    place += 1
                if place >= len(found):
                    return None
                self._used[kind] = place + 1
                self._taken.add(found[place])
                return found[place]
        return None

    def strings(self, sources: tuple[str, ...]) -> tuple[str, ...]:
        """All strings of the text for the items of an array, at least two; else none."""
        for kind in sources:
            found = self._found(kind)
            if found:
                return found if len(found) > 1 else ()
        return ()

    def number(self) -> float | int | None:
        found = self._facts.numbers
        if self._behind is not None and not found:
            found = self._behind.numbers
        place = self._used.get("numbers", 0)
        if place >= len(found):
            return None
        self._used["numbers"] = place + 1
        return found[place]

    def suited(self, labels: tuple[str, ...]) -> str | None:
        """The label that the text speaks for most; None if it speaks for none."""
        return tasks.suited(labels, self._facts.folded)

    def mentions(self, word: str) -> bool:
        return self._facts.mentions(word) or (self._behind is not None and self._behind.mentions(word))


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
        alone = name == found.group() and " " not in name and not _NAMED.match(text, found.end())
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
