"""The application: the worlds, the pipeline, and the Starlette app around them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from mockapi import errors, json, resources
from mockapi.admission import access, meter, spend
from mockapi.admission.keys import Caller, Keys
from mockapi.admission.limits import Charge
from mockapi.clock import Clock, parse_instant
from mockapi.contract import query
from mockapi.contract.types import Contract
from mockapi.control.routes import OUTSIDE, not_found, routes
from mockapi.errors import ApiError
from mockapi.operations import Operation
from mockapi.settings import Settings
from mockapi.transport import body, form, reply
from mockapi.transport.call import Asked, Call
from mockapi.transport.memory import Memory
from mockapi.transport.reply import JSON, Content, Events, Headers, Reply, write_error
from mockapi.transport.routing import Routes
from mockapi.transport.sse import Receive, Send, send_events
from mockapi.world import Errand, World, Worlds

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
        self.routes = Routes(resources.load)
        # What most clients ask for first is there from the start.
        self.routes.find("/chat/completions")
        self.pipeline: tuple[Step, ...] = (self.authenticate, self.decode, find_model, self.validate, admit, behave)
        self.errand: tuple[Step, ...] = (self.decode, find_model, self.validate, behave)
        self.worlds.perform = self.perform
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
            answer = await self._faulty(error, call, scope)
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
        found = self.routes.find(path, scope.get("raw_path"))
        if found is None:
            raise await body.unread(errors.unknown_url(method, path), receive)
        operations, values = found
        operation = operations.get(method)
        if operation is None:
            raise await body.unread(errors.wrong_method(method, path), receive)
        content = await body.read(receive, scope["headers"], operation.largest or self._limit)
        parameters = dict(zip(operation.parameters, values, strict=True)) if values else {}
        return Call(scope, operation, parameters, content)

    async def authenticate(self, call: Call) -> None:
        """Whose call this is, and its identifiers: they follow from what is asked and how often it was asked before."""
        self.keys.admit(call)
        if call.caller.tier == "auto":
            call.caller = replace(call.caller, tier=await spend.tier_of(call.world))
        _begin(call)

    async def decode(self, call: Call) -> None:
        """The body or the query as plain values."""
        operation = call.operation
        if operation.has_body:
            known = self._memory.recall(call) if operation.prepare is not None else None
            call.asked = known or _decoded(call)
        elif operation.query is not None:
            call.asked = Asked(query.typed(operation.query, body.query(call)), operation.query)
        else:
            call.asked = Asked()

    async def validate(self, call: Call) -> None:
        """Hold the call to its contract and prepare what is metered. Raises the first fault in the API's words."""
        operation, asked = call.operation, call.asked
        if asked.charge is not None or asked.contract is None:
            return
        if asked.contract is operation.query:
            asked.query = _held(asked.contract, asked.json)
        else:
            asked.request = _held(asked.contract, asked.json)
            if operation.query is not None:
                asked.query = _held(operation.query, query.typed(operation.query, body.query(call)))
        if operation.prepare is not None:
            asked.charge = operation.prepare(call)
            if not asked.private and (call.card is None or call.card.examples is None):
                self._memory.keep(call)

    async def perform(self, world: World, errand: Errand) -> tuple[int, Any, str]:
        """Run a request of the server's own: the steps of any other, without limits."""
        headers = [(b"content-type", b"application/json"), (b"host", errand.host)]
        scope = {"method": "POST", "path": errand.path, "query_string": b"", "headers": headers}
        found = self.routes.find(errand.path)
        if found is None:
            # An endpoint that batches may name and that is not served yet.
            id = f"req_{world.call_stream(errand.path.encode(), errand.body).entropy(16).hex()}"
            return 404, errors.unknown_url("POST", errand.path).envelope(), id
        call = Call(scope, found[0]["POST"], {}, errand.body)
        call.world, call.caller, call.rate = world, Caller(errand.key, errand.tier), errand.rate
        _begin(call)
        try:
            if await spend.capped(world, errand.tier, world.clock.micros()):
                raise errors.insufficient_quota()
            result: Any = None
            for step in self.errand:
                result = await step(call)
            if isinstance(result, Events):
                raise errors.no_streams_in_batches()
        except ApiError as error:
            return error.status, error.envelope(), call.id
        except Exception:
            _log.exception("errand %s", errand.path)
            return 500, errors.server_error(call.id).envelope(), call.id
        return 200, json.read(result) if type(result) is bytes else result, call.id

    def _reply(self, call: Call, result: Any) -> Reply:
        if isinstance(result, Events):
            return Reply(200, [*self._head(call), (b"content-type", result.kind)], result)
        if isinstance(result, Content):
            size = (b"content-length", b"%d" % len(result.content))
            return Reply(200, [*self._head(call), (b"content-type", result.kind.encode()), size, *result.headers], result.content)
        text = result if type(result) is bytes else json.write(result, call.operation.layout)
        return Reply(200, [*self._head(call), JSON, (b"content-length", b"%d" % len(text))], text)

    def _head(self, call: Call) -> Headers:
        """Headers of an answer that reached a handler (api-facts A.1)."""
        world, operation = call.world, call.operation
        usual = [
            (b"date", world.clock.date_header()),
            *reply.HANDLED,
            (b"openai-processing-ms", b"%d" % call.processing_ms),
            *world.account_headers,
            (b"x-request-id", call.id.encode()),
            (b"cf-ray", call.id[4:20].encode() + b"-IAD"),
            *call.limits,
        ]
        if operation.omits:
            usual = [header for header in usual if header[0] not in operation.omits]
        return [*usual, *operation.headers, *call.further] if operation.headers or call.further else usual

    async def _faulty(self, error: ApiError, call: Call, scope: Scope) -> Reply:
        """An error of a call, which some operations charge for even where it is the request's."""
        if error.status == 400 and call.operation.charges_faults and call.card is not None and not call.limits:
            try:
                await meter.admit(call, call.card, Charge())
            except ApiError as limited:
                error = limited
        return self._refusal(error, call, scope)

    def _refusal(self, error: ApiError, call: Call, scope: Scope) -> Reply:
        """An error of a call that was read: in a handler's words, or in the edge's (api-facts A.2)."""
        if not call.id:
            return self._turned_away(error, scope, call.operation)
        if call.operation.beside is not None and not error.edge and not error.beside:
            error.beside = call.operation.beside(error)
        if not error.edge:
            return _refused(error, self._head(call))
        head = [(b"date", call.world.clock.date_header()), *reply.EDGE, (b"x-request-id", call.id.encode()), *call.limits]
        return _refused(error, head)

    def _turned_away(self, error: ApiError, scope: Scope, operation: Operation | None = None) -> Reply:
        """An error before it is known whose call it is: of the edge, or of a handler where the operation looks at keys itself."""
        stream = self.worlds.seed.stream(b"turned away", scope["method"].encode(), scope["path"].encode("utf-8", "surrogatepass"))
        request_id = b"req_" + stream.entropy(16).hex().encode()
        head = [(b"date", self.worlds.clock.date_header()), (b"x-request-id", request_id)]
        if operation is None or not operation.knows_keys:
            return _refused(error, [*head, *reply.EDGE])
        error.edge = False
        own = [header for header in reply.HANDLED if header[0] not in operation.omits]
        return _refused(error, [*head, *own, reply.REALM] if error.status == 401 else [*head, *own])

    async def _stream(self, call: Call, answer: Reply, events: Events, send: Send, receive: Receive) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        complete = await send_events(events, send, receive, call.world.clock, self._pace)
        if complete and events.finished is not None:
            await events.finished()


def _begin(call: Call) -> None:
    """Give a call its chance and its request id. What separates the parts of a form is the client's chance, and left out."""
    separator = form.boundary(call.headers.get(b"content-type", b"")) if call.operation.form is not None else b""
    content = call.body.replace(separator, b"") if separator else call.body
    call.stream = call.world.call_stream(call.method.encode(), call.path.encode(), call.query_string, content)
    call.id = f"req_{call.stream.entropy(16).hex()}"


def _decoded(call: Call) -> Asked:
    operation = call.operation
    if operation.form is not None and (operation.request is None or form.boundary(call.headers.get(b"content-type", b""))):
        return Asked(query.typed_form(operation.form, form.values(call)), operation.form)
    return Asked(body.json_object(call), operation.request)


async def find_model(call: Call) -> None:
    """The card of the model a metered call names: the edge looks at it before anything else in the body."""
    if call.operation.prepare is None:
        return
    name = call.operation.model_of(call.asked.json)
    if isinstance(name, str) and name:
        call.card = await access.model(call, name)


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
    """What the operation does, and what it costs."""
    result = await call.operation.behave(call)
    if call.used is not None and call.card is not None:
        await spend.book(call.world, call.card, call.used, call.rate)
    return result


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
