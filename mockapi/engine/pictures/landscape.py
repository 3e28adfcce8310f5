"""What stands behind the things of a picture: sky, stars, mountains, hills, the sea. Sizes in pixels, levels in parts of the height."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mockapi.engine.pictures import shapes
from mockapi.engine.pictures.palette import Palette
from mockapi.engine.pictures.words import Colour, Item, shaded
from mockapi.seed import Stream

if TYPE_CHECKING:
    from PIL.Image import Image

Points = list[tuple[float, float]]

_SNOW = (250, 252, 255)


def sky(width: int, height: int, colours: Palette) -> Image:
    """The ground of an opaque picture."""
    from PIL import Image

    pairs = tuple(zip(colours.above, colours.horizon, strict=True))
    column = bytes(above + (below - above) * row // height for row in range(height) for above, below in pairs)
    return Image.frombytes("RGB", (1, height), column).resize((width, height), Image.Resampling.NEAREST)


def behind(canvas: Image, items: list[Item], floor: int, colours: Palette, mood: str, stream: Stream) -> list[Item]:
    """Draws what spans the whole width, down to `floor` and below. Returns the items that are still to be drawn."""
    named = {item.shape: item.colour or shapes.own_colour(item.shape) or colours.ground for item in items}
    if mood == "night":
        _stars(canvas, floor, stream)
    if "mountain" in named:
        _mountains(canvas, floor, named["mountain"], stream)
    if "sea" in named:
        for layer in range(4):
            _fill(canvas, _swell(canvas, floor, 0.62 + 0.11 * layer, 0.012, 3.5, stream), shaded(named["sea"], 0.32 - 0.16 * layer))
    else:
        land = named.get("hill", colours.ground)
        _fill(canvas, _swell(canvas, floor, 0.7 if "hill" in named else 0.74, 0.04, 0.8, stream), shaded(land, 0.22))
        _fill(canvas, _swell(canvas, floor, 0.83, 0.03, 0.7, stream), land)
    return [item for item in items if item.shape not in ("mountain", "sea", "hill")]


def _fill(canvas: Image, points: Points, colour: Colour) -> None:
    """A polygon with soft edges."""
    from PIL import Image, ImageDraw

    across, down = [x for x, _ in points], [y for _, y in points]
    left, top = max(0, math.floor(min(across))), max(0, math.floor(min(down)))
    width, height = min(canvas.width, math.ceil(max(across))) - left, min(canvas.height, math.ceil(max(down))) - top
    if width <= 0 or height <= 0:
        return
    mask = Image.new("L", (width * 2, height * 2))
    ImageDraw.Draw(mask).polygon([((x - left) * 2, (y - top) * 2) for x, y in points], 255)
    canvas.paste(colour, (left, top), mask.reduce(2))


def _swell(canvas: Image, floor: int, level: float, swing: float, waves: float, stream: Stream) -> Points:
    """Everything under a wavy line."""
    width, height = canvas.size
    start, turns = stream.unit() * math.tau, (waves + waves * stream.unit() / 2) * math.tau / 64
    line = [(width * step / 64, floor * (level + swing * math.sin(start + step * turns))) for step in range(65)]
    return [*line, (width, height), (0, height)]


def _mountains(canvas: Image, floor: int, colour: Colour, stream: Stream) -> None:
    width, foot = canvas.width, floor * 0.86
    first = stream.unit() * 0.2
    for peak, (by, lowest) in enumerate(((0.2, 0.3), (0.1, 0.2), (0.0, 0.1))):
        x, y = width * (first + (0.15, 0.7, 0.4)[peak]), floor * (lowest + 0.1 * stream.unit())
        half = width * (0.3 + 0.08 * stream.unit())
        _fill(canvas, [(x, y), (x + half, foot), (x - half, foot)], shaded(colour, by))
        cap, across = 0.22 * (foot - y), 0.22 * half
        jag = [(across, cap), (across * 0.45, cap * 0.72), (across * 0.1, cap * 1.15), (-across * 0.4, cap * 0.75), (-across, cap)]
        _fill(canvas, [(x, y), *((x + right, y + down) for right, down in jag)], _SNOW)


def _stars(canvas: Image, floor: int, stream: Stream) -> None:
    from PIL import ImageDraw

    pen = ImageDraw.Draw(canvas)
    unit = max(1, min(canvas.size) // 400)
    for _ in range(60):
        x, y, size = stream.below(canvas.width), int(floor * 0.65 * stream.unit()), stream.between(0, unit)
        pen.ellipse((x, y, x + size, y + size), (245, 240, 215))
