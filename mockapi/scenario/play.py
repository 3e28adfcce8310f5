"""Playing a script: what a call gets instead of the default, as the pipeline's steps use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any

from mockapi import errors, json
from mockapi.clock import SECOND
from mockapi.errors import ApiError
from mockapi.scenario import headers, named
from mockapi.scenario.book import Entry
from mockapi.scenario.match import Seen
from mockapi.scenario.script import Script, pick
from mockapi.scenario.shapes import Error, Fault, Latency
from mockapi.transport import faults, pace
from mockapi.transport.call import Call
from mockapi.transport.reply import Content, Events

_NEAREST = 3


def cast(call: Call, shared: Iterable[Entry], *, strict: bool) -> None:
    """Find the script of a call and prepare the call for it.

    Raises the error that it asks for, and, where every model call must be scripted, one that tells the scenarios that came nearest.
    """
    wanted = headers.wanted(call)
    script, missed = pick(Seen(call), call.world.book, shared, wanted)
    if script is None and wanted is not None:
        raise errors.control_error(f"{headers.SCENARIO}: there is no scenario {wanted!r}, or it was used up", headers.SCENARIO)
    if script is None and strict and call.operation.prepare is not None:
        raise named.no_scenario([(scenario.name, verdict.differs) for scenario, verdict in missed[:_NEAREST]])
    call.script = script
    steered = headers.steering(call)
    if script is not None:
        reply = script.reply
        if reply.latency is not None:
            call.latency = latency(reply.latency)
        if reply.fault is not None:
            call.fault = fault(reply.fault)
        if script.says:
            # What is remembered of the same bytes stays as it is.
            call.asked = copy(call.asked)
            call.asked.scripted = script.scripted()
        if reply.failed is not None and call.operation.prepare is not None and not call.operation.can_fail:
            raise ApiError(500, reply.failed.message, type="server_error", code=reply.failed.code)
        if reply.error is not None and steered.error is None:
            call.mishap = reply.error.name
            raise error(reply.error, call)
    if steered.error is not None:
        call.mishap = steered.error.name
        raise error(steered.error, call)
    call.fault = fault(steered.fault) if steered.fault is not None else call.fault
    call.latency = steered.latency or call.latency


def latency(told: Latency) -> pace.Latency:
    return pace.Latency(told.first, told.tokens_per_second, told.jitter, told.load)


def fault(told: Fault) -> faults.Fault:
    after = told.after if told.after is not None else 0 if told.kind == "reset" else 1
    return faults.Fault(told.kind, after, round(told.seconds * SECOND))


def error(told: Error, call: Call) -> ApiError:
    """An error by its name or as it is spelled out."""
    model = call.asked.json.get("model") if isinstance(call.asked.json, dict) else None
    known = {"model": model or "gpt-4o-mini", "organization": call.world.identity.organization, "request_id": call.id}
    made = named.named(told.name, known) if told.name is not None else ApiError(told.status or 500, "", type="invalid_request_error")
    made.status = told.status or made.status
    for member in ("message", "type", "param", "code"):
        if member in told.model_fields_set:
            setattr(made, member, getattr(told, member))
    made.headers += tuple((name.lower().encode(), value.encode()) for name, value in told.headers.items())
    return made


def recorded(script: Script) -> Any:
    """The body or the events that a script has in place of the operation's own; None where it has none."""
    reply = script.reply
    if reply.events is not None:
        return Events(_lines([script.fill(event) for event in reply.events]))
    if reply.body is None:
        return None
    filled = script.fill(reply.body)
    return Content(filled.encode(), "text/plain; charset=utf-8") if isinstance(filled, str) else filled


def shaped(script: Script, result: Any) -> Any:
    """An answer with what a script says is different in it."""
    reply = script.reply
    patch = reply.but.body if reply.but is not None else None
    if (patch is None and reply.embedding is None and reply.images is None) or isinstance(result, (Events, Content)):
        return result
    made = json.read(result) if isinstance(result, bytes) else result
    if reply.embedding is not None:
        made = {**made, "data": [{**each, "embedding": reply.embedding} for each in made["data"]]}
    if reply.images is not None:
        made = {**made, "data": [{"b64_json": picture} for picture in reply.images]}
    return made if patch is None else _merged(made, script.fill(patch))


def further(script: Script) -> tuple[tuple[bytes, bytes], ...]:
    """Headers that a script adds."""
    told = {**script.reply.headers, **(script.reply.but.headers if script.reply.but is not None else {})}
    return tuple((name.lower().encode(), str(script.fill(value)).encode()) for name, value in told.items())


def _merged(value: Any, patch: Any) -> Any:
    """A JSON merge patch applied (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    made = dict(value) if isinstance(value, dict) else {}
    for name, member in patch.items():
        if member is None:
            made.pop(name, None)
        else:
            made[name] = _merged(made.get(name), member)
    return made


def _lines(events: list[Any]) -> Iterator[bytes]:
    """Events as server-sent ones; those that have a type are named by it, as the Responses API does."""
    for event in events:
        if isinstance(event, str):
            yield b"data: " + event.encode() + b"\n\n"
        elif isinstance(event, dict) and isinstance(event.get("type"), str):
            yield b"event: " + event["type"].encode() + b"\ndata: " + json.write(event) + b"\n\n"
        else:
            yield b"data: " + json.write(event) + b"\n\n"
