"""Steering one request by its own headers, without touching the server's state: x-mock-scenario, x-mock-fault, x-mock-latency."""

from __future__ import annotations

from dataclasses import dataclass

from mockapi import errors
from mockapi.scenario import named
from mockapi.scenario.shapes import FAULTS, Error, Fault
from mockapi.transport import pace
from mockapi.transport.call import Call

SCENARIO, FAULT, LATENCY = "x-mock-scenario", "x-mock-fault", "x-mock-latency"


@dataclass(slots=True)
class Steering:
    """What the headers of a request ask for."""

    error: Error | None = None
    fault: Fault | None = None
    latency: pace.Latency | None = None


def wanted(call: Call) -> str | None:
    """The name of the scenario that a request asks for."""
    return _header(call, SCENARIO)


def steering(call: Call) -> Steering:
    """Raises a 400 that names the header that cannot be read."""
    made = Steering()
    asked = _header(call, FAULT)
    if asked is not None:
        kind = asked.partition(":")[0]
        if kind in FAULTS:
            try:
                made.fault = Fault.model_validate(asked)
            except ValueError:
                raise errors.control_error(f"{FAULT}: '{asked}' cannot be read: write it like {kind} or {kind}:3", FAULT) from None
        else:
            if kind not in named.names():
                raise errors.control_error(f"{FAULT}: '{kind}' is not one of {', '.join([*FAULTS, *named.names()])}", FAULT)
            made.error = Error(name=kind)
    slow = _header(call, LATENCY)
    if slow is not None:
        try:
            made.latency = pace.read(slow)
        except ValueError as fault:
            raise errors.control_error(f"{LATENCY}: {fault}", LATENCY) from None
    return made


def _header(call: Call, name: str) -> str | None:
    found = call.headers.get(name.encode())
    return None if found is None else found.decode("latin-1").strip()
