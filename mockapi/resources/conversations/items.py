"""The items of a conversation: create, list, retrieve, delete. `client.conversations.items`."""

from __future__ import annotations

from typing import Any

from mockapi import errors
from mockapi.contract import conversations
from mockapi.dialects.responses.items import told
from mockapi.operations import operation
from mockapi.resources import kept_items
from mockapi.resources.conversations import OMITTED, add, find, held, lineage, refuse_duplicates
from mockapi.store import paging
from mockapi.transport.call import Call


@operation(
    "POST /conversations/{conversation_id}/items",
    id="createConversationItems",
    request=conversations.CreateItemsRequest,
    query=conversations.IncludeQuery,
    response=conversations.ConversationItemList,
    omits=OMITTED,
    knows_keys=True,
)
async def create(call: Call) -> dict[str, Any]:
    request: conversations.CreateItemsRequest = call.request
    world = call.world
    conversation_id = (await find(world, call.parameters["conversation_id"]))["id"]
    found = await kept_items.resolved(world, request.items, lineage(conversation_id), call.stream.child(2), "items")
    refuse_duplicates(found, {item["id"] for item in await world.store.page(held(conversation_id))})
    await add(world, conversation_id, found)
    rows = [told(item, call.query.include) for item in found]
    return paging.page(rows, len(rows), shape="first, more, last")


@operation(
    "GET /conversations/{conversation_id}/items",
    id="listConversationItems",
    query=conversations.ListItemsQuery,
    response=conversations.ConversationItemList,
    omits=OMITTED,
    knows_keys=True,
)
async def list_(call: Call) -> dict[str, Any]:
    query: conversations.ListItemsQuery = call.query
    conversation_id = (await find(call.world, call.parameters["conversation_id"]))["id"]
    store, kind, descending = call.world.store, held(conversation_id), query.order != "asc"
    page = await paging.listed(store, kind, query.limit, after=query.after, descending=descending, shape="first, more, last")
    return page | {"data": [told(item, query.include) for item in page["data"]]}


async def _item(call: Call) -> dict[str, Any]:
    conversation_id = (await find(call.world, call.parameters["conversation_id"]))["id"]
    item_id = call.parameters["item_id"]
    found = await call.world.store.get(held(conversation_id), item_id)
    if found is None:
        raise errors.item_not_found(item_id)
    return found


@operation(
    "GET /conversations/{conversation_id}/items/{item_id}",
    id="getConversationItem",
    query=conversations.IncludeQuery,
    response=conversations.ConversationItem,
    omits=OMITTED,
    knows_keys=True,
)
async def retrieve(call: Call) -> dict[str, Any]:
    return told(await _item(call), call.query.include)


@operation(
    "DELETE /conversations/{conversation_id}/items/{item_id}",
    id="deleteConversationItem",
    response=conversations.Conversation,
    omits=OMITTED,
    knows_keys=True,
)
async def delete(call: Call) -> dict[str, Any]:
    found = await _item(call)
    conversation = await find(call.world, call.parameters["conversation_id"])
    await call.world.store.delete(held(conversation["id"]), found["id"])
    await call.world.store.delete(kept_items.KIND, found["id"])
    return conversation
