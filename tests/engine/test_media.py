"""The sizes of pictures, and the length of the sounds that a chat takes."""

from __future__ import annotations

import struct

import pytest

from mockapi.engine import images, sound


@pytest.mark.parametrize("form", ["wav", "mp3"])
def test_the_length_of_an_input_is_heard(form: str) -> None:
    text = "eight words are said in about three seconds"
    assert sound.listen(sound.say(text, form), f"input.{form}").seconds == pytest.approx(sound.duration(text), abs=0.05)
    with pytest.raises(sound.SoundFault):
        sound.listen(b"nonsense" * 20, f"input.{form}")


def test_a_longer_text_takes_longer_to_say() -> None:
    assert sound.duration("one") < sound.duration("one two three four five")


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + struct.pack(">II", 640, 480), (640, 480)),
        (b"GIF89a" + struct.pack("<HH", 320, 200), (320, 200)),
        (b"RIFF\x00\x00\x00\x00WEBPVP8X" + bytes(8) + (99).to_bytes(3, "little") + (49).to_bytes(3, "little"), (100, 50)),
        (b"RIFF\x00\x00\x00\x00WEBPVP8L" + bytes(5) + (99 | 49 << 14).to_bytes(4, "little") + bytes(8), (100, 50)),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(10) + struct.pack("<HH", 100, 50), (100, 50)),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 50, 100) + bytes(4), (100, 50)),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"\xff\xd8\xff", None),
        (b"", None),
        (b"BM" + bytes(50), None),
        (b"GIF89a\x00\x00\x00\x00", None),
    ],
)
def test_the_size_of_a_picture_is_read_from_its_head(data: bytes, size: tuple[int, int] | None) -> None:
    assert images.dimensions(data) == size
