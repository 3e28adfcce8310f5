"""What a response begins with: the items of its input and of what went before, and what the model is asked."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockapi import errors, lifecycle
from mockapi.contract.responses import rules
from mockapi.dialects.responses.items import Item
from mockapi.resources import conversations, files, kept_items
from mockapi.resources.responses import prompts, refusals
from mockapi.seed import Stream
from mockapi.world import World

KIND = "response"
# The longest chain of responses that is followed: as many as fit into no context window.
_LONGEST = 10_000


@dataclass(slots=True, eq=False, repr=False)
class Context:
    """`before` are the items of what went before, `sent` those of the input, `template` those of a stored prompt, all in kept form;
    `lineage` is what their ids share."""

    before: list[Item]
    sent: list[Item]
    lineage: str
    conversation_id: str | None = None
    template: list[Item] = field(default_factory=list)

    @property
    def items(self) -> list[Item]:
        """What the model is shown: of what went before, what came since it was compacted last."""
        compacted = next((place for place in range(len(self.before) - 1, -1, -1) if self.before[place]["type"] == "compaction"), 0)
        return [*self.template, *self.before[compacted:], *self.sent]


async def gather(world: World, request: Any, stream: Stream, beside: Mapping[str, Any] | None = None) -> Context:
    """Look up what a request refers to; `beside` are responses that only the connection remembers.

    Raises what the API says of a conversation, a response, an item or a file that is not there, and of items that do not fit together.
    """
    conversation_id, lineage, before = None, stream.child(3).entropy(8).hex(), list[Item]()
    told = getattr(request, "conversation", None)
    if told is not None:
        conversation_id = (await conversations.find(world, told if isinstance(told, str) else told.id))["id"]
        lineage = conversations.lineage(conversation_id)
        before = await world.store.page(conversations.held(conversation_id))
    named = getattr(request, "prompt", None)
    template: list[Item] = []
    if named is not None:
        template = prompts.filled(await prompts.find(world, named), named.variables, lineage, stream.child(6))
    if request.previous_response_id is not None:
        before = await _chain(world, request.previous_response_id, beside or {})
        lineage = request.previous_response_id.removeprefix("resp_")[:16]
    given = _items(request.input)
    sent = await kept_items.resolved(world, given, lineage, stream.child(4))
    sent = [await _with_files(world, item, f"input[{place}]") for place, item in enumerate(sent)]
    found = Context(before, sent, lineage, conversation_id, template)
    rules.check_context(found.items)
    return found


def _items(given: Any) -> Sequence[Any]:
    if isinstance(given, str):
        from mockapi.contract.responses.items import InputMessage

        return [InputMessage(role="user", content=given)]
    return given or ()


async def _chain(world: World, response_id: str, beside: Mapping[str, Any]) -> list[Item]:
    """The inputs and outputs of a response and of all before it, oldest first."""
    parts: list[list[Item]] = []
    wanted: str | None = response_id
    while wanted is not None and len(parts) < _LONGEST:
        job = beside.get(wanted) or await lifecycle.look(world, KIND, wanted, counts=False)
        if job is None:
            raise refusals.previous_not_found(response_id)
        parts.append([*job["own"]["input"], *job["own"]["final"]["output"]])
        wanted = job["own"]["final"]["previous_response_id"]
    return [item for part in reversed(parts) for item in part]


async def _with_files(world: World, item: Item, place: str) -> Item:
    """An item whose uploaded files are there to be read. Raises for one that is not."""
    name = "content" if item["type"] == "message" else "output"
    parts = item.get(name)
    if not isinstance(parts, list) or not any(isinstance(part, dict) and part.get("file_id") for part in parts):
        return item
    return {**item, name: [await _read(world, part, f"{place}.{name}[{number}].file_id") for number, part in enumerate(parts)]}


async def _read(world: World, part: Item, place: str) -> Item:
    file_id = part.get("file_id")
    if file_id is None or part["type"] not in ("input_image", "input_file"):
        return part
    found = await files.find(world, file_id)
    if found is None:
        # guess: the sentence of the files endpoints
        raise errors.bad_request(f"No such File object: {file_id}", place)
    if part["type"] == "input_image":
        return {**part, "image_url": await files.as_picture(world, found)}
    content = base64.b64encode(await files.read(world, file_id)).decode()
    kind = "application/pdf" if found["filename"].lower().endswith(".pdf") else "text/plain"
    return {**part, "filename": found["filename"], "file_data": f"data:{kind};base64,{content}"}


async def finish(world: World, found: Context, response: dict[str, Any], *, store: bool) -> None:
    """Keep what a response came to, where later ones can refer to it."""
    if store:
        await kept_items.keep(world, [*found.sent, *response["output"]])
    if found.conversation_id is not None:
        await conversations.add(world, found.conversation_id, [*found.sent, *response["output"]])
