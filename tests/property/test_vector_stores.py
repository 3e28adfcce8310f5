"""Vector stores: whatever a file holds, it ends in a status and others are unharmed; what is refused changes nothing."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockapi import Server
from mockapi.engine import documents
from mockapi.resources import everything
from tests.conftest import Wire
from tests.property.law import is_the_apis
from tests.property.strategies import json_values
from tests.samples import REQUESTS

OPERATIONS = everything()
MINE = [name for name, declared in OPERATIONS.items() if declared.path.startswith("/vector_stores/")]
QUIET = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
KEY = "sk-mock-tierunlimited-anystore"


def put(wire: Wire, name: str, content: bytes) -> str:
    found: str = wire.request("POST", "/files", data={"purpose": "assistants"}, files={"file": (name, content)}).json()["id"]
    return found


@given(
    st.sampled_from(sorted(documents.searched())), st.one_of(st.binary(max_size=400), st.text(st.characters(codec="utf-8")).map(str.encode))
)
@QUIET
def test_any_bytes_as_a_file_end_in_a_status(server: Server, ending: str, content: bytes) -> None:
    with Wire(server.base_url, KEY) as wire:
        file, sound = put(wire, f"a.{ending}", content), put(wire, "b.txt", b"The tower is 300 metres high.")
        store = wire.request("POST", "/vector_stores", json={"file_ids": [file, sound]}).json()["id"]
        wire.advance("1s")
        held = wire.request("GET", f"/vector_stores/{store}/files/{file}").json()
        assert held["status"] in ("completed", "failed") and (held["last_error"] is None) is (held["status"] == "completed")
        told = wire.request("GET", f"/vector_stores/{store}").json()
        assert told["status"] == "completed" and told["usage_bytes"] >= 29
        found = wire.request(
            "POST", f"/vector_stores/{store}/search", json={"query": "The tower is 300 metres high.", "max_num_results": 50}
        )
        hits = found.json()["data"]
        assert hits[0]["score"] > 0.9 and sound in {hit["file_id"] for hit in hits}
        reply = wire.request("GET", f"/vector_stores/{store}/files/{file}/content")
        assert reply.status_code == (200 if held["status"] == "completed" else 404)
        wire.request("DELETE", f"/vector_stores/{store}")


@pytest.fixture(scope="module")
def filled(server: Server) -> Any:
    """A world with a store in it, what stands in a path for each of its parts, and a function that tells all of it."""
    with Wire(server.base_url, "sk-mock-tierunlimited-filledstore") as wire:
        wire.control("POST", "/_mock/clock", json={"freeze": True})
        file = put(wire, "a.txt", b"The tower")
        store = wire.request("POST", "/vector_stores", json={"name": "Handbook"}).json()["id"]
        batch = wire.request("POST", f"/vector_stores/{store}/file_batches", json={"file_ids": [file]}).json()["id"]
        at = f"/vector_stores/{store}"

        def told() -> list[bytes]:
            return [wire.request("GET", path).content for path in (at, f"{at}/files", f"{at}/file_batches/{batch}/files")]

        yield wire, {"vector_store_id": store, "file_id": file, "batch_id": batch}, told


@pytest.mark.parametrize("operation", [name for name in MINE if OPERATIONS[name].has_body or OPERATIONS[name].query])
def test_what_is_refused_changes_nothing(filled: Any, operation: str) -> None:
    wire, names, told = filled
    declared = OPERATIONS[operation]
    contract = declared.request or declared.query
    assert contract is not None
    sample = REQUESTS.get(operation, {}).get("json", {})

    @given(st.dictionaries(st.sampled_from([*sorted(contract.model_fields), "zzz"]), json_values, max_size=4), st.booleans())
    @QUIET
    def law(changes: dict[str, Any], whole: bool) -> None:
        before = told()
        sent = {**(sample if whole else {}), **changes}
        options: Any = {"json": sent} if declared.has_body else {"params": {name: str(value) for name, value in sent.items()}}
        reply = wire.request(declared.method, declared.path.format(**names), **options)
        is_the_apis(reply)
        if reply.status_code != 200:
            assert told() == before

    law()


def test_many_clients_of_one_store_do_not_disturb_each_other(server: Server) -> None:
    key = "sk-mock-tierunlimited-crowdedstore"
    with Wire(server.base_url, key) as wire:
        store = wire.request("POST", "/vector_stores", json={}).json()["id"]
        ids = [put(wire, f"{number}.{'html' if number % 2 else 'txt'}", b"Note %d about towers" % number) for number in range(12)]
        faults: list[str] = []

        def work(number: int) -> None:
            with Wire(server.base_url, key) as own:
                for turn in range(12):
                    file = ids[(number + turn) % len(ids)]
                    calls: list[tuple[str, str, Any]] = [
                        ("POST", "/files", {"file_id": file, "attributes": {"by": number}}),
                        ("POST", "/file_batches", {"file_ids": [file, ids[turn]]}),
                        ("POST", "/search", {"query": "towers"}),
                        ("GET", f"/files/{file}", None),
                        ("POST", f"/files/{file}", {"attributes": {"by": turn}}),
                        ("GET", "", None),
                        ("DELETE", f"/files/{file}", None),
                        ("POST", "", {"metadata": {"by": str(number)}}),
                    ]
                    method, path, body = calls[(number * 5 + turn) % len(calls)]
                    reply = own.request(method, f"/vector_stores/{store}{path}", **({} if body is None else {"json": body}))
                    # A file may have been taken out by another.
                    if reply.status_code != 200 and (reply.status_code, path[:7]) != (404, "/files/"):
                        faults.append(f"{method} {path}: {reply.text}")

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not faults, faults
        wire.advance("1s")
        told = wire.request("GET", f"/vector_stores/{store}").json()
        rows = wire.request("GET", f"/vector_stores/{store}/files", params={"limit": 100}).json()["data"]
        assert told["file_counts"]["total"] == told["file_counts"]["completed"] == len(rows)
        assert told["usage_bytes"] == sum(row["usage_bytes"] for row in rows) > 0
        found = wire.request("POST", f"/vector_stores/{store}/search", json={"query": "towers", "max_num_results": 50}).json()["data"]
        assert sorted(hit["file_id"] for hit in found) == sorted(row["id"] for row in rows)
