"""Strict schemas: what is refused, in which words, and with which param (api-facts E.1 to E.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Wire


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = obj(leaf={"type": "string"})
    for _ in range(levels - 1):
        schema = obj(inner=schema)
    return schema


TEXT = {"type": "string"}
MISSING = "'required' is required to be supplied and to be an array including every key in properties. "

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("open object", {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}, "In context=(), 'additionalProperties' is required to be supplied and to be false."),
    ("additional properties", {**obj(a=TEXT), "additionalProperties": True}, "In context=(), 'additionalProperties' is required to be supplied and to be false."),
    ("open object inside", obj(list={"type": "array", "items": {"type": "object", "properties": {}}}), "In context=('properties', 'list', 'items'), 'additionalProperties' is required to be supplied and to be false."),
    ("optional key", {**obj(a=TEXT, b=TEXT), "required": ["a"]}, f"In context=(), {MISSING}Missing 'b'."),
    ("no required", {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False}, f"In context=(), {MISSING}Missing 'a'."),
    ("required of nothing", {**obj(a=TEXT), "required": ["a", "x"]}, f"In context=(), {MISSING}Extra required key 'x' supplied."),
    ("object without properties", obj(a={"type": "object"}), f"In context=(), {MISSING}Extra required key 'a' supplied."),
    ("oneOf", obj(a={"oneOf": [TEXT]}), "In context=('properties', 'a'), 'oneOf' is not permitted."),
    ("allOf", obj(a={"allOf": [TEXT]}), "In context=('properties', 'a'), 'allOf' is not permitted."),
    ("uniqueItems", obj(a={"type": "array", "items": TEXT, "uniqueItems": True}), "In context=('properties', 'a'), 'uniqueItems' is not permitted."),
    ("patternProperties", {**obj(a=TEXT), "patternProperties": {}}, "In context=(), 'patternProperties' is not permitted."),
    ("no type", obj(a={"description": "x"}), "In context=('properties', 'a'), schema must have a 'type' key."),
    ("no items", obj(a={"type": "array"}), "In context=('properties', 'a'), array schema missing items."),
    ("root array", {"type": "array", "items": TEXT}, "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"array\"'."),
    ("root without type", {"anyOf": [obj(a=TEXT)]}, "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'."),
    ("ref with siblings", {**obj(mode={"$ref": "#/$defs/m", "description": "x"}), "$defs": {"m": TEXT}}, "context=('properties', 'mode'), $ref cannot have keywords {'description'}."),
    ("ref into a path", obj(a=TEXT, b={"$ref": "#/properties/a"}), "In context=('properties', 'b'), reference can only point to definitions defined at the top level of the schema."),
    ("too deep", nested(12), "11 levels of nesting exceeds limit of 10."),
    ("too many properties", obj(**{f"p{n}": TEXT for n in range(5001)}), "5001 parameters exceeds limit of 5000."),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_schema_outside_the_subset_is_refused_as_response_format_and_as_tool(wire: Wire, schema: dict[str, Any], reason: str) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "thing", "strict": True, "schema": schema}}
    reply = wire.chat(response_format=form)
    assert reply.status_code == 400
    assert reply.json()["error"] == {
        "message": f"Invalid schema for response_format 'thing': {reason}",
        "type": "invalid_request_error",
        "param": "response_format",
        "code": None,
    }
    tool = {"type": "function", "function": {"name": "thing", "strict": True, "parameters": schema}}
    reply = wire.chat(tools=[tool])
    assert reply.status_code == 400
    assert reply.json()["error"] == {
        "message": f"Invalid schema for function 'thing': {reason}",
        "type": "invalid_request_error",
        "param": "tools[0].function.parameters",
        "code": "invalid_function_parameters",
    }


@pytest.mark.parametrize(
    "schema",
    [
        obj(),
        nested(10),
        obj(a={"type": ["string", "null"]}, b={"anyOf": [TEXT, {"type": "null"}]}),
        obj(a={"enum": ["x", 1, None]}, b={"const": 4}),
        obj(a={"type": "string", "default": "x", "title": "T", "description": "D"}),
        {**obj(next={"anyOf": [{"$ref": "#"}, {"type": "null"}]})},
        {**obj(n={"$ref": "#/$defs/node"}), "$defs": {"node": obj(children={"type": "array", "items": {"$ref": "#/$defs/node"}})}},
        obj(**{"naïve ключ": {"type": "integer", "minimum": 1, "maximum": 3}}),
    ],
)
def test_the_subset_is_accepted(wire: Wire, schema: dict[str, Any]) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "thing", "strict": True, "schema": schema}}
    assert wire.chat(response_format=form).status_code == 200


@pytest.mark.parametrize("strict", [False, None])
def test_a_loose_schema_is_only_a_hint(wire: Wire, strict: bool | None) -> None:
    schema = {"type": "object", "properties": {"a": {"oneOf": [{"type": "integer"}, {"type": "boolean"}]}}, "minProperties": 1}
    form = {"type": "json_schema", "json_schema": {"name": "thing", "strict": strict, "schema": schema}}
    assert wire.chat(response_format=form).status_code == 200


def test_a_structurally_wrong_tool_is_refused_although_it_is_not_strict(wire: Wire) -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "array"}}}}}
    error = wire.chat(tools=[tool]).json()["error"]
    assert error["message"] == "Invalid schema for function 'f': In context=('properties', 'a'), array schema missing items."
    assert error["param"] == "tools[0].function.parameters"
