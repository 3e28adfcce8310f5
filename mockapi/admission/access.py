"""Which model a caller gets: it exists, its tier may use it, and the endpoint serves it."""

from __future__ import annotations

from mockapi import catalogue, errors
from mockapi.catalogue import Card
from mockapi.transport.call import Call


def model(call: Call, name: str) -> Card:
    """The card of a model. Raises the API's refusals of the edge: unknown, retired, or not on this tier."""
    card = catalogue.card(name)
    if card is None:
        raise errors.deprecated_model(name) if catalogue.retired(name) else errors.unknown_model(name)
    if call.caller.tier != "unlimited" and call.caller.tier not in card.limits:
        raise errors.model_without_access(name, call.world.identity.project)
    return card


def chat(card: Card) -> None:
    """Raises the refusal of a model that does not chat."""
    if card.type == "chat":
        if "chat_completions" not in card.endpoints:
            raise errors.only_in_responses()
        return
    raise errors.not_a_chat_model()
