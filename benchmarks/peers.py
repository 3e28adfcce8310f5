"""Two other mocks of chat completions, from the public registries: installed into a folder, told to answer anything with one text."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.bodies import PEER_CUT, PEER_TEXT
from benchmarks.servers import Target

_AIMOCK = "@copilotkit/aimock", "1.43.0"
_LLM_MOCK_API = "llm-mock-api", "0.1.2"


def install(folder: Path) -> list[Target]:
    """Both peers; the one that runs on Node only where there is npm."""
    found = [_python(folder)]
    npm = shutil.which("npm")
    if npm is not None:
        found.insert(0, _node(folder, npm))
    return found


def _node(folder: Path, npm: str) -> Target:
    package, version = _AIMOCK
    subprocess.run(
        [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), f"{package}@{version}"],
        check=True,
        stdout=sys.stderr,
    )
    fixture = folder / "fixture.json"
    fixture.write_text(json.dumps({"fixtures": [{"match": {}, "response": {"content": PEER_TEXT}}]}))
    program = str(folder / "node_modules" / ".bin" / "llmock")
    flags = ("--fixtures", str(fixture), "--chunk-size", str(PEER_CUT), "--log-level", "silent")
    return Target("aimock", (program, "--port", "{port}", *flags), f"{version} (Node)", folder)


def _python(folder: Path) -> Target:
    package, version = _LLM_MOCK_API
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    programs = folder / "venv" / "bin"
    subprocess.run([str(programs / "pip"), "install", "--quiet", f"{package}=={version}"], check=True, stdout=sys.stderr)
    flags = ("--fallback", PEER_TEXT, "--chunk-size", str(PEER_CUT), "--latency", "0")
    return Target(package, (str(programs / package), "start", "--port", "{port}", *flags), f"{version} (Python)", folder)
