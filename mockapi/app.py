"""The application: the worlds, the pipeline, and the application around them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from mockapi import errors, json, resources
from mockapi import pipeline as steps
from mockapi.admission import meter, ordered, spend
from mockapi.admission.keys import Keys
from mockapi.admission.limits import Charge
from mockapi.aside import aside
from mockapi.clock import Clock, parse_instant, parse_rate, ticks
from mockapi.contract import query
from mockapi.contract.held import held
from mockapi.errors import ApiError
from mockapi.journal import Heard, Kept, Streamed
from mockapi.operations import Operation
from mockapi.settings import Settings
from mockapi.transport import body, reply
from mockapi.transport.call import Asked, Call
from mockapi.transport.delivery import deliver, deliver_stream, tell
from mockapi.transport.memory import Memory
from mockapi.transport.reply import JSON, Content, Events, Opening, Reply, lines, write_error
from mockapi.transport.routing import Routes
from mockapi.transport.sse import Receive, Send, send_events
from mockapi.world import Errand, World
from mockapi.worlds import Worlds

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from mockapi.contract.types import Contract
    from mockapi.scenario.book import Entry
    from mockapi.scenario.folder import Folder

_log = logging.getLogger("mockapi")
Scope = MutableMapping[str, Any]
# A step that has nothing to wait for is done when it returns.
Step = Callable[[Call], Awaitable[Any] | None]
Behaviour = Callable[[Call], Awaitable[Any]]
# Bytes of a request that is held to its contract beside the event loop: others would wait for it.
_LARGE = 256 * 1024
App = Callable[[Scope, Receive, Send], Awaitable[None]]
# First segments of the paths that are not the API's.
_OUTSIDE = frozenset(("", "_mock", "health", "metrics", "openapi.json", "ready"))


# What is answered by a server alone, whatever it shares.
_ALONE = frozenset(("/", "/health", "/ready", "/openapi.json"))


class Api:
    """The ASGI application behind `/v1`. The pipeline is the life of a request: each step goes on or raises an ApiError."""

    def __init__(self, settings: Settings) -> None:
        clock = Clock()
        if settings.clock.endswith("x"):
            clock.scale(parse_rate(settings.clock))
        elif settings.clock != "real":
            clock.freeze()
            clock.set(parse_instant(settings.clock))
        self.settings = settings
        self.worlds = Worlds(settings, clock, _log_of(settings))
        self.keys = Keys(self.worlds, settings)
        self.routes = Routes(resources.load)
        # What most clients ask for first is there from the start.
        self.routes.find("/chat/completions")
        # The way of a call once it is known whose it is; what is left of it where the same bytes were seen before; that of an errand.
        self.pipeline: tuple[Step, ...] = (
            steps.knows_beta, self.decode, steps.find_model, self.validate, steps.gather, steps.admit, self.script, steps.behave,
        )  # fmt: skip
        self.remembered: tuple[Step, ...] = (steps.find_model, steps.admit, self.script, steps.behave)
        self.errand: tuple[Step, ...] = (self.decode, steps.find_model, self.validate, steps.gather, self.script, steps.behave)
        self.worlds.perform = self.perform
        if settings.mode == "canned":
            from mockapi import canned

            self.pipeline = (self.decode, canned.find_model, self.validate, self.script, steps.scripted(canned.behave))
            self.remembered = self.pipeline
        self._memory = Memory()
        self._limit = int(settings.max_body_mb * 1024 * 1024)
        # The scenarios that stand in files.
        self.folder = _folder(settings.scenarios) if settings.scenarios else None
        self._strict = settings.strict_scenarios

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = ticks()
        try:
            call = await self._open(scope, receive)
        except body.Disconnected:
            return
        except ApiError as error:
            turned_away = self.turned_away(error, scope)
            noting = self._note_stray(Call(scope, dict(scope["headers"]), _UNSERVED, {}, b""), turned_away, began)
            if noting is not None:
                await noting
            await tell(turned_away, send)
            return
        try:
            result: Any = None
            waiting = self.authenticate(call)
            if waiting is not None:
                await waiting
            if self.worlds.shared is not None and call.operation.changes:
                result = await self._changed(call)
            else:
                for step in self.pipeline if call.asked.charge is None else self.remembered:
                    waits = step(call)
                    if waits is not None:
                        result = await waits
            answer: Reply | Opening = self._reply(call, result)
        except ApiError as error:
            answer = await self._faulty(error, call, scope)
        except Exception:
            _log.exception("%s %s", call.method, call.path)
            answer = self._refusal(errors.server_error(call.id), call, scope)
        if isinstance(answer, Opening):
            await self._stream(call, answer, began, send, receive)
            return
        # It is in the journal before the client can have read it.
        if call.id:
            if call.fault is not None or call.latency is not None:
                await deliver(call, answer, send, receive, partial(call.world.journal.add, call, answer, began))
                del call.asked, call.world
                return
            noting = call.world.journal.add(call, answer, began)
            del call.asked, call.world
        else:
            noting = self._note_stray(call, answer, began)
        if noting is not None:
            await noting
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.head})
        await send({"type": "http.response.body", "body": answer.body})

    async def _changed(self, call: Call) -> Any:
        """The steps of a call that changes what others may be changing elsewhere: one after another, each knowing what was told before."""
        result: Any = None
        async with call.world.turn("changes", ""):
            await self.worlds.refresh()
            for step in self.pipeline:
                waits = step(call)
                if waits is not None:
                    result = await waits
            await self.worlds.publish()
        return result

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
        headers = dict(scope["headers"])
        content = await body.read(receive, headers.get(b"content-length"), operation.largest or self._limit)
        parameters = dict(zip(operation.parameters, values, strict=True)) if values else {}
        return Call(scope, headers, operation, parameters, content)

    def authenticate(self, call: Call) -> Awaitable[None] | None:
        """Whose call this is, and its identifiers: they follow from what is asked and how often it was asked before."""
        self.keys.admit(call)
        begun = self._begin(call)
        return steps.on_earned_tier(call, begun) if call.caller.tier == "auto" else begun

    def _begin(self, call: Call) -> Awaitable[None] | None:
        """Give a call its instant, its chance and its request id, and what is known of the same bytes."""
        call.now = call.world.clock.micros()
        asked = self._memory.recall(call) if call.operation.prepare is not None else None
        if asked is None:
            asked = Asked()
            asked.origin = steps.origin(call)
        else:
            # The same bytes need not be kept twice.
            call.body = asked.body
        call.asked = asked
        times = call.world.store.ordinal(asked.origin)
        if not isinstance(times, int):
            return steps.numbered_later(call, times)
        steps.number(call, times)
        return None

    def decode(self, call: Call) -> None:
        """The body or the query as plain values."""
        operation, asked = call.operation, call.asked
        if asked.contract is not None:
            return
        if operation.has_body:
            asked.json, asked.contract = steps.decoded(call)
        elif operation.query is not None:
            asked.json, asked.contract = query.typed(operation.query, body.query(call)), operation.query

    def validate(self, call: Call) -> Awaitable[None] | None:
        """Hold the call to its contract and prepare what is metered. Raises the first fault in the API's words."""
        contract = call.asked.contract
        if call.asked.charge is not None or contract is None:
            return None
        if len(call.body) > _LARGE:
            return aside(True, partial(self._hold, call, contract))
        self._hold(call, contract)
        return None

    def _hold(self, call: Call, contract: type[Contract]) -> None:
        operation, asked = call.operation, call.asked
        if contract is operation.query:
            asked.query = held(contract, asked.json)
        else:
            asked.request = held(contract, asked.json)
            if operation.query is not None:
                asked.query = held(operation.query, query.typed(operation.query, body.query(call)))
        if operation.prepare is not None:
            asked.charge = operation.prepare(call)
            if not asked.private and (call.card is None or call.card.examples is None):
                self._memory.keep(call)

    def script(self, call: Call) -> Awaitable[None] | None:
        """What the user scripted for the call. Raises the error that a scenario asks for."""
        sent, world, shared = call.headers, call.world, self.worlds.book
        told = world.book.entries or shared.entries or self.folder is not None or self._strict
        if told or b"x-mock-fault" in sent or b"x-mock-latency" in sent or b"x-mock-scenario" in sent:
            if world.shared is not None and told:
                return self._cast_in_turn(call)
            self._cast(call)
        if world.latencies or self.worlds.latencies:
            self._slow(call)
        return None

    async def _cast_in_turn(self, call: Call) -> None:
        """The same where scenarios come into play in other processes too: each call of them all is one call more."""
        world = call.world
        async with world.turn("scenarios", ""):
            entries = [*world.book, *self._shared()]
            await world.book.recall(world.store, entries)
            before = {entry: (world.book.played(entry).matched, world.book.played(entry).used) for entry in entries}
            try:
                self._cast(call)
            finally:
                await world.book.remember(world.store, before)
        self._slow(call)

    def _shared(self) -> Iterable[Entry]:
        """The scenarios that all worlds share."""
        return self.worlds.book if self.folder is None else chain(self.worlds.book, self.folder.look())

    def _cast(self, call: Call) -> None:
        from mockapi.scenario import play

        try:
            play.cast(call, self._shared(), strict=self._strict)
        except ApiError as error:
            # What a header asks for befalls the call itself.
            told = call.script is not None and call.script.reply.error is not None
            if not told or not steps.deferred(call, error):
                raise

    def _slow(self, call: Call) -> None:
        """How long the answer takes, where nothing else was asked for."""
        if call.latency is None and call.card is not None:
            call.latency = steps.latency({**self.worlds.latencies, **call.world.latencies}, call.card.asked_as)

    async def perform(self, world: World, errand: Errand) -> tuple[int, Any, str]:
        """Run a request of the server's own: the steps of any other, without limits."""
        began = ticks()
        headers = [(b"content-type", b"application/json"), (b"host", errand.host)]
        scope = {"method": "POST", "path": errand.path, "query_string": b"", "headers": headers}
        found = self.routes.find(errand.path)
        call = Call(scope, dict(headers), _UNSERVED if found is None else found[0]["POST"], {}, errand.body)
        call.world, call.caller, call.rate = world, self.keys.again(errand.key, errand.tier), errand.rate
        if found is None:
            # An endpoint that batches may name and that is not served yet.
            call.now = world.clock.micros()
            call.stream = await world.call_stream(world.seed.stream(errand.path.encode(), errand.body).origin)
            call.id = f"req_{call.stream.entropy(16).hex()}"
            done: tuple[int, Any] = 404, errors.unknown_url("POST", errand.path).envelope()
        else:
            done = await self._performed(call, errand)
            del call.asked
        status, result = done
        text, is_whole = steps.excerpt(result)
        noting = world.journal.add(call, Kept(status, None, text, len(text) if is_whole else None, len(errand.body)), began)
        if noting is not None:
            await noting
        del call.world
        return status, json.read(result) if type(result) is bytes else result, call.id

    async def _performed(self, call: Call, errand: Errand) -> tuple[int, Any]:
        """The steps of an errand. Returns its status and its body."""
        begun = self._begin(call)
        if begun is not None:
            await begun
        try:
            if await spend.capped(call.world, errand.tier, call.now):
                call.hit = "quota"
                raise errors.insufficient_quota()
            if call.world.orders:
                await ordered.check_spend(call)
            result: Any = None
            for step in self.errand:
                waits = step(call)
                if waits is not None:
                    result = await waits
            if isinstance(result, Events):
                raise errors.no_streams_in_batches()
        except ApiError as error:
            return error.status, error.envelope()
        except Exception:
            _log.exception("errand %s", errand.path)
            return 500, errors.server_error(call.id).envelope()
        return 200, result

    def _reply(self, call: Call, result: Any) -> Reply | Opening:
        status = call.operation.status if call.script is None or call.script.reply.status == 200 else call.script.reply.status
        if type(result) is bytes:
            return Reply(status, self._head(call), JSON, result)
        if isinstance(result, Events):
            return Opening(status, self._head(call), result)
        if isinstance(result, Content):
            return Reply(status, self._head(call) + lines(result.headers), result.kind.encode(), result.content)
        return Reply(status, self._head(call), JSON, json.write(result, call.operation.layout))

    def _head(self, call: Call) -> bytes:
        """Headers of an answer that reached a handler (api-facts A.1)."""
        world, operation, id = call.world, call.operation, call.id.encode()
        head = b"date: %b\r\n%bopenai-processing-ms: %d\r\n%bx-request-id: %b\r\ncf-ray: %b-IAD\r\n%b" % (
            world.clock.date_header(call.now),
            reply.HANDLED,
            call.processing_ms,
            world.account_headers,
            id,
            id[4:20],
            call.limits,
        )
        if operation.omits:
            head = reply.Head(head).without(operation.omits).text
        return head + lines(operation.headers) + lines(call.further) if operation.headers or call.further else head

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
            return self.turned_away(error, scope, call.operation)
        if call.operation.beside is not None and not error.edge and not error.beside:
            error.beside = call.operation.beside(error)
        if not error.edge or call.operation.knows_keys:
            # seen: B.5, where the endpoint looks at keys it says itself what the edge says elsewhere
            error.edge = False
            return _refused(error, self._head(call))
        usual = b"date: %b\r\n%bx-request-id: %b\r\n" % (call.world.clock.date_header(call.now), reply.EDGE, call.id.encode())
        return _refused(error, usual + call.limits)

    def turned_away(self, error: ApiError, scope: Scope, operation: Operation | None = None) -> Reply:
        """An error before it is known whose call it is: of the edge, or of a handler where the operation looks at keys itself."""
        stream = self.worlds.seed.stream(b"turned away", scope["method"].encode(), scope["path"].encode("utf-8", "surrogatepass"))
        request_id = b"req_" + stream.entropy(16).hex().encode()
        head = b"date: %b\r\nx-request-id: %b\r\n" % (self.worlds.clock.date_header(self.worlds.clock.micros()), request_id)
        if operation is None or not operation.knows_keys:
            return _refused(error, head + reply.EDGE)
        error.edge = False
        head += reply.Head(reply.HANDLED).without(operation.omits).text
        return _refused(error, head + reply.REALM if error.status == 401 else head)

    def _note_stray(self, call: Call, answer: Reply, began: int) -> Awaitable[None] | None:
        """Write down a call that was turned away: it belongs to nobody unless its world is known."""
        world: World | None = getattr(call, "world", None)
        if world is None:
            call.now = self.worlds.clock.micros()
            return self.worlds.strays.add(call, answer, began)
        call.now = world.clock.micros()
        del call.world
        return world.journal.add(call, answer, began)

    async def _stream(self, call: Call, answer: Opening, began: int, send: Send, receive: Receive) -> None:
        events = answer.events
        streamed = Streamed(call, answer, began, send)
        try:
            if call.fault is not None or call.latency is not None:
                complete = await deliver_stream(call, answer, streamed.send, send, receive)
            else:
                await send({"type": "http.response.start", "status": answer.status, "headers": answer.head})
                complete = await send_events(events, streamed.send, receive, call.world.clock, None)
            streamed.end("left" if not complete and call.fault is None else "cut")
        finally:
            streamed.end("cut")
            del call.asked, call.world


