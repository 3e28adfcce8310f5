"""Runs: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateRunRequest, CreateThreadAndRunRequest, SubmitToolOutputsRunRequest, RunObject); order of keys
as recorded (api-facts G.6).
"""

from typing import Annotated, Literal

from annotated_types import Ge, Len, MaxLen
from typing_extensions import TypedDict

from mockapi.contract.assistants.assistants import Instructions
from mockapi.contract.assistants.threads import CreateMessageRequest, CreateThreadRequest
from mockapi.contract.assistants.tools import (
    AnswerFormat,
    AnswerFormatTold,
    AssistantTool,
    AssistantToolChoice,
    Effort,
    GivenToolResources,
    ToolChoiceTold,
    ToolResourcesTold,
    ToolTold,
    TruncationStrategy,
    TruncationTold,
)
from mockapi.contract.types import Contract, Fraction, Metadata, PageQuery, Temperature

RunStatus = Literal[
    "queued", "in_progress", "requires_action", "cancelling", "cancelled", "failed", "completed", "incomplete", "expired"
]  # fmt: skip
TokenLimit = Annotated[int, Ge(256)]
RunTools = Annotated[list[AssistantTool], MaxLen(20)]


class CreateRunRequest(Contract):
    """Body of `POST /v1/threads/{thread_id}/runs`."""

    assistant_id: str
    model: Annotated[str, Len(1)] | None = None
    reasoning_effort: Effort | None = None
    instructions: Instructions | None = None
    additional_instructions: Instructions | None = None
    additional_messages: list[CreateMessageRequest] | None = None
    tools: RunTools | None = None
    metadata: Metadata | None = None
    temperature: Temperature | None = None
    top_p: Fraction | None = None
    stream: bool | None = None
    max_prompt_tokens: TokenLimit | None = None
    max_completion_tokens: TokenLimit | None = None
    truncation_strategy: TruncationStrategy | None = None
    tool_choice: AssistantToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: AnswerFormat | None = None


class CreateThreadAndRunRequest(Contract):
    """Body of `POST /v1/threads/runs`."""

    assistant_id: str
    thread: CreateThreadRequest | None = None
    model: Annotated[str, Len(1)] | None = None
    instructions: Instructions | None = None
    tools: RunTools | None = None
    tool_resources: GivenToolResources | None = None
    metadata: Metadata | None = None
    temperature: Temperature | None = None
    top_p: Fraction | None = None
    stream: bool | None = None
    max_prompt_tokens: TokenLimit | None = None
    max_completion_tokens: TokenLimit | None = None
    truncation_strategy: TruncationStrategy | None = None
    tool_choice: AssistantToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: AnswerFormat | None = None


class ModifyRunRequest(Contract):
    """Body of `POST /v1/threads/{thread_id}/runs/{run_id}`."""

    metadata: Metadata | None = None


class ToolOutput(Contract):
    tool_call_id: str | None = None
    output: str | None = None


class SubmitToolOutputsRequest(Contract):
    """Body of `POST /v1/threads/{thread_id}/runs/{run_id}/submit_tool_outputs`."""

    tool_outputs: list[ToolOutput]
    stream: bool | None = None


class ListRunsQuery(PageQuery):
    """Query of `GET /v1/threads/{thread_id}/runs`."""


class CalledFunction(TypedDict):
    name: str
    arguments: str


class RequiredCall(TypedDict):
    id: str
    type: Literal["function"]
    function: CalledFunction


class SubmitToolOutputs(TypedDict):
    tool_calls: list[RequiredCall]


class RequiredAction(TypedDict):
    type: Literal["submit_tool_outputs"]
    submit_tool_outputs: SubmitToolOutputs


class RunError(TypedDict):
    code: Literal["server_error", "rate_limit_exceeded", "invalid_prompt"]
    message: str


class RunIncompleteDetails(TypedDict):
    reason: Literal["max_completion_tokens", "max_prompt_tokens"]


class RunPromptTokenDetails(TypedDict):
    cached_tokens: int


class RunCompletionTokensDetails(TypedDict):
    reasoning_tokens: int


class RunUsage(TypedDict):
    """Tokens of a run or a step; the name of the first details has no s (recorded)."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_token_details: RunPromptTokenDetails
    completion_tokens_details: RunCompletionTokensDetails


class Run(TypedDict):
    """Times in Unix seconds; `usage` is there once the run has come to its end."""

    id: str
    object: Literal["thread.run"]
    created_at: int
    assistant_id: str
    thread_id: str
    status: RunStatus
    started_at: int | None
    expires_at: int | None
    cancelled_at: int | None
    failed_at: int | None
    completed_at: int | None
    required_action: RequiredAction | None
    last_error: RunError | None
    model: str
    instructions: str
    tools: Annotated[list[ToolTold], MaxLen(20)]
    tool_resources: ToolResourcesTold
    metadata: dict[str, str]
    temperature: float | None
    top_p: float | None
    reasoning_effort: Effort | None
    max_completion_tokens: TokenLimit | None
    max_prompt_tokens: TokenLimit | None
    truncation_strategy: TruncationTold
    incomplete_details: RunIncompleteDetails | None
    usage: RunUsage | None
    response_format: AnswerFormatTold
    tool_choice: ToolChoiceTold
    parallel_tool_calls: bool


class RunList(TypedDict):
    object: Literal["list"]
    data: list[Run]
    first_id: str | None
    last_id: str | None
    has_more: bool
