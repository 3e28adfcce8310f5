"""The text of PDF files. The only module that knows the package that reads them."""

from __future__ import annotations

import logging
from io import BytesIO

from mockapi.engine.documents import damaged, too_large

# Pages, bytes of what is drawn on them, and steps of drawing, which may come from forms that are drawn many times: a form costs more.
_MOST_PAGES = 2000
_MOST_BYTES = 16 * 1024 * 1024
_MOST_STEPS = 3_000_000
_FORM = 50


class _Enough(MemoryError):
    """Ends a long drawing: of the errors within a form, the package lets only these through."""


def pdf(content: bytes) -> str:
    """The text of the pages, an empty line between two."""
    # Imported on first use: it takes a quarter of a second.
    from pypdf import PdfReader

    # What it has to say of a file is told by the file's status.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages = PdfReader(BytesIO(content)).pages
    if not len(pages):
        raise damaged()
    if len(pages) > _MOST_PAGES:
        raise too_large()
    steps = 0

    def step(operator: object, *drawn: object) -> None:
        nonlocal steps
        steps += _FORM if operator == b"Do" else 1
        if steps > _MOST_STEPS:
            raise _Enough

    told: list[str] = []
    left = _MOST_BYTES
    for page in pages:
        drawn = page.get_contents()
        left -= 0 if drawn is None else len(drawn.get_data())
        if left < 0:
            raise too_large()
        try:
            told.append(page.extract_text(visitor_operand_before=step).strip())
        except _Enough:
            raise too_large() from None
    return "\n\n".join(told).strip()
