"""ChatKit's threads: list, retrieve, delete, list_items. `client.beta.chatkit.threads`."""

from __future__ import annotations

from typing import Any

from mockapi.contract import chatkit
from mockapi.operations import operation
from mockapi.resources import listing
from mockapi.resources.chatkit import kept
from mockapi.transport.call import Call


@operation(
    "GET /chatkit/threads",
    id="ListThreadsMethod",
    query=chatkit.ListChatKitThreadsQuery,
    response=chatkit.ChatKitThreadList,
    beta=kept.BETA,
)
async def list_(call: Call) -> dict[str, Any]:
    query: chatkit.ListChatKitThreadsQuery = call.query
    return await listing.page(
        call.world, kept.KIND, query, shape="first, more, last", wanted=lambda thread: query.user in (None, thread["user"])
    )


@operation("GET /chatkit/threads/{thread_id}", id="GetThreadMethod", response=chatkit.ChatKitThread, beta=kept.BETA)
async def retrieve(call: Call) -> dict[str, Any]:
    return await kept.find(call.world, call.parameters["thread_id"])


@operation("DELETE /chatkit/threads/{thread_id}", id="DeleteThreadMethod", response=chatkit.ChatKitThreadDeleted, beta=kept.BETA)
async def delete(call: Call) -> dict[str, Any]:
    thread_id = (await kept.find(call.world, call.parameters["thread_id"]))["id"]
    await kept.remove(call.world, thread_id)
    return {"id": thread_id, "object": "chatkit.thread.deleted", "deleted": True}


@operation(
    "GET /chatkit/threads/{thread_id}/items",
    id="ListThreadItemsMethod",
    query=chatkit.ListChatKitItemsQuery,
    response=chatkit.ChatKitItemList,
    beta=kept.BETA,
)
async def list_items(call: Call) -> dict[str, Any]:
    thread_id = (await kept.find(call.world, call.parameters["thread_id"]))["id"]
    return await listing.page(call.world, kept.items_of(thread_id), call.query, shape="first, more, last")
