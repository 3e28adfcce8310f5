"""A text spoken in the formats of the API. WAV, FLAC and PCM carry it in their samples, MP3, AAC and Opus in a tag."""

from __future__ import annotations

from collections.abc import Callable

from mockapi.engine.sound import flac, packed, riff, voice

FORMATS: dict[str, Callable[[str, str, float], bytes]] = {
    "mp3": packed.mp3,
    "opus": packed.opus,
    "aac": packed.aac,
    "flac": lambda text, name, speed: flac.write(voice.pcm(text, name, speed)),
    "wav": lambda text, name, speed: riff.write(voice.pcm(text, name, speed)),
    "pcm": voice.pcm,
    "pcm16": voice.pcm,
}


def say(text: str, form: str, voice: str = "alloy", speed: float = 1.0) -> bytes:
    """A spoken text as a file in one of FORMATS. `duration` of the same text and speed says how long it is."""
    return FORMATS[form](text, voice, speed)
