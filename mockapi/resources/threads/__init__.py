"""Threads: create, create_and_run, retrieve, update, delete. `client.beta.threads`."""

from __future__ import annotations

from typing import Any

from mockapi import lifecycle
from mockapi.contract.assistants import threads
from mockapi.contract.assistants.runs import CreateThreadAndRunRequest
from mockapi.operations import operation
from mockapi.resources.assistants import kept as assistants
from mockapi.resources.threads import kept
from mockapi.resources.threads.runs import context, run_operation, start
from mockapi.transport.call import Call
from mockapi.transport.reply import Events


@operation("POST /threads", id="createThread", request=threads.CreateThreadRequest, response=threads.Thread, beta=assistants.BETA)
async def create(call: Call) -> dict[str, Any]:
    thread, messages = await kept.begun(call.world, call.request, call.stream)
    thread["tool_resources"] = await assistants.resources(call.world, call.request.tool_resources, call.stream.child(1))
    return await kept.add(call.world, thread, messages, call.stream.child(3))


@run_operation("POST /threads/runs", id="createThreadAndRun", request=CreateThreadAndRunRequest, gather=context.of_new_thread)
async def create_and_run(call: Call) -> dict[str, Any] | Events:
    return await start(call, is_new=True)


@operation("GET /threads/{thread_id}", id="getThread", response=threads.Thread, beta=assistants.BETA)
async def retrieve(call: Call) -> dict[str, Any]:
    return await kept.find(call.world, call.parameters["thread_id"])


@operation(
    "POST /threads/{thread_id}",
    id="modifyThread",
    request=threads.ModifyThreadRequest,
    response=threads.Thread,
    beta=assistants.BETA,
)
async def update(call: Call) -> dict[str, Any]:
    request: threads.ModifyThreadRequest = call.request
    found = await kept.find(call.world, call.parameters["thread_id"])
    told = await assistants.resources(call.world, request.tool_resources, call.stream)
    made = {**found, "tool_resources": {**found["tool_resources"], **told}}
    if "metadata" in request.model_fields_set:
        made["metadata"] = request.metadata or {}
    await call.world.store.put(kept.KIND, made["id"], made)
    return made


@operation("DELETE /threads/{thread_id}", id="deleteThread", response=threads.ThreadDeleted, beta=assistants.BETA)
async def delete(call: Call) -> dict[str, Any]:
    world = call.world
    thread_id = (await kept.find(world, call.parameters["thread_id"]))["id"]
    await world.store.delete(kept.KIND, thread_id)
    for run in await world.store.page(kept.runs_of(thread_id)):
        await lifecycle.forget(world, kept.RUN, run["id"])
        for step in await world.store.page(kept.steps_of(run["id"])):
            await world.store.delete(kept.steps_of(run["id"]), step["id"])
        await world.store.delete(kept.runs_of(thread_id), run["id"])
    for message in await world.store.page(kept.messages_of(thread_id)):
        await world.store.delete(kept.messages_of(thread_id), message["id"])
    return {"id": thread_id, "object": "thread.deleted", "deleted": True}
