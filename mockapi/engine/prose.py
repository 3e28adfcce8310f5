"""What the simulated model writes when nothing else decides: seeded, readable, about what was asked.

Sentences come from `fixtures/replies/prose.toml`; what they speak of comes from the prompt.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from math import gcd
from typing import Any

from mockapi import fixtures
from mockapi.engine.cues import Cue
from mockapi.engine.prompt import Prompt
from mockapi.records import record
from mockapi.seed import Stream

_WORD = re.compile(r"[^\W_](?:[\w'’-]*\w)?")
_NUMBERED = re.compile(r"[\d_]+(?:st|nd|rd|th|s)?", re.IGNORECASE)
_LOOKED_AT = 2000
_REMEMBERED_LENGTH = 4096


@record
class Kind:
    """One kind of request and the sentences that answer it."""

    cue: Cue
    openers: tuple[str, ...]
    bodies: tuple[str, ...]
    closers: tuple[str, ...]
    least: int
    most: int
    separator: str
    numbered: bool


@record
class Subject:
    """What a prompt is about."""

    kind: Kind
    slots: dict[str, str]
    brief: bool
    long: bool


@cache
def _data() -> dict[str, Any]:
    return fixtures.load("replies/prose.toml")


@cache
def _kinds() -> tuple[Kind, ...]:
    return tuple(
        Kind(
            cue=Cue.of(table),
            openers=tuple(table["openers"]),
            bodies=tuple(table["bodies"]),
            closers=tuple(table["closers"]),
            least=table["least"],
            most=table["most"],
            separator=table.get("separator", " "),
            numbered=table.get("numbered", False),
        )
        for table in _data()["kinds"].values()
    )


@cache
def _lengths() -> tuple[Cue, Cue]:
    """What asks for a short answer, and for a long one."""
    lengths = _data()["lengths"]
    return Cue.of(lengths["brief"]), Cue.of(lengths["long"])


@cache
def stop_words() -> frozenset[str]:
    """Words that say nothing about a subject."""
    return frozenset(_data()["words"]["stop"].split())


@cache
def _spare() -> tuple[str, ...]:
    return tuple(_data()["words"]["spare"])


def phrases(text: str, most: int = 3, breaks: Callable[[str], bool] | None = None) -> list[str]:
    """Runs of up to three words that carry meaning, in the order of the text, each once; words that `breaks` tells of carry none."""
    stop = stop_words()
    found: dict[str, None] = {}
    run: list[str] = []
    end = 0
    for word in _WORD.finditer(text):
        said = word.group()
        empty = (
            len(said) == 1
            or (said.lower() in stop and not (said[0].isupper() and _in_a_name(text, word)))
            or (said[0].isdigit() and _NUMBERED.fullmatch(said) is not None)
            or (breaks is not None and breaks(said))
        )
        if run and (empty or len(run) == 3 or text[end : word.start()].strip()):
            found.setdefault(" ".join(run))
            run = []
            if len(found) == most:
                break
        end = word.end()
        if not empty:
            run.append(said)
    if run and len(found) < most:
        found.setdefault(" ".join(run))
    return list(found)


def _in_a_name(text: str, word: re.Match[str]) -> bool:
    """Whether an empty word with a capital is part of a name, like the first of "New York"."""
    before, after = text[max(0, word.start() - 2) : word.start()], text[word.end() : word.end() + 2]
    return before[:1].isalpha() and before[1:] == " " and after[:1] == " " and after[1:].isupper()


def _subject(text: str) -> Subject:
    head = text[:_LOOKED_AT]
    folded = head.lower()
    kind = next(kind for kind in _kinds() if kind.cue.found_in(folded))
    brief, long = _lengths()
    named = phrases(head)
    spare = _spare()
    topic, other, third = (*named, *spare[len(head) % 3 :], *spare)[:3]
    slots = {"topic": topic, "other": other, "third": third, "Topic": topic[0].upper() + topic[1:]}
    return Subject(kind, slots, brief.found_in(folded), long.found_in(folded))


_remembered = lru_cache(maxsize=512)(_subject)


def write(prompt: Prompt, stream: Stream) -> str:
    """An answer in plain text."""
    text = prompt.last_said() or prompt.instructions()
    subject = _remembered(text) if len(text) <= _REMEMBERED_LENGTH else _subject(text)
    kind = subject.kind
    least, most = kind.least, kind.most
    if subject.brief or prompt.verbosity == "low":
        least, most = 0 if not kind.numbered else least, max(least, 1)
    elif subject.long or prompt.verbosity == "high":
        least, most = most, 2 * most
    count = stream.between(least, max(least, most))
    bodies = _pick(kind.bodies, count, stream)
    if kind.numbered:
        bodies = [f"{number}. {body}" for number, body in enumerate(bodies, 1)]
    sentences = [stream.choice(kind.openers), *bodies]
    if not subject.brief and stream.below(3):
        sentences.append(stream.choice(kind.closers))
    return kind.separator.join(sentences).format_map(subject.slots)


def _pick(options: tuple[str, ...], count: int, stream: Stream) -> list[str]:
    """`count` sentences, all different as far as there are enough."""
    size = len(options)
    start, step = stream.below(size), stream.choice(_steps(size))
    return [options[(start + place * step) % size] for place in range(count)]


@cache
def _steps(size: int) -> tuple[int, ...]:
    """Steps that visit every one of `size` places before any twice."""
    return tuple(step for step in range(1, size + 1) if gcd(step, size) == 1)
