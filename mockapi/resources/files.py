"""Files: create, list, retrieve, delete, content. `client.files`."""

from __future__ import annotations

import base64
from typing import Any

from mockapi import errors, ids
from mockapi.clock import SECOND
from mockapi.contract import files
from mockapi.operations import operation
from mockapi.seed import Stream
from mockapi.store import paging
from mockapi.transport.call import Call
from mockapi.transport.reply import Content
from mockapi.world import World

KIND = "file"
# doc: 512 MB a file; the form around it takes a little more
LARGEST = 512 * 1024 * 1024
LARGEST_FORM = LARGEST + 1024 * 1024
# seen: G.1, files of batches are kept for 30 days
_KEPT_SECONDS = {"batch": 2_592_000, "batch_output": 2_592_000}
# seen: C.8
_NOT_DOWNLOADABLE = frozenset(("assistants", "user_data", "vision"))
# seen: A.1, all files endpoints
_OMITTED = frozenset((b"access-control-expose-headers",))
_HEADERS = ((b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"CF-Ray"))
_JSONL = {"batch": "Batch API", "fine-tune": "Fine-Tuning API"}


@operation(
    "POST /files",
    id="createFile",
    form=files.CreateFileForm,
    response=files.FileObject,
    layout="pretty+newline",
    headers=_HEADERS,
    omits=_OMITTED,
    beside=errors.file_detail,
    largest=LARGEST_FORM,
)
async def create(call: Call) -> dict[str, Any]:
    form: files.CreateFileForm = call.request
    check(form.file.filename, form.purpose, len(form.file.content))
    kept = form.expires_after.seconds if form.expires_after is not None else None
    return await keep(call.world, call.stream, form.file.filename, form.purpose, form.file.content, kept=kept)


def check(filename: str, purpose: str, size: int) -> None:
    """Raise what the API says of a file that its purpose does not take."""
    if purpose in _JSONL and not filename.lower().endswith(".jsonl"):
        raise errors.not_jsonl(_JSONL[purpose])
    if size > LARGEST:
        raise errors.file_too_large(LARGEST, size)


async def keep(
    world: World,
    stream: Stream,
    filename: str,
    purpose: str,
    content: bytes,
    *,
    kept: int | None = None,
    created: int | None = None,
    expires: bool = True,
) -> dict[str, Any]:
    """Store a file: one that was sent, put together from parts, or made by the server. `kept` and `created` are seconds."""
    made_at = world.clock.seconds() if created is None else created
    seconds = kept if kept is not None else _KEPT_SECONDS.get(purpose)
    file_id = ids.file(stream)
    while await world.store.get(KIND, file_id) is not None:
        stream = stream.child(1)
        file_id = ids.file(stream)
    made: dict[str, Any] = {
        "object": "file",
        "id": file_id,
        "purpose": purpose,
        "filename": filename,
        "bytes": len(content),
        "created_at": made_at,
        "expires_at": made_at + seconds if seconds is not None and expires else None,
        "status": "processed",
        "status_details": None,
    }
    await world.store.write(f"{KIND} {file_id}", content)
    await world.store.put(KIND, file_id, made)
    return made


async def find(world: World, file_id: str) -> dict[str, Any] | None:
    """A file that is there and has not expired."""
    found = await world.store.get(KIND, file_id)
    if found is not None and _expired(world, found):
        await remove(world, file_id)
        return None
    return found


async def read(world: World, file_id: str) -> bytes:
    """The content of a file that is there."""
    return await world.store.read(f"{KIND} {file_id}") or b""


async def as_picture(world: World, file: dict[str, Any]) -> str:
    """A picture that is there, as a data URL."""
    kind = file["filename"].rpartition(".")[2].lower().replace("jpg", "jpeg")
    return f"data:image/{kind};base64,{base64.b64encode(await read(world, file['id'])).decode()}"


async def remove(world: World, file_id: str) -> None:
    await world.store.delete(KIND, file_id)
    await world.store.erase(f"{KIND} {file_id}")


def _expired(world: World, file: dict[str, Any]) -> bool:
    return file["expires_at"] is not None and file["expires_at"] * SECOND <= world.clock.micros()


async def _file(call: Call) -> dict[str, Any]:
    await call.world.settle()
    file_id = call.parameters["file_id"]
    found = await find(call.world, file_id)
    if found is None:
        raise errors.no_such("File", file_id, "id")
    return found


@operation(
    "GET /files",
    id="listFiles",
    query=files.ListFilesQuery,
    response=files.FileList,
    layout="pretty+newline",
    headers=_HEADERS,
    omits=_OMITTED,
)
async def list_(call: Call) -> dict[str, Any]:
    await call.world.settle()
    query: files.ListFilesQuery = call.query

    def fits(row: dict[str, Any]) -> bool:
        return query.purpose in (None, row["purpose"]) and not _expired(call.world, row)

    return await paging.listed(
        call.world.store,
        KIND,
        query.limit,
        after=query.after,
        descending=query.order != "asc",
        shape="more, first, last",
        default=10_000,
        fits=fits,
    )


@operation(
    "GET /files/{file_id}",
    id="retrieveFile",
    response=files.FileObject,
    layout="pretty+newline",
    headers=_HEADERS,
    omits=_OMITTED,
    beside=errors.file_detail,
)
async def retrieve(call: Call) -> dict[str, Any]:
    return await _file(call)


@operation(
    "DELETE /files/{file_id}",
    id="deleteFile",
    response=files.FileDeleted,
    layout="pretty+newline",
    headers=_HEADERS,
    omits=_OMITTED,
    beside=errors.file_detail,
)
async def delete(call: Call) -> dict[str, Any]:
    found = await _file(call)
    await remove(call.world, found["id"])
    return {"object": "file", "deleted": True, "id": found["id"]}


@operation(
    "GET /files/{file_id}/content",
    id="downloadFile",
    contents=("application/octet-stream",),
    headers=_HEADERS,
    omits=_OMITTED,
    beside=errors.file_detail,
)
async def content(call: Call) -> Content:
    found = await _file(call)
    if found["purpose"] in _NOT_DOWNLOADABLE:
        raise errors.not_downloadable(found["purpose"])
    name = found["filename"].replace("\\", "\\\\").replace('"', '\\"').encode("latin-1", "replace")
    name = bytes(byte for byte in name if byte >= 0x20)
    head = ((b"content-disposition", b'attachment; filename="%b"' % name),)
    return Content(await read(call.world, found["id"]), "application/octet-stream", head)
