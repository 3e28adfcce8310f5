"""What is done with a file in a vector store: its text is read, cut into chunks, and made ready to be searched."""

from __future__ import annotations

from typing import Any

from mockapi.aside import aside
from mockapi.records import record
from mockapi.resources import files
from mockapi.resources.vector_stores import kept
from mockapi.world import World

# Bytes of a file from which on it is read beside others; formats that are packed count as large.
_LARGE = 16_384
_PLAIN = ("txt", "md")


@record
class _Read:
    """What became of a file: its passages, or the error that its status is told with."""

    text: str
    passages: list[Any]
    error: dict[str, str] | None = None


def _read(filename: str, content: bytes, size: int, overlap: int) -> _Read:
    # Imported on first use: most servers are never asked to search.
    from mockapi.engine import documents
    from mockapi.engine.retrieval import chunks, ranking

    try:
        text = documents.extract(filename, content)
        cut = chunks.cut(text, size, overlap)
        if cut is None:
            raise documents.too_large()
    except documents.Unreadable as fault:
        return _Read("", [], {"code": fault.code, "message": fault.message})
    return _Read(text, [ranking.ready(chunk) for chunk in cut])


async def process(world: World, store_id: str, file_id: str, batch: str | None) -> str:
    """Process a file that is still to be: returns its status, `cancelled` if it was taken out of the store meanwhile."""
    row = await _row(world, store_id, file_id, batch)
    file = await files.find(world, file_id)
    if row is None or file is None:
        return "cancelled"
    content, static = await files.read(world, file_id), row["shown"]["chunking_strategy"]["static"]
    large = len(content) > _LARGE or not file["filename"].endswith(_PLAIN)
    read = await aside(large, lambda: _read(file["filename"], content, static["max_chunk_size_tokens"], static["chunk_overlap_tokens"]))
    row = await _row(world, store_id, file_id, batch)
    if row is None:
        return "cancelled"
    status = "completed" if read.error is None else "failed"
    # guess: a store holds its chunks, so what two of them share counts twice
    usage = sum(len(passage["text"].encode()) for passage in read.passages)
    shown = {**row["shown"], "status": status, "usage_bytes": usage, "last_error": read.error}
    await world.store.put(kept.files_of(store_id), file_id, {**row, "shown": shown})
    if read.error is None:
        await world.store.put(kept.passages_of(store_id), file_id, {"id": file_id, "passages": read.passages})
        await world.store.write(kept.text_of(store_id, file_id), read.text.encode())
    return status


async def ready(world: World, store_id: str) -> None:
    """Process what of a store is still to be, whenever it would be due: who waits for it finds it done."""
    for row in await kept.rows(world, store_id):
        if row["shown"]["status"] == "in_progress":
            await process(world, store_id, row["id"], row["batch"])


async def _row(world: World, store_id: str, file_id: str, batch: str | None) -> dict[str, Any] | None:
    """A file that waits to be processed with a batch, or by itself; another that took its place meanwhile does not count."""
    row = await world.store.get(kept.files_of(store_id), file_id)
    return row if row is not None and row["batch"] == batch and row["shown"]["status"] == "in_progress" else None
