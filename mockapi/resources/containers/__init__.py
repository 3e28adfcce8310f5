"""Containers: create, list, retrieve, delete, and `files`. `client.containers`."""

from __future__ import annotations

from typing import Any

from mockapi.contract import containers
from mockapi.operations import operation
from mockapi.resources.containers import kept
from mockapi.store import paging
from mockapi.transport.call import Call


@operation("POST /containers", id="CreateContainer", request=containers.CreateContainerRequest, response=containers.Container)
async def create(call: Call) -> dict[str, Any]:
    request: containers.CreateContainerRequest = call.request
    policy = request.network_policy
    # guess: skills are taken as they come, since an answer does not tell of them
    return await kept.make(
        call.world,
        call.stream,
        request.name,
        file_ids=request.file_ids or (),
        minutes=None if request.expires_after is None else request.expires_after.minutes,
        memory_limit=request.memory_limit,
        network_policy=None if policy is None else policy.model_dump(exclude_none=True),
    )


@operation("GET /containers", id="ListContainers", query=containers.ListContainersQuery, response=containers.ContainerList)
async def list_(call: Call) -> dict[str, Any]:
    query: containers.ListContainersQuery = call.query
    rows = await call.world.store.page(kept.KIND, after=query.after, descending=query.order != "asc")
    now = [await kept.find(call.world, row["id"]) for row in rows if query.name in (None, row["name"])]
    return paging.page([row for row in now if row is not None], query.limit, shape="first, more, last")


@operation("GET /containers/{container_id}", id="RetrieveContainer", response=containers.Container)
async def retrieve(call: Call) -> dict[str, Any]:
    # doc: looking at a container uses it; one that has expired is still told of
    return await kept.touch(call.world, await kept.named(call.world, call.parameters["container_id"], expired=True))


@operation("DELETE /containers/{container_id}", id="DeleteContainer", response=containers.ContainerDeleted)
async def delete(call: Call) -> dict[str, Any]:
    found = await kept.named(call.world, call.parameters["container_id"], expired=True)
    await kept.remove(call.world, found["id"])
    return {"id": found["id"], "object": "container.deleted", "deleted": True}
