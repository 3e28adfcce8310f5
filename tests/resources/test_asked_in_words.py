"""JSON that the messages ask for, as the frameworks do that write the schema into the prompt; jobs whose result goes into a field."""

from __future__ import annotations

import json
from typing import Any, Literal

from openai import OpenAI
from pydantic import BaseModel

from tests.resources.test_chat_completions import MODEL, user


class City(BaseModel):
    name: str
    country: str
    population: int


class Sorted(BaseModel):
    intent: Literal["shipping", "refund", "other"]


class Warmth(BaseModel):
    city: str
    celsius: float


class Labelled(BaseModel):
    label: str
    keywords: list[str]


def told(client: OpenAI, system: str, said: str, **options: Any) -> str:
    messages: Any = [{"role": "system", "content": system}, *user(said)]
    return client.chat.completions.create(model=MODEL, messages=messages, **options).choices[0].message.content or ""


def test_json_mode_follows_the_schema_in_the_messages(client: OpenAI) -> None:
    system = f"Answer with json that matches this schema:\n{json.dumps(City.model_json_schema())}\nReturn an instance, not the schema."
    city = City.model_validate_json(told(client, system, "Oslo is in Norway", response_format={"type": "json_object"}))
    assert (city.name, city.country) == ("Oslo", "Norway")


def test_json_mode_has_the_keys_that_are_named(client: OpenAI) -> None:
    content = told(client, "Return JSON with keys name, age and is_student.", "Alice is 21", response_format={"type": "json_object"})
    found = json.loads(content)
    assert (found["name"], found["age"]) == ("Alice", 21)
    assert isinstance(found["is_student"], bool)


def test_a_text_answer_is_the_json_that_the_prompt_orders(client: OpenAI) -> None:
    content = told(client, 'You classify moods. Respond in JSON format: {"mood": "positive|negative"}', "I love it")
    assert json.loads(content) == {"mood": "positive"}


def test_a_label_fits_what_was_said(client: OpenAI) -> None:
    for said, intent in (("I want my money back", "refund"), ("When will you deliver?", "shipping"), ("Nice hat", "other")):
        completion = client.chat.completions.parse(model=MODEL, messages=user(said), response_format=Sorted)
        assert completion.choices[0].message.parsed == Sorted(intent=intent)


def test_the_result_of_a_job_goes_into_its_field(client: OpenAI) -> None:
    system = "Classify the message as one of: complaint, praise. Also extract keywords."
    messages: Any = [{"role": "system", "content": system}, *user("This is the worst coffee machine, the water pump is broken")]
    found = client.chat.completions.parse(model=MODEL, messages=messages, response_format=Labelled).choices[0].message.parsed
    assert found is not None
    assert found.label == "complaint"
    assert any("coffee" in keyword for keyword in found.keywords)


def test_a_bare_result_of_a_tool_goes_into_the_number_field(client: OpenAI) -> None:
    called = {"id": "call_1", "type": "function", "function": {"name": "temperature", "arguments": '{"city": "Oslo"}'}}
    messages: Any = [
        *user("How warm is it in Oslo?"),
        {"role": "assistant", "tool_calls": [called]},
        {"role": "tool", "tool_call_id": "call_1", "content": "33.5"},
    ]
    parsed = client.chat.completions.parse(model=MODEL, messages=messages, response_format=Warmth).choices[0].message.parsed
    assert parsed == Warmth(city="Oslo", celsius=33.5)
