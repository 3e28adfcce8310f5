"""Chat completions: what a client may send. What it gets back is in `chat_objects`.

Source: the official OpenAPI document (CreateChatCompletionRequest and what hangs on it); the order of the fields is the order
in which the API reports their faults (api-facts C.3).
"""

from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, Len, MaxLen, MinLen
from pydantic import Field

from mockapi.contract.moderations import ModerationParam
from mockapi.contract.types import Contract, Fraction, FreeObject, Metadata, Penalty, Temperature, Wording


class ToldAsEmpty(MinLen):
    """A least length that a pattern holds to already, so that only the words for its fault are its own."""


# seen: C.3, tools[0].function.name; up to 64 characters
FunctionName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$", max_length=64), ToldAsEmpty(1)]
# seen: C.3, messages[1].name
MessageName = Annotated[str, Field(pattern=r"^[^\s<|\\/>]+$", max_length=64)]
Description = Annotated[str, MaxLen(1024)]
# seen: C.3; 10,485,760 characters since mid 2025
LongText = Annotated[str, MaxLen(10_485_760)]
_PARTS = ("text", "image_url", "input_audio", "refusal", "audio", "file")


class PromptCacheBreakpoint(Contract):
    mode: Literal["explicit"]
    # sdk: newer than the document
    ttl: Literal["30m", "12h"] | None = None


class TextPart(Contract):
    type: Literal["text"]
    text: LongText
    prompt_cache_breakpoint: PromptCacheBreakpoint | None = None


class RefusalPart(Contract):
    type: Literal["refusal"]
    refusal: LongText


class ImageUrl(Contract):
    url: str
    # sdk: "original" is newer than the document
    detail: Literal["auto", "low", "high", "original"] | None = None


class ImagePart(Contract):
    type: Literal["image_url"]
    image_url: ImageUrl
    prompt_cache_breakpoint: PromptCacheBreakpoint | None = None


class InputAudio(Contract):
    data: str
    format: Literal["wav", "mp3"]


class AudioPart(Contract):
    type: Literal["input_audio"]
    input_audio: InputAudio
    prompt_cache_breakpoint: PromptCacheBreakpoint | None = None


class InputFile(Contract):
    filename: str | None = None
    file_data: str | None = None
    file_id: str | None = None


class FilePart(Contract):
    type: Literal["file"]
    file: InputFile
    prompt_cache_breakpoint: PromptCacheBreakpoint | None = None


def _parts_of(role: str) -> Wording:
    # seen: openai-node 1030 (assistant), OpenHands 7700 (tool)
    sentence = f"Image URLs are only allowed for messages with role 'user', but this message with role '{role}' contains an image URL."
    return Wording(supported=_PARTS, says=(("image_url", sentence, "invalid_value"),))


_SUPPORTED_PARTS = Wording(supported=_PARTS)
UserPart = Annotated[TextPart | ImagePart | AudioPart | FilePart, Field(discriminator="type"), _SUPPORTED_PARTS]
AssistantPart = Annotated[TextPart | RefusalPart, Field(discriminator="type"), _parts_of("assistant")]
OnlyText = Annotated[TextPart, _SUPPORTED_PARTS]


class FunctionCall(Contract):
    name: str
    arguments: str
    # sdk: what `parse()` returned is sent back whole
    parsed_arguments: Any = None


class MessageFunctionCall(Contract):
    id: str
    type: Literal["function"]
    function: FunctionCall


class CustomCall(Contract):
    name: str
    input: str


class MessageCustomCall(Contract):
    id: str
    type: Literal["custom"]
    custom: CustomCall


ToolCallParam = Annotated[MessageFunctionCall | MessageCustomCall, Field(discriminator="type")]


class AudioReference(Contract):
    id: str


class _Message(Contract):
    """What any message may carry: a member that belongs to another role is accepted and stands for nothing (seen: C.3)."""

    name: MessageName | None = None
    refusal: str | None = None
    audio: AudioReference | None = None
    tool_calls: Annotated[list[ToolCallParam], Len(1)] | None = None
    function_call: FunctionCall | None = None
    tool_call_id: str | None = None
    # sdk: its answers are sent back whole, annotations included
    annotations: list[Any] | None = None


class SystemMessage(_Message):
    role: Literal["system"]
    content: LongText | list[Annotated[TextPart, _parts_of("system")]] | None = None


class AssistantMessage(_Message):
    role: Literal["assistant"]
    parsed: Any = None  # sdk: as parsed_arguments
    content: LongText | list[AssistantPart] | None = None


class UserMessage(_Message):
    role: Literal["user"]
    content: LongText | list[UserPart] | None = None


class FunctionMessage(_Message):
    role: Literal["function"]
    name: MessageName
    content: LongText | list[Annotated[TextPart, _parts_of("function")]] | None = None


class ToolMessage(_Message):
    role: Literal["tool"]
    tool_call_id: str
    content: LongText | list[Annotated[TextPart, _parts_of("tool")]] | None = None


class DeveloperMessage(Contract):
    role: Literal["developer"]
    content: LongText | list[Annotated[TextPart, _parts_of("developer")]]
    name: MessageName | None = None


Message = Annotated[
    SystemMessage | AssistantMessage | UserMessage | FunctionMessage | ToolMessage | DeveloperMessage, Field(discriminator="role")
]


class Function(Contract):
    name: FunctionName
    description: Description | None = None
    parameters: FreeObject | None = None
    strict: bool | None = None


class FunctionTool(Contract):
    type: Literal["function"]
    function: Function


class TextFormat(Contract):
    type: Literal["text"]


