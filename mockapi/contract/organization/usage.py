"""What an organization used and what it cost, in buckets of time. Times in Unix seconds."""

from typing import Annotated, Literal, NotRequired

from annotated_types import Ge
from typing_extensions import TypedDict

from mockapi.contract.types import Contract

Second = Annotated[int, Ge(0)]
Count = Annotated[int, Ge(1)]


class SpanQuery(Contract):
    """A span of time from `start_time` up to `end_time`, and the page of it."""

    start_time: Second
    end_time: Second | None = None
    project_ids: list[str] | None = None
    limit: Count | None = None
    page: str | None = None


class CostsQuery(SpanQuery):
    """Query of `GET /v1/organization/costs`."""

    bucket_width: Literal["1d"] | None = None
    api_key_ids: list[str] | None = None
    group_by: list[Literal["project_id", "line_item", "api_key_id"]] | None = None


class ProjectsUsageQuery(SpanQuery):
    """Query of the usage of vector stores and of code interpreter sessions."""

    bucket_width: Literal["1m", "1h", "1d"] | None = None
    group_by: list[Literal["project_id"]] | None = None


class UsageQuery(SpanQuery):
    """Query of the usage of models."""

    bucket_width: Literal["1m", "1h", "1d"] | None = None
    user_ids: list[str] | None = None
    api_key_ids: list[str] | None = None
    models: list[str] | None = None
    group_by: list[Literal["project_id", "user_id", "api_key_id", "model"]] | None = None


class CompletionsUsageQuery(SpanQuery):
    """Query of `GET /v1/organization/usage/completions`."""

    bucket_width: Literal["1m", "1h", "1d"] | None = None
    user_ids: list[str] | None = None
    api_key_ids: list[str] | None = None
    models: list[str] | None = None
    batch: bool | None = None
    group_by: list[Literal["project_id", "user_id", "api_key_id", "model", "batch", "service_tier"]] | None = None


class ImagesUsageQuery(SpanQuery):
    """Query of `GET /v1/organization/usage/images`."""

    bucket_width: Literal["1m", "1h", "1d"] | None = None
    sources: list[Literal["image.generation", "image.edit", "image.variation"]] | None = None
    sizes: list[Literal["256x256", "512x512", "1024x1024", "1792x1792", "1024x1792"]] | None = None
    user_ids: list[str] | None = None
    api_key_ids: list[str] | None = None
    models: list[str] | None = None
    group_by: list[Literal["project_id", "user_id", "api_key_id", "model", "size", "source"]] | None = None


class FileSearchUsageQuery(SpanQuery):
    """Query of `GET /v1/organization/usage/file_search_calls`."""

    bucket_width: Literal["1m", "1h", "1d"] | None = None
    user_ids: list[str] | None = None
    api_key_ids: list[str] | None = None
    vector_store_ids: list[str] | None = None
    group_by: list[Literal["project_id", "user_id", "api_key_id", "vector_store_id"]] | None = None


class WebSearchUsageQuery(SpanQuery):
    """Query of `GET /v1/organization/usage/web_search_calls`."""

    bucket_width: Literal["1m", "1h", "1d"] | None = None
    user_ids: list[str] | None = None
    api_key_ids: list[str] | None = None
    models: list[str] | None = None
    context_levels: list[Literal["low", "medium", "high"]] | None = None
    group_by: list[Literal["project_id", "user_id", "api_key_id", "model", "context_level"]] | None = None


class _OfProject(TypedDict):
    project_id: str | None


class _OfUser(_OfProject):
    user_id: str | None
    api_key_id: str | None


class _OfModel(_OfUser):
    model: str | None


class UsageCompletionsResult(_OfModel):
    object: Literal["organization.usage.completions.result"]
    input_tokens: int
    input_cached_tokens: int
    input_cache_write_tokens: int
    input_uncached_tokens: int
    output_tokens: int
    input_text_tokens: int
    output_text_tokens: int
    input_cached_text_tokens: int
    input_audio_tokens: int
    input_cached_audio_tokens: int
    output_audio_tokens: int
    input_image_tokens: int
    input_cached_image_tokens: int
    output_image_tokens: int
    num_model_requests: int
    batch: bool | None
    service_tier: str | None


class UsageEmbeddingsResult(_OfModel):
    object: Literal["organization.usage.embeddings.result"]
    input_tokens: int
    num_model_requests: int


class UsageModerationsResult(_OfModel):
    object: Literal["organization.usage.moderations.result"]
    input_tokens: int
    num_model_requests: int


class UsageImagesResult(_OfModel):
    object: Literal["organization.usage.images.result"]
    images: int
    num_model_requests: int
    source: str | None
    size: str | None


class UsageAudioSpeechesResult(_OfModel):
    object: Literal["organization.usage.audio_speeches.result"]
    characters: int
    num_model_requests: int


class UsageAudioTranscriptionsResult(_OfModel):
    object: Literal["organization.usage.audio_transcriptions.result"]
    seconds: int
    num_model_requests: int


class UsageVectorStoresResult(_OfProject):
    object: Literal["organization.usage.vector_stores.result"]
    usage_bytes: int


class UsageCodeInterpreterSessionsResult(_OfProject):
    object: Literal["organization.usage.code_interpreter_sessions.result"]
    num_sessions: int


class UsageFileSearchCallsResult(_OfUser):
    object: Literal["organization.usage.file_searches.result"]
    num_requests: int
    vector_store_id: str | None


class UsageWebSearchCallsResult(_OfModel):
    object: Literal["organization.usage.web_searches.result"]
    num_model_requests: int
    num_requests: int
    context_level: str | None


class CostsAmount(TypedDict):
    value: float
    currency: str


class CostsResult(_OfProject):
    """`quantity` is told of a line item, in its unit; null where they are several."""

    object: Literal["organization.costs.result"]
    amount: CostsAmount
    line_item: str | None
    api_key_id: str | None
    quantity: float | None
    quantity_unit: NotRequired[str | None]


class UsageTimeBucket(TypedDict):
    object: Literal["bucket"]
    start_time: int
    end_time: int
    results: list[
        UsageCompletionsResult
        | UsageEmbeddingsResult
        | UsageModerationsResult
        | UsageImagesResult
        | UsageAudioSpeechesResult
        | UsageAudioTranscriptionsResult
        | UsageVectorStoresResult
        | UsageCodeInterpreterSessionsResult
        | UsageFileSearchCallsResult
        | UsageWebSearchCallsResult
        | CostsResult
    ]


class UsageResponse(TypedDict):
    object: Literal["page"]
    data: list[UsageTimeBucket]
    has_more: bool
    next_page: str | None
