"""What a prompt and an answer cost in tokens. Rules fitted to recordings: api-facts F.2 to F.7."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from mockapi import json
from mockapi.catalogue import Card
from mockapi.engine import images
from mockapi.engine.answer import Answer, ToolCall
from mockapi.engine.prompt import Output, Prompt, Tool, Turn
from mockapi.engine.tokens import Encoding, encoding

_CACHE_BLOCK = 128
_CACHE_LEAST = 1024
_REMEMBERED_LENGTH = 32 * 1024
_AUDIO_IN_PER_SECOND = 10
_AUDIO_OUT_PER_SECOND = 20
_OLDEST_IMAGE_RULE = {"rule": "tiles", "base": 85, "tile": 170}


@dataclass(slots=True, eq=False, repr=False)
class Usage:
    """Tokens of one call, all answers summed."""

    prompt_tokens: int
    function_tokens: int = 0
    cached_tokens: int = 0
    prompt_audio_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    audio_tokens: int = 0
    accepted_prediction_tokens: int = 0
    rejected_prediction_tokens: int = 0

    def add(self, answer: Answer) -> None:
        self.completion_tokens += answer.completion_tokens
        self.reasoning_tokens += answer.reasoning_tokens
        self.audio_tokens += answer.audio_tokens
        self.accepted_prediction_tokens += answer.accepted_prediction_tokens
        self.rejected_prediction_tokens += answer.rejected_prediction_tokens


def of_prompt(prompt: Prompt, card: Card) -> Usage:
    """The prompt's side of the bill."""
    if prompt.scripted is not None and prompt.scripted.input_tokens is not None:
        return Usage(prompt.scripted.input_tokens)
    vocabulary = encoding(card.encoding)
    count = vocabulary.count
    total = int(card.rules.get("primer", 3))
    audio = 0
    names = []
    for turn in prompt.turns:
        # Every role is one token in both vocabularies.
        total += 4 + count(turn.text)
        if turn.calls:
            total += _replayed(turn, vocabulary)
        for picture in turn.pictures:
            total += images.tokens(picture, card.rules.get("image_tokens", _OLDEST_IMAGE_RULE))
        for recording in turn.recordings:
            audio += math.ceil(recording.seconds * _AUDIO_IN_PER_SECOND)
        for text in turn.files:
            total += count(text)
        if turn.name is not None and turn.role not in ("tool", "function"):
            names.append(turn.name)
    if names:
        # seen: five recordings of gpt-4o; the cookbook says one more each
        total += sum(map(count, names)) + len(names) - 1
    if not prompt.tools and prompt.output.kind == "text":
        return Usage(total + audio, prompt_audio_tokens=audio)
    functions = _tool_tokens(prompt, vocabulary) + _format_tokens(prompt, vocabulary)
    return Usage(total + audio + functions, function_tokens=functions if prompt.tools else 0, prompt_audio_tokens=audio)


def _replayed(turn: Turn, vocabulary: Encoding) -> int:
    """Calls of an earlier turn cost what they cost when they were made."""
    if not turn.calls:
        return 0
    written = sum(vocabulary.count(call.name) + vocabulary.count(call.arguments) for call in turn.calls)
    return written + (7 if len(turn.calls) == 1 else 30 + 6 * (len(turn.calls) - 2))


def _first_instructions(prompt: Prompt) -> str | None:
    return next((turn.text for turn in prompt.turns if turn.role in ("system", "developer")), None)


def _joined(before: str | None, text: str, vocabulary: Encoding) -> int:
    """What a text that begins with `#` adds when it is appended to the instructions after an empty line, or is a system message itself.

    No token of either vocabulary has a line's end and then a `#`, so the two sides are counted apart.
    """
    if before is None:
        return 3 + vocabulary.count("system") + vocabulary.count(text)
    return vocabulary.count(f"{before}\n\n") - vocabulary.count(before) + vocabulary.count(text)


