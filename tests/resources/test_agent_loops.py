"""Loops of agents that end by a tool of their own."""

from __future__ import annotations

import json
from typing import Any

from openai import OpenAI

from tests.resources.test_chat_completions import MODEL, user


def test_what_a_tool_told_goes_into_the_tool_that_ends_the_loop(client: OpenAI) -> None:
    def tool(name: str, **properties: str) -> Any:
        parameters = {
            "type": "object",
            "properties": {key: {"type": kind} for key, kind in properties.items()},
            "required": list(properties),
        }
        return {"type": "function", "function": {"name": name, "parameters": parameters}}

    tools = [tool("get_temperature", city="string"), tool("final_result", city="string", temp="number")]
    turns: list[Any] = user("What is the temperature in Oslo?")
    called = client.chat.completions.create(model=MODEL, messages=turns, tools=tools, tool_choice="required").choices[0].message
    assert called.tool_calls
    turns += [called, *({"role": "tool", "tool_call_id": call.id, "content": "33.5"} for call in called.tool_calls)]
    ended = client.chat.completions.create(model=MODEL, messages=turns, tools=tools, tool_choice="required").choices[0].message
    assert ended.tool_calls and ended.tool_calls[0].type == "function"
    assert ended.tool_calls[0].function.name == "final_result"
    assert json.loads(ended.tool_calls[0].function.arguments) == {"city": "Oslo", "temp": 33.5}
