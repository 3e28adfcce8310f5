"""Behaviours, one module per resource of the API. Importing this package fills the registry."""

from importlib import import_module

from mockapi.operations import OPERATIONS

_MODULES = (
    "audio.speech",
    "audio.transcriptions",
    "audio.translations",
    "batches",
    "chat.completions",
    "chat.messages",
    "completions",
    "embeddings",
    "files",
    "fine_tuning.alpha.graders",
    "fine_tuning.checkpoints.permissions",
    "fine_tuning.jobs",
    "fine_tuning.jobs.checkpoints",
    "images",
    "models",
    "moderations",
    "uploads",
    "uploads.parts",
)

for _module in _MODULES:
    import_module(f"{__name__}.{_module}")

__all__ = ["OPERATIONS"]
