"""A server process that is looked at from outside: its memory, its open files, what it says is open, and how long others wait."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx2
from openai import OpenAI

from tests.e2e.test_process import running

MIB = 1024


class Watched:
    """A running server."""

    def __init__(self, process: subprocess.Popen[str], base_url: str) -> None:
        self.process = process
        self.base_url = base_url
        self.root = base_url.removesuffix("/v1")
        host, port = self.root.removeprefix("http://").split(":")
        self.address = host, int(port)
        self.http = httpx2.Client(headers={"authorization": "Bearer sk-soak"}, timeout=60)

    def client(self, key: str) -> OpenAI:
        return OpenAI(base_url=self.base_url, api_key=key, max_retries=0)

    def resident(self) -> int:
        """The memory that is used now, in KiB."""
        return int(Path(f"/proc/{self.process.pid}/status").read_text().partition("VmRSS:")[2].split()[0])

    def files(self) -> int:
        """How many files and sockets are open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def metric(self, name: str) -> float:
        """A figure without labels."""
        found = re.search(rf"^{name} (\S+)$", self.http.get(f"{self.root}/metrics").text, re.MULTILINE)
        assert found, name
        return float(found[1])

    def peer(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=30)

    def send(self, pieces: Iterable[bytes]) -> bytes:
        """What comes back for some bytes until the server closes the connection, or has said nothing more for a second."""
        with self.peer() as peer:
            with contextlib.suppress(ConnectionError):
                for piece in pieces:
                    peer.sendall(piece)
            peer.settimeout(1)
            received = b""
            with contextlib.suppress(TimeoutError, ConnectionError):
                while piece := peer.recv(65536):
                    received += piece
            return received

    @contextlib.contextmanager
    def harmless(self, *, seconds: float = 0.5, mib: int = 100) -> Iterator[None]:
        """Fails where another client had to wait for so long in the meantime, or memory grew by so much."""
        ended = threading.Event()
        waits: list[float] = []
        sizes = [self.resident()]

        def ask() -> None:
            with httpx2.Client(timeout=60) as http:
                while not ended.is_set():
                    begun = time.perf_counter()
                    http.get(f"{self.root}/health").raise_for_status()
                    waits.append(time.perf_counter() - begun)
                    sizes.append(self.resident())
                    time.sleep(0.01)

        thread = threading.Thread(target=ask)
        thread.start()
        while not waits:
            time.sleep(0.01)
        waits.clear()
        try:
            yield
        finally:
            ended.set()
            thread.join()
        assert max(waits, default=0) < seconds, f"others waited for {max(waits):.2f} s"
        assert max(sizes) - sizes[0] < mib * MIB, f"memory grew by {(max(sizes) - sizes[0]) // MIB} MiB"


@contextlib.contextmanager
def watched(*arguments: str, most_files: int | None = None) -> Iterator[Watched]:
    """A server of its own, which may open `most_files`, and has to end well with nothing to tell but warnings."""
    within = () if most_files is None else ("sh", "-c", f'ulimit -n {most_files}; exec "$0" "$@"')
    with running("--port", "0", *arguments, within=within) as (process, base_url, _):
        server = Watched(process, base_url)
        while server.http.get(f"{server.root}/ready").status_code != 200:
            time.sleep(0.02)
        with contextlib.closing(server.http):
            yield server
        process.terminate()
        _, told = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "Traceback" not in told and "ERROR" not in told, told
