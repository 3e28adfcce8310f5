"""Behaviours, one module per resource of the API. A module is imported when a path of its is first asked for, and fills the registry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING

from mockapi import operations
from mockapi.operations import Operation

if TYPE_CHECKING:
    from mockapi.transport.visit import Visit

# The modules that serve the paths that begin with a segment.
_HOMES: dict[str, tuple[str, ...]] = {
    "assistants": ("assistants",),
    "audio": ("audio.speech", "audio.transcriptions", "audio.translations", "audio.voice_consents", "audio.voices"),
    "batches": ("batches",),
    "chat": ("chat.completions", "chat.messages"),
    "chatkit": ("chatkit.sessions", "chatkit.threads"),
    "completions": ("completions",),
    "content_provenance_checks": ("content_provenance_checks",),
    "conversations": ("conversations", "conversations.items"),
    "containers": ("containers", "containers.files", "containers.files.content"),
    "embeddings": ("embeddings",),
    "evals": ("evals", "evals.runs", "evals.runs.output_items"),
    "files": ("files",),
    "fine_tuning": ("fine_tuning.alpha.graders", "fine_tuning.checkpoints.permissions", "fine_tuning.jobs", "fine_tuning.jobs.checkpoints"),
    "images": ("images",),
    "models": ("models",),
    "moderations": ("moderations",),
    "organization": (
        "organization.admin_api_keys", "organization.audit_logs", "organization.certificates", "organization.data_retention",
        "organization.groups", "organization.groups.roles", "organization.groups.users", "organization.invites", "organization.projects",
        "organization.projects.api_keys", "organization.projects.groups", "organization.projects.hosted_tool_permissions",
        "organization.projects.model_permissions", "organization.projects.rate_limits", "organization.projects.service_accounts",
        "organization.projects.service_accounts.api_keys", "organization.projects.users", "organization.roles", "organization.spend_alerts",
        "organization.spend_limit", "organization.usage", "organization.users", "organization.users.roles",
    ),
    "projects": ("organization.groups.roles", "organization.roles", "organization.users.roles"),
    "realtime": ("realtime.client_secrets", "realtime.sessions", "realtime.calls"),
    "responses": ("responses", "responses.kept", "responses.input_items", "responses.input_tokens", "responses.compact"),
    "skills": ("skills", "skills.content", "skills.versions", "skills.versions.content"),
    "threads": ("threads", "threads.messages", "threads.runs", "threads.runs.steps"),
    "uploads": ("uploads", "uploads.parts"),
    "vector_stores": ("vector_stores", "vector_stores.files", "vector_stores.file_batches"),
    "videos": ("videos",),
}  # fmt: skip


# The modules that serve the WebSockets on a path, each with a `SOCKET`, its operation, and a `serve`.
_SOCKETS = {"/realtime": "realtime.connection", "/realtime/translations": "realtime.translating", "/responses": "responses.connection"}


def socket(path: str) -> tuple[Operation, Callable[[Visit], Awaitable[None]]] | None:
    """What is served on a path to those who open a WebSocket there; None where nothing is."""
    name = _SOCKETS.get(path)
    if name is None:
        return None
    # What is made over a socket lives on beside it: the rest of its resource is there from the first.
    load(path.split("/")[1])
    module = import_module(f"{__name__}.{name}")
    return module.SOCKET, module.serve


def load(segment: str) -> list[Operation]:
    """The operations on paths that begin with a segment."""
    for module in _HOMES.get(segment, ()):
        import_module(f"{__name__}.{module}")
    return [operation for operation in list(operations.OPERATIONS.values()) if operation.path.split("/")[1] == segment]


def everything() -> dict[str, Operation]:
    """The whole registry."""
    for segment in _HOMES:
        load(segment)
    return operations.OPERATIONS
