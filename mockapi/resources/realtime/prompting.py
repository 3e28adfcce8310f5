"""The prompt that a session or a response names: its text is what the model is instructed with."""

from __future__ import annotations

from typing import Any

from mockapi.contract.responses.request import Prompt
from mockapi.seed import Stream
from mockapi.world import World


async def instructed(world: World, given: dict[str, Any], stream: Stream) -> dict[str, Any]:
    """Settings with the text of the prompt that they name; their own instructions go before it. Raises for a prompt that is not there."""
    if given.get("prompt") is None:
        return given
    from mockapi.resources.responses import prompts

    named = Prompt.model_validate(given["prompt"])
    items = prompts.filled(await prompts.find(world, named), named.variables, "", stream)
    # guess: all messages of a prompt instruct, whoever says them; pictures and files in it are left out.
    parts = (part for item in items for part in item["content"])
    text = "\n".join(part["text"] for part in parts if part["type"] == "input_text")
    return given if given.get("instructions") is not None else {**given, "instructions": text}
