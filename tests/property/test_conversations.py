"""Whatever items the contract allows are kept as the contract of kept items says, in order, and can be sent again."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from mockapi import Server
from mockapi.contract.conversations import ConversationItem, CreateItemsRequest
from mockapi.contract.responses.items import kind
from mockapi.contract.responses.request import Include
from mockapi.contract.responses.rules import PREFIXES
from mockapi.engine import sampler
from mockapi.seed import Stream
from tests.conftest import Wire
from tests.contract.test_canned_requests import full

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
KEPT: TypeAdapter[Any] = TypeAdapter(list[ConversationItem])
_SCHEMA = CreateItemsRequest.model_json_schema()
PLANS = [sampler.plan(_SCHEMA), sampler.plan(full(_SCHEMA))]
EVERYTHING = [("include[]", value) for value in get_args(Include)]


def drawn(seed: int) -> list[dict[str, Any]]:
    """Items of the contract, with ids of their kinds, without what is no item of its own."""
    body, whole = PLANS[seed % len(PLANS)].instance(Stream(seed))
    assert whole
    items = [item for item in body["items"] if kind(item) not in ("item_reference", "compaction_trigger")]
    for number, item in enumerate(items):
        if item.get("id") is not None:
            item["id"] = f"{PREFIXES.get(kind(item) or '', 'x')}_{seed}{number}"
    return items


@given(st.integers(0, 10**6))
@QUIET
def test_any_items_are_kept_and_can_be_sent_again(server: Server, seed: int) -> None:
    with Wire(server.base_url, "sk-mock-tierunlimited-anyitems") as wire:
        items = drawn(seed)
        place = f"/conversations/{wire.request('POST', '/conversations', json={}).json()['id']}/items"
        created = wire.request("POST", place, json={"items": items}, params=EVERYTHING)
        assert created.status_code == 200, (items, created.text)
        rows = created.json()["data"]
        KEPT.validate_python(rows, strict=True, extra="forbid")
        assert [row["type"] for row in rows] == [kind(item) for item in items]
        assert len({row["id"] for row in rows}) == len(rows)
        assert wire.request("GET", place, params=[*EVERYTHING, ("order", "asc"), ("limit", "100")]).json()["data"] == rows
        KEPT.validate_python(wire.request("GET", place, params={"limit": 100}).json()["data"], strict=True, extra="forbid")
        again = wire.request("POST", "/conversations", json={"items": rows})
        assert again.status_code == 200, (rows, again.text)
        told = wire.request("GET", f"/conversations/{again.json()['id']}/items", params=[*EVERYTHING, ("order", "asc"), ("limit", "100")])
        assert told.json()["data"] == rows