async def _nothing(call: Call) -> None:
    raise NotImplementedError


# What stands for the operation of a call to a URL that is none.
_UNSERVED = Operation("", "", "", _nothing)


def _refused(error: ApiError, head: bytes) -> Reply:
    text, kind = write_error(error)
    return Reply(error.status, head + lines(error.headers), kind, text)


def _log_of(settings: Settings) -> Heard | None:
    if settings.log == "none":
        return None
    from mockapi.log import Log

    return Log(settings.log)


def _folder(path: str) -> Folder:
    from mockapi.scenario.folder import Folder

    return Folder(path)


class MockApi:
    """The server as an ASGI application: the API, and beside it the mock's own site, a Starlette made when it is first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.api = Api(settings)
        # Whether all is imported; where nobody imports it beforehand each call imports what it needs.
        self.imported = True

    @cached_property
    def site(self) -> Starlette:
        """What is the mock's own: health, the contract document, the controls."""
        from mockapi.control.routes import site

        return site(self.api)

    @property
    def front(self) -> App:
        """The application as a function, which costs a request less than an object does."""
        return self._alone if self.api.worlds.shared is None else self._followed

    def _followed(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """The way of a request where others share the store."""
        from mockapi.transport.shared import followed

        return self._alone(scope, receive, send) if scope["path"] in _ALONE else followed(self.api, self._alone, scope, receive, send)

    def _alone(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http" and (scope["path"].startswith("/v1/") or scope["path"].split("/", 2)[1] not in _OUTSIDE):
            return self.api(scope, receive, send)
        if scope["type"] == "websocket":
            from mockapi.sockets import Sockets

            return Sockets(self.api)(scope, receive, send)
        if scope["path"] == "/ready" and scope["type"] == "http":
            return self._tell_ready(scope, send)
        return self.site(scope, receive, send)

    async def _tell_ready(self, scope: Scope, send: Send) -> None:
        answer, shared = self._readiness(scope), self.api.worlds.shared
        if answer.status == 200 and shared is not None:
            try:
                await shared.prove()
            except ApiError as gone:
                answer = _refused(gone, b"")
        await tell(answer, send)

    def _readiness(self, scope: Scope) -> Reply:
        """Whether calls should be sent here: not before all is imported, and not while the server ends. It needs no site to be told."""
        if scope["method"] not in ("GET", "HEAD"):
            return _refused(errors.wrong_method(scope["method"], scope["path"]), b"")
        if not self.imported:
            return _refused(errors.not_ready("starting"), b"")
        if self.api.worlds.shelf.closed:
            return _refused(errors.not_ready("ending"), b"")
        return Reply(200, b"", JSON, json.write({"status": "ready"}, "pretty+newline"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.front(scope, receive, send)


def create_app(settings: Settings | None = None) -> MockApi:
    """The server as an ASGI application."""
    return MockApi(settings or Settings())
