"""Batches: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateBatchRequest, Batch); order of keys as recorded (api-facts C.8, G.3).
"""

from typing import Annotated, Literal

from annotated_types import Ge, Le
from typing_extensions import TypedDict

from mockapi.contract.files import FileExpirationAfter
from mockapi.contract.types import Contract, Metadata

BatchEndpoint = Literal[
    "/v1/responses",
    "/v1/chat/completions",
    "/v1/embeddings",
    "/v1/completions",
    "/v1/moderations",
    "/v1/images/generations",
    "/v1/images/edits",
    "/v1/videos",
]
BatchStatus = Literal["validating", "failed", "in_progress", "finalizing", "completed", "expired", "cancelling", "cancelled"]


class CreateBatchRequest(Contract):
    """Body of `POST /v1/batches`."""

    input_file_id: str
    endpoint: BatchEndpoint
    completion_window: Literal["24h"]
    metadata: Metadata | None = None
    # doc: counted from the creation of the output file, not of the batch
    output_expires_after: FileExpirationAfter | None = None


class ListBatchesQuery(Contract):
    """Query of `GET /v1/batches`."""

    after: str | None = None
    limit: Annotated[int, Ge(0), Le(100)] | None = None


class BatchError(TypedDict):
    """Why a batch failed before it began; `line` counts from 1."""

    code: str
    message: str
    param: str | None
    line: int | None


class BatchErrors(TypedDict):
    object: Literal["list"]
    data: list[BatchError]


class BatchRequestCounts(TypedDict):
    total: int
    completed: int
    failed: int


class BatchInputTokensDetails(TypedDict):
    cached_tokens: int


class BatchOutputTokensDetails(TypedDict):
    reasoning_tokens: int


class BatchUsage(TypedDict):
    input_tokens: int
    output_tokens: int
    total_tokens: int
    input_tokens_details: BatchInputTokensDetails
    output_tokens_details: BatchOutputTokensDetails


class Batch(TypedDict):
    """Times in Unix seconds, null until they come."""

    id: str
    object: Literal["batch"]
    endpoint: str
    # seen: G.3; null until the input file is read
    model: str | None
    errors: BatchErrors | None
    input_file_id: str
    completion_window: str
    status: BatchStatus
    output_file_id: str | None
    error_file_id: str | None
    created_at: int
    in_progress_at: int | None
    expires_at: int
    finalizing_at: int | None
    completed_at: int | None
    failed_at: int | None
    expired_at: int | None
    cancelling_at: int | None
    cancelled_at: int | None
    request_counts: BatchRequestCounts
    usage: BatchUsage
    metadata: dict[str, str] | None


class BatchList(TypedDict):
    object: Literal["list"]
    data: list[Batch]
    first_id: str | None
    last_id: str | None
    has_more: bool
