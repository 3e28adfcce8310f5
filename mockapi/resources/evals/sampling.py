"""What is asked about a row of data, and what is said to that: by the model through the pipeline, or before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockapi import json
from mockapi.resources.batch_lines import tokens
from mockapi.world import Errand, World

Message = dict[str, Any]
# doc: the defaults of the parameters that have one; seen: the number of tokens in the document's examples
_DEFAULTS = {"temperature": 1.0, "max_completion_tokens": 2048, "top_p": 1.0, "seed": 42}
_TEXTS = ("input_text", "output_text", "text")


@dataclass(slots=True, eq=False, repr=False)
class Said:
    """What was said about a row. `usage` holds input, cached input, output and reasoning tokens, `error` why nothing was said."""

    text: str = ""
    calls: Any = None
    finish: str = "stop"
    model: str = ""
    usage: tuple[int, ...] = (0, 0, 0, 0)
    error: dict[str, str] | None = None


def asks(data_source: dict[str, Any]) -> bool:
    """Whether a model is asked about the rows; else what they bring along is graded."""
    return data_source.get("input_messages") is not None


async def ask(world: World, data_source: dict[str, Any], item: dict[str, Any], caller: dict[str, str]) -> tuple[list[Message], Said]:
    """Ask the model about a row. Returns the messages of the prompt and what came of them."""
    messages, missing = _prompt(data_source["input_messages"], item)
    if missing:
        # guess: the words are not recorded
        return messages, Said(error={"code": "invalid_variable", "message": f"The item has no value for '{missing[0]}'."})
    chats = data_source["type"] == "completions"
    path, body = ("/v1/chat/completions", _chat) if chats else ("/v1/responses", _response)
    content = json.write(body(data_source, messages))
    status, answer, _ = await world.perform(
        Errand(path, content, caller["key"], caller["tier"], "standard", caller["host"].encode("latin-1"))
    )
    if status >= 400:
        error = answer["error"]
        return messages, Said(finish="error", error={"code": error["code"] or error["type"], "message": error["message"]})
    return messages, of_completion(answer) if chats else of_response(answer)


def _prompt(input_messages: dict[str, Any], item: dict[str, Any]) -> tuple[list[Message], list[str]]:
    """The messages about a row, and the variables that it does not have."""
    # Imported on first use: a server that is only asked for chats starts sooner.
    from mockapi.engine.graders.templates import Variables

    variables = Variables(item, "")
    if input_messages["type"] == "template":
        made = [{**message, "content": _filled(message["content"], variables)} for message in input_messages["template"]]
        return made, variables.missing
    text = variables.fill(f"{{{{{input_messages['item_reference'].strip('{} ')}}}}}")
    try:
        found = json.read(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        found = text
    if isinstance(found, list) and all(isinstance(message, dict) for message in found):
        return found, variables.missing
    return [{"role": "user", "content": text}], variables.missing


def _filled(content: Any, variables: Any) -> Any:
    if isinstance(content, str):
        return variables.fill(content)
    if isinstance(content, list):
        return [_filled(part, variables) for part in content]
    return {name: variables.fill(value) if isinstance(value, str) and name != "type" else value for name, value in content.items()}


def _chat(data_source: dict[str, Any], messages: list[Message]) -> dict[str, Any]:
    params = {name: value for name, value in (data_source.get("sampling_params") or {}).items() if value is not None}
    return {"model": data_source["model"], "messages": [_chat_message(message) for message in messages], **params}


def _chat_message(message: Message) -> Message:
    made = {name: value for name, value in message.items() if name not in ("type", "phase", "id", "status") and value is not None}
    return (
        made | {"content": [_chat_part(part) for part in _parts(message)]} if not isinstance(message.get("content"), str | None) else made
    )


def _chat_part(part: Any) -> Any:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if part.get("type") in _TEXTS:
        return {"type": "text", "text": part.get("text", "")}
    if part.get("type") == "input_image":
        return {"type": "image_url", "image_url": {"url": part.get("image_url"), "detail": part.get("detail") or "auto"}}
    return part


def _response(data_source: dict[str, Any], messages: list[Message]) -> dict[str, Any]:
    params = {name: value for name, value in (data_source.get("sampling_params") or {}).items() if value is not None}
    effort, most = params.pop("reasoning_effort", None), params.pop("max_completion_tokens", None)
    # There is no seed in the Responses API.
    params.pop("seed", None)
    if effort is not None:
        params["reasoning"] = {"effort": effort}
    if most is not None:
        params["max_output_tokens"] = most
    return {"model": data_source["model"], "input": [_item(message) for message in messages], "store": False, **params}


def _item(message: Message) -> Message:
    made = {name: value for name, value in message.items() if name not in ("id", "status") and value is not None}
    if isinstance(message.get("content"), str | None):
        return made
    kind = "output_text" if message.get("role") == "assistant" else "input_text"
    return made | {"content": [_input_part(part, kind) for part in _parts(message)]}


def _input_part(part: Any, kind: str) -> Any:
    if isinstance(part, str):
        return {"type": kind, "text": part}
    if part.get("type") in _TEXTS:
        return {"type": kind, "text": part.get("text", "")}
    if part.get("type") == "image_url" and isinstance(part.get("image_url"), dict):
        return {"type": "input_image", "image_url": part["image_url"].get("url"), "detail": part["image_url"].get("detail") or "auto"}
    return part


def _parts(message: Message) -> list[Any]:
    """The parts of a message's content, texts and objects."""
    content = message.get("content")
    parts = content if isinstance(content, list) else [content]
    return [part for part in parts if isinstance(part, str | dict)]


