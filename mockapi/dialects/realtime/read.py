"""From a session and the items of its conversation to a prompt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mockapi.dialects import pictures
from mockapi.engine.prompt import Prompt, Recording, Tool, ToolCallMade, Turn

Item = dict[str, Any]


@dataclass(slots=True, eq=False, repr=False)
class Entry:
    """An item of a conversation as it is told, and what its sound is: the samples, their length in seconds, and what is said in it. One
    that is `forgotten` is told to its client alone: it was left out where the conversation grew too long."""

    item: Item
    pcm: bytes = b""
    seconds: float = 0.0
    heard: str | None = None
    forgotten: bool = False

    @property
    def id(self) -> str:
        return str(self.item["id"])


def prompt(config: dict[str, Any], entries: Iterable[Entry]) -> Prompt:
    """What the model is asked; `config` is the session with what the response has of its own."""
    made = Prompt([Turn("system", config["instructions"])] if config["instructions"] else [])
    for entry in entries:
        if not entry.forgotten:
            made.turns += _turns(entry)
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


def forget(made: Prompt, entries: Sequence[Entry]) -> bool:
    """Whether the oldest item that is no instruction, nor the newest, could be left out of a prompt that is about these, and was."""
    for entry in entries[:-1]:
        if entry.forgotten or entry.item.get("role") == "system":
            continue
        entry.forgotten = True
        size = len(_turns(entry))
        if size:
            place = next(place for place, turn in enumerate(made.turns) if turn.role != "system")
            del made.turns[place : place + size]
            return True
    return False


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


def _turns(entry: Entry) -> list[Turn]:
    item = entry.item
    match item["type"]:
        case "function_call":
            return [_called(item["call_id"], item)]
        case "function_call_output":
            return [Turn("tool", item["output"], answers=item["call_id"])]
        case "mcp_approval_request":
            return [_called(item["id"], item)]
        case "mcp_approval_response" if not item["approve"]:
            return [Turn("tool", item.get("reason") or "the call was not approved", answers=item["approval_request_id"])]
        case "mcp_call":
            asked_for = item.get("approval_request_id")
            told = item.get("output") or (item.get("error") or {}).get("message") or ""
            result = Turn("tool", told.rstrip("."), answers=asked_for or item["id"])
            return [result] if asked_for else [_called(item["id"], item), result]
        case "message":
            return [_message(entry)]
    return []


def _called(id: str, item: Item) -> Turn:
    return Turn("assistant", "", calls=(ToolCallMade(id, item["name"], item["arguments"]),))


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
