"""What speech said, hearing hears; and whatever else comes in is a sound or a fault, soon."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockapi.engine import sound
from mockapi.engine.sound import carrier, checks, riff, unflac, voice
from mockapi.seed import Stream

TEXT = "The quick brown fox jumps over the lazy dog. Größe, 日本語, 🙂 and so on."
# What hearing takes a file for, and a name that the API accepts for it.
KINDS = {"wav": "wav", "flac": "flac", "mp3": "mp3", "aac": "aac", "opus": "ogg"}
NAMES = {"aac": "sound.mp3", "opus": "sound.ogg"}
MANY = 25 << 20


def converted(folder: Path, form: str, *arguments: str, to: str | None = None, text: str = TEXT) -> bytes:
    """A spoken text as ffmpeg makes it anew."""
    source, target = folder / f"in.{form}", folder / f"out.{to or form}"
    source.write_bytes(sound.say(text, form))
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(source), *arguments, str(target)], check=True)
    return target.read_bytes()


@given(st.text(max_size=120), st.sampled_from(list(KINDS)), st.sampled_from(["alloy", "nova", "cedar"]), st.floats(0.25, 4.0))
@settings(max_examples=120, deadline=None)
def test_any_text_comes_back_through_every_format(text: str, form: str, name: str, speed: float) -> None:
    heard = sound.listen(sound.say(text, form, name, speed), NAMES.get(form, f"sound.{form}"))
    assert (heard.text, heard.kind) == (text, KINDS[form])
    assert abs(heard.seconds - sound.duration(text, speed)) < 0.06


@given(st.text(max_size=120))
@settings(max_examples=40, deadline=None)
def test_any_text_comes_back_from_bare_samples(text: str) -> None:
    samples = sound.say(text, "pcm")
    assert sound.samples_of(samples, 24_000) == text
    assert sound.samples_of(bytes(100_000) + samples, 24_000) == text


def test_a_long_text_comes_back() -> None:
    text = "A sentence of some length, again. " * 110
    assert sound.listen(sound.say(text, "wav", speed=4.0), "long.wav").text == text
    longer = "é" * carrier.LONGEST
    assert sound.samples_of(voice.pcm(longer, speed=4.0), 24_000) == longer[: carrier.LONGEST // 2]


@pytest.mark.parametrize(
    "arguments",
    [
        ("-ar", "16000", "-ac", "2"), ("-ar", "8000"), ("-ar", "11025"), ("-ar", "44100"), ("-ar", "48000", "-ac", "6"),
        ("-c:a", "pcm_u8"), ("-c:a", "pcm_s24le"), ("-c:a", "pcm_s32le", "-ar", "48000"), ("-c:a", "pcm_f32le"), ("-c:a", "pcm_f64le"),
        ("-c:a", "pcm_mulaw", "-ar", "8000"), ("-c:a", "pcm_alaw", "-ar", "8000"), ("-af", "volume=0.05"), ("-af", "volume=6"),
        ("-af", "adelay=1500"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_wave_file_tells_its_text_however_it_was_converted(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    heard = sound.listen(converted(tmp_path, "wav", *arguments), "sound.wav")
    assert heard.text == TEXT
    assert heard.seconds == pytest.approx(sound.duration(TEXT), abs=1.51 if "adelay" in arguments[1] else 0.01)


@pytest.mark.parametrize(
    "arguments",
    [
        ("-compression_level", "0"), ("-compression_level", "5"), ("-compression_level", "12"), ("-ar", "44100"), ("-ar", "16000", "-ac", "2"),
        ("-ac", "2", "-ch_mode", "left_side"), ("-ac", "2", "-ch_mode", "right_side"), ("-ac", "2", "-ch_mode", "mid_side"),
        ("-sample_fmt", "s32", "-ar", "48000", "-ac", "6"), ("-lpc_type", "cholesky"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_flac_file_tells_its_text_however_it_was_encoded(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    heard = sound.listen(converted(tmp_path, "flac", *arguments), "sound.flac")
    assert (heard.text, heard.kind) == (TEXT, "flac")
    assert heard.seconds == pytest.approx(sound.duration(TEXT), abs=0.01)


def test_a_flac_file_is_decoded_to_the_very_samples(tmp_path: Path) -> None:
    flac = unflac.Flac(converted(tmp_path, "flac", "-compression_level", "8"))
    whole = voice.little_endian([int(value) for value in flac._read(0, 80_000)])
    samples = struct.iter_unpack("<h", voice.pcm(TEXT))
    assert whole == voice.little_endian([value for (value,) in samples][::3][: len(whole) // 2])
    assert len(whole) / 16_000 == pytest.approx(sound.duration(TEXT), abs=0.001)


def test_a_flac_file_of_unknown_length_is_as_long_as_its_frames() -> None:
    data = bytearray(sound.say(TEXT, "flac"))
    data[22:26] = bytes(4)
    data[21] &= 0xF0
    assert sound.listen(bytes(data), "sound.flac").seconds == pytest.approx(sound.duration(TEXT), abs=0.01)


@pytest.mark.parametrize(("form", "to"), [("mp3", "mp3"), ("opus", "ogg"), ("opus", "oga"), ("mp3", "mpga")])
@pytest.mark.parametrize("version", ["3", "4"])
def test_a_tag_outlives_a_new_container(tmp_path: Path, form: str, to: str, version: str) -> None:
    extra = ("-id3v2_version", version) if form == "mp3" else ()
    more = ("-f", "mp3") if to == "mpga" else ()
    heard = sound.listen(converted(tmp_path, form, "-c", "copy", *extra, *more, to=to), f"sound.{to}")
    assert heard.text == TEXT


@pytest.mark.parametrize(
    ("to", "arguments", "kind"),
    [
        ("m4a", (), "mp4"), ("mp4", (), "mp4"), ("mp3", ("-ar", "44100"), "mp3"), ("mp3", ("-q:a", "5"), "mp3"), ("mp3", ("-f", "mp2"), "mp3"),
        ("ogg", (), "ogg"), ("ogg", ("-c:a", "libopus"), "ogg"), ("oga", ("-c:a", "flac"), "ogg"), ("webm", (), "webm"),
        ("webm", ("-live", "1"), "webm"), ("wav", ("-c:a", "adpcm_ms"), "wav"), ("mpeg", ("-f", "vob", "-ar", "48000"), "mpeg"),
    ],
)  # fmt: skip
def test_the_length_of_what_others_made_is_known(tmp_path: Path, to: str, arguments: tuple[str, ...], kind: str) -> None:
    heard = sound.listen(converted(tmp_path, "wav", *arguments, to=to), f"sound.{to}")
    assert (heard.text, heard.kind) == (None, kind)
    assert heard.seconds == pytest.approx(sound.duration(TEXT), abs=0.5 if kind == "mpeg" else 0.1)


_ENCODED = [(rate, *how) for rate in (48_000, 44_100, 24_000, 8_000) for how in (("-b:a", "64k"), ("-q:a", "4"), ("-ac", "2"))]


@pytest.mark.parametrize("arguments", [("-ar", str(rate), *how) for rate, *how in _ENCODED], ids=" ".join)
@pytest.mark.parametrize("seconds", ["1", "3.337"])
def test_an_mp3_file_is_as_long_as_what_is_heard_of_it(tmp_path: Path, seconds: str, arguments: tuple[str, ...]) -> None:
    """Neither the frame that holds the encoder's tag is heard, nor what the encoder added before and behind."""
    file = tmp_path / "out.mp3"
    make = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"sine=d={seconds}", *arguments, str(file)]
    subprocess.run(make, check=True)
    heard = sound.listen(file.read_bytes(), "out.mp3")
    probe = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(file)]
    told = float(subprocess.run(probe, check=True, capture_output=True, text=True).stdout)
    assert heard.seconds == pytest.approx(float(seconds), abs=0.001)
    # Some versions of ffprobe count what was added.
    rate = int(arguments[1])
    assert told - max(0.05, 3 * 1152 / rate) < heard.seconds < told + 0.001
    written = sound.transcribe(heard, Stream(1))
    assert max(*(word.end for word in written.words), *(segment.end for segment in written.segments), 0) <= told


