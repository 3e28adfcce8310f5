"""The plate that carries a prompt's words, so that a person sees which picture is which. Sizes in pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from mockapi.engine.pictures.words import legible

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

_MOST_CHARACTERS = 400
_LEAST_SIZE = 64
# How large letters are to the picture (the root of its area), and how many lines there may be of them.
_STEPS = ((24, 2), (29, 3), (35, 4), (42, 6))
_SMALLEST_LETTERS = 9
_INK = (34, 36, 48)
_PAPER = (255, 255, 255)


@dataclass(frozen=True)
class Plate:
    """Where the plate is, and its lines of text."""

    left: int
    top: int
    width: int
    height: int
    letters: int
    lines: tuple[str, ...]


@lru_cache(maxsize=8)
def _font(letters: int) -> FreeTypeFont:
    from PIL import ImageFont

    font = ImageFont.load_default(letters)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def lay_out(prompt: str, width: int, height: int) -> Plate | None:
    """The plate of a prompt at the lower edge of a picture; None where there is nothing to say or no room to say it."""
    text = legible(prompt, _MOST_CHARACTERS)
    if len(prompt) > _MOST_CHARACTERS:
        text += "…"
    if not text or width < _LEAST_SIZE or height < _LEAST_SIZE:
        return None
    margin = max(3, min(width, height) // 32)
    measure = math.isqrt(width * height)
    letters, lines, most = 0, [""], 0
    for part, most in _STEPS:
        letters = max(_SMALLEST_LETTERS, measure // part)
        lines = _wrap(text, letters, width - 2 * margin - 2 * letters)
        if len(lines) <= most:
            break
    most = max(1, min(most, int(height * 0.4 / (letters * 1.25))))
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][:-1].rstrip() + "…"]
    tall = round(len(lines) * letters * 1.25 + letters * 0.9)
    return Plate(margin, height - margin - tall, width - 2 * margin, tall, letters, tuple(lines))


def _wrap(text: str, letters: int, room: int) -> list[str]:
    """Lines no wider than `room`; words that are wider are broken."""
    length = _font(letters).getlength
    space = length(" ")
    lines: list[str] = []
    line, used = "", 0.0
    for word in text.split(" "):
        wide = length(word)
        if line and used + space + wide <= room:
            line, used = f"{line} {word}", used + space + wide
            continue
        if line:
            lines.append(line)
        line = word
        while len(line) > 1 and length(line) > room:
            fits = max(1, int(len(line) * room / length(line)))
            while fits > 1 and length(line[:fits]) > room:
                fits -= 1
            lines.append(line[:fits])
            line = line[fits:]
            wide = length(line)
        used = wide
    return [*lines, line]


def put(canvas: Image, plate: Plate) -> None:
    """Draws the plate on a picture."""
    from PIL import Image, ImageDraw

    mask = Image.new("L", (plate.width * 2, plate.height * 2))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), plate.letters * 1.2, 232)
    mask = mask.reduce(2)
    paper = Image.new(canvas.mode, mask.size, _PAPER)
    if canvas.mode == "RGBA":
        paper.putalpha(mask)
        canvas.alpha_composite(paper, (plate.left, plate.top))
    else:
        canvas.paste(paper, (plate.left, plate.top), mask)
    pen = ImageDraw.Draw(canvas)
    font = _font(plate.letters)
    for number, line in enumerate(plate.lines):
        middle = plate.top + plate.letters * (0.45 + 1.25 * (number + 0.5))
        pen.text((plate.left + plate.width / 2, middle), line, _INK, font, "mm")
