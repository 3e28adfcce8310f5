"""From a chat request to a prompt."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from mockapi import json
from mockapi.contract import chat
from mockapi.contract.chat_rules import allowed_names
from mockapi.dialects import pictures, recordings
from mockapi.engine.prompt import Output, Prompt, Tool, ToolCallMade, Turn
from mockapi.errors import ApiError, bad_request

# What shapes the text of an answer and is not in its prompt's turns, tools and output form.
_SHAPING_TOO = frozenset((
    "seed", "prediction", "reasoning_effort", "verbosity", "modalities", "audio", "web_search_options",
))  # fmt: skip


def shape(request: chat.CreateChatCompletionRequest, made: Prompt) -> bytes:
    """What of a request its answer follows from, in one form whatever the order of its keys. The rest may differ from run to run."""
    told = [request.model]
    plain = True
    for turn in made.turns:
        plain = plain and not (turn.calls or turn.pictures or turn.recordings or turn.files or turn.file_ids or turn.name or turn.answers)
        told += (turn.role, turn.text)
    parts = ["\0".join(told).encode()]
    further = request.model_fields_set & _SHAPING_TOO
    if further or not plain:
        parts.append(_written(request, set(further) if plain else {*further, "messages"}))
    if made.tools:
        parts.append(json.write([made.choice, made.forced, made.parallel]))
        parts += (json.write([tool.kind, tool.name, tool.description, tool.strict, tool.grammar]) + tool.written for tool in made.tools)
    output = made.output
    if output.kind != "text":
        parts.append(json.write([output.kind, output.name, output.description, output.strict]) + output.written)
    return b"\0".join(parts)


def _written(request: chat.CreateChatCompletionRequest, members: set[str]) -> bytes:
    return request.__pydantic_serializer__.to_json(request, include=members, exclude_none=True, by_alias=True)


def prompt(request: chat.CreateChatCompletionRequest) -> Prompt:
    """The prompt of a request. Raises the API's 400 for images, audio and files that cannot be read."""
    turns = [_turn(message, number) for number, message in enumerate(request.messages)]
    made = Prompt(turns)
    if request.tools or request.functions:
        _offer(made, request)
    if request.response_format is not None:
        made.output = _output(request.response_format)
    made.max_tokens = request.max_tokens if request.max_completion_tokens is None else request.max_completion_tokens
    if request.stop is not None:
        made.stop = (request.stop,) if isinstance(request.stop, str) else tuple(request.stop)
    if request.prediction is not None:
        content = request.prediction.content
        made.prediction = content if isinstance(content, str) else "".join(part.text for part in content)
    made.effort, made.verbosity = request.reasoning_effort, request.verbosity
    made.speaks = "audio" in (request.modalities or ())
    return made


def _turn(message: chat.Message, number: int) -> Turn:
    content = message.content
    if isinstance(content, str):
        turn = Turn(message.role, content)
    else:
        turn = Turn(message.role, "")
        for place, part in enumerate(content or ()):
            _add(turn, part, f"messages[{number}].content[{place}]")
    if message.name is not None:
        turn.name = message.name
    if isinstance(message, chat.AssistantMessage):
        turn.calls = tuple(_calls(message))
        if message.refusal and not turn.text:
            turn.text = message.refusal
    elif isinstance(message, chat.ToolMessage):
        turn.answers = message.tool_call_id
    return turn


def _calls(message: chat.AssistantMessage) -> list[ToolCallMade]:
    made = []
    for call in message.tool_calls or ():
        if isinstance(call, chat.MessageFunctionCall):
            made.append(ToolCallMade(call.id, call.function.name, call.function.arguments))
        else:
            made.append(ToolCallMade(call.id, call.custom.name, call.custom.input))
    if message.function_call is not None:
        made.append(ToolCallMade("", message.function_call.name, message.function_call.arguments))
    return made