def of_completion(made: dict[str, Any]) -> Said:
    """What a chat completion says, a stored one too."""
    choice = made["choices"][0]
    message = choice["message"]
    text = message.get("content") or message.get("refusal") or ""
    return Said(text, message.get("tool_calls"), choice["finish_reason"], made["model"], tuple(tokens(made["usage"])))


def of_response(made: dict[str, Any]) -> Said:
    """What a response says, a stored one too."""
    said, calls = [], []
    for item in made["output"]:
        if item["type"] == "message":
            said += [part.get("text") or part.get("refusal") or "" for part in item["content"]]
        elif item["type"] == "function_call":
            function = {"name": item["name"], "arguments": item["arguments"]}
            calls.append({"id": item["call_id"], "type": "function", "function": function})
    finish = "length" if made["status"] == "incomplete" else "tool_calls" if calls else "stop"
    return Said("".join(said), calls or None, finish, made["model"], tuple(tokens(made["usage"] or {})))


def as_sample(said: Said) -> dict[str, Any]:
    """What was said as a row brings it along."""
    message = {"role": "assistant", "content": said.text, "tool_calls": said.calls}
    choice = {"index": 0, "message": message, "finish_reason": said.finish}
    return {"model": said.model, "choices": [choice], "output_text": said.text, "usage": list(said.usage)}


def given(sample: dict[str, Any] | None) -> Said:
    """What a row brings along, as far as it is what a sample is: its text, or that of its first choice."""
    sample = sample or {}
    choices = sample.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    text, usage = sample.get("output_text", message.get("content")), sample.get("usage")
    return Said(
        text if isinstance(text, str) else "" if text is None else json.write(text).decode(),
        message.get("tool_calls"),
        choice["finish_reason"] if isinstance(choice.get("finish_reason"), str) else "stop",
        sample["model"] if isinstance(sample.get("model"), str) else "",
        tuple(usage) if isinstance(usage, list) and len(usage) == 4 and all(isinstance(each, int) for each in usage) else (0, 0, 0, 0),
    )


def shown(messages: list[Message], said: Said, params: dict[str, Any] | None) -> dict[str, Any]:
    """A sample as an output item tells it."""
    read, cached, written, _ = said.usage
    output = [_told({"role": "assistant", "content": said.text, "tool_calls": said.calls})] if said.text or said.calls else []
    return {
        "input": [_told(message) for message in messages],
        "output": output,
        "finish_reason": said.finish,
        "model": said.model,
        "usage": {"total_tokens": read + written, "completion_tokens": written, "prompt_tokens": read, "cached_tokens": cached},
        "error": said.error,
        **{name: default if (params or {}).get(name) is None else (params or {})[name] for name, default in _DEFAULTS.items()},
    }


def _told(message: Message) -> Message:
    texts = [part if isinstance(part, str) else part.get("text") for part in _parts(message)]
    text = "".join(each for each in texts if isinstance(each, str))
    role, call_id, calls = message.get("role"), message.get("tool_call_id"), message.get("tool_calls")
    return {
        "role": role if isinstance(role, str) else "",
        "content": text,
        "tool_call_id": call_id if isinstance(call_id, str) else None,
        "tool_calls": [each for each in calls if isinstance(each, dict)] if isinstance(calls, list) else None,
        "function_call": None,
    }


def conversation(item: dict[str, Any]) -> list[Message]:
    """The messages that a row brings along as its input."""
    found = item.get("input")
    return [message for message in found if isinstance(message, dict)] if isinstance(found, list) else []
