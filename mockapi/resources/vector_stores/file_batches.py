"""File batches of a vector store: create, retrieve, cancel, list_files. `client.vector_stores.file_batches`."""

from __future__ import annotations

import asyncio
from typing import Any

from mockapi import errors, ids, lifecycle
from mockapi.contract import vector_stores, wording
from mockapi.lifecycle import WHOLE, Job, Lifecycle, Stage
from mockapi.operations import operation
from mockapi.resources.vector_stores import filling, kept, refusals
from mockapi.resources.vector_stores.files import POLL
from mockapi.resources.vector_stores.processing import process
from mockapi.transport.call import Call
from mockapi.world import World


@operation(
    "POST /vector_stores/{vector_store_id}/file_batches",
    id="createVectorStoreFileBatch",
    request=vector_stores.CreateVectorStoreFileBatchRequest,
    response=vector_stores.VectorStoreFileBatch,
)
async def create(call: Call) -> dict[str, Any]:
    request: vector_stores.CreateVectorStoreFileBatchRequest = call.request
    world, store_id = call.world, call.parameters["vector_store_id"]
    await kept.living(world, store_id)
    if request.file_ids is not None and request.files is not None:
        raise refusals.mutually_exclusive("file_ids", "files")
    if request.file_ids is None and request.files is None:
        raise wording.missing("file_ids")
    if request.files is None:
        asked = [{"file_id": file_id, "attributes": call.asked.json.get("attributes")} for file_id in request.file_ids or ()]
        strategies = [kept.chunking(request.chunking_strategy)] * len(asked)
        param = "file_ids[{}]"
    else:
        # doc: with options of its own for each file, those of the batch are ignored
        asked = call.asked.json["files"]
        strategies = [
            kept.chunking(file.chunking_strategy, f"files[{place}].chunking_strategy") for place, file in enumerate(request.files)
        ]
        param = "files[{}].file_id"
    found = await kept.sources(world, [file["file_id"] for file in asked], param)
    await kept.touch(world, store_id)
    batch_id = ids.timed("vsfb_ibj_", world.clock.micros(), call.stream)
    own: dict[str, Any] = {"files": list(dict.fromkeys(file["id"] for file in found)), "done": []}
    shown: dict[str, Any] = {
        "id": batch_id,
        "object": kept.BATCH,
        "created_at": world.clock.seconds(),
        "status": "in_progress",
        "vector_store_id": store_id,
        "file_counts": _counts(own),
    }
    for file, each, strategy in zip(found, asked, strategies, strict=True):
        await filling.put(world, store_id, file, strategy, each.get("attributes"), batch_id)
        await world.store.put(kept.files_of(batch_id), file["id"], {"id": file["id"]})
    await world.store.put(kept.batches_of(store_id), batch_id, {"id": batch_id})
    job: Job = {"shown": shown, "since": world.clock.micros(), "looks": 0, "until": None, "own": own}
    await lifecycle.begin(world, kept.BATCH, job)
    return shown


async def _some(world: World, job: Job, share: int) -> None:
    """Process the files of a batch that are due by now, in order."""
    shown, own = job["shown"], job["own"]
    due = len(own["files"]) * share // WHOLE
    while len(own["done"]) < due:
        own["done"].append(await process(world, shown["vector_store_id"], own["files"][len(own["done"])], shown["id"]))
        shown["file_counts"] = _counts(own)
        await asyncio.sleep(0)


async def _ended(world: World, job: Job, at: int) -> None:
    # guess: a batch fails where all its files did
    job["shown"]["status"] = "failed" if set(job["own"]["done"]) == {"failed"} else "completed"


def _counts(own: dict[str, Any], rest: str = "in_progress") -> dict[str, int]:
    return kept.counts([*own["done"], *[rest] * (len(own["files"]) - len(own["done"]))])


lifecycle.register(Lifecycle(kept.BATCH, {"in_progress": Stage(_ended, _some)}))


async def _named(call: Call) -> str:
    """The id of the batch that a path names. Raises what the API says of a store or a batch that is not there."""
    store_id, batch_id = call.parameters["vector_store_id"], call.parameters["batch_id"]
    await kept.find(call.world, store_id)
    errors.check_id("batch_id", batch_id, "vsfb")
    if await call.world.store.get(kept.batches_of(store_id), batch_id) is None:
        raise refusals.no_such_file_batch(batch_id)
    return batch_id


@operation(
    "GET /vector_stores/{vector_store_id}/file_batches/{batch_id}",
    id="getVectorStoreFileBatch",
    response=vector_stores.VectorStoreFileBatch,
)
async def retrieve(call: Call) -> dict[str, Any]:
    batch_id = await _named(call)
    job = await lifecycle.look(call.world, kept.BATCH, batch_id)
    if job is None:
        raise refusals.no_such_file_batch(batch_id)
    call.further = (POLL,)
    return job["shown"]


@operation(
    "POST /vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel",
    id="cancelVectorStoreFileBatch",
    response=vector_stores.VectorStoreFileBatch,
)
async def cancel(call: Call) -> dict[str, Any]:
    world, batch_id = call.world, await _named(call)

    def stop(job: Job, now: int) -> None:
        shown, own = job["shown"], job["own"]
        if shown["status"] != "in_progress":
            raise refusals.file_batch_not_cancellable(shown["status"])
        shown["status"] = "cancelled"
        shown["file_counts"] = _counts(own, rest="cancelled")

    job = await lifecycle.change(world, kept.BATCH, batch_id, stop)
    if job is None:
        raise refusals.no_such_file_batch(batch_id)
    await kept.call_off(world, call.parameters["vector_store_id"], batch_id)
    return job["shown"]


@operation(
    "GET /vector_stores/{vector_store_id}/file_batches/{batch_id}/files",
    id="listFilesInVectorStoreBatch",
    query=vector_stores.ListVectorStoreFilesQuery,
    response=vector_stores.VectorStoreFileList,
)
async def list_files(call: Call) -> dict[str, Any]:
    batch_id = await _named(call)
    return await kept.page(call.world, call.parameters["vector_store_id"], kept.files_of(batch_id), call.query)
