"""The application: the worlds, the pipeline, and the Starlette app around them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette

from mockapi import canned, errors
from mockapi.admission import access, meter
from mockapi.admission.keys import Keys
from mockapi.clock import Clock, parse_instant
from mockapi.contract import query
from mockapi.contract.explain import explain
from mockapi.contract.types import Contract
from mockapi.control.routes import OUTSIDE, routes
from mockapi.errors import ApiError
from mockapi.operations import OPERATIONS
from mockapi.settings import Settings
from mockapi.transport import body, reply
from mockapi.transport.call import Call
from mockapi.transport.reply import EVENT_STREAM, JSON, Events, Headers, Reply, write_error, write_json
from mockapi.transport.routing import Routes
from mockapi.transport.sse import Receive, Send, send_events
from mockapi.world import Worlds

_log = logging.getLogger("mockapi")
Scope = MutableMapping[str, Any]
Step = Callable[[Call], Awaitable[Any]]


class Api:
    """The ASGI application behind `/v1`. The pipeline is the life of a request: each step goes on or raises an ApiError."""

    def __init__(self, settings: Settings) -> None:

        clock = Clock()
        if settings.clock != "real":
            clock.freeze()
            clock.set(parse_instant(settings.clock))
        self.settings = settings
        self.worlds = Worlds(settings, clock)
        self.keys = Keys(self.worlds, settings)
        self.routes = Routes(OPERATIONS.values())
        self.pipeline: tuple[Step, ...] = (
            (self.authenticate, decode, find_model, validate, admit, behave)
            if settings.mode == "alive"
            else (self.authenticate, decode, canned.find_model, validate, canned.behave)
        )
        self._limit = int(settings.max_body_mb * 1024 * 1024)
        self._pace = int(settings.stream_pace_ms * 1000)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            call = await self._open(scope, receive)
        except body.Disconnected:
            return
        except ApiError as error:
            await _send(self._refusal(error, None, scope), send)
            return
        try:
            result: Any = None
            for step in self.pipeline:
                result = await step(call)
            answer = self._reply(call, result)
        except ApiError as error:
            answer = self._refusal(error, call, scope)
        except Exception:
            _log.exception("%s %s", call.method, call.path)
            answer = self._refusal(errors.server_error(call.id), call, scope)
        if isinstance(answer.body, Events):
            await self._stream(call, answer, answer.body, send, receive)
        else:
            await _send(answer, send)

    async def _open(self, scope: Scope, receive: Receive) -> Call:
        """Find the operation and read the body. Raises what the API says of an unknown URL, a wrong method or too large a body."""
        method, path = scope["method"], scope["path"]
        found = self.routes.find(path)
        if found is None:
            raise errors.unknown_url(method, path)
        operations, values = found
        operation = operations.get(method)
        if operation is None:
            raise errors.wrong_method(method, path)
        content = await body.read(receive, scope["headers"], self._limit)
        return Call(scope, operation, dict(zip(operation.parameters, values, strict=True)), content)

    async def authenticate(self, call: Call) -> None:
        self.keys.admit(call)
        call.stream = call.world.call_stream(call.method.encode(), call.path.encode(), call.query_string, call.body)
        call.id = f"req_{call.stream.entropy(16).hex()}"

    def _reply(self, call: Call, result: Any) -> Reply:
        operation = call.operation
        head = self._head(call)
        if isinstance(result, Events):
            return Reply(200, (*head, EVENT_STREAM), result)
        text = write_json(result, operation.layout)
        return Reply(200, (*head, JSON, (b"content-length", str(len(text)).encode())), text)

    def _head(self, call: Call) -> Headers:
        """Headers of an answer that reached a handler (api-facts A.1)."""
        return (
            (b"date", call.world.clock.date_header()),
            *reply.HANDLED,
            (b"openai-processing-ms", str(call.processing_ms).encode()),
            *call.world.account_headers,
            (b"x-request-id", call.id.encode()),
            *call.limits,
        )

    def _refusal(self, error: ApiError, call: Call | None, scope: Scope) -> Reply:
        text, kind = write_error(error)
        length = (b"content-length", str(len(text)).encode())
        if call is not None and call.id and not error.edge:
            return Reply(error.status, (*self._head(call), kind, length, *error.headers), text)
        known = call is not None and bool(call.id)
        if call is not None and known:
            date, request_id, limits = call.world.clock.date_header(), call.id, call.limits
        else:
            stream = self.worlds.seed.stream(b"refused", scope["method"].encode(), scope["path"].encode())
            date, request_id, limits = self.worlds.clock.date_header(), f"req_{stream.entropy(16).hex()}", ()
        head = ((b"date", date), *reply.EDGE, (b"x-request-id", request_id.encode()), *limits)
        return Reply(error.status, (*head, kind, length, *error.headers), text)

    async def _stream(self, call: Call, answer: Reply, events: Events, send: Send, receive: Receive) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        complete = await send_events(events, send, receive, call.world.clock, self._pace)
        if complete and events.finished is not None:
            await events.finished()


async def decode(call: Call) -> None:
    """The body or the query as plain values."""
    if call.operation.request is not None:
        call.json = body.json_object(call)
    if call.operation.query is not None:
        call.json = query.typed(call.operation.query, body.query(call))


async def find_model(call: Call) -> None:
    """The card of the model a metered call names: the edge looks at it before anything else in the body."""
    name = call.json.get("model") if call.operation.prepare is not None else None
    if isinstance(name, str) and name:
        call.card = access.model(call, name)


async def validate(call: Call) -> None:
    """Hold the call to its contract and prepare what is metered. Raises the first fault in the API's words."""
    operation = call.operation
    if operation.request is not None:
        call.request = _held(operation.request, call.json)
    if operation.query is not None:
        call.query = _held(operation.query, call.json)
    if operation.prepare is not None:
        call.charge = operation.prepare(call)


def _held(contract: type[Contract], value: dict[str, Any]) -> Any:
    try:
        return contract.__pydantic_validator__.validate_python(value)
    except ValidationError as error:
        raise explain(contract, value) or errors.bad_request(error.errors()[0]["msg"]) from None


async def admit(call: Call) -> None:
    """Charge a metered call against its limits."""
    if call.charge is not None and call.card is not None:
        await meter.admit(call, call.card, call.charge)


async def behave(call: Call) -> Any:
    return await call.operation.behave(call)


async def _send(answer: Reply, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


class MockApi(Starlette):
    """Starlette for what is the mock's own, with the API in front of it: its requests pass no middleware."""

    def __init__(self, settings: Settings) -> None:
        self.api = Api(settings)
        super().__init__(routes=routes(self.api))
        self.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].split("/", 2)[1] not in OUTSIDE:
            await self.api(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(settings: Settings | None = None) -> Starlette:
    """The server as an ASGI application."""
    return MockApi(settings or Settings())