def test_an_mp3_file_without_a_tag_is_as_long_as_its_frames(tmp_path: Path) -> None:
    file = tmp_path / "out.mp3"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=2", "-write_xing", "0", str(file)], check=True)
    heard = sound.listen(file.read_bytes(), "out.mp3")
    probe = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(file)]
    told = float(subprocess.run(probe, check=True, capture_output=True, text=True).stdout)
    assert heard.seconds == pytest.approx(told, abs=0.05)


def test_a_flac_file_of_some_minutes_is_read_to_its_end(tmp_path: Path) -> None:
    text = "All of this is said very slowly. " * 10
    source = tmp_path / "in.wav"
    source.write_bytes(sound.say(text, "wav", speed=0.25))
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(source), str(tmp_path / "out.flac")], check=True)
    assert sound.listen((tmp_path / "out.flac").read_bytes(), "sound.flac").text == text


def test_one_message_after_another_is_one_text() -> None:
    samples = voice.pcm("First this.") + bytes(48_000) + voice.pcm("Then that.", "onyx")
    assert sound.samples_of(samples, 24_000) == "First this. Then that."


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
def test_a_text_survives_the_telephone(tmp_path: Path, law: str) -> None:
    form = {"ulaw": "mulaw", "alaw": "alaw"}[law]
    data = converted(tmp_path, "wav", "-ar", "8000", "-f", form, to="raw")
    assert sound.samples_of(riff.expanded(data, "ulaw" if law == "ulaw" else "alaw"), 8000) == TEXT


