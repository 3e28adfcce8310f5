"""The shapes that pictures are made of, each drawn on a square of 100 x 100 units."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from mockapi.engine.pictures.words import COLOURS, Colour, shaded

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

_INK = (38, 40, 52)
_WHITE = (252, 252, 250)


class Pen:
    """Draws in units of a hundredth of the square's side."""

    def __init__(self, draw: ImageDraw, side: int) -> None:
        self._draw = draw
        self._unit = side / 100

    def oval(self, left: float, top: float, right: float, bottom: float, fill: Colour, edge: Colour | None = None) -> None:
        unit = self._unit
        self._draw.ellipse((left * unit, top * unit, right * unit, bottom * unit), fill, edge, self._width(1.6) if edge else 0)

    def area(self, points: Iterable[tuple[float, float]], fill: Colour, edge: Colour | None = None) -> None:
        unit = self._unit
        self._draw.polygon([(x * unit, y * unit) for x, y in points], fill, edge, self._width(1.6) if edge else 0)

    def block(
        self, left: float, top: float, right: float, bottom: float, fill: Colour, round: float = 0, edge: Colour | None = None
    ) -> None:
        unit = self._unit
        box = (left * unit, top * unit, right * unit, bottom * unit)
        self._draw.rounded_rectangle(box, round * unit, fill, edge, self._width(1.6) if edge else 0)

    def line(self, points: Iterable[tuple[float, float]], fill: Colour, width: float) -> None:
        unit = self._unit
        self._draw.line([(x * unit, y * unit) for x, y in points], fill, self._width(width), "curve")

    def _width(self, units: float) -> int:
        return max(1, round(units * self._unit))


def _around(count: int, far: float, near: float, turn: float = -90.0) -> list[tuple[float, float]]:
    """The corners of a star of `count` points about the middle; `far` and `near` in units, `turn` in degrees."""
    corners = []
    for step in range(2 * count):
        angle = math.radians(turn + step * 180 / count)
        reach = near if step % 2 else far
        corners.append((50 + reach * math.cos(angle), 50 + reach * math.sin(angle)))
    return corners


def _circle(pen: Pen, colour: Colour) -> None:
    pen.oval(4, 4, 96, 96, colour, shaded(colour, -0.22))
    pen.oval(24, 16, 44, 32, shaded(colour, 0.35))


def _square(pen: Pen, colour: Colour) -> None:
    pen.block(8, 8, 92, 92, colour, 3, shaded(colour, -0.22))


def _triangle(pen: Pen, colour: Colour) -> None:
    pen.area([(50, 6), (97, 92), (3, 92)], colour, shaded(colour, -0.22))


def _star(pen: Pen, colour: Colour) -> None:
    pen.area(_around(5, 48, 20), colour, shaded(colour, -0.2))


def _heart(pen: Pen, colour: Colour) -> None:
    points = []
    for step in range(60):
        angle = math.tau * step / 60
        across = 16 * math.sin(angle) ** 3
        down = 13 * math.cos(angle) - 5 * math.cos(2 * angle) - 2 * math.cos(3 * angle) - math.cos(4 * angle)
        points.append((50 + across * 2.8, 46 - down * 2.8))
    pen.area(points, colour, shaded(colour, -0.22))


def _diamond(pen: Pen, colour: Colour) -> None:
    pen.area([(22, 14), (78, 14), (97, 38), (50, 94), (3, 38)], colour, shaded(colour, -0.25))
    pen.area([(22, 14), (36, 38), (3, 38)], shaded(colour, 0.3))
    pen.area([(36, 38), (50, 14), (64, 38)], shaded(colour, 0.45))
    pen.area([(64, 38), (97, 38), (50, 94)], shaded(colour, -0.15))


def _sun(pen: Pen, colour: Colour) -> None:
    pen.area(_around(12, 49, 35), shaded(colour, 0.3))
    pen.oval(20, 20, 80, 80, colour, shaded(colour, 0.15))


def _moon(pen: Pen, colour: Colour) -> None:
    outer = [(50 + 44 * math.cos(a), 50 + 44 * math.sin(a)) for a in (math.radians(60 + 240 * step / 40) for step in range(41))]
    inner = [(74 + 41 * math.cos(a), 50 + 41 * math.sin(a)) for a in (math.radians(249 - 138 * step / 30) for step in range(31))]
    pen.area([*outer, *inner], colour)
    pen.oval(20, 44, 28, 52, shaded(colour, -0.12))
    pen.oval(27, 64, 33, 70, shaded(colour, -0.12))


def _cloud(pen: Pen, colour: Colour) -> None:
    pen.block(6, 48, 94, 78, colour, 15)
    pen.oval(16, 32, 52, 70, colour)
    pen.oval(36, 18, 78, 66, colour)


def _bird(pen: Pen, colour: Colour) -> None:
    pen.area([(8, 52), (30, 48), (22, 66)], shaded(colour, -0.2))
    pen.oval(20, 34, 76, 70, colour, shaded(colour, -0.2))
    pen.oval(58, 20, 88, 50, colour)
    pen.area([(86, 32), (99, 37), (86, 42)], COLOURS["amber"])
    pen.area([(34, 50), (64, 48), (36, 84)], shaded(colour, -0.25))
    pen.oval(72, 29, 78, 35, _INK)


