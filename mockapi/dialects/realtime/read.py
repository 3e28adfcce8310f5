"""From a session and the items of its conversation to a prompt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mockapi.dialects import pictures
from mockapi.engine.prompt import Prompt, Recording, Tool, ToolCallMade, Turn

Item = dict[str, Any]


@dataclass(slots=True, eq=False, repr=False)
class Entry:
    """An item of a conversation as it is told, and what its sound is: the samples, their length in seconds, and what is said in it."""

    item: Item
    pcm: bytes = b""
    seconds: float = 0.0
    heard: str | None = None

    @property
    def id(self) -> str:
        return str(self.item["id"])


def prompt(config: dict[str, Any], entries: Iterable[Entry]) -> Prompt:
    """What the model is asked; `config` is the session with what the response has of its own."""
    made = Prompt([Turn("system", config["instructions"])] if config["instructions"] else [])
    for entry in entries:
        turn = _turn(entry)
        if turn is not None:
            made.turns.append(turn)
    made.tools = [
        Tool(tool["name"], tool.get("description") or "", "function", tool.get("parameters"))
        for tool in config["tools"]
        if tool["type"] == "function"
    ]
    _choose(made, config["tool_choice"])
    made.parallel = config.get("parallel_tool_calls") is not False
    limit = config["max_output_tokens"]
    made.max_tokens = None if limit == "inf" else limit
    made.effort = (config.get("reasoning") or {}).get("effort")
    made.speaks = "audio" in config["output_modalities"]
    return made


def _choose(made: Prompt, choice: Any) -> None:
    if isinstance(choice, str):
        made.choice = choice
    elif choice["type"] == "function":
        made.choice, made.forced = choice["name"], True
    else:
        # A hosted tool is wanted, so no function is.
        made.choice = "none"
    if made.choice == "required" and not made.tools:
        made.choice = "none"


def _turn(entry: Entry) -> Turn | None:
    item = entry.item
    match item["type"]:
        case "function_call":
            return Turn("assistant", "", calls=(ToolCallMade(item["call_id"], item["name"], item["arguments"]),))
        case "function_call_output":
            return Turn("tool", item["output"], answers=item["call_id"])
        case "mcp_call":
            return Turn("tool", item["output"] or "", name=item["name"])
        case "message":
            return _message(entry)
    return None


def _message(entry: Entry) -> Turn:
    turn = Turn(entry.item["role"], "")
    for part in entry.item["content"]:
        kind = part.get("type")
        if kind == "input_image":
            turn.pictures += (pictures.read(part.get("image_url") or "", part.get("detail") or "auto", "item.content[0].image_url"),)
        elif kind == "input_audio":
            turn.recordings += (Recording(entry.seconds, entry.heard),)
        elif kind in ("output_audio", "audio"):
            turn.text += part.get("transcript") or ""
            turn.recordings += (Recording(entry.seconds),)
        else:
            turn.text += part.get("text") or ""
    return turn
