"""A local server that emulates the OpenAI API: free, offline, instant and repeatable."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockapi.app import create_app
    from mockapi.server import Server
    from mockapi.settings import Settings

__version__ = "0.1.0"
__all__ = ["Server", "Settings", "__version__", "create_app"]

_HOMES = {"create_app": "mockapi.app", "Settings": "mockapi.settings", "Server": "mockapi.server"}


def __getattr__(name: str) -> object:
    # Imported on first use: `import mockapi` in a test session must not cost a server's imports.
    if name not in _HOMES:
        raise AttributeError(f"module 'mockapi' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
