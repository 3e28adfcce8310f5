"""Containers as they are kept: made, found, used until they expire, and what lies in them. The code interpreter uses these too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from mockapi import errors, ids
from mockapi.resources import files
from mockapi.resources.containers import refusals
from mockapi.seed import Stream
from mockapi.world import World

KIND = "container"
FOLDER = "/mnt/data/"
# doc: a container is let go after 20 minutes without use
_IDLE_MINUTES = 20


def files_of(container_id: str) -> str:
    """The kind under which the files of a container are kept."""
    return f"{KIND} {container_id} file"


def content_of(file: dict[str, Any]) -> str:
    """The id under which the content of a container's file is kept."""
    return f"{file['container_id']} {file['id']}"


async def make(
    world: World,
    stream: Stream,
    name: str,
    *,
    file_ids: Sequence[str] = (),
    minutes: int | None = None,
    memory_limit: str | None = None,
    network_policy: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Store a container with copies of some files. Raises the API's 404 for a file that is not there, and nothing is stored."""
    copied = [await _source(world, file_id) for file_id in file_ids]
    now = world.clock.seconds()
    made: dict[str, Any] = {
        "id": ids.related("cntr_", world.clock.micros(), stream),
        "object": "container",
        "created_at": now,
        "status": "running",
        "expires_after": {"anchor": "last_active_at", "minutes": _IDLE_MINUTES if minutes is None else minutes},
        "last_active_at": now,
        # doc: the smallest unless another is asked for
        "memory_limit": memory_limit or "1g",
    }
    if network_policy is not None:
        # Secrets of domains are not told.
        made["network_policy"] = {name: value for name, value in network_policy.items() if name != "domain_secrets"}
    made["name"] = name
    await world.store.put(KIND, made["id"], made)
    for place, (file, content) in enumerate(copied):
        await add(world, stream.child(place + 1), made["id"], prefixed(file["id"], file["filename"]), content, source="user")
    return made


async def auto(
    world: World,
    stream: Stream,
    earlier: Iterable[str] = (),
    *,
    file_ids: Sequence[str] = (),
    memory_limit: str | None = None,
    network_policy: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The container of a tool that asks for `auto`: of those used earlier, newest first, one that still runs, else a new one.

    Raises the API's 404 for a file that is not there.
    """
    for container_id in earlier:
        found = await find(world, container_id)
        if found is not None and found["status"] == "running":
            return await touch(world, found)
    # guess: no recording of an automatic container's name
    return await make(world, stream, "auto", file_ids=file_ids, memory_limit=memory_limit, network_policy=network_policy)


async def find(world: World, container_id: str) -> dict[str, Any] | None:
    """A container as it is now. What lay in one that has expired is gone (documentation)."""
    found = await world.store.get(KIND, container_id)
    if found is None or found["status"] == "expired":
        return found
    if found["last_active_at"] + 60 * found["expires_after"]["minutes"] > world.clock.seconds():
        return found
    await _empty(world, container_id)
    found = {**found, "status": "expired"}
    await world.store.put(KIND, container_id, found)
    return found


async def named(world: World, container_id: str, *, expired: bool = False) -> dict[str, Any]:
    """The container that somebody names. Raises what the API says of an id of another kind, of none, and of one that has expired,
    unless `expired` ones are asked for too."""
    if not container_id.startswith("cntr"):
        raise errors.invalid_id_prefix("container_id", container_id, "cntr")
    found = await find(world, container_id)
    if found is None:
        raise refusals.no_such_container(container_id)
    if found["status"] == "expired" and not expired:
        raise refusals.container_expired()
    return found


async def touch(world: World, container: dict[str, Any]) -> dict[str, Any]:
    """A container that was used at this moment. One that has expired stays as it was."""
    if container["status"] != "running":
        return container
    container = {**container, "last_active_at": world.clock.seconds()}
    await world.store.put(KIND, container["id"], container)
    return container


async def remove(world: World, container_id: str) -> None:
    """Forget a container and what lies in it."""
    await _empty(world, container_id)
    await world.store.delete(KIND, container_id)


async def add(
    world: World, stream: Stream, container_id: str, path: str, content: bytes, *, source: Literal["user", "assistant"] = "assistant"
) -> dict[str, Any]:
    """Put a file into a container that runs; what lies at its path already gives way, as it does on a disk."""
    for row in await world.store.page(files_of(container_id)):
        if row["path"] == path:
            await discard(world, row)
    file_id = ids.timed("cfile_", world.clock.micros(), stream)
    while await world.store.get(files_of(container_id), file_id) is not None:
        stream = stream.child(1)
        file_id = ids.timed("cfile_", world.clock.micros(), stream)
    made: dict[str, Any] = {
        "id": file_id,
        "object": "container.file",
        "created_at": world.clock.seconds(),
        "bytes": len(content),
        "container_id": container_id,
        "path": path,
        "source": source,
    }
    await world.store.write(content_of(made), content)
    await world.store.put(files_of(container_id), file_id, made)
    return made


async def copy(world: World, stream: Stream, container_id: str, file_id: str) -> dict[str, Any]:
    """Put a copy of a file of `/v1/files` into a container. Raises the API's 404 for one that is not there."""
    file, content = await _source(world, file_id)
    return await add(world, stream, container_id, prefixed(file["id"], file["filename"]), content, source="user")


async def discard(world: World, file: dict[str, Any]) -> None:
    """Take a file out of its container."""
    await world.store.delete(files_of(file["container_id"]), file["id"])
    await world.store.erase(content_of(file))


def uploaded(stream: Stream, filename: str) -> str:
    """The path of a file that is sent."""
    # seen: 32 hex digits before its name
    return prefixed(stream.child(1).entropy(16).hex(), filename)


def prefixed(prefix: str, filename: str) -> str:
    """A path in the folder of a container's files."""
    # guess: of a copied file no path is recorded, so it has its id where a sent one has its digits
    return f"{FOLDER}{prefix}-{filename.rpartition('/')[2]}"


async def _source(world: World, file_id: str) -> tuple[dict[str, Any], bytes]:
    found = await files.find(world, file_id)
    if found is None:
        # guess: told as by the files endpoint
        raise errors.no_such("File", file_id)
    return found, await files.read(world, file_id)


async def _empty(world: World, container_id: str) -> None:
    for row in await world.store.page(files_of(container_id)):
        await discard(world, row)
