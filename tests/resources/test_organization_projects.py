"""Projects, their service accounts and keys, what is ordered for them, and certificates, through the official SDK."""

from __future__ import annotations

import openai
import pytest
from openai import OpenAI

from mockapi import Server
from tests.conftest import Wire
from tests.samples import ALERT, certificate


def default(client: OpenAI) -> str:
    return next(iter(client.admin.organization.projects.list())).id


def ask(client: OpenAI, model: str = "gpt-4o-mini") -> None:
    client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Say hello"}])


def holder(server: Server, key: str) -> OpenAI:
    return OpenAI(base_url=server.base_url, api_key=key, max_retries=0)


def test_the_default_project_is_the_keys_own(client: OpenAI, wire: Wire) -> None:
    (project,) = client.admin.organization.projects.list()
    assert project.id == wire.chat().headers["openai-project"]
    assert (project.status, project.archived_at) == ("active", None)
    with pytest.raises(openai.BadRequestError, match="default project"):
        client.admin.organization.projects.update(project.id, name="x")
    with pytest.raises(openai.BadRequestError, match="default project"):
        client.admin.organization.projects.archive(project.id)


def test_projects_are_made_changed_and_archived(client: OpenAI, server: Server) -> None:
    projects = client.admin.organization.projects
    made = projects.create(name="Till", residency="EU_STORAGE_PROCESSING")
    assert made.id.startswith("proj_") and (made.name, made.residency) == ("Till", "EU_STORAGE_PROCESSING")
    assert projects.update(made.id, name="Checkout").name == "Checkout" == projects.retrieve(made.id).name
    assert [project.id for project in projects.list()][1:] == [made.id]
    account = projects.service_accounts.create(made.id, name="Robot")
    gone = projects.archive(made.id)
    assert gone.status == "archived" and gone.archived_at is not None
    assert made.id not in [project.id for project in projects.list()]
    assert made.id in [project.id for project in projects.list(include_archived=True)]
    for change in (
        lambda: projects.update(made.id, name="x"),
        lambda: projects.archive(made.id),
        lambda: projects.service_accounts.create(made.id, name="x"),
        lambda: projects.service_accounts.list(made.id),
        lambda: projects.users.list(made.id),
        lambda: projects.users.create(made.id, user_id="user-x", role="member"),
        lambda: projects.rate_limits.update_rate_limit("rl-gpt-4o-mini", project_id=made.id, max_requests_per_1_minute=1),
    ):
        with pytest.raises(openai.BadRequestError, match="archived"):
            change()
    assert account.api_key is not None
    with pytest.raises(openai.AuthenticationError), holder(server, account.api_key.value) as robot:
        robot.models.list()


def test_a_service_account_has_keys_that_open_the_world(client: OpenAI, server: Server) -> None:
    projects = client.admin.organization.projects
    project = projects.create(name="Till").id
    account = projects.service_accounts.create(project, name="Robot")
    assert account.api_key is not None and account.id.startswith("svc_acct_") and account.role == "member"
    file = client.files.create(file=("a.txt", b"hello"), purpose="assistants")
    with holder(server, account.api_key.value) as robot:
        assert robot.files.retrieve(file.id) == file
    (listed,) = projects.api_keys.list(project)
    assert (listed.id, listed.owner.type, listed.owner_project_access) == (account.api_key.id, "service_account", "active")
    assert account.api_key.value not in listed.to_json() and listed.redacted_value.endswith(account.api_key.value[-3:])
    second = projects.service_accounts.api_keys.create(account.id, project_id=project, name="Second")
    assert [key.name for key in projects.api_keys.list(project, limit=1)] == ["Secret Key", "Second"]
    with pytest.raises(openai.BadRequestError, match="service account"):
        projects.api_keys.delete(second.id, project_id=project)
    assert projects.service_accounts.update(account.id, project_id=project, name="Machine", role="owner").role == "owner"
    assert projects.service_accounts.retrieve(account.id, project_id=project).name == "Machine"
    assert projects.service_accounts.delete(account.id, project_id=project).deleted
    assert projects.api_keys.list(project).data == [] == projects.service_accounts.list(project).data
    for value in (account.api_key.value, second.value):
        with pytest.raises(openai.AuthenticationError, match="Incorrect API key provided"), holder(server, value) as robot:
            robot.files.list()


def test_an_account_alone_has_no_key_and_no_role(client: OpenAI) -> None:
    made = client.admin.organization.projects.service_accounts.create(default(client), name="Robot", create_service_account_only=True)
    assert (made.api_key, made.role) == (None, "none")


