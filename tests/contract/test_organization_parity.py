"""The contract of the administration against the official document and the SDK's types, field by field, with a reason for each difference."""

from __future__ import annotations

from typing import Any

import openai.types.admin.organization as sdk
import openai.types.admin.organization.groups as sdk_groups
import openai.types.admin.organization.projects as sdk_projects
import openai.types.admin.organization.users as sdk_users

from tests.contract.document import IS_PACKAGED
from tests.contract.test_parity import OPERATIONS, Reasons, against, against_the_document, is_administration, unexplained

DIFFERENCES: Reasons = [
    (r"request \+ .*: null$", "the API takes null for an optional parameter that is absent (recorded)"),
    (r"response \+ .*: required$", "always there in the document's own examples"),
    (
        r"Certificate response - (active|object: value \"organization\.(project\.)?certificate\")$",
        "the document tells in prose which is told where",
    ),
    (r"project(s)? response [+-] (data\[\]\.)?status: (null|string|value \"(active|archived)\")$", "one of two words, by its prose"),
    (r"update-project-rate-limits request \+ \w+: minimum 1$", "a limit of nothing is none"),
    (r"list-project-users response [+-] object: (string|value \"list\")$", "always the same word"),
    (r"list-audit-logs response - data\[\]\.type: value ", "events of what is not emulated"),
    (
        r"list-audit-logs response - data\[\]\.((api_key\.updated|checkpoint|external_key|ip_allowlist|login|logout|scim)\b.*"
        r"|(project|rate_limit)\.deleted|role\.(un)?bound_(to|from)_resource|workload_identity_provider(_mapping)?\.\w+)$",
        "events of what is not emulated",
    ),
    (r"list-audit-logs response - data\[\]\.\w+(\.\w+)*\.(data|changes_requested)\.\w+$", "told as they are, without a type of their own"),
]
AHEAD: Reasons = [
    (r"request \+ (expires_in_seconds|residency|create_service_account_only)$", "newer parameter"),
    (
        r"response \+ (data\[\]\.)?(expires_at|residency|owner_project_access|results\[\]<[^>]+>\.(quantity_unit|(in|out)put_\w+_tokens))$",
        "newer member",
    ),
    (r"response \+ (data\[\]\.)?role: value \"none\"$", "newer value"),
]
BEHIND: Reasons = [
    (r"project request \+ geography$", "what an older document called the residency"),
    (r"spendlimit response [+-] (currency|interval|enforcement\.status): (string|value )", "one of these words, by its prose"),
]


def test_requests_and_answers_agree_with_the_official_document() -> None:
    lines = [line for operation in OPERATIONS if is_administration(operation) for line in against_the_document(operation)]
    bare, idle = unexplained(lines, DIFFERENCES + (AHEAD if IS_PACKAGED else BEHIND))
    assert not bare, "\n".join(bare)
    # The packaged document has fewer events.
    assert len(idle) == 0


# Our contracts of answers, and the SDK's types of the same.
ANSWERED: list[tuple[str, Any]] = [
    ("AdminApiKey", sdk.AdminAPIKey),
    ("User", sdk.OrganizationUser),
    ("Invite", sdk.Invite),
    ("GroupResponse", sdk.Group),
    ("Role", sdk.Role),
    ("Project", sdk.Project),
    ("Certificate", sdk.Certificate),
    ("OrganizationSpendAlert", sdk.OrganizationSpendAlert),
    ("OrganizationSpendLimitResource", sdk.OrganizationSpendLimit),
    ("OrganizationDataRetention", sdk.OrganizationDataRetention),
    ("UsageResponse", sdk.UsageCompletionsResponse),
    ("UsageResponse", sdk.UsageCostsResponse),
    ("GroupMemberUser", sdk_groups.UserRetrieveResponse),
    ("GroupRoleAssignment", sdk_groups.RoleCreateResponse),
    ("UserRoleAssignment", sdk_users.RoleCreateResponse),
    ("AssignedRoleDetails", sdk_users.RoleRetrieveResponse),
    ("ProjectApiKey", sdk_projects.ProjectAPIKey),
    ("ProjectGroup", sdk_projects.ProjectGroup),
    ("ProjectRateLimit", sdk_projects.ProjectRateLimit),
    ("ProjectServiceAccountCreateResponse", sdk_projects.ServiceAccountCreateResponse),
    ("ProjectHostedToolPermissions", sdk_projects.ProjectHostedToolPermissions),
    ("ProjectModelPermissions", sdk_projects.ProjectModelPermissions),
    ("ProjectUser", sdk_projects.ProjectUser),
]
SDK_DIFFERENCES: Reasons = [
    (r"\+ .*: required$", "the SDK leaves optional what is always there"),
    (r"- .*: null$", "the SDK takes null for whatever is optional"),
    (r"Project [+-] status: (string|value )", "one of two words, by its prose"),
    (r"Project - residency: value ", "the SDK is ahead of the document"),
    (r"Certificate - (active|object: value \"organization\.(project\.)?certificate\")$", "the document tells in prose which is told where"),
    (r"SpendLimitResource [+-] (currency|interval|enforcement\.status): (string|value )", "one of these words, by its prose"),
    (r"Response - .*\.(api_source|user_id|input_cache_write_\d+\w_tokens|expires_at)$", "the SDK is ahead of the document"),
    (r"ProjectApiKey - expires_at$", "the SDK is ahead of the document"),
]


def test_answers_agree_with_the_types_of_the_sdk() -> None:
    bare, idle = unexplained([line for name, kind in ANSWERED for line in against(name, kind)], SDK_DIFFERENCES)
    assert not bare, "\n".join(bare)
    assert idle == []
