"""Realtime: the items of a conversation, as a client puts them there.

Source: the official OpenAPI document (RealtimeConversationItem and what hangs on it); the beta's kinds of content: the SDK's beta types.
"""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from mockapi.contract.types import Contract, FreeObject, Wording

Status = Literal["completed", "incomplete", "in_progress"]


class SystemContent(Contract):
    type: Literal["input_text"] | None = None
    text: str | None = None


class UserContent(Contract):
    type: Literal["input_text", "input_audio", "input_image"] | None = None
    text: str | None = None
    audio: str | None = None
    image_url: str | None = None
    detail: Literal["auto", "low", "high"] | None = None
    transcript: str | None = None


class AssistantContent(Contract):
    # sdk: the last two are the beta's
    type: Literal["output_text", "output_audio", "text", "audio"] | None = None
    text: str | None = None
    audio: str | None = None
    transcript: str | None = None


class _Item(Contract):
    id: str | None = None
    object: Literal["realtime.item"] | None = None
    status: Status | None = None


class RealtimeSystemMessage(_Item):
    type: Literal["message"]
    role: Literal["system"]
    content: list[SystemContent]


class RealtimeUserMessage(_Item):
    type: Literal["message"]
    role: Literal["user"]
    content: list[UserContent]


class RealtimeAssistantMessage(_Item):
    type: Literal["message"]
    role: Literal["assistant"]
    content: list[AssistantContent]


class RealtimeFunctionCall(_Item):
    type: Literal["function_call"]
    call_id: str | None = None
    name: str
    arguments: str


class RealtimeFunctionCallOutput(_Item):
    type: Literal["function_call_output"]
    call_id: str
    output: str


class RealtimeMcpApprovalResponse(Contract):
    type: Literal["mcp_approval_response"]
    # sdk: agents leave it out
    id: str | None = None
    approval_request_id: str
    approve: bool
    reason: str | None = None


class RealtimeMcpApprovalRequest(Contract):
    type: Literal["mcp_approval_request"]
    id: str
    server_label: str
    name: str
    arguments: str


class RealtimeMcpListedTool(Contract):
    name: str
    description: str | None = None
    input_schema: FreeObject
    annotations: FreeObject | None = None


class RealtimeMcpListTools(Contract):
    type: Literal["mcp_list_tools"]
    id: str | None = None
    server_label: str
    tools: list[RealtimeMcpListedTool]


class McpToolCall(Contract):
    type: Literal["mcp_call"]
    id: str
    server_label: str
    name: str
    arguments: str
    approval_request_id: str | None = None
    output: str | None = None
    error: FreeObject | None = None


class RealtimeItemReference(Contract):
    """One that is in the conversation already; in the `input` of a response alone."""

    type: Literal["item_reference"]
    id: str


Message = Annotated[
    RealtimeSystemMessage | RealtimeUserMessage | RealtimeAssistantMessage,
    Field(discriminator="role"),
    Wording(supported=("system", "user", "assistant")),
]


def _kind(item: Any) -> str | None:
    told = item.get("type") if isinstance(item, dict) else None
    return told if isinstance(told, str) else None


_NAMES = (
    "message", "function_call", "function_call_output", "mcp_approval_response", "mcp_list_tools", "mcp_call", "mcp_approval_request",
)  # fmt: skip
_Kept = (
    Annotated[Message, Tag("message")]
    | Annotated[RealtimeFunctionCall, Tag("function_call")]
    | Annotated[RealtimeFunctionCallOutput, Tag("function_call_output")]
    | Annotated[RealtimeMcpApprovalResponse, Tag("mcp_approval_response")]
    | Annotated[RealtimeMcpListTools, Tag("mcp_list_tools")]
    | Annotated[McpToolCall, Tag("mcp_call")]
    | Annotated[RealtimeMcpApprovalRequest, Tag("mcp_approval_request")]
)
ConversationItem = Annotated[_Kept, Discriminator(_kind), Wording(supported=_NAMES)]
GivenItem = Annotated[
    _Kept | Annotated[RealtimeItemReference, Tag("item_reference")], Discriminator(_kind), Wording(supported=(*_NAMES, "item_reference"))
]
