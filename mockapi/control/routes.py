"""What is the mock's own: health, the contract document, and the controls under `/_mock`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockapi import __version__, errors, json
from mockapi.clock import SECOND, Clock, parse_duration, parse_instant
from mockapi.errors import ApiError
from mockapi.operations import OPERATIONS

if TYPE_CHECKING:
    from mockapi.app import Api
    from mockapi.world import World

# First segments of the paths that are not the API's.
OUTSIDE = frozenset(("", "_mock", "health", "openapi.json"))
Endpoint = Callable[[Request], Awaitable[Response]]


def routes(api: Api) -> list[Route]:
    """The control plane's routes."""
    control = Control(api)
    return [
        Route("/", control.health),
        Route("/health", control.health),
        Route("/openapi.json", control.document),
        Route("/_mock/clock", _told(control.clock), methods=["GET", "POST"]),
        Route("/_mock/reset", _told(control.reset), methods=["POST"]),
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

    def _world(self, request: Request) -> World | None:
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
                "operations": len(OPERATIONS),
            }
        )

    async def document(self, request: Request) -> Response:
        """The contract as an OpenAPI document, made from the registry."""
        from mockapi.control import openapi

        return _json(openapi.document())

    async def clock(self, request: Request) -> Response:
        """Read the clock; with POST, move it first."""
        world = self._world(request)
        clock = self._api.worlds.clock if world is None else world.clock
        if request.method == "POST":
            _move(clock, await _fields(request, ("advance", "set", "freeze")))
        moment = datetime.fromtimestamp(clock.micros() / SECOND, UTC)
        return _json({"now": clock.micros() / SECOND, "iso": moment.isoformat(), "frozen": clock.frozen})

    async def reset(self, request: Request) -> Response:
        """Forget objects, limits and calls."""
        world = self._world(request)
        (self._api.worlds if world is None else world).reset()
        return _json({"reset": "all" if world is None else world.name})


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
            clock.set(_bounded(parse_instant(str(fields["set"]))))
        if "advance" in fields:
            name = "advance"
            _bounded(clock.micros() + parse_duration(str(fields["advance"])))
            clock.advance(parse_duration(str(fields["advance"])))
    except ValueError as fault:
        raise errors.control_error(f"{name}: {fault}", name) from None


def _bounded(micros: int) -> int:
    if not 0 <= micros < 253_402_300_800 * SECOND:
        raise ValueError("the clock goes from 1970 to 9999")
    return micros