def _tool_tokens(prompt: Prompt, vocabulary: Encoding) -> int:
    if not prompt.tools:
        return 0
    total = _joined(_first_instructions(prompt), rendered_tools(prompt.tools), vocabulary) - 1
    if prompt.forced:
        total += vocabulary.count(prompt.choice) + 7
    elif prompt.choice == "none":
        total += 1
    return total


def _format_tokens(prompt: Prompt, vocabulary: Encoding) -> int:
    if prompt.output.kind != "json_schema":
        return 0
    text = rendered_format(prompt.output)
    before = _first_instructions(prompt)
    if before is None:
        return vocabulary.count(text) + 8
    return _joined(before, text, vocabulary) + 4


def rendered_tools(tools: list[Tool]) -> str:
    """Tool definitions as the model reads them: TypeScript-like text."""
    lines = ["# Tools", "", "## functions", "", "namespace functions {", ""]
    for tool in tools:
        lines += _remembered_tool(tool) if len(tool.written) <= _REMEMBERED_LENGTH else _rendered_tool(tool)
        lines.append("")
    lines.append("} // namespace functions")
    return "\n".join(lines)


def _comment(text: str) -> list[str]:
    return [f"// {line}".rstrip() for line in text.strip().split("\n")] if text.strip() else []


def _rendered_tool(tool: Tool) -> list[str]:
    lines = _comment(tool.description)
    properties = (tool.parameters or {}).get("properties")
    if not isinstance(properties, dict) or not properties:
        return [*lines, f"type {tool.name} = () => any;"]
    return [*lines, *_block(f"type {tool.name} = (_: ", tool.parameters or {}, ") => any;")]


_remembered_tool = lru_cache(maxsize=512)(_rendered_tool)


def _block(head: str, schema: dict[str, Any], tail: str) -> list[str]:
    """An object's properties, on one line if none says anything about itself."""
    properties: dict[str, Any] = schema["properties"]
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    told = any(isinstance(child, dict) and {"description", "title", "default"} & child.keys() for child in properties.values())
    named = [(name if name in needed else f"{name}?", child if isinstance(child, dict) else {}) for name, child in properties.items()]
    open_ended = schema.get("additionalProperties") is True
    if not told:
        parts = [f"{name}: {_type(child)}" for name, child in named] + (["[k: string]: any"] if open_ended else [])
        return [f"{head}{{ {', '.join(parts)} }}{tail}"]
    lines = [head + "{"]
    for name, child in named:
        lines += _property_comment(child)
        default = f" // default: {_literal(child['default'])}" if "default" in child else ""
        lines.append(f"{name}: {_type(child)},{default}")
    if open_ended:
        lines.append("[k: string]: any,")
    return [*lines, "}" + tail]


def _literal(value: Any) -> str:
    return json.write(value).decode()


def _property_comment(schema: dict[str, Any]) -> list[str]:
    title, text = schema.get("title"), schema.get("description")
    lines = _comment(title) if isinstance(title, str) else []
    if isinstance(text, str) and text.strip():
        lines += ["//"] if lines else []
        lines += _comment(text)
    return lines


def _type(schema: dict[str, Any], depth: int = 0) -> str:
    if depth > 32:
        return "any"
    values = schema.get("enum")
    if isinstance(values, list) and values:
        return " | ".join(_literal(value) for value in values)
    if "const" in schema:
        return _literal(schema["const"])
    branches = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(branches, list):
        return " | ".join(_type(branch, depth + 1) for branch in branches if isinstance(branch, dict))
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(_type({**schema, "type": one}, depth + 1) for one in kind)
    if kind == "array":
        items = schema.get("items")
        return f"{_type(items, depth + 1) if isinstance(items, dict) else 'any'}[]"
    if kind == "object" and isinstance(schema.get("properties"), dict) and schema["properties"]:
        return "\n".join(_block("", schema, ""))
    return {"integer": "number", "number": "number", "boolean": "boolean", "string": "string", "null": "null"}.get(str(kind), "any")


