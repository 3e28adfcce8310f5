"""Videos: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateVideoJsonBody, CreateVideoMultipartBody, VideoResource and their kin). Which sizes a model
makes is checked by its card, in `resources/videos`.
"""

from typing import Annotated, Literal

from annotated_types import Ge, Le, Len
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.images import ImageRefParam
from mockapi.contract.types import Contract, File, Wording

VideoPrompt = Annotated[str, Len(1, 32_000)]
VideoSeconds = Literal["4", "8", "12"]
# doc: in words; the schema of the official document has the three of a new video
ExtensionSeconds = Literal["4", "8", "12", "16", "20"]
VideoSize = Literal["720x1280", "1280x720", "1024x1792", "1792x1024"]
VideoStatus = Literal["queued", "in_progress", "completed", "failed"]


class CreateVideoJsonBody(Contract):
    """JSON body of `POST /v1/videos`."""

    prompt: VideoPrompt
    model: str | None = None
    input_reference: ImageRefParam | None = None
    seconds: VideoSeconds | None = None
    size: VideoSize | None = None


class CreateVideoMultipartBody(Contract):
    """Form of `POST /v1/videos`."""

    prompt: VideoPrompt
    model: str | None = None
    # seen: what a text is told (chatfire-AI/huobao-drama#49)
    input_reference: Annotated[File | ImageRefParam | None, Wording(expected="a file")] = None
    seconds: VideoSeconds | None = None
    size: VideoSize | None = None


class VideoReferenceInputParam(Contract):
    """A completed video by its id."""

    id: str


class CreateVideoEditJsonBody(Contract):
    """JSON body of `POST /v1/videos/edits`."""

    video: VideoReferenceInputParam
    prompt: VideoPrompt


class CreateVideoEditMultipartBody(Contract):
    """Form of `POST /v1/videos/edits`."""

    video: File | VideoReferenceInputParam
    prompt: VideoPrompt


class CreateVideoExtendJsonBody(Contract):
    """JSON body of `POST /v1/videos/extensions`."""

    video: VideoReferenceInputParam
    prompt: VideoPrompt
    seconds: ExtensionSeconds


class CreateVideoExtendMultipartBody(Contract):
    """Form of `POST /v1/videos/extensions`."""

    video: File | VideoReferenceInputParam
    prompt: VideoPrompt
    seconds: ExtensionSeconds


class CreateVideoRemixBody(Contract):
    """Body of `POST /v1/videos/{video_id}/remix`, as JSON or as a form."""

    prompt: VideoPrompt


class CreateVideoCharacterBody(Contract):
    """Form of `POST /v1/videos/characters`."""

    video: File
    name: Annotated[str, Len(1, 80)]


class ListVideosQuery(Contract):
    """Query of `GET /v1/videos`."""

    limit: Annotated[int, Ge(0), Le(100)] | None = None
    order: Literal["asc", "desc"] | None = None
    after: str | None = None


class VideoContentQuery(Contract):
    """Query of `GET /v1/videos/{video_id}/content`."""

    variant: Literal["video", "thumbnail", "spritesheet"] | None = None


class VideoError(TypedDict):
    """Why a video failed."""

    code: str
    message: str


class VideoResource(TypedDict):
    """Times in Unix seconds, null until they come; `progress` in percent; `seconds` of the whole clip."""

    id: str
    object: Literal["video"]
    created_at: int
    status: VideoStatus
    completed_at: int | None
    error: VideoError | None
    # doc: until when its files may be fetched
    expires_at: int | None
    model: str
    progress: Annotated[int, Ge(0), Le(100)]
    prompt: str | None
    remixed_from_video_id: str | None
    seconds: Annotated[str, Field(examples=["4", "8", "12"])]
    size: VideoSize


class VideoListResource(TypedDict):
    object: Literal["list"]
    data: list[VideoResource]
    first_id: str | None
    last_id: str | None
    has_more: bool


class DeletedVideoResource(TypedDict):
    id: str
    object: Literal["video.deleted"]
    deleted: bool


class VideoCharacterResource(TypedDict):
    """`created_at` in Unix seconds."""

    id: str | None
    name: str | None
    created_at: int
