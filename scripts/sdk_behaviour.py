"""Runs the official SDKs against every fault of a server of their own, and writes what they did as Markdown.

`python scripts/sdk_behaviour.py [FOLDER]`: FOLDER is where `npm install openai` was run; without it only the Python SDK is measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai
from openai import OpenAI

from mockapi import Server

# What is done to a call: its name, the fault, whether the call streams.
FAULTS: tuple[tuple[str, str, bool], ...] = (
    *((f"{name}", name, False) for name in (
        "rate_limit_requests", "rate_limit_tokens", "request_too_large", "insufficient_quota", "invalid_api_key", "bad_request",
        "not_found", "conflict", "unprocessable", "server_error", "bad_gateway", "overloaded", "gateway_timeout", "site_overloaded",
    )),
    ("connection reset before an answer", "reset", False),
    ("connection reset in the midst of a body", "reset:50", False),
    ("empty reply", "empty", False),
    ("whole body cut", "cut:50", False),
    ("nothing comes (client waits 1 s)", "stall:30", False),
    ("stream cut after 3 events", "cut:3", True),
    ("stream reset after 3 events", "reset:3", True),
    ("stream stands still (client waits 1 s)", "stall_stream:3", True),
    ("an event that is no JSON", "malformed:3", True),
    ("an event twice", "duplicate:3", True),
    ("no [DONE]", "no_done", True),
    ("an error event in the stream", "error_event:3", True),
)  # fmt: skip
_PROMPT = "Name three rivers"
_NODE = """
import OpenAI from 'openai';
const [fault, stream, baseURL, apiKey] = process.argv.slice(1);
const client = new OpenAI({ baseURL, apiKey, timeout: 1000, defaultHeaders: { 'x-mock-fault': fault } });
const started = Date.now(); let events = 0, told = 'no error';
try {
  const made = await client.chat.completions.create({ model: 'gpt-4o-mini', stream: stream === 'true',
    messages: [{ role: 'user', content: 'Name three rivers' }] });
  if (stream === 'true') for await (const _ of made) events++;
} catch (error) { told = error.constructor.name; }
console.log(JSON.stringify({ told, events, seconds: (Date.now() - started) / 1000 }));
"""


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def python(server: Server, key: str, fault: str, stream: bool) -> dict[str, Any]:
    """What the Python SDK did: the error that its caller sees, how many events it gave before, and how long it took."""
    started, events, told = time.monotonic(), 0, "no error"
    with OpenAI(base_url=server.base_url, api_key=key, timeout=1.0, default_headers={"x-mock-fault": fault}) as client:
        try:
            made: Any = client.chat.completions.create(model="gpt-4o-mini", stream=stream, messages=[{"role": "user", "content": _PROMPT}])
            for _ in made if stream else ():
                events += 1
        except Exception as error:
            told = type(error).__name__
    return {"told": told, "events": events, "seconds": time.monotonic() - started}


def node(folder: Path) -> Callable[[Server, str, str, bool], dict[str, Any]]:
    def run(server: Server, key: str, fault: str, stream: bool) -> dict[str, Any]:
        words = ("node", "--input-type=module", "-e", _NODE, fault, str(stream).lower(), server.base_url, key)
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True, timeout=120)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return run


def table(name: str, run: Callable[[Server, str, str, bool], dict[str, Any]], server: Server) -> None:
    _write(f"\n## {name}\n")
    _write("| what happens | attempts | its caller sees | events before | seconds |")
    _write("| --- | --: | --- | --: | --: |")
    for number, (what, fault, stream) in enumerate(FAULTS):
        mock = server.project(f"{name.split()[0].lower()}-{number}")
        found = run(server, mock.api_key, fault, stream)
        # A stream is in the journal once the server has seen the client go.
        time.sleep(0.3)
        shown = f"`{found['told']}`" if found["told"] != "no error" else "no error"
        events = found["events"] if stream else ""
        _write(f"| {what} | {mock.journal.count()} | {shown} | {events} | {found['seconds']:.1f} |")


def main() -> None:
    with Server() as server:
        table(f"Python: openai {openai.__version__}", python, server)
        if len(sys.argv) > 1:
            folder = Path(sys.argv[1])
            version = json.loads((folder / "node_modules/openai/package.json").read_text())["version"]
            table(f"Node: openai {version}", node(folder), server)


if __name__ == "__main__":
    main()
