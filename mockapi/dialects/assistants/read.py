"""From what was sent to how it is told, and from a run and its thread to a prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockapi.contract import chat
from mockapi.contract.assistants import threads, tools
from mockapi.dialects import pictures
from mockapi.dialects.assistants.write import Item, Made
from mockapi.engine.prompt import Output, Prompt, Tool, ToolCallMade, Turn
from mockapi.errors import ApiError, bad_request

# seen: told where none was asked for
RANKING = {"ranker": "default_2024_08_21", "score_threshold": 0.0}


def offered(given: Sequence[Any] | None) -> list[Item]:
    """Tools as they are told."""
    return [_told_tool(tool) for tool in given or ()]


def _told_tool(given: Any) -> Item:
    if isinstance(given, chat.FunctionTool):
        function = given.function.model_dump(exclude_none=True)
        # seen: whether it is strict is always told
        return {"type": "function", "function": {**function, "strict": bool(given.function.strict)}}
    if isinstance(given, tools.AssistantFileSearchTool):
        options = given.file_search.model_dump(exclude_none=True) if given.file_search is not None else {}
        return {"type": "file_search", "file_search": {**options, "ranking_options": RANKING | options.get("ranking_options", {})}}
    return {"type": given.type}


def form(given: Any) -> Any:
    """The form of answers as it is told."""
    return given or "auto" if given is None or isinstance(given, str) else given.model_dump(exclude_none=True, by_alias=True)


def choice(given: Any) -> Any:
    """The choice among tools as it is told."""
    return given or "auto" if given is None or isinstance(given, str) else given.model_dump(exclude_none=True)


def truncation(given: tools.TruncationStrategy | None) -> Item:
    return {"type": "auto", "last_messages": None} if given is None else given.model_dump()


def content(sent: threads.CreateMessageRequest) -> list[Item]:
    """The parts of a message as they are kept."""
    if isinstance(sent.content, str):
        return [_text(sent.content)]
    made = []
    for part in sent.content:
        if isinstance(part, threads.MessageTextPart):
            made.append(_text(part.text))
        elif isinstance(part, threads.ImageFilePart):
            made.append({"type": part.type, part.type: {"detail": "auto"} | part.image_file.model_dump(exclude_none=True)})
        else:
            made.append({"type": part.type, part.type: {"detail": "auto"} | part.image_url.model_dump(exclude_none=True)})
    return made


def _text(value: str) -> Item:
    return {"type": "text", "text": {"value": value, "annotations": []}}


def check_url(url: str, place: str) -> None:
    """Raise for a picture that is not behind an address."""
    if not url.lower().startswith(("http://", "https://")):
        # seen: told of data URLs, which are not taken here
        raise bad_request(f"Invalid '{place}'. Expected a valid URL, but got a value with an invalid format.", place, "invalid_value")
    pictures.read(url, "auto", place)


def prompt(run: Item, messages: Sequence[Item], images: Mapping[str, str], made: Sequence[Made] = ()) -> Prompt:
    """What a run asks: its instructions, the messages of its thread, and what it has done so far. `images` are data URLs by file."""
    strategy = run["truncation_strategy"]
    if strategy["type"] == "last_messages" and strategy["last_messages"]:
        messages = messages[-strategy["last_messages"] :]
    asked = Prompt([Turn("system", run["instructions"])] if run["instructions"] else [])
    asked.turns += (_turn(message, images) for message in messages)
    for each in made:
        _done(asked.turns, each)
    asked.tools = [_function(tool["function"]) for tool in run["tools"] if tool["type"] == "function"]
    _choose(asked, run["tool_choice"])
    asked.parallel, asked.output, asked.effort = run["parallel_tool_calls"], _output(run["response_format"]), run["reasoning_effort"]
    return asked


def unreadable(asked: Prompt) -> ApiError | None:
    """What the model itself finds wrong with a picture."""
    return pictures.unreadable(picture for turn in asked.turns for picture in turn.pictures)


def _turn(message: Item, images: Mapping[str, str]) -> Turn:
    turn = Turn(message["role"], "")
    texts = []
    for part in message["content"]:
        if part["type"] == "text":
            texts.append(part["text"]["value"])
        elif part["type"] == "refusal":
            texts.append(part["refusal"])
        else:
            picture = part[part["type"]]
            url = picture.get("url") or images.get(picture.get("file_id"))
            if url is not None:
                turn.pictures += (pictures.read(url, picture["detail"], "content"),)
    turn.text = "\n".join(texts)
    return turn


def _done(turns: list[Turn], made: Made) -> None:
    """What was said and called before; calls that are answered, by their outputs."""
    text = "".join(part["text"]["value"] for part in made["content"] if part["type"] == "text")
    functions = [call for call in made["calls"] if call["type"] == "function"]
    if text:
        turns.append(Turn("assistant", text))
    if functions:
        called = tuple(ToolCallMade(call["id"], call["function"]["name"], call["function"]["arguments"]) for call in functions)
        turns.append(Turn("assistant", "", calls=called))
        turns += (Turn("tool", call["function"]["output"] or "", answers=call["id"]) for call in functions)


def _function(told: Item) -> Tool:
    return Tool(told["name"], told.get("description", ""), "function", told.get("parameters"), told["strict"])


def _choose(asked: Prompt, wanted: Any) -> None:
    """Set what was said about choosing. Once a tool was used, what had to be used was (doc: before answering)."""
    if wanted == "none":
        asked.choice = "none"
    elif asked.called() or wanted == "auto":
        return
    elif wanted == "required":
        asked.choice = "required" if asked.tools else "none"
    elif wanted["type"] == "function" and "function" in wanted:
        asked.choice, asked.forced = wanted["function"]["name"], True
    else:
        # One of the hosted tools is wanted, so no function is.
        asked.choice = "none"


def _output(told: Any) -> Output:
    if isinstance(told, str) or told["type"] == "text":
        return Output()
    if told["type"] == "json_object":
        return Output("json_object")
    wanted = told["json_schema"]
    schema = wanted.get("schema")
    return Output("json_schema", schema, wanted["name"], wanted.get("description", ""), bool(wanted.get("strict")))
