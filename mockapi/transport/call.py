"""One request on its way through the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from mockapi.admission.keys import Caller
    from mockapi.admission.limits import Charge
    from mockapi.admission.spend import Used
    from mockapi.catalogue import Card
    from mockapi.contract.types import Contract
    from mockapi.engine.prompt import Scripted
    from mockapi.journal import Kept
    from mockapi.operations import Operation
    from mockapi.scenario.script import Script
    from mockapi.seed import Stream
    from mockapi.transport.faults import Fault
    from mockapi.transport.pace import Latency
    from mockapi.transport.reply import Reply
    from mockapi.world import World


class Asked:
    """What a body comes to: the same for the same bytes, whoever sends them, so it may be remembered. Nothing changes it later.

    `json` is the decoded body or query, `request` or `query` the same as the `contract`; a metered operation adds the `prompt`, the
    `charge`, and the `draft`: as much of its answer as follows from the request alone. What depends on the world too, such as files
    that it keeps, is `private` and not remembered. `body` are those bytes, `card` is the model that they name, `origin` where the chance
    of such calls comes from, `scripted` what the model is made to say, for this call alone.
    """

    __slots__ = ("body", "card", "charge", "contract", "draft", "json", "origin", "private", "prompt", "query", "request", "scripted")

    def __init__(self) -> None:
        self.origin = 0
        self.body = b""
        self.card: Card | None = None
        self.json: Any = None
        self.contract: type[Contract] | None = None
        self.request: Any = None
        self.query: Any = None
        self.prompt: Any = None
        self.charge: Charge | None = None
        self.draft: Any = None
        self.private = False
        self.scripted: Scripted | None = None


class Call:
    """What is known of a request; each step of the pipeline fills in its part.

    `now` is its instant in microseconds, `id` the request id, `asked` what the body comes to, `card` the model asked for, `context` what
    the request refers to; `stream` the chance that belongs to this call; `limits` the lines of its answer's x-ratelimit-* headers,
    `further` other headers of its own; `used` what it is billed for, `rate` the price list that is used for it. `script` is the scenario
    it gets, `fault` and `latency` what happens to its answer on the way, `mishap` the error that was asked for by name, `hit` the limit
    that it ran into. `beside` is what the open connection that it came over remembers beside the world; None where it came as a request of
    its own.

    An answered call lives on in its world's journal with its `reply` and the `ticks` at which it `began` and was `done`, and without
    what it came to and the way back to its world: `asked` and `world` are taken from it.
    """

    __slots__ = (
        "asked",
        "began",
        "beside",
        "body",
        "caller",
        "card",
        "context",
        "done",
        "fault",
        "further",
        "headers",
        "hit",
        "id",
        "latency",
        "limits",
        "method",
        "mishap",
        "now",
        "operation",
        "parameters",
        "path",
        "processing_ms",
        "query_string",
        "rate",
        "reply",
        "script",
        "stream",
        "used",
        "world",
    )

    caller: Caller
    world: World
    stream: Stream
    asked: Asked

    now: int

    reply: Reply | Kept
    began: int
    done: int

    def __init__(
        self,
        scope: MutableMapping[str, Any],
        headers: dict[bytes, bytes],
        operation: Operation,
        parameters: dict[str, str],
        body: bytes,
    ) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query_string: bytes = scope["query_string"]
        self.headers = headers
        self.operation = operation
        self.parameters = parameters
        self.body = body
        self.id = ""
        self.card: Card | None = None
        self.context: Any = None
        self.beside: dict[str, Any] | None = None
        self.limits = b""
        self.processing_ms = 12
        self.further: tuple[tuple[bytes, bytes], ...] = ()
        self.used: Used | None = None
        self.rate = "standard"
        self.script: Script | None = None
        self.fault: Fault | None = None
        self.latency: Latency | None = None
        # The name of the error that was asked for.
        self.mishap: str | None = None
        # As TPM; `quota` where it was money.
        self.hit: str | None = None

    @property
    def request(self) -> Any:
        """The body as the operation's contract."""
        return self.asked.request

    @property
    def query(self) -> Any:
        """The query as the operation's contract."""
        return self.asked.query
