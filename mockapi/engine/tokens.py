"""Tokens, counted offline with the real vocabularies. The only module that knows the tokenizer package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from mockapi.engine.words import SIZES, Words

if TYPE_CHECKING:
    from splintr import AnyTokenizer

# Longer texts are counted anew: remembering them would cost more memory than it saves time.
_REMEMBERED_LENGTH = 4096
# Longer texts are read in pieces: of a word of megabytes the package takes seconds and a gigabyte.
_PIECE = 32 * 1024
# The last characters of a piece, in which its end is sought: where a word begins with what stands before it.
_SOUGHT = 1024
# So many texts of plain words are cut without the vocabulary: for more of them it is worth its loading.
_FIRST_TEXTS = 64
_BETWEEN = re.compile(r"(?<=[^\W\d_])(?=[ ,.;:!?\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f][^\W\d_])")


class Encoding:
    """One vocabulary. Special tokens are never recognised in a text, as in messages sent to the API."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._loaded: AnyTokenizer | None = None
        self._loading = Lock()
        self._words: Words | None = None
        self._first = _FIRST_TEXTS
        with suppress(OSError):
            self._words = Words(Path(__file__).with_name(f"{name}.words"))
        self._bytes: dict[int, bytes] = {}
        # Tokens that are whole characters, so that texts made of these alone need no joining.
        self._texts: dict[int, str] = {}
        self._remembered = lru_cache(maxsize=2048)(self._count)

    def load(self) -> AnyTokenizer:
        """The vocabulary, loaded unless it is."""
        if self._loaded is None:
            from splintr import Tokenizer

            with self._loading:
                if self._loaded is None:
                    self._loaded, self._words = Tokenizer.from_pretrained(self.name), None
        return self._loaded

    def _plain(self, text: str) -> list[str] | None:
        """The tokens of one of the first texts, if it has plain words alone, and the vocabulary is not loaded."""
        words = self._words
        if words is None or self._first <= 0 or len(text) > _REMEMBERED_LENGTH:
            return None
        self._first -= 1
        return words.pieces(text)

    def _count(self, text: str) -> int:
        plain = self._plain(text)
        if plain is not None:
            return len(plain)
        tokenizer = self.load()
        return sum(len(tokenizer.encode_ordinary(piece)) for piece in _cuts(text))

    def count(self, text: str) -> int:
        """The number of tokens of a text."""
        return self._remembered(text) if len(text) <= _REMEMBERED_LENGTH else self._count(text)

    def encode(self, text: str) -> list[int]:
        tokenizer = self.load()
        return [number for piece in _cuts(text) for number in tokenizer.encode_ordinary(piece)]

    def token(self, number: int) -> bytes:
        """The bytes of one token; they need not be whole characters."""
        piece = self._bytes.get(number)
        if piece is None:
            piece = self._bytes[number] = bytes(self.load().decode_bytes([number]))
        return piece

    def pieces(self, text: str) -> list[str]:
        """A text cut into tokens; tokens that end inside a character are joined with the next."""
        plain = self._plain(text)
        if plain is not None:
            return plain
        numbers = self.encode(text)
        try:
            return [self._texts[number] for number in numbers]
        except KeyError:
            return self._cut(numbers)

    def _cut(self, numbers: list[int]) -> list[str]:
        cut: list[str] = []
        pending = b""
        for number in numbers:
            piece = self.token(number)
            pending += piece
            try:
                text = pending.decode()
            except UnicodeDecodeError:
                continue
            if pending == piece:
                self._texts[number] = text
            cut.append(text)
            pending = b""
        return cut

    def fit(self, text: str, size: int) -> tuple[str, int]:
        """As much of a text as `size` tokens hold, no character cut in two, and how many it takes."""
        plain = self._plain(text)
        if plain is not None:
            return "".join(plain[:size]), min(len(plain), size)
        tokens = self.encode(text)
        if len(tokens) <= size:
            return text, len(tokens)
        return bytes(self.load().decode_bytes(tokens[:size])).decode("utf-8", "ignore"), size

    @property
    def size(self) -> int:
        """Tokens with a number below this are ordinary ones."""
        return SIZES[self.name]


def _cuts(text: str) -> Iterator[str]:
    """A text in pieces that come to the tokens of the whole: they end between two words, where there are any."""
    at = 0
    while len(text) - at > _PIECE:
        between = _BETWEEN.search(text, at + _PIECE - _SOUGHT, at + _PIECE)
        end = at + _PIECE if between is None else between.start()
        yield text[at:end]
        at = end
    yield text[at:]


@cache
def encoding(name: str) -> Encoding:
    """`o200k_base` or `cl100k_base`, loaded when words alone do not do."""
    return Encoding(name)


def preload() -> None:
    """Load the vocabulary that most models use."""
    encoding("o200k_base").load()
