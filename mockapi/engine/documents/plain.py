"""Files that are their own text, and the old office format, in which the text lies in one piece between other things."""

from __future__ import annotations

import re

from mockapi.engine.documents import damaged, decoded

# The signature of a compound file, in which old office documents are kept.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Printable characters in a row, one byte or two for each.
_NARROW = re.compile(rb"[\t\r\x20-\x7e]{24,}")
_WIDE = re.compile(rb"(?:[\t\r\x20-\x7e]\0){12,}")


def text(content: bytes) -> str:
    return decoded(content)


def doc(content: bytes) -> str:
    """The longer runs of readable characters of a Word 97 document, which are its text and little else."""
    if not content.startswith(_COMPOUND):
        raise damaged()
    runs = [(found.start(), found[0].decode("ascii")) for found in _NARROW.finditer(content)]
    runs += [(found.start(), found[0].decode("utf-16-le")) for found in _WIDE.finditer(content)]
    return "\n".join(run.replace("\r", "\n") for _, run in sorted(runs))
