"""What is the mock's own: health, the contract document, and the controls under `/_mock`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockapi import __version__, errors, resources
from mockapi.admission import spend
from mockapi.clock import SECOND, Clock, parse_duration, parse_instant
from mockapi.control.calls import CallControl
from mockapi.control.chats import Widget
from mockapi.control.fields import Endpoint as Asked
from mockapi.control.fields import answer, fields, locked, told, world_of
from mockapi.control.journal import JournalControl
from mockapi.control.metrics import Metrics
from mockapi.control.prompts import PromptControl
from mockapi.control.scenarios import Scripting
from mockapi.control.verdict import VerdictControl
from mockapi.lifecycle import LIFECYCLES, MODES, Pace, attend, seconds
from mockapi.webhooks import Endpoint, deliveries, drop, endpoint
from mockapi.world import SHARED

if TYPE_CHECKING:
    from mockapi.app import Api
    from mockapi.world import World


def site(api: Api) -> Starlette:
    """The application of what is the mock's own."""
    made = Starlette(routes=_routes(api), exception_handlers={HTTPException: _not_found})
    made.router.redirect_slashes = False
    return made


def _routes(api: Api) -> list[Route]:
    control = Control(api)
    public = [
        Route("/", control.health),
        Route("/health", control.health),
        Route("/metrics", Metrics(api).metrics),
        Route("/openapi.json", control.document),
        Route("/_mock/shared/{organization}/{name}", told(control.shared)),
    ]
    return public if api.settings.controls == "closed" else [*public, *_controls(api, control)]


def _controls(api: Api, control: Control) -> list[Route]:
    """The controls proper, behind their key where they have one."""
    scripting, journal, verdict = Scripting(api), JournalControl(api), VerdictControl(api)
    key = api.settings.controls.partition(":")[2]

    def behind(endpoint: Asked) -> Asked:
        return locked(told(endpoint), key) if key else told(endpoint)

    return [
        Route("/_mock/clock", behind(control.clock), methods=["GET", "POST"]),
        Route("/_mock/reset", behind(control.reset), methods=["POST"]),
        Route("/_mock/usage", behind(control.usage), methods=["GET", "POST"]),
        Route("/_mock/lifecycle", behind(control.lifecycle), methods=["GET", "POST"]),
        Route("/_mock/webhooks", behind(control.webhooks), methods=["GET", "POST", "DELETE"]),
        Route("/_mock/webhooks/deliveries", behind(control.deliveries), methods=["GET"]),
        Route("/_mock/webhooks/{id}", behind(control.webhook), methods=["DELETE"]),
        Route("/_mock/journal", behind(journal.calls), methods=["GET", "DELETE"]),
        Route("/_mock/journal.har", behind(journal.archive)),
        Route("/_mock/journal/count", behind(journal.count)),
        Route("/_mock/journal/feed", behind(journal.feed)),
        Route("/_mock/journal/{which}", behind(journal.one)),
        Route("/_mock/verdict", behind(verdict.verdict)),
        Route("/_mock/findings", behind(verdict.findings)),
        Route("/_mock/calls", behind(CallControl(api).calls), methods=["GET", "POST"]),
        Route("/_mock/prompts", behind(PromptControl(api).prompts), methods=["GET", "POST", "DELETE"]),
        Route("/_mock/scenarios", behind(scripting.scenarios), methods=["GET", "POST", "DELETE"]),
        Route("/_mock/chatkit", behind(Widget(api).chat), methods=["POST"]),
        Route("/_mock/latency", behind(scripting.latency), methods=["GET", "POST", "DELETE"]),
    ]


