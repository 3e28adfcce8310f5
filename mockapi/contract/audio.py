"""Audio: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateSpeechRequest, CreateTranscriptionRequest, CreateTranslationRequest, their answers and
events); order of keys as recorded (api-facts D.6, D.7, F.1). One contract holds for all models: which voices, forms and options a model
takes is told by its card.
"""

from typing import Annotated, Literal, NotRequired

from annotated_types import Ge, Le, Len, MaxLen
from pydantic import Field
from typing_extensions import TypeAliasType, TypedDict

from mockapi.contract.types import Contract, File, Fraction, Wording

LONGEST_INPUT = 4096
SpeechForm = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]
TranscriptionForm = Literal["json", "text", "srt", "verbose_json", "vtt", "diarized_json"]
TranslationForm = Literal["json", "text", "srt", "verbose_json", "vtt"]
# seen: C.3 and C.2, the edge's sentence
_Model = Annotated[str, Len(1), Wording(says=(("any", "you must provide a model parameter", None),))]


class SpeechVoice(Contract):
    """A voice of one's own."""

    id: str


class CreateSpeechRequest(Contract):
    """Body of `POST /v1/audio/speech`."""

    model: _Model
    # Its length and the voice's name are checked by the model, which words its faults in its own way (seen: C.7).
    input: Annotated[str, Field(json_schema_extra={"maxLength": LONGEST_INPUT})]
    voice: str | SpeechVoice
    instructions: Annotated[str, MaxLen(4096)] | None = None
    response_format: SpeechForm | None = None
    speed: Annotated[float, Ge(0.25), Le(4)] | None = None
    stream_format: Literal["sse", "audio"] | None = None


class VadConfig(Contract):
    type: Literal["server_vad"]
    prefix_padding_ms: int | None = None
    silence_duration_ms: int | None = None
    threshold: float | None = None


class CreateTranscriptionRequest(Contract):
    """Form of `POST /v1/audio/transcriptions`."""

    model: _Model
    file: File
    language: str | None = None
    prompt: str | None = None
    response_format: TranscriptionForm | None = None
    temperature: Fraction | None = None
    include: list[Literal["logprobs"]] | None = None
    timestamp_granularities: list[Literal["word", "segment"]] | None = None
    stream: bool | None = None
    chunking_strategy: Literal["auto"] | VadConfig | None = None
    known_speaker_names: Annotated[list[str], MaxLen(4)] | None = None
    known_speaker_references: Annotated[list[str], MaxLen(4)] | None = None


class CreateTranslationRequest(Contract):
    """Form of `POST /v1/audio/translations`."""

    model: _Model
    file: File
    prompt: str | None = None
    response_format: TranslationForm | None = None
    temperature: Fraction | None = None


class SpeechUsage(TypedDict):
    input_tokens: int
    output_tokens: int
    total_tokens: int


class SpeechAudioDeltaEvent(TypedDict):
    """`audio` is a piece of the file in base64."""

    type: Literal["speech.audio.delta"]
    audio: str


class SpeechAudioDoneEvent(TypedDict):
    type: Literal["speech.audio.done"]
    usage: SpeechUsage


class TranscriptTokenDetails(TypedDict):
    text_tokens: int
    audio_tokens: int


class TranscriptTextUsageTokens(TypedDict):
    type: Literal["tokens"]
    total_tokens: int
    input_tokens: int
    input_token_details: TranscriptTokenDetails
    output_tokens: int


class TranscriptTextUsageDuration(TypedDict):
    """`seconds` is rounded up."""

    type: Literal["duration"]
    seconds: int


class TranscriptLogprob(TypedDict):
    token: str
    logprob: float
    bytes: list[int]


class TranscriptionWord(TypedDict):
    """Times in seconds, here and below."""

    word: str
    start: float
    end: float


class TranscriptionSegment(TypedDict):
    id: int
    seek: int
    start: float
    end: float
    text: str
    tokens: list[int]
    temperature: float
    avg_logprob: float
    compression_ratio: float
    no_speech_prob: float


class TranscriptionDiarizedSegment(TypedDict):
    type: Literal["transcript.text.segment"]
    id: str
    start: float
    end: float
    text: str
    speaker: str


class TranscriptionJson(TypedDict):
    text: str
    logprobs: NotRequired[list[TranscriptLogprob]]
    usage: TranscriptTextUsageTokens | TranscriptTextUsageDuration


class TranscriptionDiarizedJson(TypedDict):
    task: Literal["transcribe"]
    duration: float
    text: str
    segments: list[TranscriptionDiarizedSegment]
    usage: TranscriptTextUsageTokens | TranscriptTextUsageDuration


class TranscriptionVerboseJson(TypedDict):
    """`language` is a full lower-case name."""

    task: Literal["transcribe"]
    language: str
    duration: float
    text: str
    segments: NotRequired[list[TranscriptionSegment]]
    words: NotRequired[list[TranscriptionWord]]
    usage: TranscriptTextUsageDuration


class TranscriptTextSegmentEvent(TypedDict):
    type: Literal["transcript.text.segment"]
    text: str
    speaker: str
    start: float
    end: float
    id: str


class TranscriptTextDeltaEvent(TypedDict):
    type: Literal["transcript.text.delta"]
    delta: str
    logprobs: NotRequired[list[TranscriptLogprob]]
    segment_id: NotRequired[str]


class TranscriptTextDoneEvent(TypedDict):
    type: Literal["transcript.text.done"]
    text: str
    logprobs: NotRequired[list[TranscriptLogprob]]
    usage: TranscriptTextUsageTokens


class TranslationJson(TypedDict):
    text: str


class TranslationVerboseJson(TypedDict):
    task: Literal["translate"]
    language: Literal["english"]
    duration: float
    text: str
    segments: list[TranscriptionSegment]


SpeechStreamEvent = TypeAliasType("SpeechStreamEvent", SpeechAudioDeltaEvent | SpeechAudioDoneEvent)
TranscriptionStreamEvent = TypeAliasType(
    "TranscriptionStreamEvent", TranscriptTextSegmentEvent | TranscriptTextDeltaEvent | TranscriptTextDoneEvent
)
TranscriptionResponse = TypeAliasType("TranscriptionResponse", TranscriptionJson | TranscriptionDiarizedJson | TranscriptionVerboseJson)
TranslationResponse = TypeAliasType("TranslationResponse", TranslationJson | TranslationVerboseJson)
