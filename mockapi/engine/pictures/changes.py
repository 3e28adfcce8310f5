"""Pictures made of other pictures: edited, varied, half finished. Sizes in pixels."""

from __future__ import annotations

import math
from colorsys import hls_to_rgb
from typing import TYPE_CHECKING

from mockapi.engine.pictures import plate
from mockapi.engine.pictures.drawing import Background, draw, place
from mockapi.engine.pictures.files import flattened, open_picture, open_plain
from mockapi.engine.pictures.palette import palette, tint
from mockapi.engine.pictures.words import scene
from mockapi.seed import Stream, label

if TYPE_CHECKING:
    from PIL.Image import Image

_EDIT = label("edit")
_VARY = label("vary")
# How far hues move from one variation to the next, in degrees; all of the first 360 differ.
_HUE_STEP = 31


def edit(sources: list[bytes], mask: bytes | None, prompt: str, width: int, height: int, stream: Stream, background: Background) -> Image:
    """The sources changed as a prompt asks, `width` x `height` pixels.

    With a mask: the first source, and where the mask is fully transparent a drawing of the prompt. Without: the sources side by side
    under a tint, with the things the prompt names and its plate. RGBA where the first source or `background` is transparent, else RGB.
    Raises PictureFault.
    """
    if mask is None:
        return _tinted(_side_by_side(sources, width, height, background), prompt, stream)
    first, *others = sources
    canvas = _ground(_fitted(first, width, height), background)
    for source in others:
        open_picture(source)
    hole = _hole(mask, width, height)
    box = hole.getbbox()
    if box is None:
        return canvas
    see_through: Background = "transparent" if background == "transparent" else "opaque"
    drawn = draw(prompt, box[2] - box[0], box[3] - box[1], stream.child(_EDIT), background=see_through)
    canvas.paste(drawn.convert(canvas.mode), box, hole.crop(box))
    return canvas


def _fitted(source: bytes, width: int, height: int) -> Image:
    """A source cropped about its middle and scaled; its very pixels when it has the size."""
    from PIL import Image, ImageOps

    picture = open_plain(source)
    if picture.size == (width, height):
        return picture
    return ImageOps.fit(picture, (width, height), Image.Resampling.BILINEAR)


def _ground(picture: Image, background: Background) -> Image:
    if background == "opaque":
        return flattened(picture)
    return picture.convert("RGBA") if background == "transparent" else picture


def _hole(mask: bytes, width: int, height: int) -> Image:
    """255 where the mask is fully transparent, 0 elsewhere; a mask without alpha has no such place."""
    from PIL import Image, ImageOps

    picture = open_plain(mask)
    if picture.mode != "RGBA":
        return Image.new("L", (width, height))
    alpha = picture.getchannel("A")
    if alpha.size != (width, height):
        alpha = ImageOps.fit(alpha, (width, height), Image.Resampling.NEAREST)
    return alpha.point([255] + [0] * 255)


def _side_by_side(sources: list[bytes], width: int, height: int, background: Background) -> Image:
    from PIL import Image

    if len(sources) == 1:
        return _ground(_fitted(sources[0], width, height), background)
    columns = math.ceil(math.sqrt(len(sources) * width / height))
    columns = max(1, min(len(sources), columns))
    rows = math.ceil(len(sources) / columns)
    canvas = Image.new("RGB" if background != "transparent" else "RGBA", (width, height), (255, 255, 255))
    for place_, source in enumerate(sources):
        row, column = divmod(place_, columns)
        left, right = width * column // columns, width * (column + 1) // columns
        top, bottom = height * row // rows, height * (row + 1) // rows
        if right > left and bottom > top:
            part = _fitted(source, right - left, bottom - top)
            canvas.paste(part.convert(canvas.mode) if canvas.mode == "RGBA" else flattened(part), (left, top))
    return canvas


def _tinted(canvas: Image, prompt: str, stream: Stream) -> Image:
    sign = plate.lay_out(prompt, *canvas.size)
    changed = retouched(canvas, prompt, sign.top if sign else canvas.height, stream)
    if sign:
        plate.put(changed, sign)
    return changed


def retouched(canvas: Image, prompt: str, floor: int, stream: Stream) -> Image:
    """A picture under a tint, with the things that a prompt names above `floor`, in pixels from the upper edge; without its plate."""
    from PIL import Image

    own = stream.child(label(prompt)).child(_EDIT)
    colour = Image.new("RGB", canvas.size, tint(prompt, own))
    changed = Image.blend(canvas.convert("RGB"), colour, 0.22)
    if canvas.mode == "RGBA":
        changed.putalpha(canvas.getchannel("A"))
    seen = scene(prompt)
    place(changed, seen.items, floor, palette(prompt, seen, own), own, largest=0.45)
    return changed


def vary(source: bytes, width: int, height: int, stream: Stream, number: int) -> Image:
    """Another picture like the source, `width` x `height` pixels: turned hues, a tint, a flip; different for each `number` from 0.

    Raises PictureFault.
    """
    from PIL import Image, ImageOps

    picture = _fitted(source, width, height)
    own = stream.child(_VARY)
    turn = (own.between(40, 320) + _HUE_STEP * number) % 360
    turned = picture.convert("RGB").convert("RGB", _turning(turn))
    wash = Image.new("RGB", picture.size, tuple(round(255 * part) for part in hls_to_rgb(turn / 360, 0.55, 0.75)))
    varied = Image.blend(turned, wash, 0.14)
    if picture.mode == "RGBA":
        varied.putalpha(picture.getchannel("A"))
    if (number + own.below(2)) % 2:
        varied = ImageOps.mirror(varied)
    return varied


def _turning(turn: int) -> tuple[float, ...]:
    """The matrix (three rows of four) that turns hues by `turn` degrees about the axis of greys."""
    along, across = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    own, side = (1 + 2 * along) / 3, (1 - along) / 3
    one, other = side - across / math.sqrt(3), side + across / math.sqrt(3)
    return own, one, other, 0.0, other, own, one, 0.0, one, other, own, 0.0


def partial(image: Image, step: int, steps: int) -> Image:
    """What partial image `step` (from 0) of `steps` shows of a picture: the smaller the step, the coarser. From `steps` on, the picture."""
    from PIL import Image

    if step >= steps:
        return image.copy()
    coarse = max(2, max(image.size) * 2 ** min(steps - step, 5) // 256)
    return image.reduce(coarse).resize(image.size, Image.Resampling.BILINEAR)
