"""From a grammar of a custom tool to a text it derives. Grammars are Lark's EBNF, or one regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mockapi.engine import pattern
from mockapi.seed import Stream

_ENDLESS = 1_000_000
_DEEP = 8
_ROOM = 300_000
_LONGEST = 50_000
_MOST_TIMES = 100_000
_NESTED = 40
_TOKEN = re.compile(
    r"""(?P<skip>[ \t]+|//[^\n]*|\#[^\n]*)
      |(?P<newline>\r?\n)
      |(?P<string>"(?:[^"\\\n]|\\.)*"i?)
      |(?P<regex>/(?!/)(?:[^/\\\n]|\\.)+/[imslux]*)
      |(?P<directive>%[a-z]+)
      |(?P<arrow>->\s*[A-Za-z_]\w*)
      |(?P<dots>\.\.)
      |(?P<name>[!?]{0,2}[A-Za-z_]\w*)
      |(?P<number>\d+)
      |(?P<sign>[:|()\[\]?*+~.,{}=])""",
    re.VERBOSE,
)
# Terminals of Lark's own `common` library, as expressions that match some of what they match.
_COMMON = {
    "DIGIT": "[0-9]", "INT": "[0-9]{1,3}", "SIGNED_INT": "-?[0-9]{1,3}", "DECIMAL": "[0-9]{1,2}[.][0-9]{1,2}",
    "FLOAT": "[0-9]{1,2}[.][0-9]{1,2}", "SIGNED_FLOAT": "[0-9]{1,2}[.][0-9]{1,2}", "NUMBER": "[1-9][0-9]{0,2}",
    "SIGNED_NUMBER": "-?[1-9][0-9]{0,2}", "HEXDIGIT": "[0-9a-f]", "LCASE_LETTER": "[a-z]", "UCASE_LETTER": "[A-Z]",
    "LETTER": "[a-zA-Z]", "WORD": "[a-z]{3,7}", "CNAME": "[a-z]{3,7}", "ESCAPED_STRING": "\"[a-z]{3,7}\"", "STRING": "\"[a-z]{3,7}\"",
    "WS": " ", "WS_INLINE": " ", "NEWLINE": "\n", "CR": "\r", "LF": "\n", "SH_COMMENT": "#[a-z]{3}\n", "CPP_COMMENT": "//[a-z]{3}\n",
}  # fmt: skip


class GrammarError(ValueError):
    """The grammar is not one this module can read."""


@dataclass(frozen=True)
class Literal:
    text: str


@dataclass(frozen=True)
class Expression:
    """A regular expression."""

    pattern: pattern.Pattern


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Row:
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Choice:
    options: tuple[Item, ...]


@dataclass(frozen=True)
class Times:
    item: Item
    least: int
    most: int


Item = Literal | Expression | Name | Row | Choice | Times


@dataclass(frozen=True)
class Grammar:
    """A read grammar; `spaced` tells that it ignores blanks between its terminals."""

    rules: dict[str, Item]
    heights: dict[str, int]
    spaced: bool

    def text(self, stream: Stream) -> str:
        """A text that the rule `start` derives; cut where it grows beyond what a model writes."""
        words = self._words(stream)
        if not self.spaced:
            return "".join(words)
        text: list[str] = []
        for word in words:
            if text and word and re.match(r"\w", word) and re.search(r"\w$", text[-1]):
                text.append(" ")
            if word:
                text.append(word)
        return "".join(text)

    def _words(self, stream: Stream) -> list[str]:
        words: list[str] = []
        room = _ROOM
        # What is still to be derived, the next last; a number says from which word on all are one.
        left: list[tuple[Item | int, Stream, int]] = [(self.rules["start"], stream, 0)]
        while left and room > 0:
            item, chance, depth = left.pop()
            room -= 1
            if isinstance(item, int):
                words[item:] = ["".join(words[item:])]
            elif isinstance(item, Literal):
                words.append(item.text)
                room -= len(item.text)
            elif isinstance(item, Expression):
                words.append(item.pattern.matching(chance) or "")
                room -= 8 + len(words[-1])
            elif isinstance(item, Name):
                if item.name.isupper():
                    # A terminal is one word, whatever it is made of.
                    left.append((len(words), chance, depth))
                left.append((self.rules[item.name], chance.child(depth), depth + 1))
            elif isinstance(item, Row):
                left += [(part, chance.child(place + 1), depth) for place, part in reversed(list(enumerate(item.items)))]
            elif isinstance(item, Choice):
                options = item.options
                if depth >= _DEEP:
                    options = (min(options, key=self._height),)
                chosen = chance.choice([o for o in options if self._height(o) < _ENDLESS] or options)
                left.append((chosen, chance.child(99), depth))
            else:
                most = item.least if depth >= _DEEP or self._height(item.item) >= _ENDLESS else min(item.most, item.least + 2)
                count = min(chance.between(item.least, most), room)
                left += [(item.item, chance.child(1000 + place), depth + 1) for place in reversed(range(count))]
        return words

    def _height(self, item: Item) -> int:
        if isinstance(item, Name):
            return self.heights.get(item.name, _ENDLESS)
        return _height(item, self.heights)


@lru_cache(maxsize=64)
def read(definition: str) -> Grammar:
    """Read a Lark grammar. Raises GrammarError."""
    return _Reader(definition).grammar()


def text(syntax: str, definition: str, stream: Stream) -> str | None:
    """A text of a grammar; None if the grammar cannot be read or has none."""
    try:
        if syntax == "regex":
            return pattern.read(definition).matching(stream)
        return read(definition).text(stream)
    except (GrammarError, pattern.PatternError):
        return None


@lru_cache(maxsize=64)
def fault(syntax: str, definition: str) -> str | None:
    """Why no text can be written of a grammar, or None."""
    try:
        if syntax == "regex":
            return None if pattern.read(definition).matching(Stream(0)) is not None else "no text matches the expression"
        read(definition)
    except (GrammarError, pattern.PatternError) as found:
        return str(found)
    return None


def _height(item: Item, heights: dict[str, int]) -> int:
    if isinstance(item, Name):
        return min(_ENDLESS, heights.get(item.name, _ENDLESS) + 1)
    if isinstance(item, Row):
        return max((_height(part, heights) for part in item.items), default=0)
    if isinstance(item, Choice):
        return min(_height(option, heights) for option in item.options)
    if isinstance(item, Times):
        return 0 if item.least == 0 else _height(item.item, heights)
    return 0


def _names(item: Item) -> Iterator[str]:
    if isinstance(item, Name):
        yield item.name
    elif isinstance(item, Times):
        yield from _names(item.item)
    elif isinstance(item, (Row, Choice)):
        for part in item.items if isinstance(item, Row) else item.options:
            yield from _names(part)


class _Reader:
    """Tokens of the whole grammar, then one definition after the other."""

    def __init__(self, definition: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.depth = 0
        at = 0
        if len(definition) > _LONGEST:
            raise GrammarError("a grammar that is too long")
        while at < len(definition):
            found = _TOKEN.match(definition, at)
            if found is None or found.end() == at:
                raise GrammarError(f"unexpected {definition[at]!r}")
            at = found.end()
            if found.lastgroup and found.lastgroup != "skip":
                self.tokens.append((found.lastgroup, found.group()))
        self.tokens.append(("newline", "\n"))
        self.at = 0
        self.rules: dict[str, Item] = {}
        self.ignored = False

    def grammar(self) -> Grammar:
        while self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind == "newline":
                self.at += 1
            elif kind == "directive":
                self._directive(text)
            elif kind == "name":
                self._definition()
            else:
                raise GrammarError(f"unexpected {text!r}")
        if "start" not in self.rules:
            raise GrammarError("there is no rule named start")
        heights = self._heights()
        if heights["start"] >= _ENDLESS:
            raise GrammarError("the rule start derives no text")
        return Grammar(self.rules, heights, self.ignored)

    def _heights(self) -> dict[str, int]:
        """The nesting that the smallest text of each rule needs, the lowest first."""
        heights = dict.fromkeys(self.rules, _ENDLESS)
        users: dict[str, list[str]] = {}
        for name, item in self.rules.items():
            for used in _names(item):
                if used not in self.rules:
                    raise GrammarError(f"there is no rule named {used}")
                users.setdefault(used, []).append(name)
        level = list(self.rules)
        while level:
            found = {name: height for name in level if (height := _height(self.rules[name], heights)) < heights[name]}
            heights |= found
            level = list(dict.fromkeys(user for name in found for user in users.get(name, ()) if heights[user] >= _ENDLESS))
        return heights

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("newline", "\n")

    def _accept(self, *texts: str) -> str | None:
        kind, text = self._peek()
        if kind in ("sign", "dots") and text in texts:
            self.at += 1
            return text
        return None

    def _line(self) -> list[tuple[str, str]]:
        start = self.at
        while self._peek()[0] != "newline":
            self.at += 1
        return self.tokens[start : self.at]

    def _directive(self, directive: str) -> None:
        self.at += 1
        words = [text for kind, text in self._line() if kind == "name"]
        if directive == "%ignore":
            self.ignored = True
        elif directive == "%import":
            for name in words[1:] if words and words[0] == "common" else words:
                self.rules[name] = Expression(pattern.read(_COMMON.get(name, "[a-z]{3}")))

    def _definition(self) -> None:
        name = self._peek()[1].lstrip("!?")
        self.at += 1
        if self._accept("."):
            self.at += 1
        if not self._accept(":"):
            raise GrammarError(f"{name}: a rule needs a colon")
        self.rules[name] = self._choice(top=True)

    def _choice(self, *, top: bool) -> Item:
        self.depth += 1
        if self.depth > _NESTED:
            raise GrammarError("groups within groups without end")
        options = [self._row()]
        while True:
            resume = self.at
            while self._peek()[0] == "newline" and self.at < len(self.tokens):
                self.at += 1
            if self._accept("|"):
                while self._peek()[0] == "newline" and self.at < len(self.tokens):
                    self.at += 1
                options.append(self._row())
                continue
            if top:
                self.at = resume
            break
        self.depth -= 1
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _row(self) -> Item:
        items: list[Item] = []
        while True:
            kind, text = self._peek()
            if kind == "arrow":
                self.at += 1
            elif kind in ("string", "regex", "name") or (kind == "sign" and text in ("(", "[")):
                items.append(self._repeated(self._atom()))
            else:
                break
        return items[0] if len(items) == 1 else Row(tuple(items))

    def _repeated(self, item: Item) -> Item:
        sign = self._accept("?", "*", "+", "~")
        if sign is None:
            return item
        if sign == "~":
            least = self._count()
            return Times(item, least, self._count() if self._accept("..") else least)
        return Times(item, *{"?": (0, 1), "*": (0, _ENDLESS), "+": (1, _ENDLESS)}[sign])

    def _count(self) -> int:
        kind, text = self._peek()
        if kind != "number":
            raise GrammarError(f"expected a number, found {text!r}")
        self.at += 1
        if len(text) > 9 or int(text) > _MOST_TIMES:
            raise GrammarError(f"{text} times is too often")
        return int(text)

    def _atom(self) -> Item:
        kind, text = self._peek()
        self.at += 1
        if kind == "name":
            return Name(text.lstrip("!?"))
        if kind == "string":
            literal = _unquoted(text)
            if self._accept(".."):
                if self._peek()[0] != "string":
                    raise GrammarError("a range needs two strings")
                end = _unquoted(self._peek()[1])
                self.at += 1
                return Expression(pattern.read(f"[{re.escape(literal)}-{re.escape(end)}]"))
            return Literal(literal)
        if kind == "regex":
            return Expression(pattern.read(text[1 : text.rindex("/")].replace("\\/", "/")))
        inner = self._choice(top=False)
        if not self._accept(")" if text == "(" else "]"):
            raise GrammarError("a group without an end")
        return inner if text == "(" else Times(inner, 0, 1)


def _unquoted(text: str) -> str:
    body = text[1 : text.rindex('"')]
    escapes = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}
    return re.sub(r"\\(.)", lambda found: escapes.get(found.group(1), found.group(1)), body)
