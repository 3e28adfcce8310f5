"""Threads with their messages and runs, as they are kept: found, begun, written to, kept from being written to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockapi import errors, ids, lifecycle
from mockapi.contract.assistants import threads
from mockapi.dialects import pictures
from mockapi.dialects.assistants import read, write
from mockapi.dialects.assistants.write import Item
from mockapi.lifecycle import Job
from mockapi.resources import files
from mockapi.resources.assistants import kept as assistants
from mockapi.resources.assistants import refusals
from mockapi.seed import Stream
from mockapi.world import World

KIND = "thread"
RUN = "thread.run"
# A run in one of these has its thread for itself.
ACTIVE = frozenset(("queued", "in_progress", "requires_action", "cancelling"))


def messages_of(thread_id: str) -> str:
    """The kind under which a thread's messages are kept, oldest first."""
    return f"{thread_id} message"


def runs_of(thread_id: str) -> str:
    """The kind under which the ids of a thread's runs are kept."""
    return f"{thread_id} run"


def steps_of(run_id: str) -> str:
    return f"{run_id} step"


async def find(world: World, thread_id: str) -> Item:
    """A thread. Raises the API's 400 for what is no id of one, and its 404."""
    errors.check_id("thread_id", thread_id, "thread")
    found = await world.store.get(KIND, thread_id)
    if found is None:
        raise refusals.no_such("thread", thread_id)
    return found


async def part(world: World, thread_id: str, noun: str, id: str) -> Item:
    """A message of a thread, or the entry of a run. Raises the API's 400 for what is no id of one, and its 404."""
    await find(world, thread_id)
    errors.check_id(f"{noun}_id", id, {"message": "msg"}.get(noun, noun))
    kind = messages_of(thread_id) if noun == "message" else runs_of(thread_id)
    found = await world.store.get(kind, id)
    if found is None:
        raise refusals.no_such(noun, id)
    return found


async def begun(world: World, request: threads.CreateThreadRequest, stream: Stream) -> tuple[Item, list[Item]]:
    """A new thread and its messages, neither stored yet nor given what its tools work with. Raises for what is not there."""
    await assistants.check_resources(world, request.tool_resources)
    made: Item = {
        "id": ids.plain("thread_", stream),
        "object": "thread",
        "created_at": world.clock.seconds(),
        "metadata": request.metadata or {},
        "tool_resources": {},
    }
    return made, await written(world, made["id"], request.messages or (), stream.child(2), "messages[{}].")


async def written(
    world: World, thread_id: str, sent: Sequence[threads.CreateMessageRequest], stream: Stream, place: str = ""
) -> list[Item]:
    """New messages of a thread, not stored yet; `place` is where each stands by its number. Raises for files that are not there."""
    made = []
    for number, each in enumerate(sent):
        content = read.content(each)
        await _check(world, each, content, place.format(number))
        attachments = [attachment.model_dump() for attachment in each.attachments or ()]
        id = ids.plain("msg_", stream.child(number))
        now = world.clock.seconds()
        made.append(write.message(id, thread_id, each.role, content, now, attachments=attachments, metadata=each.metadata))
    return made


async def _check(world: World, sent: threads.CreateMessageRequest, content: list[Item], place: str) -> None:
    if not sent.content:
        raise refusals.empty_content()
    for number, part in enumerate(content):
        here = f"{place}content[{number}].{part['type']}"
        if part["type"] == "image_url":
            read.check_url(part["image_url"]["url"], f"{here}.url")
        elif part["type"] == "image_file":
            found = await assistants.file(world, part["image_file"]["file_id"], f"{here}.file_id")
            fault = pictures.unreadable([pictures.read(await files.as_picture(world, found), "auto", f"{here}.file_id")])
            if fault is not None:
                raise fault
    for number, attachment in enumerate(sent.attachments or ()):
        await assistants.file(world, attachment.file_id, f"{place}attachments[{number}].file_id")


async def add(world: World, thread: Item, messages: Sequence[Item], stream: Stream) -> Item:
    """Put messages at the end of a thread, and what is attached to them where tools find it. Returns the thread as it then is."""
    told = thread["tool_resources"]
    for number, message in enumerate(messages):
        await world.store.put(messages_of(thread["id"]), message["id"], message)
        for attachment in message["attachments"]:
            kinds = {tool["type"] for tool in attachment["tools"]}
            if "file_search" in kinds:
                told = await assistants.attached(world, told, attachment["file_id"], stream.child(number))
            if "code_interpreter" in kinds:
                known = told.get("code_interpreter", {}).get("file_ids", [])
                told = {**told, "code_interpreter": {"file_ids": list(dict.fromkeys([*known, attachment["file_id"]]))}}
    made = {**thread, "tool_resources": told}
    await world.store.put(KIND, made["id"], made)
    return made


async def active(world: World, thread_id: str) -> str | None:
    """The run that has a thread for itself at the moment: the newest, or none."""
    for row in (await world.store.page(runs_of(thread_id), descending=True))[:1]:
        job = await lifecycle.look(world, RUN, row["id"], counts=False)
        if job is not None and job["shown"]["status"] in ACTIVE:
            return str(job["shown"]["id"])
    return None


async def run(world: World, thread_id: str, run_id: str, *, counts: bool = False) -> Job:
    """A run as it is now. Raises the API's 400 for what is no id of one, and its 404."""
    await part(world, thread_id, "run", run_id)
    job = await lifecycle.look(world, RUN, run_id, counts=counts)
    if job is None:
        raise refusals.no_such("run", run_id)
    return job


async def images(world: World, messages: Sequence[Item]) -> dict[str, str]:
    """The pictures that messages name by their files and that are still there, as data URLs by the files' ids."""
    found: dict[str, Any] = {}
    for message in messages:
        for each in message["content"]:
            if each["type"] == "image_file":
                file = await files.find(world, each["image_file"]["file_id"])
                if file is not None:
                    found[file["id"]] = await files.as_picture(world, file)
    return found
