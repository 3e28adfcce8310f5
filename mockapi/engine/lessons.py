"""What a fine-tuned model learned: for a prompt, the answer of the training example that is nearest to it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from mockapi import json
from mockapi.engine.prompt import Prompt
from mockapi.records import record
from mockapi.seed import Stream

_WORD = re.compile(r"[^\W_]+")


@record
class Lesson:
    """One turn that was learned: the instructions and the user's text before it, and what it says or calls."""

    instructions: str
    asked: str
    says: str | None
    calls: tuple[tuple[str, str], ...]


class Lessons:
    """All lessons of a model, found by the words of a prompt."""

    def __init__(self, lessons: list[Lesson]) -> None:
        self._lessons = lessons
        self._exact: dict[str, list[int]] = {}
        self._holders: dict[str, list[int]] = {}
        for number, lesson in enumerate(lessons):
            words = _words(lesson.asked)
            self._exact.setdefault(" ".join(words), []).append(number)
            for word in dict.fromkeys(words):
                self._holders.setdefault(word, []).append(number)

    def nearest(self, prompt: Prompt, stream: Stream) -> Lesson | None:
        """The lesson for a prompt: the same question first, then the most telling words in common, else any."""
        if not self._lessons:
            return None
        words = _words(prompt.last_said())
        same = self._exact.get(" ".join(words))
        if same is not None:
            return self._by_instructions(same, prompt.instructions())
        scores: Counter[int] = Counter()
        count = len(self._lessons)
        for word in dict.fromkeys(words):
            holders = self._holders.get(word, ())
            weight = round(1000 * math.log(1 + count / len(holders))) if holders else 0
            for number in holders:
                scores[number] += weight
        if not scores:
            return self._lessons[stream.below(count)]
        # The shorter of two lessons that share as much is the nearer; the earlier, if they are as long.
        best = min(scores, key=lambda number: (-scores[number], len(self._lessons[number].asked), number))
        return self._lessons[best]

    def _by_instructions(self, numbers: list[int], instructions: str) -> Lesson:
        found = [self._lessons[number] for number in numbers]
        return next((lesson for lesson in found if lesson.instructions == instructions), found[0])


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


@lru_cache(maxsize=64)
def of(text: str) -> Lessons:
    """The lessons that a training set's JSON text holds."""
    made = []
    for row in _rows(text):
        instructions = "\n".join(said for role, said in row["before"] if role in ("system", "developer"))
        asked = next((said for role, said in reversed(row["before"]) if role == "user"), "")
        made.append(Lesson(instructions, asked, row["says"], tuple((name, arguments) for name, arguments in row["calls"])))
    return Lessons(made)


def _rows(text: str) -> Iterator[Any]:
    """The items of a list's compact JSON text, one after another: reading all at once would hold up others."""
    at = 1
    while text[at : at + 1] == "{":
        row, at = json.read_first(text, at)
        yield row
        at += 1
