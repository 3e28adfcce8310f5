"""For any schema of the strict subset: it is accepted, and content and arguments are valid instances of it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockapi import Server
from mockapi.contract import strict
from mockapi.engine import sampler
from mockapi.seed import Seed
from tests.conftest import Wire
from tests.property.strategies import strict_schemas


@given(strict_schemas(), st.binary(max_size=4))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_strict_schema_gets_a_valid_instance(schema: dict[str, Any], label: bytes) -> None:
    assert strict.refusal(schema, head="x") is None
    judge = jsonschema_rs.validator_for(schema, validate_formats=True)
    value, whole = sampler.plan(schema).instance(Seed("law").stream(label))
    assert whole
    judge.validate(json.loads(json.dumps(value)))


@pytest.fixture(scope="module")
def law(server: Server) -> Any:
    with Wire(server.base_url, "sk-mock-tierunlimited-anyschema") as wire:
        yield wire


@given(strict_schemas(), st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.booleans())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_content_and_arguments_are_valid_over_the_wire(law: Wire, schema: dict[str, Any], text: str, as_tool: bool) -> None:
    messages = [{"role": "user", "content": text}]
    if as_tool:
        tool = {"type": "function", "function": {"name": "f", "strict": True, "parameters": schema}}
        reply = law.chat(messages=messages, tools=[tool], tool_choice="required")
        assert reply.status_code == 200, reply.text
        told = reply.json()["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
    else:
        form = {"type": "json_schema", "json_schema": {"name": "f", "strict": True, "schema": schema}}
        reply = law.chat(messages=messages, response_format=form)
        assert reply.status_code == 200, reply.text
        told = reply.json()["choices"][0]["message"]["content"]
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(json.loads(told))
