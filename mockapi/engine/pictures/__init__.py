"""The simulated image model: pictures drawn, changed, read and written, and what they cost in tokens.

The same arguments give the same pixels in any process. Its modules and Pillow are imported at the first use, not at the server's start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockapi import lazily

if TYPE_CHECKING:
    from mockapi.engine.pictures.changes import edit, partial, vary
    from mockapi.engine.pictures.costs import input_tokens, output_tokens
    from mockapi.engine.pictures.drawing import Background, draw
    from mockapi.engine.pictures.files import Facts, Form, PictureFault, encode, open_picture, read

__all__ = [
    "Background",
    "Facts",
    "Form",
    "PictureFault",
    "draw",
    "edit",
    "encode",
    "input_tokens",
    "open_picture",
    "output_tokens",
    "partial",
    "read",
    "vary",
]

__getattr__ = lazily.names(
    __name__,
    {
        **dict.fromkeys(("edit", "partial", "vary"), "changes"),
        **dict.fromkeys(("input_tokens", "output_tokens"), "costs"),
        **dict.fromkeys(("Background", "draw"), "drawing"),
        **dict.fromkeys(("Facts", "Form", "PictureFault", "encode", "open_picture", "read"), "files"),
    },
)
