"""One request on its way through the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from mockapi.admission.keys import Caller
    from mockapi.admission.limits import Charge
    from mockapi.catalogue import Card
    from mockapi.engine.prompt import Prompt
    from mockapi.operations import Operation
    from mockapi.seed import Stream
    from mockapi.world import World


class Call:
    """What is known of a request; each step of the pipeline fills in its part.

    `id` is the request id, `json` the decoded body, `request` the same as the operation's contract, `query` likewise; `card` the
    model asked for, `prompt` what it is asked; `stream` the chance that belongs to this call; `limits` the x-ratelimit-* headers.
    """

    __slots__ = (
        "body",
        "caller",
        "card",
        "charge",
        "headers",
        "id",
        "json",
        "limits",
        "method",
        "operation",
        "parameters",
        "path",
        "processing_ms",
        "prompt",
        "query",
        "query_string",
        "request",
        "stream",
        "world",
    )

    caller: Caller
    world: World
    stream: Stream
    request: Any
    query: Any

    def __init__(self, scope: MutableMapping[str, Any], operation: Operation, parameters: dict[str, str], body: bytes) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query_string: bytes = scope["query_string"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.operation = operation
        self.parameters = parameters
        self.body = body
        self.json: Any = None
        self.id = ""
        self.card: Card | None = None
        self.prompt: Prompt | None = None
        self.charge: Charge | None = None
        self.limits: tuple[tuple[bytes, bytes], ...] = ()
        self.processing_ms = 12

    def header(self, name: bytes) -> str | None:
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")