def test_names_and_lengths_that_the_api_refuses() -> None:
    def reason(data: bytes, name: str) -> str:
        with pytest.raises(sound.SoundFault) as fault:
            sound.listen(data, name)
        return fault.value.reason

    whole = sound.say("Hello", "wav")
    assert reason(whole, "sound.txt") == reason(whole, "sound") == reason(whole, "") == reason(whole, "wav") == "format"
    assert reason(b"", "sound.wav") == reason(b"nonsense" * 20, "sound.mp3") == reason(whole[:30], "sound.wav") == "damaged"
    assert reason(riff.write(bytes(2000)), "sound.wav") == "short"
    assert sound.listen(whole, "SOUND.MP3").kind == "wav"


def test_a_file_cut_off_is_as_long_as_what_is_left() -> None:
    assert sound.listen(sound.say(TEXT, "wav")[: 44 + 48_000], "sound.wav") == sound.Heard(1.0, None, "wav")


_STARTS = st.sampled_from([sound.say("Hi you", form) for form in KINDS] + [b"\x1a\x45\xdf\xa3\x80", b"\0\0\0\x10ftypM4A \0\0\0\0", b""])


@given(_STARTS, st.binary(max_size=400), st.integers(0, 400), st.sampled_from(["wav", "mp3", "webm"]))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_a_sound_or_a_fault(start: bytes, noise: bytes, at: int, name: str) -> None:
    for data in (noise, start[:at] + noise, start[:at] + noise + start[at + len(noise) :], start[:-at] if at else start):
        try:
            heard = sound.listen(data, f"sound.{name}")
        except sound.SoundFault:
            continue
        assert heard.seconds >= 0.1


def _wave(body: bytes, kind: int, channels: int, rate: int, bits: int) -> bytes:
    block = channels * bits // 8
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 0xFFFFFFFF, b"WAVE", b"fmt ", 16, kind, channels, rate, rate * block, block, bits)
    return head + b"data\xff\xff\xff\xff" + body


def _noise() -> bytes:
    noise = b"".join(bytes(place * step & 0xFF for place in range(256)) for step in range(1, 4096))
    return (noise * (MANY // len(noise) + 1))[:MANY]


def _constant() -> bytes:
    """A FLAC frame of one sample in each of eight channels."""
    head = b"\xff\xf8\x60\x70\0\0"
    return head + bytes((checks.crc8(head),)) + bytes(26)


_FLAC = sound.say("Hi", "flac")[:42]
_BOX = b"\0\0\0\x10ftypM4A \0\0\0\0"
_EBML = b"\x1a\x45\xdf\xa3\x80"
_HOSTILE: dict[str, Callable[[], bytes]] = {
    "noise": lambda: _wave(_noise(), 1, 8, 24_000, 16),
    "floats": lambda: _wave(_noise(), 3, 2, 44_101, 32),
    "chunks": lambda: b"RIFF\0\0\0\0WAVE" + b"junk\0\0\0\0" * (MANY // 8),
    "frames": lambda: (b"\xff\xf3\x14\xc0" + bytes(20)) * (MANY // 24),
    "adts": lambda: b"\xff\xf1\x58\x40\x00\xff\xfc" * (MANY // 7),
    "tags": lambda: b"ID3\4\0\0\x7f\x7f\x7f\x7f" + b"TXXX\0\0\0\1\0\0\3" * (MANY // 11),
    "flac": lambda: _FLAC + _noise(),
    "flac frames": lambda: _FLAC + _constant() * (MANY // len(_constant())),
    "pages": lambda: (b"OggS" + bytes(22) + b"\0") * (MANY // 27),
    "boxes": lambda: _BOX + b"\0\0\0\x08free" * (MANY // 8),
    "nested": lambda: _BOX + b"".join(struct.pack(">I4s", MANY - 8 * depth, b"moov") for depth in range(MANY // 8 - 10)),
    "elements": lambda: _EBML + b"\xec\x80" * (MANY // 2),
    "clusters": lambda: _EBML + b"\x1f\x43\xb6\x75\x01\xff\xff\xff\xff\xff\xff\xff" * (MANY // 12),
    "messages": lambda: _wave(bytes(value + 128 & 0xFF for value in voice.pcm("Hi", speed=4.0)[1::6]) * (MANY // 1200), 1, 1, 8000, 8),
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_nothing_takes_long(name: str) -> None:
    data = _HOSTILE[name]()
    before = perf_counter()
    with suppress(sound.SoundFault):
        sound.listen(data, "sound.mp3")
    # About 0.7 s at most where nothing else runs.
    assert perf_counter() - before < 4
