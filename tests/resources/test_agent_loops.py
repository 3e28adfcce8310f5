"""Loops of agents: they end by a tool of their own, hand over to one another, and make calls once more that are asked for again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai import OpenAI

from tests.resources.test_chat_completions import MODEL, user


def tool(name: str, **properties: str) -> Any:
    parameters = {
        "type": "object",
        "properties": {key: {"type": kind} for key, kind in properties.items()},
        "required": list(properties),
    }
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


class Loop:
    """A conversation whose calls are answered with the results given."""

    def __init__(self, client: OpenAI, asked: str) -> None:
        self.client = client
        self.turns: list[Any] = user(asked)

    def turn(self, *tools: Any, result: str = "") -> list[str]:
        """The names of the tools that the model calls when it is offered these."""
        said = self.client.chat.completions.create(model=MODEL, messages=self.turns, tools=tools).choices[0].message
        calls = said.tool_calls or []
        self.turns += [said, *({"role": "tool", "tool_call_id": call.id, "content": result} for call in calls)]
        return [call.function.name for call in calls if call.type == "function"]

    @property
    def answer(self) -> str:
        said = self.turns[-1].content
        assert isinstance(said, str)
        return said


WEATHER = tool("get_weather", city="string")
TO_WEATHER, TO_BILLING, TO_TRIAGE = tool("transfer_to_weather_agent"), tool("transfer_to_billing_agent"), tool("transfer_to_triage_agent")


def test_who_takes_over_works_with_tools_of_its_own(client: OpenAI) -> None:
    loop = Loop(client, "What is the weather in Oslo?")
    assert loop.turn(TO_BILLING, TO_WEATHER, result='{"assistant": "Weather"}') == ["transfer_to_weather_agent"]
    assert loop.turn(WEATHER, TO_TRIAGE, result="21 degrees") == ["get_weather"]
    assert loop.turn(WEATHER, TO_TRIAGE) == []
    assert loop.answer == "According to get_weather, 21 degrees."


def test_who_takes_over_without_tools_answers_the_question(client: OpenAI) -> None:
    loop = Loop(client, "What is 2 + 3?")
    assert loop.turn(TO_BILLING, result='{"assistant": "Billing"}') == ["transfer_to_billing_agent"]
    assert loop.turn(TO_TRIAGE) == []
    assert loop.answer == "2 + 3 = 5."


def test_a_conversation_is_handed_over_alone_and_to_nobody_twice(client: OpenAI) -> None:
    loop = Loop(client, "Let triage, billing and weather see to this")
    handed = [loop.turn(TO_BILLING, TO_WEATHER, TO_TRIAGE, result="{}") for _ in range(4)]
    assert [len(names) for names in handed] == [1, 1, 1, 0]
    assert len({names[0] for names in handed[:3]}) == 3


@pytest.mark.parametrize(
    "result",
    [
        '{"error":"Name a \\"bigger\\" city"}',
        "An error occurred while running the tool. Please try again. Error: no such city",
        "Error: no such city\n Please fix your mistakes.",
    ],
)
def test_a_call_that_is_asked_for_again_is_made_once_more(client: OpenAI, result: str) -> None:
    loop = Loop(client, "What is the weather in Oslo?")
    assert [loop.turn(WEATHER, result=result) for _ in range(3)] == [["get_weather"], ["get_weather"], []]
    assert [json.loads(turn.tool_calls[0].function.arguments) for turn in loop.turns[1:4:2]] == [{"city": "Oslo"}] * 2


@pytest.mark.parametrize("result", ['{"error": "closed", "until": "May"}', "The service is down, try again later."])
def test_a_call_that_failed_for_good_is_told(client: OpenAI, result: str) -> None:
    loop = Loop(client, "What is the weather in Oslo?")
    assert [loop.turn(WEATHER, result=result) for _ in range(2)] == [["get_weather"], []]


def test_what_a_tool_told_goes_into_the_tool_that_ends_the_loop(client: OpenAI) -> None:
    tools = [tool("get_temperature", city="string"), tool("final_result", city="string", temp="number")]
    turns: list[Any] = user("What is the temperature in Oslo?")
    called = client.chat.completions.create(model=MODEL, messages=turns, tools=tools, tool_choice="required").choices[0].message
    assert called.tool_calls
    turns += [called, *({"role": "tool", "tool_call_id": call.id, "content": "33.5"} for call in called.tool_calls)]
    ended = client.chat.completions.create(model=MODEL, messages=turns, tools=tools, tool_choice="required").choices[0].message
    assert ended.tool_calls and ended.tool_calls[0].type == "function"
    assert ended.tool_calls[0].function.name == "final_result"
    assert json.loads(ended.tool_calls[0].function.arguments) == {"city": "Oslo", "temp": 33.5}
