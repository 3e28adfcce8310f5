"""The scenarios that a world was told, and how often each of them came into play there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from mockapi.scenario.shapes import Scenario


class Entry:
    """A scenario as it was told at some time: told again, it begins anew."""

    __slots__ = ("__weakref__", "scenario")

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario


class Played:
    """How many calls were what a scenario is for, and how many it was used for."""

    __slots__ = ("matched", "used")

    def __init__(self) -> None:
        self.matched = 0
        self.used = 0


class Book:
    """Scenarios in the order in which they are tried: by priority, then as they were told."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = list(entries)
        self._played: WeakKeyDictionary[Entry, Played] = WeakKeyDictionary()

    def add(self, scenarios: Iterable[Scenario]) -> None:
        made = [*self.entries, *map(Entry, scenarios)]
        self.entries = sorted(made, key=lambda entry: -entry.scenario.priority)

    def replace(self, scenarios: Iterable[Scenario]) -> None:
        self.entries = []
        self.add(scenarios)

    def played(self, entry: Entry) -> Played:
        """What came of an entry so far, be it of this book or of one that all worlds share."""
        found = self._played.get(entry)
        if found is None:
            found = self._played[entry] = Played()
        return found

    def anew(self) -> Book:
        """The same scenarios, none of which has come into play."""
        return Book(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)
