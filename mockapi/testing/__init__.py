"""What tests in Python use the server by: a handle on a project, the pytest plugin, and a transport without a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockapi import lazily

if TYPE_CHECKING:
    from mockapi.testing.controls import ControlError
    from mockapi.testing.inside import transport
    from mockapi.testing.journal import CallRecord
    from mockapi.testing.mock import Mock

__all__ = ["CallRecord", "ControlError", "Mock", "transport"]

# pytest imports this package with its plugin in every session, whether or not a test uses it.
__getattr__ = lazily.names(__name__, {"Mock": "mock", "CallRecord": "journal", "ControlError": "controls", "transport": "inside"})
