"""The mock's own endpoints, whatever they are sent: never a 500, and the server still answers."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Wire

_NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.just(10**400))
_TEXTS = st.one_of(
    st.text(max_size=12),
    st.from_regex(r"[0-9]{1,400}(\.[0-9]{1,3})?(ms|s|m|h|d)?", fullmatch=True),
    st.from_regex(r"-?[0-9]{1,3}e[0-9]{1,4}", fullmatch=True),
    st.sampled_from(
        [
            "inf",
            "-inf",
            "nan",
            "0001-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59.999999-23:59",
            "1970-01-01",
            "batch",
            "polls",
            "http://127.0.0.1:9",
        ]
    ),
)
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), _NUMBERS, _TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)),
    max_leaves=4,
)
_FIELDS = ["advance", "set", "freeze", "kind", "mode", "polls", "seconds", "pay", "url", "secret", "events", "faults", "delay", "other"]
_SENT = st.one_of(
    st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=3).map(json.dumps), _VALUES.map(json.dumps), st.text(max_size=20)
)
_PATHS = ["clock", "reset", "usage", "lifecycle", "webhooks", "shared/x"]


# Always with a key: what moves every world would move those of other tests.
_KEYS = ["Bearer sk-controls", "Basic \u00e9", "Basic !!", "Bearer sk-mock-invalid", "x"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(_PATHS), sent=_SENT, key=st.sampled_from(_KEYS))
def test_no_control_fails(wire: Wire, path: str, sent: str, key: str) -> None:
    content = sent.encode("utf-8", "surrogatepass")
    reply = wire.control("POST", f"/_mock/{path}", content=content, headers=[(b"authorization", key.encode("latin-1"))])
    assert reply.status_code < 500, reply.text
    assert wire.control("GET", "/_mock/clock", headers={"authorization": "Bearer sk-controls"}).status_code == 200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.dictionaries(st.sampled_from(["model", "status", "path", "contains", "errand", "since", "limit", "x"]), _TEXTS, max_size=3),
    path=st.sampled_from(["journal", "journal/count", "journal.har"]),
)
def test_no_filter_of_the_journal_fails(wire: Wire, asked: dict[str, str], path: str) -> None:
    reply = wire.control("GET", f"/_mock/{path}", params=asked)
    assert reply.status_code in (200, 400), reply.text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=_VALUES, field=st.sampled_from(_FIELDS[:-1]), path=st.sampled_from(_PATHS[:-1]))
def test_no_value_of_a_control_fails(wire: Wire, value: object, field: str, path: str) -> None:
    reply = wire.control("POST", f"/_mock/{path}", content=json.dumps({field: value}))
    assert reply.status_code in (200, 400), reply.text
