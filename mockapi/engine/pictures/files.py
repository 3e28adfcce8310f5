"""Pictures from bytes and to bytes. What is no picture is a PictureFault and nothing else, in bounded time and memory."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mockapi.engine import images

if TYPE_CHECKING:
    from PIL.Image import Image

Form = Literal["png", "jpeg", "webp", "gif"]
Reason = Literal["format", "damaged", "too_large"]

_HEADS: tuple[tuple[bytes, Form], ...] = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8", "jpeg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"))
_MOST_PIXELS = 50_000_000
# A progressive JPEG is decoded once a scan: a small file of many scans would take minutes.
_MOST_SCANS = 100


class PictureFault(Exception):
    """What is wrong with an uploaded picture."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True)
class Facts:
    """What a picture is. Sizes in pixels; `mode` is Pillow's word ("RGB", "RGBA", "LA", "P", ...)."""

    form: Form
    width: int
    height: int
    mode: str
    has_alpha: bool


def _form(data: bytes) -> Form:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    for head, form in _HEADS:
        if data.startswith(head):
            return form
    raise PictureFault("format")


def open_picture(data: bytes) -> Image:
    """The decoded picture (of an animation the first), in the mode of the file. Raises PictureFault."""
    form = _form(data)
    size = images.dimensions(data)
    if size is None:
        raise PictureFault("damaged")
    if size[0] * size[1] > _MOST_PIXELS:
        raise PictureFault("too_large")
    # Pillow does not miss the ends of these.
    if (form == "png" and b"IEND" not in data) or (form == "gif" and b";" not in data[-64:]):
        raise PictureFault("damaged")
    if form == "jpeg" and data.count(b"\xff\xda") > _MOST_SCANS:
        raise PictureFault("damaged")
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(data), formats=(form,))
        if picture.width * picture.height > _MOST_PIXELS:
            raise PictureFault("too_large")
        picture.load()
        _ = picture.has_transparency_data
    except PictureFault:
        raise
    except Exception:
        # Pillow raises what its parsers happen to raise: OSError, SyntaxError, struct.error, EOFError, ValueError, and more.
        raise PictureFault("damaged") from None
    return picture


def facts(picture: Image, form: Form) -> Facts:
    """What a decoded picture is."""
    return Facts(form, picture.width, picture.height, picture.mode, picture.has_transparency_data)


def read(data: bytes) -> Facts:
    """What the picture in some bytes is; all of it is decoded, so that what is truncated is found out. Raises PictureFault."""
    return facts(open_picture(data), _form(data))


def plain(picture: Image) -> Image:
    """The picture as RGBA where it has transparency, else as RGB."""
    if picture.mode.startswith("I"):
        # Grey of 16 bits, which Pillow would clip.
        return picture.convert("I").point([level >> 8 for level in range(65_536)], "L").convert("RGB")
    wanted = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == wanted else picture.convert(wanted)


def open_plain(data: bytes) -> Image:
    """The decoded picture as RGB or RGBA. Raises PictureFault."""
    picture = open_picture(data)
    try:
        return plain(picture)
    except Exception:
        # What its file says of its transparency can be nonsense too.
        raise PictureFault("damaged") from None


def flattened(picture: Image) -> Image:
    """The picture on white, without alpha."""
    from PIL import Image

    picture = plain(picture)
    if picture.mode == "RGB":
        return picture
    ground = Image.new("RGB", picture.size, (255, 255, 255))
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def encode(image: Image, form: Form, compression: int = 100) -> bytes:
    """The bytes of a picture. A smaller `compression` (0 to 100, for jpeg and webp) gives a smaller file; jpeg drops alpha on white."""
    out = io.BytesIO()
    if form == "jpeg":
        flattened(image).save(out, "JPEG", quality=1 + compression * 94 // 100)
    elif form == "webp":
        plain(image).save(out, "WEBP", quality=compression, method=0)
    elif form == "gif":
        image.save(out, "GIF")
    else:
        # Levels above 1 take half as long again for a few percent.
        image.save(out, "PNG", compress_level=1)
    return out.getvalue()
