"""Vector stores on the wire: layout, headers, and the API's words for what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Wire

SEARCHED = "See https://platform.openai.com/docs/assistants/tools/file-search/supported-files"


def fault(reply: Any) -> tuple[int, str, Any, Any]:
    error = reply.json()["error"]
    assert error["type"] == "invalid_request_error"
    return reply.status_code, error["message"], error["param"], error["code"]


@pytest.fixture
def store(wire: Wire) -> str:
    found: str = wire.request("POST", "/vector_stores", json={}).json()["id"]
    return found


def uploaded(wire: Wire, name: str, content: bytes = b"text") -> str:
    found: str = wire.request("POST", "/files", data={"purpose": "assistants"}, files={"file": (name, content)}).json()["id"]
    return found


def test_objects_have_the_apis_keys_and_layout(wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    file = uploaded(wire, "a.txt")
    reply = wire.request("POST", "/vector_stores", json={"file_ids": [file]})
    assert reply.content == json.dumps(reply.json(), indent=2).encode()
    assert list(reply.json()) == [
        "id", "object", "created_at", "name", "description", "usage_bytes", "file_counts", "status", "expires_after", "expires_at",
        "last_active_at", "metadata",
    ]  # fmt: skip
    assert reply.json()["file_counts"] == {"in_progress": 1, "completed": 0, "failed": 0, "cancelled": 0, "total": 1}
    store = reply.json()["id"]
    held = wire.request("GET", f"/vector_stores/{store}/files/{file}")
    assert held.json() == {
        "id": file,
        "object": "vector_store.file",
        "usage_bytes": 0,
        "created_at": reply.json()["created_at"],
        "vector_store_id": store,
        "status": "in_progress",
        "last_error": None,
        "chunking_strategy": {"type": "static", "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}},
        "attributes": {},
    }
    assert held.headers["openai-poll-after-ms"] == "100"
    batch = wire.request("POST", f"/vector_stores/{store}/file_batches", json={"file_ids": [file]}).json()
    assert list(batch) == ["id", "object", "created_at", "status", "vector_store_id", "file_counts"]
    gone = wire.request("DELETE", f"/vector_stores/{store}/files/{file}").json()
    assert gone == {"id": file, "object": "vector_store.file.deleted", "deleted": True}
    assert wire.request("DELETE", f"/vector_stores/{store}").json() == {"id": store, "object": "vector_store.deleted", "deleted": True}
    assert wire.request("GET", "/vector_stores").json() == {
        "object": "list",
        "data": [],
        "first_id": None,
        "last_id": None,
        "has_more": False,
    }


@pytest.mark.parametrize("beta", [None, "assistants=v2", "assistants=v1"])
def test_the_beta_header_is_not_needed(wire: Wire, beta: str | None) -> None:
    headers = {} if beta is None else {"openai-beta": beta}
    assert wire.request("POST", "/vector_stores", json={}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/vector_stores/{}"), ("POST", "/vector_stores/{}"), ("DELETE", "/vector_stores/{}"), ("POST", "/vector_stores/{}/search"),
        ("GET", "/vector_stores/{}/files"), ("POST", "/vector_stores/{}/files"), ("GET", "/vector_stores/{}/files/file-x"),
        ("POST", "/vector_stores/{}/files/file-x"), ("DELETE", "/vector_stores/{}/files/file-x"),
        ("GET", "/vector_stores/{}/files/file-x/content"), ("POST", "/vector_stores/{}/file_batches"),
        ("GET", "/vector_stores/{}/file_batches/vsfb_x"), ("POST", "/vector_stores/{}/file_batches/vsfb_x/cancel"),
        ("GET", "/vector_stores/{}/file_batches/vsfb_x/files"),
    ],
)  # fmt: skip
def test_a_store_that_is_none_is_told_the_same_everywhere(wire: Wire, method: str, path: str) -> None:
    bodies = {
        "search": {"query": "x"},
        "files": {"file_id": "file-x"},
        "file_batches": {"file_ids": ["file-x"]},
        "file-x": {"attributes": {}},
    }
    options: Any = {"json": bodies.get(path.rpartition("/")[2], {})} if method == "POST" else {}

    def asked(store: str) -> tuple[int, str, Any, Any]:
        return fault(wire.request(method, path.format(store), **options))

    assert asked("vs_x") == (404, "No vector store found with id 'vs_x'.", None, None)
    words = "Expected an ID that begins with 'vs'."
    assert asked("undefined") == (400, f"Invalid 'vector_store_id': 'undefined'. {words}", "vector_store_id", "invalid_value")
    words = "Expected an ID that contains letters, numbers, underscores, or dashes, but this value contained additional characters."
    assert asked("lit:vs") == (400, f"Invalid 'vector_store_id': 'lit:vs'. {words}", "vector_store_id", "invalid_value")


def test_files_and_batches_that_are_none(wire: Wire, store: str) -> None:
    at = f"/vector_stores/{store}"
    assert fault(wire.request("GET", f"{at}/files/file-x")) == (
        404,
        f"No file found with id 'file-x' in vector store '{store}'.",
        None,
        None,
    )
    words = "Invalid 'file_id': 'x'. Expected an ID that begins with 'file'."
    assert fault(wire.request("GET", f"{at}/files/x")) == (400, words, "file_id", "invalid_value")
    assert fault(wire.request("GET", f"{at}/file_batches/vsfb_x")) == (404, "No file batch found with id 'vsfb_x'.", None, None)
    words = "Invalid 'batch_id': 'x'. Expected an ID that begins with 'vsfb'."
    assert fault(wire.request("GET", f"{at}/file_batches/x")) == (400, words, "batch_id", "invalid_value")
    other = wire.request("POST", "/vector_stores", json={}).json()["id"]
    batch = wire.request("POST", f"{at}/file_batches", json={"file_ids": [uploaded(wire, "a.txt")]}).json()["id"]
    assert fault(wire.request("GET", f"/vector_stores/{other}/file_batches/{batch}"))[0] == 404


@pytest.mark.parametrize("where", ["store", "file", "batch", "files"])
def test_files_that_cannot_be_put_in(wire: Wire, store: str, where: str) -> None:
    ways: dict[str, tuple[str, Callable[[str], dict[str, Any]], str]] = {
        "store": ("/vector_stores", lambda id: {"file_ids": [id]}, "file_ids[0]"),
        "file": (f"/vector_stores/{store}/files", lambda id: {"file_id": id}, "file_id"),
        "batch": (f"/vector_stores/{store}/file_batches", lambda id: {"file_ids": [id]}, "file_ids[0]"),
        "files": (f"/vector_stores/{store}/file_batches", lambda id: {"files": [{"file_id": id}]}, "files[0].file_id"),
    }
    path, body, param = ways[where]
    before = wire.request("GET", "/vector_stores").content

    def asked(id: str) -> tuple[int, str, Any, Any]:
        return fault(wire.request("POST", path, json=body(id)))

    assert asked("x") == (400, f"Invalid '{param}': 'x'. Expected an ID that begins with 'file'.", param, "invalid_value")
    assert asked("file-x") == (404, "No such File object: file-x", "id", None)
    message = f"Files with extensions [.csv] are not supported for retrieval. {SEARCHED}"
    assert asked(uploaded(wire, "a.csv")) == (400, message, "file_ids", "unsupported_file")
    message = f"Files with extensions [none] are not supported for retrieval. {SEARCHED}"
    assert asked(uploaded(wire, "notes")) == (400, message, "file_ids", "unsupported_file")
    assert wire.request("GET", "/vector_stores").content == before


STATIC = {"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 51}}


@pytest.mark.parametrize(
    ("path", "body", "message", "param", "code"),
    [
        ("/files", {}, "Missing required parameter: 'file_id'.", "file_id", "missing_required_parameter"),
        (
            "/files",
            {"file_id": "file-x", "chunking_strategy": STATIC},
            "Invalid 'chunking_strategy.static.chunk_overlap_tokens': integer above maximum value. Expected a value <= 50, but got 51 instead.",
            "chunking_strategy.static.chunk_overlap_tokens",
            "integer_above_max_value",
        ),
        (
            "/files",
            {
                "file_id": "file-x",
                "chunking_strategy": {"type": "static", "static": {"max_chunk_size_tokens": 99, "chunk_overlap_tokens": 1}},
            },
            "Invalid 'chunking_strategy.static.max_chunk_size_tokens': integer below minimum value. Expected a value >= 100, but got 99 instead.",
            "chunking_strategy.static.max_chunk_size_tokens",
            "integer_below_min_value",
        ),
        (
            "/files",
            {"file_id": "file-x", "chunking_strategy": {"type": "whole"}},
            "Invalid value: 'whole'. Supported values are: 'auto' and 'static'.",
            "chunking_strategy.type",
            "invalid_value",
        ),
        (
            "/files",
            {"file_id": "file-x", "attributes": {str(number): number for number in range(17)}},
            "Invalid 'attributes': too many properties. Expected an object with at most 16 properties, but got an object with 17 properties instead.",
            "attributes",
            "object_above_max_properties",
        ),
        (
            "/files",
            {"file_id": "file-x", "attributes": {"team": "x" * 513}},
            "Invalid 'attributes.team': string too long. Expected a string with maximum length 512, but got a string with length 513 instead.",
            "attributes.team",
            "string_above_max_length",
        ),
        ("/file_batches", {}, "Missing required parameter: 'file_ids'.", "file_ids", "missing_required_parameter"),
        (
            "/file_batches",
            {"file_ids": ["file-x"], "files": [{"file_id": "file-x"}]},
            "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'file_ids' or 'files'.",
            None,
            "mutually_exclusive_parameters",
        ),
        (
            "/file_batches",
            {"file_ids": []},
            "Invalid 'file_ids': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            "file_ids",
            "empty_array",
        ),
        (
            "/file_batches",
            {"files": [{"file_id": "file-x"}, {"file_id": "file-x", "chunking_strategy": STATIC}]},
            "Invalid 'files[1].chunking_strategy.static.chunk_overlap_tokens': integer above maximum value. Expected a value <= 50, but got 51 instead.",
            "files[1].chunking_strategy.static.chunk_overlap_tokens",
            "integer_above_max_value",
        ),
        ("/search", {}, "Missing required parameter: 'query'.", "query", "missing_required_parameter"),
        (
            "/search",
            {"query": "x", "max_num_results": 51},
            "Invalid 'max_num_results': integer above maximum value. Expected a value <= 50, but got 51 instead.",
            "max_num_results",
            "integer_above_max_value",
        ),
        (
            "/search",
            {"query": "x", "ranking_options": {"score_threshold": 1.5}},
            "Invalid 'ranking_options.score_threshold': decimal above maximum value. Expected a value <= 1, but got 1.5 instead.",
            "ranking_options.score_threshold",
            "decimal_above_max_value",
        ),
        (
            "/search",
            {"query": "x", "filters": {"type": "and", "filters": [{"type": "like", "key": "a", "value": "b"}]}},
            "Invalid value: 'like'. Supported values are: 'eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'and', and 'or'.",
            "filters.filters[0].type",
            "invalid_value",
        ),
        (
            "/search",
            {"query": "x", "filters": {"type": "or", "filters": [{"type": "in", "key": "a", "value": "b"}]}},
            "Invalid type for 'filters.filters[0].value': expected an array, but got a string instead.",
            "filters.filters[0].value",
            "invalid_type",
        ),
        (
            "/search",
            {"query": "x", "filters": {"type": "eq", "key": "a", "value": ["b"]}},
            "Invalid type for 'filters.value': expected one of a string or a decimal or a boolean, but got an array instead.",
            "filters.value",
            "invalid_type",
        ),
    ],
)
def test_faults_of_requests(wire: Wire, store: str, path: str, body: dict[str, Any], message: str, param: str, code: str) -> None:
    assert fault(wire.request("POST", f"/vector_stores/{store}{path}", json=body)) == (400, message, param, code)


@pytest.mark.parametrize(
    ("body", "message", "param", "code"),
    [
        (
            {"expires_after": {"anchor": "created_at", "days": 1}},
            "Invalid value: 'created_at'. Supported values are: 'last_active_at'.",
            "expires_after.anchor",
            "invalid_value",
        ),
        (
            {"expires_after": {"anchor": "last_active_at", "days": 366}},
            "Invalid 'expires_after.days': integer above maximum value. Expected a value <= 365, but got 366 instead.",
            "expires_after.days",
            "integer_above_max_value",
        ),
        (
            {"metadata": {"k": 1}},
            "Invalid type for 'metadata.k': expected a string, but got an integer instead.",
            "metadata.k",
            "invalid_type",
        ),
        ({"nam": "x"}, "Unknown parameter: 'nam'. Did you mean 'name'?", "nam", "unknown_parameter"),
    ],
)
def test_faults_of_a_store(wire: Wire, store: str, body: dict[str, Any], message: str, param: str, code: str) -> None:
    for path in ("/vector_stores", f"/vector_stores/{store}"):
        assert fault(wire.request("POST", path, json=body)) == (400, message, param, code)


@pytest.mark.parametrize("path", ["/vector_stores", "/vector_stores/{}/files", "/vector_stores/{}/file_batches/{}/files"])
def test_faults_of_lists(wire: Wire, store: str, path: str) -> None:
    batch = wire.request("POST", f"/vector_stores/{store}/file_batches", json={"file_ids": [uploaded(wire, "a.txt")]}).json()["id"]
    at = path.format(store, batch)
    message = "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead."
    assert fault(wire.request("GET", at, params={"limit": 101, "order": "x"})) == (400, message, "limit", "integer_above_max_value")
    message = "Invalid value: 'x'. Supported values are: 'asc' and 'desc'."
    assert fault(wire.request("GET", at, params={"order": "x"})) == (400, message, "order", "invalid_value")
    if path != "/vector_stores":
        message = "Invalid value: 'x'. Supported values are: 'in_progress', 'completed', 'cancelled', and 'failed'."
        assert fault(wire.request("GET", at, params={"filter": "x"})) == (400, message, "filter", "invalid_value")
