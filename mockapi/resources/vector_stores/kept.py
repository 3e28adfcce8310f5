"""Vector stores and their files as they are kept: found, told, used until they expire, filled and emptied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockapi import errors, lifecycle
from mockapi.clock import SECOND
from mockapi.contract import vector_stores, wording
from mockapi.engine import documents
from mockapi.resources import files, listing
from mockapi.resources.vector_stores import refusals
from mockapi.transport.call import Call
from mockapi.world import World

KIND = "vector_store"
FILE = "vector_store.file"
BATCH = "vector_store.files_batch"
_DAY = 86_400
# doc: the strategy `auto`
_AUTO = (800, 400)
_STATUSES = ("in_progress", "completed", "failed", "cancelled")


def files_of(holder_id: str) -> str:
    """The kind under which the files of a store, or the names of those of a batch, are kept."""
    return f"{holder_id} file"


def batches_of(store_id: str) -> str:
    return f"{store_id} batch"


def passages_of(store_id: str) -> str:
    """The kind under which a store's files are kept as they are searched."""
    return f"{store_id} passages"


def text_of(store_id: str, file_id: str) -> str:
    """The id under which the text of a file is kept."""
    return f"{store_id} {file_id}"


def counts(statuses: Sequence[str]) -> dict[str, int]:
    return {**{status: statuses.count(status) for status in _STATUSES}, "total": len(statuses)}


async def settle(world: World) -> None:
    """Move all files up to now."""
    for kind in (FILE, BATCH):
        await lifecycle.settle(world, kind)


async def find(world: World, store_id: str) -> dict[str, Any]:
    """A store. Raises the API's 400 for what is no id of one, and its 404."""
    errors.check_id("vector_store_id", store_id, "vs")
    found = await world.store.get(KIND, store_id)
    if found is None:
        raise refusals.no_such_vector_store(store_id)
    return found


async def living(world: World, store_id: str) -> dict[str, Any]:
    """A store that has not expired. Raises what the API says of any other."""
    found = await find(world, store_id)
    if is_expired(world, found):
        raise refusals.vector_store_expired(store_id)
    return found


async def touch(world: World, store_id: str) -> None:
    """Use a store, which puts off its end."""
    await change(world, store_id, last_active_at=world.clock.seconds())


async def change(world: World, store_id: str, **changes: Any) -> dict[str, Any]:
    """A store that is there, changed. Raises what the API says of one that is not, or has expired."""
    shown = {**(await living(world, store_id))["shown"], **changes}
    store = {"id": store_id, "shown": {**shown, "expires_at": ends(shown)}}
    await world.store.put(KIND, store_id, store)
    return store


def ends(store: dict[str, Any]) -> int | None:
    """The second at which a store expires if nobody uses it any more."""
    after = store["expires_after"]
    return None if after is None else store["last_active_at"] + after["days"] * _DAY


def is_expired(world: World, store: dict[str, Any]) -> bool:
    at = store["shown"]["expires_at"]
    return at is not None and at * SECOND <= world.clock.micros()


async def told(world: World, store: dict[str, Any]) -> dict[str, Any]:
    """A store as the API tells of it now."""
    held = [row["shown"] for row in await rows(world, store["id"])]
    counted = counts([file["status"] for file in held])
    status = "expired" if is_expired(world, store) else "in_progress" if counted["in_progress"] else "completed"
    return {**store["shown"], "usage_bytes": sum(file["usage_bytes"] for file in held), "file_counts": counted, "status": status}


async def rows(world: World, store_id: str) -> list[dict[str, Any]]:
    """The files of a store, oldest first. One that was deleted or has expired is no longer in any store (documentation)."""
    found = []
    for row in await world.store.page(files_of(store_id)):
        if await files.find(world, row["id"]) is None:
            await remove(world, store_id, row["id"])
        else:
            found.append(row)
    return found


async def page(world: World, store_id: str, kind: str, query: vector_stores.ListVectorStoreFilesQuery) -> dict[str, Any]:
    """One page of files of a store, of which `kind` keeps the ids."""
    await settle(world)
    held = {row["id"]: row["shown"] for row in await rows(world, store_id)}
    shown = {file_id: file for file_id, file in held.items() if query.filter in (None, file["status"])}
    made = await listing.page(world, kind, query, wanted=lambda row: row["id"] in shown)
    return {**made, "data": [shown[row["id"]] for row in made["data"]]}


