"""The text of a file: plain text and source code, HTML, office documents, PDF. Each reader is imported on first use.

Readers are bounded in time and room whatever the bytes; what none can read is told apart as the API does. Data: `fixtures/documents.toml`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Literal

from mockapi import fixtures

# Characters of text beyond which a file is too large: 5,000,000 tokens are fewer.
MOST_CHARACTERS = 24_000_000
_READERS = {
    "text": "plain", "markup": "markup", "docx": "office", "pptx": "office", "xlsx": "office", "doc": "plain", "pdf": "portable",
}  # fmt: skip
_BINARY = frozenset(range(9)) | {14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 29, 30, 31}


class Unreadable(Exception):
    """A file without a text that could be had, with the API's code and sentence."""

    def __init__(self, code: Literal["unsupported_file", "invalid_file"], message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def unsupported() -> Unreadable:
    # seen: openai-openapi 300
    return Unreadable("unsupported_file", "The file type is not supported.")


def damaged() -> Unreadable:
    # seen: openai-node 1496
    return Unreadable("invalid_file", "The file could not be parsed.")


def too_large() -> Unreadable:
    # seen: openai-openapi 300
    return Unreadable("invalid_file", "The file could not be parsed because it is too large.")


def ending(filename: str) -> str:
    """What follows the last dot of a name, in lower case; empty where there is none."""
    return filename.rpartition(".")[2].lower() if "." in filename else ""


@cache
def searched() -> frozenset[str]:
    """The endings of the files that vector stores take."""
    return frozenset(fixtures.load("documents.toml")["searched"]["endings"].split())


@cache
def _readers() -> dict[str, str]:
    readers = fixtures.load("documents.toml")["readers"]
    return {name: reader for reader, names in readers.items() for name in names.split()}


def extract(filename: str, content: bytes) -> str:
    """The text of a file. Raises Unreadable, and nothing else whatever the bytes."""
    reader = _readers().get(ending(filename))
    if reader is None:
        raise unsupported()
    read = getattr(import_module(f"{__name__}.{_READERS[reader]}"), reader)
    try:
        text: str = read(content)
    except Unreadable:
        raise
    except Exception as error:
        # What a parser raises of damaged bytes is anything.
        raise damaged() from error
    if len(text) > MOST_CHARACTERS:
        raise too_large()
    # Halves of surrogate pairs, which some files name one by one, are no text.
    return text.encode("utf-8", "ignore").decode()


def decoded(content: bytes) -> str:
    """Plain text in UTF-8 or UTF-16 (documentation). Raises Unreadable for what is neither, and for what no text contains."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
        # A look at the beginning tells a picture that was given the name of a text.
        if _BINARY & set(content[:4096]):
            raise unsupported()
    if len(content) > 4 * MOST_CHARACTERS:
        raise too_large()
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise unsupported() from None
