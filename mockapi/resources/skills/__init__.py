"""Skills: create, list, retrieve, update, delete, and `content` and `versions`. `client.skills`."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.contract import skills
from mockapi.operations import operation
from mockapi.resources.skills import bundles, kept, refusals
from mockapi.store import paging
from mockapi.transport.call import Call

# The form around an archive takes a little more.
LARGEST_FORM = 2 * bundles.LARGEST + 1024 * 1024


@operation(
    "POST /skills",
    id="CreateSkill",
    request=skills.CreateSkillRequest,
    form=skills.CreateSkillForm,
    response=skills.Skill,
    largest=LARGEST_FORM,
)
async def create(call: Call) -> dict[str, Any]:
    world, bundle = call.world, await kept.sent(call)
    skill_id = ids.related("skill_", world.clock.micros(), call.stream)
    first = await kept.add(world, call.stream.child(2), skill_id, 1, bundle)
    return await kept.put(world, {"id": skill_id, "object": "skill", "created_at": world.clock.seconds()}, 1, first, first["version"])


@operation("GET /skills", id="ListSkills", query=skills.ListSkillsQuery, response=skills.SkillList)
async def list_(call: Call) -> dict[str, Any]:
    query: skills.ListSkillsQuery = call.query
    return await paging.listed(
        call.world.store,
        kept.KIND,
        query.limit,
        after=query.after,
        descending=query.order != "asc",
        shape="first, more, last",
        part="shown",
    )


@operation("GET /skills/{skill_id}", id="GetSkill", response=skills.Skill)
async def retrieve(call: Call) -> Any:
    return (await kept.find(call.world, call.parameters["skill_id"]))["shown"]


@operation("POST /skills/{skill_id}", id="UpdateSkillDefaultVersion", request=skills.UpdateSkillRequest, response=skills.Skill)
async def update(call: Call) -> dict[str, Any]:
    request: skills.UpdateSkillRequest = call.request
    world, skill_id = call.world, call.parameters["skill_id"]
    async with world.turn(kept.KIND, skill_id):
        found = await kept.find(world, skill_id)
        version = await kept.numbered(world, skill_id, request.default_version)
        if version is None:
            raise refusals.unknown_default(request.default_version)
        return await kept.put(world, found["shown"], found["made"], version, found["shown"]["latest_version"])


@operation("DELETE /skills/{skill_id}", id="DeleteSkill", response=skills.SkillDeleted)
async def delete(call: Call) -> dict[str, Any]:
    world, skill_id = call.world, call.parameters["skill_id"]
    async with world.turn(kept.KIND, skill_id):
        await kept.find(world, skill_id)
        await kept.remove(world, skill_id)
    return {"id": skill_id, "object": "skill.deleted", "deleted": True}
