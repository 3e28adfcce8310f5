"""A text cut into what is said in one breath, and how long each takes: words, and characters where a script writes no spaces."""

from __future__ import annotations

import re

_WORD_SECONDS = 0.38
# guess: about four and a half syllables a second, one to each ideograph or kana; Thai and its neighbours write a syllable in three letters.
_IDEOGRAPH_SECONDS = 0.22
_LETTER_SECONDS = 0.08
_WIDE = "\u3041-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNNING = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_MARKS = "\u2018-\u201f\u2026\u3000-\u303f\u30fb\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_PIECE = re.compile(rf"(?P<wide>[{_WIDE}])[{_MARKS}]*|(?P<running>[{_RUNNING}]{{1,6}})|[^\s{_WIDE}{_RUNNING}]+")
_SEPARATE = re.compile(f"[{_WIDE}{_RUNNING}]")


def pieces(text: str) -> list[tuple[str, float]]:
    """What is said one after another, each with its seconds at ordinary speed."""
    if text.isascii() or not _SEPARATE.search(text):
        return [(word, _WORD_SECONDS) for word in text.split()]
    found = []
    for match in _PIECE.finditer(text):
        if match["wide"]:
            seconds = _IDEOGRAPH_SECONDS
        elif match["running"]:
            seconds = _LETTER_SECONDS * len(match["running"])
        else:
            seconds = _WORD_SECONDS
        found.append((match[0].strip(), seconds))
    return found
