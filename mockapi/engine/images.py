"""Image inputs: what they are, how large, and how many tokens they cost (api-facts C.3 and F.5)."""

from __future__ import annotations

import base64
import binascii
import math
import re
from typing import Any
from urllib.parse import urlsplit

from mockapi.engine.prompt import ImageFault, Picture

_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/jpg")
_DATA_URL = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)?(?:;[\w=-]+)*?;base64,", re.IGNORECASE)
# What a picture behind a URL is taken for, since nothing is fetched; a size in the URL is believed.
_ASSUMED = (1024, 1024)
_SIZE_IN_URL = re.compile(r"(?<!\d)(\d{2,4})[x/](\d{2,4})(?!\d)")
_JPEG_SIZES = frozenset((0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF))


def picture(url: str, detail: str) -> Picture:
    """The picture behind a URL or a data URL. Raises ImageFault."""
    wanted: Any = detail
    if url[:5].lower() == "data:":
        kind, data = _inline(url)
        size = dimensions(data)
        if size is None:
            raise ImageFault("format")
        return Picture(*size, wanted, kind.removeprefix("image/"))
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise ImageFault("scheme") from None
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise ImageFault("scheme")
    if host == "localhost" or host.startswith("127.") or host == "::1" or host.endswith((".invalid", ".localhost", ".local")):
        # The API cannot reach these either.
        raise ImageFault("unreachable", url)
    named = _SIZE_IN_URL.search(parts.path)
    width, height = (int(named[1]), int(named[2])) if named else _ASSUMED
    return Picture(width, height, wanted, "url")


def _inline(url: str) -> tuple[str, bytes]:
    head = _DATA_URL.match(url)
    if head is None:
        raise ImageFault("base64")
    kind = (head["type"] or "").lower()
    if kind not in _TYPES:
        raise ImageFault("type", kind)
    try:
        return kind, base64.b64decode(url[head.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise ImageFault("base64") from None


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, JPEG, GIF or WebP by its header; None for anything else."""
    size: tuple[int, int] | None = None
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and len(data) >= 24:
        size = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    elif data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        size = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        size = _webp(data)
    elif data[:2] == b"\xff\xd8":
        size = _jpeg(data)
    return size if size is not None and 0 < size[0] <= 65_535 and 0 < size[1] <= 65_535 else None


def _webp(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker in _JPEG_SIZES:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        at += 2 if marker == 0xFF or 0xD0 <= marker <= 0xD9 else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def tokens(picture: Picture, rule: dict[str, Any]) -> int:
    """What a picture costs under a model's rule: tiles of 512 pixels, or patches of 32."""
    if rule["rule"] == "tiles":
        base, tile = int(rule["base"]), int(rule["tile"])
        return base if picture.detail == "low" else base + tile * _tiles(picture.width, picture.height)
    return math.ceil(_patches(picture.width, picture.height) * float(rule["multiplier"]))


def _tiles(width: int, height: int) -> int:
    # doc: fit 2048 x 2048, then the short side to at most 768, never up; count tiles of 512
    scale = min(1.0, 2048 / max(width, height))
    scale = min(scale, 768 / min(width, height))
    return math.ceil(int(width * scale) / 512) * math.ceil(int(height * scale) / 512)


def _patches(width: int, height: int) -> int:
    # doc: 32 x 32 patches, scaled down until there are at most 1,536
    count = math.ceil(width / 32) * math.ceil(height / 32)
    if count <= 1536:
        return count
    scale = math.sqrt(1536 * 32 * 32 / (width * height))
    columns, rows = width * scale / 32, height * scale / 32
    scale *= min(math.floor(columns) / columns, math.floor(rows) / rows)
    return min(1536, math.ceil(int(width * scale) / 32) * math.ceil(int(height * scale) / 32))
