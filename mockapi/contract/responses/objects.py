"""Responses: what a client gets back: the response, lists, counts, compactions.

Source: the official OpenAPI document (Response, ResponseItemList, TokenCountsResource, CompactResource and what hangs on them); what is
always there as recorded (api-facts D.4, F.1, G.7).
"""

from typing import Annotated, Literal, NotRequired

from annotated_types import Ge, Le
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.moderations import ModerationResult
from mockapi.contract.responses.items import InputItem
from mockapi.contract.responses.output import KeptItem, OutputItem
from mockapi.contract.responses.request import Effort, Format, Prompt, Retention, ServiceTier, Truncation
from mockapi.contract.responses.tools import ToldTool, ToolChoice
from mockapi.contract.types import Fraction, Penalty, Temperature

ResponseStatus = Literal["completed", "failed", "in_progress", "cancelled", "queued", "incomplete"]
ErrorCode = Literal[
    "server_error", "rate_limit_exceeded", "invalid_prompt", "data_residency_mismatch", "bio_policy", "vector_store_timeout",
    "invalid_image", "invalid_image_format", "invalid_base64_image", "invalid_image_url", "image_too_large", "image_too_small",
    "image_parse_error", "image_content_policy_violation", "invalid_image_mode", "image_file_too_large", "unsupported_image_media_type",
    "empty_image_file", "failed_to_download_image", "image_file_not_found",
]  # fmt: skip


class ResponseError(TypedDict):
    code: ErrorCode
    message: str


class IncompleteDetails(TypedDict):
    reason: NotRequired[Literal["max_output_tokens", "content_filter"]]


class InputTokensDetails(TypedDict):
    cached_tokens: int
    # seen: F.1, gpt-5.6 only
    cache_write_tokens: NotRequired[int]


class OutputTokensDetails(TypedDict):
    reasoning_tokens: int


class ResponseUsage(TypedDict):
    input_tokens: int
    input_tokens_details: InputTokensDetails
    output_tokens: int
    output_tokens_details: OutputTokensDetails
    total_tokens: int


class ReasoningTold(TypedDict):
    """How the model was told to think; null where it was not, or cannot."""

    mode: NotRequired[str]
    effort: Effort | None
    summary: Literal["auto", "concise", "detailed"] | None
    context: NotRequired[Literal["auto", "current_turn", "all_turns"] | None]
    generate_summary: NotRequired[Literal["auto", "concise", "detailed"] | None]


class TextTold(TypedDict):
    format: Format
    verbosity: NotRequired[Literal["low", "medium", "high"]]


class PromptCacheTold(TypedDict):
    mode: Literal["implicit", "explicit"]
    ttl: Literal["30m"]


class ModerationFault(TypedDict):
    type: Literal["error"]
    code: str
    message: str


class ResponseModeration(TypedDict):
    input: Annotated[ModerationResult | ModerationFault, Field(discriminator="type")]
    output: Annotated[ModerationResult | ModerationFault, Field(discriminator="type")]


class ConversationTold(TypedDict):
    id: str


class Response(TypedDict):
    """Times in Unix seconds; `usage` is null until the model has answered."""

    id: str
    object: Literal["response"]
    created_at: int
    status: ResponseStatus
    background: bool
    completed_at: int | None
    conversation: NotRequired[ConversationTold | None]
    error: ResponseError | None
    frequency_penalty: NotRequired[Penalty]
    incomplete_details: IncompleteDetails | None
    instructions: str | list[InputItem] | None
    max_output_tokens: int | None
    max_tool_calls: int | None
    model: str
    moderation: NotRequired[ResponseModeration | None]
    output: list[OutputItem]
    parallel_tool_calls: bool
    presence_penalty: NotRequired[Penalty]
    previous_response_id: str | None
    prompt: NotRequired[Prompt | None]
    prompt_cache_key: str | None
    prompt_cache_options: NotRequired[PromptCacheTold]
    prompt_cache_retention: NotRequired[Retention | None]
    reasoning: ReasoningTold | None
    safety_identifier: str | None
    service_tier: ServiceTier
    store: bool
    temperature: Temperature | None
    text: TextTold
    tool_choice: ToolChoice
    tools: list[ToldTool]
    top_logprobs: Annotated[int, Ge(0), Le(20)]
    top_p: Fraction | None
    truncation: Truncation
    usage: ResponseUsage | None
    user: str | None
    metadata: dict[str, str]


class ResponseDeleted(TypedDict):
    id: str
    object: Literal["response.deleted"]
    deleted: bool


class ResponseItemList(TypedDict):
    object: Literal["list"]
    data: list[KeptItem]
    first_id: str | None
    has_more: bool
    last_id: str | None


class InputTokens(TypedDict):
    object: Literal["response.input_tokens"]
    input_tokens: int


class CompactedResponse(TypedDict):
    id: str
    object: Literal["response.compaction"]
    created_at: int
    output: list[KeptItem]
    usage: ResponseUsage
