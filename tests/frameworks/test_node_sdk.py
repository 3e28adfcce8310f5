"""The official Node SDK, installed at the version that `node/package.json` pins, in tests of its own runner."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from mockapi import Server
from mockapi.testing import Mock

TESTS = Path(__file__).parent / "node"


def test_the_sdk_notices_nothing(server: Server, key: str, tmp_path: Path) -> None:
    place = shutil.copytree(TESTS, tmp_path / "node", ignore=shutil.ignore_patterns("node_modules"))
    installed = subprocess.run(
        ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--prefer-offline"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert installed.returncode == 0, installed.stderr
    done = subprocess.run(
        ["node", "--test", "--test-reporter", "tap"],
        cwd=place,
        env={**os.environ, **Mock(server.base_url, key).env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = {name: int(count) for name, count in re.findall(r"^# (pass|fail|skipped) (\d+)$", done.stdout, re.MULTILINE)}
    assert told == {"pass": 14, "fail": 0, "skipped": 0}
