"""Every operation of the administration, alive, held against the official document and against our own contract."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Wire
from tests.contract.test_objects import Judge
from tests.contract.test_parity import OPERATIONS, Reasons, is_administration, unexplained
from tests.samples import CHAT, REQUESTS, png

# What the packaged document does not know yet and the newer one does.
NEWER: Reasons = [(r"service-accounts? response /(data/\[\]/)?role: \"none\"", "newer value")]
USAGE = [
    *("completions", "embeddings", "moderations", "images", "audio_speeches", "audio_transcriptions", "vector_stores"),
    *("code_interpreter_sessions", "file_search_calls", "web_search_calls"),
]


class Administrator(Judge):
    """Asks by the operation's id, with the sample of it, and remembers which were asked."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)
        self.asked: set[str] = set()

    def do(self, operation: str, *ids: str, **options: Any) -> Any:
        declared = OPERATIONS[operation]
        self.asked.add(operation)
        path = declared.path.format(**dict(zip(declared.parameters, ids, strict=True)))
        return self.ask(operation, declared.method, path, **{**REQUESTS.get(operation, {}), **options})


@pytest.fixture
def admin(wire: Wire) -> Administrator:
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})
    return Administrator(wire)


def test_every_operation_answers_what_the_document_describes(admin: Administrator) -> None:
    do = admin.do
    default = do("list-projects")["data"][0]["id"]
    owner = do("list-users")["data"][0]["id"]
    project = do("create-project", json={"name": "Till", "residency": "EU_STORAGE_PROCESSING"})["id"]
    _members(admin, project, owner)
    _roles(admin, project, owner)
    _orders(admin, project, default)
    _certificates(admin, project)
    _usage(admin)
    do("retrieve-project", project)
    do("modify-project", project)
    do("archive-project", project)
    do("list-projects", params={"include_archived": "true"})
    do("list-audit-logs", params={"limit": 100})
    bare, _ = unexplained(admin.found, NEWER)
    assert not bare, "\n".join(bare)
    assert {name for name in OPERATIONS if is_administration(name)} == admin.asked


def _members(admin: Administrator, project: str, owner: str) -> None:
    do = admin.do
    invite = do("inviteUser")["id"]
    do("list-invites")
    do("retrieve-invite", invite)
    do("delete-invite", invite)
    do("inviteUser", json={"email": "ben@example.com", "role": "owner"})
    admin.wire.advance("1m")
    do("list-invites")
    ben = do("list-users", params={"emails[]": "ben@example.com"})["data"][0]["id"]
    do("retrieve-user", ben)
    do("modify-user", ben, json={"role": "reader", "technical_level": "high", "developer_persona": None})
    do("create-project-user", project, json={"user_id": ben, "role": "member"})
    do("list-project-users", project)
    do("retrieve-project-user", project, ben)
    do("modify-project-user", project, ben)
    do("delete-project-user", project, ben)
    group = do("create-group")["id"]
    do("list-groups")
    do("retrieve-group", group)
    do("update-group", group)
    do("add-group-user", group, json={"user_id": owner})
    do("list-group-users", group)
    do("retrieve-group-user", group, owner)
    do("remove-group-user", group, owner)
    do("delete-group", group)
    do("delete-user", ben)
    account = do("create-project-service-account", project)["id"]
    do("create-project-service-account", project, json={"name": "Ghost", "create_service_account_only": True})
    do("list-project-service-accounts", project)
    do("retrieve-project-service-account", project, account)
    do("update-project-service-account", project, account)
    key = do("CreateanAPIkeyforaserviceaccount", project, account)["id"]
    do("list-project-api-keys", project)
    do("retrieve-project-api-key", project, key)
    do("delete-project-service-account", project, account)
    (own,) = do("list-project-api-keys", do("list-projects")["data"][0]["id"])["data"]
    do("delete-project-api-key", do("list-projects")["data"][0]["id"], own["id"])
    admin_key = do("admin-api-keys-create")["id"]
    do("admin-api-keys-list")
    do("admin-api-keys-get", admin_key)
    do("admin-api-keys-delete", admin_key)


