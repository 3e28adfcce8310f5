"""Tokens, counted offline with the real vocabularies. The only module that knows the tokenizer package."""

from __future__ import annotations

from functools import cache, lru_cache
from threading import Lock

from splintr import Tokenizer

# Longer texts are counted anew: remembering them would cost more memory than it saves time.
_REMEMBERED_LENGTH = 4096


class Encoding:
    """One vocabulary. Special tokens are never recognised in a text, as in messages sent to the API."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._tokenizer = Tokenizer.from_pretrained(name)
        self._bytes: dict[int, bytes] = {}
        self._remembered = lru_cache(maxsize=2048)(self._count)

    def _count(self, text: str) -> int:
        return len(self._tokenizer.encode_ordinary(text))

    def count(self, text: str) -> int:
        """The number of tokens of a text."""
        return self._remembered(text) if len(text) <= _REMEMBERED_LENGTH else self._count(text)

    def encode(self, text: str) -> list[int]:
        return self._tokenizer.encode_ordinary(text)

    def token(self, number: int) -> bytes:
        """The bytes of one token; they need not be whole characters."""
        piece = self._bytes.get(number)
        if piece is None:
            piece = self._bytes[number] = bytes(self._tokenizer.decode_bytes([number]))
        return piece

    def pieces(self, text: str) -> list[str]:
        """A text cut into tokens; tokens that end inside a character are joined with the next."""
        cut: list[str] = []
        pending = b""
        for number in self._tokenizer.encode_ordinary(text):
            pending += self.token(number)
            try:
                cut.append(pending.decode())
            except UnicodeDecodeError:
                continue
            pending = b""
        return cut

    def truncate(self, text: str, size: int) -> str:
        """The first `size` tokens of a text, without a character that was cut in two."""
        tokens = self._tokenizer.encode_ordinary(text)
        if len(tokens) <= size:
            return text
        return b"".join(map(self.token, tokens[:size])).decode("utf-8", "ignore")

    @property
    def size(self) -> int:
        """Tokens with a number below this are ordinary ones."""
        return 199_998 if self.name == "o200k_base" else 100_256


_loading = Lock()


@cache
def _loaded(name: str) -> Encoding:
    return Encoding(name)


def encoding(name: str) -> Encoding:
    """`o200k_base` or `cl100k_base`, loaded on first use."""
    with _loading:
        return _loaded(name)


def preload() -> None:
    """Load the vocabulary that most models use."""
    encoding("o200k_base")
