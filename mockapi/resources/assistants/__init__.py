"""Assistants: create, list, retrieve, update, delete. `client.beta.assistants`."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.contract.assistants import assistants
from mockapi.dialects.assistants import read
from mockapi.operations import operation
from mockapi.resources import listing
from mockapi.resources.assistants import kept
from mockapi.resources.responses.refusals import unknown_model
from mockapi.transport.call import Call


@operation(
    "POST /assistants",
    id="createAssistant",
    request=assistants.CreateAssistantRequest,
    response=assistants.Assistant,
    beta=kept.BETA,
    unknown_model=unknown_model,
)
async def create(call: Call) -> dict[str, Any]:
    request: assistants.CreateAssistantRequest = call.request
    world = call.world
    await kept.card(call, request.model, request.reasoning_effort)
    kept.check(request.tools, request.response_format)
    made: dict[str, Any] = {
        "id": ids.plain("asst_", call.stream),
        "object": "assistant",
        "created_at": world.clock.seconds(),
        "name": request.name,
        "description": request.description,
        # seen: as it was asked for, an alias stays one
        "model": request.model,
        "instructions": request.instructions,
        "tools": read.offered(request.tools),
        "top_p": 1.0 if request.top_p is None else request.top_p,
        "temperature": 1.0 if request.temperature is None else request.temperature,
        "reasoning_effort": request.reasoning_effort,
        "tool_resources": await kept.resources(world, request.tool_resources, call.stream.child(1)),
        "metadata": request.metadata or {},
        "response_format": read.form(request.response_format),
    }
    await world.store.put(kept.KIND, made["id"], made)
    return made


@operation("GET /assistants", id="listAssistants", query=assistants.ListAssistantsQuery, response=assistants.AssistantList, beta=kept.BETA)
async def list_(call: Call) -> dict[str, Any]:
    return await listing.page(call.world, kept.KIND, call.query)


@operation("GET /assistants/{assistant_id}", id="getAssistant", response=assistants.Assistant, beta=kept.BETA)
async def retrieve(call: Call) -> dict[str, Any]:
    return await kept.find(call.world, call.parameters["assistant_id"])


@operation(
    "POST /assistants/{assistant_id}",
    id="modifyAssistant",
    request=assistants.ModifyAssistantRequest,
    response=assistants.Assistant,
    beta=kept.BETA,
    unknown_model=unknown_model,
)
async def update(call: Call) -> dict[str, Any]:
    request: assistants.ModifyAssistantRequest = call.request
    found = await kept.find(call.world, call.parameters["assistant_id"])
    changes: dict[str, Any] = {name: getattr(request, name) for name in request.model_fields_set}
    for name, tell in (("tools", read.offered), ("response_format", read.form)):
        if name in changes:
            changes[name] = tell(changes[name])
    for name, default in (("top_p", 1.0), ("temperature", 1.0), ("metadata", {}), ("model", found["model"])):
        if name in changes and changes[name] is None:
            changes[name] = default
    made = {**found, **changes}
    await kept.card(call, made["model"], made["reasoning_effort"])
    kept.check(request.tools, request.response_format)
    if "tool_resources" in changes:
        told = await kept.resources(call.world, request.tool_resources, call.stream)
        made["tool_resources"] = {**found["tool_resources"], **told}
    await call.world.store.put(kept.KIND, made["id"], made)
    return made


@operation("DELETE /assistants/{assistant_id}", id="deleteAssistant", response=assistants.AssistantDeleted, beta=kept.BETA)
async def delete(call: Call) -> dict[str, Any]:
    found = await kept.find(call.world, call.parameters["assistant_id"])
    await call.world.store.delete(kept.KIND, found["id"])
    return {"id": found["id"], "object": "assistant.deleted", "deleted": True}
