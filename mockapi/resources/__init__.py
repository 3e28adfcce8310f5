"""Behaviours, one module per resource of the API. Importing this package fills the registry."""

from mockapi.operations import OPERATIONS
from mockapi.resources import files, models
from mockapi.resources.chat import completions, messages

__all__ = ["OPERATIONS", "completions", "files", "messages", "models"]