def rendered_format(output: Output) -> str:
    """An output schema as the model reads it."""
    return _remembered_format(output) if len(output.written) <= _REMEMBERED_LENGTH else _rendered_format(output)


def _rendered_format(output: Output) -> str:
    described = "".join(f"// {line}\n" for line in output.description.split("\n")) if output.description else ""
    schema = json.write(_without_rules(output.schema or {})).decode()
    return f"# Response Formats\n\n## {output.name}\n\n{described}{schema}"


_remembered_format = lru_cache(maxsize=256)(_rendered_format)


def _without_rules(node: Any) -> Any:
    """A schema without every `additionalProperties` and `required` that is a keyword (a property may bear such a name)."""
    if isinstance(node, list):
        return [_without_rules(child) for child in node]
    if not isinstance(node, dict):
        return node
    kept: dict[str, Any] = {}
    for key, value in node.items():
        if key == "properties" and isinstance(value, dict):
            kept[key] = {name: _without_rules(child) for name, child in value.items()}
        elif not ((key == "additionalProperties" and isinstance(value, (bool, dict))) or (key == "required" and isinstance(value, list))):
            kept[key] = _without_rules(value)
    return kept


def of_calls(calls: list[ToolCall], card: Card, *, forced: bool) -> int:
    """Completion tokens of tool calls."""
    vocabulary = encoding(card.encoding)
    arguments = sum(vocabulary.count(call.arguments) for call in calls)
    if forced and not card.reasons:
        return max(1, arguments - 1)
    written = arguments + sum(vocabulary.count(call.name) for call in calls)
    one = int(card.rules.get("call_overhead", 7))
    return written + (one if len(calls) == 1 else one + 21 + 6 * (len(calls) - 2))


def of_speech(seconds: float) -> int:
    return math.ceil(seconds * _AUDIO_OUT_PER_SECOND)


def prefixes(prompt: Prompt, card: Card, total: int) -> list[bytes]:
    """Names of a prompt's cacheable prefixes, shortest first: blocks of 128 tokens from 1,024 on. Empty for a short prompt, and for a
    model that has no price for cached tokens: it has no cache.
    """
    if total < _CACHE_LEAST or "cached_input" not in card.prices:
        return []
    vocabulary = encoding(card.encoding)
    state = blake2b(card.id.encode(), digest_size=16)
    for tool in prompt.tools:
        state.update(json.write((tool.name, tool.description, tool.parameters)))
    state.update(json.write((prompt.output.name, prompt.output.schema)))
    found: list[bytes] = []
    count = 0
    # What stands in front of the messages counts as read before the first block ends.
    lead = total - sum(4 + _turn_size(turn, vocabulary) for turn in prompt.turns)
    count += max(0, lead)
    for turn in prompt.turns:
        rest = json.write((turn.role, turn.name, [(c.name, c.arguments) for c in turn.calls], [(p.width, p.height) for p in turn.pictures]))
        state.update(rest)
        count += 4 + _turn_size(turn, vocabulary) - vocabulary.count(turn.text)
        _mark(found, count, state)
        tokens = vocabulary.encode(turn.text)
        at = 0
        while at < len(tokens):
            step = min(_CACHE_BLOCK - count % _CACHE_BLOCK, len(tokens) - at)
            state.update(b"".join(number.to_bytes(4, "big") for number in tokens[at : at + step]))
            at += step
            count += step
            _mark(found, count, state)
    return found


def _turn_size(turn: Turn, vocabulary: Encoding) -> int:
    return vocabulary.count(turn.text) + _replayed(turn, vocabulary)


def _mark(found: list[bytes], count: int, state: Any) -> None:
    """Name the prefix read so far for every block that ended with it."""
    while len(found) < max(0, count - _CACHE_LEAST + _CACHE_BLOCK) // _CACHE_BLOCK:
        found.append(state.digest())


def cached(blocks: int) -> int:
    """Tokens of that many cached prefixes."""
    return _CACHE_LEAST + (blocks - 1) * _CACHE_BLOCK if blocks else 0
