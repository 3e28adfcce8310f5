"""Which model a caller gets: it exists, its tier may use it, and the endpoint serves it."""

from __future__ import annotations

from collections.abc import Awaitable

from mockapi import catalogue, errors, lifecycle
from mockapi.admission import ordered
from mockapi.catalogue import Card
from mockapi.transport.call import Call
from mockapi.world import World


def model(call: Call, name: str) -> Awaitable[None] | None:
    """Set the card of a call's model. Raises the API's refusals of the edge: unknown, retired, or not on this tier."""
    known = catalogue.card(name)
    if known is None and name.startswith("ft:"):
        return _tuned_model(call, name)
    call.card = _granted(call, name, known)
    return None


async def _tuned_model(call: Call, name: str) -> None:
    call.card = await card(call, name)


async def card(call: Call, name: str) -> Card:
    """The card of a model. Raises as `model` does."""
    return _granted(call, name, await find(call.world, name))


async def find(world: World, name: str) -> Card | None:
    """The card of a model that is there, whoever asks; one that was fine-tuned in this world among them."""
    found = catalogue.card(name)
    return await _tuned(world, name) if found is None and name.startswith("ft:") else found


def _granted(call: Call, name: str, known: Card | None) -> Card:
    if known is None:
        raise errors.deprecated_model(name) if catalogue.retired(name) else call.operation.unknown_model(name)
    if call.caller.tier != "unlimited" and call.caller.tier not in known.limits:
        raise errors.model_without_access(name, call.world.identity.project)
    if call.world.orders:
        ordered.check_model(call, known, name)
    return known


async def _tuned(world: World, name: str) -> Card | None:
    """The card of a model that was fine-tuned in this world."""
    await lifecycle.settle(world, "fine_tuning.job")
    made = await world.store.get("model", name)
    return None if made is None else catalogue.tuned(name, made["base"], made["examples"])


def acting(call: Call, endpoint: str) -> Card | None:
    """The card that says how a call's model behaves on an endpoint; None where it does not serve it.

    A model whose page lists an endpoint that it is not made for is served there by the model that is, under its own name and
    limits, unless models are checked strictly.
    """
    card = call.card
    assert card is not None
    stand_in = card.acts_as.get(endpoint)
    if stand_in is not None:
        return None if call.world.strict_models else catalogue.acting(card, stand_in)
    return card if endpoint in card.endpoints else None


def chat(card: Card) -> None:
    """Raises the refusal of a model that does not chat."""
    if card.type == "chat":
        if "chat_completions" not in card.endpoints:
            raise errors.only_in_responses()
        return
    raise errors.not_a_chat_model()


def embeddings(card: Card) -> None:
    """Raises the refusal of a model that does not embed."""
    if "embeddings" not in card.endpoints:
        raise errors.not_an_embedding_model()


def moderations(card: Card) -> None:
    """Raises the refusal of a model that does not moderate."""
    if card.type != "moderation":
        raise errors.not_a_moderation_model(card.asked_as)