def _tree(pen: Pen, colour: Colour) -> None:
    pen.block(44, 60, 56, 100, COLOURS["brown"])
    pen.oval(12, 30, 56, 74, shaded(colour, -0.12))
    pen.oval(44, 30, 88, 74, shaded(colour, -0.12))
    pen.oval(22, 2, 78, 60, colour)
    pen.oval(34, 12, 52, 28, shaded(colour, 0.2))


def _flower(pen: Pen, colour: Colour) -> None:
    green = COLOURS["green"]
    pen.line([(50, 40), (50, 100)], green, 4)
    pen.oval(50, 70, 76, 82, green)
    pen.oval(24, 78, 50, 90, green)
    for step in range(6):
        x, y = 50 + 19 * math.cos(step * math.pi / 3), 33 + 19 * math.sin(step * math.pi / 3)
        pen.oval(x - 13, y - 13, x + 13, y + 13, colour, shaded(colour, -0.15))
    pen.oval(39, 22, 61, 44, COLOURS["amber"])


def _house(pen: Pen, colour: Colour) -> None:
    pen.block(70, 12, 80, 40, shaded(colour, -0.4))
    pen.block(14, 42, 86, 100, colour)
    pen.area([(50, 6), (96, 46), (4, 46)], shaded(colour, -0.45))
    pen.block(42, 66, 58, 100, COLOURS["brown"])
    for left in (22, 64):
        pen.block(left, 56, left + 14, 72, (255, 236, 170), 1, _WHITE)


def _mountain(pen: Pen, colour: Colour) -> None:
    pen.area([(66, 30), (100, 100), (30, 100)], shaded(colour, -0.2))
    pen.area([(40, 8), (82, 100), (0, 100)], colour)
    pen.area([(40, 8), (52, 34), (44, 29), (38, 38), (33, 30), (28, 35)], _WHITE)


def _sea(pen: Pen, colour: Colour) -> None:
    pen.oval(2, 30, 98, 98, colour)
    for down, left, right in ((48, 24, 60), (62, 40, 84), (76, 22, 52)):
        points = [(left + step * (right - left) / 24, down + 2.5 * math.sin(step * 0.9)) for step in range(25)]
        pen.line(points, shaded(colour, 0.5), 2.4)


def _hill(pen: Pen, colour: Colour) -> None:
    pen.oval(30, 46, 130, 170, shaded(colour, -0.12))
    pen.oval(-20, 56, 84, 180, colour)


def _boat(pen: Pen, colour: Colour) -> None:
    pen.line([(48, 6), (48, 74)], COLOURS["brown"], 3)
    pen.area([(51, 8), (88, 64), (51, 64)], _WHITE, (205, 210, 216))
    pen.area([(45, 18), (45, 64), (16, 64)], shaded(colour, 0.5), shaded(colour, 0.2))
    pen.area([(6, 72), (94, 72), (78, 98), (22, 98)], colour, shaded(colour, -0.25))


def _car(pen: Pen, colour: Colour) -> None:
    pen.area([(24, 58), (36, 36), (66, 36), (80, 58)], shaded(colour, -0.15))
    pen.area([(30, 56), (39, 41), (49, 41), (49, 56)], (205, 232, 248))
    pen.area([(53, 56), (53, 41), (64, 41), (73, 56)], (205, 232, 248))
    pen.block(4, 54, 96, 84, colour, 9)
    for left in (16, 62):
        pen.oval(left, 72, left + 26, 98, _INK)
        pen.oval(left + 8, 80, left + 18, 90, (200, 204, 210))


def _fish(pen: Pen, colour: Colour) -> None:
    pen.area([(72, 50), (98, 26), (92, 50), (98, 74)], shaded(colour, -0.15))
    pen.area([(38, 34), (60, 16), (64, 36)], shaded(colour, -0.15))
    pen.oval(4, 26, 80, 74, colour, shaded(colour, -0.2))
    pen.area([(44, 50), (60, 42), (60, 60)], shaded(colour, 0.3))
    pen.oval(17, 39, 28, 50, _WHITE)
    pen.oval(20, 42, 26, 48, _INK)


def _creature(pen: Pen, colour: Colour, muzzle: Colour) -> None:
    """Body, head and face; the ears are drawn before or after by each."""
    dark = shaded(colour, -0.2)
    pen.oval(24, 54, 76, 104, colour, dark)
    pen.oval(36, 64, 64, 102, shaded(colour, 0.3))
    pen.oval(20, 16, 80, 68, colour, dark)
    pen.oval(37, 42, 63, 63, muzzle)
    for left in (32, 58):
        pen.oval(left, 32, left + 10, 44, _WHITE)
        pen.oval(left + 2.5, 34.5, left + 8, 43, _INK)
    pen.area([(45, 45), (55, 45), (50, 51)], (120, 62, 72))
    pen.line([(50, 51), (50, 55), (44, 58)], _INK, 1.4)
    pen.line([(50, 55), (56, 58)], _INK, 1.4)


