"""Messages of threads: create, list, retrieve, update, delete. `client.beta.threads.messages`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.assistants import threads
from mockapi.operations import operation
from mockapi.resources import listing
from mockapi.resources.assistants import refusals
from mockapi.resources.assistants.kept import BETA
from mockapi.resources.threads import kept
from mockapi.transport.call import Call


@operation(
    "POST /threads/{thread_id}/messages",
    id="createMessage",
    request=threads.CreateMessageRequest,
    response=threads.ThreadMessage,
    beta=BETA,
)
async def create(call: Call) -> dict[str, Any]:
    world, thread_id = call.world, call.parameters["thread_id"]
    async with world.turn(kept.KIND, thread_id):
        thread = await kept.find(world, thread_id)
        made = await kept.written(world, thread_id, [call.request], call.stream)
        run_id = await kept.active(world, thread_id)
        if run_id is not None:
            raise refusals.no_messages_now(thread_id, run_id)
        await kept.add(world, thread, made, call.stream.child(1))
    return made[0]


@operation(
    "GET /threads/{thread_id}/messages",
    id="listMessages",
    query=threads.ListMessagesOfThreadQuery,
    response=threads.ThreadMessageList,
    beta=BETA,
)
async def list_(call: Call) -> dict[str, Any]:
    query: threads.ListMessagesOfThreadQuery = call.query
    thread_id = (await kept.find(call.world, call.parameters["thread_id"]))["id"]
    await kept.active(call.world, thread_id)
    return await listing.page(
        call.world, kept.messages_of(thread_id), query, wanted=lambda message: query.run_id in (None, message["run_id"])
    )


async def _named(call: Call) -> dict[str, Any]:
    thread_id = call.parameters["thread_id"]
    await kept.active(call.world, thread_id)
    return await kept.part(call.world, thread_id, "message", call.parameters["message_id"])


@operation("GET /threads/{thread_id}/messages/{message_id}", id="getMessage", response=threads.ThreadMessage, beta=BETA)
async def retrieve(call: Call) -> dict[str, Any]:
    return await _named(call)


@operation(
    "POST /threads/{thread_id}/messages/{message_id}",
    id="modifyMessage",
    request=threads.ModifyMessageRequest,
    response=threads.ThreadMessage,
    beta=BETA,
)
async def update(call: Call) -> dict[str, Any]:
    found = await _named(call)
    if "metadata" in call.request.model_fields_set:
        found = {**found, "metadata": call.request.metadata or {}}
        await call.world.store.put(kept.messages_of(found["thread_id"]), found["id"], found)
    return found


@operation("DELETE /threads/{thread_id}/messages/{message_id}", id="deleteMessage", response=threads.ThreadMessageDeleted, beta=BETA)
async def delete(call: Call) -> dict[str, Any]:
    found = await _named(call)
    await call.world.store.delete(kept.messages_of(found["thread_id"]), found["id"])
    return {"id": found["id"], "object": "thread.message.deleted", "deleted": True}
