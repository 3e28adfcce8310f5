"""The text of PDF files. The only module that knows the package that reads them."""

from __future__ import annotations

import logging
from io import BytesIO

from mockapi.engine.documents import damaged, too_large

# Pages, and bytes of all the drawing instructions that are read: what takes long is following these.
_MOST_PAGES = 2000
_MOST_BYTES = 16 * 1024 * 1024


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
    told: list[str] = []
    left = _MOST_BYTES
    for page in pages:
        drawn = page.get_contents()
        left -= 0 if drawn is None else len(drawn.get_data())
        if left < 0:
            raise too_large()
        told.append(page.extract_text().strip())
    return "\n\n".join(told).strip()