def test_the_key_of_the_world_is_listed_and_can_be_struck_off(client: OpenAI, key: str) -> None:
    keys, project = client.admin.organization.projects.api_keys, default(client)
    (own,) = keys.list(project)
    assert own.owner.user is not None and own.owner.user.role == "owner" and own.redacted_value.endswith(key[-3:])
    assert keys.retrieve(own.id, project_id=project) == own
    assert keys.list(project, owner_project_access="inactive").data == []
    assert keys.delete(own.id, project_id=project).deleted
    assert keys.list(project).data == []


def test_a_rate_limit_that_is_lowered_holds(client: OpenAI, wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    limits, project = client.admin.organization.projects.rate_limits, default(client)
    before = {limit.model: limit for limit in limits.list_rate_limits(project)}
    mini = before["gpt-4o-mini"]
    assert (mini.id, mini.max_tokens_per_1_minute) == ("rl-gpt-4o-mini", int(wire.chat().headers["x-ratelimit-limit-tokens"]))
    changed = limits.update_rate_limit(mini.id, project_id=project, max_requests_per_1_minute=3)
    assert (changed.max_requests_per_1_minute, changed.max_tokens_per_1_minute) == (3, mini.max_tokens_per_1_minute)
    assert wire.chat().headers["x-ratelimit-limit-tokens"] == str(mini.max_tokens_per_1_minute)
    assert wire.chat().status_code == 200
    refused = wire.chat()
    assert refused.status_code == 429 and "Limit 3, Used 3" in refused.json()["error"]["message"]
    assert wire.chat(model="gpt-4o").status_code == 200
    assert next(limit for limit in limits.list_rate_limits(project) if limit.model == "gpt-4o-mini") == changed
    with pytest.raises(openai.BadRequestError, match="above maximum value"):
        limits.update_rate_limit(mini.id, project_id=project, max_requests_per_1_minute=10**9)
    with pytest.raises(openai.BadRequestError, match="no such rate limit"):
        limits.update_rate_limit("rl-whisper-1", project_id=project, max_tokens_per_1_minute=1)


def test_a_limit_of_one_project_is_not_anothers(client: OpenAI, server: Server, wire: Wire) -> None:
    projects = client.admin.organization.projects
    other = projects.create(name="Till").id
    account = projects.service_accounts.create(other, name="Robot")
    projects.rate_limits.update_rate_limit("rl-gpt-4o-mini", project_id=other, max_tokens_per_1_minute=1)
    assert account.api_key is not None
    ask(client)
    with pytest.raises(openai.RateLimitError), holder(server, account.api_key.value) as robot:
        ask(robot)


def test_rate_limits_are_listed_in_both_directions(client: OpenAI) -> None:
    limits, project = client.admin.organization.projects.rate_limits, default(client)
    ids = [limit.id for limit in limits.list_rate_limits(project)]
    assert [limit.id for limit in limits.list_rate_limits(project, limit=7)] == ids
    before = limits.list_rate_limits(project, before=ids[5], limit=2)
    assert [limit.id for limit in before.data] == ids[3:5] and before.has_more


def test_models_are_denied_and_allowed(client: OpenAI, wire: Wire) -> None:
    permissions, project = client.admin.organization.projects.model_permissions, default(client)
    assert permissions.retrieve(project).api_model_ids == []
    ask(client)
    permissions.update(project, mode="deny_list", model_ids=["gpt-4o-mini"])
    refused = wire.chat()
    assert refused.status_code == 403
    assert refused.json()["error"]["message"] == f"Project `{project}` does not have access to model `gpt-4o-mini`"
    ask(client, "gpt-4o")
    assert permissions.update(project, mode="allow_list", model_ids=["gpt-4o-mini-2024-07-18"]).mode == "allow_list"
    ask(client)
    with pytest.raises(openai.PermissionDeniedError):
        ask(client, "gpt-4o")
    assert permissions.delete(project).deleted
    ask(client, "gpt-4o")


def test_a_spend_limit_ends_calls(client: OpenAI, wire: Wire) -> None:
    organization = client.admin.organization
    project, other = default(client), organization.projects.create(name="Till").id
    for at in (organization.spend_limit.retrieve, lambda: organization.projects.spend_limit.retrieve(project)):
        with pytest.raises(openai.NotFoundError):
            at()
    made = organization.projects.spend_limit.update(project, threshold_amount=1, currency="USD", interval="month")
    assert (made.threshold_amount, made.enforcement.status) == (1, "inactive")
    organization.projects.spend_limit.update(other, threshold_amount=1, currency="USD", interval="month")
    while organization.projects.spend_limit.retrieve(project).enforcement.status == "inactive":
        assert wire.chat(model="gpt-4", messages=[{"role": "user", "content": "word " * 200}]).status_code == 200
    refused = wire.chat()
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "insufficient_quota")
    assert organization.projects.spend_limit.retrieve(other).enforcement.status == "inactive"
    assert organization.projects.spend_limit.delete(project).deleted
    assert wire.chat().status_code == 200
    assert organization.spend_limit.update(threshold_amount=1, currency="USD", interval="month").enforcement.status == "enforcing"
    assert wire.chat().status_code == 429
    assert organization.spend_limit.delete().object == "organization.spend_limit.deleted"
    assert wire.chat().status_code == 200


