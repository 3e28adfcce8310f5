"""What the parts of a Responses request demand of each other, and the items of a context. Sentences and order: api-facts C.5, E.1, E.5."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockapi.contract.chat import JsonObjectFormat
from mockapi.contract.chat_rules import check_grammar
from mockapi.contract.responses import request as asked
from mockapi.contract.responses import tools as offered
from mockapi.errors import ApiError, bad_request, duplicate_item, invalid_id_prefix

Item = Mapping[str, Any]
# seen: A.5; other kinds are not told apart by their ids
PREFIXES = {
    "message": "msg", "reasoning": "rs", "function_call": "fc", "web_search_call": "ws", "file_search_call": "fs",
    "code_interpreter_call": "ci", "image_generation_call": "ig", "mcp_call": "mcp", "mcp_list_tools": "mcpl",
    "mcp_approval_request": "mcpr", "custom_tool_call": "ctc", "computer_call": "cu", "compaction": "cmp", "tool_search_call": "tsc",
    "tool_search_output": "tso", "apply_patch_call": "apc",
}  # fmt: skip
# Calls that the client answers, as sentences name them. seen: the first; guess: the others
_ANSWERED = {
    "function_call": "function call", "custom_tool_call": "custom tool call", "computer_call": "computer call",
    "shell_call": "shell call", "apply_patch_call": "apply patch call",
}  # fmt: skip
# What comes from a client, which no reasoning leads to.
_CLIENTS = ("user", "system", "developer")


def check(request: asked.CreateResponse) -> None:
    """Raise the first fault that lies between parameters."""
    if request.tools:
        _tools(request.tools)
    _tool_choice(request)
    _format(request)
    if request.stream_options is not None and not request.stream:
        # seen: C.3, the sentence of chat
        raise bad_request("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")
    if request.previous_response_id is not None and request.conversation is not None:
        raise bad_request(
            "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre...id' or 'conversation'.",
            None,
            "mutually_exclusive_parameters",
        )
    if not request.input and request.previous_response_id is None and request.prompt is None and request.conversation is None:
        raise bad_request(
            "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.",
            None,
            "missing_required_parameter",
        )


def check_id(kind: str, id: str | None, place: str) -> None:
    """Raise for an id that is not one of an item's kind."""
    known = PREFIXES.get(kind)
    if known is not None and id is not None and not id.startswith(known):
        raise invalid_id_prefix(place, id, known)


def check_context(items: Sequence[Item]) -> None:
    """Raise for items, in kept form, that do not fit together: all that a model is to read, what went before included."""
    seen: set[str] = set()
    for item in items:
        id = item.get("id")
        if id is not None and id in seen:
            raise duplicate_item(id, "input")
        seen.add(id or "")
    _calls(items)
    for number, item in enumerate(items):
        if item["type"] == "reasoning" and not _follows(items[number + 1 :]):
            raise _input_fault(f"Item '{item['id']}' of type 'reasoning' was provided without its required following item.")


def check_json_word(items: Sequence[Item]) -> None:
    """Raise where JSON is asked for and no message says so."""
    if not any("json" in text.lower() for text in _texts(items)):
        raise _input_fault("Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.")


def asks_for_json(request: asked.CreateResponse) -> bool:
    """Whether the words of the context are held against `check_json_word`."""
    return request.text is not None and isinstance(request.text.format, JsonObjectFormat)


def _input_fault(message: str) -> ApiError:
    return bad_request(message, "input")


def _calls(items: Sequence[Item]) -> None:
    """Each result after its call, each call with its result."""
    for kind, words in _ANSWERED.items():
        called: dict[str, None] = {}
        answered: set[str] = set()
        for item in items:
            call_id = item.get("call_id")
            if item["type"] == kind and call_id is not None:
                called[call_id] = None
            elif item["type"] == f"{kind}_output" and call_id is not None:
                if call_id not in called:
                    raise _input_fault(f"No tool call found for {words} output with call_id {call_id}.")
                answered.add(call_id)
        for call_id in called:
            if call_id not in answered:
                raise _input_fault(f"No tool output found for {words} {call_id}.")


def _follows(rest: Sequence[Item]) -> bool:
    """Whether what follows a reasoning is what it led to."""
    after = next((item for item in rest if item["type"] != "reasoning"), None)
    return after is not None and after.get("role") not in _CLIENTS and not after["type"].endswith("_output")


def _texts(items: Sequence[Item]) -> Iterator[str]:
    for item in items:
        content = item.get("content") if item["type"] == "message" else None
        if isinstance(content, str):
            yield content
        for part in content if isinstance(content, list) else ():
            if isinstance(part.get("text"), str):
                yield part["text"]


def _tools(tools: Sequence[offered.Tool]) -> None:
    for place, tool in _each(tools, "tools"):
        if isinstance(tool, offered.FunctionToolParam) and tool.parameters:
            from mockapi.contract import strict

            # guess: E.5; one that is to be made strict first is held against no more than any other
            refuse = strict.refusal if tool.strict else strict.loose_refusal
            reason = refuse(tool.parameters, head=f"function '{tool.name}'")
            if reason:
                raise bad_request(reason, f"{place}.parameters", "invalid_function_parameters")
        if isinstance(tool, offered.CustomToolParam) and isinstance(tool.format, offered.CustomGrammar):
            check_grammar(tool.format.syntax, tool.format.definition, f"{place}.format.definition")


def _each(tools: Sequence[offered.Tool], name: str) -> Iterator[tuple[str, offered.Tool]]:
    """Every tool with its place, those of namespaces included."""
    for number, tool in enumerate(tools):
        yield f"{name}[{number}]", tool
        if isinstance(tool, offered.NamespaceTool):
            yield from _each(tool.tools, f"{name}[{number}].tools")


def _tool_choice(request: asked.CreateResponse) -> None:
    choice = request.tool_choice
    if choice in (None, "auto", "none"):
        return
    names = list(_names(choice))
    if not request.tools:
        # seen: quoted by users for "required"; guess: an object
        shown = "required" if isinstance(choice, str) else choice.type if isinstance(choice, offered.ToolChoiceAllowed) else names[0]
        raise bad_request(f"Tool choice '{shown}' must be specified with 'tools' parameter.", "tool_choice")
    known = {_stem(name) for _, tool in _each(request.tools, "tools") for name in _names(tool)}
    for name in names:
        if _stem(name) not in known:
            raise bad_request(f"Tool choice '{name}' not found in 'tools' parameter.", "tool_choice")


def _names(tool: Any) -> Iterator[str]:
    """What a tool, or the choice of one, is called: `function:name`, `mcp:label`, or its type."""
    if isinstance(tool, offered.ToolChoiceAllowed):
        for each in tool.tools:
            name = each.get("name", each.get("server_label"))
            yield _name(str(each.get("type")), name if isinstance(name, str) else None)
    elif not isinstance(tool, str):
        yield _name(tool.type, getattr(tool, "server_label", None) if tool.type == "mcp" else getattr(tool, "name", None))


def _name(kind: str, name: str | None) -> str:
    return kind if name is None else f"{kind}:{name}"


def _stem(name: str) -> str:
    """Newer and older names of one tool stand for each other."""
    return next((stem for stem in ("web_search", "computer") if name.startswith(stem)), name)


def _format(request: asked.CreateResponse) -> None:
    form = request.text.format if request.text is not None else None
    if isinstance(form, asked.TextFormatJsonSchema) and form.strict:
        from mockapi.contract import strict

        reason = strict.refusal(form.schema_, head=f"response_format '{form.name}'")
        if reason:
            raise bad_request(reason, "text.format.schema", "invalid_json_schema")
