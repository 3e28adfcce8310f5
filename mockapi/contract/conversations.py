"""Conversations: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateConversationBody, ConversationResource, ConversationItemList); api-facts C.10, G.7, G.10.
"""

from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from typing_extensions import TypeAliasType, TypedDict

from mockapi.contract.responses.items import InputItem
from mockapi.contract.responses.output import KeptItem
from mockapi.contract.responses.request import Include
from mockapi.contract.types import Contract, Metadata

# doc: up to 20 items at a time
Items = Annotated[list[InputItem], MaxLen(20)]


class CreateConversationRequest(Contract):
    """Body of `POST /v1/conversations`."""

    items: Items | None = None
    metadata: Metadata | None = None


class UpdateConversationRequest(Contract):
    """Body of `POST /v1/conversations/{conversation_id}`."""

    metadata: Metadata | None


class CreateItemsRequest(Contract):
    """Body of `POST /v1/conversations/{conversation_id}/items`."""

    items: Items


class IncludeQuery(Contract):
    """Query of `POST /v1/conversations/{conversation_id}/items` and of one of the items."""

    include: list[Include] | None = None


class ListItemsQuery(Contract):
    """Query of `GET /v1/conversations/{conversation_id}/items`."""

    limit: Annotated[int, Ge(0), Le(100)] | None = None
    order: Literal["asc", "desc"] | None = None
    after: str | None = None
    include: list[Include] | None = None


class Conversation(TypedDict):
    """`created_at` in Unix seconds."""

    id: str
    object: Literal["conversation"]
    created_at: int
    metadata: dict[str, str]


class ConversationDeleted(TypedDict):
    id: str
    object: Literal["conversation.deleted"]
    deleted: bool


ConversationItem = TypeAliasType("ConversationItem", KeptItem)


class ConversationItemList(TypedDict):
    object: Literal["list"]
    data: list[ConversationItem]
    first_id: str | None
    has_more: bool
    last_id: str | None
