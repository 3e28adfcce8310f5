"""Where the data files are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def folder() -> Path:
    package = Path(__file__).resolve().parent
    installed = package / "fixtures"
    return installed if installed.is_dir() else package.parent / "fixtures"


def load(name: str) -> dict[str, Any]:
    """Read one TOML file, named by its path under `fixtures/`."""
    with (folder() / name).open("rb") as file:
        return tomllib.load(file)
