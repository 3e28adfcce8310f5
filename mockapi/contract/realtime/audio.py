"""Realtime: how sound goes in and out of a session.

Source: the official OpenAPI document (RealtimeAudioFormats, RealtimeTurnDetection, AudioTranscription); api-facts H.2.
"""

from typing import Annotated, Literal

from annotated_types import Ge, Le, Len
from pydantic import Field

from mockapi.contract.types import Contract, Wording


class PcmFormat(Contract):
    type: Literal["audio/pcm"]
    rate: Literal[24000] | None = None


class UlawFormat(Contract):
    type: Literal["audio/pcmu"]


class AlawFormat(Contract):
    type: Literal["audio/pcma"]


AudioFormat = Annotated[
    PcmFormat | UlawFormat | AlawFormat, Field(discriminator="type"), Wording(supported=("audio/pcm", "audio/pcmu", "audio/pcma"))
]


class Transcription(Contract):
    """Who writes down what was said."""

    model: str | None = None
    language: str | None = None
    languages: Annotated[list[str], Len(1)] | None = None
    keywords: list[str] | None = None
    prompt: str | None = None
    delay: Literal["minimal", "low", "medium", "high", "xhigh"] | None = None


class NoiseReduction(Contract):
    type: Literal["near_field", "far_field"] | None = None


class ServerVad(Contract):
    """Turns end where it has been silent for long enough. Times are in milliseconds of sound."""

    type: Literal["server_vad"]
    threshold: Annotated[float, Ge(0), Le(1)] | None = None
    prefix_padding_ms: Annotated[int, Ge(0)] | None = None
    silence_duration_ms: Annotated[int, Ge(0)] | None = None
    create_response: bool | None = None
    interrupt_response: bool | None = None
    idle_timeout_ms: Annotated[int, Ge(5000), Le(30000)] | None = None


class SemanticVad(Contract):
    """Turns end where what was said seems to be whole."""

    type: Literal["semantic_vad"]
    eagerness: Literal["low", "medium", "high", "auto"] | None = None
    create_response: bool | None = None
    interrupt_response: bool | None = None


TurnDetection = Annotated[ServerVad | SemanticVad, Field(discriminator="type"), Wording(supported=("server_vad", "semantic_vad"))]


class RealtimeVoice(Contract):
    """A voice of the caller's own."""

    id: str


Speed = Annotated[float, Ge(0.25), Le(1.5)]
