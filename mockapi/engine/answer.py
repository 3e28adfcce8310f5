"""What the simulated model says, in a form no endpoint owns. Dialects put it on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Finish = Literal["stop", "length", "tool_calls", "content_filter"]


@dataclass(slots=True, eq=False, repr=False)
class Citation:
    """A source of a passage; `start` and `end` are character offsets in the text."""

    start: int
    end: int
    title: str
    url: str


@dataclass(slots=True, eq=False, repr=False)
class Text:
    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(slots=True, eq=False, repr=False)
class Refusal:
    text: str


@dataclass(slots=True, eq=False, repr=False)
class ToolCall:
    """A call the model makes; `arguments` is JSON text, or the free text of a custom tool."""

    name: str
    arguments: str
    kind: Literal["function", "custom", "legacy"] = "function"


@dataclass(slots=True, eq=False, repr=False)
class Speech:
    """Spoken output: what is said, and the sound itself as 16-bit mono PCM at 24 kHz, made when it is needed."""

    transcript: str
    seconds: float


Part = Text | Refusal | ToolCall | Speech


@dataclass(slots=True, eq=False, repr=False)
class Answer:
    """One answer. Token counts are those of this answer alone."""

    parts: list[Part] = field(default_factory=list)
    finish: Finish = "stop"
    forced: bool = False
    # What it thought before it spoke, where that can be read.
    reasoning: str = ""
    text_tokens: int = 0
    reasoning_tokens: int = 0
    audio_tokens: int = 0
    accepted_prediction_tokens: int = 0
    rejected_prediction_tokens: int = 0
    completion_tokens: int = 0

    @property
    def calls(self) -> list[ToolCall]:
        return [part for part in self.parts if isinstance(part, ToolCall)]

    @property
    def text(self) -> str | None:
        """The text of the answer, or None if it has none."""
        texts = [part.text for part in self.parts if isinstance(part, Text)]
        return "".join(texts) if texts else None

    @property
    def refusal(self) -> str | None:
        for part in self.parts:
            if isinstance(part, Refusal):
                return part.text
        return None
