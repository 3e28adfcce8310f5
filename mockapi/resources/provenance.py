"""Which pictures a world was given by its models: they are known again by their bytes, as what is told inside a file would be."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from mockapi.world import World

_KIND = "provenance"


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


async def note(world: World, content: bytes, model: str) -> None:
    """Remember a picture that a model made at this moment."""
    made = datetime.fromtimestamp(world.clock.seconds(), UTC)
    name = _digest(content)
    await world.store.put(_KIND, name, {"id": name, "model": model, "generated_at": made.strftime("%Y-%m-%dT%H:%M:%SZ")})


async def of(world: World, content: bytes) -> dict[str, Any] | None:
    """The `model` that made a picture here, and when; None for one that is not ours."""
    return await world.store.get(_KIND, _digest(content))
