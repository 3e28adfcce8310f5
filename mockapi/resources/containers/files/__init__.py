"""The files of a container: create, list, retrieve, delete, and `content`. `client.containers.files`."""

from __future__ import annotations

from typing import Any

from mockapi import errors
from mockapi.contract import containers
from mockapi.operations import operation
from mockapi.resources import files
from mockapi.resources.containers import kept, refusals
from mockapi.store import paging
from mockapi.transport.call import Call


@operation(
    "POST /containers/{container_id}/files",
    id="CreateContainerFile",
    request=containers.CreateContainerFileRequest,
    form=containers.CreateContainerFileForm,
    response=containers.ContainerFile,
    largest=files.LARGEST_FORM,
)
async def create(call: Call) -> dict[str, Any]:
    request = call.request
    container = await kept.named(call.world, call.parameters["container_id"])
    sent = request.file if isinstance(request, containers.CreateContainerFileForm) else None
    if (sent is None) == (request.file_id is None):
        raise refusals.file_or_file_id()
    if sent is None:
        made = await kept.copy(call.world, call.stream, container["id"], request.file_id)
    elif len(sent.content) > files.LARGEST:
        raise errors.file_too_large(files.LARGEST, len(sent.content))
    else:
        path = kept.uploaded(call.stream, sent.filename)
        made = await kept.add(call.world, call.stream, container["id"], path, sent.content, source="user")
    await kept.touch(call.world, container)
    return made


@operation(
    "GET /containers/{container_id}/files",
    id="ListContainerFiles",
    query=containers.ListContainerFilesQuery,
    response=containers.ContainerFileList,
)
async def list_(call: Call) -> dict[str, Any]:
    query: containers.ListContainerFilesQuery = call.query
    container = await kept.named(call.world, call.parameters["container_id"])
    await kept.touch(call.world, container)
    store, kind, descending = call.world.store, kept.files_of(container["id"]), query.order != "asc"
    return await paging.listed(store, kind, query.limit, after=query.after, descending=descending, shape="first, more, last")


async def find(call: Call) -> dict[str, Any]:
    """The file that a path names; its container is used by that. Raises what the API says of either that is not there."""
    container = await kept.named(call.world, call.parameters["container_id"])
    file_id = call.parameters["file_id"]
    if not file_id.startswith("cfile"):
        raise errors.invalid_id_prefix("file_id", file_id, "cfile")
    found = await call.world.store.get(kept.files_of(container["id"]), file_id)
    if found is None:
        raise refusals.no_such_container_file()
    await kept.touch(call.world, container)
    return found


@operation("GET /containers/{container_id}/files/{file_id}", id="RetrieveContainerFile", response=containers.ContainerFile)
async def retrieve(call: Call) -> dict[str, Any]:
    return await find(call)


@operation("DELETE /containers/{container_id}/files/{file_id}", id="DeleteContainerFile", response=containers.ContainerFileDeleted)
async def delete(call: Call) -> dict[str, Any]:
    found = await find(call)
    await kept.discard(call.world, found)
    return {"id": found["id"], "object": "container.file.deleted", "deleted": True}
