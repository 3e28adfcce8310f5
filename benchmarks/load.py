"""The load generator: raw HTTP/1.1 on kept connections, each of which asks anew as soon as it is answered.

A program of its own, so that it can have a core of its own: one job comes as JSON on stdin, what was seen goes as JSON to stdout.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

# Stands in a body where the number of the request is to stand; as long as that number, so that Content-Length stays right.
SERIAL = "#" * 12
# Half of what the server's default tier lets one key do in a minute: its limits are on and never hit.
_CALLS_PER_KEY = 15_000
_MOST_ERRORS = 100
_LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass(frozen=True)
class Job:
    """What to ask, on how many connections, and until when: for some seconds, or for a number of calls.

    `number` is that of the job: keys and serial numbers follow from it, so that no two jobs share any.
    """

    port: int
    body: str
    connections: int
    number: int
    seconds: float = 3600.0
    calls: int = 10**9


@dataclass(frozen=True)
class Outcome:
    """What came of a job. Times are in seconds; `first` is the time to the first bytes of a body."""

    calls: int
    events: int
    errors: int
    complaint: str
    wall: float
    cpu: float
    p50: float
    p99: float
    first_p50: float
    first_p99: float


class Run:
    """A job being done: hands out requests and counts what comes back."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.events = 0
        self.errors = 0
        self.complaint = ""
        self.took: list[float] = []
        self.first: list[float] = []
        self._fresh = SERIAL in job.body
        self._asked = 0
        self._request = b""
        self._until = 0.0
        self._open = job.connections
        self._done = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[None]] = set()

    async def work(self) -> float:
        """Do the job. Returns how long it took, without the time to connect."""
        connections = [await self._connect() for _ in range(self.job.connections)]
        start = time.perf_counter()
        self._until = start + self.job.seconds
        for connection in connections:
            connection.ask()
        await self._done
        return time.perf_counter() - start

    def next_request(self) -> bytes | None:
        """The bytes of one request after another; None once there is nothing more to ask."""
        if self._asked >= self.job.calls or self.errors >= _MOST_ERRORS or time.perf_counter() >= self._until:
            return None
        if self._asked % _CALLS_PER_KEY == 0:
            self._request = _request(self.job, self._asked // _CALLS_PER_KEY)
        self._asked += 1
        return self._request.replace(SERIAL.encode(), b"%04d%08d" % (self.job.number, self._asked)) if self._fresh else self._request

    def fault(self, told: str) -> None:
        self.errors += 1
        self.complaint = self.complaint or told

    def left(self) -> None:
        """One connection has nothing more to ask."""
        self._open -= 1
        if not self._open:
            self._done.set_result(None)

    def lost(self) -> None:
        """The server closed a connection that was asking: another takes its place."""
        self.fault("the server closed a connection")
        task = asyncio.get_running_loop().create_task(self._replace())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self) -> Connection:
        _, connection = await asyncio.get_running_loop().create_connection(lambda: Connection(self), "127.0.0.1", self.job.port)
        return connection

    async def _replace(self) -> None:
        try:
            connection = await self._connect()
        except OSError as error:
            self.fault(str(error))
            self.left()
        else:
            connection.ask()


def _request(job: Job, key: int) -> bytes:
    body = job.body.encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1",
        f"Host: 127.0.0.1:{job.port}",
        "Content-Type: application/json",
        f"Authorization: Bearer sk-bench-{job.number}-{key}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class Connection(asyncio.Protocol):
    """Asks, reads the answer, asks again."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._transport: Any = None
        self._received = bytearray()
        self._sent = 0.0
        self._first = 0.0
        self._body = 0
        self._end: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def ask(self) -> None:
        request = self._run.next_request()
        if request is None:
            transport, self._transport = self._transport, None
            transport.abort()
            self._run.left()
            return
        self._received.clear()
        self._body = 0
        self._first = 0.0
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        if not self._body and not self._read_head():
            return
        if not self._first and len(received) > self._body:
            self._first = time.perf_counter()
        if received.endswith(_LAST_CHUNK) if self._end is None else len(received) >= self._end:
            self._count()
            self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._run.lost()

    def _read_head(self) -> bool:
        """Find where the body starts and, unless it comes in chunks, where it ends. Returns False while the head is incomplete."""
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return False
        self._body = end + 4
        _, found, length = bytes(self._received[:end]).lower().partition(b"\r\ncontent-length:")
        self._end = self._body + int(length.partition(b"\r\n")[0]) if found else None
        return True

    def _count(self) -> None:
        run, received = self._run, self._received
        if received[9:12] != b"200":
            run.fault((received[9 : received.index(b"\r\n")] + b": " + received[self._body :][:300]).decode("utf-8", "replace"))
            return
        run.took.append(time.perf_counter() - self._sent)
        run.first.append(self._first - self._sent)
        if self._end is None:
            run.events += received.count(b"data: ")


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0


async def outcome(job: Job) -> Outcome:
    run = Run(job)
    before = time.process_time()
    wall = await run.work()
    cpu = time.process_time() - before
    took, first = sorted(run.took), sorted(run.first)
    return Outcome(
        calls=len(took),
        events=run.events,
        errors=run.errors,
        complaint=run.complaint,
        wall=wall,
        cpu=cpu,
        p50=_at(took, 0.5),
        p99=_at(took, 0.99),
        first_p50=_at(first, 0.5),
        first_p99=_at(first, 0.99),
    )


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def main() -> None:
    # A collection in the midst of a run would look like a pause of the server.
    gc.disable()
    job = Job(**json.load(sys.stdin))
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        sys.stdout.write(json.dumps(asdict(runner.run(outcome(job)))))


if __name__ == "__main__":
    main()
