"""From the items that a client sends to the items that are kept, and from those to what is told of them.

Kept is what a model's own item looks like: with an id, a status, and content in parts. Source: api-facts A.5, D.4, G.7.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from mockapi.contract.responses.rules import PREFIXES

Item = dict[str, Any]
# seen: A.5 names the first; guess: the others, made as `tsc_` and `tso_` are
_PREFIXES = PREFIXES | {
    "function_call_output": "fco", "custom_tool_call_output": "ctco", "computer_call_output": "cuo", "apply_patch_call_output": "apco",
    "shell_call": "sh", "shell_call_output": "sho", "local_shell_call": "lsh", "local_shell_call_output": "lsho",
    "mcp_approval_response": "mcpa", "additional_tools": "at", "program": "prg", "program_output": "prgo",
}  # fmt: skip
# Kinds that have a status, which a client may leave out.
_WITH_STATUS = frozenset((
    "message", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output", "computer_call_output",
    "tool_search_call", "tool_search_output", "shell_call", "shell_call_output",
))  # fmt: skip
# Members that are told as null where there is nothing.
_NULLS = {
    "image_generation_call": ("result",),
    "code_interpreter_call": ("code", "outputs"),
    "tool_search_call": ("call_id",),
    "tool_search_output": ("call_id",),
    "shell_call": ("environment",),
    "shell_call_output": ("max_output_length",),
}


def prefix(kind: str) -> str:
    """What the id of an item of a kind begins with, such as `msg_`."""
    return f"{_PREFIXES[kind]}_"


def kept(item: Any, id: str) -> Item:
    """An input item of the contract, other than a reference, as it is kept under an id."""
    sent: Item = item.model_dump(exclude_none=True)
    kind = sent.setdefault("type", "message")
    made: Item = {"id": id, "type": kind}
    if kind in _WITH_STATUS:
        made["status"] = "completed"
    made |= dict.fromkeys(_NULLS.get(kind, ())) | sent | {"id": id}
    change = _CHANGES.get(kind)
    if change is not None:
        change(made)
    return made


def _message(made: Item) -> None:
    content, role = made["content"], made.pop("role")
    if isinstance(content, str):
        content = [{"type": "output_text" if role == "assistant" else "input_text", "text": content}]
    made["content"] = [_part(part) for part in content]
    made["role"] = role
    if "phase" in made:
        made["phase"] = made.pop("phase")


def _part(part: Item) -> Item:
    kind = part["type"]
    if kind == "output_text":
        return {"type": kind, "annotations": part.get("annotations", []), "logprobs": part.get("logprobs", []), "text": part["text"]}
    if kind == "input_image":
        return {"type": kind, "detail": "auto", "file_id": None, "image_url": None} | part
    return part


def _output(made: Item) -> None:
    if isinstance(made["output"], list):
        made["output"] = [_part(part) for part in made["output"]]


def _computer_call(made: Item) -> None:
    for action in [*made.get("actions", ()), *([made["action"]] if "action" in made else ())]:
        if action["type"] == "double_click":
            action.setdefault("keys", None)


def _computer_call_output(made: Item) -> None:
    if made["status"] == "in_progress":
        # guess: a screenshot that was sent is there; the document has no such status for one that is kept
        made["status"] = "incomplete"


def _tool_search(made: Item) -> None:
    # guess: what the client answers has a call's id
    made.setdefault("execution", "server" if made["call_id"] is None else "client")
    _tools(made)


def _tools(made: Item) -> None:
    for tool in made.get("tools", ()):
        if tool["type"] == "function":
            # guess: told as null where it was left out; a response fills its own tools in
            tool.setdefault("parameters", None)
            tool.setdefault("strict", None)


def _shell_call(made: Item) -> None:
    made["action"] = {"commands": [], "max_output_length": None, "timeout_ms": None} | made["action"]
    if made["environment"] is not None:
        made["environment"].pop("skills", None)


def _local_shell_call_output(made: Item) -> None:
    made.setdefault("call_id", made["id"])


_CHANGES = {
    "message": _message,
    "function_call_output": _output,
    "custom_tool_call_output": _output,
    "computer_call": _computer_call,
    "computer_call_output": _computer_call_output,
    "tool_search_call": _tool_search,
    "tool_search_output": _tool_search,
    "additional_tools": _tools,
    "shell_call": _shell_call,
    "local_shell_call_output": _local_shell_call_output,
}


def told(item: Item, include: Collection[str] | None) -> Item:
    """A kept item as a client sees it: what must be asked for is left out unless it was (documentation of `include`)."""
    tell = _TOLD.get(item["type"])
    return item if tell is None else tell(item, include or ())


def _told_message(item: Item, include: Collection[str]) -> Item:
    return item | {"content": [_told_part(part, include) for part in item["content"]]}


def _told_part(part: Item, include: Collection[str]) -> Item:
    if part["type"] == "output_text" and "message.output_text.logprobs" not in include:
        return part | {"logprobs": []}
    if part["type"] == "input_image" and "message.input_image.image_url" not in include:
        return part | {"image_url": None}
    return part


def _told_file_search(item: Item, include: Collection[str]) -> Item:
    return item if "file_search_call.results" in include else item | {"results": None}


def _told_web_search(item: Item, include: Collection[str]) -> Item:
    return item if "web_search_call.action.sources" in include else item | {"action": _without(item["action"], "sources")}


def _told_code(item: Item, include: Collection[str]) -> Item:
    return item if "code_interpreter_call.outputs" in include else item | {"outputs": None}


def _told_screenshot(item: Item, include: Collection[str]) -> Item:
    return item if "computer_call_output.output.image_url" in include else item | {"output": _without(item["output"], "image_url")}


def _told_reasoning(item: Item, include: Collection[str]) -> Item:
    return item if "reasoning.encrypted_content" in include else _without(item, "encrypted_content")


def _without(whole: Item, name: str) -> Item:
    return {member: value for member, value in whole.items() if member != name}


_TOLD = {
    "message": _told_message,
    "file_search_call": _told_file_search,
    "web_search_call": _told_web_search,
    "code_interpreter_call": _told_code,
    "computer_call_output": _told_screenshot,
    "reasoning": _told_reasoning,
}
