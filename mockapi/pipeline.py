"""The steps of a call, one after another, as `app` puts them together. Each goes on or raises an ApiError."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from mockapi import errors, json
from mockapi.admission import access, meter, spend
from mockapi.admission.limits import Charge
from mockapi.contract import query
from mockapi.contract.types import Contract
from mockapi.errors import ApiError
from mockapi.seed import again
from mockapi.transport import body, form
from mockapi.transport.call import Call
from mockapi.transport.pace import Latency

if TYPE_CHECKING:
    from mockapi.catalogue import Card

Behaviour = Callable[[Call], Awaitable[Any]]


def origin(call: Call) -> int:
    """Where the chance of a call comes from: what was asked. What separates the parts of a form is the client's chance, and left out."""
    separator = form.boundary(call.headers.get(b"content-type", b"")) if call.operation.form is not None else b""
    content = call.body.replace(separator, b"") if separator else call.body
    return call.world.seed.stream(call.method.encode(), call.path.encode(), call.query_string, content).origin


def number(call: Call, times: int) -> None:
    """The chance and the request id of a call, the same of which was asked so many times before."""
    call.stream = again(call.asked.origin, times)
    call.id = f"req_{call.stream.entropy(16).hex()}"


async def numbered_later(call: Call, times: Awaitable[int]) -> None:
    number(call, await times)


async def on_earned_tier(call: Call, begun: Awaitable[None] | None) -> None:
    if begun is not None:
        await begun
    call.caller = replace(call.caller, tier=await spend.tier_of(call.world))


def decoded(call: Call) -> tuple[Any, type[Contract] | None]:
    """The body as plain values, and the contract that it is for."""
    operation = call.operation
    kind = call.headers.get(b"content-type", b"")
    if operation.plain is not None and kind.partition(b";")[0].strip().decode("latin-1") == operation.plain[0]:
        return {operation.plain[1]: call.body.decode("utf-8", "replace")}, operation.form
    if operation.form is not None and (operation.request is None or form.boundary(kind)):
        return query.typed_form(operation.form, form.values(call)), operation.form
    return body.json_object(call), operation.request


def knows_beta(call: Call) -> None:
    """Whether the client says that it knows a beta, where it has to. Raises the API's 400."""
    beta = call.operation.beta
    if beta is not None and beta not in call.headers.get(b"openai-beta", b"").decode("latin-1"):
        raise errors.beta_header(beta)


def find_model(call: Call) -> Awaitable[None] | None:
    """The card of the model a metered call names: the edge looks at it before anything else in the body."""
    if call.operation.prepare is None:
        return None
    known = call.asked.card
    if known is not None and call.caller.tier in known.limits and not call.world.orders:
        call.card = known
        return None
    name = call.operation.model_of(call.asked.json)
    if name is None and call.operation.finds_model is not None:
        return _found_model(call, call.operation.finds_model)
    return access.model(call, name) if isinstance(name, str) and name else None


async def _found_model(call: Call, finds: Callable[[Call], Awaitable[str | None]]) -> None:
    name = await finds(call)
    waits = access.model(call, name) if name else None
    if waits is not None:
        await waits


def gather(call: Call) -> Awaitable[None] | None:
    """What an operation looks up in the world, so that all after it know."""
    return None if call.operation.gather is None else call.operation.gather(call)


def admit(call: Call) -> Awaitable[None] | None:
    """Charge a metered call against its limits."""
    charge = call.asked.charge
    if charge is None or call.card is None:
        return None
    return meter.admit(call, call.card, charge) if call.operation.defer is None else _admitted_or_deferred(call, call.card, charge)


async def _admitted_or_deferred(call: Call, card: Card, charge: Charge) -> None:
    try:
        await meter.admit(call, card, charge)
    except ApiError as error:
        if not deferred(call, error):
            raise


def deferred(call: Call, error: ApiError) -> bool:
    """Whether an error is told of by what the operation makes, not by its answer."""
    return call.operation.defer is not None and call.operation.defer(call, error)


def scripted(behave: Behaviour) -> Behaviour:
    """A behaviour, or what a scenario has in its place."""

    async def step(call: Call) -> Any:
        if call.script is None:
            return await behave(call)
        from mockapi.scenario import play

        call.further = (*call.further, *play.further(call.script))
        result = play.recorded(call.script)
        return play.shaped(call.script, await behave(call)) if result is None else result

    return step


def latency(latencies: dict[str, Latency], model: str) -> Latency | None:
    """How long answers of a model take; the last pattern that fits its name holds."""
    return next((latencies[pattern] for pattern in reversed(latencies) if fnmatchcase(model, pattern)), None)


async def behave(call: Call) -> Any:
    """What the operation does, or what a scenario has in its place, and what it costs."""
    result = await (call.operation.behave(call) if call.script is None else _scripted(call))
    if call.used is not None and call.card is not None:
        await spend.book(call.world, call.card, call.used, call.rate, call.now, call.operation.path, call.caller.key_id)
    return result


async def _own(call: Call) -> Any:
    return await call.operation.behave(call)


_scripted = scripted(_own)


# How many items of an errand's answer are written down.
_ITEMS = 8


def excerpt(result: Any) -> tuple[bytes, bool]:
    """The answer of an errand as it is written down, and whether it is whole: a batch's answer may be too long to be written twice."""
    if type(result) is bytes:
        return result, True
    if isinstance(result, dict):
        short = {name: value[:_ITEMS] for name, value in result.items() if isinstance(value, list) and len(value) > _ITEMS}
        return json.write({**result, **short} if short else result), not short
    return json.write(result), True
