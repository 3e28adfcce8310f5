"""A local server that emulates the OpenAI API: free, offline, instant and repeatable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockapi import lazily

if TYPE_CHECKING:
    from mockapi.app import create_app
    from mockapi.server import Server
    from mockapi.settings import Settings

__version__ = "0.1.0"
__all__ = ["Server", "Settings", "__version__", "create_app"]

# `import mockapi` in a test session must not cost a server's imports.
__getattr__ = lazily.names(__name__, {"create_app": "app", "Settings": "settings", "Server": "server"})
