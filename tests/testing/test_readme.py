"""What the README shows of tests works as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mockapi import Server

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """The Python of each part of the section, by the part's heading."""
    section = README.read_text("utf-8").split("\n## In tests\n")[1].split("\n## ")[0]
    parts = [part.partition("\n") for part in section.split("\n### ")[1:]]
    return {heading: found[1] for heading, _, text in parts if (found := re.search(r"```python\n(.*?)```", text, re.DOTALL))}


def test_each_part_shows_something(shown: dict[str, str]) -> None:
    assert list(shown) == ["pytest", "unittest, or anything else in Python", "Without a socket"]


def test_with_pytest(shown: dict[str, str], pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(shown["pytest"])
    pytester.runpytest_inprocess("-p", "mockapi.testing.plugin", "-p", "no:cacheprovider").assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("part", "arguments"),
    [("unittest, or anything else in Python", ["-m", "unittest", "-v", "test_shown"]), ("Without a socket", ["test_shown.py"])],
)
def test_without_pytest(shown: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, arguments: list[str]) -> None:
    (tmp_path / "test_shown.py").write_text(shown[part])
    monkeypatch.setenv("PYTHONPATH", str(README.parent))
    done = subprocess.run([sys.executable, "-W", "error", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "unittest" not in arguments or "Ran 1 test" in done.stderr
