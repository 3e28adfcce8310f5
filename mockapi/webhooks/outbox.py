"""What a world sends: its events, each to all endpoints that want it, tried again until it is taken or given up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from mockapi import ids, json
from mockapi.clock import SECOND, wall_seconds
from mockapi.contract.webhooks import Event, EventType
from mockapi.webhooks.endpoints import Endpoint, signature
from mockapi.webhooks.post import ANSWER_SECONDS, post

if TYPE_CHECKING:
    from mockapi.world import World

# Events on their way to endpoints, and what counts them. `due` is when one is tried next, in microseconds of the world's clock, `first`
# when it was due first; `status` is `waiting`, `delivered`, `failed` or, where its endpoint was removed, `dropped`; `after` is one that was
# held back for this.
_KIND = "webhook delivery"
# guess: the first wait before an event is tried again; each next wait is twice as long
_FIRST = 5 * SECOND
# doc: for so long an event is tried again
_GIVEN_UP = 72 * 3600 * SECOND
# How long an event that is to come out of order waits for another one.
_HELD = 5 * SECOND
_REMEMBERED = 1000
# doc: api-facts G.11
_HEADERS = {"Content-Type": "application/json", "User-Agent": "OpenAI/1.0 (+https://platform.openai.com/docs/webhooks)"}


class Outbox:
    """The endpoints of a world, its `own` beside those that are `shared` by all worlds, and what is under way to them."""

    def __init__(self, shared: dict[str, Endpoint], own: dict[str, Endpoint] | None = None) -> None:
        self.shared = shared
        self.own = own if own is not None else {}
        self.under_way: set[str] = set()
        # By endpoint the event that lets the next one go first.
        self.held: dict[str, str] = {}

    def __iter__(self) -> Iterator[Endpoint]:
        yield from self.shared.values()
        yield from self.own.values()

    def __bool__(self) -> bool:
        """Whether anybody wants events."""
        return bool(self.shared or self.own)

    def find(self, id: str) -> Endpoint | None:
        return self.own.get(id) or self.shared.get(id)


async def emit(world: World, type: EventType, data: dict[str, Any], *, at: int | None = None) -> None:
    """Send an event to every endpoint that wants it; `at` is its instant in microseconds, now if there is none.

    It is written down when this returns, and sent beside the requests; where nobody wants it nothing is done.
    """
    deliver(world, await written(world, type, data, at=at))


async def written(world: World, type: EventType, data: dict[str, Any], *, at: int | None = None) -> list[str]:
    """The same, but it is left to `deliver` to send what is returned."""
    wanted = [endpoint for endpoint in world.outbox if endpoint.wants(type)] if world.outbox else []
    if not wanted:
        return []
    now = world.clock.micros()
    moment = now if at is None else at
    stream = await world.call_stream(world.seed.stream(b"event", type.encode(), json.write(data)).origin)
    event: Event = {"id": ids.timed("evt_", moment, stream), "object": "event", "created_at": moment // SECOND, "type": type, "data": data}
    # sdk: laid out as in the SDKs' test vector
    body = json.write_line(event)[:-1].decode()
    made = []
    for place, endpoint in enumerate(wanted):
        id = ids.timed("wh_", moment, stream.child(place + 1))
        row: dict[str, Any] = {"id": id, "endpoint": endpoint.id, "url": endpoint.url, "event": event, "body": body}
        row |= {"due": now + endpoint.delay, "first": None, "status": "waiting", "attempts": []}
        _swap(world, endpoint, row)
        await world.store.put(_KIND, id, row)
        await world.store.count(_KIND, {"made": 1})
        if await world.store.tally(_KIND, "made") > _REMEMBERED:
            for oldest in await world.store.page(_KIND, limit=1):
                await world.store.delete(_KIND, oldest["id"])
        made.append(id)
    return made


def deliver(world: World, made: Iterable[str]) -> None:
    """Send what was written down, beside the requests. To be called on the event loop."""
    for id in made:
        if id not in world.outbox.under_way:
            world.outbox.under_way.add(id)
            # What is sent is none of a draft.
            world.start(_deliver(world.root, id))


async def adopt(world: World) -> None:
    """Send what waits, whoever wrote it down."""
    deliver(world, [row["id"] for row in await world.store.page(_KIND) if row["status"] == "waiting"])


async def drop(world: World) -> None:
    """Send no more to endpoints that were removed."""
    for row in await world.store.page(_KIND):
        if row["status"] == "waiting" and world.outbox.find(row["endpoint"]) is None:
            async with world.turn(_KIND, row["endpoint"]):
                now = await world.store.get(_KIND, row["id"])
                if now is not None and now["status"] == "waiting":
                    await world.store.put(_KIND, row["id"], {**now, "status": "dropped"})
    world.clock.ring()


async def deliveries(world: World) -> list[dict[str, Any]]:
    """What was sent and what is to be, oldest first, as the controls show it."""
    return [
        {
            "id": row["id"],
            "endpoint": row["endpoint"],
            "url": row["url"],
            "event": row["event"],
            "status": row["status"],
            "next_attempt": row["due"] / SECOND if row["status"] == "waiting" else None,
            "attempts": row["attempts"],
        }
        for row in await world.store.page(_KIND)
    ]


def _swap(world: World, endpoint: Endpoint, row: dict[str, Any]) -> None:
    """Where events are to come out of order: hold this one back, or let it go before the one that was."""
    if "out_of_order" not in endpoint.faults:
        return
    before = world.outbox.held.pop(endpoint.id, None)
    if before is None:
        world.outbox.held[endpoint.id] = row["id"]
        row["due"] += _HELD
    else:
        row["after"] = before


async def _deliver(world: World, id: str) -> None:
    """Try until the receiver takes an event or the time is up; then let the one go that was held back for this."""
    outbox = world.outbox
    try:
        while (row := await world.store.get(_KIND, id)) is not None and row["status"] == "waiting":
            if outbox.find(row["endpoint"]) is not None and world.clock.micros() < row["due"]:
                await world.clock.wait(row["due"])
                continue
            # Events go to an endpoint one after another.
            async with world.turn(_KIND, row["endpoint"]):
                after = await _tried(world, outbox, id)
            if after is not None:
                await _let_go(world, after)
    finally:
        outbox.under_way.discard(id)


async def _tried(world: World, outbox: Outbox, id: str) -> str | None:
    """Try once, unless somebody else did. Returns the event that was held back for this, if there is one."""
    row = await world.store.get(_KIND, id)
    if row is None or row["status"] != "waiting" or world.clock.micros() < row["due"]:
        return None
    endpoint = outbox.find(row["endpoint"])
    if endpoint is None:
        await world.store.put(_KIND, id, {**row, "status": "dropped"})
        return None
    if outbox.held.get(endpoint.id) == id:
        del outbox.held[endpoint.id]
    row = {**row, "attempts": list(row["attempts"]), "first": row["due"] if row["first"] is None else row["first"]}
    taken = await _attempt(world, endpoint, row)
    if taken and "duplicate" in endpoint.faults:
        await _attempt(world, endpoint, row)
    row["due"] = row["first"] + _FIRST * (2 ** len(row["attempts"]) - 1)
    if taken:
        row["status"] = "delivered"
    elif row["due"] - row["first"] > _GIVEN_UP:
        row["status"] = "failed"
    after: str | None = row.pop("after", None)
    await world.store.put(_KIND, id, row)
    return after


async def _let_go(world: World, id: str) -> None:
    row = await world.store.get(_KIND, id)
    if row is not None and row["status"] == "waiting":
        await world.store.put(_KIND, id, {**row, "due": min(row["due"], world.clock.micros())})
        world.clock.ring()


async def _attempt(world: World, endpoint: Endpoint, row: dict[str, Any]) -> bool:
    """Send an event once. Returns whether it was taken: whether the answer is a 2xx."""
    told: dict[str, Any] = {"at": world.clock.micros() / SECOND, "status_code": None, "error": None}
    row["attempts"].append(told)
    body: bytes = row["body"].encode()
    # A receiver holds the time of sending against its own clock, which knows nothing of the world's.
    timestamp = wall_seconds()
    secret = endpoint.secret if "bad_signature" not in endpoint.faults else f"not {endpoint.secret}"
    headers = {
        **_HEADERS,
        "webhook-id": row["id"],
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, row["id"], timestamp, body),
    }
    try:
        told["status_code"] = status = await post(endpoint.url, headers, body)
    except TimeoutError:
        told["error"] = f"no answer within {ANSWER_SECONDS} seconds"
    except (OSError, ValueError) as fault:
        told["error"] = str(fault) or type(fault).__name__
    else:
        return 200 <= status < 300
    return False
