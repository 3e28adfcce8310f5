"""Calls: create, accept, reject, refer, hangup. `client.realtime.calls`.

No sound goes through: a call is there to be answered, listened to over a WebSocket that names it, and ended.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from mockapi import ids, webhooks
from mockapi.clock import SECOND
from mockapi.contract.realtime import calls as contract
from mockapi.contract.realtime import sessions as settings
from mockapi.operations import operation
from mockapi.resources.realtime import made, refusals, secrets
from mockapi.seed import Stream
from mockapi.transport.call import Call
from mockapi.transport.reply import Content
from mockapi.world import World

# Seconds between two looks at whether a call that somebody listens to is over.
_LOOK = 0.1
KIND = "realtime.call"
_HEADERS = ((b"timing-allow-origin", b"*"),)


@operation(
    "POST /realtime/calls",
    id="create-realtime-call",
    form=contract.CreateCall,
    plain=("application/sdp", "sdp"),
    contents=("application/sdp",),
    status=201,
)
async def create(call: Call) -> Content:
    """seen: A.1 and A.3, a plain text with the place of the call; the document names its type application/sdp"""
    given: dict[str, Any] = call.asked.json
    of_key = await secrets.session_of(call)
    session = of_key if of_key is not None else await made.session(call, given.get("session") or {"type": "realtime"})
    call_id = ids.brief("rtc_u0_", call.now // SECOND, call.stream.child(1))
    await call.world.store.put(KIND, call_id, {"id": call_id, "status": "active", "session": session})
    place = (b"location", f"/v1/realtime/calls/{call_id}".encode())
    return Content(answered(given["sdp"], call.stream.child(2)).encode(), "application/sdp", (place, *_HEADERS))


@operation("POST /realtime/calls/{call_id}/accept", id="accept-realtime-call", request=settings.RealtimeSession, contents=("text/plain",))
async def accept(call: Call) -> Content:
    return await _ended(call, "active", await made.session(call, call.asked.json))


@operation("POST /realtime/calls/{call_id}/reject", id="reject-realtime-call", request=contract.RejectCall, contents=("text/plain",))
async def reject(call: Call) -> Content:
    return await _ended(call, "rejected")


@operation("POST /realtime/calls/{call_id}/refer", id="refer-realtime-call", request=contract.ReferCall, contents=("text/plain",))
async def refer(call: Call) -> Content:
    return await _ended(call, "referred")


@operation("POST /realtime/calls/{call_id}/hangup", id="hangup-realtime-call", contents=("text/plain",))
async def hangup(call: Call) -> Content:
    return await _ended(call, "ended")


async def _ended(call: Call, status: str, session: dict[str, Any] | None = None) -> Content:
    """Move a call on; the answer is empty."""
    kept = await _find(call.world, call.parameters["call_id"])
    await call.world.store.put(KIND, kept["id"], {**kept, "status": status, "session": session or kept["session"]})
    return Content(b"", "text/plain; charset=utf-8")


async def _find(world: World, call_id: str) -> dict[str, Any]:
    kept = await world.store.get(KIND, call_id)
    if kept is None:
        raise refusals.call_not_found(call_id)
    if kept["status"] not in ("ringing", "active"):
        raise refusals.call_has_ended(call_id)
    return kept


async def until_over(world: World, call_id: str) -> None:
    """Wait until a call goes on no more, whichever process is told so."""
    while True:
        kept = await world.store.get(KIND, call_id)
        if kept is None or kept["status"] != "active":
            return
        await asyncio.sleep(_LOOK)


async def session_of(world: World, call_id: str) -> dict[str, Any]:
    """The session of a call that goes on. Raises for one that does not."""
    kept = await _find(world, call_id)
    if kept["status"] == "ringing":
        raise refusals.not_accepted(call_id)
    session: dict[str, Any] = kept["session"]
    return session


async def ring(world: World, headers: list[dict[str, str]], stream: Stream) -> str:
    """Let a call come in by SIP, and tell of it by webhook (doc: realtime.call.incoming). Returns its id."""
    seconds = world.clock.seconds()
    call_id = ids.brief("rtc_u0_", seconds, stream)
    await world.store.put(KIND, call_id, {"id": call_id, "status": "ringing", "session": None})
    await webhooks.emit(world, "realtime.call.incoming", {"call_id": call_id, "sip_headers": headers})
    return call_id


def answered(offer: str, stream: Stream) -> str:
    """An answer to an offer, medium by medium (RFC 9429), from a host that nobody reaches."""
    media = re.findall(r"^m=(\w+) \d+ (\S+) (.+?)\r?$", offer, re.MULTILINE)
    names = re.findall(r"^a=mid:(\S+?)\r?$", offer, re.MULTILINE)
    mids = [names[place] if place < len(names) else str(place) for place in range(len(media))]
    print_ = ":".join(f"{byte:02X}" for byte in stream.child(1).entropy(32))
    lines = [
        "v=0",
        f"o=- {stream.child(2).below(2**62)} 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(mids)}",
        "a=ice-lite",
    ]
    for mid, (kind, transport, formats) in zip(mids, media, strict=True):
        lines += [
            f"m={kind} 9 {transport} {formats if kind == 'application' else formats.split()[0]}", "c=IN IP4 0.0.0.0", f"a=mid:{mid}",
            f"a=ice-ufrag:{stream.child(3).base62(8)}", f"a=ice-pwd:{stream.child(4).base62(24)}", f"a=fingerprint:sha-256 {print_}",
            "a=setup:passive", *(["a=sctp-port:5000"] if kind == "application" else ["a=sendrecv", "a=rtcp-mux"]),
        ]  # fmt: skip
    return "".join(f"{line}\r\n" for line in lines)
