"""The content of a container's file: retrieve. `client.containers.files.content`."""

from __future__ import annotations

from mockapi.operations import operation
from mockapi.resources.containers import kept
from mockapi.resources.containers.files import find
from mockapi.transport.call import Call
from mockapi.transport.reply import Content


@operation(
    "GET /containers/{container_id}/files/{file_id}/content",
    id="RetrieveContainerFileContent",
    contents=("application/octet-stream",),
)
async def retrieve(call: Call) -> Content:
    found = await find(call)
    return Content(await call.world.store.read(kept.content_of(found)) or b"", "application/octet-stream")
