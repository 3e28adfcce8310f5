"""The administration on the wire: layout, orders of keys, and the API's words for what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockapi.resources import load
from tests.conftest import Wire
from tests.samples import LIMIT, REQUESTS

OPERATIONS = {operation.id: operation for segment in ("organization", "projects") for operation in load(segment)}


def fault(reply: Any) -> tuple[int, str, Any, Any]:
    error = reply.json()["error"]
    assert error["type"] == "invalid_request_error"
    return reply.status_code, error["message"], error["param"], error["code"]


@pytest.fixture
def project(wire: Wire) -> str:
    found: str = wire.request("GET", "/organization/projects").json()["data"][0]["id"]
    return found


def test_every_operation_of_the_document_is_there() -> None:
    assert len(OPERATIONS) == 119


def test_lists_have_the_cursors_of_their_family(wire: Wire, project: str) -> None:
    for path in ("admin_api_keys", "users", "invites", "projects", "audit_logs", "certificates", f"projects/{project}/rate_limits"):
        reply = wire.request("GET", f"/organization/{path}")
        assert list(reply.json()) == ["object", "data", "first_id", "last_id", "has_more"], path
        assert reply.content == json.dumps(reply.json(), indent=2).encode()
    for path in ("groups", "roles", f"projects/{project}/groups"):
        assert list(wire.request("GET", f"/organization/{path}").json()) == ["object", "data", "has_more", "next"], path
    usage = wire.request("GET", "/organization/costs?start_time=1798761600")
    assert usage.content == json.dumps(usage.json(), indent=2).encode() + b"\n"
    assert list(usage.json()) == ["object", "data", "has_more", "next_page"]


def test_objects_have_the_apis_keys(wire: Wire) -> None:
    made = wire.request("POST", "/organization/projects", json={"name": "Till"}).json()
    assert list(made) == ["id", "object", "name", "created_at", "archived_at", "status", "external_key_id"]
    key = wire.request("POST", "/organization/admin_api_keys", json={"name": "Nightly"}).json()
    assert list(key) == [
        *("object", "id", "name", "redacted_value", "created_at", "expires_at", "last_used_at", "owner", "value"),
    ]
    assert list(key["owner"]) == ["type", "object", "id", "name", "created_at", "role"]
    event = wire.request("GET", "/organization/audit_logs").json()["data"][0]
    assert list(event) == ["id", "type", "effective_at", "project", "actor", "api_key.created"]
    assert event["api_key.created"] == {"id": key["id"], "data": {"scopes": []}}
    group = wire.request("POST", "/organization/groups", json={"name": "Support"}).json()
    changed = wire.request("POST", f"/organization/groups/{group['id']}", json={"name": "x"}).json()
    assert (list(group), list(changed)) == (
        ["id", "name", "created_at", "is_scim_managed", "group_type"],
        ["id", "name", "created_at", "is_scim_managed"],
    )


def test_an_unknown_project_is_told_by_all_that_belongs_to_one(wire: Wire) -> None:
    for name, operation in OPERATIONS.items():
        if "project_id" not in operation.parameters:
            continue
        path = operation.path.replace("{project_id}", "proj_x").replace("{", "").replace("}", "")
        reply = wire.request(operation.method, path, **REQUESTS.get(name, {}))
        assert fault(reply) == (404, "The project proj_x was not found", None, None), name


def test_unknown_ids_are_told(wire: Wire, project: str) -> None:
    for path, told in {
        "/organization/users/user-x": "The user user-x was not found",
        "/organization/invites/invite-x": "The invite invite-x was not found",
        "/organization/groups/group_x/users": "The group group_x was not found",
        "/organization/roles/role_x": "The role role_x was not found",
        "/organization/admin_api_keys/key_x": "The admin API key key_x was not found",
        "/organization/certificates/cert_x": "The certificate cert_x was not found",
        "/organization/spend_alerts/alert_x": "The spend alert alert_x was not found",
        f"/organization/projects/{project}/api_keys/key_x": f"The API key key_x was not found in {project}",
        f"/organization/projects/{project}/users/user-x": f"The user user-x was not found in {project}",
        f"/organization/projects/{project}/service_accounts/s": f"The service account s was not found in {project}",
        f"/projects/{project}/roles/role_x": f"The role role_x was not found in {project}",
        "/organization/spend_limit": "No spend limit is set",
    }.items():
        assert fault(wire.request("GET", path)) == (404, told, None, None), path
    for limit in ("rl-nobody", "gpt-4o-mini", "rl-gpt-4o-mini-2024-07-18"):
        reply = wire.request("POST", f"/organization/projects/{project}/rate_limits/{limit}", json={"max_requests_per_1_minute": 1})
        assert fault(reply)[:2] == (404, f"The rate limit {limit} was not found in {project}")


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/organization/projects", {}, ("Missing required parameter: 'name'.", "name", "missing_required_parameter")),
        ("/organization/projects", {"name": "x", "zzz": 1}, ("Unknown parameter: 'zzz'.", "zzz", "unknown_parameter")),
        (
            "/organization/invites",
            {"email": "a@example.com", "role": "king"},
            ("Invalid value: 'king'. Supported values are: 'reader' and 'owner'.", "role", "invalid_value"),
        ),
        (
            "/organization/spend_limit",
            {**LIMIT, "threshold_amount": 0},
            (
                "Invalid 'threshold_amount': integer below minimum value. Expected a value >= 1, but got 0 instead.",
                "threshold_amount",
                "integer_below_min_value",
            ),
        ),
        (
            "/organization/admin_api_keys",
            {"name": "x", "expires_in_seconds": 31_536_001},
            (
                "Invalid 'expires_in_seconds': integer above maximum value. Expected a value <= 31536000, but got 31536001 instead.",
                "expires_in_seconds",
                "integer_above_max_value",
            ),
        ),
        (
            "/organization/certificates/activate",
            {"certificate_ids": []},
            (
                "Invalid 'certificate_ids': empty array. Expected an array with minimum length 1, but got an empty array instead.",
                "certificate_ids",
                "empty_array",
            ),
        ),
    ],
)
def test_faults_of_bodies_are_told(wire: Wire, path: str, body: dict[str, Any], told: tuple[str, str, str]) -> None:
    assert fault(wire.request("POST", path, json=body)) == (400, *told)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("users?limit=101", ("limit", "integer_above_max_value")),
        ("users?limit=0", ("limit", "integer_below_min_value")),
        ("groups?limit=1001", ("limit", "integer_above_max_value")),
        ("certificates?order=up", ("order", "invalid_value")),
        ("usage/completions", ("start_time", "missing_required_parameter")),
        ("usage/completions?start_time=1&bucket_width=1y", ("bucket_width", "invalid_value")),
        ("usage/completions?start_time=1&group_by[]=size", ("group_by[0]", "invalid_value")),
        ("usage/images?start_time=-1", ("start_time", "integer_below_min_value")),
        ("audit_logs?effective_at[gt]=never", ("effective_at.gt", "invalid_type")),
        ("costs?start_time=1&bucket_width=1h", ("bucket_width", "invalid_value")),
    ],
)
def test_faults_of_queries_are_told(wire: Wire, query: str, told: tuple[str, str]) -> None:
    assert fault(wire.request("GET", f"/organization/{query}"))[2:] == told


def test_who_is_to_join_a_project_is_named(wire: Wire, project: str) -> None:
    told = wire.request("POST", f"/organization/projects/{project}/users", json={"role": "member"})
    assert fault(told) == (400, "Missing required parameter: 'user_id'.", "user_id", "missing_required_parameter")


def test_without_a_key_nothing_is_told(wire: Wire) -> None:
    for header in ({"authorization": ""}, {"authorization": "Bearer sk-mock-invalid"}, {"authorization": "Bearer sk-admin-mock-invalid"}):
        assert wire.request("GET", "/organization/users", headers=header).status_code == 401
    reply = wire.request("GET", "/organization/users", headers={"authorization": "Bearer sk-admin-mock-invalid"})
    assert reply.json()["error"]["message"].startswith("Incorrect API key provided: sk-admin******")


def test_lists_in_a_query_have_brackets(wire: Wire) -> None:
    wire.request("POST", "/organization/groups", json={"name": "Support"})
    wire.request("POST", "/organization/projects", json={"name": "Till"})
    found = wire.request("GET", "/organization/audit_logs?event_types[]=group.created&event_types[]=x").json()["data"]
    assert [event["type"] for event in found] == ["group.created"]
