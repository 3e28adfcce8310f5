"""The simulated image model: pictures drawn, changed, read and written, and what they cost in tokens.

The same arguments give the same pixels in any process. Pillow is imported at the first use, not at the server's start.
"""

from mockapi.engine.pictures.changes import edit, partial, vary
from mockapi.engine.pictures.costs import input_tokens, output_tokens
from mockapi.engine.pictures.drawing import Background, draw
from mockapi.engine.pictures.files import Facts, Form, PictureFault, encode, open_picture, read

__all__ = (
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
)
