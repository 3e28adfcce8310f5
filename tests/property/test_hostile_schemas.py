"""For any schema, however it loops and whatever its bounds: compiling and drawing end, and what is called whole is valid."""

from __future__ import annotations

import math
from typing import Any

import jsonschema_rs
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mockapi import json
from mockapi.contract import strict
from mockapi.engine import sampler
from mockapi.seed import Seed

_HUGE = st.sampled_from([0, 1, -1, 0.5, 1e-308, 1e-300, 1e300, 1e308, -1.7e308, 10**9, 10**20, 10**400, math.inf, -math.inf])
_POINTERS = st.sampled_from([{"$ref": "#"}, {"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}, {"$ref": "#/$defs/c"}, {"$ref": "#/nowhere"}])
_NUMERIC = st.sampled_from(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"])
_SIZES = st.sampled_from(["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"])
_TYPES = st.sampled_from(["string", "number", "integer", "object", "array", "null", "boolean"])
_PATTERNS = st.sampled_from([
    "(?<=a)b", "b(?=c)", r"^(?<y>\d{4})-\k<y>$", "^(a+)+$", "^(a|b|(c|d)+)+$", "^(?!a)", "(", r"\p{L", "[^a]{3}", "^(?=.*[@$])[a-z@$]{4,}$",
])  # fmt: skip
_LEAVES = st.one_of(
    _POINTERS,
    st.builds(lambda kind: {"type": kind}, _TYPES | st.lists(_TYPES, max_size=2)),
    st.builds(lambda kind, bounds: {"type": kind, **bounds}, _TYPES, st.dictionaries(_NUMERIC, _HUGE, max_size=3)),
    st.builds(lambda kind, bounds: {"type": kind, **bounds}, _TYPES, st.dictionaries(_SIZES, _HUGE, max_size=2)),
    st.builds(lambda expression: {"type": "string", "pattern": expression}, _PATTERNS),
    st.builds(lambda values: {"type": "string", "enum": values}, st.lists(st.text(max_size=2) | st.integers(), max_size=2)),
    st.booleans(),
)


def _wider(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    named = st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
    return st.one_of(
        st.builds(lambda key, parts: {key: parts}, st.sampled_from(["allOf", "anyOf", "oneOf"]), several),
        st.builds(lambda key, part: {key: part}, st.sampled_from(["items", "additionalProperties", "propertyNames", "not", "if"]), inner),
        st.builds(lambda parts: {"type": "object", "properties": parts, "required": list(parts)}, named),
        st.builds(lambda pointer, part: {**pointer, **part} if isinstance(part, dict) else pointer, _POINTERS, inner),
    )


_NODES = st.recursive(_LEAVES, _wider, max_leaves=6)
_HOSTILE = st.builds(
    lambda root, a, b, c: {**(root if isinstance(root, dict) else {}), "$defs": {"a": a, "b": b, "c": c}}, _NODES, _NODES, _NODES, _NODES
)


@given(_HOSTILE, st.binary(max_size=2))
@settings(max_examples=500, deadline=5_000, suppress_health_check=[HealthCheck.too_slow])
def test_any_schema_is_drawn_from_in_bounded_time(schema: dict[str, Any], label: bytes) -> None:
    plan = sampler.Plan(schema)
    value, whole = plan.instance(Seed("law").stream(label))
    text = json.write(value)
    assert len(text) < 2_000_000
    if whole and b"k<y>" not in json.write(schema):
        assert jsonschema_rs.validator_for(schema, validate_formats=True, offline=True).is_valid(value)


@given(_HOSTILE)
@settings(max_examples=200, deadline=5_000, suppress_health_check=[HealthCheck.too_slow])
def test_any_schema_is_refused_or_can_be_written(schema: dict[str, Any]) -> None:
    rooted = {"type": "object", "properties": {"x": schema}, "required": ["x"], "additionalProperties": False, "$defs": schema["$defs"]}
    assume(b"Infinity" not in json.write(rooted))
    strict.loose_refusal(rooted, head="x")
    if strict.refusal(rooted, head="x") is None:
        value, whole = sampler.plan(rooted).instance(Seed("law").stream(b"x"))
        assert whole or len(json.write(value)) > 400_000
