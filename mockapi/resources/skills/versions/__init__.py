"""The versions of a skill: create, list, retrieve, delete, and `content`. `client.skills.versions`."""

from __future__ import annotations

from typing import Any

from mockapi.contract import skills
from mockapi.operations import operation
from mockapi.resources.skills import LARGEST_FORM, kept, refusals
from mockapi.store import paging
from mockapi.transport.call import Call


@operation(
    "POST /skills/{skill_id}/versions",
    id="CreateSkillVersion",
    request=skills.CreateSkillVersionRequest,
    form=skills.CreateSkillVersionForm,
    response=skills.SkillVersion,
    largest=LARGEST_FORM,
)
async def create(call: Call) -> dict[str, Any]:
    world, skill_id = call.world, call.parameters["skill_id"]
    await kept.find(world, skill_id)
    bundle = await kept.sent(call)
    async with world.turn(kept.KIND, skill_id):
        found = await kept.find(world, skill_id)
        # The number of a version that was deleted is not given again.
        number = found["made"] + 1
        made = await kept.add(world, call.stream, skill_id, number, bundle)
        default = made if call.request.default else await kept.version(world, skill_id, None)
        await kept.put(world, found["shown"], number, default, made["version"])
    return made


@operation(
    "GET /skills/{skill_id}/versions",
    id="ListSkillVersions",
    query=skills.ListSkillsQuery,
    response=skills.SkillVersionList,
)
async def list_(call: Call) -> dict[str, Any]:
    query: skills.ListSkillsQuery = call.query
    skill_id = (await kept.find(call.world, call.parameters["skill_id"]))["id"]
    store, kind, descending = call.world.store, kept.versions_of(skill_id), query.order != "asc"
    return await paging.listed(store, kind, query.limit, after=query.after, descending=descending, shape="first, more, last")


async def find(call: Call) -> dict[str, Any]:
    """The version that a path names. Raises what the API says of it, or of its skill, that is not there."""
    return await kept.version(call.world, call.parameters["skill_id"], call.parameters["version"])


@operation("GET /skills/{skill_id}/versions/{version}", id="GetSkillVersion", response=skills.SkillVersion)
async def retrieve(call: Call) -> dict[str, Any]:
    return await find(call)


@operation("DELETE /skills/{skill_id}/versions/{version}", id="DeleteSkillVersion", response=skills.SkillVersionDeleted)
async def delete(call: Call) -> dict[str, Any]:
    world, skill_id = call.world, call.parameters["skill_id"]
    async with world.turn(kept.KIND, skill_id):
        version = await find(call)
        found = await kept.find(world, skill_id)
        default = await kept.version(world, skill_id, None)
        others = [row for row in await world.store.page(kept.versions_of(skill_id)) if row["id"] != version["id"]]
        if not others:
            # doc: the last version takes its skill with it
            await kept.remove(world, skill_id)
        elif version["id"] == default["id"]:
            # doc: the default version stays until there is another
            raise refusals.default_version_stays(version["version"])
        else:
            await kept.drop(world, version)
            await kept.put(world, found["shown"], found["made"], default, others[-1]["version"])
    return {"id": version["id"], "object": "skill.version.deleted", "deleted": True, "version": version["version"]}
