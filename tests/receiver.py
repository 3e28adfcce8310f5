"""Somebody who gets webhooks: an HTTP server on a real socket that keeps what it was sent and answers as it is told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from openai import OpenAI


class Received:
    """One request as it came."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.path = path
        self.headers = headers
        self.body = body

    def unwrapped(self, secret: str) -> Any:
        """The event, once the official SDK has found its signature right."""
        with OpenAI(api_key="sk-receiver", webhook_secret=secret) as client:
            return client.webhooks.unwrap(self.body, self.headers)


class Receiver:
    """`statuses` are answered one after another, then 200; a status of 0 answers nothing and closes, one of -1 hangs until the end."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.statuses: list[int] = []
        self._over = threading.Event()
        receiver = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.received.append(Received(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status = receiver.statuses.pop(0) if receiver.statuses else 200
                if status == -1:
                    receiver._over.wait(30)
                elif status:
                    self.send_response(status)
                    self.send_header("location", "/elsewhere")
                    self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def wait(self, count: int) -> list[Received]:
        """All that came, once it is so many."""
        eventually(lambda: len(self.received) >= count)
        return self.received


def eventually(holds: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something holds. Raises AssertionError if it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)
