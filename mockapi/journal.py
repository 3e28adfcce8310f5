"""What a world remembers of the calls it answered. Only references are kept while a call is answered; whoever asks reads them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from mockapi.clock import ticks
from mockapi.tally import Tally

if TYPE_CHECKING:
    from mockapi.transport.call import Call
    from mockapi.transport.reply import Head, Opening, Reply

# Bytes of a body that are kept.
CUT = 64 * 1024
# About what a call weighs beside its bodies: headers, names, the answer's head.
_EACH = 4096
# How many calls are weighed at once: one by one it would cost each of them more than all else here.
_TURN = 64

# How a stream ended: all of it was sent, the client went away before, or the server broke it off.
End = Literal["whole", "left", "cut"]
# Hears of calls that are answered, and of the project that they belong to.
Heard = Callable[[Sequence["Call"], str | None], None]


_SECRET = frozenset((b"authorization", b"proxy-authorization", b"cookie", b"api-key", b"x-api-key", b"x-mock-controls-key"))
_MASK = "***"


def shown(name: bytes, value: bytes) -> str:
    """A header's value as it is told; of a secret its first and last characters, behind the scheme that it is told with."""
    text = value.decode("latin-1")
    if name not in _SECRET or _MASK in text:
        return text
    scheme, blank, secret = text.rpartition(" ")
    first, last = min(8, len(secret) // 4), min(4, len(secret) // 4)
    return f"{scheme}{blank}{secret[:first]}{_MASK}{secret[len(secret) - last :]}"


class Kept:
    """An answer that is kept in another form than it was sent: cut, as the writes of a stream, or of an errand, which has no head.

    `request_size` and `size` are the bytes that the request and the answer had (None: nobody counted). Of a stream there are `pieces`
    instead of a body: what left, write by write; `ended` tells how it did, `headed` when its head left, in `ticks`. `cost` is what the call
    cost in picodollars, where that was worked out already.
    """

    __slots__ = ("body", "cost", "ended", "head", "headed", "pieces", "request_size", "size", "status")

    def __init__(self, status: int, head: Head | None, body: bytes, size: int | None, request_size: int) -> None:
        self.status = status
        self.head = head
        self.body = body
        self.size = size
        self.request_size = request_size
        self.pieces: list[bytes] = []
        self.ended: End | None = None
        self.headed = 0
        self.cost: int | None = None


class Shelf:
    """What the journals of a server share: the most that each may keep, what is counted, who waits for the next call, and who hears of
    every one."""

    __slots__ = ("born", "closed", "heard", "most_bytes", "most_calls", "tally", "waiting")

    def __init__(self, most_calls: int, most_bytes: int, heard: Heard | None) -> None:
        self.most_calls = most_calls
        self.most_bytes = most_bytes
        self.heard = heard
        self.tally = Tally()
        self.born = ticks()
        self.waiting: set[asyncio.Future[None]] = set()
        self.closed = False

    def count_from_epoch(self) -> None:
        """Count the time of calls as others do: from the Unix epoch on."""
        self.born = 0

    def ring(self) -> None:
        """Wake whoever waits."""
        for waiter in self.waiting:
            if not waiter.done():
                waiter.set_result(None)

    def close(self) -> None:
        """Let nobody wait any more: the server ends."""
        self.closed = True
        self.ring()

    async def wait(self) -> None:
        """Wait for the next call of any world, or for the end of the server."""
        if self.closed:
            return
        waiter = asyncio.get_running_loop().create_future()
        self.waiting.add(waiter)
        try:
            await waiter
        finally:
            self.waiting.discard(waiter)


class Journal:
    """The latest calls of a world. The first call of a world has number 1."""

    __slots__ = ("_bytes", "_calls", "_chunks", "_cleared", "_dropped", "_fresh", "_project", "_turn", "shelf")

    def __init__(self, shelf: Shelf, project: str | None) -> None:
        self.shelf = shelf
        self._project = project
        self._turn = _TURN if shelf.heard is None else 1
        # Calls that were weighed, with their weight, oldest first; and those that were not yet.
        self._chunks: deque[tuple[list[Call], int]] = deque()
        self._fresh: list[Call] = []
        self._calls = self._bytes = 0
        self._cleared = self._dropped = 0

    def add(self, call: Call, reply: Reply | Kept, began: int) -> Awaitable[None] | None:
        """Keep a call that is answered; `began` is what `ticks` told when it came in. Where others read it too, it waits for them."""
        call.reply = reply
        call.began = began
        call.done = ticks()
        fresh = self._fresh
        fresh.append(call)
        if len(fresh) >= self._turn or len(call.body) + len(reply.body) > CUT or self.shelf.waiting:
            self._weigh()
            self.shelf.ring()
        return None

    def _weigh(self) -> None:
        """Count what is new, and keep it."""
        fresh, self._fresh = self._fresh, []
        self.shelf.tally.count(fresh)
        if self.shelf.heard is not None:
            self.shelf.heard(fresh, self._project)
        self._keep(fresh)

    def _keep(self, fresh: list[Call]) -> None:
        """Cut what is long, and let the oldest calls make room."""
        weight = _EACH * len(fresh)
        for call in fresh:
            reply = call.reply
            size = len(call.body) + len(reply.body)
            weight += _cut(call) if size > CUT or type(reply) is Kept else size
        self._chunks.append((fresh, weight))
        self._calls += len(fresh)
        self._bytes += weight
        chunks, shelf = self._chunks, self.shelf
        while chunks and (self._calls - len(chunks[0][0]) >= shelf.most_calls or self._bytes > shelf.most_bytes):
            gone, weight = chunks.popleft()
            self._calls -= len(gone)
            self._bytes -= weight
            self._dropped += len(gone)

    async def calls(self) -> tuple[list[Call], int]:
        """The calls that are kept, oldest first, and the number of the first of them."""
        held = [*chain.from_iterable(chunk for chunk, _ in self._chunks), *self._fresh]
        surplus = max(0, len(held) - self.shelf.most_calls)
        return held[surplus:], self._cleared + self._dropped + surplus + 1

    async def last(self) -> int:
        """The number of the latest call."""
        return self._last

    @property
    def _last(self) -> int:
        return self._cleared + self._dropped + self._calls + len(self._fresh)

    async def dropped(self) -> int:
        """How many calls had to make room since the journal was emptied."""
        return self._dropped + max(0, self._calls + len(self._fresh) - self.shelf.most_calls)

    async def weight(self) -> tuple[int, int]:
        """How many calls are kept and about how many bytes they are; all that are answered are counted then."""
        self._count()
        return self._calls, self._bytes

    def _count(self) -> None:
        if self._fresh:
            self._weigh()

    def end(self) -> None:
        """Count what is new, and from now on each call at once: nobody will ask this journal any more."""
        self._count()
        self._turn = 1

    async def clear(self) -> None:
        """Forget all calls; the numbers go on."""
        self._count()
        self._cleared, self._dropped = self._last, 0
        self._chunks.clear()
        self._fresh = []
        self._calls = self._bytes = 0


def _cut(call: Call) -> int:
    """Keep no more of a call's bodies than may be kept. Returns the bytes of what is left."""
    reply = call.reply
    if not isinstance(reply, Kept):
        call.reply = reply = Kept(reply.status, reply.head, reply.body, len(reply.body), len(call.body))
    call.body = call.body[:CUT]
    reply.body = reply.body[:CUT]
    return len(call.body) + len(reply.body) + sum(map(len, reply.pieces))


class Streamed:
    """Sends a stream's writes and notes what leaves; the call is in the journal before its last byte is on the way."""

    def __init__(self, call: Call, answer: Opening, began: int, send: Callable[[Any], Awaitable[None]]) -> None:
        self._kept = Kept(answer.status, answer.head, b"", 0, len(call.body))
        self._kept.headed = ticks()
        self._call = call
        self._world = call.world
        self._journal = call.world.journal
        self._journal.shelf.tally.streams += 1
        self._began = began
        self._send = send
        self._size = 0

    def send(self, message: Any) -> Awaitable[None]:
        """Send a piece of the body."""
        piece: bytes = message["body"]
        if piece and self._size < CUT:
            self._kept.pieces.append(piece[: CUT - self._size])
        self._size += len(piece)
        if not message["more_body"]:
            waits = self._note("whole")
            if waits is not None:
                return self._sent_after(waits, message)
        return self._send(message)

    async def _sent_after(self, waits: Awaitable[None], message: Any) -> None:
        await waits
        await self._send(message)

    def end(self, how: End) -> None:
        """Note how the stream ended, unless that is known."""
        waits = self._note(how)
        if waits is not None:
            self._world.start(_done(waits))

    def _note(self, how: End) -> Awaitable[None] | None:
        if self._kept.ended is not None:
            return None
        self._kept.ended, self._kept.size = how, self._size
        self._journal.shelf.tally.streams -= 1
        return self._journal.add(self._call, self._kept, self._began)


async def _done(waits: Awaitable[None]) -> None:
    await waits
