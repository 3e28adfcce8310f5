"""Conversations on the wire: errors in the API's words, headers, layout (api-facts A.1 to A.3, C.1, C.10)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Wire
from tests.samples import SAID


@pytest.fixture
def conversation(wire: Wire) -> str:
    found: str = wire.request("POST", "/conversations", json={"items": [SAID]}).json()["id"]
    return found


UNKNOWN = "conv_" + "0" * 48
PLACES = [
    ("GET", ""),
    ("POST", ""),
    ("DELETE", ""),
    ("GET", "/items"),
    ("POST", "/items"),
    ("GET", "/items/msg_1"),
    ("DELETE", "/items/msg_1"),
]
IDS = [
    (UNKNOWN, 404, f"Conversation with id '{UNKNOWN}' not found.", None, None),
    ("thread_1", 400, "Invalid 'conversation_id': 'thread_1'. Expected an ID that begins with 'conv'.", "conversation_id", "invalid_value"),
    (
        "conv.1",
        400,
        "Invalid 'conversation_id': 'conv.1'. Expected an ID that contains letters, numbers, underscores, or dashes, but this value "
        "contained additional characters.",
        "conversation_id",
        "invalid_value",
    ),
]


@pytest.mark.parametrize(("method", "place"), PLACES)
@pytest.mark.parametrize(("id", "status", "message", "param", "code"), IDS)
def test_a_conversation_that_is_none(
    wire: Wire, method: str, place: str, id: str, status: int, message: str, param: str | None, code: str | None
) -> None:
    body: dict[str, Any] = {"items": [SAID]} if place else {"metadata": {}}
    reply = wire.request(method, f"/conversations/{id}{place}", json=body if method == "POST" else None)
    assert reply.status_code == status
    assert reply.json()["error"] == {"message": message, "type": "invalid_request_error", "param": param, "code": code}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_item_that_is_none(wire: Wire, conversation: str, method: str) -> None:
    reply = wire.request(method, f"/conversations/{conversation}/items/msg_1")
    assert reply.status_code == 404
    error = {"message": "Item with id 'msg_1' not found.", "type": "invalid_request_error", "param": None, "code": None}
    assert reply.json()["error"] == error


def items(*sent: Any) -> dict[str, Any]:
    return {"items": list(sent)}


BODIES: list[tuple[str, dict[str, Any], tuple[str, str | None, str | None]]] = [
    ("/items", {}, ("Missing required parameter: 'items'.", "items", "missing_required_parameter")),
    (
        "/items",
        items(*[SAID] * 21),
        (
            "Invalid 'items': array too long. Expected an array with maximum length 20, but got an array with length 21 instead.",
            "items",
            "array_above_max_length",
        ),
    ),
    ("/items", items({"role": "user"}), ("Missing required parameter: 'items[0].content'.", "items[0].content", "missing_required_parameter")),
    (
        "/items",
        items(SAID, {**SAID, "role": "x"}),
        ("Invalid value: 'x'. Supported values are: 'assistant', 'system', 'developer', and 'user'.", "items[1]", "invalid_value"),
    ),
    (
        "/items",
        items({**SAID, "id": "item_1"}),
        ("Invalid 'items[0].id': 'item_1'. Expected an ID that begins with 'msg'.", "items[0].id", "invalid_value"),
    ),
    (
        "/items",
        items({**SAID, "id": "msg_1"}, {**SAID, "id": "msg_1"}),
        ("Duplicate item found with id msg_1. Remove duplicate items from your input and try again.", "items", None),
    ),
    ("/items", items(SAID) | {"bogus": 1}, ("Unknown parameter: 'bogus'.", "bogus", "unknown_parameter")),
    ("", {}, ("Missing required parameter: 'metadata'.", "metadata", "missing_required_parameter")),
    (
        "",
        {"metadata": {"k": 1}},
        ("Invalid type for 'metadata.k': expected a string, but got an integer instead.", "metadata.k", "invalid_type"),
    ),
    (
        "",
        {"metadata": {str(number): "" for number in range(17)}},
        (
            "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with 17 properties "
            "instead.",
            "metadata",
            "object_above_max_properties",
        ),
    ),
    (
        "",
        {"metadata": {"k": "v" * 513}},
        (
            "Invalid 'metadata.k': string too long. Expected a string with maximum length 512, but got a string with length 513 instead.",
            "metadata.k",
            "string_above_max_length",
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("place", "body", "fault"), BODIES)
def test_what_is_wrong_with_a_body_is_told_and_changes_nothing(
    wire: Wire, conversation: str, place: str, body: dict[str, Any], fault: tuple[str, str | None, str | None]
) -> None:
    before = [wire.request("GET", f"/conversations/{conversation}{each}").content for each in ("", "/items")]
    reply = wire.request("POST", f"/conversations/{conversation}{place}", json=body)
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert (error["message"], error["param"], error["code"]) == fault
    assert [wire.request("GET", f"/conversations/{conversation}{each}").content for each in ("", "/items")] == before


def test_a_reference_to_nothing_is_told(wire: Wire, conversation: str) -> None:
    reply = wire.request("POST", f"/conversations/{conversation}/items", json=items(SAID, {"id": "msg_0"}))
    assert reply.status_code == 404
    assert reply.json()["error"] == {
        "message": "Item with id 'msg_0' not found.", "type": "invalid_request_error", "param": "items", "code": None,
    }  # fmt: skip
    assert len(wire.request("GET", f"/conversations/{conversation}/items").json()["data"]) == 1


QUERIES = [
    (
        "limit=101&order=x",
        (
            "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead.",
            "limit",
            "integer_above_max_value",
        ),
    ),
    ("order=x", ("Invalid value: 'x'. Supported values are: 'asc' and 'desc'.", "order", "invalid_value")),
]


@pytest.mark.parametrize(("query", "fault"), QUERIES)
def test_what_is_wrong_with_a_list_is_told(wire: Wire, conversation: str, query: str, fault: tuple[str, str, str]) -> None:
    error = wire.request("GET", f"/conversations/{conversation}/items?{query}").json()["error"]
    assert (error["message"], error["param"], error["code"]) == fault


@pytest.mark.parametrize(("method", "place"), [("GET", "/items"), ("POST", "/items"), ("GET", "/items/msg_1")])
def test_what_nobody_can_include_is_told(wire: Wire, conversation: str, method: str, place: str) -> None:
    body = {"json": items(SAID)} if method == "POST" else {}
    error = wire.request(method, f"/conversations/{conversation}{place}?include[]=x", **body).json()["error"]
    assert error["message"].startswith("Invalid value: 'x'. Supported values are: 'file_search_call.results', ")
    assert (error["param"], error["code"]) == ("include[0]", "invalid_value")
    assert len(wire.request("GET", f"/conversations/{conversation}/items").json()["data"]) == 1


def test_answers_are_pretty_without_a_final_newline_and_without_limits(wire: Wire, conversation: str) -> None:
    for place in ("", "/items"):
        reply = wire.request("GET", f"/conversations/{conversation}{place}")
        assert reply.content == json.dumps(reply.json(), indent=2, ensure_ascii=False).encode()
        assert not [name for name in reply.headers if name.startswith("x-ratelimit") or name == "x-openai-proxy-wasm"]
    assert list(wire.request("GET", f"/conversations/{conversation}").json()) == ["id", "object", "created_at", "metadata"]
    listed = wire.request("GET", f"/conversations/{conversation}/items").json()
    assert list(listed) == ["object", "data", "first_id", "has_more", "last_id"]


def test_a_key_is_looked_at_by_the_endpoint_itself(wire: Wire) -> None:
    reply = wire.http.get(f"{wire.base_url}/conversations/conv_1", headers={"authorization": ""})
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"] == 'Bearer realm="OpenAI API"'
    assert reply.headers["content-type"] == "application/json"
