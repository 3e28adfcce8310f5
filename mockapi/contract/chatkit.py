"""ChatKit: sessions, threads and their items: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateChatSessionBody, ChatSessionResource, ThreadResource, ThreadItem); order of keys as in its
schemas' examples.
"""

from typing import Annotated, Literal

from annotated_types import Ge, Le, Len, MaxLen, MinLen
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.chat import LongText
from mockapi.contract.types import Contract, PageQuery

_StateVariable = LongText | int | bool | float


class ChatKitEnabled(Contract):
    enabled: bool | None = None


class ChatKitWorkflowParam(Contract):
    """A workflow, the latest version unless one is named; its tracing is enabled unless it is told otherwise."""

    id: str
    version: str | None = None
    state_variables: Annotated[dict[Annotated[str, MaxLen(64)], _StateVariable], MaxLen(64)] | None = None
    tracing: ChatKitEnabled | None = None


class ChatKitExpiresAfter(Contract):
    anchor: Literal["created_at"]
    seconds: Annotated[int, Ge(1), Le(600)]


class ChatKitRateLimitsParam(Contract):
    max_requests_per_1_minute: Annotated[int, Ge(1)] | None = None


class ChatKitFileUploadParam(Contract):
    """`max_file_size` in megabytes."""

    enabled: bool | None = None
    max_file_size: Annotated[int, Ge(1), Le(512)] | None = None
    max_files: Annotated[int, Ge(1)] | None = None


class ChatKitHistoryParam(Contract):
    enabled: bool | None = None
    recent_threads: Annotated[int, Ge(1)] | None = None


class ChatKitConfigurationParam(Contract):
    automatic_thread_titling: ChatKitEnabled | None = None
    file_upload: ChatKitFileUploadParam | None = None
    history: ChatKitHistoryParam | None = None


class CreateChatKitSessionRequest(Contract):
    """Body of `POST /v1/chatkit/sessions`."""

    workflow: ChatKitWorkflowParam
    user: Annotated[str, MinLen(1)]
    expires_after: ChatKitExpiresAfter | None = None
    rate_limits: ChatKitRateLimitsParam | None = None
    chatkit_configuration: ChatKitConfigurationParam | None = None


class ListChatKitThreadsQuery(PageQuery):
    """Query of `GET /v1/chatkit/threads`."""

    user: Annotated[str, Len(1, 512)] | None = None


class ListChatKitItemsQuery(PageQuery):
    """Query of `GET /v1/chatkit/threads/{thread_id}/items`."""


class ChatKitTracing(TypedDict):
    enabled: bool


class ChatKitWorkflow(TypedDict):
    id: str
    version: str | None
    state_variables: dict[str, str | int | bool | float] | None
    tracing: ChatKitTracing


class ChatKitRateLimits(TypedDict):
    max_requests_per_1_minute: int


class ChatKitTitling(TypedDict):
    enabled: bool


class ChatKitFileUpload(TypedDict):
    enabled: bool
    max_file_size: int | None
    max_files: int | None


class ChatKitHistory(TypedDict):
    enabled: bool
    recent_threads: int | None


class ChatKitConfiguration(TypedDict):
    automatic_thread_titling: ChatKitTitling
    file_upload: ChatKitFileUpload
    history: ChatKitHistory


class ChatKitSession(TypedDict):
    """`expires_at` in Unix seconds."""

    id: str
    object: Literal["chatkit.session"]
    client_secret: str
    expires_at: int
    workflow: ChatKitWorkflow
    user: str
    rate_limits: ChatKitRateLimits
    max_requests_per_1_minute: int
    status: Literal["active", "expired", "cancelled"]
    chatkit_configuration: ChatKitConfiguration


class ChatKitActive(TypedDict):
    type: Literal["active"]


class ChatKitLocked(TypedDict):
    type: Literal["locked"]
    reason: str | None


class ChatKitClosed(TypedDict):
    type: Literal["closed"]
    reason: str | None


class ChatKitThread(TypedDict):
    """`created_at` in Unix seconds."""

    id: str
    object: Literal["chatkit.thread"]
    created_at: int
    title: str | None
    status: Annotated[ChatKitActive | ChatKitLocked | ChatKitClosed, Field(discriminator="type")]
    user: str


class ChatKitThreadList(TypedDict):
    object: Literal["list"]
    data: list[ChatKitThread]
    first_id: str | None
    has_more: bool
    last_id: str | None


class ChatKitThreadDeleted(TypedDict):
    id: str
    object: Literal["chatkit.thread.deleted"]
    deleted: bool


class ChatKitText(TypedDict):
    type: Literal["input_text"]
    text: str


class ChatKitQuotedText(TypedDict):
    type: Literal["quoted_text"]
    text: str


class ChatKitAttachment(TypedDict):
    type: Literal["image", "file"]
    id: str
    name: str
    mime_type: str
    preview_url: str | None


class ChatKitToolChoice(TypedDict):
    id: str


class ChatKitInferenceOptions(TypedDict):
    tool_choice: ChatKitToolChoice | None
    model: str | None


class ChatKitFileSource(TypedDict):
    type: Literal["file"]
    filename: str


class ChatKitUrlSource(TypedDict):
    type: Literal["url"]
    url: str


class ChatKitFileAnnotation(TypedDict):
    type: Literal["file"]
    source: ChatKitFileSource


class ChatKitUrlAnnotation(TypedDict):
    type: Literal["url"]
    source: ChatKitUrlSource


class ChatKitOutputText(TypedDict):
    type: Literal["output_text"]
    text: str
    annotations: list[Annotated[ChatKitFileAnnotation | ChatKitUrlAnnotation, Field(discriminator="type")]]


class _Item(TypedDict):
    id: str
    object: Literal["chatkit.thread_item"]
    created_at: int
    thread_id: str


class ChatKitUserMessage(_Item):
    type: Literal["chatkit.user_message"]
    content: list[Annotated[ChatKitText | ChatKitQuotedText, Field(discriminator="type")]]
    attachments: list[ChatKitAttachment]
    inference_options: ChatKitInferenceOptions | None


class ChatKitAssistantMessage(_Item):
    type: Literal["chatkit.assistant_message"]
    content: list[ChatKitOutputText]


class ChatKitWidget(_Item):
    type: Literal["chatkit.widget"]
    widget: str


class ChatKitClientToolCall(_Item):
    """`arguments` and `output` are JSON."""

    type: Literal["chatkit.client_tool_call"]
    status: Literal["in_progress", "completed"]
    call_id: str
    name: str
    arguments: str
    output: str | None


class ChatKitTask(_Item):
    type: Literal["chatkit.task"]
    task_type: Literal["custom", "thought"]
    heading: str | None
    summary: str | None


class ChatKitGroupedTask(TypedDict):
    type: Literal["custom", "thought"]
    heading: str | None
    summary: str | None


class ChatKitTaskGroup(_Item):
    type: Literal["chatkit.task_group"]
    tasks: list[ChatKitGroupedTask]


ChatKitItem = Annotated[
    ChatKitUserMessage | ChatKitAssistantMessage | ChatKitWidget | ChatKitClientToolCall | ChatKitTask | ChatKitTaskGroup,
    Field(discriminator="type"),
]


class ChatKitItemList(TypedDict):
    object: Literal["list"]
    data: list[ChatKitItem]
    first_id: str | None
    has_more: bool
    last_id: str | None
