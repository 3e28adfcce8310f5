"""Every change is written down, through the official SDK."""

from __future__ import annotations

from typing import Any

import pytest
from openai import OpenAI

from tests.conftest import Wire
from tests.resources.test_organization_members import join
from tests.samples import certificate


def types(client: OpenAI, **options: Any) -> list[str]:
    return [event.type for event in client.admin.organization.audit_logs.list(**options)]


def test_changes_are_written_down(client: OpenAI, wire: Wire) -> None:
    organization = client.admin.organization
    project = organization.projects.create(name="Till")
    organization.projects.update(project.id, name="Checkout")
    account = organization.projects.service_accounts.create(project.id, name="Robot")
    organization.projects.service_accounts.update(account.id, project_id=project.id, role="owner")
    organization.projects.rate_limits.update_rate_limit("rl-gpt-4o", project_id=project.id, max_requests_per_1_minute=7)
    ada = join(client, wire, projects=[])
    organization.projects.users.create(project.id, user_id=ada.id, role="member")
    organization.users.update(ada.id, role="owner")
    group = organization.groups.create(name="Support")
    role = organization.roles.create(role_name="Key keeper", permissions=["x"])
    organization.groups.roles.create(group.id, role_id=role.id)
    organization.groups.roles.delete(role.id, group_id=group.id)
    organization.roles.update(role.id, permissions=["y"])
    organization.roles.delete(role.id)
    organization.groups.update(group.id, name="Escalations")
    organization.groups.delete(group.id)
    pem = organization.certificates.create(certificate=certificate(), name="Office")
    organization.certificates.activate(certificate_ids=[pem.id])
    organization.certificates.deactivate(certificate_ids=[pem.id])
    organization.certificates.delete(pem.id)
    key = organization.admin_api_keys.create(name="Nightly")
    organization.admin_api_keys.delete(key.id)
    organization.projects.service_accounts.delete(account.id, project_id=project.id)
    organization.projects.archive(project.id)
    organization.users.delete(ada.id)
    written = [
        *("project.created", "project.updated", "service_account.created", "service_account.updated", "rate_limit.updated"),
        *("invite.sent", "invite.accepted", "user.added", "user.added", "user.updated", "group.created", "role.created"),
        *("role.assignment.created", "role.assignment.deleted", "role.updated", "role.deleted", "group.updated", "group.deleted"),
        *("certificate.created", "certificates.activated", "certificates.deactivated", "certificate.deleted"),
        *("api_key.created", "api_key.deleted", "service_account.deleted", "project.archived", "user.deleted"),
    ]
    assert types(client, limit=4) == written[::-1]
    events = {event.type: event for event in client.admin.organization.audit_logs.list(limit=100)}
    changed = events["role.updated"].to_dict()["role.updated"]
    assert changed == {
        "id": role.id,
        "changes_requested": {"role_name": "Key keeper", "description": "", "permissions_added": ["y"], "permissions_removed": ["x"]},
    }
    limited: Any = events["rate_limit.updated"]
    assert limited.project.id == project.id and limited.project.name == "Checkout"
    assert limited.rate_limit_updated.changes_requested.max_requests_per_1_minute == 7
    accepted: Any = events["invite.accepted"]
    assert accepted.actor.type == "session" and accepted.actor.session.user.email == "ada@example.com"
    assert len({event.id for event in events.values()}) == len(events)


def test_reading_writes_nothing_down(client: OpenAI) -> None:
    client.admin.organization.projects.list()
    client.admin.organization.users.list()
    assert types(client) == []


def test_events_are_filtered(client: OpenAI, wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})
    organization = client.admin.organization
    project = organization.projects.create(name="Till")
    wire.advance("1h")
    ada = join(client, wire)
    group = organization.groups.create(name="Support")
    (created,) = organization.audit_logs.list(event_types=["project.created"])
    at = created.effective_at
    assert created.actor is not None and created.actor.api_key is not None and created.actor.api_key.user is not None
    owner = created.actor.api_key.user
    late = ["group.created", "user.added", "invite.accepted", "invite.sent"]
    wanted: list[tuple[dict[str, Any], list[str]]] = [
        ({"project_ids": [project.id]}, ["project.created"]),
        ({"resource_ids": [group.id, project.id]}, ["group.created", "project.created"]),
        ({"event_types": ["invite.sent", "group.created"]}, ["group.created", "invite.sent"]),
        ({"actor_emails": ["ada@example.com"]}, ["user.added", "invite.accepted"]),
        ({"actor_ids": [ada.id]}, ["user.added", "invite.accepted"]),
        ({"actor_ids": [owner.id]}, ["group.created", "invite.sent", "project.created"]),
        ({"actor_emails": [owner.email]}, ["group.created", "invite.sent", "project.created"]),
        ({"effective_at": {"gt": at}}, late),
        ({"effective_at": {"gte": at, "lt": at + 1}}, ["project.created"]),
        ({"effective_at": {"lte": at}}, ["project.created"]),
        ({"effective_at": {"lt": at}}, []),
    ]
    for options, found in wanted:
        assert types(client, **options) == found, options
    assert types(client, extra_query={"tenant_only": "true"}) == []


def test_events_are_paged_in_both_directions(client: OpenAI) -> None:
    for number in range(5):
        client.admin.organization.groups.create(name=str(number))
    logs = client.admin.organization.audit_logs
    ids = [event.id for event in logs.list(limit=2)]
    assert len(ids) == 5
    before = logs.list(before=ids[4], limit=2)
    assert [event.id for event in before.data] == ids[2:4] and before.has_more
    assert [event.id for event in logs.list(before=ids[1]).data] == ids[:1]
    between = logs.list(after=ids[0], before=ids[3])
    assert [event.id for event in between.data] == ids[1:3] and not between.has_more


@pytest.mark.parametrize("refused", ["POST /organization/groups {}", 'POST /organization/users/x {"role": "owner"}'])
def test_what_is_refused_is_not_written_down(wire: Wire, refused: str) -> None:
    method, path, body = refused.split(" ", 2)
    assert wire.request(method, path, content=body, headers={"content-type": "application/json"}).status_code >= 400
    assert wire.request("GET", "/organization/audit_logs").json()["data"] == []
