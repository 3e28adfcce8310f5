"""The JSON that a prompt describes in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockapi.engine import described, sampler
from mockapi.engine.prompt import Prompt, Turn
from mockapi.seed import Stream

CITY = {"type": "object", "properties": {"city": {"type": "string"}, "size": {"type": "integer"}}, "required": ["city", "size"]}


def asked(*texts: str) -> Prompt:
    return Prompt([Turn("user" if place else "system", text) for place, text in enumerate(texts)])


def properties(found: described.Description | None) -> dict[str, Any]:
    assert found is not None
    made: dict[str, Any] = json.loads(found.schema)["properties"]
    return made


@pytest.mark.parametrize(
    "text",
    [
        f"Return an object that matches this schema:\n{json.dumps(CITY)}\nand nothing else.",
        f'For the schema {{"properties": {{"foo": {{"type": "string"}}}}}} an instance is {{"foo": "bar"}}. Your schema:\n```\n{json.dumps(CITY)}\n```',
        json.dumps({"name": "city", "strict": True, "schema": CITY}),
        f'Work on {{"city": "Rome"}}. The json_schema is {json.dumps(CITY, indent=2)}',
    ],
)
def test_the_last_schema_of_a_text_counts(text: str) -> None:
    found = described.wanted(asked(text, "Oslo"))
    assert found is not None
    assert json.loads(found.schema) == CITY


@pytest.mark.parametrize(
    ("text", "types"),
    [
        (
            'Use this format: {"name": "string", "age": 0, "ok": true, "tags": ["a"]}',
            {"name": "string", "age": "integer", "ok": "boolean", "tags": "array"},
        ),
        ("Respond like {name: string, age: int, price?: number}", {"name": "string", "age": "integer", "price": "number"}),
        ('Answer as {"inner": {"a": 1.5}, "list": [...], }', {"inner": "object", "list": "array"}),
        ("JSON with keys name, age and is_member", {"name": "string", "age": "integer", "is_member": "boolean"}),
        ("a JSON object with title, ingredients and price", {"title": "string", "ingredients": "array", "price": "number"}),
        ("Give JSON with a `summary` field.", {"summary": "string"}),
        ("Extract the name and the city from the text as JSON", {"name": "string", "city": "string"}),
    ],
)
def test_examples_sketches_and_names_of_keys_are_understood(text: str, types: dict[str, str]) -> None:
    assert {name: child["type"] for name, child in properties(described.wanted(asked(text, "Go"))).items()} == types


def test_an_example_may_list_the_values() -> None:
    found = properties(described.wanted(asked('Format: {"mood": "happy|sad", "kind": "string | null"}', "Go")))
    assert found == {"mood": {"type": "string", "enum": ["happy", "sad"]}, "kind": {"type": "string"}}


def test_data_is_not_taken_for_a_description() -> None:
    assert described.wanted(asked('Summarise this order: {"id": 7, "total": 12.5}', "Go")) is None


@pytest.mark.parametrize(
    ("text", "is_ordered", "fenced"),
    [
        (f"Reply with JSON of this schema: {json.dumps(CITY)}", True, False),
        (f"Return the JSON within a ```json codeblock. Schema: {json.dumps(CITY)}", True, True),
        (f"Return JSON, no markdown code block. Schema: {json.dumps(CITY)}", True, False),
        (f"Explain this schema: {json.dumps(CITY)}", False, False),
        ("Reply with JSON", False, False),
    ],
)
def test_text_answers_are_json_where_the_prompt_orders_and_shows_it(text: str, is_ordered: bool, fenced: bool) -> None:
    found = described.ordered(asked(text, "Oslo"))
    assert (found is not None) == is_ordered
    assert found is None or found.fenced == fenced


def test_the_description_is_no_material_for_the_answer() -> None:
    text = f"Oslo. Use this schema: {json.dumps(CITY)}"
    found = described.wanted(Prompt([Turn("user", text)]))
    assert found is not None
    assert described.rest(text, found) == "Oslo. Use this schema: "


PIECES = st.sampled_from(
    ["{", "}", "[", "]", '"a"', ":", ",", " keys ", "json ", "format ", "1", "string", "\n", '"$ref"', '"properties"', "{}", "|", "..."]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_whatever_a_text_holds_its_description_can_be_drawn_from(text: str) -> None:
    found = described.wanted(asked("Respond in JSON format " + text, "Go"))
    if found is not None:
        value, _ = sampler.planned(found.schema).instance(Stream(1))
        assert isinstance(value, dict)
