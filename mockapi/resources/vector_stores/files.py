"""The files of a vector store: create, list, retrieve, update, delete, content. `client.vector_stores.files`."""

from __future__ import annotations

from typing import Any

from mockapi.contract import vector_stores
from mockapi.operations import operation
from mockapi.resources.vector_stores import filling, kept, refusals
from mockapi.transport.call import Call

# sdk: tells those who poll how long to wait; guess: how long
POLL = (b"openai-poll-after-ms", b"100")


@operation(
    "POST /vector_stores/{vector_store_id}/files",
    id="createVectorStoreFile",
    request=vector_stores.CreateVectorStoreFileRequest,
    response=vector_stores.VectorStoreFile,
)
async def create(call: Call) -> dict[str, Any]:
    request: vector_stores.CreateVectorStoreFileRequest = call.request
    world, store_id = call.world, call.parameters["vector_store_id"]
    await kept.living(world, store_id)
    strategy = kept.chunking(request.chunking_strategy)
    (file,) = await kept.sources(world, [request.file_id], "file_id")
    await kept.touch(world, store_id)
    # As they were sent: a whole number stays one.
    return await filling.put(world, store_id, file, strategy, call.asked.json.get("attributes"))


@operation(
    "GET /vector_stores/{vector_store_id}/files",
    id="listVectorStoreFiles",
    query=vector_stores.ListVectorStoreFilesQuery,
    response=vector_stores.VectorStoreFileList,
)
async def list_(call: Call) -> dict[str, Any]:
    store = await kept.find(call.world, call.parameters["vector_store_id"])
    return await kept.page(call.world, store["id"], kept.files_of(store["id"]), call.query)


@operation("GET /vector_stores/{vector_store_id}/files/{file_id}", id="getVectorStoreFile", response=vector_stores.VectorStoreFile)
async def retrieve(call: Call) -> dict[str, Any]:
    row = await kept.look(call.world, call.parameters["vector_store_id"], await kept.named(call))
    call.further = (POLL,)
    shown: dict[str, Any] = row["shown"]
    return shown


@operation(
    "POST /vector_stores/{vector_store_id}/files/{file_id}",
    id="updateVectorStoreFileAttributes",
    request=vector_stores.UpdateVectorStoreFileAttributesRequest,
    response=vector_stores.VectorStoreFile,
)
async def update(call: Call) -> dict[str, Any]:
    row = await kept.named(call)
    shown = {**row["shown"], "attributes": call.asked.json["attributes"] or {}}
    await call.world.store.put(kept.files_of(shown["vector_store_id"]), row["id"], {**row, "shown": shown})
    return shown


@operation(
    "DELETE /vector_stores/{vector_store_id}/files/{file_id}",
    id="deleteVectorStoreFile",
    response=vector_stores.VectorStoreFileDeleted,
)
async def delete(call: Call) -> dict[str, Any]:
    row = await kept.named(call)
    await kept.remove(call.world, call.parameters["vector_store_id"], row["id"])
    return {"id": row["id"], "object": "vector_store.file.deleted", "deleted": True}


@operation(
    "GET /vector_stores/{vector_store_id}/files/{file_id}/content",
    id="retrieveVectorStoreFileContent",
    response=vector_stores.VectorStoreFileContentPage,
)
async def content(call: Call) -> dict[str, Any]:
    row = await kept.named(call)
    if row["shown"]["status"] != "completed":
        raise refusals.no_text_yet()
    text = await call.world.store.read(kept.text_of(call.parameters["vector_store_id"], row["id"])) or b""
    # guess: one part; the document shows no answer
    return {
        "object": "vector_store.file_content.page",
        "data": [{"type": "text", "text": text.decode()}],
        "has_more": False,
        "next_page": None,
    }
