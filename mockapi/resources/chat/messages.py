"""The messages of a stored completion's prompt. `client.chat.completions.messages`."""

from __future__ import annotations

from typing import Any

from mockapi import errors
from mockapi.contract import chat, chat_objects
from mockapi.operations import operation
from mockapi.resources.chat.completions import MESSAGES
from mockapi.store import paging
from mockapi.transport.call import Call


@operation(
    "GET /chat/completions/{completion_id}/messages",
    id="getChatCompletionMessages",
    query=chat.ListMessagesQuery,
    response=chat_objects.ChatCompletionMessageList,
)
async def list_(call: Call) -> dict[str, Any]:
    completion_id = call.parameters["completion_id"]
    stored = await call.world.store.get(MESSAGES, completion_id)
    if stored is None:
        raise errors.completion_not_found(completion_id)
    query: chat.ListMessagesQuery = call.query
    return paging.page(paging.beyond(stored["messages"], query.after, query.order), query.limit)
