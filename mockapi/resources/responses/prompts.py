"""Stored prompts: templates that a response names by their id. The API keeps those of its dashboard; here they are told to the mock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockapi import ids
from mockapi.contract.responses.items import InputMessage
from mockapi.contract.responses.parts import InputFileContent, InputImageContent, InputTextContent
from mockapi.dialects.responses import items
from mockapi.dialects.responses.items import Item
from mockapi.records import record
from mockapi.resources.responses import refusals
from mockapi.seed import Stream
from mockapi.world import World

KIND = "prompt"
_PLACE = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
Variable = str | InputTextContent | InputImageContent | InputFileContent


@record
class Template:
    """One version of a prompt: its model, if it names one, and its messages, each a role and a text with places as `{{name}}`."""

    model: str | None
    messages: list[tuple[str, str]]


async def keep(world: World, id: str | None, version: str | None, template: Template) -> Item:
    """Store a version of a prompt; the newest is the one that is meant where none is named."""
    chance = await world.call_stream(world.seed.stream(b"prompt", *(text.encode() for _, text in template.messages)).origin)
    named = id or ids.related("pmpt_", world.clock.micros(), chance)
    kept = await world.store.get(KIND, named)
    versions: dict[str, Any] = {} if kept is None else dict(kept["versions"])
    number = version or str(len(versions) + 1)
    versions[number] = {"model": template.model, "messages": template.messages}
    made = {"id": named, "version": number, "versions": versions}
    await world.store.put(KIND, named, made)
    return made


async def find(world: World, reference: Any) -> Template:
    """The version of a prompt that a response names. Raises 404 for one that is not there."""
    kept = await world.store.get(KIND, reference.id)
    version = None if kept is None else kept["versions"].get(reference.version or kept["version"])
    if version is None:
        raise refusals.prompt_not_found(reference.id)
    return Template(version["model"], version["messages"])


def filled(template: Template, variables: Mapping[str, Variable] | None, lineage: str, stream: Stream) -> list[Item]:
    """The items of a prompt with its places filled. Raises for a place that has no value, and for a value that has no place."""
    given = variables or {}
    names = {name for _, text in template.messages for name in _PLACE.findall(text)}
    missing, needless = sorted(names - set(given)), sorted(set(given) - names)
    if missing:
        raise refusals.missing_variables(missing)
    if needless:
        raise refusals.unknown_variables(needless)
    found = []
    for number, (role, text) in enumerate(template.messages):
        content = [*_parts(text, given)] or [{"type": "input_text", "text": ""}]
        message = InputMessage.model_validate({"type": "message", "role": role, "content": content})
        found.append(items.kept(message, ids.rooted("msg_", lineage, 0, stream.child(number))))
    return found


def _parts(text: str, given: Mapping[str, Variable]) -> Iterator[Item]:
    """A text with its places filled; what is no text stands as a part of its own."""
    said = ""
    for number, piece in enumerate(_PLACE.split(text)):
        value: Variable = given[piece] if number % 2 else piece
        if isinstance(value, (str, InputTextContent)):
            said += value if isinstance(value, str) else value.text
            continue
        if said:
            yield {"type": "input_text", "text": said}
        said = ""
        yield value.model_dump(exclude_none=True)
    if said:
        yield {"type": "input_text", "text": said}
