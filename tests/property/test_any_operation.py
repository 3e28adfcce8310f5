"""For every operation of the registry: whatever is sent gets the API's answer, never a 500, and what is stored stays as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockapi import Server
from mockapi.resources import everything
from tests.conftest import Wire
from tests.property.law import is_the_apis
from tests.property.strategies import json_values
from tests.samples import LINE, REQUESTS, path_of

OPERATIONS = everything()

QUIET = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
WITH_BODY = [name for name, declared in OPERATIONS.items() if declared.has_body]
WITH_QUERY = [name for name, declared in OPERATIONS.items() if declared.query is not None]


# Each refusal is followed by a look at every fifth of the places, the next ones each time; a test ends with a look at all of them.
_PARTS = 5


class Settled:
    """A world in which something is, and what was told of all of it last: it is asked anew only after it may have changed."""

    def __init__(self, wire: Wire, places: list[str]) -> None:
        self.wire = wire
        self._places = places
        self._refusals = 0
        self._known = self._told(places)

    def refused_changes_nothing(self, method: str, path: str, **options: Any) -> httpx2.Response:
        reply = self.wire.request(method, path, **options)
        is_the_apis(reply, "image_generation_user_error")
        if reply.is_success:
            self._known = self._told(self._places)
        else:
            self._refusals += 1
            self._is_as_before(self._places[self._refusals % _PARTS :: _PARTS])
        return reply

    def is_as_before(self) -> None:
        self._is_as_before(self._places)

    def _is_as_before(self, places: list[str]) -> None:
        told = self._told(places)
        assert told == {place: self._known[place] for place in places}

    def _told(self, places: list[str]) -> dict[str, bytes]:
        return {place: self.wire.request("GET", place).content for place in places}


@pytest.fixture
def settled(of_every_kind: tuple[Wire, list[str]]) -> Iterator[Settled]:
    found = Settled(*of_every_kind)
    yield found
    found.is_as_before()


@pytest.fixture(scope="module")
def of_every_kind(server: Server) -> Iterator[tuple[Wire, list[str]]]:
    """A world with something of every kind in it, and the places that tell all of it."""
    with Wire(server.base_url, "sk-mock-tierunlimited-anyoperation") as wire:
        wire.control("POST", "/_mock/clock", json={"freeze": True})
        file = wire.request("POST", "/files", **REQUESTS["createFile"]).json()["id"]
        wire.request("POST", "/uploads", **REQUESTS["createUpload"])
        wire.request("POST", "/batches", json={**REQUESTS["createBatch"]["json"], "input_file_id": file})
        wire.chat(store=True, metadata={"team": "blue"})
        conversation = wire.request("POST", "/conversations", **REQUESTS["createConversation"]).json()["id"]
        response = wire.request("POST", "/responses", **REQUESTS["createResponse"]).json()["id"]
        wire.request("POST", "/containers", json={"name": "box", "file_ids": [file]})
        text = wire.request("POST", "/files", data={"purpose": "assistants"}, files={"file": ("a.md", b"Hello")}).json()["id"]
        evaluated = wire.request("POST", "/evals", **REQUESTS["createEval"]).json()["id"]
        wire.request("POST", f"/evals/{evaluated}/runs", **REQUESTS["createEvalRun"])
        wire.request("POST", "/chatkit/sessions", **REQUESTS["CreateChatSessionMethod"])
        wire.control("POST", "/_mock/chatkit", json={"user": "someone", "messages": ["Say hello"]})
        wire.request("POST", "/audio/voice_consents", **REQUESTS["createVoiceConsent"])
        taught = wire.request("POST", "/skills", **REQUESTS["CreateSkill"]).json()["id"]
        store = wire.request("POST", "/vector_stores", json={"name": "Handbook", "file_ids": [text]}).json()["id"]
        group = wire.request("POST", "/organization/groups", **REQUESTS["create-group"]).json()["id"]
        project = wire.request("POST", "/organization/projects", **REQUESTS["create-project"]).json()["id"]
        wire.request("POST", f"/organization/projects/{project}/service_accounts", json={"name": "Robot"})
        kept = ("admin_api_keys", "users", "invites", "projects", "roles", "certificates", "spend_alerts", "audit_logs", "data_retention")
        guide = wire.request("POST", "/assistants", **REQUESTS["createAssistant"]).json()["id"]
        thread = wire.request("POST", "/threads", **REQUESTS["createThread"]).json()["id"]
        run = wire.request("POST", f"/threads/{thread}/runs", json={"assistant_id": guide}).json()["id"]
        wire.advance("1s")

        places = [
            *("/files", f"/files/{file}/content", "/batches", "/chat/completions", "/fine_tuning/jobs", "/models", "/containers"),
            *(f"/conversations/{conversation}", f"/conversations/{conversation}/items"),
            *("/vector_stores", f"/vector_stores/{store}/files"),
            *("/audio/voice_consents", "/chatkit/threads", "/skills", f"/skills/{taught}/versions"),
            *("/evals", f"/evals/{evaluated}/runs"),
            *(f"/responses/{response}", f"/responses/{response}/input_items"),
            *(f"/organization/{name}" for name in (*kept, f"groups/{group}", f"projects/{project}/api_keys", "spend_limit")),
            *("/assistants", f"/threads/{thread}", f"/threads/{thread}/messages", f"/threads/{thread}/runs"),
            f"/threads/{thread}/runs/{run}/steps",
        ]
        yield wire, places


@pytest.mark.parametrize("operation", WITH_BODY)
def test_any_json_body(settled: Settled, operation: str) -> None:
    declared = OPERATIONS[operation]
    contract = declared.request or declared.form
    assert contract is not None
    sample = REQUESTS[operation].get("json") or REQUESTS[operation].get("data") or {}
    names = st.sampled_from([*sorted(info.alias or name for name, info in contract.model_fields.items()), "zzz"])

    @given(st.dictionaries(names, json_values, max_size=4), st.booleans())
    @QUIET
    def law(changes: dict[str, Any], whole: bool) -> None:
        # A created batch or job is a success; unknown files keep that from happening here.
        settled.refused_changes_nothing(declared.method, path_of(declared), json={**(sample if whole else {}), **changes})

    law()


@pytest.mark.parametrize("operation", WITH_BODY)
def test_any_bytes(settled: Settled, operation: str) -> None:
    declared = OPERATIONS[operation]
    kinds = st.sampled_from(["application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain", ""])
    pieces = st.sampled_from(
        [
            b"--x\r\n",
            b"--x--\r\n",
            b"\r\n",
            b'content-disposition: form-data; name="file"; filename="a.jsonl"',
            b'content-disposition: form-data; name="purpose"',
            b"{",
            b"\xff\x00",
        ]
    )

    @given(st.lists(st.one_of(pieces, st.binary(max_size=20)), max_size=8).map(b"".join), kinds)
    @QUIET
    def law(content: bytes, kind: str) -> None:
        settled.refused_changes_nothing(declared.method, path_of(declared), content=content, headers={"content-type": kind})

    law()


@pytest.mark.parametrize("operation", [name for name in WITH_BODY if OPERATIONS[name].form is not None])
def test_any_form(settled: Settled, operation: str) -> None:
    declared = OPERATIONS[operation]
    assert declared.form is not None
    sample = REQUESTS[operation]
    names = st.sampled_from(
        [*sorted(declared.form.model_fields), *(f"{name}[]" for name in declared.form.model_fields), "expires_after[seconds]", "zzz"]
    )
    values = st.one_of(
        st.text(st.characters(codec="utf-8"), max_size=12), st.integers().map(str), st.sampled_from(["true", "auto", "nan", "1e999", "{}"])
    )

    @given(st.dictionaries(names, values, max_size=4), st.booleans(), st.binary(max_size=200))
    @QUIET
    def law(fields: dict[str, str], whole: bool, content: bytes) -> None:
        files = {name: (filename, sent if whole else content, kind) for name, (filename, sent, kind) in sample.get("files", {}).items()}
        parts = {name: (None, value) for name, value in {**(sample.get("data") or sample.get("json", {})), **fields}.items()}
        reply = settled.wire.request(declared.method, path_of(declared), files=[*parts.items(), *files.items()])
        is_the_apis(reply, "image_generation_user_error")
        if reply.status_code == 200 and operation in ("createFile", "CreateSkill", "createVoiceConsent"):
            settled.wire.request("DELETE", f"{declared.path}/{reply.json()['id']}")
        settled.is_as_before()

    law()


@pytest.mark.parametrize("operation", WITH_QUERY)
def test_any_query(settled: Settled, operation: str) -> None:
    declared = OPERATIONS[operation]
    assert declared.query is not None
    names = st.sampled_from([*sorted(declared.query.model_fields), "metadata[k]", "limit[]", "zzz"])

    @given(st.dictionaries(names, st.one_of(st.text(st.characters(codec="utf-8"), max_size=8), st.integers(-3, 200).map(str)), max_size=4))
    @QUIET
    def law(query: dict[str, str]) -> None:
        settled.refused_changes_nothing(declared.method, path_of(declared), params=query)

    law()


@given(st.lists(st.one_of(json_values, st.just(LINE)), min_size=1, max_size=5))
@QUIET
def test_any_batch_file_ends_in_a_state_of_a_batch(server: Server, rows: list[Any]) -> None:
    with Wire(server.base_url, "sk-mock-tierunlimited-anybatch") as wire:
        content = "\n".join(json.dumps(row) for row in rows).encode()
        file = wire.request("POST", "/files", data={"purpose": "batch"}, files={"file": ("a.jsonl", content)}).json()["id"]
        made = wire.request("POST", "/batches", json={**REQUESTS["createBatch"]["json"], "input_file_id": file}).json()
        wire.advance("1m")
        batch = wire.request("GET", f"/batches/{made['id']}").json()
        assert batch["status"] == ("completed" if rows == [LINE] else "failed")
        counts = batch["request_counts"]
        assert counts["completed"] + counts["failed"] == counts["total"]


@given(st.lists(json_values, min_size=1, max_size=12))
@QUIET
def test_any_training_file_ends_in_a_state_of_a_job(server: Server, rows: list[Any]) -> None:
    with Wire(server.base_url, "sk-mock-tierunlimited-anyjob") as wire:
        content = "\n".join(json.dumps(row) for row in rows).encode()
        file = wire.request("POST", "/files", data={"purpose": "fine-tune"}, files={"file": ("a.jsonl", content)}).json()["id"]
        made = wire.request("POST", "/fine_tuning/jobs", json={"model": "gpt-4o-mini", "training_file": file}).json()
        wire.advance("1m")
        job = wire.request("GET", f"/fine_tuning/jobs/{made['id']}").json()
        assert job["status"] == "failed" and job["error"]["message"]


@given(
    st.lists(st.one_of(json_values, st.dictionaries(st.sampled_from(["item", "sample"]), json_values)), min_size=1, max_size=8),
    st.booleans(),
)
@QUIET
def test_any_rows_are_refused_or_come_to_an_end(server: Server, rows: list[Any], asks: bool) -> None:
    with Wire(server.base_url, "sk-mock-tierunlimited-anyrows") as wire:
        wire.control("POST", "/_mock/lifecycle", json={"mode": "immediate"})
        content = "\n".join(json.dumps(row) for row in rows).encode()
        file = wire.request("POST", "/files", data={"purpose": "evals"}, files={"file": ("a.jsonl", content)}).json()["id"]
        body = {
            "data_source_config": {"type": "custom", "item_schema": {}},
            "testing_criteria": REQUESTS["createEval"]["json"]["testing_criteria"],
        }
        at = f"/evals/{wire.request('POST', '/evals', json=body).json()['id']}/runs"
        prompt = {"model": "gpt-4o-mini", "input_messages": {"type": "item_reference", "item_reference": "item.input"}} if asks else {}
        source = {"type": "completions", "source": {"type": "file_id", "id": file}, **prompt}
        made = wire.request("POST", at, json={"data_source": source})
        is_the_apis(made)
        if made.is_success:
            run = wire.request("GET", f"{at}/{made.json()['id']}").json()
            counts = run["result_counts"]
            assert run["status"] == "completed" and counts["total"] == len(rows) == counts["errored"] + counts["failed"] + counts["passed"]
            items = wire.request("GET", f"{at}/{run['id']}/output_items").json()["data"]
            assert [item["datasource_item"] for item in items] == [row["item"] for row in rows]


_KEYWORDS = st.sampled_from(
    ["type", "properties", "required", "pattern", "enum", "$ref", "anyOf", "minimum", "items", "additionalProperties"]
)


@given(st.dictionaries(_KEYWORDS, st.one_of(json_values, st.sampled_from(["object", "#", {"a": {"type": "integer"}}]))), json_values)
@QUIET
def test_any_item_schema_gets_the_apis_answer(server: Server, schema: dict[str, Any], value: Any) -> None:
    with Wire(server.base_url, "sk-mock-tierunlimited-anyschema") as wire:
        body = {"data_source_config": {"type": "custom", "item_schema": schema}, "testing_criteria": []}
        made = wire.request("POST", "/evals", json=body)
        is_the_apis(made)
        if made.is_success:
            rows = [{"item": {"a": value}}, {"item": value if isinstance(value, dict) else {}}]
            source = {"type": "jsonl", "source": {"type": "file_content", "content": rows}}
            is_the_apis(wire.request("POST", f"/evals/{made.json()['id']}/runs", json={"data_source": source}))
