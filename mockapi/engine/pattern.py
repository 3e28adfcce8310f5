"""From a regular expression to strings that match it.

Reads the common dialect (ECMA-262 as JSON Schema uses it, which is nearly Rust's and Python's). Look-around and word boundaries are
not planned for: a caller that must be sure tries again until its validator agrees.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from mockapi.seed import Stream

_MORE = 8  # how far an open repeat goes beyond its minimum when nothing asks for more
_ENDLESS = 1 << 16
_WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
_DIGITS = "0123456789"
_SPACES = " \t\n\r\f\v"
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0", "a": "\a", "e": "\x1b"}


class PatternError(ValueError):
    """The expression is not one this module can read."""


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


@dataclass(frozen=True)
class Pattern:
    """A read expression. `open_start` and `open_end` tell that anything may stand before or after a match."""

    root: Node
    open_start: bool
    open_end: bool

    def string(self, stream: Stream, shortest: int = 0, longest: int | None = None) -> str | None:
        """A string that matches, of a length within bounds; None if this draw found none."""
        top = _ENDLESS if longest is None else longest
        low, high = max(shortest, self.root.shortest), min(top, self.root.longest)
        if low <= high:
            # Near the lower bound: a phone number, not a novel.
            length = stream.between(low, min(high, max(low, self.root.shortest) + _MORE))
            for attempt in range(12):
                found = _build(self.root, length, stream, {})
                if found is not None:
                    return found
                length = stream.between(low, min(high, low + _MORE * (attempt + 1)))
        if self.root.longest < shortest and (self.open_start or self.open_end):
            found = _build(self.root, self.root.longest, stream, {})
            if found is None:
                return None
            filler = "".join(stream.choice(_WORD) for _ in range(shortest - len(found)))
            return found + filler if self.open_end else filler + found
        return None


@lru_cache(maxsize=512)
def read(expression: str) -> Pattern:
    """Read an expression. Raises PatternError."""
    return _Reader(expression).pattern()


def _build(node: Node, length: int, stream: Stream, groups: dict[int, str]) -> str | None:
    """A string of exactly `length` characters."""
    if isinstance(node, Chars):
        return stream.choice(node.options) if length == 1 and node.options else None
    if isinstance(node, Back):
        return groups.get(node.number, "") if length == len(groups.get(node.number, "")) or length == 0 else None
    if isinstance(node, Group):
        found = _build(node.item, length, stream, groups)
        if found is not None:
            groups[node.number] = found
        return found
    if isinstance(node, Either):
        fitting = [branch for branch in node.branches if branch.shortest <= length <= branch.longest]
        while fitting:
            branch = fitting.pop(stream.below(len(fitting)))
            found = _build(branch, length, stream, groups)
            if found is not None:
                return found
        return None
    if isinstance(node, Sequence):
        return _build_sequence(node.items, length, stream, groups)
    return _build_repeat(node, length, stream, groups)


def _build_sequence(items: tuple[Node, ...], length: int, stream: Stream, groups: dict[int, str]) -> str | None:
    shares = _share(length, [item.shortest for item in items], [item.longest for item in items], stream)
    if shares is None:
        return None
    parts = []
    for item, share in zip(items, shares, strict=True):
        if isinstance(item, Back):
            parts.append(groups.get(item.number, ""))
            continue
        part = _build(item, share, stream, groups)
        if part is None:
            return None
        parts.append(part)
    return "".join(parts)


def _build_repeat(node: Repeat, length: int, stream: Stream, groups: dict[int, str]) -> str | None:
    if length == 0 and (node.least == 0 or node.item.shortest == 0):
        return ""
    low, high = max(node.item.shortest, 1), max(node.item.longest, 1)
    fewest = max(node.least if node.item.shortest else 1, -(-length // high))
    most = min(node.most, length // low if node.item.shortest else max(node.most, 1), length)
    if fewest > most:
        return None
    count = stream.between(fewest, most)
    shares = _share(length, [node.item.shortest] * count, [node.item.longest] * count, stream)
    if shares is None:
        return None
    parts = [_build(node.item, share, stream, groups) for share in shares]
    return None if None in parts else "".join(part for part in parts if part is not None)


def _share(total: int, low: list[int], high: list[int], stream: Stream) -> list[int] | None:
    """Cut a length into shares within bounds."""
    left = total - sum(low)
    if left < 0 or total > sum(high):
        return None
    shares = list(low)
    while left:
        roomy = [place for place, share in enumerate(shares) if share < high[place]]
        if not roomy:
            return None
        place = roomy[stream.below(len(roomy))]
        grant = 1 + stream.below(min(left, high[place] - shares[place]))
        shares[place] += grant
        left -= grant
    return shares


class _Reader:
    """A recursive descent over the expression."""

    def __init__(self, expression: str) -> None:
        self.text = expression
        self.at = 0
        self.groups = 0
        self.names: dict[str, int] = {}
        self.flags_ignore_case = False
        self.open_start = True
        self.open_end = True

    def pattern(self) -> Pattern:
        root = self._either()
        if self.at < len(self.text):
            raise PatternError(f"unexpected {self.text[self.at]!r}")
        return Pattern(root, self.open_start, self.open_end)

    def _peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def _next(self) -> str:
        if self.at >= len(self.text):
            raise PatternError("the expression ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def _take(self, word: str) -> bool:
        if self.text.startswith(word, self.at):
            self.at += len(word)
            return True
        return False

    def _either(self) -> Node:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        if len(branches) == 1:
            return branches[0]
        return Either(tuple(branches), min(b.shortest for b in branches), max(b.longest for b in branches))

    def _sequence(self) -> Node:
        items: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            item = self._atom()
            if item is None:
                self._quantifier()
                continue
            items.append(self._repeated(item))
        if len(items) == 1:
            return items[0]
        return Sequence(tuple(items), _sum(i.shortest for i in items), _sum(i.longest for i in items))

    def _repeated(self, item: Node) -> Node:
        bounds = self._quantifier()
        if bounds is None:
            return item
        least, most = bounds
        return Repeat(item, least, most, min(item.shortest * least, _ENDLESS), min(item.longest * most, _ENDLESS))

    def _quantifier(self) -> tuple[int, int] | None:
        head = self._peek()
        if head in ("*", "+", "?") and head:
            self.at += 1
            bounds = {"*": (0, _ENDLESS), "+": (1, _ENDLESS), "?": (0, 1)}[head]
        elif head == "{":
            end = self.text.find("}", self.at)
            low, comma, high = self.text[self.at + 1 : end].partition(",")
            if end < 0 or not low.strip().isdigit() or (high.strip() and not high.strip().isdigit()):
                return None
            self.at = end + 1
            bounds = int(low), (int(high) if high.strip() else _ENDLESS) if comma else int(low)
            if bounds[1] < bounds[0] or bounds[0] > _ENDLESS:
                raise PatternError("a repeat whose bounds are the wrong way round or too large")
        else:
            return None
        if self._peek() in ("?", "+") and self._peek():
            self.at += 1
        return bounds

    def _atom(self) -> Node | None:
        """One atom; None for an assertion, which takes up no room."""
        head = self._next()
        if head == "^":
            if self.at == 1:
                self.open_start = False
            return None
        if head == "$":
            if self.at == len(self.text):
                self.open_end = False
            return None
        if head == "(":
            return self._group()
        if head == "[":
            return _chars(self._class())
        if head == ".":
            return Chars(_WORD + " .,-")
        if head == "\\":
            return self._escape()
        if head in "*+?":
            raise PatternError(f"nothing to repeat before {head!r}")
        return Chars(head)

    def _group(self) -> Node | None:
        if self._take("?:"):
            return self._closed(self._either())
        for word in ("?=", "?!", "?<=", "?<!"):
            if self._take(word):
                self._closed(self._either())
                return None
        if self._take("?P<") or self._take("?<"):
            end = self.text.find(">", self.at)
            if end < 0:
                raise PatternError("a group name without an end")
            self.names[self.text[self.at : end]] = self.groups + 1
            self.at = end + 1
        elif self._take("?"):
            # Inline flags change what matches, not what is written, except for case, which stays as it is.
            while self._peek() not in (":", ")", ""):
                self.at += 1
            if self._next() == ")":
                return None
            return self._closed(self._either())
        self.groups += 1
        number = self.groups
        item = self._closed(self._either())
        return Group(item, number, item.shortest, item.longest)

    def _closed(self, item: Node) -> Node:
        if not self._take(")"):
            raise PatternError("a group without an end")
        return item

    def _escape(self) -> Node | None:
        head = self._peek()
        if head in ("b", "B", "A", "z", "Z", "G") and head:
            self.at += 1
            return None
        if head.isdigit() and head != "0":
            self.at += 1
            return Back(int(head))
        if head == "k" and self.text.startswith("k<", self.at):
            end = self.text.find(">", self.at)
            name = self.text[self.at + 2 : end]
            self.at = end + 1
            return Back(self.names.get(name, 0))
        return _chars(self._escaped_set())

    def _escaped_set(self) -> str:
        """The characters that an escape stands for, the backslash already read."""
        head = self._next()
        if head in "dD":
            return _DIGITS if head == "d" else _without(_DIGITS)
        if head in "wW":
            return _WORD if head == "w" else _without(_WORD)
        if head in "sS":
            return " " if head == "s" else _without(_SPACES)
        if head in "pP":
            return self._property(negated=head == "P")
        if head == "x" or head == "u":
            return self._code(head)
        if head == "c":
            return chr(ord(self._next()) % 32)
        return _ESCAPES.get(head, head)

    def _code(self, head: str) -> str:
        if self._take("{"):
            end = self.text.find("}", self.at)
            digits = self.text[self.at : end]
            self.at = end + 1
        else:
            width = 2 if head == "x" else 4
            digits = self.text[self.at : self.at + width]
            self.at += width
        try:
            return chr(int(digits, 16))
        except (ValueError, OverflowError):
            raise PatternError(f"not a character code: {digits!r}") from None

    def _property(self, *, negated: bool) -> str:
        if self._take("{"):
            end = self.text.find("}", self.at)
            name = self.text[self.at : end]
            self.at = end + 1
        else:
            name = self._next()
        found = _of_property(name.removeprefix("^"))
        return _without(found) if negated or name.startswith("^") else found

    def _class(self) -> str:
        negated = self._take("^")
        found: list[str] = []
        first = True
        while first or self._peek() != "]":
            first = False
            start = self._class_member()
            if len(start) == 1 and self._peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                end = self._class_member()
                if len(end) != 1 or end < start:
                    raise PatternError("a range whose ends are the wrong way round")
                found.append("".join(map(chr, range(ord(start), min(ord(end), ord(start) + 400) + 1))))
            else:
                found.append(start)
            if self._peek() == "":
                raise PatternError("a character class without an end")
        self.at += 1
        members = "".join(found)
        return _without(members) if negated else members

    def _class_member(self) -> str:
        head = self._next()
        if head == "[" and self._peek() == ":":
            end = self.text.find(":]", self.at)
            name = self.text[self.at + 1 : end]
            self.at = end + 2
            return {"alpha": _WORD[:52], "digit": _DIGITS, "alnum": _WORD[:62], "space": " "}.get(name, _WORD)
        if head != "\\":
            return head
        if self._take("b"):
            return "\b"
        return self._escaped_set()


def _sum(sizes: object) -> int:
    return min(sum(sizes), _ENDLESS)  # type: ignore[call-overload,no-any-return]


def _chars(options: str) -> Chars:
    # Readable characters first: a control character or a rare script only where nothing else is allowed.
    plain = "".join(c for c in options if c in _PRINTABLE and c != " ")
    letters = "".join(c for c in plain if c in _WORD)
    return Chars(letters if len(letters) > 30 else plain or options)


def _without(members: str) -> str:
    kept = "".join(c for c in _PRINTABLE if c not in members)
    return kept or "".join(chr(c) for c in range(0xA1, 0x250) if chr(c) not in members)


@cache
def _of_property(name: str) -> str:
    """Some characters of a Unicode category or script."""
    scripts = {"Greek": (0x3B1, 0x3C9), "Cyrillic": (0x430, 0x44F), "Han": (0x4E00, 0x4E40), "Hiragana": (0x3042, 0x3090)}
    scripts |= {"Latin": (0x61, 0x7A), "Hebrew": (0x5D0, 0x5EA), "Arabic": (0x627, 0x64A), "Katakana": (0x30A2, 0x30F0)}
    word = name.removeprefix("Script=").removeprefix("sc=").removeprefix("Script_Extensions=").removeprefix("scx=")
    if word in scripts:
        low, high = scripts[word]
        return "".join(chr(c) for c in range(low, high + 1) if unicodedata.category(chr(c))[0] == "L")
    long_names = {
        "Letter": "L", "Lowercase_Letter": "Ll", "Uppercase_Letter": "Lu", "Number": "N", "Decimal_Number": "Nd",
        "Punctuation": "P", "Symbol": "S", "Separator": "Z", "Alphabetic": "L", "Alpha": "L", "Lowercase": "Ll", "Uppercase": "Lu",
    }  # fmt: skip
    category = long_names.get(word, word)
    found = "".join(chr(c) for c in range(0x20, 0x370) if unicodedata.category(chr(c)).startswith(category))
    if not found:
        raise PatternError(f"no characters of the property {name!r}")
    return found
