"""The parts of an upload. `client.uploads.parts`."""

from __future__ import annotations

from typing import Any

from mockapi import errors, ids
from mockapi.contract import uploads
from mockapi.operations import operation
from mockapi.resources.uploads import HEADERS, change
from mockapi.transport.call import Call

# doc: 64 MB a part; the form around it takes a little more
_LARGEST = 64 * 1024 * 1024
_FORM = 1024 * 1024


@operation(
    "POST /uploads/{upload_id}/parts",
    id="addUploadPart",
    form=uploads.AddUploadPartForm,
    response=uploads.UploadPart,
    headers=HEADERS,
    largest=_LARGEST + _FORM,
)
async def create(call: Call) -> dict[str, Any]:
    form: uploads.AddUploadPartForm = call.request
    if len(form.data.content) > _LARGEST:
        raise errors.file_too_large(_LARGEST, len(form.data.content))

    async def make(upload: dict[str, Any]) -> dict[str, Any]:
        shown = upload["shown"]
        part_id, stream = ids.timed("part_", call.world.clock.micros(), call.stream), call.stream
        while part_id in upload["parts"]:
            stream = stream.child(1)
            part_id = ids.timed("part_", call.world.clock.micros(), stream)
        if sum(upload["parts"].values()) + len(form.data.content) > shown["bytes"]:
            raise errors.upload_bytes(shown["bytes"], sum(upload["parts"].values()) + len(form.data.content))
        upload["parts"][part_id] = len(form.data.content)
        await call.world.store.write(part_id, form.data.content)
        return {"id": part_id, "object": "upload.part", "created_at": call.world.clock.seconds(), "upload_id": shown["id"]}

    made: dict[str, Any] = await change(call, make)
    return made
