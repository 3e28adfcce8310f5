"""Clips: what a prompt names is drawn once, the camera moves in on it, the prompt's words stay on a plate and are said."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockapi.engine import pictures
from mockapi.engine.film import mp4
from mockapi.engine.pictures import changes, drawing, plate
from mockapi.engine.pictures.files import flattened
from mockapi.engine.sound import packed
from mockapi.seed import Stream

if TYPE_CHECKING:
    from PIL.Image import Image

PER_SECOND = 4
# How far the camera comes in the course of a shot, in parts of the picture.
_NEARER = 0.12
_QUALITY = 70
_COLUMNS = 4
_VOICE = "alloy"
_PASSED = (34, 36, 48)


@dataclass(frozen=True)
class Shot:
    """A piece of a clip, some seconds long: the scene that a prompt names, or a picture, and what was changed of it since."""

    prompt: str
    seconds: int
    changes: tuple[str, ...] = ()
    picture: bytes | None = None

    @property
    def caption(self) -> str:
        return self.changes[-1] if self.changes else self.prompt


def clip(shots: Sequence[Shot], width: int, height: int, stream: Stream) -> bytes:
    """An MP4 of some shots, `width` x `height` pixels, with sound. Raises PictureFault for what is no picture."""
    frames = [_jpeg(frame) for shot in shots for frame in _frames(shot, width, height, stream)]
    said = [frame for shot in shots for frame in packed.adts(shot.caption, _VOICE, shot.seconds)]
    return mp4.write([mp4.pictures(frames, PER_SECOND, width, height), mp4.sound(said)])


def thumbnail(shots: Sequence[Shot], width: int, height: int, stream: Stream) -> bytes:
    """The first picture of a clip, as a WebP."""
    return pictures.encode(next(_frames(shots[0], width, height, stream)), "webp", 80)


def spritesheet(shots: Sequence[Shot], width: int, height: int, stream: Stream) -> bytes:
    """A picture of each second of a clip, in rows of four and a quarter as wide, in one JPEG."""
    from PIL import Image

    small = (width // _COLUMNS, height // _COLUMNS)
    shown = [frame.resize(small) for shot in shots for frame in _frames(shot, width, height, stream, PER_SECOND)]
    sheet = Image.new("RGB", (_COLUMNS * small[0], math.ceil(len(shown) / _COLUMNS) * small[1]))
    for place, frame in enumerate(shown):
        row, column = divmod(place, _COLUMNS)
        sheet.paste(frame, (column * small[0], row * small[1]))
    return _jpeg(sheet)


# What may be fetched of a clip: who makes it, and its content type.
VARIANTS: dict[str, tuple[Callable[[Sequence[Shot], int, int, Stream], bytes], str]] = {
    "video": (clip, "video/mp4"),
    "thumbnail": (thumbnail, "image/webp"),
    "spritesheet": (spritesheet, "image/jpeg"),
}


def _frames(shot: Shot, width: int, height: int, stream: Stream, step: int = 1) -> Iterator[Image]:
    """The pictures of a shot, or every so many of them."""
    from PIL import Image

    sign = plate.lay_out(shot.caption, width, height)
    floor = sign.top if sign else height
    ground = _ground(shot, width, height, floor, stream)
    over = Image.new("RGBA", (width, height))
    if sign:
        plate.put(over, sign)
    box = over.getbbox()
    label = over.crop(box) if box else None
    count = shot.seconds * PER_SECOND
    for number in range(0, count, step):
        nearer = _NEARER * number / count / 2
        frame = ground.resize(
            (width, height), Image.Resampling.BILINEAR, (width * nearer, height * nearer, width * (1 - nearer), height * (1 - nearer))
        )
        if label is not None and box is not None:
            frame.paste(label, box[:2], label)
        # A line at the lower edge grows with the time that has passed, so that no two pictures are the same.
        frame.paste(_PASSED, (0, height - max(2, height // 180), width * (number + 1) // count, height))
        yield frame


def _ground(shot: Shot, width: int, height: int, floor: int, stream: Stream) -> Image:
    """What the camera sees in a shot."""
    if shot.picture is None:
        ground = drawing.scenery(shot.prompt, width, height, floor, stream)
    else:
        ground = flattened(pictures.open_picture(shot.picture))
    for prompt in shot.changes:
        ground = changes.retouched(ground, prompt, floor, stream)
    return ground


def _jpeg(frame: Image) -> bytes:
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
