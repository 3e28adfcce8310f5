"""What a model lets a response ask of it, by its card (api-facts C.5)."""

from __future__ import annotations

from mockapi.catalogue import Card
from mockapi.contract.responses import request as asked
from mockapi.contract.wording import quoted_list
from mockapi.resources.responses import refusals

_DEFAULTS = {"temperature": 1, "top_p": 1}


def check(request: asked.CreateResponse, card: Card) -> None:
    """Raise the first thing that the model does not do."""
    effort = request.reasoning.effort if request.reasoning is not None else None
    if not card.reasons:
        if effort is not None:
            raise refusals.unsupported("reasoning.effort")
        return
    if effort is not None and effort not in card.rules["efforts"]:
        raise refusals.effort(effort, card.asked_as, quoted_list(tuple(card.rules["efforts"]), "and"))
    if (effort or card.rules.get("default_effort")) == "none":
        return
    for name, default in _DEFAULTS.items():
        if getattr(request, name) not in (None, default):
            raise refusals.unsupported(name, code=False)
    if request.top_logprobs:
        raise refusals.no_logprobs("top_logprobs")
    if "message.output_text.logprobs" in (request.include or ()):
        raise refusals.no_logprobs("include")