def _roles(admin: Administrator, project: str, owner: str) -> None:
    do = admin.do
    group = do("create-group")["id"]
    for scope, within in (("", ()), ("project-", (project,))):
        role = do(f"create-{scope}role", *within)["id"]
        do(f"list-{scope}roles", *within)
        do(f"retrieve-{scope}role", *within, role)
        do(f"update-{scope}role", *within, role)
        if scope:
            do("add-project-group", project, json={"group_id": group, "role": role})
            do("list-project-groups", project)
            do("retrieve-project-group", project, group)
        for kind, principal in (("group", group), ("user", owner)):
            do(f"assign-{scope}{kind}-role", *within, principal, json={"role_id": role})
            do(f"list-{scope}{kind}-role-assignments", *within, principal)
            do(f"retrieve-{scope}{kind}-role", *within, principal, role)
            do(f"unassign-{scope}{kind}-role", *within, principal, role)
        do(f"delete-{scope}role", *within, role)
    do("remove-project-group", project, group)


def _orders(admin: Administrator, project: str, default: str) -> None:
    do = admin.do
    limit = do("list-project-rate-limits", project, params={"limit": 3})["data"][0]["id"]
    do("update-project-rate-limits", project, limit)
    for name in ("hosted-tool-permissions", "model-permissions", "data-retention"):
        do(f"retrieve-project-{name}", project)
        do(f"update-project-{name}", project)
    do("delete-project-model-permissions", project)
    do("retrieve-organization-data-retention")
    do("update-organization-data-retention")
    for scope, within in (("organization", ()), ("project", (project,))):
        do(f"list-{scope}-spend-alerts", *within)
        alert = do(f"create-{scope}-spend-alert", *within)["id"]
        do(f"list-{scope}-spend-alerts", *within)
        do(f"retrieve-{scope}-spend-alert", *within, alert)
        do(f"update-{scope}-spend-alert", *within, alert)
        do(f"delete-{scope}-spend-alert", *within, alert)
        do(f"Update{scope}spendlimit", *within)
        do(f"Get{scope}spendlimit", *within)
        do(f"Delete{scope}spendlimit", *within)


def _certificates(admin: Administrator, project: str) -> None:
    do = admin.do
    for sample in (REQUESTS["uploadCertificate"]["json"], {"certificate": REQUESTS["uploadCertificate"]["json"]["certificate"]}):
        made = do("uploadCertificate", json=sample)["id"]
        for scope, within in (("Organization", ()), ("Project", (project,))):
            for verb in ("activate", "deactivate"):
                do(f"{verb}{scope}Certificates", *within, json={"certificate_ids": [made]})
            do(f"list{scope}Certificates", *within)
        do("getCertificate", made, params={"include[]": "content"})
        do("modifyCertificate", made)
        do("deleteCertificate", made)


def _usage(admin: Administrator) -> None:
    wire, since = admin.wire, 1_798_761_600
    wire.chat()
    wire.request("POST", "/embeddings", **REQUESTS["createEmbedding"])
    wire.request("POST", "/moderations", **REQUESTS["createModeration"])
    wire.request("POST", "/images/generations", **REQUESTS["createImage"])
    wire.request("POST", "/images/variations", data={"size": "256x256"}, files={"image": ("a.png", png(), "image/png")})
    wire.request("POST", "/audio/speech", **REQUESTS["createSpeech"])
    wire.request("POST", "/audio/transcriptions", **REQUESTS["createTranscription"])
    file = wire.request("POST", "/files", data={"purpose": "assistants"}, files={"file": ("a.md", b"Hello")}).json()["id"]
    store = wire.request("POST", "/vector_stores", json={"file_ids": [file]}).json()["id"]
    tools: list[dict[str, Any]] = [
        {"type": "file_search", "vector_store_ids": [store]},
        {"type": "web_search_preview"},
        {"type": "code_interpreter", "container": {"type": "auto"}},
    ]
    for tool in tools:
        body = {"model": "gpt-4.1", "input": CHAT["messages"], "tools": [tool], "tool_choice": {"type": tool["type"]}}
        assert wire.request("POST", "/responses", json=body).status_code == 200
    wire.advance("1s")
    for name in [*USAGE, "costs"]:
        operation = f"usage-{name.replace('_', '-')}"
        groups = _groups(operation)
        told = admin.do(operation, params={"start_time": since, "group_by[]": groups})
        assert set(groups) <= set(told["data"][0]["results"][0]), name
        assert admin.do(operation, params={"start_time": since, "limit": 1})["data"][0]["results"], name


def _groups(operation: str) -> list[str]:
    """All that an operation can group by."""
    query = OPERATIONS[operation].query
    assert query is not None
    kinds = query.model_json_schema()["properties"]["group_by"]["anyOf"]
    items: dict[str, Any] = next(kind["items"] for kind in kinds if "items" in kind)
    found: list[str] = items.get("enum") or [items["const"]]
    return found
