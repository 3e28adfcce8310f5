"""What is on some tapes, by what was asked: the answers to a call, and what comes nearest to one that was not recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import islice

from mockapi.tape.exchange import Exchange, Request
from mockapi.tape.match import Difference, Question, differences, question
from mockapi.tape.redact import MARK

# How many recorded calls are compared for the nearest, how far, and how many differences are told.
_COMPARED = 500
_COUNTED = 50
_TOLD = 3


@dataclass
class Sequence:
    """The answers to one question, in the order of their recording."""

    number: int
    question: Question
    exchanges: list[Exchange] = field(default_factory=list)


class Library:
    """Exchanges by their questions, on each tape and on all together."""

    def __init__(self, exchanges: Iterable[tuple[str, Exchange]]) -> None:
        """Take exchanges in, each with the name of its tape."""
        self.size = 0
        self._all: list[Sequence] = []
        self._by_tape: dict[str, dict[bytes, Sequence]] = {"": {}}
        # Those that are equal to more than one call.
        self._open: dict[str, list[Sequence]] = {"": []}
        for tape, exchange in exchanges:
            self.size += 1
            asked = question(exchange.request)
            key = asked.key()
            for name in ("", tape):
                sequences = self._by_tape.setdefault(name, {})
                if key not in sequences:
                    sequences[key] = Sequence(len(self._all), asked)
                    self._all.append(sequences[key])
                    if MARK.encode() in key:
                        self._open.setdefault(name, []).append(sequences[key])
                sequences[key].exchanges.append(exchange)

    def find(self, request: Request, tape: str = "") -> Sequence | None:
        """The answers that were recorded to a call, on one tape or on all."""
        asked = question(request)
        found = self._by_tape.get(tape, {}).get(asked.key())
        if found is not None:
            return found
        return next((each for each in self._open.get(tape, []) if not any(True for _ in differences(each.question, asked))), None)

    def nearest(self, request: Request, tape: str = "") -> str:
        """What comes nearest to a call, and where it differs, in words."""
        sequences = list(self._by_tape.get(tape, {}).values())
        if not sequences:
            return f"There is no tape '{tape}' among: {', '.join(sorted(name for name in self._by_tape if name))}."
        asked = question(request)
        # The most alike first: of the same path before others, of those the one with the fewest differences.
        sequences.sort(key=lambda each: _unlikeness(each.question, asked))
        compared = [(list(islice(differences(each.question, asked), _COUNTED)), each) for each in sequences[:_COMPARED]]
        found, sequence = min(compared, key=lambda pair: (*_unlikeness(pair[1].question, asked), len(pair[0]), pair[1].number))
        place, recorded = sequence.exchanges[0].place, sequence.question
        return f"Nearest is {recorded.method} {recorded.path} at {place}; it differs in {_told(found)}."


def _unlikeness(recorded: Question, asked: Question) -> tuple[float, bool]:
    alike = 1.0 if recorded.path == asked.path else SequenceMatcher(None, recorded.path, asked.path, autojunk=False).ratio()
    return 1 - alike, recorded.method != asked.method


def _told(found: list[Difference]) -> str:
    told = ", ".join(map(str, found[:_TOLD]))
    more = len(found) - _TOLD
    if more <= 0:
        return told
    return f"{told} and {more if len(found) < _COUNTED else f'at least {more}'} more"
