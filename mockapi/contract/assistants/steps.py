"""The steps of runs: what a client gets of them, and asks for.

Source: the official OpenAPI document (RunStepObject, RunStepDetails*Object); order of keys as recorded (api-facts G.6).
"""

from typing import Annotated, Literal, NotRequired

from annotated_types import Ge, Le
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.assistants.runs import RunUsage
from mockapi.contract.assistants.tools import FileSearchRankingTold
from mockapi.contract.types import Contract, PageQuery

IncludedInStep = Literal["step_details.tool_calls[*].file_search.results[*].content"]
# The document tells this parameter as it is sent.
IncludeInSteps = Annotated[list[IncludedInStep] | None, Field(json_schema_extra={"name": "include[]"})]


class StepIncludeQuery(Contract):
    """Query of `POST /v1/threads/{thread_id}/runs` and of one of a run's steps."""

    include: IncludeInSteps = None


class ListRunStepsQuery(PageQuery):
    """Query of `GET /v1/threads/{thread_id}/runs/{run_id}/steps`."""

    include: IncludeInSteps = None


class CreatedMessage(TypedDict):
    message_id: str


class MessageCreationDetails(TypedDict):
    type: Literal["message_creation"]
    message_creation: CreatedMessage


class CodeLogs(TypedDict):
    type: Literal["logs"]
    logs: str


class CodeRun(TypedDict):
    input: str
    outputs: list[CodeLogs]


class StepCodeCall(TypedDict):
    id: str
    type: Literal["code_interpreter"]
    code_interpreter: CodeRun


class FoundText(TypedDict):
    type: Literal["text"]
    text: str


class StepFileSearchHit(TypedDict):
    """`content` is told where `include` asks for it."""

    file_id: str
    file_name: str
    score: Annotated[float, Ge(0), Le(1)]
    content: NotRequired[list[FoundText]]


class FileSearchRun(TypedDict):
    ranking_options: FileSearchRankingTold
    results: list[StepFileSearchHit]


class StepFileSearchCall(TypedDict):
    id: str
    type: Literal["file_search"]
    file_search: FileSearchRun


class AnsweredFunction(TypedDict):
    name: str
    arguments: str
    output: str | None


class StepFunctionCall(TypedDict):
    id: str
    type: Literal["function"]
    function: AnsweredFunction


class ToolCallsDetails(TypedDict):
    type: Literal["tool_calls"]
    tool_calls: list[StepCodeCall | StepFileSearchCall | StepFunctionCall]


class StepError(TypedDict):
    code: Literal["server_error", "rate_limit_exceeded"]
    message: str


class RunStep(TypedDict):
    """Times in Unix seconds; `usage` is there once the step is over."""

    id: str
    object: Literal["thread.run.step"]
    created_at: int
    run_id: str
    assistant_id: str
    thread_id: str
    type: Literal["message_creation", "tool_calls"]
    status: Literal["in_progress", "cancelled", "failed", "completed", "expired"]
    cancelled_at: int | None
    completed_at: int | None
    expires_at: int | None
    expired_at: int | None
    failed_at: int | None
    last_error: StepError | None
    step_details: MessageCreationDetails | ToolCallsDetails
    usage: RunUsage | None
    metadata: dict[str, str]


class RunStepList(TypedDict):
    object: Literal["list"]
    data: list[RunStep]
    first_id: str | None
    last_id: str | None
    has_more: bool
