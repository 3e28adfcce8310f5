"""What assistants, threads and runs check and look up alike: models, tools, and the files and stores that these work with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockapi import errors
from mockapi.admission import access
from mockapi.catalogue import Card
from mockapi.contract import chat, chat_rules
from mockapi.contract.assistants import tools
from mockapi.dialects.assistants.write import Item
from mockapi.resources import files
from mockapi.resources.assistants import refusals
from mockapi.resources.vector_stores import filling
from mockapi.resources.vector_stores import kept as stores
from mockapi.seed import Stream
from mockapi.transport.call import Call
from mockapi.world import World

KIND = "assistant"
# The header that says that a client knows the second version.
BETA = "assistants=v2"
_PLACE = "tool_resources.file_search.vector_stores[0]"


async def find(world: World, assistant_id: str) -> Item:
    """An assistant. Raises the API's 400 for what is no id of one, and its 404."""
    errors.check_id("assistant_id", assistant_id, "asst")
    found = await world.store.get(KIND, assistant_id)
    if found is None:
        raise refusals.no_such("assistant", assistant_id)
    return found


def served(card: Card, effort: str | None) -> Card:
    """A card that assistants may have. Raises what the API says of another, and of an effort that it does not make."""
    if "assistants" not in card.endpoints:
        raise refusals.not_here(card.asked_as)
    if effort is not None and not card.reasons:
        raise refusals.no_effort()
    return card


async def card(call: Call, model: str, effort: str | None) -> Card:
    """The card of a model by its name. Raises as `served` does, and for a model that is not there."""
    return served(await access.card(call, model), effort)


def check(offered: Sequence[Any] | None, form: Any) -> None:
    """Raise for functions and output schemas that the API does not take."""
    for number, tool in enumerate(offered or ()):
        if isinstance(tool, chat.FunctionTool):
            chat_rules.function(tool.function, f"tools[{number}].function.parameters")
    if isinstance(form, chat.JsonSchemaFormat):
        chat_rules.schema_form(form.json_schema)


Given = tools.ToolResources | tools.GivenToolResources


async def check_resources(world: World, given: Given | None) -> None:
    """Raise for files and stores that are not there."""
    if given is None:
        return
    for number, file_id in enumerate((given.code_interpreter.file_ids if given.code_interpreter is not None else None) or ()):
        await file(world, file_id, f"tool_resources.code_interpreter.file_ids[{number}]")
    if given.file_search is None:
        return
    if given.file_search.vector_store_ids and _fresh(given.file_search):
        raise refusals.stores_twice()
    for store_id in given.file_search.vector_store_ids or ():
        await stores.living(world, store_id)
    for wanted in _fresh(given.file_search):
        stores.chunking(wanted.chunking_strategy, f"{_PLACE}.chunking_strategy")
        await stores.sources(world, wanted.file_ids or (), f"{_PLACE}.file_ids[{{}}]")


async def resources(world: World, given: Given | None, stream: Stream) -> Item:
    """What tools work with, as it is told; stores that are asked for are made. Raises for what is not there."""
    await check_resources(world, given)
    told: Item = {}
    if given is not None and given.code_interpreter is not None:
        told["code_interpreter"] = {"file_ids": given.code_interpreter.file_ids or []}
    if given is not None and given.file_search is not None:
        made = list(given.file_search.vector_store_ids or ())
        for wanted in _fresh(given.file_search):
            found = await stores.sources(world, wanted.file_ids or (), f"{_PLACE}.file_ids[{{}}]")
            store = await filling.make(world, stream, found, stores.chunking(wanted.chunking_strategy), metadata=wanted.metadata)
            made.append(store["id"])
        told["file_search"] = {"vector_store_ids": made}
    return told


def _fresh(searched: tools.FileSearchResources | tools.FileSearchStores) -> Sequence[tools.NewVectorStore]:
    return (searched.vector_stores or ()) if isinstance(searched, tools.FileSearchResources) else ()


async def file(world: World, file_id: str, place: str) -> Item:
    """A file that a place of a request names. Raises for one that is not there."""
    errors.check_id(place, file_id, "file")
    found = await files.find(world, file_id)
    if found is None:
        raise refusals.no_such_file(file_id, place)
    return found


async def attached(world: World, told: Item, file_id: str, stream: Stream) -> Item:
    """What tools work with once a file was attached for searching: into the store that is there, or a new one."""
    (found,) = await stores.sources(world, [file_id], "attachments[0].file_id")
    known = told.get("file_search", {}).get("vector_store_ids", [])
    if known:
        await filling.put(world, known[0], found, stores.chunking(None), None)
        return told
    # doc: a store that is made for a thread goes a week after it was last used
    made = await filling.make(world, stream, [found], stores.chunking(None), expires_after={"anchor": "last_active_at", "days": 7})
    return {**told, "file_search": {"vector_store_ids": [made["id"]]}}
