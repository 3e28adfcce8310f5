"""From the items of a context, in kept form, to a prompt."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from mockapi.contract.responses import request as asked
from mockapi.contract.responses import tools as offered
from mockapi.dialects import pictures, recordings
from mockapi.dialects.chat.read import document_text
from mockapi.dialects.responses.items import Item
from mockapi.engine.prompt import Output, Prompt, Tool, ToolCallMade, Turn
from mockapi.errors import ApiError, bad_request

Request = asked.CreateResponse | asked.CountInputTokensRequest | asked.CompactResponseRequest
# Calls that a client answers, by the member that holds what they are called with.
_CALLS = {"function_call": "arguments", "custom_tool_call": "input"}
# Calls of tools that are no functions: a turn in which one was made is not the first.
_HOSTED = frozenset((
    "web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call", "mcp_call", "mcp_list_tools",
    "mcp_approval_request", "computer_call", "shell_call", "local_shell_call", "apply_patch_call", "tool_search_call",
))  # fmt: skip
_OUTPUTS = {
    "function_call_output", "custom_tool_call_output", "computer_call_output", "shell_call_output", "local_shell_call_output",
    "apply_patch_call_output",
}  # fmt: skip


def prompt(request: Request, items: Sequence[Item], name: str = "input") -> Prompt:
    """The prompt of a request whose context is `items`. Raises the API's 400 for images, audio and files that cannot be read."""
    made = Prompt([Turn("system", request.instructions)] if request.instructions else [])
    for number, item in enumerate(items):
        _add(made.turns, item, f"{name}[{number}]")
    if not isinstance(request, asked.CompactResponseRequest):
        _offer(made, request.tools or (), request.tool_choice)
        made.parallel = request.parallel_tool_calls is not False
        if request.text is not None:
            made.output, made.verbosity = _output(request.text.format), request.text.verbosity
        if request.reasoning is not None:
            made.effort = request.reasoning.effort
    if isinstance(request, asked.CreateResponse):
        made.max_tokens = request.max_output_tokens
    return made


def unreadable(made: Prompt) -> ApiError | None:
    """What the model itself finds wrong with a picture, once the request was admitted."""
    return pictures.unreadable(picture for turn in made.turns for picture in turn.pictures)


def hosted(request: asked.CreateResponse) -> list[Any]:
    """The tools on offer that are no functions."""
    functions = (offered.FunctionToolParam, offered.CustomToolParam, offered.NamespaceTool)
    return [tool for tool in request.tools or () if not isinstance(tool, functions)]


def namespaces(request: asked.CreateResponse) -> dict[str, str]:
    """The namespace of each tool that is in one and not outside too, by the tool's name."""
    found = {each.name: tool.name for tool in request.tools or () if isinstance(tool, offered.NamespaceTool) for each in tool.tools}
    outside = {tool.name for tool in request.tools or () if isinstance(tool, (offered.FunctionToolParam, offered.CustomToolParam))}
    return {name: space for name, space in found.items() if name not in outside}


def _add(turns: list[Turn], item: Item, place: str) -> None:
    kind = item["type"]
    if kind == "message":
        turn = Turn(item["role"], "")
        for number, part in enumerate(item["content"]):
            _part(turn, part, f"{place}.content[{number}]")
        turns.append(turn)
    elif kind in _CALLS:
        _called(turns, ToolCallMade(item["call_id"], item["name"], item[_CALLS[kind]]))
    elif kind in _HOSTED:
        _called(turns, ToolCallMade(item.get("call_id") or item["id"], kind.removesuffix("_call"), ""))
    elif kind in _OUTPUTS:
        turn = Turn("tool", "", answers=item.get("call_id"))
        _result(turn, item.get("output"), place)
        turns.append(turn)
    elif kind == "mcp_approval_response":
        turns.append(Turn("tool", "approved" if item["approve"] else "denied", answers=item["approval_request_id"]))


def _called(turns: list[Turn], call: ToolCallMade) -> None:
    """Calls that were made one after another were made in one message."""
    last = turns[-1] if turns else None
    if last is None or last.role != "assistant" or last.text:
        last = Turn("assistant", "")
        turns.append(last)
    last.calls += (call,)