@pytest.mark.parametrize("of_project", [False, True])
def test_spend_alerts_are_kept(client: OpenAI, wire: Wire, of_project: bool) -> None:
    at = f"/organization{f'/projects/{default(client)}' if of_project else ''}/spend_alerts"
    kept = [wire.request("POST", at, json={**ALERT, "threshold_amount": number}).json() for number in range(3)]
    assert kept[0]["object"] == f"{'project' if of_project else 'organization'}.spend_alert"
    assert wire.request("GET", at).json()["data"] == kept
    assert wire.request("GET", f"{at}?order=desc&limit=2").json()["data"] == kept[:0:-1]
    assert wire.request("GET", f"{at}?before={kept[2]['id']}&limit=1").json()["data"] == [kept[1]]
    here = f"{at}/{kept[0]['id']}"
    changed = wire.request("POST", here, json={**ALERT, "threshold_amount": 7}).json()
    assert changed == {**kept[0], "threshold_amount": 7} == wire.request("GET", here).json()
    assert wire.request("DELETE", here).json()["deleted"] is True
    assert wire.request("GET", here).status_code == 404


def test_retention_and_hosted_tools_are_kept(client: OpenAI) -> None:
    organization, project = client.admin.organization, default(client)
    assert organization.data_retention.update(retention_type="zero_data_retention").type == "zero_data_retention"
    assert organization.data_retention.retrieve().type == "zero_data_retention"
    assert organization.projects.data_retention.retrieve(project).type == "organization_default"
    assert organization.projects.data_retention.update(project, retention_type="none").type == "none"
    assert organization.projects.data_retention.retrieve(project).type == "none"
    tools = organization.projects.hosted_tool_permissions
    assert tools.retrieve(project).web_search.enabled
    assert not tools.update(project, web_search={"enabled": False}).web_search.enabled
    assert not tools.retrieve(project).web_search.enabled and tools.retrieve(project).mcp.enabled


def test_certificates_are_read_activated_and_deleted(client: OpenAI) -> None:
    organization, project = client.admin.organization, default(client)
    pem = certificate()
    made = organization.certificates.create(certificate=pem, name="Office")
    assert (made.object, made.certificate_details.valid_at, made.certificate_details.expires_at) == (
        "certificate",
        1_767_225_600,
        2_082_758_400,
    )
    assert made.certificate_details.content is None
    assert organization.certificates.retrieve(made.id, include=["content"]).certificate_details.content == pem
    assert organization.certificates.update(made.id, name="Home").name == "Home"
    second = organization.certificates.create(certificate=certificate("990101000000Z"), name="Old")
    assert second.certificate_details.valid_at == 915_148_800
    assert [(each.id, each.active) for each in organization.certificates.list(limit=1)] == [(second.id, False), (made.id, False)]
    assert [each.active for each in organization.certificates.activate(certificate_ids=[made.id])] == [True]
    assert [each.active for each in organization.projects.certificates.list(project, order="asc")] == [False, False]
    assert organization.projects.certificates.activate(project, certificate_ids=[made.id, made.id]).data[0].active
    with pytest.raises(openai.NotFoundError):
        organization.certificates.deactivate(certificate_ids=[made.id, "cert_x"])
    assert next(each for each in organization.certificates.list() if each.id == made.id).active
    for deactivate in (
        lambda: organization.certificates.deactivate(certificate_ids=[made.id]),
        lambda: organization.projects.certificates.deactivate(project, certificate_ids=[made.id]),
    ):
        with pytest.raises(openai.BadRequestError, match="active"):
            organization.certificates.delete(made.id)
        assert [each.active for each in deactivate()] == [False]
    assert organization.certificates.delete(made.id).id == made.id
    with pytest.raises(openai.BadRequestError, match="not a valid certificate"):
        organization.certificates.create(certificate="-----BEGIN CERTIFICATE-----MIIDeT-----END CERTIFICATE-----", name="x")
