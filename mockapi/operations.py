"""The registry: every operation the server answers, declared where its behaviour is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeVar

from mockapi import errors
from mockapi.errors import ApiError
from mockapi.json import Layout
from mockapi.records import record

if TYPE_CHECKING:
    from mockapi.admission.limits import Charge
    from mockapi.contract.types import Contract
    from mockapi.transport.call import Call

ALL_LIMITS = frozenset(("requests", "tokens", "input-images"))
Behaviour = Callable[["Call"], Awaitable[Any]]
_B = TypeVar("_B", bound=Behaviour)


@record
class Operation:
    """One method and path of the API: its contract, how it is admitted, how it is written and what it does."""

    id: str
    method: str
    path: str
    behave: Behaviour
    request: type[Contract] | None = None
    # The same as multipart/form-data; an operation may take both.
    form: type[Contract] | None = None
    # A content type whose body is a text, and the member of the form that it stands for.
    plain: tuple[str, str] | None = None
    query: type[Contract] | None = None
    response: Any = None
    events: Any = None
    # Content types of answers that are no JSON.
    contents: tuple[str, ...] = ()
    layout: Layout = "pretty"
    # The status of its successes.
    status: int = 200
    # What a metered operation checks and charges before it behaves; it names a model.
    prepare: Callable[[Call], Charge] | None = None
    # What it looks up in the world before it is admitted; it raises for what is not there.
    gather: Callable[[Call], Awaitable[None]] | None = None
    # Takes an error of the model's side that is told of by what the operation makes, not by its answer. Returns whether it is one.
    defer: Callable[[Call, ApiError], bool] | None = None
    # What the header OpenAI-Beta has to say.
    beta: str | None = None
    # The kinds of limits whose x-ratelimit-* headers the answers carry (api-facts A.1).
    shows: frozenset[str] = ALL_LIMITS
    # The model that is meant where none is named, or a function of the body that tells; and what is said of one that is not there.
    default_model: str | Callable[[Mapping[str, Any]], str] | None = None
    # Where a model is looked for in the world if the body names none.
    finds_model: Callable[[Call], Awaitable[str | None]] | None = None
    # Whether an answer can end failed; elsewhere a scenario that wants it to gets an error.
    can_fail: bool = False
    # The model that one nobody knows is taken for in canned mode.
    sample_model: str = "gpt-4o-mini"
    unknown_model: Callable[[str], ApiError] = errors.unknown_model
    # Another path with the same parameters where it is answered too.
    also: str | None = None
    # Headers that every answer of this operation carries beside the usual ones.
    headers: tuple[tuple[bytes, bytes], ...] = ()
    # Usual headers that they do not carry.
    omits: frozenset[bytes] = frozenset()
    # Whether keys are looked at by the endpoint itself, not by the edge (api-facts A.2).
    knows_keys: bool = False
    # Whether a fault of the request is charged as a call and its answer tells the limits (api-facts C.4).
    charges_faults: bool = False
    # What stands beside `error` in the envelope of this operation's own errors.
    beside: Callable[[ApiError], dict[str, Any]] | None = None
    # The largest body in bytes where it is not the server's setting.
    largest: int | None = None
    # A stateless behaviour reads no stored object, so canned mode uses it as it is.
    stateless: bool = False
    parameters: tuple[str, ...] = field(default=())

    def model_of(self, sent: Mapping[str, Any]) -> Any:
        """What a body names as its model, or the one that is meant where it names none."""
        name = sent.get("model")
        if name is not None or self.default_model is None:
            return name
        return self.default_model if isinstance(self.default_model, str) else self.default_model(sent)

    @property
    def changes(self) -> bool:
        """Whether it changes what others may be changing: a model's call adds to what there is, and reading does neither."""
        return self.method != "GET" and self.prepare is None

    @property
    def has_body(self) -> bool:
        return self.request is not None or self.form is not None


OPERATIONS: dict[str, Operation] = {}


def operation(route: str, *, id: str, **declared: Any) -> Callable[[_B], _B]:
    """Register a behaviour under `"METHOD /path/{parameter}"`, the path without `/v1`."""
    method, path = route.split(" ", 1)
    parameters = tuple(part[1:-1] for part in path.split("/") if part.startswith("{"))

    def register(behave: _B) -> _B:
        known = OPERATIONS.get(id)
        # A module may be imported anew, as runners of tests do within a test.
        if known is not None and (known.behave.__module__, known.behave.__name__) != (behave.__module__, behave.__name__):
            raise ValueError(f"operation {id!r} is registered twice")
        OPERATIONS[id] = Operation(id=id, method=method, path=path, behave=behave, parameters=parameters, **declared)
        return behave

    return register


async def _opened(call: Call) -> None:
    """What opens a socket is no call with an answer."""


def opening(path: str, *, id: str) -> Operation:
    """The operation that a WebSocket is opened with; what is asked for over it are calls of others."""
    return Operation(id=id, method="GET", path=path, behave=_opened)
