"""The WebSocket of a session: who is spoken to, what begins it, and the client's events one after another. `client.realtime.connect`."""

from __future__ import annotations

from typing import Any

from mockapi import catalogue, ids, json
from mockapi.catalogue import Card
from mockapi.clock import SECOND
from mockapi.contract.held import held
from mockapi.contract.realtime import events as contract
from mockapi.dialects.realtime import beta, sessions
from mockapi.errors import ApiError
from mockapi.operations import opening
from mockapi.resources.realtime import calls, refusals, secrets
from mockapi.resources.realtime.session import HANDLERS, Session
from mockapi.transport.visit import Visit, answering
from mockapi.transport.websocket import Gone, error_event

SOCKET = opening("/realtime", id="connectRealtime")


async def serve(visit: Visit) -> None:
    """Hold a session until the client leaves or its time is over."""
    is_beta = visit.opened.headers.get(b"openai-beta") == b"realtime=v1"
    try:
        config = await _begun(visit)
    except ApiError as error:
        await visit.socket.write(error_event(error, ids.brief("event_", visit.world.clock.seconds(), visit.opened.stream)))
        await visit.socket.close(4000, f"{error.type}.{error.code}")
        return
    session = Session(visit, config, beta.told if is_beta else lambda event: event)
    known = contract.BETA_EVENTS if is_beta else contract.EVENTS
    try:
        await session.begin()
        session.start(session.expire())
        if "call_id" in visit.socket.query:
            session.start(_hung_up(visit, visit.socket.query["call_id"]))
        while True:
            await _carry_out(session, await visit.socket.read(), known, is_beta=is_beta)
    except Gone:
        pass
    finally:
        await session.end()


async def _hung_up(visit: Visit, call_id: str) -> None:
    """Let the connection end with the call that it listens to."""
    await calls.until_over(visit.world, call_id)
    # guess: no recording
    await visit.socket.close()


async def _begun(visit: Visit) -> sessions.Config:
    """The session as it begins: as a secret or a call was made for it, else as its model has it."""
    world, query = visit.world, visit.socket.query
    id = ids.brief("sess_", world.clock.seconds(), visit.opened.stream.child(1))
    expires_at = world.clock.micros() // SECOND + sessions.facts()["session_seconds"]
    made_for = await secrets.session_of(visit.opened)
    if "call_id" in query:
        made_for = await calls.session_of(world, query["call_id"])
    if made_for is not None and made_for["type"] != "translation":
        # An address may name a model all the same; the one that the secret was made for counts.
        config = {**made_for, "id": id, "expires_at": expires_at}
    elif query.get("intent") == "transcription":
        config = sessions.begun_transcription(id, expires_at)
    else:
        config = sessions.begun(id, query.get("model") or "", expires_at)
    if config["type"] == "realtime":
        visit.opened.card = _card(visit, config["model"])
    return config


def _card(visit: Visit, name: str) -> Card:
    if not name:
        raise refusals.no_model()
    card = catalogue.card(name)
    if card is None or (visit.opened.caller.tier != "unlimited" and visit.opened.caller.tier not in card.limits):
        raise refusals.unknown_model(name)
    if "realtime" not in card.endpoints:
        raise refusals.not_realtime(name)
    return card


async def _carry_out(session: Session, text: bytes, known: dict[str, type[contract.ClientEvent]], *, is_beta: bool) -> None:
    """One event of the client; what is wrong with it is told, and the session goes on."""
    of: str | None = None
    try:
        with answering(session.visit.opened):
            event = read(text, known)
            of = event.get("event_id")
            if is_beta:
                event = beta.read(event)
            await HANDLERS[event["type"]](session, event)
    except ApiError as error:
        await session.refuse(error, of)


def read(text: bytes, known: dict[str, type[contract.ClientEvent]]) -> dict[str, Any]:
    """An event of a client as plain values. Raises what is wrong with it in the API's words."""
    try:
        event = json.read_sent(text)
    except ValueError:
        raise refusals.not_json() from None
    if not isinstance(event, dict):
        raise refusals.no_object()
    kind = event.get("type")
    if kind is None:
        raise refusals.no_type()
    if not isinstance(kind, str) or kind not in known:
        raise refusals.unknown_type(kind, known)
    held(known[kind], event)
    return event
