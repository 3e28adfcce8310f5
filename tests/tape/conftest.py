"""Recorders, replayers and upstreams on real sockets, in threads of the test's process."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn

from mockapi.settings import Recording, Replaying
from mockapi.tape.record import Recorder
from mockapi.tape.replay import Replayer


@contextlib.contextmanager
def hosted(app: Any) -> Iterator[str]:
    """The origin of an ASGI application that is served meanwhile."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(app, ws="none", log_config=None, server_header=False, date_header=False, timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(15)


@contextlib.contextmanager
def recording(upstream: str, tape: Path, **further: Any) -> Iterator[str]:
    """The base URL of a recorder; the tape is whole once it is left."""
    further["tapes" if further.pop("folder", False) else "tape"] = str(tape)
    with hosted(Recorder(Recording(upstream=upstream, **further))) as origin:
        yield f"{origin}/v1"


@contextlib.contextmanager
def replaying(*tapes: Path, **settings: Any) -> Iterator[str]:
    """The base URL of a replayer."""
    with hosted(Replayer(Replaying(**settings), [str(tape) for tape in tapes])) as origin:
        yield f"{origin}/v1"


class Upstream:
    """An API that answers what the test tells it: a status, headers, and pieces, each sent by itself."""

    def __init__(self, *pieces: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.pieces = pieces
        self.status = status
        self.headers = headers or {"content-type": "application/json"}
        self.seen: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        message = await receive()
        body = message["body"]
        while message.get("more_body"):
            message = await receive()
            body += message["body"]
        self.seen.append({**scope, "body": body})
        await send(
            {"type": "http.response.start", "status": self.status, "headers": [(k.encode(), v.encode()) for k, v in self.headers.items()]}
        )
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await self.between(receive)
        await send({"type": "http.response.body", "body": b""})

    async def between(self, receive: Any) -> None:
        """What happens between two pieces."""
