"""The scenarios of a project: what a test scripts, instead of what the simulated model would say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from mockapi.testing.controls import Controls


class Scenarios:
    """Adds scenarios to a project, lists them and takes them away."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    def add(self, *scenarios: Mapping[str, Any]) -> None:
        """Add scenarios after those that are there. Raises ControlError, and adds none, if one cannot be read."""
        self._controls.post("/_mock/scenarios", {"scenarios": [dict(scenario) for scenario in scenarios]})

    def load(self, path: str | PathLike[str]) -> None:
        """Add the scenarios of a file: TOML with `[[scenarios]]`, or JSON with a list or `{"scenarios": [...]}`.

        Raises ValueError for a file that is neither, OSError for one that cannot be read, and as `add`.
        """
        self.add(*read(Path(path)))

    def list(self) -> list[dict[str, Any]]:
        """The scenarios in the order in which they are tried."""
        found: list[dict[str, Any]] = self._controls.get("/_mock/scenarios")["scenarios"]
        return found

    def clear(self) -> None:
        """Take all scenarios away."""
        self._controls.delete("/_mock/scenarios")


def read(path: Path) -> list[dict[str, Any]]:
    """The scenarios in a file. Raises ValueError with the path in its text, and OSError."""
    text = path.read_text("utf-8")
    try:
        if path.suffix == ".toml":
            import tomllib

            value: Any = tomllib.loads(text)
        else:
            value = json.loads(text)
    except ValueError as fault:
        raise ValueError(f"{path}: {fault}") from None
    found = value.get("scenarios") if isinstance(value, dict) else value
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ValueError(f"{path}: a list of scenarios is expected, by itself or as 'scenarios'")
    return found