async def named(call: Call) -> dict[str, Any]:
    """The file that a path names. Raises what the API says of a store or a file that is not there."""
    world, file_id = call.world, call.parameters["file_id"]
    store = await find(world, call.parameters["vector_store_id"])
    errors.check_id("file_id", file_id, "file")
    await settle(world)
    return await _row(world, store["id"], file_id)


async def _row(world: World, store_id: str, file_id: str) -> dict[str, Any]:
    found = await world.store.get(files_of(store_id), file_id)
    if found is not None and await files.find(world, file_id) is None:
        await remove(world, store_id, file_id)
        found = None
    if found is None:
        raise refusals.no_such_vector_store_file(store_id, file_id)
    return found


async def look(world: World, store_id: str, row: dict[str, Any]) -> dict[str, Any]:
    """A file after it was looked at, which moves it where looks do: by itself, or with its batch."""
    if row["shown"]["status"] == "in_progress":
        await lifecycle.look(world, *_job_of(store_id, row))
    return await _row(world, store_id, row["id"])


def _job_of(store_id: str, row: dict[str, Any]) -> tuple[str, str]:
    """The kind and the id of the job that a file is processed by: its own, or its batch's."""
    return (BATCH, row["batch"]) if row["batch"] else (FILE, text_of(store_id, row["id"]))


async def look_at_all(world: World, store_id: str) -> None:
    """Look at what still moves in a store, at a batch once."""
    open_rows = [row for row in await rows(world, store_id) if row["shown"]["status"] == "in_progress"]
    for row in {row["batch"] or row["id"]: row for row in open_rows}.values():
        await lifecycle.look(world, *_job_of(store_id, row))


async def call_off(world: World, store_id: str, batch_id: str) -> None:
    """Cancel the files of a batch that are not processed."""
    for row in await rows(world, store_id):
        if row["batch"] == batch_id and row["shown"]["status"] == "in_progress":
            await world.store.put(files_of(store_id), row["id"], {**row, "shown": {**row["shown"], "status": "cancelled"}})


async def sources(world: World, file_ids: Sequence[str], param: str) -> list[dict[str, Any]]:
    """The files that are to be put into a store; `param` names an id by its place. Raises what the API says of one that cannot be."""
    found = []
    for place, file_id in enumerate(file_ids):
        errors.check_id(param.format(place), file_id, "file")
        file = await files.find(world, file_id)
        if file is None:
            # guess: told as elsewhere; no recording of an unknown file that is put into a store
            raise errors.no_such("File", file_id, "id")
        found.append(file)
    endings = dict.fromkeys(documents.ending(file["filename"]) for file in found)
    refused = [f".{ending}" if ending else "none" for ending in endings if ending not in documents.searched()]
    if refused:
        raise refusals.not_searchable(refused)
    return found


def chunking(strategy: vector_stores.ChunkingStrategyParam | None, param: str = "chunking_strategy") -> dict[str, Any]:
    """A strategy as answers tell it. Raises the API's 400 for too much overlap."""
    size, overlap = _AUTO
    if isinstance(strategy, vector_stores.StaticChunkingStrategy):
        size, overlap = strategy.static.max_chunk_size_tokens, strategy.static.chunk_overlap_tokens
        if overlap > size // 2:
            # guess: the general form of C.1; the documentation tells the bound
            raise wording.too_large(f"{param}.static.chunk_overlap_tokens", "integer", size // 2, overlap)
    return {"type": "static", "static": {"max_chunk_size_tokens": size, "chunk_overlap_tokens": overlap}}


async def remove(world: World, store_id: str, file_id: str) -> None:
    """Take a file out of a store; the file itself stays."""
    if await world.store.delete(files_of(store_id), file_id):
        await world.store.delete(passages_of(store_id), file_id)
        await world.store.erase(text_of(store_id, file_id))
        await lifecycle.forget(world, FILE, text_of(store_id, file_id))