class Grammar(Contract):
    definition: str
    syntax: Literal["lark", "regex"]


class GrammarFormat(Contract):
    type: Literal["grammar"]
    grammar: Grammar


class Custom(Contract):
    name: FunctionName
    description: Description | None = None
    format: Annotated[TextFormat | GrammarFormat, Field(discriminator="type")] | None = None


class CustomTool(Contract):
    type: Literal["custom"]
    custom: Custom


Tool = Annotated[FunctionTool | CustomTool, Field(discriminator="type")]


class LegacyFunction(Contract):
    name: FunctionName
    description: Description | None = None
    parameters: FreeObject | None = None


class Named(Contract):
    name: str


class NamedFunction(Contract):
    type: Literal["function"]
    function: Named


class NamedCustom(Contract):
    type: Literal["custom"]
    custom: Named


class AllowedTools(Contract):
    mode: Literal["auto", "required"]
    tools: list[FreeObject]


class AllowedToolsChoice(Contract):
    type: Literal["allowed_tools"]
    allowed_tools: AllowedTools


# seen: C.3; an object of an unknown type is taken for a function choice
ToolChoice = Literal["none", "auto", "required"] | NamedFunction | NamedCustom | AllowedToolsChoice


class JsonSchema(Contract):
    name: FunctionName
    description: str | None = None
    schema_: FreeObject | None = Field(default=None, alias="schema")
    strict: bool | None = None


class JsonSchemaFormat(Contract):
    type: Literal["json_schema"]
    json_schema: JsonSchema


class JsonObjectFormat(Contract):
    type: Literal["json_object"]


ResponseFormat = Annotated[
    JsonObjectFormat | JsonSchemaFormat | TextFormat,
    Field(discriminator="type"),
    Wording(supported=("json_object", "json_schema", "text")),
]


class StreamOptions(Contract):
    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class Prediction(Contract):
    type: Literal["content"]
    content: str | list[OnlyText]


class CustomVoice(Contract):
    id: str


class AudioOptions(Contract):
    voice: str | CustomVoice
    format: Literal["wav", "aac", "mp3", "flac", "opus", "pcm16"]


class WebSearchLocation(Contract):
    country: str | None = None
    region: str | None = None
    city: str | None = None
    timezone: str | None = None


class UserLocation(Contract):
    type: Literal["approximate"]
    approximate: WebSearchLocation


class WebSearchOptions(Contract):
    user_location: UserLocation | None = None
    search_context_size: Literal["low", "medium", "high"] | None = None


class PromptCacheOptions(Contract):
    ttl: Literal["30m"] | None = None
    mode: Literal["implicit", "explicit"] | None = None


class CreateChatCompletionRequest(Contract):
    """Body of `POST /v1/chat/completions`."""

    # seen: C.3, step 1
    model: Annotated[str, Len(1), Wording(says=(("any", "you must provide a model parameter", None),))]
    messages: Annotated[list[Message], Len(1)]
    functions: Annotated[list[LegacyFunction], Len(1, 128), Wording(expected="an array of function definitions")] | None = None
    function_call: Literal["none", "auto"] | Named | None = None
    tools: Annotated[list[Tool], MaxLen(128)] | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    max_completion_tokens: Annotated[int, Ge(1)] | None = None
    n: Annotated[int, Ge(1), Le(128)] | None = None
    temperature: Temperature | None = None
    top_p: Fraction | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    logprobs: bool | None = None
    top_logprobs: (
        Annotated[
            int,
            Ge(0),
            Le(20),
            Wording(says=(("above", "Invalid value for 'top_logprobs': must be less than or equal to {limit}.", None),)),
        ]
        | None
    ) = None
    user: str | None = None
    seed: Annotated[int, Ge(-(2**63)), Le(2**63 - 1)] | None = None
    moderation: ModerationParam | None = None
    safety_identifier: Annotated[str, MaxLen(64)] | None = None
    prompt_cache_options: PromptCacheOptions | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: (
        Annotated[Literal["in_memory", "24h"], Wording(says=(("value", "Invalid prompt_cache_retention argument", None),))] | None
    ) = None
    response_format: ResponseFormat | None = None
    # seen: the refusal names five; the document also has "scale"
    service_tier: (
        Annotated[
            Literal["auto", "default", "flex", "scale", "priority", "fast"],
            Wording(supported=("auto", "default", "fast", "flex", "priority")),
        ]
        | None
    ) = None
    max_tokens: Annotated[int, Ge(1)] | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    logit_bias: dict[str, Annotated[int, Ge(-100), Le(100)]] | None = None
    stop: str | Annotated[list[str], Len(1, 4)] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    store: bool | None = None
    metadata: Metadata | None = None
    prediction: Prediction | None = None
    verbosity: Literal["low", "medium", "high"] | None = None
    modalities: list[Literal["text", "audio"]] | None = None
    audio: AudioOptions | None = None
    web_search_options: WebSearchOptions | None = None


class UpdateChatCompletionRequest(Contract):
    """Body of `POST /v1/chat/completions/{completion_id}`."""

    metadata: Metadata | None


class ListChatCompletionsQuery(Contract):
    """Query of `GET /v1/chat/completions`."""

    model: str | None = None
    metadata: dict[str, str] | None = None
    after: str | None = None
    limit: Annotated[int, Ge(0), Le(100)] | None = None
    order: Literal["asc", "desc"] | None = None


class ListMessagesQuery(Contract):
    """Query of `GET /v1/chat/completions/{completion_id}/messages`."""

    after: str | None = None
    limit: Annotated[int, Ge(0), Le(100)] | None = None
    order: Literal["asc", "desc"] | None = None
