"""What the control plane's endpoints share: reading a request, answering it, and whose world it is about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from mockapi import errors, json
from mockapi.errors import ApiError
from mockapi.transport import body

if TYPE_CHECKING:
    from mockapi.app import Api
    from mockapi.world import World

# Bytes that a control is told at once.
_LARGEST = 50 * 1024 * 1024
Endpoint = Callable[[Request], Awaitable[Response]]


def told(endpoint: Endpoint) -> Endpoint:
    """An endpoint whose errors are told in the API's envelope."""

    async def tell(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ApiError as error:
            return answer(error.envelope(), error.status)
        except body.Disconnected:
            # Nobody reads it.
            return Response(status_code=400)

    return tell


def locked(endpoint: Endpoint, key: str) -> Endpoint:
    """An endpoint for those alone who send a key."""

    async def tell(request: Request) -> Response:
        given = request.headers.get("x-mock-controls-key", "")
        if not compare_digest(given.encode(), key.encode()):
            error = errors.control_error("the controls of this server need their key, in the header x-mock-controls-key", status=401)
            return answer(error.envelope(), error.status)
        return await endpoint(request)

    return tell


def answer(value: Any, status: int = 200) -> Response:
    return Response(json.write(value, "pretty+newline"), status, media_type="application/json")


def world_of(api: Api, request: Request) -> World | None:
    """The world of the request's key; None without one, which means all worlds."""
    authorization = request.headers.get("authorization")
    return api.keys.world_of(authorization.encode("latin-1")) if authorization else None


async def fields(request: Request, known: tuple[str, ...] | None) -> Any:
    """The members of a JSON body. Raises a 400 for what is none, and for members that are not known; any value goes where none are told."""
    told = request.headers.get("content-length")
    content = await body.read(request.receive, None if told is None else told.encode(), _LARGEST)
    try:
        value = json.read_sent(content) if content else {}
    except ValueError:
        raise errors.control_error("the body is not JSON") from None
    if known is None:
        return value
    if not isinstance(value, dict):
        raise errors.control_error("the body is not a JSON object")
    for name in value:
        if name not in known:
            raise errors.control_error(f"'{name}' is not one of {', '.join(known)}", name)
    return value
