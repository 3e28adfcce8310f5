"""Realtime: what the requests around sessions are answered.

Source: the official OpenAPI document (RealtimeCreateClientSecretResponse, RealtimeSessionCreateResponse and their kin); api-facts H.1, H.2.
Sessions of the beta are flat, as the SDKs have them.
"""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from mockapi.contract.realtime import sessions
from mockapi.contract.realtime.audio import AudioFormat, NoiseReduction, RealtimeVoice, Speed, Transcription, TurnDetection
from mockapi.contract.realtime.sessions import (
    BetaFormat,
    BetaTurnDetection,
    Included,
    Modality,
    RealtimeFunctionTool,
    RealtimeReasoning,
    Tokens,
    Tool,
    ToolChoice,
    Tracing,
    Truncation,
)
from mockapi.contract.responses.request import Prompt


class SessionInput(TypedDict):
    format: AudioFormat
    transcription: Transcription | None
    noise_reduction: NoiseReduction | None
    turn_detection: TurnDetection | None


class SessionOutput(TypedDict):
    format: AudioFormat
    voice: str | RealtimeVoice
    speed: Speed


class SessionSound(TypedDict):
    input: SessionInput
    output: SessionOutput


class ListeningSound(TypedDict):
    input: SessionInput


class SessionObject(TypedDict):
    """`expires_at` in Unix seconds, 0 as long as nobody has opened it."""

    type: Literal["realtime"]
    object: Literal["realtime.session"]
    id: str
    model: str
    output_modalities: list[Modality]
    instructions: str
    tools: list[Tool]
    tool_choice: ToolChoice
    max_output_tokens: Tokens
    tracing: Tracing | None
    truncation: Truncation
    prompt: Prompt | None
    expires_at: int
    audio: SessionSound
    include: Included | None
    reasoning: NotRequired[RealtimeReasoning]
    parallel_tool_calls: NotRequired[bool]


class TranscriptionSessionObject(TypedDict):
    type: Literal["transcription"]
    object: Literal["realtime.transcription_session"]
    id: str
    expires_at: int
    audio: ListeningSound
    include: Included | None


class ClientSecret(TypedDict):
    """A key of minutes, `expires_at` in Unix seconds, and the session that it opens."""

    value: str
    expires_at: int
    session: SessionObject | TranscriptionSessionObject


class SecretValue(TypedDict):
    value: str
    expires_at: int


class BetaTranscriptionSessionObject(TypedDict):
    id: str
    object: Literal["realtime.transcription_session"]
    expires_at: int
    input_audio_format: BetaFormat
    input_audio_transcription: Transcription | None
    input_audio_noise_reduction: NoiseReduction | None
    turn_detection: BetaTurnDetection | None
    include: Included | None
    client_secret: SecretValue


class BetaSessionObject(TypedDict):
    id: str
    object: Literal["realtime.session"]
    expires_at: int
    input_audio_format: BetaFormat
    input_audio_transcription: Transcription | None
    input_audio_noise_reduction: NoiseReduction | None
    turn_detection: BetaTurnDetection | None
    include: Included | None
    model: str
    modalities: list[Modality]
    instructions: str
    voice: str | RealtimeVoice
    output_audio_format: BetaFormat
    speed: Speed
    tracing: Tracing | None
    tools: list[RealtimeFunctionTool]
    tool_choice: str
    temperature: float
    max_response_output_tokens: Tokens
    prompt: Prompt | None
    client_secret: SecretValue


class TranslationSessionObject(TypedDict):
    id: str
    type: Literal["translation"]
    model: str
    expires_at: int
    audio: sessions.TranslationSound


class TranslationSecret(TypedDict):
    value: str
    expires_at: int
    session: TranslationSessionObject
