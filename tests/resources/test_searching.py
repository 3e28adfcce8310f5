"""The search that the tools for files use: over several stores at once."""

from __future__ import annotations

import asyncio

import pytest

from mockapi import Settings
from mockapi.clock import Clock
from mockapi.errors import ApiError
from mockapi.lifecycle import Pace
from mockapi.resources import everything, files
from mockapi.resources.vector_stores import filling, kept
from mockapi.resources.vector_stores.searching import Hit, Ranking, search
from mockapi.world import World
from mockapi.worlds import Worlds

everything()
AUTO = kept.chunking(None)


async def filled(world: World, store_id: str, *texts: str) -> None:
    """A store with a file for each text."""
    world.paces[kept.FILE] = Pace("immediate")
    shown = {"id": store_id, "expires_after": None, "expires_at": None, "last_active_at": 0}
    await world.store.put(kept.KIND, store_id, {"id": store_id, "shown": shown})
    for number, text in enumerate(texts):
        stream = world.seed.stream(store_id.encode(), b"%d" % number)
        file = await files.keep(world, stream, f"{store_id}-{number}.txt", "assistants", text.encode())
        await filling.put(world, store_id, file, AUTO, {"number": number})


def test_hits_of_several_stores_are_ranked_together() -> None:
    world = Worlds(Settings(), Clock()).world("searching")

    async def asked() -> list[list[Hit]]:
        await filled(world, "vs_a", "The tower is 300 metres high.", "Cats sleep all day.")
        await filled(world, "vs_b", "The tower was built in 1889.", "Dogs bark at night.")
        every = await search(world, ["vs_a", "vs_b", "vs_a"], ["How high is the tower?", "Do dogs bark?"])
        some = await search(world, ["vs_b", "vs_a"], ["tower"], {"type": "eq", "key": "number", "value": 0}, 1, Ranking(threshold=0.2))
        return [every, some]

    every, some = asyncio.run(asked())
    assert len(every) == 4 and {hit.filename for hit in every[:2]} == {"vs_a-0.txt", "vs_b-1.txt"}
    assert [hit.score for hit in every] == sorted((hit.score for hit in every), reverse=True)
    assert len(some) == 1 and some[0].attributes == {"number": 0} and "tower" in some[0].text


def test_a_store_that_is_none_is_told() -> None:
    world = Worlds(Settings(), Clock()).world("searching")
    with pytest.raises(ApiError, match="No vector store found with id 'vs_x'"):
        asyncio.run(search(world, ["vs_x"], ["tower"]))
