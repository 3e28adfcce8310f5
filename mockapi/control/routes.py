"""What is the mock's own: health, the contract document, and the controls under `/_mock`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockapi import __version__, errors, json, resources
from mockapi.admission import spend
from mockapi.clock import SECOND, Clock, parse_duration, parse_instant
from mockapi.control.journal import JournalControl
from mockapi.errors import ApiError
from mockapi.lifecycle import LIFECYCLES, MODES, Pace, seconds

if TYPE_CHECKING:
    from mockapi.app import Api
    from mockapi.world import World

# First segments of the paths that are not the API's.
OUTSIDE = frozenset(("", "_mock", "health", "openapi.json"))
Endpoint = Callable[[Request], Awaitable[Response]]


def routes(api: Api) -> list[Route]:
    """The control plane's routes."""
    control = Control(api)
    journal = JournalControl(api, control.world)
    return [
        Route("/", control.health),
        Route("/health", control.health),
        Route("/openapi.json", control.document),
        Route("/_mock/clock", _told(control.clock), methods=["GET", "POST"]),
        Route("/_mock/reset", _told(control.reset), methods=["POST"]),
        Route("/_mock/usage", _told(control.usage), methods=["GET", "POST"]),
        Route("/_mock/lifecycle", _told(control.lifecycle), methods=["GET", "POST"]),
        Route("/_mock/journal", _told(journal.calls), methods=["GET", "DELETE"]),
        Route("/_mock/journal.har", _told(journal.archive)),
        Route("/_mock/journal/count", _told(journal.count)),
        Route("/_mock/journal/feed", _told(journal.feed)),
        Route("/_mock/journal/{which}", _told(journal.one)),
        Route("/_mock/shared/{name}", control.shared),
    ]


def _told(endpoint: Endpoint) -> Endpoint:
    """An endpoint whose errors are told in the API's envelope."""

    async def tell(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ApiError as error:
            return _json(error.envelope(), error.status)

    return tell


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.write(value, "pretty+newline"), status, media_type="application/json")


async def not_found(request: Request, error: Exception) -> Response:
    """Starlette's own errors in the API's envelope."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        fault = errors.wrong_method(request.method, request.url.path)
    else:
        fault = errors.unknown_url(request.method, request.url.path)
    return _json(fault.envelope(), fault.status)


class Control:
    """The controls. A call with a key acts on that key's world, a call without one on all worlds."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def world(self, request: Request) -> World | None:
        """The world of the key that a call comes with; None without one. Raises as the API does for a key that it refuses."""
        authorization = request.headers.get("authorization")
        return self._api.keys.world_of(authorization.encode("latin-1")) if authorization else None

    async def health(self, request: Request) -> Response:
        """Ready to answer, and as what."""
        settings = self._api.settings
        return _json(
            {
                "status": "ok",
                "version": __version__,
                "mode": settings.mode,
                "tier": settings.tier,
                "operations": len(resources.everything()),
            }
        )

    async def document(self, request: Request) -> Response:
        """The contract as an OpenAPI document, made from the registry."""
        from mockapi.control import openapi

        return _json(openapi.document())

    async def clock(self, request: Request) -> Response:
        """Read the clock; with POST, move it first."""
        world = self.world(request)
        clock = self._api.worlds.clock if world is None else world.clock
        if request.method == "POST":
            _move(clock, await _fields(request, ("advance", "set", "freeze")))
        moment = datetime.fromtimestamp(clock.micros() / SECOND, UTC)
        return _json({"now": clock.micros() / SECOND, "iso": moment.isoformat(), "frozen": clock.frozen})

    async def reset(self, request: Request) -> Response:
        """Forget objects, limits and calls."""
        world = self.world(request)
        self._api.worlds.reset(world)
        return _json({"reset": "all" if world is None else world.name})

    async def usage(self, request: Request) -> Response:
        """What a project used and spent, by day and model; with POST, pay first."""
        world = self.world(request)
        if request.method == "POST":
            dollars = (await _fields(request, ("pay",))).get("pay")
            if world is None:
                raise errors.control_error("a payment needs the key of the project that pays")
            if isinstance(dollars, bool) or not isinstance(dollars, (int, float)) or not 0 <= dollars <= 1e9:
                raise errors.control_error("pay: an amount in US dollars is expected", "pay")
            await spend.pay(world, dollars)
        if world is not None:
            told = await spend.report(world)
            tier = self._api.keys.tier_of(request.headers["authorization"].encode("latin-1"))
            return _json({"project": told.pop("project"), "tier": told["earned_tier"] if tier == "auto" else tier, **told})
        return _json({"projects": [await spend.report(each) for each in self._api.worlds]})

    async def lifecycle(self, request: Request) -> Response:
        """How jobs move; with POST, change it for one kind or all, in one world or all."""
        # The kinds are those of all resources.
        resources.everything()
        world = self.world(request)
        if request.method == "POST":
            kinds, pace = _pace(await _fields(request, ("kind", "mode", "polls", "seconds")))
            for kind in kinds:
                if world is None:
                    self._api.worlds.paces[kind] = pace(kind)
                    for each in self._api.worlds:
                        each.paces.pop(kind, None)
                else:
                    world.paces[kind] = pace(kind)
        paces = {kind: (self._api.worlds if world is None else world).pace(kind) for kind in LIFECYCLES}
        return _json({kind: {"mode": p.mode, "polls": p.polls, "seconds": dict(p.seconds)} for kind, p in paces.items()})

    async def shared(self, request: Request) -> Response:
        """What lies behind an address that an answer gave out, until it expires."""
        name = request.path_params["name"]
        for world in self._api.worlds:
            found = world.shared.get(name)
            if found is not None and found.until > world.clock.micros():
                return Response(found.content, media_type=found.kind)
        # guess: the real address answers 403 with a page of the storage's own
        return _json(errors.control_error("this address has expired", status=403).envelope(), 403)


