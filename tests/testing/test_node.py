"""The example for Node's test runner works as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "node-test"


def test_the_example_passes() -> None:
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("MOCKAPI_")}
    done = subprocess.run(
        ["node", "--test", "--test-reporter", "tap"],
        cwd=EXAMPLE,
        env={**quiet, "PATH": beside},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = {name: int(count) for name, count in re.findall(r"^# (pass|fail|skipped) (\d+)$", done.stdout, re.MULTILINE)}
    assert told["pass"] >= 3 and told["fail"] == told["skipped"] == 0
