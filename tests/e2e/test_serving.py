"""Serving: who asks at once is answered before the rest is made ready, which no open call can put off for long."""

from __future__ import annotations

import socket
import subprocess
import threading
import time

import httpx2

from tests.e2e.test_process import COMMAND, QUIET

CHAT = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello"}]}


def test_it_gets_ready_though_a_call_is_open_from_the_first_moment() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root, answered = f"http://127.0.0.1:{port}", threading.Event()
    statuses: list[int] = []

    def ask() -> None:
        with httpx2.Client(timeout=60) as http:
            while not statuses:
                try:
                    statuses.append(
                        http.post(f"{root}/v1/chat/completions", json=CHAT, headers={"authorization": "Bearer sk-a"}).status_code
                    )
                except httpx2.ConnectError:
                    time.sleep(0.001)
            answered.set()

    asking = threading.Thread(target=ask)
    asking.start()
    command = [*COMMAND, "--port", str(port), "--latency", "first=20s"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=QUIET) as process:
        try:
            assert process.stdout is not None
            assert "is ready" in process.stdout.readline() and not answered.is_set()
            assert httpx2.get(f"{root}/ready").status_code == 200
            # The clock that the answer waits for is moved on.
            httpx2.post(f"{root}/_mock/clock", json={"advance": "1m"}, headers={"authorization": "Bearer sk-a"})
            asking.join(30)
            assert statuses == [200]
            process.terminate()
            _, told = process.communicate(timeout=30)
            assert (process.returncode, told) == (0, "")
        finally:
            process.kill()
