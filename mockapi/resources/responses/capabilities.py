"""What a model lets a response ask of it, by its card (api-facts C.5)."""

from __future__ import annotations

from mockapi import catalogue
from mockapi.catalogue import Card
from mockapi.contract.responses import request as asked
from mockapi.contract.responses.tools import ImageGenerationTool
from mockapi.contract.wording import quoted_list
from mockapi.resources.images import checks
from mockapi.resources.images import refusals as of_pictures
from mockapi.resources.responses import refusals

_DEFAULTS = {"temperature": 1, "top_p": 1}
# doc: what draws where no model is named
_PAINTER = "gpt-image-1"


def check(request: asked.CreateResponse, card: Card) -> None:
    """Raise the first thing that the model does not do, or that one which draws for it does not."""
    for tool in request.tools or ():
        if isinstance(tool, ImageGenerationTool):
            _picture(tool)
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


def _picture(tool: ImageGenerationTool) -> None:
    # guess: what is said of pictures elsewhere is said here
    name = tool.model or _PAINTER
    card = catalogue.card(name)
    if card is None or "images" not in card.rules:
        raise of_pictures.unknown_image_model(name)
    checks.check_size(tool.size, card.rules["images"])
    if tool.background == "transparent" and tool.output_format == "jpeg":
        raise of_pictures.no_transparent_jpeg()
