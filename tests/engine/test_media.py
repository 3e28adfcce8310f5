"""Sounds that a decoder takes, and the sizes of pictures."""

from __future__ import annotations

import io
import struct
import subprocess
import wave
from pathlib import Path

import pytest

from mockapi.engine import images, speech


@pytest.mark.parametrize("form", ["wav", "mp3", "flac", "opus", "aac"])
@pytest.mark.parametrize("seconds", [0.4, 2.5])
def test_every_format_decodes_without_a_complaint_to_its_length(tmp_path: Path, form: str, seconds: float) -> None:
    file = tmp_path / f"sound.{form}"
    file.write_bytes(speech.FORMATS[form](seconds))
    probe = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(file)]
    told = subprocess.run(probe, capture_output=True, text=True, check=True)
    assert told.stderr == ""
    assert abs(float(told.stdout) - seconds) < 0.05
    decoded = subprocess.run(["ffmpeg", "-v", "error", "-i", str(file), "-f", "null", "-"], capture_output=True, text=True, check=True)
    assert decoded.stderr == ""


def test_wave_files_hold_the_raw_samples() -> None:
    with wave.open(io.BytesIO(speech.wav(1.0))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (1, 2, 24000, 24000)
        assert file.readframes(24000) == speech.pcm(1.0)
    assert max(abs(sample) for (sample,) in struct.iter_unpack("<h", speech.pcm(0.4))) > 3000


@pytest.mark.parametrize("form", ["wav", "mp3"])
def test_the_length_of_an_input_is_heard(form: str) -> None:
    assert speech.heard_seconds(speech.FORMATS[form](3.0), form) == pytest.approx(3.0, abs=0.05)
    assert speech.heard_seconds(b"nonsense" * 20, form) is None


def test_a_longer_text_takes_longer_to_say() -> None:
    assert speech.duration("one") < speech.duration("one two three four five")


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
