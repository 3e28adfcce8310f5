"""What a world sends: its events, each to all endpoints that want it, tried again until it is taken or given up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockapi import ids, json
from mockapi.clock import SECOND, wall_seconds
from mockapi.contract.webhooks import Event, EventType
from mockapi.webhooks.endpoints import Endpoint, signature
from mockapi.webhooks.post import ANSWER_SECONDS, post

if TYPE_CHECKING:
    from mockapi.world import World

# guess: the first wait before an event is tried again; each next wait is twice as long
_FIRST = 5 * SECOND
# doc: for so long an event is tried again
_GIVEN_UP = 72 * 3600 * SECOND
# How long an event that is to come out of order waits for another one.
_HELD = 5 * SECOND
_REMEMBERED = 1000
# doc: api-facts G.11
_HEADERS = {"Content-Type": "application/json", "User-Agent": "OpenAI/1.0 (+https://platform.openai.com/docs/webhooks)"}


@dataclass(eq=False, repr=False)
class Delivery:
    """An event on its way to an endpoint. `due` is when it is tried next, in microseconds of the world's clock; `status` is
    `waiting`, `delivered`, `failed` or, where its endpoint was removed, `dropped`."""

    id: str
    endpoint: Endpoint
    event: Event
    body: bytes
    due: int
    status: str = "waiting"
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """As the controls show it."""
        return {
            "id": self.id,
            "endpoint": self.endpoint.id,
            "url": self.endpoint.url,
            "event": self.event,
            "status": self.status,
            "next_attempt": self.due / SECOND if self.status == "waiting" else None,
            "attempts": self.attempts,
        }


@dataclass(eq=False, repr=False)
class _Lane:
    """The way to one endpoint, on which events go one after another; `held` is one that lets the next go first."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    held: Delivery | None = None


class Outbox:
    """The endpoints of a world, its `own` beside those that are `shared` by all worlds, and what was sent to them."""

    def __init__(self, shared: dict[str, Endpoint], own: dict[str, Endpoint] | None = None) -> None:
        self.shared = shared
        self.own = own if own is not None else {}
        self.deliveries: deque[Delivery] = deque(maxlen=_REMEMBERED)
        self._lanes: dict[Endpoint, _Lane] = {}

    def __iter__(self) -> Iterator[Endpoint]:
        yield from self.shared.values()
        yield from self.own.values()

    def __bool__(self) -> bool:
        """Whether anybody wants events."""
        return bool(self.shared or self.own)

    def __contains__(self, endpoint: object) -> bool:
        return any(each is endpoint for each in self)

    def lane(self, endpoint: Endpoint) -> _Lane:
        return self._lanes.setdefault(endpoint, _Lane())

    def forget(self) -> None:
        """Forget the ways to endpoints that were removed."""
        self._lanes = {endpoint: lane for endpoint, lane in self._lanes.items() if endpoint in self}


def emit(world: World, type: EventType, data: dict[str, Any], *, at: int | None = None) -> None:
    """Send an event to every endpoint that wants it; `at` is its instant in microseconds, now if there is none.

    Returns at once; where nobody wants it nothing is done. To be called on the event loop.
    """
    wanted = [endpoint for endpoint in world.outbox if endpoint.wants(type)] if world.outbox else []
    if not wanted:
        return
    now = world.clock.micros()
    moment = now if at is None else at
    stream = world.call_stream(world.seed.stream(b"event", type.encode(), json.write(data)).origin)
    event: Event = {"id": ids.timed("evt_", moment, stream), "object": "event", "created_at": moment // SECOND, "type": type, "data": data}
    # sdk: laid out as in the SDKs' test vector
    body = json.write_line(event)[:-1]
    for place, endpoint in enumerate(wanted):
        delivery = Delivery(ids.timed("wh_", moment, stream.child(place + 1)), endpoint, event, body, now + endpoint.delay)
        world.outbox.deliveries.append(delivery)
        world.start(_deliver(world, delivery, _swapped(world, delivery)))


def _swapped(world: World, delivery: Delivery) -> Delivery | None:
    """Where events are to come out of order: hold this one back, or return the one before it, which was, to be sent after it."""
    if "out_of_order" not in delivery.endpoint.faults:
        return None
    lane = world.outbox.lane(delivery.endpoint)
    before, lane.held = lane.held, delivery if lane.held is None else None
    if before is None:
        delivery.due += _HELD
    return before


async def _deliver(world: World, delivery: Delivery, after: Delivery | None) -> None:
    """Try until the receiver takes an event or the time is up; then let the one go that was held back for this."""
    outbox, endpoint = world.outbox, delivery.endpoint
    lane, first = outbox.lane(endpoint), None
    while delivery.status == "waiting":
        while endpoint in outbox and world.clock.micros() < delivery.due:
            await world.clock.wait(delivery.due)
        async with lane.turn:
            if endpoint not in outbox:
                delivery.status = "dropped"
                break
            if lane.held is delivery:
                lane.held = None
            first = delivery.due if first is None else first
            taken = await _attempt(world, delivery)
            if taken and "duplicate" in endpoint.faults:
                await _attempt(world, delivery)
        delivery.due = first + _FIRST * (2 ** len(delivery.attempts) - 1)
        if taken:
            delivery.status = "delivered"
        elif delivery.due - first > _GIVEN_UP:
            delivery.status = "failed"
        if after is not None:
            after.due, after = min(after.due, world.clock.micros()), None
            world.clock.ring()


async def _attempt(world: World, delivery: Delivery) -> bool:
    """Send an event once. Returns whether it was taken: whether the answer is a 2xx."""
    endpoint = delivery.endpoint
    told: dict[str, Any] = {"at": world.clock.micros() / SECOND, "status_code": None, "error": None}
    delivery.attempts.append(told)
    # A receiver holds the time of sending against its own clock, which knows nothing of the world's.
    timestamp = wall_seconds()
    secret = endpoint.secret if "bad_signature" not in endpoint.faults else f"not {endpoint.secret}"
    headers = {
        **_HEADERS,
        "webhook-id": delivery.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, delivery.id, timestamp, delivery.body),
    }
    try:
        told["status_code"] = status = await post(endpoint.url, headers, delivery.body)
    except TimeoutError:
        told["error"] = f"no answer within {ANSWER_SECONDS} seconds"
    except (OSError, ValueError) as fault:
        told["error"] = str(fault) or type(fault).__name__
    else:
        return 200 <= status < 300
    return False
