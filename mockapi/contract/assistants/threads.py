"""Threads and their messages: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateThreadRequest, ThreadObject, CreateMessageRequest, MessageObject, MessageContent*Object);
order of keys as recorded (api-facts G.6).
"""

from typing import Annotated, Literal

from annotated_types import Ge, Len, MaxLen
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.assistants.tools import AssistantCodeTool, CodeToolTold, GivenToolResources, ToolResources, ToolResourcesTold
from mockapi.contract.types import Contract, Metadata, PageQuery

Detail = Literal["auto", "low", "high"]
# seen: told by the API's errors
MessageText = Annotated[str, MaxLen(256_000)]
MessageStatus = Literal["in_progress", "incomplete", "completed"]


class MessageTextPart(Contract):
    type: Literal["text"]
    text: MessageText


class ImageFile(Contract):
    file_id: str
    detail: Detail | None = None


class ImageFilePart(Contract):
    type: Literal["image_file"]
    image_file: ImageFile


class MessageImageUrl(Contract):
    url: str
    detail: Detail | None = None


class MessageImagePart(Contract):
    type: Literal["image_url"]
    image_url: MessageImageUrl


MessagePart = Annotated[MessageTextPart | ImageFilePart | MessageImagePart, Field(discriminator="type")]


class AttachedFileSearch(Contract):
    type: Literal["file_search"]


class Attachment(Contract):
    file_id: str
    tools: list[Annotated[AssistantCodeTool | AttachedFileSearch, Field(discriminator="type")]]


class CreateMessageRequest(Contract):
    """Body of `POST /v1/threads/{thread_id}/messages`, and a message of a new thread or run."""

    role: Literal["user", "assistant"]
    content: MessageText | Annotated[list[MessagePart], Len(1)]
    attachments: list[Attachment] | None = None
    metadata: Metadata | None = None


class ModifyMessageRequest(Contract):
    """Body of `POST /v1/threads/{thread_id}/messages/{message_id}`."""

    metadata: Metadata | None = None


class CreateThreadRequest(Contract):
    """Body of `POST /v1/threads`, and the thread of `POST /v1/threads/runs`."""

    messages: list[CreateMessageRequest] | None = None
    tool_resources: ToolResources | None = None
    metadata: Metadata | None = None


class ModifyThreadRequest(Contract):
    """Body of `POST /v1/threads/{thread_id}`."""

    tool_resources: GivenToolResources | None = None
    metadata: Metadata | None = None


class ListMessagesOfThreadQuery(PageQuery):
    """Query of `GET /v1/threads/{thread_id}/messages`."""

    run_id: str | None = None


class Thread(TypedDict):
    """`created_at` in Unix seconds."""

    id: str
    object: Literal["thread"]
    created_at: int
    metadata: dict[str, str]
    tool_resources: ToolResourcesTold


class ThreadDeleted(TypedDict):
    id: str
    object: Literal["thread.deleted"]
    deleted: bool


class CitedFile(TypedDict):
    file_id: str


class FileCitation(TypedDict):
    """`text` is what stands for the source in the message, from `start_index` up to `end_index`, in characters."""

    type: Literal["file_citation"]
    text: str
    file_citation: CitedFile
    start_index: Annotated[int, Ge(0)]
    end_index: Annotated[int, Ge(0)]


class MessageTextValue(TypedDict):
    value: str
    annotations: list[FileCitation]


class MessageTextContent(TypedDict):
    type: Literal["text"]
    text: MessageTextValue


class MessageRefusalContent(TypedDict):
    type: Literal["refusal"]
    refusal: str


class ImageFileTold(TypedDict):
    file_id: str
    detail: Detail


class ImageFileContent(TypedDict):
    type: Literal["image_file"]
    image_file: ImageFileTold


class ImageUrlTold(TypedDict):
    url: str
    detail: Detail


class ImageUrlContent(TypedDict):
    type: Literal["image_url"]
    image_url: ImageUrlTold


class FileSearchTypeTold(TypedDict):
    type: Literal["file_search"]


class AttachmentTold(TypedDict):
    file_id: str
    tools: list[CodeToolTold | FileSearchTypeTold]


class MessageIncompleteDetails(TypedDict):
    reason: Literal["content_filter", "max_tokens", "run_cancelled", "run_expired", "run_failed"]


class ThreadMessage(TypedDict):
    """Times in Unix seconds. What a client wrote has neither run nor assistant."""

    id: str
    object: Literal["thread.message"]
    created_at: int
    assistant_id: str | None
    thread_id: str
    run_id: str | None
    status: MessageStatus
    incomplete_details: MessageIncompleteDetails | None
    incomplete_at: int | None
    completed_at: int | None
    role: Literal["user", "assistant"]
    content: list[MessageTextContent | MessageRefusalContent | ImageFileContent | ImageUrlContent]
    attachments: list[AttachmentTold]
    metadata: dict[str, str]


class ThreadMessageList(TypedDict):
    object: Literal["list"]
    data: list[ThreadMessage]
    first_id: str | None
    last_id: str | None
    has_more: bool


class ThreadMessageDeleted(TypedDict):
    id: str
    object: Literal["thread.message.deleted"]
    deleted: bool
