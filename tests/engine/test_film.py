"""Films: files that a decoder takes, of the size and length asked for, and the same every time."""

from __future__ import annotations

import io
import json
import struct
import subprocess
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from mockapi.engine import film, sound
from mockapi.engine.film import mp4, reading
from mockapi.seed import Stream
from tests.samples import png

SIZES = [(720, 1280), (1280, 720), (1024, 1792), (1792, 1024)]


def probed(content: bytes, file: Path) -> dict[str, Any]:
    """What ffprobe says of a film, once ffmpeg has decoded all of it without a message."""
    file.write_bytes(content)
    run = subprocess.run(["ffmpeg", "-v", "warning", "-i", str(file), "-f", "null", "-"], capture_output=True, check=True)
    assert run.stderr == b""
    asked = ["ffprobe", "-v", "error", "-count_frames", "-show_format", "-show_streams", "-of", "json", str(file)]
    found: dict[str, Any] = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    return found


def frames(content: bytes, file: Path) -> list[Image.Image]:
    """The pictures of a film, as ffmpeg decodes them."""
    file.write_bytes(content)
    facts = film.read(content)
    asked = ["ffmpeg", "-v", "error", "-i", str(file), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(asked, capture_output=True, check=True).stdout
    size = facts.width * facts.height * 3
    return [Image.frombytes("RGB", (facts.width, facts.height), raw[at : at + size]) for at in range(0, len(raw), size)]


def colour(picture: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    """The colour of a picture at a point."""
    found = picture.getpixel(at)
    assert isinstance(found, tuple)
    return tuple(round(part) for part in found)


def apart(one: Image.Image, other: Image.Image) -> float:
    """How much two pictures differ, from 0 to 255."""
    levels = ImageChops.difference(one.convert("L"), other.convert("L")).histogram()
    return sum(level * count for level, count in enumerate(levels)) / sum(levels)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shots", [(4,), (12,), (4, 16)])
def test_a_clip_decodes_to_its_size_and_length(tmp_path: Path, size: tuple[int, int], shots: tuple[int, ...]) -> None:
    content = film.clip([film.Shot(f"a red balloon {seconds}", seconds) for seconds in shots], *size, Stream(1))
    told = probed(content, tmp_path / "a.mp4")
    picture, voice = told["streams"]
    assert (picture["codec_type"], picture["width"], picture["height"]) == ("video", *size)
    assert float(told["format"]["duration"]) == float(picture["duration"]) == sum(shots)
    assert int(picture["nb_read_frames"]) == 4 * sum(shots)
    assert (voice["codec_name"], voice["sample_rate"], voice["channels"]) == ("aac", "24000", 1)
    assert sum(shots) - 0.1 < float(voice["duration"]) <= sum(shots)
    assert film.read(content) == film.Facts(*size, sum(shots))


def test_pictures_move_and_show_what_was_asked_for(tmp_path: Path) -> None:
    def first(*changes: str, prompt: str = "a red circle") -> list[Image.Image]:
        return frames(film.clip([film.Shot(prompt, 2, changes)], 320, 180, Stream(1)), tmp_path / "a.mp4")

    shown = first()
    assert len(shown) == 8
    assert all(apart(one, other) > 0.2 for one, other in pairwise(shown))
    assert apart(shown[0], shown[-1]) > apart(shown[0], shown[1])
    red, green, blue = colour(shown[0].reduce(4), (40, 15))
    assert red > 1.5 * max(green, blue)
    assert apart(shown[0], first("make it blue")[0]) > 4
    assert apart(shown[0], first(prompt="a green tree")[0]) > 4


def test_a_clip_begins_with_the_picture_it_is_given(tmp_path: Path) -> None:
    content = film.clip([film.Shot("it moves", 1, (), png("RGB", (320, 180)))], 320, 180, Stream(1))
    first = frames(content, tmp_path / "a.mp4")[0]
    assert all(abs(got - sent) < 6 for got, sent in zip(colour(first, (160, 40)), (200, 40, 40), strict=True))


def test_the_words_of_the_prompt_are_said_in_time(tmp_path: Path) -> None:
    content = film.clip([film.Shot("two words", 4)], 320, 180, Stream(1))
    (tmp_path / "a.mp4").write_bytes(content)
    asked = ["ffmpeg", "-v", "error", "-i", str(tmp_path / "a.mp4"), "-vn", "-f", "s16le", "-"]
    samples = memoryview(subprocess.run(asked, capture_output=True, check=True).stdout).cast("h")
    spoken = round(24_000 * sound.duration("two words"))
    assert max(samples[:spoken]) > 1000 > 100 > max(samples[spoken + 4800 :])


def test_the_small_pictures_of_a_clip() -> None:
    shots = [film.Shot("a red circle", 4), film.Shot("a green tree", 2)]
    cover = Image.open(io.BytesIO(film.thumbnail(shots, 720, 1280, Stream(1))))
    assert (cover.format, cover.size) == ("WEBP", (720, 1280))
    sheet = Image.open(io.BytesIO(film.spritesheet(shots, 720, 1280, Stream(1))))
    assert (sheet.format, sheet.size) == ("JPEG", (720, 640))
    assert apart(sheet.crop((0, 0, 180, 320)), sheet.crop((0, 320, 180, 640))) > 4


def test_the_same_shots_are_the_same_bytes() -> None:
    shots = [film.Shot("a cat", 1, ("at night",))]
    for make, _ in film.VARIANTS.values():
        assert make(shots, 320, 180, Stream(7)) == make(shots, 320, 180, Stream(7))
        assert make(shots, 320, 180, Stream(7)) != make(shots, 320, 180, Stream(8))


def box(kind: bytes, *parts: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind) + b"".join(parts)


def test_other_forms_of_an_index_are_read() -> None:
    track = box(b"trak", box(b"tkhd", bytes(76), struct.pack(">II", 1920 << 16, 1080 << 16)))
    long = box(b"mvhd", b"\x01\0\0\0", bytes(16), struct.pack(">IQ", 600, 1500), bytes(80))
    pieces = box(b"mvhd", bytes(12), struct.pack(">II", 1000, 0), bytes(80))
    told = box(b"mvex", box(b"mehd", bytes(4), struct.pack(">I", 2500)))
    silent = box(b"trak", box(b"tkhd", bytes(84)))
    head = box(b"ftyp", b"mp42", bytes(4))
    # Data in front of the index, in a box with a long size.
    data = struct.pack(">I4sQ", 1, b"mdat", 20) + b"data"
    for index in (box(b"moov", long, track), box(b"moov", pieces, silent, track, told)):
        assert film.read(head + data + index) == film.Facts(1920, 1080, 2.5)


WHOLE = film.clip([film.Shot("x", 1)], 64, 64, Stream(1))


@given(st.one_of(st.binary(max_size=200), st.integers(0, len(WHOLE)).map(lambda end: WHOLE[:end])))
@settings(max_examples=300, deadline=None)
def test_what_is_no_film_is_a_fault_and_nothing_else(content: bytes) -> None:
    with suppress(film.FilmFault):
        assert film.read(content) == film.Facts(64, 64, 1.0)


@given(st.integers(0, 900), st.binary(min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_a_damaged_index_is_a_fault_or_a_film(at: int, noise: bytes) -> None:
    try:
        facts = film.read(WHOLE[:at] + noise + WHOLE[at + len(noise) :])
    except reading.FilmFault:
        return
    assert facts.width > 0 and facts.height > 0 and facts.seconds > 0


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=40), st.integers(1, 60))
@settings(max_examples=100, deadline=None)
def test_the_index_points_at_the_frames(pictures: list[bytes], rate: int) -> None:
    content = mp4.write([mp4.pictures(pictures, rate, 64, 64)])
    table = content.index(b"stco") + 8
    count = int.from_bytes(content[table : table + 4], "big")
    places = [int.from_bytes(content[table + 4 + 4 * n : table + 8 + 4 * n], "big") for n in range(count)]
    assert [content[place : place + len(frame)] for place, frame in zip(places, pictures, strict=True)] == pictures
