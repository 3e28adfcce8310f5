"""Realtime: what a session is set up with, in today's shape, and as the beta has it.

Source: the official OpenAPI document (RealtimeSessionCreateRequestGA, RealtimeTranscriptionSessionCreateRequestGA, their beta forms and
those of translations); api-facts H.1 and H.2.
"""

from typing import Annotated, Literal

from annotated_types import Ge, Le
from pydantic import Field

from mockapi.contract.realtime.audio import AudioFormat, NoiseReduction, RealtimeVoice, Speed, Transcription, TurnDetection
from mockapi.contract.responses.request import Prompt
from mockapi.contract.responses.tools import McpTool, ToolChoiceFunction, ToolChoiceMcp
from mockapi.contract.types import Contract, FreeObject, Temperature, Wording

Modality = Literal["text", "audio"]
Tokens = Annotated[int, Ge(1), Le(4096)] | Literal["inf"]
Included = list[Literal["item.input_audio_transcription.logprobs"]]


class RealtimeFunctionTool(Contract):
    type: Literal["function"]
    name: str
    description: str | None = None
    parameters: FreeObject | None = None


Tool = Annotated[RealtimeFunctionTool | McpTool, Field(discriminator="type"), Wording(supported=("function", "mcp"))]
ToolChoice = Literal["none", "auto", "required"] | ToolChoiceFunction | ToolChoiceMcp


class TracingConfiguration(Contract):
    workflow_name: str | None = None
    group_id: str | None = None
    metadata: FreeObject | None = None


Tracing = Literal["auto"] | TracingConfiguration


class TokenLimits(Contract):
    post_instructions: Annotated[int, Ge(0)] | None = None


class RetentionRatio(Contract):
    type: Literal["retention_ratio"]
    retention_ratio: Annotated[float, Ge(0), Le(1)]
    token_limits: TokenLimits | None = None


Truncation = Literal["auto", "disabled"] | RetentionRatio


class RealtimeReasoning(Contract):
    effort: Literal["minimal", "low", "medium", "high", "xhigh"] | None = None


class RealtimeInputAudio(Contract):
    format: AudioFormat | None = None
    transcription: Transcription | None = None
    noise_reduction: NoiseReduction | None = None
    turn_detection: TurnDetection | None = None


class OutputAudio(Contract):
    format: AudioFormat | None = None
    voice: str | RealtimeVoice | None = None
    speed: Speed | None = None


class SessionAudio(Contract):
    input: RealtimeInputAudio | None = None
    output: OutputAudio | None = None


class ListeningAudio(Contract):
    input: RealtimeInputAudio | None = None


class RealtimeSession(Contract):
    """A conversation with a model. What is not given stays as it is."""

    type: Literal["realtime"]
    output_modalities: list[Modality] | None = None
    model: str | None = None
    instructions: str | None = None
    audio: SessionAudio | None = None
    include: Included | None = None
    tracing: Tracing | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    reasoning: RealtimeReasoning | None = None
    max_output_tokens: Tokens | None = None
    truncation: Truncation | None = None
    prompt: Prompt | None = None


class TranscriptionSession(Contract):
    """Nobody answers: what is said is written down."""

    type: Literal["transcription"]
    audio: ListeningAudio | None = None
    include: Included | None = None


AnySession = Annotated[
    RealtimeSession | TranscriptionSession, Field(discriminator="type"), Wording(supported=("realtime", "transcription"))
]

BetaFormat = Literal["pcm16", "g711_ulaw", "g711_alaw"]


class BetaTurnDetection(Contract):
    type: Literal["server_vad", "semantic_vad"] | None = None
    eagerness: Literal["low", "medium", "high", "auto"] | None = None
    threshold: Annotated[float, Ge(0), Le(1)] | None = None
    prefix_padding_ms: Annotated[int, Ge(0)] | None = None
    silence_duration_ms: Annotated[int, Ge(0)] | None = None
    create_response: bool | None = None
    interrupt_response: bool | None = None


class BetaSecret(Contract):
    """What an answer tells of the key; who sends an answer back sends it too."""

    value: str
    expires_at: int


class BetaSession(Contract):
    """A session as the beta has it: all on one level."""

    client_secret: BetaSecret | None = None
    modalities: list[Modality] | None = None
    model: str | None = None
    instructions: str | None = None
    voice: str | RealtimeVoice | None = None
    input_audio_format: BetaFormat | None = None
    output_audio_format: BetaFormat | None = None
    input_audio_transcription: Transcription | None = None
    input_audio_noise_reduction: NoiseReduction | None = None
    turn_detection: BetaTurnDetection | None = None
    speed: Speed | None = None
    tracing: Tracing | None = None
    tools: list[RealtimeFunctionTool] | None = None
    # doc: a mode, or the name of a function
    tool_choice: str | ToolChoiceFunction | ToolChoiceMcp | None = None
    temperature: Temperature | None = None
    max_response_output_tokens: Tokens | None = None
    truncation: Truncation | None = None
    prompt: Prompt | None = None
    include: Included | None = None


class BetaTranscriptionSession(Contract):
    """A session that writes down, as the beta has it."""

    turn_detection: BetaTurnDetection | None = None
    input_audio_noise_reduction: NoiseReduction | None = None
    input_audio_format: BetaFormat | None = None
    input_audio_transcription: Transcription | None = None
    include: Included | None = None


class TranslationTranscriber(Contract):
    model: str


class TranslationNoise(Contract):
    type: Literal["near_field", "far_field"]


class TranslationHeard(Contract):
    transcription: TranslationTranscriber | None = None
    noise_reduction: TranslationNoise | None = None


class TranslationSpoken(Contract):
    language: str | None = None


class TranslationSound(Contract):
    input: TranslationHeard | None = None
    output: TranslationSpoken | None = None


class TranslationUpdate(Contract):
    audio: TranslationSound | None = None


class TranslationSession(TranslationUpdate):
    """What is said is said again in another language."""

    model: str


class ExpiresAfter(Contract):
    anchor: Literal["created_at"] | None = None
    seconds: Annotated[int, Ge(10), Le(7200)] | None = None


class CreateClientSecret(Contract):
    expires_after: ExpiresAfter | None = None
    session: AnySession | None = None


class CreateTranslationSecret(Contract):
    expires_after: ExpiresAfter | None = None
    session: TranslationSession
