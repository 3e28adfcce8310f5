"""Skills as they are kept: a skill points to its versions, each of which has its archive."""

from __future__ import annotations

from typing import Any

from mockapi import errors, ids
from mockapi.aside import aside
from mockapi.contract import skills
from mockapi.contract.types import Upload
from mockapi.resources.skills import bundles, refusals
from mockapi.resources.skills.bundles import Bundle
from mockapi.seed import Stream
from mockapi.transport.call import Call
from mockapi.world import World

KIND = "skill"
# Bytes of an upload from which on it is read beside others.
_LARGE = 100_000


def versions_of(skill_id: str) -> str:
    """The kind under which the versions of a skill are kept, oldest first."""
    return f"{KIND} {skill_id} version"


def content_of(version: dict[str, Any]) -> str:
    """The id under which the archive of a version is kept."""
    return f"{version['id']} zip"


async def sent(call: Call) -> Bundle:
    """The bundle that a form carries. Raises for what is no form, and for files that are no skill."""
    request = call.request
    if not isinstance(request, skills.CreateSkillForm):
        # guess: a body of JSON, which the document has too, cannot carry files
        raise errors.unsupported_content_type(call.headers.get(b"content-type", b"").decode("latin-1"), "multipart/form-data")
    files = [request.files] if isinstance(request.files, Upload) else request.files
    size = sum(len(file.content) for file in files)
    try:
        return await aside(size > _LARGE, lambda: bundles.read(files))
    except bundles.BundleFault as fault:
        raise refusals.wrong_bundle(str(fault)) from None


async def find(world: World, skill_id: str) -> dict[str, Any]:
    """A skill as it is stored: what is `shown` of it, and the number of the version that was `made` last.

    Raises what the API says of an id of another kind, and of none.
    """
    errors.check_id("skill_id", skill_id, "skill")
    found = await world.store.get(KIND, skill_id)
    if found is None:
        raise refusals.no_such_skill(skill_id)
    return found


async def put(world: World, skill: dict[str, Any], made: int, default: dict[str, Any], latest: str) -> dict[str, Any]:
    """Keep a skill that points to its versions: it is called and described as the default one. Returns what is shown of it."""
    told = {"default_version": default["version"], "description": default["description"], "latest_version": latest, "name": default["name"]}
    shown = {**skill, **told}
    await world.store.put(KIND, shown["id"], {"id": shown["id"], "shown": shown, "made": made})
    return shown


async def numbered(world: World, skill_id: str, number: str) -> dict[str, Any] | None:
    """A version of a skill, if it is there."""
    rows = await world.store.page(versions_of(skill_id))
    return next((row for row in rows if row["version"] == number), None)


async def version(world: World, skill_id: str, number: str | None) -> dict[str, Any]:
    """A version of a skill, the default one unless another is named. Raises the API's 404 for either that is not there."""
    skill = await find(world, skill_id)
    named = number or skill["shown"]["default_version"]
    found = await numbered(world, skill_id, named)
    if found is None:
        raise refusals.no_such_version(skill_id, named)
    return found


async def add(world: World, stream: Stream, skill_id: str, number: int, bundle: Bundle) -> dict[str, Any]:
    """Keep a version of a skill."""
    made: dict[str, Any] = {
        "id": ids.related("skillver_", world.clock.micros(), stream, skill_id[-16:]),
        "object": "skill.version",
        "created_at": world.clock.seconds(),
        "description": bundle.description,
        "name": bundle.name,
        "skill_id": skill_id,
        "version": str(number),
    }
    await world.store.write(content_of(made), bundle.archive)
    await world.store.put(versions_of(skill_id), made["id"], made)
    return made


async def drop(world: World, version: dict[str, Any]) -> None:
    """Forget a version and its archive."""
    await world.store.delete(versions_of(version["skill_id"]), version["id"])
    await world.store.erase(content_of(version))


async def remove(world: World, skill_id: str) -> None:
    """Forget a skill with all of its versions (documentation)."""
    await world.store.delete(KIND, skill_id)
    for each in await world.store.page(versions_of(skill_id)):
        await drop(world, each)
