"""Threads of ChatKit as they are kept, with their items. Clients chat through a widget that is no part of the API; controls play it."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.resources.chatkit import refusals
from mockapi.seed import Stream
from mockapi.world import World

# seen: C.10, what the header has to say
BETA = "chatkit_beta=v1"
KIND = "chatkit.thread"


def items_of(thread_id: str) -> str:
    """The kind under which the items of a thread are kept, oldest first."""
    return f"{KIND} {thread_id} item"


async def find(world: World, thread_id: str) -> dict[str, Any]:
    """A thread. Raises the API's 404."""
    found = await world.store.get(KIND, thread_id)
    if found is None:
        raise refusals.no_such_thread(thread_id)
    return found


async def begin(world: World, stream: Stream, user: str, title: str | None) -> dict[str, Any]:
    """Keep a new thread of a user."""
    made: dict[str, Any] = {
        "id": ids.related("cthr_", world.clock.micros(), stream),
        "object": "chatkit.thread",
        "created_at": world.clock.seconds(),
        "title": title,
        "status": {"type": "active"},
        "user": user,
    }
    await world.store.put(KIND, made["id"], made)
    return made


async def say(world: World, stream: Stream, thread_id: str, asked: str, answer: str) -> None:
    """Keep what a user said in a thread, and what was said to that."""
    said: list[dict[str, Any]] = [
        {
            "type": "chatkit.user_message",
            "content": [{"type": "input_text", "text": asked}],
            "attachments": [],
            "inference_options": None,
        },
        {"type": "chatkit.assistant_message", "content": [{"type": "output_text", "text": answer, "annotations": []}]},
    ]
    for place, item in enumerate(said):
        head: dict[str, Any] = {
            "id": ids.related("cthi_", world.clock.micros(), stream.child(place), thread_id[-16:]),
            "object": "chatkit.thread_item",
            "created_at": world.clock.seconds(),
            "thread_id": thread_id,
        }
        await world.store.put(items_of(thread_id), head["id"], {**head, **item})


async def remove(world: World, thread_id: str) -> None:
    """Forget a thread with its items (documentation)."""
    await world.store.delete(KIND, thread_id)
    for item in await world.store.page(items_of(thread_id)):
        await world.store.delete(items_of(thread_id), item["id"])
