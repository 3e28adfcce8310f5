"""The archive of a version of a skill: retrieve. `client.skills.versions.content`."""

from __future__ import annotations

from mockapi.operations import operation
from mockapi.resources.skills import kept
from mockapi.resources.skills.content import ZIP
from mockapi.resources.skills.versions import find
from mockapi.transport.call import Call
from mockapi.transport.reply import Content


@operation("GET /skills/{skill_id}/versions/{version}/content", id="GetSkillVersionContent", contents=(ZIP,))
async def retrieve(call: Call) -> Content:
    version = await find(call)
    return Content(await call.world.store.read(kept.content_of(version)) or b"", ZIP)
