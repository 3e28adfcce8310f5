"""Conversations: create, retrieve, update, delete. `client.conversations`."""

from __future__ import annotations

from typing import Any

from mockapi import errors, ids
from mockapi.contract import conversations
from mockapi.operations import operation
from mockapi.resources import kept_items
from mockapi.transport.call import Call
from mockapi.world import World

KIND = "conversation"
# seen: A.1
OMITTED = frozenset((b"x-openai-proxy-wasm",))


@operation(
    "POST /conversations",
    id="createConversation",
    request=conversations.CreateConversationRequest,
    response=conversations.Conversation,
    omits=OMITTED,
    knows_keys=True,
)
async def create(call: Call) -> dict[str, Any]:
    request: conversations.CreateConversationRequest = call.request
    world = call.world
    made: dict[str, Any] = {
        "id": ids.related("conv_", world.clock.micros(), call.stream),
        "object": "conversation",
        "created_at": world.clock.seconds(),
        "metadata": request.metadata or {},
    }
    found = await kept_items.resolved(world, request.items or [], lineage(made["id"]), call.stream.child(2), "items")
    refuse_duplicates(found, set())
    await world.store.put(KIND, made["id"], made)
    await add(world, made["id"], found)
    return made


async def find(world: World, conversation_id: str, param: str = "conversation_id") -> dict[str, Any]:
    """A conversation that is there. Raises 400 for what is no id of one, 404 for one that is not there."""
    errors.check_id(param, conversation_id, "conv")
    found = await world.store.get(KIND, conversation_id)
    if found is None:
        raise errors.conversation_not_found(conversation_id)
    return found


def lineage(conversation_id: str) -> str:
    """The 16 hex digits that the ids of a conversation's items begin with."""
    return conversation_id[-16:]


def held(conversation_id: str) -> str:
    """The kind under which the store holds a conversation's items, oldest first."""
    return f"{KIND} {conversation_id}"


async def add(world: World, conversation_id: str, found: list[dict[str, Any]]) -> None:
    """Put kept items at the end of a conversation."""
    await kept_items.keep(world, found)
    for item in found:
        await world.store.put(held(conversation_id), item["id"], item)


def refuse_duplicates(found: list[dict[str, Any]], known: set[str]) -> None:
    """Raise for an item that is there already, or twice."""
    seen = set(known)
    for item in found:
        if item["id"] in seen:
            raise errors.duplicate_item(item["id"], "items")
        seen.add(item["id"])


@operation(
    "GET /conversations/{conversation_id}",
    id="getConversation",
    response=conversations.Conversation,
    omits=OMITTED,
    knows_keys=True,
)
async def retrieve(call: Call) -> dict[str, Any]:
    return await find(call.world, call.parameters["conversation_id"])


@operation(
    "POST /conversations/{conversation_id}",
    id="updateConversation",
    request=conversations.UpdateConversationRequest,
    response=conversations.Conversation,
    omits=OMITTED,
    knows_keys=True,
)
async def update(call: Call) -> dict[str, Any]:
    found = {**await find(call.world, call.parameters["conversation_id"]), "metadata": call.request.metadata or {}}
    await call.world.store.put(KIND, found["id"], found)
    return found


@operation(
    "DELETE /conversations/{conversation_id}",
    id="deleteConversation",
    response=conversations.ConversationDeleted,
    omits=OMITTED,
    knows_keys=True,
)
async def delete(call: Call) -> dict[str, Any]:
    found = await find(call.world, call.parameters["conversation_id"])
    # doc: its items are not deleted; inputs may go on referring to them
    await call.world.store.delete(KIND, found["id"])
    return {"id": found["id"], "object": "conversation.deleted", "deleted": True}
