"""Responses: what a client may send. Items, tools and parts are in modules of their own.

Source: the official OpenAPI document (CreateResponse, TokenCountsBody, CompactResponseMethodPublicBody); the order of the fields is the
order in which the API reports their faults (api-facts C.5).
"""

from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Le, Len, MaxLen
from pydantic import Field, model_validator

from mockapi.contract.chat import FunctionName, JsonObjectFormat, LongText, PromptCacheOptions, TextFormat
from mockapi.contract.moderations import ModerationParam
from mockapi.contract.responses.items import InputItem
from mockapi.contract.responses.parts import InputFileContent, InputImageContent, InputTextContent
from mockapi.contract.responses.tools import ToolChoice, Tools
from mockapi.contract.types import Contract, Fraction, FreeObject, Metadata, Penalty, Temperature, Wording

Include = Literal[
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
]
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
ServiceTier = Literal["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"]
Truncation = Literal["auto", "disabled"]
Retention = Literal["in_memory", "24h"]
# seen: C.5
Input = Annotated[LongText | list[InputItem], Wording(expected="one of a string or array of input items")]
# seen: the refusal of chat names five
_TIERS = Wording(supported=("auto", "default", "fast", "flex", "priority"))


class Prompt(Contract):
    id: str
    version: str | None = None
    variables: dict[str, str | Annotated[InputTextContent | InputImageContent | InputFileContent, Field(discriminator="type")]] | None = (
        None
    )


class TextFormatJsonSchema(Contract):
    type: Literal["json_schema"]
    name: FunctionName
    schema_: FreeObject = Field(alias="schema")
    description: str | None = None
    strict: bool | None = None


# seen: C.5
Format = Annotated[
    JsonObjectFormat | TextFormat | TextFormatJsonSchema,
    Field(discriminator="type"),
    Wording(supported=("json_object", "text", "json_schema")),
]


class ResponseText(Contract):
    format: Format | None = None
    verbosity: Literal["low", "medium", "high"] | None = None


# seen: C.5
Summary = Annotated[Literal["auto", "concise", "detailed"], Wording(supported=("concise", "detailed", "auto"))]


class Reasoning(Contract):
    mode: str | None = None
    effort: Effort | None = None
    summary: Summary | None = None
    context: Literal["auto", "current_turn", "all_turns"] | None = None
    generate_summary: Summary | None = None


class ResponseStreamOptions(Contract):
    include_obfuscation: bool | None = None


class ConversationReference(Contract):
    id: str


class ContextManagement(Contract):
    type: str
    compact_threshold: Annotated[int, Ge(1000)] | None = None


class CreateResponse(Contract):
    """Body of `POST /v1/responses`."""

    # A stored prompt names a model, and what went before is an input.
    needs: ClassVar = {"model": ("prompt",), "input": ("previous_response_id", "prompt", "conversation")}
    # seen: C.5
    moved: ClassVar = {
        "messages": "input",
        "response_format": "text.format",
        "max_tokens": "max_output_tokens",
        "max_completion_tokens": "max_output_tokens",
        "reasoning_effort": "reasoning.effort",
    }

    model: Annotated[str, Len(1), Wording(says=(("short", "The requested model '' does not exist.", "model_not_found"),))] | None = None
    input: Input | None = None
    previous_response_id: str | None = None
    prompt: Prompt | None = None
    moderation: ModerationParam | None = None
    include: list[Include] | None = None
    tools: Tools | None = None
    tool_choice: ToolChoice | None = None
    metadata: Metadata | None = None
    text: ResponseText | None = None
    temperature: Temperature | None = None
    top_p: Fraction | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    parallel_tool_calls: bool | None = None
    stream: bool | None = None
    stream_options: ResponseStreamOptions | None = None
    background: bool | None = None
    max_output_tokens: Annotated[int, Ge(16)] | None = None
    max_tool_calls: Annotated[int, Ge(1)] | None = None
    reasoning: Reasoning | None = None
    user: str | None = None
    safety_identifier: Annotated[str, MaxLen(64)] | None = None
    prompt_cache_options: PromptCacheOptions | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: Retention | None = None
    truncation: Truncation | None = None
    instructions: str | None = None
    store: bool | None = None
    service_tier: Annotated[ServiceTier, _TIERS] | None = None
    top_logprobs: Annotated[int, Ge(0), Le(20)] | None = None
    context_management: Annotated[list[ContextManagement], Len(1)] | None = None
    conversation: str | ConversationReference | None = None

    @model_validator(mode="before")
    @classmethod
    def _has_what_it_needs(cls, sent: Any) -> Any:
        for name, others in cls.needs.items():
            if sent.get(name) is None and (name in sent or all(sent.get(other) is None for other in others)):
                # What is said of it is said by `explain`.
                raise ValueError(name)
        return sent


class ResponseCreateEnvelope(Contract):
    """What stands around the body of a response that is asked for over a WebSocket."""

    type: Literal["response.create"]
    stream_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", min_length=1, max_length=256)] | None = None


class CountInputTokensRequest(Contract):
    """Body of `POST /v1/responses/input_tokens`."""

    moved: ClassVar = CreateResponse.moved

    model: str | None = None
    input: Input | None = None
    previous_response_id: str | None = None
    tools: Tools | None = None
    tool_choice: ToolChoice | None = None
    text: ResponseText | None = None
    parallel_tool_calls: bool | None = None
    reasoning: Reasoning | None = None
    truncation: Truncation | None = None
    instructions: str | None = None
    personality: str | None = None
    conversation: str | ConversationReference | None = None


class CompactResponseRequest(Contract):
    """Body of `POST /v1/responses/compact`."""

    model: str | None
    input: Input | None = None
    previous_response_id: str | None = None
    prompt_cache_options: PromptCacheOptions | None = None
    prompt_cache_key: Annotated[str, MaxLen(64)] | None = None
    prompt_cache_retention: Retention | None = None
    instructions: str | None = None
    service_tier: Literal["auto", "default", "fast", "flex", "priority"] | None = None


class RetrieveResponseQuery(Contract):
    """Query of `GET /v1/responses/{response_id}`."""

    include: list[Include] | None = None
    stream: bool | None = None
    starting_after: int | None = None
    include_obfuscation: bool | None = None


class ListInputItemsQuery(Contract):
    """Query of `GET /v1/responses/{response_id}/input_items`."""

    limit: Annotated[int, Ge(0), Le(100)] | None = None
    order: Literal["asc", "desc"] | None = None
    after: str | None = None
    include: list[Include] | None = None
