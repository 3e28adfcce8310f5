"""The archive of a skill's default version: retrieve. `client.skills.content`."""

from __future__ import annotations

from mockapi.operations import operation
from mockapi.resources.skills import kept
from mockapi.transport.call import Call
from mockapi.transport.reply import Content

ZIP = "application/zip"


@operation("GET /skills/{skill_id}/content", id="GetSkillContent", contents=(ZIP,))
async def retrieve(call: Call) -> Content:
    version = await kept.version(call.world, call.parameters["skill_id"], None)
    return Content(await call.world.store.read(kept.content_of(version)) or b"", ZIP)
