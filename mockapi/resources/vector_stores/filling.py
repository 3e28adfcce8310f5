"""New vector stores, and files that are put into one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockapi import ids, lifecycle
from mockapi.lifecycle import Job, Lifecycle, Stage
from mockapi.resources.vector_stores import kept
from mockapi.resources.vector_stores.processing import process
from mockapi.seed import Stream
from mockapi.world import World


async def make(
    world: World,
    stream: Stream,
    found: Sequence[dict[str, Any]],
    strategy: dict[str, Any],
    *,
    name: str | None = None,
    description: str | None = None,
    expires_after: dict[str, Any] | None = None,
    metadata: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A new store with some files in it."""
    now = world.clock.seconds()
    shown: dict[str, Any] = {
        "id": ids.timed("vs_", world.clock.micros(), stream),
        "object": "vector_store",
        "created_at": now,
        "name": name,
        "description": description,
        "usage_bytes": 0,
        "file_counts": kept.counts(()),
        "status": "completed",
        "expires_after": expires_after,
        "expires_at": None,
        "last_active_at": now,
        "metadata": metadata or {},
    }
    shown["expires_at"] = kept.ends(shown)
    store = {"id": shown["id"], "shown": shown}
    await world.store.put(kept.KIND, shown["id"], store)
    for file in found:
        await put(world, shown["id"], file, strategy, None)
    return store


async def put(
    world: World, store_id: str, file: dict[str, Any], strategy: dict[str, Any], attributes: dict[str, Any] | None, batch: str | None = None
) -> dict[str, Any]:
    """Put a file into a store, anew if it is there (guess). It is processed with its batch, or by itself."""
    await kept.remove(world, store_id, file["id"])
    shown = {
        "id": file["id"],
        "object": kept.FILE,
        "usage_bytes": 0,
        "created_at": world.clock.seconds(),
        "vector_store_id": store_id,
        "status": "in_progress",
        "last_error": None,
        "chunking_strategy": strategy,
        "attributes": attributes or {},
    }
    await world.store.put(
        kept.files_of(store_id), file["id"], {"id": file["id"], "shown": shown, "filename": file["filename"], "batch": batch}
    )
    if batch is None:
        moved = {"id": kept.text_of(store_id, file["id"]), "status": "in_progress"}
        own = {"store": store_id, "file": file["id"]}
        job: Job = {"shown": moved, "since": world.clock.micros(), "looks": 0, "until": None, "own": own}
        await lifecycle.begin(world, kept.FILE, job)
    return shown


async def _processed(world: World, job: Job, at: int) -> None:
    job["shown"]["status"] = await process(world, job["own"]["store"], job["own"]["file"], None)


lifecycle.register(Lifecycle(kept.FILE, {"in_progress": Stage(_processed)}))
