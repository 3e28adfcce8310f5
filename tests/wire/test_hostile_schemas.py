"""Schemas, grammars and numbers that were made to break the server: each gets the API's answer, and soon."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Wire
from tests.engine.test_sampler import TEXT, obj

PLEASE = "Please ensure it is a valid JSON Schema."
AGAIN = {"$ref": "#"}
ENDLESS_LOOPS: list[dict[str, Any]] = [
    {"$ref": "#"},
    {"$ref": "#", "type": "object"},
    {"anyOf": [AGAIN]},
    {"if": AGAIN},
    {"type": "object", "properties": {"f": {"allOf": [AGAIN]}}},
    {
        "type": "object",
        "properties": {"name": TEXT, "next": {"anyOf": [{"allOf": [AGAIN]}, {"type": "null"}]}},
        "required": ["name", "next"],
    },
    {"type": "object", "propertyNames": {"enum": [5]}, "minProperties": 1},
    {"type": "object", "propertyNames": {"type": ["string", "null"]}, "minProperties": 1},
    {"type": "object", "minProperties": 1e20},
    {"$ref": "http://127.0.0.1:9/elsewhere"},
    {"$schema": "http://127.0.0.1:9/draft", "type": "object"},
]


def loop(**definitions: Any) -> dict[str, Any]:
    return {**obj(a={"$ref": "#/$defs/a"}), "$defs": definitions}


CHILDREN: list[dict[str, Any]] = [
    {"type": "string", "pattern": 5}, {"type": "string", "pattern": "("}, {"type": "string", "minLength": "x"},
    {"type": "number", "minimum": "a"}, {"type": "number", "multipleOf": 0}, {"type": "number", "multipleOf": -1}, {"type": []},
    {"type": "string", "enum": [1]}, {"type": "integer", "const": "x"}, {"type": "integer", "minimum": 5, "maximum": 4},
    {"type": "integer", "multipleOf": 10, "minimum": 1, "maximum": 9}, {"type": "array", "items": TEXT, "minItems": 5, "maxItems": 2},
    {"type": "string", "minLength": 5, "maxLength": 3}, {"type": "string", "pattern": "^(?<=a)b"}, AGAIN,
    {"type": "string", "pattern": "\\p{Lu"}, {"type": "string", "pattern": "^a{100000}$"},
]  # fmt: skip
UNSATISFIABLE: list[dict[str, Any]] = [
    {**obj(), "properties": []},
    *(obj(a=child) for child in CHILDREN),
    loop(a={"$ref": "#/$defs/a"}),
    loop(a={"anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]}),
    loop(a={"$ref": "#/$defs/b"}, b={"$ref": "#/$defs/a"}),
]


def form(schema: dict[str, Any], *, strict: bool) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "x", "strict": strict, "schema": schema}}


def tool(schema: dict[str, Any], *, strict: bool = False) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "x", "strict": strict, "parameters": schema}}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("schema", ENDLESS_LOOPS, ids=json.dumps)
def test_a_loose_schema_that_leads_back_to_itself_is_answered(wire: Wire, schema: dict[str, Any]) -> None:
    assert wire.chat(response_format=form(schema, strict=False)).status_code == 200
    assert wire.chat(tools=[tool({"type": "object", "properties": {"a": schema}, "$defs": {"r": schema}})]).status_code == 200


@pytest.mark.parametrize("schema", UNSATISFIABLE, ids=json.dumps)
def test_a_strict_schema_of_which_nothing_can_be_written_is_refused(wire: Wire, schema: dict[str, Any]) -> None:
    error = wire.chat(response_format=form(schema, strict=True)).json()["error"]
    assert error["message"] == f"Invalid schema for response_format 'x': {PLEASE}"
    error = wire.chat(tools=[tool(schema, strict=True)]).json()["error"]
    assert error["message"] == f"Invalid schema for function 'x': {PLEASE}"
    assert (error["param"], error["code"]) == ("tools[0].function.parameters", "invalid_function_parameters")


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "foo"}, "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"foo\"'."),
        ({"type": "object", "properties": {"x": 5}}, "5 is not of type 'object', 'boolean'."),
        ({"type": "object", "properties": {"x": {"type": "str"}}}, "'str' is not valid under any of the given schemas."),
        ({"type": "object", "properties": {"x": {"type": "number", "multipleOf": 0}}}, PLEASE),
    ],
)
def test_a_loose_function_that_is_no_schema_is_refused(wire: Wire, schema: dict[str, Any], reason: str) -> None:
    assert wire.chat(tools=[tool(schema)]).json()["error"]["message"] == f"Invalid schema for function 'x': {reason}"


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "child",
    [
        {"type": "array", "items": TEXT, "minItems": 10**9},
        {"type": "array", "items": {"type": "array", "items": {"type": "null"}, "minItems": 10**9}, "minItems": 10**9},
        {"type": "string", "minLength": 10**9},
        {"type": "string", "minLength": 10**7},
    ],
    ids=json.dumps,
)
def test_an_instance_that_cannot_be_whole_is_cut(wire: Wire, child: dict[str, Any]) -> None:
    choice = wire.chat(response_format=form(obj(a=child), strict=True)).json()["choices"][0]
    assert choice["finish_reason"] == "length"


@pytest.mark.parametrize("number", ["1e999", "-1E+400", "1" + "0" * 400 + ".0", "1" + "0" * 300 + "e99"])
def test_a_number_beyond_a_double_is_malformed_json(wire: Wire, number: str) -> None:
    for body in (
        '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}],"temperature":%s}',
        '{"model":"gpt-4o-mini","messages":[],"response_format":{"type":"json_schema","json_schema":{"schema":{"minimum":%s}}}}',
    ):
        reply = wire.request("POST", "/chat/completions", content=body % number, headers={"content-type": "application/json"})
        assert reply.status_code == 400
        assert reply.json()["error"]["message"].startswith("We could not parse the JSON body of your request.")


def test_a_word_that_looks_like_such_a_number_is_none(wire: Wire) -> None:
    assert wire.chat(messages=[{"role": "user", "content": "1e999 and e000"}]).status_code == 200


@pytest.mark.parametrize(
    ("syntax", "definition"),
    [
        ("lark", "start: ((("), ("regex", "((("), ("lark", "start: start"), ("lark", 'start: "a" | other'), ("regex", "a^b"),
        ("lark", '_sep{x, sep}: x (sep x)*\nstart: _sep{"a", ","}'), ("lark", "start: " + "(" * 3000), ("regex", "\\p{Lu"),
    ],
)  # fmt: skip
def test_a_grammar_without_a_text_is_refused(wire: Wire, syntax: str, definition: str) -> None:
    custom = {"name": "x", "format": {"type": "grammar", "grammar": {"syntax": syntax, "definition": definition}}}
    reply = wire.chat(model="gpt-5", tools=[{"type": "custom", "custom": custom}])
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == "tools[0].custom.format.grammar.definition"


def test_an_empty_name_is_told_as_an_empty_string(wire: Wire) -> None:
    said = "empty string. Expected a string with minimum length 1, but got an empty string instead."
    error = wire.chat(tools=[{"type": "function", "function": {"name": ""}}]).json()["error"]
    assert (error["message"], error["code"]) == (f"Invalid 'tools[0].function.name': {said}", "empty_string")
    error = wire.chat(response_format={"type": "json_schema", "json_schema": {"name": "", "schema": {}}}).json()["error"]
    assert (error["message"], error["code"]) == (f"Invalid 'response_format.json_schema.name': {said}", "empty_string")
