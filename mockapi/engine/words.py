"""Plain English words that are one token each, looked up in a file: a first answer need not wait until a vocabulary is loaded.

The file is made of the vocabulary when the package is built. It needs nothing but the standard library, since the build has nothing else.
"""

from __future__ import annotations

import re
from binascii import crc32
from collections.abc import Iterable
from itertools import accumulate
from mmap import ACCESS_READ, mmap
from pathlib import Path
from struct import Struct

# By vocabulary, how many tokens are ordinary ones: those with a number below this.
SIZES = {"o200k_base": 199_998, "cl100k_base": 100_256}
# As o200k_base cuts a text before it looks for tokens, for the characters below.
_WORD = re.compile(
    r"[^\r\nA-Za-z0-9]?(?:[A-Z]*[a-z]+|[A-Z]+[a-z]*)(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[0-9]{1,3}| ?[^\sA-Za-z0-9]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_PLAIN = re.compile(r"[\t\n\r\x20-\x7e]*")
# Words lie in one of so many places, by their checksum: where each begins stands first. Between two words is a zero.
_PLACES = 4096
_BOUNDS = Struct("<2I")


def split(text: str) -> list[str] | None:
    """What the vocabulary cuts a text into before it looks for tokens; None for a text with other characters than plain ones."""
    return _WORD.findall(text) if _PLAIN.fullmatch(text) else None


def table(words: Iterable[str]) -> bytes:
    """The content of a file of words."""
    places: list[list[bytes]] = [[] for _ in range(_PLACES)]
    for word in words:
        text = word.encode()
        places[crc32(text) % _PLACES].append(text)
    contents = [b"\0%b\0" % b"\0".join(place) for place in places]
    begins = accumulate(map(len, contents), initial=4 * (_PLACES + 1))
    return b"".join([*(begin.to_bytes(4, "little") for begin in begins), *contents])


class Words:
    """A file of words."""

    def __init__(self, file: Path) -> None:
        """Raises OSError if there is no such file."""
        with file.open("rb") as opened:
            self._content = mmap(opened.fileno(), 0, access=ACCESS_READ)

    def __contains__(self, word: str) -> bool:
        text = word.encode()
        begin, end = _BOUNDS.unpack_from(self._content, 4 * (crc32(text) % _PLACES))
        return self._content.find(b"\0%b\0" % text, begin, end) >= 0

    def pieces(self, text: str) -> list[str] | None:
        """The tokens of a text; None if it has one that is not known here."""
        found = split(text)
        return found if found is not None and all(word in self for word in set(found)) else None