def _pace(fields: dict[str, Any]) -> tuple[list[str], Callable[[str], Pace]]:
    """The kinds that a call speaks of, and the pace that it asks for."""
    kind, mode, polls, given = fields.get("kind"), fields.get("mode", "time"), fields.get("polls", 1), fields.get("seconds", {})
    if kind is not None and not (isinstance(kind, str) and kind in LIFECYCLES):
        raise errors.control_error(f"kind: '{kind}' is not one of {', '.join(LIFECYCLES)}", "kind")
    if mode not in MODES:
        raise errors.control_error(f"mode: '{mode}' is not one of {', '.join(MODES)}", "mode")
    if isinstance(polls, bool) or not isinstance(polls, int) or not 1 <= polls <= 1_000_000:
        raise errors.control_error("polls: a whole number of looks is expected, at least 1", "polls")
    kinds = [kind] if kind is not None else list(LIFECYCLES)
    if not isinstance(given, dict):
        raise errors.control_error("seconds: an object of seconds by status is expected", "seconds")
    for status, length in given.items():
        known = {name for kind in kinds for name in LIFECYCLES[kind].stages}
        if status not in known:
            raise errors.control_error(f"seconds: '{status}' is not one of {', '.join(sorted(known))}", "seconds")
        if isinstance(length, bool) or not isinstance(length, (int, float)) or not 0 <= length <= 1e9:
            raise errors.control_error(f"seconds: '{status}' is not a number of seconds", "seconds")
    return kinds, lambda kind: Pace(mode, polls, {**seconds(kind), **{s: n for s, n in given.items() if s in LIFECYCLES[kind].stages}})


async def _fields(request: Request, known: tuple[str, ...]) -> dict[str, Any]:
    content = await request.body()
    try:
        value = json.read(content) if content else {}
    except ValueError:
        raise errors.control_error("the body is not JSON") from None
    if not isinstance(value, dict):
        raise errors.control_error("the body is not a JSON object")
    for name in value:
        if name not in known:
            raise errors.control_error(f"'{name}' is not one of {', '.join(known)}", name)
    return value


def _move(clock: Clock, fields: dict[str, Any]) -> None:
    """Freeze or resume, then set, then advance."""
    name = ""
    try:
        if "freeze" in fields:
            name = "freeze"
            if not isinstance(fields["freeze"], bool):
                raise ValueError(f"{fields['freeze']!r} is neither true nor false")
            (clock.freeze if fields["freeze"] else clock.resume)()
        if "set" in fields:
            name = "set"
            clock.set(parse_instant(str(fields["set"])))
        if "advance" in fields:
            name = "advance"
            clock.advance(parse_duration(str(fields["advance"])))
    except ValueError as fault:
        raise errors.control_error(f"{name}: {fault}", name) from None
