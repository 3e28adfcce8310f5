"""From a grammar of a custom tool to a text it derives. Grammars are Lark's EBNF, or one regular expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from mockapi.engine import pattern
from mockapi.seed import Stream

_ENDLESS = 1_000_000
_DEEP = 8
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
        """A text that the rule `start` derives."""
        words: list[str] = []
        self._derive(self.rules["start"], stream, 0, words)
        if not self.spaced:
            return "".join(words)
        text = ""
        for word in words:
            gap = " " if text and word and re.match(r"\w", word) and re.search(r"\w$", text) else ""
            text += gap + word
        return text

    def _height(self, item: Item) -> int:
        if isinstance(item, Name):
            return self.heights.get(item.name, _ENDLESS)
        return _height(item, self.heights)

    def _derive(self, item: Item, stream: Stream, depth: int, words: list[str]) -> None:
        if isinstance(item, Literal):
            words.append(item.text)
        elif isinstance(item, Expression):
            words.append(item.pattern.string(stream) or "")
        elif isinstance(item, Name):
            rule = self.rules[item.name]
            if item.name.isupper():
                # A terminal is one word, whatever it is made of.
                parts: list[str] = []
                self._derive(rule, stream.child(depth), depth + 1, parts)
                words.append("".join(parts))
            else:
                self._derive(rule, stream.child(depth), depth + 1, words)
        elif isinstance(item, Row):
            for place, part in enumerate(item.items):
                self._derive(part, stream.child(place + 1), depth, words)
        elif isinstance(item, Choice):
            options = item.options
            if depth >= _DEEP:
                options = (min(options, key=self._height),)
            self._derive(stream.choice([o for o in options if self._height(o) < _ENDLESS] or options), stream.child(99), depth, words)
        else:
            most = item.least if depth >= _DEEP else min(item.most, item.least + 2)
            for place in range(stream.between(item.least, most)):
                self._derive(item.item, stream.child(1000 + place), depth + 1, words)


@lru_cache(maxsize=64)
def read(definition: str) -> Grammar:
    """Read a Lark grammar. Raises GrammarError."""
    return _Reader(definition).grammar()


def text(syntax: str, definition: str, stream: Stream) -> str | None:
    """A text of a grammar; None if the grammar cannot be read."""
    try:
        if syntax == "regex":
            return pattern.read(definition).string(stream)
        return read(definition).text(stream)
    except (GrammarError, pattern.PatternError):
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


class _Reader:
    """Tokens of the whole grammar, then one definition after the other."""

    def __init__(self, definition: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
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
        heights = dict.fromkeys(self.rules, _ENDLESS)
        changed = True
        while changed:
            changed = False
            for name, item in self.rules.items():
                height = _height(item, heights)
                if height < heights[name]:
                    heights[name], changed = height, True
        if heights["start"] >= _ENDLESS:
            raise GrammarError("the rule start derives no text")
        return Grammar(self.rules, heights, self.ignored)

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
        return int(text)

    def _atom(self) -> Item:
        kind, text = self._peek()
        self.at += 1
        if kind == "name":
            return Name(text.lstrip("!?"))
        if kind == "string":
            literal = _unquoted(text)
            if self._accept(".."):
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
