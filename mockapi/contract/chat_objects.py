"""Chat completions: what a client gets back, whole, streamed and stored.

Source: the official OpenAPI document (CreateChatCompletionResponse, CreateChatCompletionStreamResponse and what hangs on them); stored
completions as recorded (api-facts G.8).
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.moderations import Moderation
from mockapi.contract.types import Fraction, Penalty, Temperature


class UrlCitation(TypedDict):
    end_index: int
    start_index: int
    title: str
    url: str


class Annotation(TypedDict):
    type: Literal["url_citation"]
    url_citation: UrlCitation


class Audio(TypedDict):
    """Spoken output; `data` is base64, `expires_at` in Unix seconds."""

    id: str
    expires_at: int
    data: str
    transcript: str


class FunctionCallObject(TypedDict):
    name: str
    arguments: str


class CustomCallObject(TypedDict):
    name: str
    input: str


class MessageToolCall(TypedDict):
    id: str
    type: Literal["function"]
    function: FunctionCallObject


class MessageCustomToolCall(TypedDict):
    id: str
    type: Literal["custom"]
    custom: CustomCallObject


class ChatCompletionMessage(TypedDict):
    role: Literal["assistant"]
    content: str | None
    refusal: str | None
    tool_calls: NotRequired[list[MessageToolCall | MessageCustomToolCall]]
    function_call: NotRequired[FunctionCallObject]
    audio: NotRequired[Audio | None]
    annotations: NotRequired[list[Annotation]]


class TopLogprob(TypedDict):
    token: str
    logprob: float
    bytes: list[int] | None


class TokenLogprob(TypedDict):
    token: str
    logprob: float
    bytes: list[int] | None
    top_logprobs: list[TopLogprob]


class ChoiceLogprobs(TypedDict):
    content: list[TokenLogprob] | None
    refusal: list[TokenLogprob] | None


FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "function_call"]
ServiceTier = Literal["auto", "default", "flex", "scale", "priority", "fast"]


class Choice(TypedDict):
    index: int
    message: ChatCompletionMessage
    logprobs: ChoiceLogprobs | None
    finish_reason: FinishReason


class PromptTokensDetails(TypedDict):
    cached_tokens: int
    audio_tokens: int
    cache_write_tokens: NotRequired[int]


class CompletionTokensDetails(TypedDict):
    reasoning_tokens: int
    audio_tokens: int
    accepted_prediction_tokens: int
    rejected_prediction_tokens: int


class CompletionUsage(TypedDict):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: NotRequired[PromptTokensDetails]
    completion_tokens_details: NotRequired[CompletionTokensDetails]


class ChatCompletion(TypedDict):
    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: CompletionUsage
    service_tier: ServiceTier
    system_fingerprint: str | None
    moderation: NotRequired[Moderation | None]
    metadata: NotRequired[dict[str, str]]


class FunctionCallDelta(TypedDict, total=False):
    name: str
    arguments: str


class CustomCallDelta(TypedDict, total=False):
    name: str
    input: str


class ToolCallDelta(TypedDict):
    index: int
    id: NotRequired[str]
    type: NotRequired[Literal["function", "custom"]]
    function: NotRequired[FunctionCallDelta]
    custom: NotRequired[CustomCallDelta]


class AudioDelta(TypedDict, total=False):
    id: str
    expires_at: int
    data: str
    transcript: str


class Delta(TypedDict, total=False):
    role: Literal["assistant"]
    content: str | None
    refusal: str | None
    tool_calls: list[ToolCallDelta]
    function_call: FunctionCallDelta
    audio: AudioDelta
    annotations: list[Annotation]


class ChunkChoice(TypedDict):
    index: int
    delta: Delta
    logprobs: NotRequired[ChoiceLogprobs | None]
    finish_reason: FinishReason | None


class ChatCompletionChunk(TypedDict):
    id: str
    object: Literal["chat.completion.chunk"]
    created: int
    model: str
    service_tier: ServiceTier
    system_fingerprint: str | None
    choices: list[ChunkChoice]
    usage: NotRequired[CompletionUsage | None]
    moderation: NotRequired[Moderation | None]
    obfuscation: NotRequired[str]


class StoredMessage(TypedDict):
    role: Literal["assistant"]
    content: str | None
    refusal: str | None
    tool_calls: list[MessageToolCall | MessageCustomToolCall] | None
    function_call: FunctionCallObject | None


class StoredChoice(TypedDict):
    index: int
    message: StoredMessage
    finish_reason: FinishReason
    logprobs: ChoiceLogprobs | None


class StoredUsage(TypedDict):
    total_tokens: int
    completion_tokens: int
    prompt_tokens: int


class StoredChatCompletion(TypedDict):
    """What `store: true` keeps (api-facts G.8). Canned mode answers with the examples where there are any."""

    object: Literal["chat.completion"]
    id: str
    model: str
    created: int
    request_id: str
    tool_choice: Annotated[Any, Field(examples=["auto"])]
    usage: StoredUsage
    seed: int
    top_p: Fraction
    temperature: Temperature
    presence_penalty: Penalty
    frequency_penalty: Penalty
    system_fingerprint: str | None
    input_user: str | None
    service_tier: ServiceTier
    tools: Annotated[list[Any] | None, Field(examples=[None])]
    metadata: dict[str, str]
    choices: list[StoredChoice]
    response_format: Annotated[Any, Field(examples=[{"type": "text"}])]


class ChatCompletionList(TypedDict):
    object: Literal["list"]
    data: list[StoredChatCompletion]
    first_id: str | None
    last_id: str | None
    has_more: bool


_CALLS = [{"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}]


class StoredPromptMessage(TypedDict):
    """A message of the prompt of a stored completion."""

    id: str
    role: Annotated[str, Field(examples=["assistant"])]
    content: str | None
    name: NotRequired[str | None]
    content_parts: NotRequired[Annotated[list[Any] | None, Field(examples=[[{"type": "text", "text": "Hello!"}]])]]
    refusal: str | None
    tool_calls: NotRequired[Annotated[list[Any] | None, Field(examples=[_CALLS])]]
    tool_call_id: NotRequired[str | None]


class ChatCompletionMessageList(TypedDict):
    object: Literal["list"]
    data: list[StoredPromptMessage]
    first_id: str | None
    last_id: str | None
    has_more: bool


class ChatCompletionDeleted(TypedDict):
    object: Literal["chat.completion.deleted"]
    id: str
    deleted: bool
