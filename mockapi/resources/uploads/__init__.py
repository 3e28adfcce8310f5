"""Uploads: create, complete, cancel, and `parts`. `client.uploads`."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

from mockapi import errors, ids
from mockapi.clock import SECOND
from mockapi.contract import uploads
from mockapi.operations import operation
from mockapi.resources import files
from mockapi.transport.call import Call

KIND = "upload"
# seen: A.1
HEADERS = ((b"access-control-allow-origin", b"*"),)
# doc: 8 GB an upload, an hour to send it
_LARGEST = 8 * 1024**3
_OPEN_SECONDS = 3600


@operation("POST /uploads", id="createUpload", request=uploads.CreateUploadRequest, response=uploads.UploadObject, headers=HEADERS)
async def create(call: Call) -> dict[str, Any]:
    request: uploads.CreateUploadRequest = call.request
    if not 0 < request.bytes <= _LARGEST:
        raise errors.upload_size(request.bytes, _LARGEST)
    files.check(request.filename, request.purpose, 0)
    created = call.world.clock.seconds()
    shown: dict[str, Any] = {
        "id": ids.timed("upload_", call.world.clock.micros(), call.stream),
        "object": "upload",
        "bytes": request.bytes,
        "created_at": created,
        "filename": request.filename,
        "purpose": request.purpose,
        "status": "pending",
        "expires_at": created + _OPEN_SECONDS,
    }
    kept = request.expires_after.seconds if request.expires_after is not None else None
    await call.world.store.put(KIND, shown["id"], {"shown": shown, "parts": {}, "kept": kept})
    return shown


async def change(call: Call, make: Callable[[dict[str, Any]], Awaitable[Any]]) -> Any:
    """What `make` does to a pending upload, alone. Raises what the API says of one that is not there or no longer pending."""
    upload_id = call.parameters["upload_id"]
    async with call.world.turn(KIND, upload_id):
        upload = await call.world.store.get(KIND, upload_id)
        if upload is None:
            raise errors.no_such("Upload", upload_id, "upload_id")
        shown = upload["shown"]
        if shown["status"] == "pending" and shown["expires_at"] * SECOND <= call.world.clock.micros():
            shown["status"] = "expired"
            await forget(call, upload)
        if shown["status"] != "pending":
            raise errors.upload_not_pending(upload_id, shown["status"])
        made = await make(upload)
        await call.world.store.put(KIND, upload_id, upload)
        return made


async def forget(call: Call, upload: dict[str, Any]) -> None:
    """Drop the parts of an upload."""
    for part_id in upload["parts"]:
        await call.world.store.erase(part_id)
    upload["parts"] = {}


@operation(
    "POST /uploads/{upload_id}/complete",
    id="completeUpload",
    request=uploads.CompleteUploadRequest,
    response=uploads.UploadObject,
    headers=HEADERS,
)
async def complete(call: Call) -> dict[str, Any]:
    request: uploads.CompleteUploadRequest = call.request

    async def make(upload: dict[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = upload["shown"]
        for place, part_id in enumerate(request.part_ids):
            if part_id not in upload["parts"] or part_id in request.part_ids[:place]:
                raise errors.unknown_part(part_id, place)
        content = b"".join([await call.world.store.read(part_id) or b"" for part_id in request.part_ids])
        if len(content) != shown["bytes"]:
            raise errors.upload_bytes(shown["bytes"], len(content))
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if request.md5 is not None and request.md5.lower() != digest:
            raise errors.upload_digest(request.md5, digest)
        # seen: G.2, the file is as old as the upload, and of no end unless one was asked for
        shown["file"] = await files.keep(
            call.world,
            call.stream,
            shown["filename"],
            shown["purpose"],
            content,
            kept=upload["kept"],
            created=shown["created_at"],
            expires=upload["kept"] is not None,
        )
        shown["status"] = "completed"
        await forget(call, upload)
        return shown

    made: dict[str, Any] = await change(call, make)
    return made


@operation("POST /uploads/{upload_id}/cancel", id="cancelUpload", response=uploads.UploadObject, headers=HEADERS)
async def cancel(call: Call) -> dict[str, Any]:
    async def make(upload: dict[str, Any]) -> dict[str, Any]:
        upload["shown"]["status"] = "cancelled"
        await forget(call, upload)
        shown: dict[str, Any] = upload["shown"]
        return shown

    made: dict[str, Any] = await change(call, make)
    return made
