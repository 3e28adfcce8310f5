"""Vector stores, their files and file batches, and searching: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateVectorStoreRequest, VectorStoreObject, VectorStoreFileObject, VectorStoreFileBatchObject,
VectorStoreSearchRequest); order of keys as recorded (api-facts G.5).
"""

from typing import Annotated, Literal

from annotated_types import Ge, Le, Len, MaxLen
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.filters import Filter
from mockapi.contract.types import Contract, Fraction, Metadata, PageQuery

VectorStoreStatus = Literal["expired", "in_progress", "completed"]
VectorStoreFileStatus = Literal["in_progress", "completed", "cancelled", "failed"]
Attributes = Annotated[dict[Annotated[str, MaxLen(64)], Annotated[str, MaxLen(512)] | float | bool], MaxLen(16)]


class VectorStoreExpirationAfter(Contract):
    anchor: Literal["last_active_at"]
    days: Annotated[int, Ge(1), Le(365)]


class AutoChunkingStrategy(Contract):
    type: Literal["auto"]


class StaticChunking(Contract):
    max_chunk_size_tokens: Annotated[int, Ge(100), Le(4096)]
    # doc: at most half of the size, which is checked after the contract
    chunk_overlap_tokens: Annotated[int, Ge(0)]


class StaticChunkingStrategy(Contract):
    type: Literal["static"]
    static: StaticChunking


ChunkingStrategyParam = Annotated[AutoChunkingStrategy | StaticChunkingStrategy, Field(discriminator="type")]


class CreateVectorStoreRequest(Contract):
    """Body of `POST /v1/vector_stores`."""

    file_ids: Annotated[list[str], MaxLen(500)] | None = None
    name: str | None = None
    description: str | None = None
    expires_after: VectorStoreExpirationAfter | None = None
    chunking_strategy: ChunkingStrategyParam | None = None
    metadata: Metadata | None = None


class UpdateVectorStoreRequest(Contract):
    """Body of `POST /v1/vector_stores/{vector_store_id}`."""

    name: str | None = None
    expires_after: VectorStoreExpirationAfter | None = None
    metadata: Metadata | None = None


class ListVectorStoresQuery(PageQuery):
    """Query of `GET /v1/vector_stores`."""


class CreateVectorStoreFileRequest(Contract):
    """Body of `POST /v1/vector_stores/{vector_store_id}/files`, and a file of a batch."""

    file_id: str
    chunking_strategy: ChunkingStrategyParam | None = None
    attributes: Attributes | None = None


class UpdateVectorStoreFileAttributesRequest(Contract):
    """Body of `POST /v1/vector_stores/{vector_store_id}/files/{file_id}`."""

    attributes: Attributes | None


class ListVectorStoreFilesQuery(ListVectorStoresQuery):
    """Query of `GET /v1/vector_stores/{vector_store_id}/files` and of the files of a batch."""

    filter: VectorStoreFileStatus | None = None


class CreateVectorStoreFileBatchRequest(Contract):
    """Body of `POST /v1/vector_stores/{vector_store_id}/file_batches`: ids of files, or files each with its own options."""

    file_ids: Annotated[list[str], Len(1, 2000)] | None = None
    files: Annotated[list[CreateVectorStoreFileRequest], Len(1, 2000)] | None = None
    chunking_strategy: ChunkingStrategyParam | None = None
    attributes: Attributes | None = None


class SearchRankingOptions(Contract):
    ranker: Literal["none", "auto", "default-2024-11-15"] | None = None
    score_threshold: Fraction | None = None


class VectorStoreSearchRequest(Contract):
    """Body of `POST /v1/vector_stores/{vector_store_id}/search`."""

    query: str | Annotated[list[str], Len(1)]
    rewrite_query: bool | None = None
    max_num_results: Annotated[int, Ge(1), Le(50)] | None = None
    filters: Filter | None = None
    ranking_options: SearchRankingOptions | None = None


AttributesTold = dict[str, Annotated[str, MaxLen(512)] | float | bool]


class FileCounts(TypedDict):
    in_progress: int
    completed: int
    failed: int
    cancelled: int
    total: int


class VectorStoreExpiresAfter(TypedDict):
    anchor: Literal["last_active_at"]
    days: Annotated[int, Ge(1), Le(365)]


class VectorStore(TypedDict):
    """Times in Unix seconds."""

    id: str
    object: Literal["vector_store"]
    created_at: int
    # seen: told by users, null where none was given
    name: str | None
    description: str | None
    usage_bytes: int
    file_counts: FileCounts
    status: VectorStoreStatus
    expires_after: VectorStoreExpiresAfter | None
    expires_at: int | None
    last_active_at: int
    metadata: dict[str, str]


class VectorStoreList(TypedDict):
    object: Literal["list"]
    data: list[VectorStore]
    first_id: str | None
    last_id: str | None
    has_more: bool


class VectorStoreDeleted(TypedDict):
    id: str
    object: Literal["vector_store.deleted"]
    deleted: bool


class VectorStoreFileError(TypedDict):
    code: Literal["server_error", "unsupported_file", "invalid_file"]
    message: str


class StaticChunkingTold(TypedDict):
    max_chunk_size_tokens: Annotated[int, Ge(100), Le(4096)]
    chunk_overlap_tokens: int


class ChunkingStrategyTold(TypedDict):
    type: Literal["static"]
    static: StaticChunkingTold


class VectorStoreFile(TypedDict):
    """`usage_bytes` is 0 until the file is processed; `last_error` tells why it failed."""

    id: str
    object: Literal["vector_store.file"]
    usage_bytes: int
    created_at: int
    vector_store_id: str
    status: VectorStoreFileStatus
    last_error: VectorStoreFileError | None
    chunking_strategy: ChunkingStrategyTold
    attributes: AttributesTold


class VectorStoreFileList(TypedDict):
    object: Literal["list"]
    data: list[VectorStoreFile]
    first_id: str | None
    last_id: str | None
    has_more: bool


class VectorStoreFileDeleted(TypedDict):
    id: str
    object: Literal["vector_store.file.deleted"]
    deleted: bool


class VectorStoreFileContent(TypedDict):
    type: Literal["text"]
    text: str


class VectorStoreFileContentPage(TypedDict):
    object: Literal["vector_store.file_content.page"]
    data: list[VectorStoreFileContent]
    has_more: bool
    next_page: str | None


class VectorStoreFileBatch(TypedDict):
    id: str
    # doc: and the SDK's types; guess: recordings of 2024 that say vector_store.file_batch are older than these
    object: Literal["vector_store.files_batch"]
    created_at: int
    status: VectorStoreFileStatus
    vector_store_id: str
    file_counts: FileCounts


class VectorStoreSearchResult(TypedDict):
    """`score` in [0, 1], the best first."""

    file_id: str
    filename: str
    score: Annotated[float, Ge(0), Le(1)]
    attributes: AttributesTold
    content: list[VectorStoreFileContent]


class VectorStoreSearchPage(TypedDict):
    object: Literal["vector_store.search_results.page"]
    search_query: list[str]
    data: list[VectorStoreSearchResult]
    has_more: bool
    next_page: str | None
