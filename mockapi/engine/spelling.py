"""The parts of a read regular expression, and the writing of strings from them."""

from __future__ import annotations

from dataclasses import dataclass

from mockapi.seed import Stream

ENDLESS = 1 << 20
_STEPS = 20_000
_MOST_STEPS = 400_000


@dataclass(frozen=True)
class Chars:
    """One of some characters."""

    options: str
    shortest: int = 1
    longest: int = 1


@dataclass(frozen=True)
class Sequence:
    items: tuple[Node, ...]
    shortest: int
    longest: int


@dataclass(frozen=True)
class Either:
    branches: tuple[Node, ...]
    shortest: int
    longest: int


@dataclass(frozen=True)
class Repeat:
    item: Node
    least: int
    most: int
    shortest: int
    longest: int


@dataclass(frozen=True)
class Group:
    """A capturing group, remembered for back references."""

    item: Node
    number: int
    shortest: int
    longest: int


@dataclass(frozen=True)
class Back:
    number: int
    shortest: int = 0
    longest: int = 0


Node = Chars | Sequence | Either | Repeat | Group | Back


class _Spent(Exception):
    """More was tried than a string is worth."""


class Writer:
    """Writes strings from one expression, of about a length, with so many steps for all tries as that is worth."""

    def __init__(self, stream: Stream, length: int) -> None:
        self.stream = stream
        self.steps = min(_STEPS + 12 * length, _MOST_STEPS)
        self.groups: dict[int, str] = {}

    def write(self, node: Node, length: int) -> str | None:
        """A string of `length` characters, back references apart; None if this try found none."""
        self.groups.clear()
        try:
            return self._build(node, length)
        except _Spent:
            return None

    def _spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise _Spent

    def _build(self, node: Node, length: int) -> str | None:
        """A string of exactly `length` characters."""
        self._spend(1)
        if isinstance(node, Chars):
            return self.stream.choice(node.options) if length == 1 and node.options else None
        if isinstance(node, Back):
            found = self.groups.get(node.number, "")
            self._spend(len(found))
            return found if length in (0, len(found)) else None
        if isinstance(node, Group):
            text = self._build(node.item, length)
            if text is not None:
                self.groups[node.number] = text
            return text
        if isinstance(node, Either):
            return self._either(node, length)
        if isinstance(node, Sequence):
            return self._sequence(node.items, length)
        return self._repeat(node, length)

    def _either(self, node: Either, length: int) -> str | None:
        fitting = [branch for branch in node.branches if branch.shortest <= length <= branch.longest]
        self._spend(len(node.branches) // 8)
        while fitting:
            branch = fitting.pop(self.stream.below(len(fitting)))
            found = self._build(branch, length)
            if found is not None:
                return found
        return None

    def _sequence(self, items: tuple[Node, ...], length: int) -> str | None:
        shares = self._share(length, [item.shortest for item in items], [item.longest for item in items])
        if shares is None:
            return None
        parts = []
        for item, share in zip(items, shares, strict=True):
            part = self._build(item, share)
            if part is None:
                return None
            parts.append(part)
        return "".join(parts)

    def _repeat(self, node: Repeat, length: int) -> str | None:
        item = node.item
        if length == 0 and (node.least == 0 or item.shortest == 0):
            # What takes no room may still say something: a back reference.
            return "" if node.least == 0 else self._build(item, 0)
        if isinstance(item, Chars):
            if not node.least <= length <= node.most or not item.options:
                return None
            self._spend(length)
            return "".join(self.stream.choice(item.options) for _ in range(length))
        low, high = max(item.shortest, 1), max(item.longest, 1)
        fewest = max(node.least if item.shortest else 1, -(-length // high))
        most = min(node.most, length // low if item.shortest else max(node.most, 1), length)
        if fewest > most:
            return None
        count = self.stream.between(fewest, most)
        self._spend(count)
        shares = self._share(length, [item.shortest] * count, [item.longest] * count)
        if shares is None:
            return None
        parts = []
        for share in shares:
            part = self._build(item, share)
            if part is None:
                return None
            parts.append(part)
        return "".join(parts)

    def _share(self, total: int, low: list[int], high: list[int]) -> list[int] | None:
        """Cut a length into shares within bounds."""
        left = total - sum(low)
        if left < 0 or total > sum(high):
            return None
        shares = list(low)
        roomy = [place for place, share in enumerate(shares) if share < high[place]]
        self._spend(len(low) // 8)
        while left:
            if not roomy:
                return None
            self._spend(1)
            chosen = self.stream.below(len(roomy))
            place = roomy[chosen]
            grant = 1 + self.stream.below(min(left, high[place] - shares[place]))
            shares[place] += grant
            left -= grant
            if shares[place] == high[place]:
                roomy[chosen] = roomy[-1]
                roomy.pop()
        return shares


def states(node: Node) -> int:
    """About how many states an automaton for an expression has."""
    if isinstance(node, (Chars, Back)):
        return 1
    if isinstance(node, Group):
        return states(node.item)
    if isinstance(node, Repeat):
        return min(ENDLESS, 1 + states(node.item) * max(1, node.least if node.most >= ENDLESS else node.most))
    return min(ENDLESS, 1 + sum(map(states, node.items if isinstance(node, Sequence) else node.branches)))
