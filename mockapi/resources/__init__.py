"""Behaviours, one module per resource of the API. A module is imported when a path of its is first asked for, and fills the registry."""

from __future__ import annotations

from importlib import import_module

from mockapi import operations
from mockapi.operations import Operation

# The modules that serve the paths that begin with a segment.
_HOMES: dict[str, tuple[str, ...]] = {
    "assistants": ("assistants",),
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
    "responses": ("responses", "responses.kept", "responses.input_items", "responses.input_tokens", "responses.compact"),
    "threads": ("threads", "threads.messages", "threads.runs", "threads.runs.steps"),
    "uploads": ("uploads", "uploads.parts"),
    "vector_stores": ("vector_stores", "vector_stores.files", "vector_stores.file_batches"),
    "videos": ("videos",),
}


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
