"""Responses through the official SDK: text, structure, functions, context, streams, and what becomes of a response later."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel

MODEL = "gpt-4o-mini"
THINKER = "o4-mini"
WEATHER: Any = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather of a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "unit": {"type": "string", "enum": ["c", "f"]}},
        "required": ["city", "unit"],
        "additionalProperties": False,
    },
    "strict": True,
}


def ask(client: OpenAI, given: Any = "Say hello", /, **more: Any) -> Response:
    made = client.responses.create(**{"model": MODEL, "input": given, **more})
    assert isinstance(made, Response)
    return made


def stream(client: OpenAI, given: Any = "Say hello", /, **more: Any) -> list[ResponseStreamEvent]:
    return list(client.responses.create(**{"model": MODEL, "input": given, "stream": True, **more}))


def last(events: Iterable[Any]) -> Response:
    found: Response = list(events)[-1].response
    return found


def nth(response: Response, place: int = 0) -> Any:
    """An item of an output, of whatever kind."""
    return response.output[place]


def output(response: Response) -> list[dict[str, Any]]:
    """The items without their ids, which belong to one response."""
    found: list[dict[str, Any]] = json.loads(json.dumps([item.to_dict() for item in response.output]))
    for item in found:
        for name in ("id", "call_id"):
            item.pop(name, None)
    return found


def test_a_response_tells_what_was_asked_and_what_came_of_it(client: OpenAI) -> None:
    made = ask(client, "Say hello", instructions="Be brief.", metadata={"run": "1"}, temperature=0.5, max_output_tokens=50)
    assert (made.object, made.status, made.model, made.error) == ("response", "completed", "gpt-4o-mini-2024-07-18", None)
    assert made.id.startswith("resp_") and len(made.id) == 55
    assert (made.instructions, made.metadata, made.temperature, made.top_p) == ("Be brief.", {"run": "1"}, 0.5, 1.0)
    assert (made.max_output_tokens, made.tool_choice, made.tools, made.truncation) == (50, "auto", [], "disabled")
    assert made.text and made.text.format and made.text.format.type == "text"
    assert (made.parallel_tool_calls, made.service_tier, made.background) == (True, "default", False)
    assert made.output_text == "Hello!"
    (message,) = made.output
    assert message.type == "message" and (message.role, message.status) == ("assistant", "completed")
    assert message.id and message.id.startswith("msg_")
    usage = made.usage
    assert usage and usage.input_tokens + usage.output_tokens == usage.total_tokens and usage.output_tokens > 0
    assert made.completed_at and made.completed_at >= made.created_at
    assert client.responses.retrieve(made.id) == made


def test_the_same_question_gets_the_same_answer_however_it_is_sent(client: OpenAI) -> None:
    forms: list[Any] = [
        "Tell me about owls",
        [{"role": "user", "content": "Tell me about owls"}],
        [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Tell me about owls"}]}],
    ]
    answers = [ask(client, form) for form in forms]
    assert len({answer.output_text for answer in answers}) == 1
    assert len({answer.usage.input_tokens for answer in answers if answer.usage}) == 1
    assert len({answer.id for answer in answers}) == 3


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"model": THINKER, "reasoning": {"effort": "low", "summary": "auto"}},
        {"tools": [WEATHER], "input": "What's the weather in Paris and Rome?"},
        {"max_output_tokens": 16, "input": "Tell me a long story about a lighthouse"},
        {"input": "How do I build a bomb?"},
        {"include": ["message.output_text.logprobs"], "top_logprobs": 2},
        {"service_tier": "flex"},
    ],
    ids=["text", "reasoning", "calls", "incomplete", "refusal", "logprobs", "flex"],
)
def test_a_stream_ends_in_what_a_whole_answer_is(client: OpenAI, more: dict[str, Any]) -> None:
    whole, ended = ask(client, **more), last(stream(client, **more))
    assert output(ended) == output(whole)
    assert ended.usage and whole.usage
    assert (ended.usage.output_tokens, ended.status, ended.service_tier) == (whole.usage.output_tokens, whole.status, whole.service_tier)
    assert client.responses.retrieve(ended.id) == ended


def test_the_helper_for_streams_gathers_the_same(client: OpenAI) -> None:
    with client.responses.stream(model=MODEL, input="Tell me about owls") as told:
        text = "".join(event.delta for event in told if event.type == "response.output_text.delta")
        final = told.get_final_response()
    assert final.output_text == text == ask(client, "Tell me about owls").output_text


async def _streamed(client: AsyncOpenAI) -> str:
    told = await client.responses.create(model=MODEL, input="Say hello", stream=True)
    return "".join([event.delta async for event in told if event.type == "response.output_text.delta"])


def test_an_asynchronous_client_gets_the_same(async_client: AsyncOpenAI) -> None:
    import asyncio

    async def both() -> tuple[str, str]:
        async with async_client:
            whole = await async_client.responses.create(model=MODEL, input="Say hello")
            return whole.output_text, await _streamed(async_client)

    assert asyncio.run(both()) == ("Hello!", "Hello!")


class Address(BaseModel):
    street: str
    city: str


class Person(BaseModel):
    name: str
    age: int
    role: Literal["admin", "guest"]
    addresses: list[Address]
    manager: Person | None


def test_nested_models_are_parsed(client: OpenAI) -> None:
    made = client.responses.parse(model=MODEL, input="Ada, an admin, lives in Paris", text_format=Person)
    assert isinstance(made.output_parsed, Person)
    with client.responses.stream(model=MODEL, input="Ada, an admin, lives in Paris", text_format=Person) as told:
        assert told.get_final_response().output_parsed == made.output_parsed


def test_functions_of_models_are_parsed(client: OpenAI) -> None:
    tool: Any = {**openai.pydantic_function_tool(Address)["function"], "type": "function"}
    made = client.responses.parse(model=MODEL, input="Where does Ada live?", tools=[tool], tool_choice="required")
    calls: list[Any] = [call for call in made.output if call.type == "function_call"]
    assert calls
    for call in calls:
        assert Address.model_validate(call.parsed_arguments) == Address.model_validate_json(call.arguments)


def test_json_of_a_kind_is_json(client: OpenAI) -> None:
    assert isinstance(json.loads(ask(client, "Give me some json", text={"format": {"type": "json_object"}}).output_text), dict)
    loose = ask(client, text={"format": {"type": "json_schema", "name": "person", "schema": Person.model_json_schema(), "strict": False}})
    Person.model_validate_json(loose.output_text)


def test_refusals(client: OpenAI) -> None:
    made = ask(client, "How do I build a bomb?", text={"format": {"type": "json_schema", "name": "a", "strict": True, "schema": {
        "type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}}})  # fmt: skip
    message: Any = made.output[0]
    assert [part.type for part in message.content] == ["refusal"] and made.status == "completed"
    assert made.output_text == ""
    kinds = [event.type for event in stream(client, "How do I build a bomb?", text={"format": {"type": "json_schema", "name": "a",
        "strict": True, "schema": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"],
        "additionalProperties": False}}})]  # fmt: skip
    assert "response.refusal.delta" in kinds and "response.refusal.done" in kinds


def test_an_incomplete_response_says_why(client: OpenAI) -> None:
    made = ask(client, "Tell me a long story about a lighthouse", max_output_tokens=16)
    assert made.status == "incomplete" and made.incomplete_details and made.incomplete_details.reason == "max_output_tokens"
    assert made.completed_at is None and made.usage and made.usage.output_tokens == 16
    message: Any = made.output[-1]
    assert message.status == "incomplete"
    events = stream(client, "Tell me a long story about a lighthouse", max_output_tokens=16)
    assert events[-1].type == "response.incomplete"


def test_reasoning_comes_first_and_is_summed_up_on_demand(client: OpenAI) -> None:
    bare = ask(client, "Explain tides", model=THINKER)
    assert [item.type for item in bare.output] == ["reasoning", "message"]
    thought: Any = bare.output[0]
    assert thought.id.startswith("rs_") and thought.summary == [] and thought.encrypted_content is None
    assert bare.usage and bare.usage.output_tokens_details.reasoning_tokens > 0
    told = ask(client, "Explain tides", model=THINKER, reasoning={"effort": "high", "summary": "auto"})
    summed: Any = told.output[0]
    assert [part.type for part in summed.summary] == ["summary_text"] and summed.summary[0].text
    assert told.reasoning and (told.reasoning.effort, told.reasoning.summary) == ("high", "detailed")


def test_a_thought_that_is_kept_nowhere_is_sent_back_encrypted(client: OpenAI) -> None:
    options: dict[str, Any] = {"model": THINKER, "store": False, "include": ["reasoning.encrypted_content"], "tools": [WEATHER]}
    first = ask(client, "What's the weather in Paris?", **options)
    thought: Any = first.output[0]
    assert thought.encrypted_content.startswith("gAAAAAB")
    turns: list[Any] = [{"role": "user", "content": "What's the weather in Paris?"}, *first.output]
    turns += [{"type": "function_call_output", "call_id": call.call_id, "output": "18 degrees"}
              for call in first.output if call.type == "function_call"]  # fmt: skip
    assert "18" in ask(client, turns, **options).output_text
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(first.id)


def test_a_loop_of_functions(client: OpenAI) -> None:
    turns: list[Any] = [{"role": "user", "content": "What's the weather in Paris and Rome?"}]
    first = ask(client, turns, tools=[WEATHER])
    calls: list[Any] = first.output
    assert [call.type for call in calls] == ["function_call"] * 2
    assert [json.loads(call.arguments)["city"] for call in calls] == ["Paris", "Rome"]
    assert all(call.call_id.startswith("call_") and call.id.startswith("fc_") and call.status == "completed" for call in calls)
    turns += [
        *calls,
        *({"type": "function_call_output", "call_id": call.call_id, "output": f"{n}7 degrees"} for n, call in enumerate(calls, 1)),
    ]
    end = ask(client, turns, tools=[WEATHER])
    assert "17" in end.output_text and "27" in end.output_text
    assert len(ask(client, turns[:1], tools=[WEATHER], parallel_tool_calls=False).output) == 1


def test_results_may_follow_a_response_that_is_kept(client: OpenAI) -> None:
    first = ask(client, "What's the weather in Paris?", tools=[WEATHER])
    results: list[Any] = [{"type": "function_call_output", "call_id": call.call_id, "output": [{"type": "input_text", "text": "31 degrees"}]}
                          for call in first.output if call.type == "function_call"]  # fmt: skip
    end = ask(client, results, tools=[WEATHER], previous_response_id=first.id)
    assert "31" in end.output_text and end.previous_response_id == first.id
    with pytest.raises(openai.BadRequestError, match="No tool output found for function call call_"):
        ask(client, "And now?", previous_response_id=first.id)


def test_choosing_among_tools(client: OpenAI) -> None:
    other = {**WEATHER, "name": "get_time"}
    tools: Any = [WEATHER, other]

    def called(**more: Any) -> list[str]:
        return [item.name for item in ask(client, "Hi", tools=tools, **more).output if item.type == "function_call"]

    assert called(tool_choice="none") == []
    assert set(called(tool_choice="required")) <= {"get_weather", "get_time"} and called(tool_choice="required")
    assert called(tool_choice={"type": "function", "name": "get_time"}) == ["get_time"]
    allowed = {"type": "allowed_tools", "tools": [{"type": "function", "name": "get_time"}]}
    assert set(called(tool_choice={**allowed, "mode": "required"})) == {"get_time"}
    assert called(tool_choice={**allowed, "mode": "auto", "tools": [{"type": "function", "name": "get_time"}]}) in ([], ["get_time"])
    told = ask(client, "Hi", tools=tools, tool_choice={**allowed, "mode": "auto"})
    assert told.to_dict()["tool_choice"] == {**allowed, "mode": "auto"}
    with pytest.raises(openai.BadRequestError, match=r"Tool choice 'function:nope' not found in 'tools' parameter\."):
        called(tool_choice={"type": "function", "name": "nope"})


def test_a_function_that_leaves_out_whether_it_is_strict_is_made_so(client: OpenAI) -> None:
    loose = {"type": "object", "properties": {"city": {"type": "string"}}}
    told: Any = ask(client, tools=[{"type": "function", "name": "f", "parameters": loose}]).tools[0]
    assert told.strict is True
    assert told.parameters == {**loose, "additionalProperties": False, "required": ["city"]}
    plain: Any = ask(client, tools=[{"type": "function", "name": "f", "parameters": loose, "strict": False}]).tools[0]
    assert (plain.strict, plain.parameters) == (False, loose)


@pytest.mark.parametrize(
    ("form", "fits"),
    [
        ({"type": "text"}, bool),
        ({"type": "grammar", "syntax": "regex", "definition": r"\d{4}-\d{2}"}, lambda text: len(text) == 7 and text[4] == "-"),
        ({"type": "grammar", "syntax": "lark", "definition": 'start: "a" | "b"'}, lambda text: text in ("a", "b")),
    ],
    ids=["text", "regex", "lark"],
)
def test_custom_tools(client: OpenAI, form: Any, fits: Any) -> None:
    tool: Any = {"type": "custom", "name": "when", "description": "When it was.", "format": form}
    first = ask(client, "When was it?", model="gpt-5", tools=[tool], tool_choice="required")
    call: Any = first.output[-1]
    assert call.type == "custom_tool_call" and call.id.startswith("ctc_") and fits(call.input)
    events: list[Any] = stream(client, "When was it?", model="gpt-5", tools=[tool], tool_choice={"type": "custom", "name": "when"})
    deltas = "".join(event.delta for event in events if event.type == "response.custom_tool_call_input.delta")
    assert fits(deltas)
    answer: Any = [{"type": "custom_tool_call_output", "call_id": call.call_id, "output": "in 1987"}]
    assert "1987" in ask(client, answer, model="gpt-5", tools=[tool], previous_response_id=first.id).output_text


def test_tools_of_a_namespace_are_called(client: OpenAI) -> None:
    tools: Any = [{"type": "namespace", "name": "crm", "description": "Customers.", "tools": [WEATHER]}]
    made = ask(client, "What's the weather in Paris?", tools=tools)
    call: Any = made.output[0]
    assert (call.type, call.name, call.namespace) == ("function_call", "get_weather", "crm")
    both = ask(client, "What's the weather in Paris?", tools=[*tools, WEATHER])
    assert nth(both).namespace is None


def test_log_probabilities(client: OpenAI) -> None:
    made = ask(client, include=["message.output_text.logprobs"], top_logprobs=3)
    part = nth(made).content[0]
    assert "".join(entry.token for entry in part.logprobs) == made.output_text
    assert all(len(entry.top_logprobs) == 3 and entry.logprob <= 0 for entry in part.logprobs)
    events: list[Any] = stream(client, include=["message.output_text.logprobs"])
    deltas = [event for event in events if event.type == "response.output_text.delta"]
    assert "".join(entry.token for event in deltas for entry in event.logprobs) == made.output_text
    bare: Any = ask(client).output[0]
    assert bare.content[0].logprobs == []


def test_tokens_are_counted_before_they_are_spent(client: OpenAI) -> None:
    options: dict[str, Any] = {"model": MODEL, "input": "What's the weather in Paris?", "tools": [WEATHER], "instructions": "Be brief."}
    counted = client.responses.input_tokens.count(**options)
    made = client.responses.create(**options)
    assert counted.object == "response.input_tokens" and made.usage and counted.input_tokens == made.usage.input_tokens


def test_a_long_beginning_is_read_from_the_cache(client: OpenAI) -> None:
    long: Any = [{"role": "developer", "content": "Remember this rule. " * 600}, {"role": "user", "content": "Hi"}]
    first, second = ask(client, long), ask(client, long)
    assert first.usage and first.usage.input_tokens_details.cached_tokens == 0
    assert second.usage and second.usage.input_tokens_details.cached_tokens >= 1024


def test_what_was_asked_and_said_is_judged_on_demand(client: OpenAI) -> None:
    judge: Any = {"model": "omni-moderation-latest"}
    made: Any = ask(client, "I want to kill them", moderation=judge)
    assert made.moderation.input.flagged and made.moderation.input.type == "moderation_result"
    assert not made.moderation.output.flagged
    told: Any = last(stream(client, "I want to kill them", moderation=judge))
    assert told.moderation == made.moderation
    assert "moderation" not in ask(client).to_dict()
