"""Containers on the wire: the order of keys, and what the API says of what it does not take."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Wire


def made(wire: Wire, **body: Any) -> Any:
    answer = wire.request("POST", "/containers", json={"name": "box", **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def fault(answer: Any, status: int) -> tuple[str, str | None, str | None]:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    return error["message"], error["param"], error["code"]


def test_keys_come_in_the_apis_order(wire: Wire) -> None:
    box = made(wire, network_policy={"type": "disabled"})
    assert list(box) == [
        "id", "object", "created_at", "status", "expires_after", "last_active_at", "memory_limit", "network_policy", "name",
    ]  # fmt: skip
    file = wire.request("POST", f"/containers/{box['id']}/files", files={"file": ("a/b.txt", b"hello")}).json()
    assert list(file) == ["id", "object", "created_at", "bytes", "container_id", "path", "source"]
    assert file["path"].startswith("/mnt/data/") and file["path"].endswith("-b.txt") and len(file["path"]) == 10 + 32 + 6
    listed = wire.request("GET", f"/containers/{box['id']}/files").json()
    assert list(listed) == ["object", "data", "first_id", "has_more", "last_id"] == list(wire.request("GET", "/containers").json())
    gone = wire.request("DELETE", f"/containers/{box['id']}/files/{file['id']}").json()
    assert gone == {"id": file["id"], "object": "container.file.deleted", "deleted": True}
    assert wire.request("DELETE", f"/containers/{box['id']}").json() == {"id": box["id"], "object": "container.deleted", "deleted": True}


def test_content_is_bytes(wire: Wire) -> None:
    box = made(wire)["id"]
    file = wire.request("POST", f"/containers/{box}/files", files={"file": ("a.txt", b"\x00\xff")}).json()["id"]
    answer = wire.request("GET", f"/containers/{box}/files/{file}/content")
    assert (answer.content, answer.headers["content-type"]) == (b"\x00\xff", "application/octet-stream")


@pytest.mark.parametrize(
    ("body", "message", "param", "code"),
    [
        ({"name": ...}, "Missing required parameter: 'name'.", "name", "missing_required_parameter"),
        ({"name": 1}, "Invalid type for 'name': expected a string, but got an integer instead.", "name", "invalid_type"),
        (
            {"memory_limit": "2g"},
            "Invalid value: '2g'. Supported values are: '1g', '4g', '16g', and '64g'.",
            "memory_limit",
            "invalid_value",
        ),
        (
            {"expires_after": {"anchor": "last_active_at", "minutes": 60}},
            "Invalid 'expires_after.minutes': integer above maximum value. Expected a value <= 20, but got 60 instead.",
            "expires_after.minutes",
            "integer_above_max_value",
        ),
        (
            {"expires_after": {"anchor": "created_at", "minutes": 5}},
            "Invalid value: 'created_at'. Supported values are: 'last_active_at'.",
            "expires_after.anchor",
            "invalid_value",
        ),
        (
            {"network_policy": {"type": "allowlist"}},
            "Missing required parameter: 'network_policy.allowed_domains'.",
            "network_policy.allowed_domains",
            "missing_required_parameter",
        ),
        (
            {"skills": [{"type": "inline", "name": "a", "description": "b"}]},
            "Missing required parameter: 'skills[0].source'.",
            "skills[0].source",
            "missing_required_parameter",
        ),
    ],
)
def test_what_a_container_may_not_be(wire: Wire, body: dict[str, Any], message: str, param: str, code: str) -> None:
    whole = {"name": "box", **body}
    answer = wire.request("POST", "/containers", json={name: value for name, value in whole.items() if value is not ...})
    assert fault(answer, 400) == (message, param, code)
    assert wire.request("GET", "/containers").json()["data"] == []


def test_ids_that_name_nothing(wire: Wire) -> None:
    box = made(wire)["id"]
    unknown = ("Container with id 'cntr_x' not found.", None, None)
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/files"), ("GET", "/files/cfile_x"), ("GET", "/files/cfile_x/content")):
        assert fault(wire.request(method, f"/containers/cntr_x{path}"), 404) == unknown
        message = "Invalid 'container_id': 'box'. Expected an ID that begins with 'cntr'."
        assert fault(wire.request(method, f"/containers/box{path}"), 400) == (message, "container_id", "invalid_value")
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/content")):
        assert fault(wire.request(method, f"/containers/{box}/files/cfile_x{path}"), 404) == ("File not found.", None, None)
        message = "Invalid 'file_id': 'a.txt'. Expected an ID that begins with 'cfile'."
        assert fault(wire.request(method, f"/containers/{box}/files/a.txt{path}"), 400) == (message, "file_id", "invalid_value")


def test_a_file_of_a_container_is_sent_or_named(wire: Wire) -> None:
    path = f"/containers/{made(wire)['id']}/files"
    neither = ("You must provide exactly one of 'file' or 'file_id'.", "file", None)
    assert fault(wire.request("POST", path, json={}), 400) == neither
    both = wire.request("POST", path, data={"file_id": "file-x"}, files={"file": ("a.txt", b"x")})
    assert fault(both, 400) == neither
    assert fault(wire.request("POST", path, json={"file_id": "file-x"}), 404) == ("No such File object: file-x", None, None)
    kept = wire.request("POST", "/files", data={"purpose": "user_data"}, files={"file": ("a.txt", b"x")}).json()["id"]
    assert wire.request("POST", path, json={"file_id": kept}).json()["path"] == f"/mnt/data/{kept}-a.txt"
    # Some clients send a form though there is no file in it.
    assert wire.request("POST", path, files={"file_id": (None, kept)}).status_code == 200


def test_a_container_belongs_to_its_world(wire: Wire, name: str) -> None:
    box = made(wire)["id"]
    with Wire(wire.base_url, f"sk-other-{name}") as other:
        assert other.request("GET", f"/containers/{box}").status_code == 404
        assert other.request("GET", "/containers").json()["data"] == []


def test_canned_containers_have_the_ids_they_are_asked_with(canned: Wire) -> None:
    assert canned.request("GET", "/containers/cntr_mine").json()["id"] == "cntr_mine"
    file = canned.request("GET", "/containers/cntr_mine/files/cfile_mine").json()
    assert (file["id"], file["container_id"], file["object"]) == ("cfile_mine", "cntr_mine", "container.file")
    assert canned.request("GET", "/containers/cntr_mine/files/cfile_mine/content").content
    named = canned.request("POST", "/containers", json={"name": "box", "memory_limit": "64g"}).json()
    assert (named["name"], named["memory_limit"]) == ("box", "64g")
    assert canned.request("DELETE", "/containers/x").json() == {"id": "x", "object": "container.deleted", "deleted": True}
