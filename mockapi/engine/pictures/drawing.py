"""A picture of a prompt: a sky, a land, the things it names, and its words on a plate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mockapi.engine.pictures import landscape, plate, shapes
from mockapi.engine.pictures.palette import Palette, palette
from mockapi.engine.pictures.words import Item, scene
from mockapi.seed import Stream, label

if TYPE_CHECKING:
    from PIL.Image import Image

Background = Literal["auto", "opaque", "transparent"]

_SCENE = label("scene")


def draw(prompt: str, width: int, height: int, stream: Stream, *, background: Background, vivid: bool = False) -> Image:
    """The picture of a prompt, `width` x `height` pixels: RGBA with a transparent background, else RGB. `vivid` is stronger colours."""
    sign = plate.lay_out(prompt, width, height)
    canvas = scenery(prompt, width, height, sign.top if sign else height, stream, background=background, vivid=vivid)
    if sign:
        plate.put(canvas, sign)
    return canvas


def scenery(
    prompt: str, width: int, height: int, floor: int, stream: Stream, *, background: Background = "opaque", vivid: bool = False
) -> Image:
    """The picture of a prompt without its plate; the things in it stand above `floor`, in pixels from the upper edge."""
    from PIL import Image

    own = stream.child(label(prompt)).child(_SCENE)
    seen = scene(prompt)
    colours = palette(prompt, seen, stream, vivid)
    items = seen.items or [Item(own.choice(shapes.GEOMETRIC), None, 0.6 + 0.4 * own.unit()) for _ in range(own.between(2, 4))]
    if background == "transparent":
        canvas = Image.new("RGBA", (width, height))
    else:
        canvas = landscape.sky(width, height, colours)
        items = landscape.behind(canvas, items, floor, colours, seen.mood, own)
    place(canvas, items, floor, colours, own)
    return canvas


def place(canvas: Image, items: list[Item], floor: int, colours: Palette, stream: Stream, largest: float = 1.0) -> None:
    """Draws things between the upper edge and `floor` (pixels): those of the sky above, the others in a row beneath.

    `largest` is how large a thing may be, in parts of the room there is.
    """
    high = [item for item in items if item.shape in shapes.IN_THE_SKY]
    low = [item for item in items if item.shape not in shapes.IN_THE_SKY]
    if high and low:
        _row(_Row(canvas, 0.04 * floor, 0.34 * floor, colours, stream, largest), high, 0, aside=True)
        _row(_Row(canvas, 0.36 * floor, 0.96 * floor, colours, stream, largest), low, len(high))
    else:
        _row(_Row(canvas, 0.12 * floor, 0.96 * floor, colours, stream, largest), items, 0)


@dataclass(frozen=True)
class _Row:
    """Where a row of things is, and of what colours they are."""

    canvas: Image
    top: float
    bottom: float
    colours: Palette
    stream: Stream
    largest: float


def _row(row: _Row, items: list[Item], first: int, aside: bool = False) -> None:
    """`first` is how many things were drawn before; `aside` keeps a single thing from the middle."""
    count, canvas, stream, tall = len(items), row.canvas, row.stream, row.bottom - row.top
    slot = canvas.width / max(1, count)
    room = row.largest * min(slot * (0.86 if count < 4 else 1.1), tall)
    alone = count == 1 and not aside
    for number, item in enumerate(items):
        side = int(min(room, room * item.scale * 0.9))
        if side < 4:
            continue
        colour = item.colour or shapes.own_colour(item.shape) or row.colours.accents[(first + number) % len(row.colours.accents)]
        thing = shapes.stamp(item.shape, side, colour)
        across = slot * (number + 0.5) + (0.0 if alone else (slot - side) * 0.7 * (stream.unit() - 0.5)) - side / 2
        if item.shape in shapes.ON_THE_GROUND:
            down = row.bottom - side - (0.1 * tall if count > 3 and not number % 2 else 0.0)
        else:
            down = row.top + (tall - side) * (0.5 if alone else 0.15 + 0.7 * stream.unit())
        at = max(0, min(canvas.width - side, int(across))), max(0, int(down))
        if canvas.mode == "RGBA":
            canvas.alpha_composite(thing, at)
        else:
            canvas.paste(thing, at, thing)