def _result(turn: Turn, output: Any, place: str) -> None:
    if isinstance(output, str):
        turn.text = output
        return
    for number, part in enumerate(output if isinstance(output, list) else [output]):
        if isinstance(part, dict) and part.get("type") in ("input_text", "input_image", "input_file"):
            _part(turn, part, f"{place}.output[{number}]")
        elif isinstance(part, dict):
            turn.text += part.get("stdout", "") or ("a screenshot" if part.get("type") == "computer_screenshot" else "")


def _part(turn: Turn, part: Item, place: str) -> None:
    kind = part["type"]
    if kind in ("input_text", "output_text"):
        turn.text += part["text"]
    elif kind == "refusal":
        turn.text += part["refusal"]
    elif kind == "input_image":
        if part.get("image_url") is None:
            raise bad_request(f"Missing required parameter: '{place}.image_url'.", f"{place}.image_url", "missing_required_parameter")
        turn.pictures += (pictures.read(part["image_url"], part.get("detail") or "auto", f"{place}.image_url"),)
    elif kind == "input_audio":
        sound = part["input_audio"]
        turn.recordings += (recordings.read(sound["data"], sound["format"], f"{place}.input_audio"),)
    elif kind == "input_file":
        turn.files += (_document(part, place),)


def _document(part: Item, place: str) -> str:
    """What a document that was sent says; of one behind an address only the address is known."""
    if part.get("file_data") is None:
        return str(part.get("filename") or part.get("file_url") or "document")
    head, comma, data = part["file_data"].partition(",")
    kind = head.removeprefix("data:").removesuffix(";base64")
    expected = "Expected a base64-encoded data URL with a valid file MIME type (e.g. 'data:text/plain;base64,SGVsbG8sIFdvcmxkIQ==')"
    got = None
    if not head.startswith("data:") or not comma:
        got = "a value without the 'data:' prefix"
    elif kind.split("/")[0] not in ("text", "application"):
        got = f"unsupported MIME type '{kind}'"
    else:
        try:
            return document_text(part.get("filename") or "document", base64.b64decode(data, validate=True))
        except (binascii.Error, ValueError):
            got = "an invalid base64-encoded value"
    # seen: C.5, words and place of a refused sound
    message = (
        f"Invalid file data: '{place}.file_data'. {expected}, but got {got}. Please see "
        "https://platform.openai.com/docs/assistants/tools/file-search#supported-files for supported file types."
    )
    raise bad_request(message, f"{place}.file_data", "invalid_value")


def _offer(made: Prompt, tools: Sequence[offered.Tool], choice: Any) -> None:
    """Set the functions on offer, and what was said about choosing among them."""
    for tool in tools:
        made.tools += _functions(tool)
    if isinstance(choice, str):
        made.choice = choice
    elif isinstance(choice, offered.ToolChoiceAllowed):
        names = {each.get("name") for each in choice.tools}
        made.tools = [tool for tool in made.tools if tool.name in names]
        made.choice = choice.mode if made.tools else "none"
    elif isinstance(choice, (offered.ToolChoiceFunction, offered.ToolChoiceCustom)):
        made.choice, made.forced = choice.name, True
    elif choice is not None:
        # One of the hosted tools is wanted, so no function is.
        made.choice = "none"
    if made.choice == "required" and not made.tools:
        made.choice = "none"


def _functions(tool: offered.Tool) -> list[Tool]:
    if isinstance(tool, offered.NamespaceTool):
        return [each for inner in tool.tools for each in _functions(inner)]
    if isinstance(tool, offered.FunctionToolParam):
        return [Tool(tool.name, tool.description or "", "function", tool.parameters, tool.strict is not False)]
    if isinstance(tool, offered.CustomToolParam):
        form = tool.format if isinstance(tool.format, offered.CustomGrammar) else None
        return [Tool(tool.name, tool.description or "", "custom", grammar=None if form is None else (form.syntax, form.definition))]
    return []


def _output(form: Any) -> Output:
    if isinstance(form, asked.TextFormatJsonSchema):
        return Output("json_schema", form.schema_, form.name, form.description or "", bool(form.strict))
    return Output() if form is None else Output(form.type)