def _add(turn: Turn, part: Any, place: str) -> None:
    if isinstance(part, chat.TextPart):
        turn.text += part.text
    elif isinstance(part, chat.RefusalPart):
        turn.text += part.refusal
    elif isinstance(part, chat.ImagePart):
        turn.pictures += (pictures.read(part.image_url.url, part.image_url.detail or "auto", f"{place}.image_url.url"),)
    elif isinstance(part, chat.AudioPart):
        turn.recordings += (recordings.read(part.input_audio.data, part.input_audio.format, f"{place}.input_audio"),)
    else:
        _add_file(turn, part, f"{place}.file")


def unreadable(made: Prompt) -> ApiError | None:
    """What the model itself finds wrong with a picture, once the request was admitted."""
    return pictures.unreadable(picture for turn in made.turns for picture in turn.pictures)


def _add_file(turn: Turn, part: chat.FilePart, place: str) -> None:
    """A document that is sent, as its text, or one that was uploaded, by its id."""
    file = part.file
    if file.file_data is not None:
        head, comma, data = file.file_data.partition(",")
        kind = head.removeprefix("data:").removesuffix(";base64")
        expected = (
            "Expected a base64-encoded data URL with an application/pdf MIME type (e.g. 'data:application/pdf;base64,SGVsbG8sIFdvcmxkIQ==')"
        )
        got = None
        if not head.startswith("data:") or not comma:
            got = "a value without the 'data:' prefix"
        elif kind != "application/pdf":
            got = f"unsupported MIME type '{kind}'"
        else:
            try:
                raw = base64.b64decode(data, validate=True)
            except (binascii.Error, ValueError):
                got = "an invalid base64-encoded value"
        if got is not None:
            # seen: words and place of a refused text/plain file
            raise bad_request(f"Invalid file data: '{place}.file_data'. {expected}, but got {got}.", f"{place}.file_data", "invalid_value")
        turn.files += (document_text(file.filename or "document.pdf", raw),)
    elif file.file_id is None:
        raise bad_request(f"Missing required parameter: '{place}.file_id'.", f"{place}.file_id", "missing_required_parameter")
    else:
        turn.file_ids += ((file.file_id, f"{place}.file_id"),)


def document_text(name: str, raw: bytes) -> str:
    """What a document says: the strings that a PDF shows, as far as they stand in it uncompressed, or a text; at least its name."""
    if not raw.startswith(b"%PDF"):
        return f"{name} {raw.decode('utf-8', 'ignore')}"
    shown = re.findall(rb"\(((?:[^()\\]|\\.){1,500})\)\s*Tj", raw)
    return " ".join([name, *(piece.decode("latin-1") for piece in shown[:2000])])


def _offer(made: Prompt, request: chat.CreateChatCompletionRequest) -> None:
    """Set the tools on offer, and what was said about choosing among them."""
    made.tools = [_tool(tool) for tool in request.tools or ()]
    made.tools += [Tool(f.name, f.description or "", "legacy", f.parameters) for f in request.functions or ()]
    made.parallel = request.parallel_tool_calls is not False and not request.functions
    choice: Any = request.tool_choice if request.functions is None else request.function_call
    if isinstance(choice, str):
        made.choice = choice
    elif isinstance(choice, chat.AllowedToolsChoice):
        names = allowed_names(choice)
        made.tools = [tool for tool in made.tools if tool.name in names]
        made.choice = choice.allowed_tools.mode
    elif choice is not None:
        made.forced = True
        made.choice = choice.name if isinstance(choice, chat.Named) else getattr(choice, choice.type).name


def _tool(tool: chat.Tool) -> Tool:
    if isinstance(tool, chat.FunctionTool):
        function = tool.function
        return Tool(function.name, function.description or "", "function", function.parameters, bool(function.strict))
    custom = tool.custom
    grammar = custom.format.grammar if isinstance(custom.format, chat.GrammarFormat) else None
    return Tool(custom.name, custom.description or "", "custom", grammar=None if grammar is None else (grammar.syntax, grammar.definition))


def _output(form: chat.ResponseFormat) -> Output:
    if isinstance(form, chat.JsonSchemaFormat):
        wanted = form.json_schema
        return Output("json_schema", wanted.schema_, wanted.name, wanted.description or "", bool(wanted.strict))
    return Output(form.type)
