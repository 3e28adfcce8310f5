"""Assistants: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateAssistantRequest, ModifyAssistantRequest, AssistantObject); order of keys as recorded
(api-facts G.6).
"""

from typing import Annotated, Literal

from annotated_types import Len, MaxLen
from typing_extensions import TypedDict

from mockapi.contract.assistants.tools import (
    AnswerFormat,
    AnswerFormatTold,
    AssistantTool,
    Effort,
    GivenToolResources,
    ToolResources,
    ToolResourcesTold,
    ToolTold,
)
from mockapi.contract.types import Contract, Fraction, Metadata, PageQuery, Temperature

AssistantName = Annotated[str, MaxLen(256)]
AssistantDescription = Annotated[str, MaxLen(512)]
Instructions = Annotated[str, MaxLen(256_000)]


class CreateAssistantRequest(Contract):
    """Body of `POST /v1/assistants`."""

    model: Annotated[str, Len(1)]
    name: AssistantName | None = None
    description: AssistantDescription | None = None
    instructions: Instructions | None = None
    reasoning_effort: Effort | None = None
    tools: Annotated[list[AssistantTool], MaxLen(128)] | None = None
    tool_resources: ToolResources | None = None
    metadata: Metadata | None = None
    temperature: Temperature | None = None
    top_p: Fraction | None = None
    response_format: AnswerFormat | None = None


class ModifyAssistantRequest(Contract):
    """Body of `POST /v1/assistants/{assistant_id}`."""

    model: Annotated[str, Len(1)] | None = None
    reasoning_effort: Effort | None = None
    name: AssistantName | None = None
    description: AssistantDescription | None = None
    instructions: Instructions | None = None
    tools: Annotated[list[AssistantTool], MaxLen(128)] | None = None
    tool_resources: GivenToolResources | None = None
    metadata: Metadata | None = None
    temperature: Temperature | None = None
    top_p: Fraction | None = None
    response_format: AnswerFormat | None = None


class ListAssistantsQuery(PageQuery):
    """Query of `GET /v1/assistants`."""


class Assistant(TypedDict):
    """`created_at` in Unix seconds."""

    id: str
    object: Literal["assistant"]
    created_at: int
    name: AssistantName | None
    description: AssistantDescription | None
    model: str
    instructions: Instructions | None
    tools: Annotated[list[ToolTold], MaxLen(128)]
    top_p: Fraction | None
    temperature: Temperature | None
    reasoning_effort: Effort | None
    tool_resources: ToolResourcesTold
    metadata: dict[str, str]
    response_format: AnswerFormatTold


class AssistantList(TypedDict):
    object: Literal["list"]
    data: list[Assistant]
    first_id: str | None
    last_id: str | None
    has_more: bool


class AssistantDeleted(TypedDict):
    id: str
    object: Literal["assistant.deleted"]
    deleted: bool