def _cat(pen: Pen, colour: Colour) -> None:
    tail = [(72 + 18 * math.sin(step / 5), 94 - 3.4 * step) for step in range(13)]
    pen.line(tail, shaded(colour, -0.15), 7)
    for mirror in (1, -1):
        ear = [(24, 34), (24, 2), (48, 20)]
        pen.area([(50 + mirror * (x - 50), y) for x, y in ear], colour, shaded(colour, -0.2))
        pen.area([(50 + mirror * (x - 50), y) for x, y in [(28, 24), (28, 9), (39, 18)]], (245, 170, 180))
    _creature(pen, colour, shaded(colour, 0.45))
    for down in (50, 55):
        pen.line([(8, down - 3), (36, down)], _INK, 0.8)
        pen.line([(64, down), (92, down - 3)], _INK, 0.8)


def _dog(pen: Pen, colour: Colour) -> None:
    pen.line([(70 + 2.2 * step, 92 - 0.22 * step * step) for step in range(12)], shaded(colour, -0.15), 7)
    _creature(pen, colour, shaded(colour, 0.55))
    pen.oval(43, 42, 57, 51, _INK)
    pen.oval(8, 18, 28, 62, shaded(colour, -0.35))
    pen.oval(72, 18, 92, 62, shaded(colour, -0.35))


def _bear(pen: Pen, colour: Colour) -> None:
    for left in (16, 62):
        pen.oval(left, 8, left + 22, 30, colour, shaded(colour, -0.2))
        pen.oval(left + 6, 14, left + 16, 24, shaded(colour, 0.4))
    _creature(pen, colour, shaded(colour, 0.5))


def _rabbit(pen: Pen, colour: Colour) -> None:
    for left in (28, 54):
        pen.oval(left, -14, left + 18, 34, colour, shaded(colour, -0.2))
        pen.oval(left + 5, -6, left + 13, 28, (245, 170, 180))
    _creature(pen, colour, shaded(colour, 0.5))


def _person(pen: Pen, colour: Colour) -> None:
    skin = (232, 184, 148)
    pen.line([(42, 70), (40, 100)], _INK, 9)
    pen.line([(58, 70), (60, 100)], _INK, 9)
    pen.line([(38, 42), (22, 62)], skin, 7)
    pen.line([(62, 42), (78, 62)], skin, 7)
    pen.block(33, 34, 67, 78, colour, 10)
    pen.oval(36, 4, 64, 34, skin)
    pen.area([(36, 18), (38, 8), (50, 2), (62, 8), (64, 18), (50, 12)], COLOURS["brown"])
    pen.oval(43, 18, 46, 22, _INK)
    pen.oval(54, 18, 57, 22, _INK)


# Each shape and the colour it has when none is asked for; None is the palette's choice.
_ALL: dict[str, tuple[Callable[[Pen, Colour], None], Colour | None]] = {
    "circle": (_circle, None),
    "square": (_square, None),
    "triangle": (_triangle, None),
    "star": (_star, COLOURS["gold"]),
    "heart": (_heart, COLOURS["red"]),
    "diamond": (_diamond, COLOURS["cyan"]),
    "sun": (_sun, (253, 190, 45)),
    "moon": (_moon, (250, 240, 200)),
    "cloud": (_cloud, (250, 252, 255)),
    "bird": (_bird, None),
    "tree": (_tree, (52, 142, 72)),
    "flower": (_flower, None),
    "house": (_house, (240, 214, 176)),
    "mountain": (_mountain, (112, 124, 150)),
    "sea": (_sea, (40, 120, 190)),
    "hill": (_hill, (110, 180, 90)),
    "boat": (_boat, COLOURS["red"]),
    "car": (_car, None),
    "fish": (_fish, COLOURS["coral"]),
    "cat": (_cat, (150, 150, 160)),
    "dog": (_dog, (190, 140, 90)),
    "bear": (_bear, (140, 95, 60)),
    "rabbit": (_rabbit, (236, 230, 226)),
    "person": (_person, None),
}

GEOMETRIC = ("circle", "square", "triangle", "star", "diamond", "heart")
IN_THE_SKY = frozenset(("sun", "moon", "cloud", "bird"))
ON_THE_GROUND = frozenset(("tree", "flower", "house", "mountain", "hill", "sea", "boat", "car", "cat", "dog", "bear", "rabbit", "person"))


def own_colour(shape: str) -> Colour | None:
    return _ALL[shape][1]


def stamp(shape: str, side: int, colour: Colour) -> Image:
    """A shape on a transparent square of `side` pixels."""
    from PIL import Image, ImageDraw

    finer = 3 if side <= 300 else 2
    sheet = Image.new("RGBA", (side * finer, side * finer))
    _ALL[shape][0](Pen(ImageDraw.Draw(sheet), side * finer), colour)
    return sheet.reduce(finer)
