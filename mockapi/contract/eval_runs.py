"""Runs of evals and their output items: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateEvalRunRequest, EvalRun, EvalRunOutputItem); order of keys as in answers that users of the
API show (2025).
"""

from typing import Annotated, Literal, NotRequired

from annotated_types import Ge, Le, MaxLen
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.chat import FunctionTool, ResponseFormat
from mockapi.contract.graders import EvalItem
from mockapi.contract.responses.items import Phase
from mockapi.contract.responses.request import Effort, Format
from mockapi.contract.responses.tools import Tool
from mockapi.contract.types import Contract, FreeObject, Metadata

EvalRunStatus = Literal["queued", "in_progress", "completed", "canceled", "failed"]


class EvalFileRow(Contract):
    item: FreeObject
    sample: FreeObject | None = None


class EvalFileContentSource(Contract):
    type: Literal["file_content"]
    content: list[EvalFileRow]


class EvalFileIdSource(Contract):
    """`id` names a file whose lines are such rows."""

    type: Literal["file_id"]
    id: str


class EvalStoredCompletionsSource(Contract):
    """The stored chat completions that fit; times in Unix seconds."""

    type: Literal["stored_completions"]
    metadata: Metadata | None = None
    model: str | None = None
    created_after: int | None = None
    created_before: int | None = None
    limit: int | None = None


class EvalResponsesSource(Contract):
    """The stored responses that fit; times in Unix seconds, inclusive."""

    type: Literal["responses"]
    metadata: FreeObject | None = None
    model: str | None = None
    instructions_search: str | None = None
    created_after: Annotated[int, Ge(0)] | None = None
    created_before: Annotated[int, Ge(0)] | None = None
    reasoning_effort: Effort | None = None
    temperature: float | None = None
    top_p: float | None = None
    users: list[str] | None = None
    tools: list[str] | None = None


class EvalMessage(EvalItem):
    """A message of a prompt; its texts may hold `{{item.…}}`."""

    phase: Phase | None = None


class EvalTemplate(Contract):
    type: Literal["template"]
    template: list[EvalMessage]


class EvalItemReference(Contract):
    """`item_reference` is a place in the row such as `item.input`, where there are messages or a text."""

    type: Literal["item_reference"]
    item_reference: str


InputMessages = Annotated[EvalTemplate | EvalItemReference, Field(discriminator="type")]


class EvalCompletionsParams(Contract):
    reasoning_effort: Effort | None = None
    temperature: float | None = None
    max_completion_tokens: int | None = None
    top_p: float | None = None
    seed: int | None = None
    response_format: ResponseFormat | None = None
    tools: Annotated[list[FunctionTool], MaxLen(128)] | None = None


class EvalResponsesText(Contract):
    format: Format | None = None


class EvalResponsesParams(Contract):
    reasoning_effort: Effort | None = None
    temperature: float | None = None
    max_completion_tokens: int | None = None
    top_p: float | None = None
    seed: int | None = None
    tools: list[Tool] | None = None
    text: EvalResponsesText | None = None


class EvalJsonlDataSource(Contract):
    """Rows that are graded as they are."""

    type: Literal["jsonl"]
    source: Annotated[EvalFileContentSource | EvalFileIdSource, Field(discriminator="type")]


class EvalCompletionsDataSource(Contract):
    """Rows that a model is asked about as a chat; without a prompt, what was said before is graded."""

    type: Literal["completions"]
    source: Annotated[EvalFileContentSource | EvalFileIdSource | EvalStoredCompletionsSource, Field(discriminator="type")]
    input_messages: InputMessages | None = None
    model: str | None = None
    sampling_params: EvalCompletionsParams | None = None


class EvalResponsesDataSource(Contract):
    """The same through the Responses API."""

    type: Literal["responses"]
    source: Annotated[EvalFileContentSource | EvalFileIdSource | EvalResponsesSource, Field(discriminator="type")]
    input_messages: InputMessages | None = None
    model: str | None = None
    sampling_params: EvalResponsesParams | None = None


