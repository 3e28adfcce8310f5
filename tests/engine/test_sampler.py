"""Instances of schemas: valid, friendly, repeatable, and bounded whatever the schema."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from mockapi import json
from mockapi.engine import hints, sampler
from mockapi.seed import Seed

SEED = Seed("tests")


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


TEXT = {"type": "string"}
SCHEMAS: dict[str, dict[str, Any]] = {
    "plain": obj(name=TEXT, age={"type": "integer"}, email={"type": "string", "format": "email"}, ok={"type": "boolean"}),
    "linked list": obj(value={"type": "number"}, next={"anyOf": [{"$ref": "#"}, {"type": "null"}]}),
    "tree": {**obj(root={"$ref": "#/$defs/n"}), "$defs": {"n": obj(label=TEXT, children={"type": "array", "items": {"$ref": "#/$defs/n"}})}},
    "mutual": {
        **obj(a={"$ref": "#/$defs/a"}),
        "$defs": {"a": obj(b={"anyOf": [{"$ref": "#/$defs/b"}, {"type": "null"}]}), "b": obj(a={"anyOf": [{"$ref": "#/$defs/a"}, {"type": "null"}]})},
    },
    "pattern": obj(a={"type": "string", "pattern": r"^[A-Z]{2}-\d{3,5}$"}, b={"type": "string", "pattern": "[aeiou]{2}"}),
    "pattern and length": obj(a={"type": "string", "pattern": "^[a-z]+$", "minLength": 17, "maxLength": 19}),
    "look-ahead": obj(a={"type": "string", "pattern": r"^(?!000)\d{3}$"}),
    "unicode class": obj(a={"type": "string", "pattern": r"^\p{Lu}\p{Ll}+$"}),
    "formats": obj(**{form: {"type": "string", "format": form} for form in ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri")}),
    "bounds": obj(a={"type": "integer", "minimum": 7, "maximum": 8}, b={"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001}, c={"type": "integer", "exclusiveMinimum": -3, "maximum": -2}),
    "multiples": obj(a={"type": "integer", "multipleOf": 7, "minimum": 50}, b={"type": "number", "multipleOf": 0.01, "maximum": 1}, c={"type": "number", "multipleOf": 2.5, "minimum": 101}),
    "large": obj(a={"type": "integer", "minimum": 10**12}, b={"type": "integer", "maximum": -(10**15)}),
    "lengths": obj(a={"type": "string", "minLength": 300}, b={"type": "string", "maxLength": 3}, c={"type": "string", "minLength": 5, "maxLength": 5}, name={"type": "string", "maxLength": 4}),
    "arrays": obj(a={"type": "array", "items": TEXT, "minItems": 6, "maxItems": 7}, b={"type": "array", "items": TEXT, "maxItems": 0}, c={"type": "array", "items": {"type": "array", "items": {"type": "integer"}, "minItems": 2}, "minItems": 2}),
    "enums": obj(a={"enum": ["x", 1, None, 2.5]}, b={"const": {"deep": [1]}}, c={"type": "string", "enum": ["é", "🙂"]}),
    "unions": obj(a={"type": ["string", "null", "integer"]}, b={"anyOf": [obj(kind={"const": "p"}, v=TEXT), obj(kind={"const": "q"}, w={"type": "integer"})]}),
    "unicode keys": obj(**{"naïve ключ 🙂": TEXT, "": TEXT, "a/b~c": {"type": "integer"}}),
    "definitions": {**obj(a={"$ref": "#/definitions/x~1y"}), "definitions": {"x/y": {"type": "integer", "minimum": 3}}},
    "allOf": {"type": "object", "allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"a": {"minimum": 500}}}]},
    "oneOf": {"oneOf": [{"type": "integer", "maximum": 0}, {"type": "string", "minLength": 3}]},
    "unique": obj(a={"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True, "minItems": 3}),
    "prefix": {"type": "array", "prefixItems": [{"type": "integer"}, TEXT], "items": False, "minItems": 2},
    "pattern properties": {"type": "object", "patternProperties": {"^x_": {"type": "integer"}}, "additionalProperties": False, "minProperties": 3},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
    "optional": {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "maxProperties": 1},
    "not": {"type": "integer", "not": {"const": 0}, "minimum": -1, "maximum": 1},
    "if then": {**obj(k={"enum": ["a", "b"]}), "additionalProperties": True, "if": {"properties": {"k": {"const": "a"}}}, "then": {"required": ["z"]}},
    "contains": {"type": "array", "contains": {"const": 5}},
    "empty": {},
    "ref with siblings": {**obj(a={"$ref": "#/$defs/n", "minimum": 50}), "$defs": {"n": {"type": "integer", "maximum": 60}}},
}  # fmt: skip


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_instances_are_valid_by_an_independent_judge(name: str) -> None:
    schema = SCHEMAS[name]
    judge = jsonschema_rs.validator_for(schema, validate_formats=True)
    plan = sampler.plan(schema)
    for number in range(100):
        value, whole = plan.instance(SEED.stream(name.encode(), str(number).encode()))
        assert whole
        judge.validate(value)


def test_keys_come_in_the_schemas_order() -> None:
    value, _ = sampler.plan(obj(zebra=TEXT, apple=TEXT, mango=TEXT)).instance(SEED.stream(b"order"))
    assert list(value) == ["zebra", "apple", "mango"]


def test_a_field_keeps_its_value_when_another_is_added() -> None:
    small, _ = sampler.plan(obj(city=TEXT, age={"type": "integer"})).instance(SEED.stream(b"s"))
    large, _ = sampler.plan(obj(new=TEXT, city=TEXT, age={"type": "integer"})).instance(SEED.stream(b"s"))
    assert (large["city"], large["age"]) == (small["city"], small["age"])


def test_values_look_like_what_their_names_say() -> None:
    value, _ = sampler.plan(obj(email=TEXT, age={"type": "integer"}, rating={"type": "integer"}, full_name=TEXT)).instance(
        SEED.stream(b"f")
    )
    assert "@" in value["email"]
    assert 18 <= value["age"] <= 80
    assert 1 <= value["rating"] <= 5
    assert value["full_name"].istitle() or " " in value["full_name"]


def test_values_that_the_text_names_are_preferred() -> None:
    schema = obj(city=TEXT, unit={"enum": ["celsius", "fahrenheit"]}, days={"type": "integer"}, email=TEXT, title=TEXT)
    facts = hints.read('Forecast for 3 days in New York, in Fahrenheit, to ann@example.org, called "Trip plan".')
    value, _ = sampler.plan(schema).instance(SEED.stream(b"h"), hints.Cursor(facts))
    assert value == {"city": "New York", "unit": "fahrenheit", "days": 3, "email": "ann@example.org", "title": "Trip plan"}


def test_a_named_value_that_the_schema_forbids_is_not_taken() -> None:
    facts = hints.read("Give me 99 of them in Paris")
    value, _ = sampler.plan(obj(count={"type": "integer", "maximum": 9}, city={"type": "string", "maxLength": 3})).instance(
        SEED.stream(b"n"), hints.Cursor(facts)
    )
    assert value["count"] <= 9
    assert len(value["city"]) <= 3


def test_a_schema_that_grows_without_bound_ends() -> None:
    definitions = {f"n{i}": obj(left={"$ref": f"#/$defs/n{i + 1}"}, right={"$ref": f"#/$defs/n{i + 1}"}) for i in range(40)}
    definitions["n40"] = TEXT
    value, whole = sampler.plan({**obj(a={"$ref": "#/$defs/n0"}), "$defs": definitions}).instance(SEED.stream(b"e"))
    assert not whole
    assert "a" in value


def test_a_schema_without_a_finite_instance_ends() -> None:
    plan = sampler.plan({**obj(a={"$ref": "#/$defs/n"}), "$defs": {"n": obj(n={"$ref": "#/$defs/n"})}})
    assert not plan.possible
    assert plan.instance(SEED.stream(b"i"))[1] is False


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"enum": []},
        {"type": "nonsense"},
        {"$ref": "#/nowhere"},
        {"type": "string", "pattern": "("},
    ],
)
def test_a_schema_that_makes_no_sense_still_ends(schema: dict[str, Any]) -> None:
    sampler.plan(schema).instance(SEED.stream(b"x"))


def fan(levels: int, keyword: str) -> dict[str, Any]:
    """Definitions each of which refers twice to the next."""
    definitions: dict[str, Any] = {f"n{i}": {keyword: [{"$ref": f"#/$defs/n{i + 1}"}] * 2} for i in range(levels)}
    return {**obj(a={"$ref": "#/$defs/n0"}), "$defs": {**definitions, f"n{levels}": TEXT}}


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "schema",
    [
        fan(40, "allOf"), fan(40, "anyOf"), fan(40, "oneOf"), {"type": "object", "minProperties": 1e20},
        {"type": "object", "properties": {f"p{n}": TEXT for n in range(50_000)}}, {"enum": [f"option {n}" for n in range(100_000)]},
        {"type": "array", "items": {"type": "integer"}, "minItems": 10**9}, {"type": "array", "items": {"const": "x" * 10**5}, "minItems": 10**6},
        {**obj(a={"$ref": "#/$defs/n0"}), "$defs": {f"n{n}": {"allOf": [{"$ref": f"#/$defs/n{n + 1}"}]} for n in range(5000)}},
    ],
    ids=range(9),
)  # fmt: skip
def test_a_hostile_schema_ends_soon_and_within_bounds(schema: dict[str, Any]) -> None:
    value, _ = sampler.plan(schema).instance(SEED.stream(b"x"))
    assert len(json.write(value)) < 2_000_000


def test_a_self_reference_that_says_nothing_is_left_out() -> None:
    schema = {"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "integer"}]}}}
    assert isinstance(sampler.plan(schema).instance(SEED.stream(b"x"))[0], int)
