"""Sound: texts spoken (`speaking`, `voice`), heard again (`hearing`, `ear`) and written down (`transcript`).

What speech said, transcription hears: the samples carry the text (`carrier`), and where a codec would lose it a tag does (`tags`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockapi import lazily

if TYPE_CHECKING:
    from mockapi.engine.sound.ear import samples_of
    from mockapi.engine.sound.hearing import Heard, SoundFault, listen
    from mockapi.engine.sound.language import LANGUAGES, guess_language
    from mockapi.engine.sound.speaking import FORMATS, say
    from mockapi.engine.sound.transcript import Segment, Transcript, subtitles, transcribe
    from mockapi.engine.sound.voice import duration

__all__ = [
    "FORMATS", "LANGUAGES", "Heard", "Segment", "SoundFault", "Transcript", "duration", "guess_language", "listen", "samples_of", "say",
    "subtitles", "transcribe",
]  # fmt: skip

__getattr__ = lazily.names(
    __name__,
    {
        "samples_of": "ear",
        **dict.fromkeys(("Heard", "SoundFault", "listen"), "hearing"),
        **dict.fromkeys(("FORMATS", "say"), "speaking"),
        **dict.fromkeys(("Segment", "Transcript", "subtitles", "transcribe"), "transcript"),
        **dict.fromkeys(("LANGUAGES", "guess_language"), "language"),
        "duration": "voice",
    },
)
