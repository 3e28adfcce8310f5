"""Admin API keys through the official SDK, and which key opens which world."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openai
import pytest
from openai import OpenAI

from mockapi import Server, Settings
from tests.conftest import Wire


@pytest.fixture
def other(server: Server, name: str) -> Iterator[OpenAI]:
    """A client of another world."""
    with OpenAI(base_url=server.base_url, api_key=f"sk-{name}-other", admin_api_key=f"sk-admin-{name}-other", max_retries=0) as made:
        yield made


def test_the_admin_key_of_a_key_opens_the_same_world(client: OpenAI, server: Server, name: str) -> None:
    project = client.admin.organization.projects.create(name="Till")
    with OpenAI(base_url=server.base_url, api_key="", admin_api_key=f"sk-admin-{name}", max_retries=0) as admin:
        assert project in list(admin.admin.organization.projects.list())
    named = f"mock-tier3-{name}"
    with OpenAI(base_url=server.base_url, api_key=f"sk-{named}", admin_api_key=f"sk-admin-{named}", max_retries=0) as client:
        (default,) = client.admin.organization.projects.list()
        limit = client.admin.organization.projects.rate_limits.list_rate_limits(default.id).data[0]
        assert limit.max_requests_per_1_minute == 5_000
        response = client.models.with_raw_response.list()
        assert response.headers["openai-organization"]


def test_an_ordinary_key_administers_too(wire: Wire) -> None:
    assert wire.request("GET", "/organization/projects").status_code == 200


def test_admin_keys_are_made_told_once_and_deleted(client: OpenAI, server: Server) -> None:
    keys = client.admin.organization.admin_api_keys
    made = keys.create(name="Nightly")
    assert made.id.startswith("key_") and made.value.startswith("sk-admin-") and made.redacted_value == f"sk-admin...{made.value[-3:]}"
    assert (made.expires_at, made.last_used_at, made.owner.role) == (None, None, "owner")
    kept = keys.retrieve(made.id)
    assert made.value not in kept.to_json() and kept.id == made.id
    with OpenAI(base_url=server.base_url, api_key="", admin_api_key=made.value, max_retries=0) as admin:
        project = admin.admin.organization.projects.create(name="Till")
        assert client.admin.organization.projects.retrieve(project.id) == project
        (created,) = client.admin.organization.audit_logs.list(event_types=["project.created"])
        assert created.actor is not None and created.actor.api_key is not None and created.actor.api_key.id == made.id
        assert keys.delete(made.id).deleted
        with pytest.raises(openai.AuthenticationError, match="Incorrect API key provided"):
            admin.admin.organization.projects.list()
    with pytest.raises(openai.NotFoundError):
        keys.retrieve(made.id)


def test_admin_keys_are_listed_by_page(client: OpenAI) -> None:
    keys = client.admin.organization.admin_api_keys
    ids = [keys.create(name=str(number)).id for number in range(5)]
    assert [key.id for key in keys.list(limit=2)] == ids
    assert [key.id for key in keys.list(limit=2, order="desc")] == ids[::-1]


def test_an_admin_key_ends(client: OpenAI, server: Server, wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    made = client.admin.organization.admin_api_keys.create(name="Brief", expires_in_seconds=60)
    assert made.expires_at == made.created_at + 60
    with OpenAI(base_url=server.base_url, api_key="", admin_api_key=made.value, max_retries=0) as admin:
        admin.admin.organization.projects.list()
        wire.advance("1m")
        with pytest.raises(openai.AuthenticationError):
            admin.admin.organization.projects.list()


def test_worlds_make_keys_of_their_own(client: OpenAI, other: OpenAI, server: Server) -> None:
    made = [each.admin.organization.admin_api_keys.create(name="Nightly") for each in (client, other)]
    assert made[0].value != made[1].value
    client.admin.organization.projects.create(name="Till")
    for key, count in ((made[0], 2), (made[1], 1)):
        with OpenAI(base_url=server.base_url, api_key="", admin_api_key=key.value, max_retries=0) as admin:
            assert len(admin.admin.organization.projects.list().data) == count


def test_a_reset_forgets_keys(client: OpenAI, server: Server, wire: Wire) -> None:
    made = client.admin.organization.admin_api_keys.create(name="Nightly")
    client.admin.organization.projects.create(name="Till")
    wire.control("POST", "/_mock/reset")
    assert len(client.admin.organization.projects.list().data) == 1
    with OpenAI(base_url=server.base_url, api_key="", admin_api_key=made.value, max_retries=0) as stranger:
        stranger.admin.organization.groups.create(name="elsewhere")
    assert client.admin.organization.groups.list().data == []


def test_keys_in_a_file_bring_their_admin_keys_and_those_they_made(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("sk-known\n")
    with Server(Settings(port=0, keys=str(file))) as server:
        with OpenAI(base_url=server.base_url, api_key="sk-known", admin_api_key="sk-admin-known", max_retries=0) as client:
            made = client.admin.organization.admin_api_keys.create(name="Nightly")
        with OpenAI(base_url=server.base_url, api_key="", admin_api_key=made.value, max_retries=0) as client:
            assert client.admin.organization.users.list().data
        for value in ("sk-admin-other", "sk-other"):
            stranger = OpenAI(base_url=server.base_url, api_key="", admin_api_key=value, max_retries=0)
            with stranger, pytest.raises(openai.AuthenticationError):
                stranger.admin.organization.users.list()
