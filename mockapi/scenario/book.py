"""The scenarios that a world was told, and how often each of them came into play there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from mockapi.scenario.shapes import Scenario
    from mockapi.store import Store

# The counters of what came of scenarios.
_PLAYED = "scenarios played"


class Entry:
    """A scenario as it was told at some time: told again, it begins anew. `mark` tells it from all others of a world."""

    __slots__ = ("__weakref__", "mark", "scenario")

    def __init__(self, scenario: Scenario, mark: str) -> None:
        self.scenario = scenario
        self.mark = mark


class Played:
    """How many calls were what a scenario is for, and how many it was used for."""

    __slots__ = ("matched", "used")

    def __init__(self) -> None:
        self.matched = 0
        self.used = 0


class Book:
    """Scenarios in the order in which they are tried: by priority, then as they were told. `name` begins the marks of its entries."""

    def __init__(self, name: str, entries: Iterable[Entry] = ()) -> None:
        self._name = name
        self.entries = list(entries)
        self._told = 0
        self._played: WeakKeyDictionary[Entry, Played] = WeakKeyDictionary()

    def add(self, scenarios: Iterable[Scenario]) -> None:
        for scenario in scenarios:
            self._told += 1
            self.entries.append(Entry(scenario, f"{self._name}{self._told}"))
        self.entries.sort(key=lambda entry: -entry.scenario.priority)

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
        made = Book(self._name, self.entries)
        made._told = self._told
        return made

    def told(self) -> dict[str, Any]:
        """The scenarios as plain values, for `follow`."""
        shown = [[entry.mark, entry.scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)] for entry in self.entries]
        return {"told": self._told, "entries": shown}

    def follow(self, told: dict[str, Any]) -> None:
        """Have the scenarios of another book."""
        from mockapi.scenario.shapes import Scenario

        known = {entry.mark: entry for entry in self.entries}
        self._told = told["told"]
        self.entries = [known.get(mark) or Entry(Scenario.model_validate(shown), mark) for mark, shown in told["entries"]]

    async def recall(self, store: Store, entries: Iterable[Entry]) -> None:
        """What came of entries so far in all processes that share a store."""
        counted = await store.counted(_PLAYED)
        for entry in entries:
            played = self.played(entry)
            played.matched, played.used = (counted.get(f"{entry.mark} {what}", 0) for what in ("matched", "used"))

    async def remember(self, store: Store, before: dict[Entry, tuple[int, int]]) -> None:
        """Tell those of what came of entries since."""
        amounts: dict[str, int] = {}
        for entry, (matched, used) in before.items():
            played = self.played(entry)
            amounts |= {f"{entry.mark} matched": played.matched - matched, f"{entry.mark} used": played.used - used}
        if any(amounts.values()):
            await store.count(_PLAYED, {name: amount for name, amount in amounts.items() if amount})

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)
