"""The text of HTML and its relatives: what a reader sees of a page. One pass from left to right, so bad markup costs no more than good."""

from __future__ import annotations

import re
from html import unescape

from mockapi.engine.documents import decoded

_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]*)")
# What is no text though it stands between tags.
_UNSEEN = frozenset(("script", "style", "template"))
# Tags within a line; all others end one.
_INLINE = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd", "mark", "q", "s",
    "samp", "small", "span", "strong", "sub", "sup", "time", "tspan", "u", "var", "wbr",
))  # fmt: skip


def markup(content: bytes) -> str:
    lines = (" ".join(line.split()) for line in unescape("".join(_seen(decoded(content)))).split("\n"))
    return "\n".join(line for line in lines if line)


def _seen(page: str) -> list[str]:
    """The texts between tags."""
    lower = page.lower()
    if len(lower) != len(page):
        # A few letters have no lower case of the same length; places must agree.
        lower = page
    found: list[str] = []
    at = 0
    while (start := page.find("<", at)) >= 0:
        found.append(page[at:start])
        if page.startswith("<!--", start):
            end = page.find("-->", start + 4)
            at = len(page) if end < 0 else end + 3
            continue
        name = _NAME.match(page, start + 1)
        if name is None and page[start + 1 : start + 2] not in ("!", "?"):
            found.append("<")
            at = start + 1
            continue
        end = page.find(">", start)
        if end < 0:
            return found
        at = end + 1
        tag = name[1].lower() if name is not None else ""
        if tag in _UNSEEN and page[start + 1] != "/":
            closing = lower.find(f"</{tag}", at)
            at = len(page) if closing < 0 else closing
        elif tag not in _INLINE:
            found.append("\n")
    found.append(page[at:])
    return found