async def _not_found(request: Request, error: Exception) -> Response:
    """Starlette's own errors in the API's envelope."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        fault = errors.wrong_method(request.method, request.url.path)
    else:
        fault = errors.unknown_url(request.method, request.url.path)
    return answer(fault.envelope(), fault.status)


class Control:
    """The controls. A call with a key acts on that key's world, a call without one on all worlds."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def health(self, request: Request) -> Response:
        """Ready to answer, and as what."""
        settings = self._api.settings
        return answer(
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

        return answer(openapi.document())

    async def clock(self, request: Request) -> Response:
        """Read the clock; with POST, move it first."""
        world = world_of(self._api, request)
        clock = self._api.worlds.clock if world is None else world.clock
        if request.method == "POST":
            _move(clock, await fields(request, ("advance", "set", "freeze", "scale")))
        moment = datetime.fromtimestamp(clock.micros() / SECOND, UTC)
        return answer({"now": clock.micros() / SECOND, "iso": moment.isoformat(), "frozen": clock.frozen, "scale": clock.rate})

    async def reset(self, request: Request) -> Response:
        """Forget objects, limits and calls."""
        world = world_of(self._api, request)
        await self._api.worlds.reset(world)
        return answer({"reset": "all" if world is None else world.name})

    async def usage(self, request: Request) -> Response:
        """What a project used and spent, by day and model; with POST, pay first."""
        world = world_of(self._api, request)
        if request.method == "POST":
            dollars = (await fields(request, ("pay",))).get("pay")
            if world is None:
                raise errors.control_error("a payment needs the key of the project that pays")
            if isinstance(dollars, bool) or not isinstance(dollars, (int, float)) or not 0 <= dollars <= 1e9:
                raise errors.control_error("pay: an amount in US dollars is expected", "pay")
            await spend.pay(world, dollars)
        if world is not None:
            report = await spend.report(world)
            tier = self._api.keys.tier_of(request.headers["authorization"].encode("latin-1"))
            return answer({"project": report.pop("project"), "tier": report["earned_tier"] if tier == "auto" else tier, **report})
        return answer({"projects": [await spend.report(each) for each in self._api.worlds]})

    async def lifecycle(self, request: Request) -> Response:
        """How jobs move; with POST, change it for one kind or all, in one world or all."""
        # The kinds are those of all resources.
        resources.everything()
        world = world_of(self._api, request)
        if request.method == "POST":
            kinds, pace = _pace(await fields(request, ("kind", "mode", "polls", "seconds")))
            for kind in kinds:
                if world is None:
                    self._api.worlds.paces[kind] = pace(kind)
                    for each in self._api.worlds:
                        each.paces.pop(kind, None)
                else:
                    world.paces[kind] = pace(kind)
            (self._api.worlds if world is None else world).clock.ring()
        paces = {kind: (self._api.worlds if world is None else world).pace(kind) for kind in LIFECYCLES}
        return answer({kind: {"mode": p.mode, "polls": p.polls, "seconds": dict(p.seconds)} for kind, p in paces.items()})

    async def webhooks(self, request: Request) -> Response:
        """Where events are sent; with POST to one endpoint more, with DELETE to none any more."""
        world = world_of(self._api, request)
        own, worlds = self._endpoints(world)
        if request.method == "POST":
            made = await self._endpoint(request, world)
            own[made.id] = made
            for each in worlds:
                await attend(each)
            return answer(made.told())
        if request.method == "DELETE":
            own.clear()
            await _removed(worlds)
        return answer({"endpoints": [each.told() for each in (own.values() if world is None else world.outbox)]})

    async def webhook(self, request: Request) -> Response:
        """Send no more events to an endpoint."""
        own, worlds = self._endpoints(world_of(self._api, request))
        id = request.path_params["id"]
        if own.pop(id, None) is None:
            raise errors.control_error(f"there is no endpoint '{id}'", "id", status=404)
        await _removed(worlds)
        return answer({"id": id, "deleted": True})

    async def deliveries(self, request: Request) -> Response:
        """What was sent to endpoints and what is to be, oldest first, and how each attempt went."""
        _, worlds = self._endpoints(world_of(self._api, request))
        return answer({"deliveries": [told for each in worlds for told in await deliveries(each)]})

    def _endpoints(self, world: World | None) -> tuple[dict[str, Endpoint], list[World]]:
        """The endpoints that a call may change, and the worlds whose events go to them."""
        return (self._api.worlds.endpoints, list(self._api.worlds)) if world is None else (world.endpoints, [world])

    async def _endpoint(self, request: Request, world: World | None) -> Endpoint:
        given = await fields(request, ("url", "secret", "events", "faults", "delay"))
        stream = self._api.worlds.stream_of(str(given.get("url")), world)
        try:
            given["delay"] = _duration(given.get("delay", 0))
            return endpoint(stream, **{"url": None, **given})
        except ValueError as fault:
            raise errors.control_error(str(fault), str(fault).partition(":")[0]) from None

    async def shared(self, request: Request) -> Response:
        """What lies behind an address that an answer gave out, until it expires."""
        organization, name = request.path_params["organization"], request.path_params["name"]
        for world in self._api.worlds:
            found = await world.store.get(SHARED, name) if world.identity.organization == organization else None
            if found is not None and found["until"] > world.clock.micros():
                return Response(await world.store.read(f"{SHARED} {name}"), media_type=found["kind"])
        # guess: the real address answers 403 with a page of the storage's own
        return answer(errors.control_error("this address has expired", status=403).envelope(), 403)


async def _removed(worlds: list[World]) -> None:
    """Drop what is on its way to endpoints that are no more."""
    for world in worlds:
        await drop(world)


def _duration(given: Any) -> int:
    try:
        return parse_duration(str(given))
    except ValueError as fault:
        raise ValueError(f"delay: {fault}") from None


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


def _move(clock: Clock, fields: dict[str, Any]) -> None:
    """Freeze or resume, then set, then advance, then run faster or slower."""
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
        if "scale" in fields:
            name = "scale"
            if isinstance(fields["scale"], bool) or not isinstance(fields["scale"], (int, float)):
                raise ValueError(f"{fields['scale']!r} is not a number")
            clock.scale(fields["scale"])
    except ValueError as fault:
        raise errors.control_error(f"{name}: {fault}", name) from None
