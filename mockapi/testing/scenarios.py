"""The scenarios of a project: what a test scripts, instead of what the simulated model would say."""

from __future__ import annotations

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
        """Add the scenarios of a file, as `--scenarios` reads it. Raises ValueError for one that cannot be read, and as `add`."""
        self.add(*read(Path(path)))

    def list(self) -> list[dict[str, Any]]:
        """The scenarios in the order in which they are tried."""
        found: list[dict[str, Any]] = self._controls.get("/_mock/scenarios")["scenarios"]
        return found

    def clear(self) -> None:
        """Take all scenarios away."""
        self._controls.delete("/_mock/scenarios")


def read(path: Path) -> list[dict[str, Any]]:
    """The scenarios in a YAML or JSON file. Raises ValueError with the path, the line and what is wrong there."""
    from mockapi.scenario import load

    return [scenario.model_dump(by_alias=True, exclude_unset=True) for scenario in load.read(path)]
