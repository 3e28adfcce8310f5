"""The application: the worlds, the pipeline, and the Starlette app around them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from mockapi import errors, json
from mockapi.admission import access, meter
from mockapi.admission.keys import Keys
from mockapi.clock import Clock, parse_instant
from mockapi.contract import query
from mockapi.contract.types import Contract
from mockapi.control.routes import OUTSIDE, not_found, routes
from mockapi.errors import ApiError
from mockapi.resources import OPERATIONS
from mockapi.settings import Settings
from mockapi.transport import body, reply
from mockapi.transport.call import Asked, Call
from mockapi.transport.memory import Memory
from mockapi.transport.reply import EVENT_STREAM, JSON, Events, Headers, Reply, write_error
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
        self.pipeline: tuple[Step, ...] = (self.authenticate, self.decode, find_model, self.validate, admit, behave)
        if settings.mode == "canned":
            from mockapi import canned

            self.pipeline = (self.authenticate, self.decode, canned.find_model, self.validate, canned.behave)
        self._memory = Memory()
        self._limit = int(settings.max_body_mb * 1024 * 1024)
        self._pace = int(settings.stream_pace_ms * 1000)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            call = await self._open(scope, receive)
        except body.Disconnected:
            return
        except ApiError as error:
            await _send(self._turned_away(error, scope), send)
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
        parameters = dict(zip(operation.parameters, values, strict=True)) if values else {}
        return Call(scope, operation, parameters, content)

    async def authenticate(self, call: Call) -> None:
        """Whose call this is, and its identifiers: they follow from what is asked and how often it was asked before."""
        self.keys.admit(call)
        call.stream = call.world.call_stream(call.method.encode(), call.path.encode(), call.query_string, call.body)
        call.id = f"req_{call.stream.entropy(16).hex()}"

    async def decode(self, call: Call) -> None:
        """The body or the query as plain values."""
        operation = call.operation
        if operation.prepare is not None:
            known = self._memory.recall(call)
            call.asked = Asked(body.json_object(call)) if known is None else known
        elif operation.request is not None:
            call.asked = Asked(body.json_object(call))
        elif operation.query is not None:
            call.asked = Asked(query.typed(operation.query, body.query(call)))
        else:
            call.asked = Asked()

    async def validate(self, call: Call) -> None:
        """Hold the call to its contract and prepare what is metered. Raises the first fault in the API's words."""
        operation, asked = call.operation, call.asked
        if asked.charge is not None:
            return
        if operation.request is not None:
            asked.request = _held(operation.request, asked.json)
        if operation.query is not None:
            asked.query = _held(operation.query, asked.json)
        if operation.prepare is not None:
            asked.charge = operation.prepare(call)
            self._memory.keep(call)

    def _reply(self, call: Call, result: Any) -> Reply:
        if isinstance(result, Events):
            return Reply(200, [*self._head(call), EVENT_STREAM], result)
        text = result if type(result) is bytes else json.write(result, call.operation.layout)
        return Reply(200, [*self._head(call), JSON, (b"content-length", b"%d" % len(text))], text)

    def _head(self, call: Call) -> Headers:
        """Headers of an answer that reached a handler (api-facts A.1)."""
        world = call.world
        return [
            (b"date", world.clock.date_header()),
            *reply.HANDLED,
            (b"openai-processing-ms", b"%d" % call.processing_ms),
            *world.account_headers,
            (b"x-request-id", call.id.encode()),
            (b"cf-ray", call.id[4:20].encode() + b"-IAD"),
            *call.limits,
        ]

    def _refusal(self, error: ApiError, call: Call, scope: Scope) -> Reply:
        """An error of a call that was read: in a handler's words, or in the edge's (api-facts A.2)."""
        if not call.id:
            return self._turned_away(error, scope)
        if not error.edge:
            return _refused(error, self._head(call))
        head = [(b"date", call.world.clock.date_header()), *reply.EDGE, (b"x-request-id", call.id.encode()), *call.limits]
        return _refused(error, head)

    def _turned_away(self, error: ApiError, scope: Scope) -> Reply:
        """An error before it is known whose call it is."""
        stream = self.worlds.seed.stream(b"turned away", scope["method"].encode(), scope["path"].encode("utf-8", "surrogatepass"))
        request_id = b"req_" + stream.entropy(16).hex().encode()
        return _refused(error, [(b"date", self.worlds.clock.date_header()), *reply.EDGE, (b"x-request-id", request_id)])

    async def _stream(self, call: Call, answer: Reply, events: Events, send: Send, receive: Receive) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        complete = await send_events(events, send, receive, call.world.clock, self._pace)
        if complete and events.finished is not None:
            await events.finished()


async def find_model(call: Call) -> None:
    """The card of the model a metered call names: the edge looks at it before anything else in the body."""
    name = call.asked.json.get("model") if call.operation.prepare is not None else None
    if isinstance(name, str) and name:
        call.card = access.model(call, name)


def _held(contract: type[Contract], value: dict[str, Any]) -> Any:
    try:
        return contract.__pydantic_validator__.validate_python(value)
    except ValidationError as error:
        from mockapi.contract.explain import explain

        raise explain(contract, value) or errors.bad_request(error.errors()[0]["msg"]) from None


async def admit(call: Call) -> None:
    """Charge a metered call against its limits."""
    charge = call.asked.charge
    if charge is not None and call.card is not None:
        await meter.admit(call, call.card, charge)


async def behave(call: Call) -> Any:
    return await call.operation.behave(call)


def _refused(error: ApiError, head: Headers) -> Reply:
    text, kind = write_error(error)
    return Reply(error.status, [*head, kind, (b"content-length", b"%d" % len(text)), *error.headers], text)


async def _send(answer: Reply, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


class MockApi(Starlette):
    """Starlette for what is the mock's own, with the API in front of it: its requests pass no middleware."""

    def __init__(self, settings: Settings) -> None:
        self.api = Api(settings)
        super().__init__(routes=routes(self.api), exception_handlers={HTTPException: not_found})
        self.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (scope["path"].startswith("/v1/") or scope["path"].split("/", 2)[1] not in OUTSIDE):
            await self.api(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(settings: Settings | None = None) -> Starlette:
    """The server as an ASGI application."""
    return MockApi(settings or Settings())
