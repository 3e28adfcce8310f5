"""What prompts and calls cost, against the fitted rules (api-facts F)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockapi import catalogue
from mockapi.engine import images, usage
from mockapi.engine.answer import ToolCall
from mockapi.engine.prompt import Output, Picture, Prompt, Tool, ToolCallMade, Turn
from mockapi.engine.tokens import encoding

CARD = catalogue.card("gpt-4o-mini")
assert CARD is not None
COUNT = encoding("o200k_base").count
WEATHER = Tool(
    "get_weather",
    "Get current temperature for a given location.",
    parameters={
        "type": "object",
        "properties": {"location": {"type": "string", "description": "City and country"}, "unit": {"type": "string", "enum": ["c", "f"]}},
        "required": ["location"],
    },
)


def cost(*turns: Turn, **rest: Any) -> int:
    assert CARD is not None
    return usage.of_prompt(Prompt(list(turns), **rest), CARD).prompt_tokens


def test_messages_cost_three_and_their_role_each_and_the_prompt_three() -> None:
    assert cost(Turn("user", "Say hello")) == 9
    assert cost(Turn("system", "Be brief."), Turn("user", "Say hello")) == 3 + 4 + COUNT("Be brief.") + 4 + 2


def test_a_reasoning_model_begins_with_two() -> None:
    card = catalogue.card("gpt-5")
    assert card is not None
    assert usage.of_prompt(Prompt([Turn("user", "Say hello")]), card).prompt_tokens == 8


def test_a_replayed_call_costs_seven_more_than_its_text_and_two_thirty() -> None:
    call = ToolCallMade("call_a", "get_weather", '{"location":"Paris"}')
    text = COUNT(call.name) + COUNT(call.arguments)
    plain = cost(Turn("user", "x"), Turn("assistant", ""))
    assert cost(Turn("user", "x"), Turn("assistant", "", calls=(call,))) - plain == text + 7
    assert cost(Turn("user", "x"), Turn("assistant", "", calls=(call, call))) - plain == 2 * text + 30


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.sampled_from(["gpt-4o-mini", "gpt-4"]))
def test_tools_are_counted_as_appended_to_the_instructions(instructions: str, model: str) -> None:
    card = catalogue.card(model)
    assert card is not None
    count = encoding(card.encoding).count
    turns = [Turn("system", instructions), Turn("user", "Hi")]
    added = usage.of_prompt(Prompt(turns, tools=[WEATHER]), card).prompt_tokens - usage.of_prompt(Prompt(turns), card).prompt_tokens
    assert added == count(f"{instructions}\n\n{usage.rendered_tools([WEATHER])}") - count(instructions) - 1


def test_tools_are_rendered_as_the_model_reads_them() -> None:
    assert usage.rendered_tools([WEATHER, Tool("now", "")]) == (
        "# Tools\n\n## functions\n\nnamespace functions {\n\n"
        "// Get current temperature for a given location.\n"
        'type get_weather = (_: {\n// City and country\nlocation: string,\nunit?: "c" | "f",\n}) => any;\n\n'
        "type now = () => any;\n\n"
        "} // namespace functions"
    )


def test_a_tool_without_descriptions_takes_one_line() -> None:
    tool = Tool(
        "add", "", parameters={"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "string"}}, "required": ["a", "b"]}
    )
    assert "type add = (_: { a: number, b: string }) => any;" in usage.rendered_tools([tool])


def test_tools_cost_nine_beyond_their_namespace_and_five_with_instructions() -> None:
    inner = COUNT(usage.rendered_tools([WEATHER]).removeprefix("# Tools\n\n## functions\n\n"))
    assert cost(Turn("user", "x"), tools=[WEATHER]) - cost(Turn("user", "x")) == inner + 9
    told = (Turn("system", "Be brief."), Turn("user", "x"))
    assert cost(*told, tools=[WEATHER]) - cost(*told) == inner + 5


def test_a_forced_tool_and_none_cost_extra() -> None:
    auto = cost(Turn("user", "x"), tools=[WEATHER])
    assert cost(Turn("user", "x"), tools=[WEATHER], choice="none") == auto + 1
    assert cost(Turn("user", "x"), tools=[WEATHER], choice="get_weather", forced=True) == auto + COUNT("get_weather") + 7


def test_an_output_schema_is_counted_without_its_rules() -> None:
    schema = {"type": "object", "properties": {"required": {"type": "string"}}, "required": ["required"], "additionalProperties": False}
    text = usage.rendered_format(Output("json_schema", schema, "thing", "A thing."))
    assert text == '# Response Formats\n\n## thing\n\n// A thing.\n{"type":"object","properties":{"required":{"type":"string"}}}'
    output = Output("json_schema", schema, "thing", "A thing.")
    assert cost(Turn("user", "x"), output=output) - cost(Turn("user", "x")) == COUNT(text) + 8


def test_names_are_counted() -> None:
    assert cost(Turn("user", "x", name="ann")) - cost(Turn("user", "x")) == COUNT("ann")


@pytest.mark.parametrize(
    ("calls", "forced", "expected"),
    [(1, False, 7), (2, False, 28), (3, False, 34)],
)
def test_generated_calls_cost_what_was_fitted(calls: int, forced: bool, expected: int) -> None:
    assert CARD is not None
    call = ToolCall("get_weather", '{"location":"Paris"}')
    text = calls * (COUNT(call.name) + COUNT(call.arguments))
    assert usage.of_calls([call] * calls, CARD, forced=forced) == text + expected
    assert usage.of_calls([call], CARD, forced=True) == COUNT(call.arguments) - 1


@pytest.mark.parametrize(
    ("size", "detail", "tokens"),
    [
        ((512, 512), "auto", 8500),
        ((640, 480), "high", 2833 + 5667 * 2),
        ((640, 480), "original", 2833 + 5667 * 2),
        ((1024, 1024), "auto", 25501),
        ((1024, 1536), "auto", 36835),
        ((4096, 4096), "high", 25501),
        ((9000, 100), "auto", 2833 + 5667 * 4),
        ((1024, 1024), "low", 2833),
    ],
)
def test_tiles_are_counted_as_recorded(size: tuple[int, int], detail: Any, tokens: int) -> None:
    assert CARD is not None
    assert images.tokens(Picture(*size, detail, "png"), CARD.rules["image_tokens"]) == tokens


def test_patches_are_counted_as_recorded() -> None:
    card = catalogue.card("o4-mini")
    assert card is not None
    assert images.tokens(Picture(640, 480, "auto", "png"), card.rules["image_tokens"]) == 516
    assert images.tokens(Picture(8000, 8000, "auto", "png"), card.rules["image_tokens"]) <= 1536 * 1.72 + 1


def test_prefixes_name_blocks_of_128_from_1024_on() -> None:
    assert CARD is not None
    same = Turn("system", "word " * 1500)
    lists = []
    for text in ("one", "another question"):
        prompt = Prompt([same, Turn("user", text)])
        lists.append(usage.prefixes(prompt, CARD, usage.of_prompt(prompt, CARD).prompt_tokens))
    assert lists[0] == lists[1]
    assert usage.cached(len(lists[0])) == 1408
    assert usage.prefixes(Prompt([Turn("user", "x")]), CARD, 9) == []
    other = Prompt([Turn("system", "other " + "word " * 1500), Turn("user", "one")])
    assert not set(usage.prefixes(other, CARD, 1520)) & set(lists[0])


@pytest.mark.parametrize(("model", "caches"), [("gpt-3.5-turbo", False), ("gpt-4", False), ("gpt-4-turbo", False), ("gpt-4o", True)])
def test_models_older_than_gpt_4o_have_no_cache(model: str, caches: bool) -> None:
    card = catalogue.card(model)
    assert card is not None
    assert bool(usage.prefixes(Prompt([Turn("user", "word " * 3000)]), card, 3007)) is caches
