"""Records: the type checker keeps them as they are, and at run time they are cheap."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mockapi.catalogue import Listed
from mockapi.records import record


@record
class Pair:
    left: int
    right: int = 2


def test_a_record_is_made_replaced_and_told_from_its_equals() -> None:
    made = Pair(1)
    other = replace(made, left=3)
    assert (made.left, made.right, other.left, other.right) == (1, 2, 3, 2)
    assert made != Pair(1) and made in {made: "by itself"}
    with pytest.raises(AttributeError):
        setattr(made, "middle", 0)  # noqa: B010


def test_the_type_checker_lets_nobody_change_one(tmp_path: Path) -> None:
    (tmp_path / "changes.py").write_text(
        f"from {Listed.__module__} import Listed\n\nmade = Listed('a', 1, 'b')\nprint(made.id)\nmade.id = 'c'\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(tmp_path / "changes.py")]
    checked = subprocess.run(command, check=False, capture_output=True, text=True, cwd=Path(__file__).resolve().parents[2])
    assert checked.returncode == 1
    assert [line.partition("changes.py:")[2] for line in checked.stdout.splitlines()[:-1]] == [
        '5: error: Property "id" defined in "Listed" is read-only  [misc]'
    ]
