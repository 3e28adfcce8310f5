"""Items of responses and conversations, wherever they are listed: what a reference in an input stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockapi import errors, ids
from mockapi.contract.responses import rules
from mockapi.contract.responses.items import CompactionTrigger, ItemReference
from mockapi.dialects.responses.items import kept, prefix
from mockapi.seed import Stream
from mockapi.world import World

KIND = "item"


async def resolved(world: World, items: Sequence[Any], lineage: str, stream: Stream, name: str = "input") -> list[dict[str, Any]]:
    """Input items of the contract as they are kept, in their order; nothing is stored yet.

    A reference becomes what it names; an item without an id gets one of a lineage (16 hex digits). `name` is the parameter that holds
    them. Raises 400 for an id of another kind, 404 for a reference to nothing.
    """
    made = []
    for number, item in enumerate(items):
        if isinstance(item, ItemReference):
            found = await world.store.get(KIND, item.id)
            if found is None:
                raise errors.item_not_found(item.id, name)
            made.append(found)
        elif not isinstance(item, CompactionTrigger):
            kind = item.type or "message"
            rules.check_id(kind, item.id, f"{name}[{number}].id")
            own = item.id or ids.rooted(prefix(kind), lineage, world.clock.micros(), stream.child(number))
            made.append(kept(item, own))
    return made


async def keep(world: World, items: Sequence[dict[str, Any]]) -> None:
    """Let later inputs refer to items."""
    for item in items:
        await world.store.put(KIND, item["id"], item)
