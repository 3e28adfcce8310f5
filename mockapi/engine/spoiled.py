"""Answers that come out wrong on purpose, as models sometimes get them wrong: what a client has to survive."""

from __future__ import annotations

from typing import Any, Literal

from mockapi import json
from mockapi.engine.answer import Answer, Part, Text, ToolCall

Spoil = Literal["bad_json", "unknown_tool", "schema_violation", "truncated"]


def spoil(answer: Answer, how: Spoil) -> None:
    """Make the tool calls of an answer wrong, or its text where it makes none.

    `bad_json`: what was JSON is not any more. `unknown_tool`: a tool that was not offered. `schema_violation`: JSON of another shape.
    `truncated`: it breaks off in the middle, and says so as the API does.
    """
    answer.parts = [_spoiled(part, how) if isinstance(part, ToolCall) or not answer.calls else part for part in answer.parts]
    if how == "truncated":
        answer.finish = "length"


def _spoiled(part: Part, how: Spoil) -> Part:
    if isinstance(part, ToolCall):
        name = f"{part.name}_that_is_not_there" if how == "unknown_tool" else part.name
        return ToolCall(name, _wrong(part.arguments, how), part.kind)
    return Text(_wrong(part.text, how)) if isinstance(part, Text) else part


def _wrong(text: str, how: Spoil) -> str:
    if how == "bad_json":
        return text.rstrip().removesuffix("}") + ","
    if how == "truncated":
        return text[: max(1, len(text) // 2)]
    if how != "schema_violation":
        return text
    try:
        value = json.read(text.encode())
    except ValueError:
        return text
    return json.write(_misshapen(value)).decode()


def _misshapen(value: Any) -> Any:
    """A value of another shape: the first member of an object changes its type, another is there that nobody asked for."""
    if not isinstance(value, dict):
        return {"unexpected": value}
    made = dict(value)
    for name, member in value.items():
        made[name] = 17 if isinstance(member, str) else "not what was asked for"
        break
    return {**made, "unexpected": True}
