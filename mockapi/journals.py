"""The journal of a world that several processes serve: calls are written down, so that each of them reads what all of them answered."""

from __future__ import annotations

import base64
import logging
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from mockapi import catalogue, json
from mockapi.admission import spend
from mockapi.admission.keys import Caller
from mockapi.clock import ticks, wall_micros
from mockapi.errors import ApiError
from mockapi.journal import CUT, Journal, Kept, Shelf, shown
from mockapi.operations import OPERATIONS, Operation
from mockapi.scenario.script import Script
from mockapi.scenario.shapes import Reply as ScriptedReply
from mockapi.store import SharedStore
from mockapi.transport.call import Call
from mockapi.transport.faults import Fault
from mockapi.transport.reply import Head, Reply

_log = logging.getLogger("mockapi")
_MICRO = 1000


class SharedJournal(Journal):
    """The latest calls of a world, as they are written down in a store."""

    __slots__ = ("_store",)

    def __init__(self, shelf: Shelf, project: str | None, store: SharedStore) -> None:
        super().__init__(shelf, project)
        self._store = store

    def add(self, call: Call, reply: Reply | Kept, began: int) -> Awaitable[None] | None:
        super().add(call, reply, began)
        return self._note(written(call))

    async def _note(self, entry: bytes) -> None:
        try:
            await self._store.note(entry, self.shelf.most_calls, self.shelf.most_bytes)
        except ApiError as error:
            # The answer is told all the same.
            _log.warning("%s", error.message)

    def _keep(self, fresh: list[Call]) -> None:
        """Nothing is kept here."""

    async def calls(self) -> tuple[list[Call], int]:
        first, entries = await self._store.noted()
        surplus = max(0, len(entries) - self.shelf.most_calls)
        return [read(entry) for entry in entries[surplus:]], first + surplus

    async def last(self) -> int:
        return await self._store.last()

    async def dropped(self) -> int:
        _, first = await self.calls()
        return first - 1 - await self._store.tally(_CLEARED, "calls")

    async def weight(self) -> tuple[int, int]:
        self._count()
        _, entries = await self._store.noted()
        return len(entries), sum(map(len, entries))

    async def clear(self) -> None:
        self._count()
        before = await self._store.tally(_CLEARED, "calls")
        await self._store.count(_CLEARED, {"calls": await self.last() - before})
        await self._store.tear_out()


# The counter of calls that were forgotten because somebody wished so.
_CLEARED = "journal cleared"


def written(call: Call) -> bytes:
    """A call and its answer in one text, cut as a journal cuts them. Times are real, in nanoseconds, but for when it was done."""
    reply, kept = call.reply, call.reply if isinstance(call.reply, Kept) else None
    caller: Caller | None = getattr(call, "caller", None)
    cost = None if call.used is None or call.card is None else spend.price(call.card, call.used, call.rate)
    return json.write(
        {
            "operation": call.operation.id,
            "method": call.method,
            "path": base64.b64encode(call.path.encode("utf-8", "surrogatepass")),
            "query": call.query_string.decode("latin-1"),
            "headers": [[name.decode("latin-1"), shown(name, value)] for name, value in call.headers.items()],
            "body": base64.b64encode(call.body[:CUT]),
            "request_size": len(call.body) if kept is None else kept.request_size,
            "id": call.id,
            "now": call.now,
            "model": None if call.card is None else [call.card.id, call.card.asked_as],
            "scenario": None if call.script is None else call.script.name,
            "mishap": call.mishap,
            "fault": None if call.fault is None else call.fault.kind,
            "tier": None if caller is None else caller.tier,
            "limits": call.limits.decode("latin-1"),
            "hit": call.hit,
            "used": call.used,
            "rate": call.rate,
            "cost": cost,
            "status": reply.status,
            "head": None if reply.head is None else reply.head.text.decode("latin-1"),
            "reply": base64.b64encode(reply.body[:CUT]),
            "size": len(reply.body) if kept is None else kept.size,
            "pieces": None if kept is None else [base64.b64encode(piece) for piece in kept.pieces],
            "ended": None if kept is None else kept.ended,
            "took": call.done - call.began,
            "headed": None if kept is None or not kept.headed else kept.headed - call.began,
            "done": wall_micros() - (ticks() - call.done) // _MICRO,
        }
    )


def read(entry: bytes) -> Call:
    """The call that was written down."""
    told: dict[str, Any] = json.read(entry)
    headers = {name.encode("latin-1"): value.encode("latin-1") for name, value in told["headers"]}
    scope = {
        "method": told["method"],
        "path": _bytes(told["path"]).decode("utf-8", "surrogatepass"),
        "query_string": told["query"].encode("latin-1"),
    }
    operation = OPERATIONS.get(told["operation"]) or Operation(told["operation"], "", "", _nothing)
    call = Call(scope, headers, operation, {}, _bytes(told["body"]))
    call.id, call.now, call.mishap, call.hit, call.rate = told["id"], told["now"], told["mishap"], told["hit"], told["rate"]
    call.limits, call.used = told["limits"].encode("latin-1"), told["used"]
    if told["model"] is not None:
        known, asked_as = told["model"]
        card = catalogue.card(known)
        call.card = None if card is None else replace(card, asked_as=asked_as)
    if told["scenario"] is not None:
        call.script = Script(told["scenario"], ScriptedReply())
    if told["fault"] is not None:
        call.fault = Fault(told["fault"], 0, 0)
    if told["tier"] is not None:
        call.caller = Caller("", told["tier"])
    head = None if told["head"] is None else Head(told["head"].encode("latin-1"))
    call.reply = kept = Kept(told["status"], head, _bytes(told["reply"]), told["size"], told["request_size"])
    kept.pieces, kept.ended, kept.cost = [_bytes(piece) for piece in told["pieces"] or ()], told["ended"], told["cost"]
    call.done = told["done"] * _MICRO
    call.began = call.done - told["took"]
    kept.headed = call.began + (told["headed"] or 0)
    return call


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


async def _nothing(call: Call) -> None:
    raise NotImplementedError