EvalDataSource = Annotated[EvalJsonlDataSource | EvalCompletionsDataSource | EvalResponsesDataSource, Field(discriminator="type")]


class CreateEvalRunRequest(Contract):
    """Body of `POST /v1/evals/{eval_id}/runs`."""

    data_source: EvalDataSource
    name: str | None = None
    metadata: Metadata | None = None


class ListEvalRunsQuery(Contract):
    """Query of `GET /v1/evals/{eval_id}/runs`."""

    after: str | None = None
    limit: Annotated[int, Ge(0), Le(100)] | None = None
    order: Literal["asc", "desc"] | None = None
    status: EvalRunStatus | None = None


class ListEvalOutputItemsQuery(Contract):
    """Query of `GET /v1/evals/{eval_id}/runs/{run_id}/output_items`."""

    after: str | None = None
    limit: Annotated[int, Ge(0), Le(100)] | None = None
    status: Literal["fail", "pass"] | None = None
    order: Literal["asc", "desc"] | None = None


class EvalResultCounts(TypedDict):
    total: int
    errored: int
    failed: int
    passed: int


class EvalModelUsage(TypedDict):
    model_name: str
    invocation_count: int
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cached_tokens: int


class EvalCriterionResults(TypedDict):
    # seen: both are the criterion's id
    testing_criteria: str
    testing_criteria_id: str
    passed: int
    failed: int


class EvalApiError(TypedDict):
    code: str
    message: str


class EvalRun(TypedDict):
    """`created_at` in Unix seconds; usage and results are null until there are any, `model` is empty where no model is asked."""

    object: Literal["eval.run"]
    id: str
    eval_id: str
    report_url: str
    status: EvalRunStatus
    model: str
    name: str
    created_at: int
    result_counts: EvalResultCounts
    per_model_usage: list[EvalModelUsage] | None
    per_testing_criteria_results: list[EvalCriterionResults] | None
    data_source: EvalDataSource
    error: EvalApiError | None
    metadata: dict[str, str]
    # seen: told by the API, not by the document
    shared_with_openai: bool


class EvalRunList(TypedDict):
    object: Literal["list"]
    data: list[EvalRun]
    first_id: str | None
    last_id: str | None
    has_more: bool


class EvalRunDeleted(TypedDict):
    object: Literal["eval.run.deleted"]
    deleted: bool
    run_id: str


class EvalSampleMessage(TypedDict):
    role: str
    content: str
    # seen: as in the document's example
    tool_call_id: NotRequired[str | None]
    tool_calls: NotRequired[list[FreeObject] | None]
    function_call: NotRequired[FreeObject | None]


class EvalSampleUsage(TypedDict):
    total_tokens: int
    completion_tokens: int
    prompt_tokens: int
    cached_tokens: int


class EvalSample(TypedDict):
    """What was asked and said about a row, and how it was sampled."""

    input: list[EvalSampleMessage]
    output: list[EvalSampleMessage]
    finish_reason: str
    model: str
    usage: EvalSampleUsage
    error: EvalApiError | None
    temperature: float
    max_completion_tokens: int
    top_p: float
    seed: int


class EvalOutputItemResult(TypedDict):
    """What one criterion made of a row; `sample` is what its model said, if it asked one."""

    name: str
    type: str
    sample: FreeObject | None
    passed: bool
    score: float


class EvalOutputItem(TypedDict):
    """`created_at` in Unix seconds; `datasource_item_id` counts the rows from 0."""

    object: Literal["eval.run.output_item"]
    id: str
    created_at: int
    run_id: str
    eval_id: str
    # guess: the third, of a row that could not be sampled or graded
    status: Literal["pass", "fail", "error"]
    datasource_item_id: int
    datasource_item: FreeObject
    results: list[EvalOutputItemResult]
    sample: EvalSample


class EvalOutputItemList(TypedDict):
    object: Literal["list"]
    data: list[EvalOutputItem]
    first_id: str | None
    last_id: str | None
    has_more: bool
