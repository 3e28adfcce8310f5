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
    "audio": ("audio.speech", "audio.transcriptions", "audio.translations"),
    "batches": ("batches",),
    "chat": ("chat.completions", "chat.messages"),
    "completions": ("completions",),
    "conversations": ("conversations", "conversations.items"),
    "containers": ("containers", "containers.files", "containers.files.content"),
    "embeddings": ("embeddings",),
    "files": ("files",),
    "fine_tuning": ("fine_tuning.alpha.graders", "fine_tuning.checkpoints.permissions", "fine_tuning.jobs", "fine_tuning.jobs.checkpoints"),
    "images": ("images",),
    "models": ("models",),
    "moderations": ("moderations",),
    "realtime": ("realtime.client_secrets", "realtime.sessions", "realtime.calls"),
    "responses": ("responses", "responses.kept", "responses.input_items", "responses.input_tokens", "responses.compact"),
    "uploads": ("uploads", "uploads.parts"),
    "vector_stores": ("vector_stores", "vector_stores.files", "vector_stores.file_batches"),
    "videos": ("videos",),
}


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
