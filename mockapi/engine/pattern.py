"""From a regular expression to strings that match it.

Reads the common dialect (ECMA-262 as JSON Schema uses it, which is nearly Rust's and Python's). What takes no room, look-around and
word boundaries, is not planned for: a caller that must be sure tries again until the judge agrees.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import jsonschema_rs

from mockapi.engine.spelling import ENDLESS, Back, Chars, Either, Group, Node, Repeat, Sequence, Writer, states
from mockapi.seed import Stream

_MORE = 8  # how far an open repeat goes beyond its minimum when nothing asks for more
_LONGEST = 20_000
_DEEPEST = 50
_WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
_DIGITS = "0123456789"
_SPACES = " \t\n\r\f\v"
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_PLAIN = frozenset(_PRINTABLE[1:])
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0", "a": "\a", "e": "\x1b"}
_ATTEMPTS = 60
MOST_STEPS = 100_000_000  # states times characters of one judgement: it may take that many steps


class PatternError(ValueError):
    """The expression is not one this module can read."""


@dataclass(frozen=True)
class Pattern:
    """A read expression. `open_start` and `open_end` tell that anything may stand before or after a match.

    `judged` is the expression in the judge's dialect. `others` are other readings of one that looks behind or ahead: with what it
    looks for written out, and with rarer characters.
    """

    root: Node
    open_start: bool
    open_end: bool
    judged: str
    states: int
    others: tuple[Pattern, ...] = ()

    def string(self, stream: Stream, shortest: int = 0, longest: int | None = None) -> str | None:
        """A string that probably matches, of a length within bounds; None if this draw found none."""
        if self.others and (turn := stream.below(len(self.others) + 1)):
            return self.others[turn - 1].string(stream, shortest, longest)
        top = ENDLESS if longest is None else longest
        low, high = max(shortest, self.root.shortest), min(top, self.root.longest)
        writer = Writer(stream, low)
        if low <= high:
            # Near the lower bound: a phone number, not a novel.
            length = stream.between(low, min(high, max(low, self.root.shortest) + _MORE))
            for attempt in range(12):
                found = writer.write(self.root, length)
                if found is not None or writer.steps < 0:
                    return found
                length = stream.between(low, min(high, low + _MORE * (attempt + 1)))
        if self.root.longest < shortest and (self.open_start or self.open_end):
            found = writer.write(self.root, self.root.longest)
            if found is None:
                return None
            filler = "".join(stream.choice(_WORD) for _ in range(shortest - len(found)))
            return found + filler if self.open_end else filler + found
        return None

    def matching(self, stream: Stream) -> str | None:
        """A string that does match; None if none was found."""
        judge = _judge(self.judged)
        for _ in range(_ATTEMPTS if judge is not None else 0):
            found = self.string(stream)
            if found is not None and self.states * len(found) > MOST_STEPS:
                break
            if found is not None and judge.is_valid(found):
                return found
        return None


@lru_cache(maxsize=512)
def read(expression: str) -> Pattern:
    """Read an expression. Raises PatternError."""
    if len(expression) > _LONGEST:
        raise PatternError("an expression that is too long")
    reader = _Reader(expression)
    plain = reader.pattern()
    if not reader.looks:
        return plain
    others = _Reader(expression, spells=True).pattern(), _Reader(expression, plain=False).pattern()
    return Pattern(plain.root, plain.open_start, plain.open_end, plain.judged, plain.states, others)


def size(expression: str) -> int:
    """About how many states an automaton for an expression has; its length if it cannot be read."""
    try:
        return read(expression).states
    except PatternError:
        return len(expression)


def judged(expression: str) -> str:
    """An expression in the dialect of the judge, as far as it can be read."""
    try:
        return read(expression).judged
    except PatternError:
        return expression


@lru_cache(maxsize=64)
def _judge(expression: str) -> Any:
    options = jsonschema_rs.FancyRegexOptions(backtrack_limit=20_000)
    try:
        return jsonschema_rs.validator_for({"pattern": expression}, offline=True, pattern_options=options)
    except ValueError:
        return None


class _Reader:
    """A recursive descent over the expression."""

    def __init__(self, expression: str, *, spells: bool = False, plain: bool = True) -> None:
        self.text = expression
        self.at = 0
        self.depth = 0
        self.groups = 0
        self.spells = spells
        self.plain = plain
        self.looks = False
        self.wide = False  # has classes of many ranges
        self.names: dict[str, int] = {}
        self.backs: list[tuple[int, int, str]] = []  # where a back reference by name begins and ends
        self.open_start = True
        self.open_end = True

    def pattern(self) -> Pattern:
        root = self._either()
        if self.at < len(self.text):
            raise PatternError(f"unexpected {self.text[self.at]!r}")
        size = states(root) * (1000 if self.wide else 1)
        return Pattern(root, self.open_start, self.open_end, self._judged(), size)

    def _judged(self) -> str:
        """The expression with back references by name as such by number."""
        pieces, done = [], 0
        for start, end, name in self.backs:
            if name not in self.names:
                raise PatternError(f"no group is named {name!r}")
            pieces += [self.text[done:start], f"(?:\\{self.names[name]})"]
            done = end
        return "".join([*pieces, self.text[done:]])

    def _peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def _next(self) -> str:
        if self.at >= len(self.text):
            raise PatternError("the expression ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def _until(self, mark: str) -> str:
        """What stands before a mark, both of them read."""
        end = self.text.find(mark, self.at)
        if end < 0:
            raise PatternError(f"{mark!r} is missing")
        found = self.text[self.at : end]
        self.at = end + len(mark)
        return found

    def _take(self, word: str) -> bool:
        if self.text.startswith(word, self.at):
            self.at += len(word)
            return True
        return False

    def _either(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise PatternError("groups within groups without end")
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        self.depth -= 1
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
        return Repeat(item, least, most, min(item.shortest * least, ENDLESS), min(item.longest * most, ENDLESS))

    def _quantifier(self) -> tuple[int, int] | None:
        head = self._peek()
        if head in ("*", "+", "?") and head:
            self.at += 1
            bounds = {"*": (0, ENDLESS), "+": (1, ENDLESS), "?": (0, 1)}[head]
        elif head == "{":
            end = self.text.find("}", self.at)
            low, comma, high = self.text[self.at + 1 : end].partition(",")
            low, high = low.strip(), high.strip()
            if end < 0 or not _is_number(low) or (high and not _is_number(high)):
                return None
            if max(len(low), len(high)) > 9:
                raise PatternError("a repeat whose bounds are too large")
            self.at = end + 1
            bounds = int(low), (int(high) if high else ENDLESS) if comma else int(low)
            if bounds[1] < bounds[0] or bounds[0] > ENDLESS:
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
            return _chars(self._class(), self.plain)
        if head == ".":
            return Chars(_WORD + " .,-" if self.plain else _PRINTABLE[1:])
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
                sought = self._closed(self._either())
                self.looks = True
                return sought if self.spells and "!" not in word else None
        if self._take("?P<") or self._take("?<"):
            self.names[self._until(">")] = self.groups + 1
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
        if head in _DIGITS[1:] and head:
            self.at += 1
            number = int(head)
            while self._peek() in _DIGITS and self._peek() and number * 10 + int(self._peek()) <= self.groups:
                number = number * 10 + int(self._next())
            return Back(number)
        if head == "k" and self.text.startswith("k<", self.at):
            start = self.at - 1
            self.at += 2
            name = self._until(">")
            self.backs.append((start, self.at, name))
            return Back(self.names.get(name, 0))
        return _chars(self._escaped_set(), self.plain)

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
            digits = self._until("}")
        else:
            width = 2 if head == "x" else 4
            digits = self.text[self.at : self.at + width]
            self.at += width
        try:
            return chr(int(digits, 16))
        except (ValueError, OverflowError):
            raise PatternError(f"not a character code: {digits!r}") from None

    def _property(self, *, negated: bool) -> str:
        self.wide = True
        name = self._until("}") if self._take("{") else self._next()
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
        if head == "[" and self._take(":"):
            name = self._until(":]")
            return {"alpha": _WORD[:52], "digit": _DIGITS, "alnum": _WORD[:62], "space": " "}.get(name, _WORD)
        if head != "\\":
            return head
        if self._take("b"):
            return "\b"
        return self._escaped_set()


def _sum(sizes: Iterable[int]) -> int:
    return min(sum(sizes), ENDLESS)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


@lru_cache(maxsize=512)
def _chars(options: str, simple: bool) -> Chars:
    # Readable characters first: a control character or a rare script only where nothing else is allowed.
    plain = "".join(c for c in options if c in _PLAIN)
    letters = "".join(c for c in plain if c in _WORD) if simple else ""
    # Halves of a surrogate pair are no characters.
    return Chars(letters if len(letters) > 30 else plain or "".join(c for c in options if not "\ud800" <= c <= "\udfff"))


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
