"""The servers that are measured: how each is started, when it answers, and what it uses.

With two cores or more, servers have the first and the load generator the last.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE_SECONDS = 60.0
_UVICORN = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error")


class ServerFault(RuntimeError):
    """A server that ended or did not answer as it should."""


@dataclass(frozen=True)
class Target:
    """A server that can be started; `{port}` in its command stands for the port."""

    name: str
    command: tuple[str, ...]
    version: str = ""
    folder: Path = ROOT


@dataclass(frozen=True)
class Server:
    """A server that runs. What it uses is read from /proc and is NaN where there is none."""

    name: str
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """CPU time of all its threads and of the processes that it made, which /proc counts in nanoseconds."""
        try:
            made = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            tasks = (task for pid in (self.pid, *made) for task in Path(f"/proc/{pid}/task").iterdir())
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
        except OSError:
            return float("nan")

    def rss_mb(self) -> float:
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except OSError:
            return float("nan")
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def bare() -> Target:
    return Target("bare", (sys.executable, "-m", "uvicorn", "benchmarks.bare:app", *_UVICORN, "--port", "{port}"))


def mockapi(*flags: str) -> Target:
    """The server as a user starts it."""
    return Target("mockapi", (sys.executable, "-m", "mockapi", "--port", "{port}", *flags))


def on_core(whose: str) -> list[str]:
    """What to put in front of a command so that it runs on the core of the `server` or of the `load`."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) < 2 or shutil.which("taskset") is None:
        return []
    return ["taskset", "-c", str(cores[0] if whose == "server" else cores[-1])]


@contextmanager
def started(target: Target, body: str) -> Iterator[tuple[Server, float]]:
    """A server that has answered `body` once, and the seconds from its start until then."""
    port = _free_port()
    command = [part.replace("{port}", str(port)) for part in target.command]
    # An installed package has its bytecode beside it, so a checkout may keep its own too.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen([*on_core("server"), *command], cwd=target.folder, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(process, target, port, body)
        yield Server(target.name, port, process.pid), time.perf_counter() - start
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ask(port: int, body: str, key: str) -> bytes:
    """One request and its answer. Raises ServerFault for any status but 200, and OSError while nothing listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    try:
        connection.request("POST", "/v1/chat/completions", body, headers)
        response = connection.getresponse()
        text = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise ServerFault(f"status {response.status}: {text[:300].decode(errors='replace')}")
    return text


def _wait(process: subprocess.Popen[bytes], target: Target, port: int, body: str) -> None:
    until = time.perf_counter() + _PATIENCE_SECONDS
    while process.poll() is None and time.perf_counter() < until:
        try:
            ask(port, body, "sk-bench-first")
        except ConnectionError:
            time.sleep(0.001)
        else:
            return
    raise ServerFault(f"{target.name} does not answer; exit status {process.returncode}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
