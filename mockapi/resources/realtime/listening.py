"""The input audio buffer of a session, and where turns begin and end in it. Time is that of the sound: it is told in milliseconds."""

from __future__ import annotations

import sys
from array import array
from typing import Any

from mockapi.aside import aside
from mockapi.dialects.realtime.sessions import facts
from mockapi.engine.sound import ear
from mockapi.records import record
from mockapi.resources.realtime import refusals

_FRAME_MS = 20
# guess: about twenty minutes of sound
_MOST_BYTES = 64 * 1024 * 1024
_LARGE = 1024 * 1024
_MOST_PATIENT = 4  # seconds of silence
# guess: how loud a sample is that counts, at a threshold of 1
_LOUD = 1000


@record
class Started:
    """Somebody began to speak; `at` includes the padding in front."""

    at: int


@record
class Stopped:
    """Somebody has spoken; `pcm` is what was said, with the silence after it, up to `at`."""

    at: int
    pcm: bytes


class Buffer:
    """Sound as 16-bit samples that nobody has committed yet."""

    def __init__(self) -> None:
        self.pcm = bytearray()
        # Bytes that came before the buffer, how far it was looked at, where speech began in it, and where it was last heard.
        self._before = 0
        self._looked = 0
        self._since: int | None = None
        self._heard = 0
        self._patience = 0

    def milliseconds(self, rate: int) -> float:
        """How much sound is in the buffer."""
        return len(self.pcm) / 2 / rate * 1000

    @property
    def hears(self) -> bool:
        """Whether somebody is speaking."""
        return self._since is not None

    def position(self, rate: int) -> int:
        """How much sound came before the buffer, in milliseconds."""
        return self._ms(0, rate)

    def clear(self) -> bytes:
        """Take all that is in the buffer."""
        taken = bytes(self.pcm)
        self._drop(len(taken))
        return taken

    def _drop(self, size: int) -> None:
        del self.pcm[:size]
        self._before += size
        self._looked = max(0, self._looked - size)
        self._since, self._heard, self._patience = None, 0, 0

    async def hear(self, pcm: bytes, rate: int, detection: dict[str, Any] | None) -> list[Started | Stopped]:
        """As `append`, which takes its time for minutes of sound."""
        return await aside(len(pcm) > _LARGE, lambda: self.append(pcm, rate, detection))

    def append(self, pcm: bytes, rate: int, detection: dict[str, Any] | None) -> list[Started | Stopped]:
        """Add sound. Returns what is noticed in it where turns are detected. Raises for more than a buffer holds."""
        if len(self.pcm) + len(pcm) > _MOST_BYTES:
            raise refusals.buffer_full()
        self.pcm += pcm
        if detection is None:
            self._looked = len(self.pcm)
            return []
        noticed: list[Started | Stopped] = []
        frame = rate * _FRAME_MS // 1000 * 2
        padding = rate * detection.get("prefix_padding_ms", facts()["server_vad"]["prefix_padding_ms"]) // 1000 * 2
        silence = rate * _silence(detection) // 1000 * 2
        loud = _LOUD * detection.get("threshold", facts()["server_vad"]["threshold"])
        while self._looked + frame <= len(self.pcm):
            at, self._looked = self._looked, self._looked + frame
            if _peak(self.pcm[at : self._looked]) > loud:
                self._heard, self._patience = self._looked, silence
                if self._since is None:
                    self._since = max(0, at - padding)
                    noticed.append(Started(self._ms(self._since, rate)))
            elif self._since is not None and self._looked - self._heard >= self._patience:
                said = bytes(self.pcm[self._since : self._looked])
                if self._patience < 2 * rate * _MOST_PATIENT and ear.breaks_off(said, rate):
                    # Whoever has not said all is not interrupted, for a while.
                    self._patience = 2 * max(self._patience, frame)
                    continue
                noticed.append(Stopped(self._ms(self._looked, rate), said))
                self._drop(self._looked)
        return noticed

    def _ms(self, place: int, rate: int) -> int:
        return (self._before + place) // 2 * 1000 // rate


def _silence(detection: dict[str, Any]) -> int:
    """The milliseconds of silence that end a turn."""
    if detection["type"] == "semantic_vad":
        found: int = facts()["semantic_vad"][detection["eagerness"]]
        return found
    return int(detection["silence_duration_ms"])


def _peak(pcm: bytes | bytearray) -> int:
    samples = array("h", bytes(pcm))
    if sys.byteorder == "big":
        samples.byteswap()
    loudest, lowest = max(samples), min(samples)
    return max(loudest, -lowest)
