"""Images: generate, edit, create_variation. `client.images`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from mockapi import catalogue
from mockapi.admission import access
from mockapi.admission.limits import Charge
from mockapi.aside import aside
from mockapi.catalogue import Card
from mockapi.contract import images
from mockapi.engine import moderation, pictures
from mockapi.operations import operation
from mockapi.resources.images import checks, made, refusals, sources
from mockapi.seed import Stream
from mockapi.transport.call import Call
from mockapi.transport.reply import Events

if TYPE_CHECKING:
    from PIL.Image import Image

    from mockapi.engine.pictures import Background, Facts

# doc: what edits mean where no model is named; guess: what generations mean that use a parameter of the GPT image models
_DEFAULT_GPT = "gpt-image-1.5"
# doc: 16 pictures of 50 MB; the form around them takes a little more
_OMITTED = frozenset((b"x-openai-proxy-wasm",))  # seen: A.1, images in 2026
_LARGEST = 16 * 52_428_800 + 1024 * 1024


def prepare_generation(call: Call) -> Charge:
    """Everything that can be wrong with the request before it is charged, and the charge."""
    request: images.CreateImageRequest = call.request
    card = _served(call, "images_generations")
    checks.check(call.asked.json, request, card.rules["images"], "generation", card.asked_as)
    return _charge(card, request.prompt, request.n)


def prepare_edit(call: Call) -> Charge:
    request: images.CreateImageEditRequest | images.EditImageBodyJsonParam = call.request
    card = _served(call, "images_edits")
    rules, is_form = card.rules["images"], isinstance(request, images.CreateImageEditRequest)
    checks.check(call.asked.json, request, rules, "form" if is_form else "edit", card.asked_as)
    if isinstance(request, images.CreateImageEditRequest):
        checks.uploads(sources.sent(request), rules)
    return _charge(card, request.prompt, request.n)


def prepare_variation(call: Call) -> Charge:
    request: images.CreateImageVariationRequest = call.request
    card = _served(call, "images_variations")
    checks.check(call.asked.json, request, card.rules["images"], "variation", card.asked_as)
    checks.uploads([request.image], card.rules["images"])
    return _charge(card, "", request.n)


def _default(sent: Mapping[str, Any]) -> str:
    """doc: without a model dall-e-2 is meant, unless a parameter is used that only the GPT image models have."""
    return _DEFAULT_GPT if _only_gpt() & sent.keys() else "dall-e-2"


@cache
def _only_gpt() -> frozenset[str]:
    taken = []
    for name in (_DEFAULT_GPT, "dall-e-2", "dall-e-3"):
        card = catalogue.card(name)
        assert card is not None
        taken.append(frozenset(card.rules["images"]["parameters"]))
    return taken[0] - taken[1] - taken[2]


def _served(call: Call, endpoint: str) -> Card:
    """The card that says how the call's model makes pictures. Raises the refusal of a model that does not."""
    if call.card is None:
        raise refusals.unknown_image_model("")
    card = access.acting(call, endpoint)
    if card is None:
        only_dalle = endpoint == "images_variations"
        raise refusals.only_dalle(call.card.asked_as) if only_dalle else refusals.unknown_image_model(call.card.asked_as)
    return card


def _charge(card: Card, prompt: str, n: int | None) -> Charge:
    count = n or 1
    return Charge(quarters=len(prompt), input_images=count) if made.is_gpt(card) else Charge(quarters=len(prompt), images=count)


@operation(
    "POST /images/generations",
    id="createImage",
    request=images.CreateImageRequest,
    response=images.ImagesResponse,
    events=images.ImageGenStreamEvent,
    prepare=prepare_generation,
    default_model=_default,
    sample_model="gpt-image-1-mini",
    unknown_model=refusals.unknown_image_model,
    shows=frozenset(),
    knows_keys=True,
    omits=_OMITTED,
    stateless=True,
)
async def generate(call: Call) -> dict[str, Any] | Events:
    request: images.CreateImageRequest = call.request
    call.card = card = _served(call, "images_generations")
    _moderate(call, card, request.prompt)
    rules = card.rules["images"]
    size = request.size if request.size not in (None, "auto") else rules["auto_size"]
    background: Background = request.background or "auto"
    stream = _stream(call, card, request.prompt, size, background)
    width, height = checks.pixels(size)
    vivid = bool(rules["styles"]) and request.style != "natural"

    def drawn(index: int) -> Image:
        return pictures.draw(request.prompt, width, height, stream.child(index), background=background, vivid=vivid)

    if made.is_gpt(card):
        return await made.told(call, request, drawn, size, "image_generation", 0)
    quality = request.quality if request.quality not in (None, "auto") else rules["auto_quality"]
    # The names of prices: by the size, or by the quality and whether the picture is wide.
    price = f"image_{quality}{'' if width == height else '_wide'}" if rules["qualities"] else f"image_{width}"
    revised = made.revised(request.prompt, rules, stream)
    return await made.addressed(call, request.response_format, request.n, drawn, size, price, revised)


@operation(
    "POST /images/edits",
    id="createImageEdit",
    request=images.EditImageBodyJsonParam,
    form=images.CreateImageEditRequest,
    response=images.ImagesResponse,
    events=images.ImageEditStreamEvent,
    prepare=prepare_edit,
    default_model=_DEFAULT_GPT,
    sample_model="gpt-image-1-mini",
    unknown_model=refusals.unknown_image_model,
    shows=frozenset(),
    knows_keys=True,
    omits=_OMITTED,
    largest=_LARGEST,
    stateless=True,
)
async def edit(call: Call) -> dict[str, Any] | Events:
    request: images.CreateImageEditRequest | images.EditImageBodyJsonParam = call.request
    call.card = card = _served(call, "images_edits")
    _moderate(call, card, request.prompt)
    rules = card.rules["images"]
    found, mask = await sources.of_edit(call.world, request)

    def judged() -> list[Facts]:
        facts = [sources.judge(source, rules, square=not made.is_gpt(card), modes=rules.get("input_modes")) for source in found]
        if mask is not None:
            sources.judge_mask(mask, facts[0], rules)
        return facts

    # A small file may be a large picture.
    facts = await aside(True, judged)
    size = request.size if request.size not in (None, "auto") else _size_like(facts[0], rules)
    background: Background = request.background or "auto"
    stream = _stream(call, card, request.prompt, size, background)
    width, height = checks.pixels(size)
    contents, hole = [source.content for source in found], mask.content if mask is not None else None

    def drawn(index: int) -> Image:
        try:
            return pictures.edit(contents, hole, request.prompt, width, height, stream.child(index), background)
        except pictures.PictureFault:
            raise sources.fault(found[0], rules) from None

    if made.is_gpt(card):
        taken = sum(pictures.input_tokens(card.rules, one.width, one.height, request.input_fidelity) for one in facts)
        return await made.told(call, request, drawn, size, "image_edit", taken)
    assert isinstance(request, images.CreateImageEditRequest)
    return await made.addressed(call, request.response_format, request.n, drawn, size, f"image_{width}")


@operation(
    "POST /images/variations",
    id="createImageVariation",
    form=images.CreateImageVariationRequest,
    response=images.ImagesResponse,
    layout="pretty+newline",
    prepare=prepare_variation,
    default_model="dall-e-2",
    sample_model="dall-e-2",
    unknown_model=refusals.unknown_image_model,
    shows=frozenset(),
    knows_keys=True,
    omits=_OMITTED,
    headers=((b"access-control-allow-origin", b"*"),),
    stateless=True,
)
async def create_variation(call: Call) -> dict[str, Any]:
    request: images.CreateImageVariationRequest = call.request
    call.card = card = _served(call, "images_variations")
    rules = card.rules["images"]
    source = sources.Source(request.image.content, None)
    await aside(True, lambda: sources.judge(source, rules, square=True))
    size = request.size or rules["auto_size"]
    width, height = checks.pixels(size)
    stream = _stream(call, card, "", size, "auto")

    def drawn(index: int) -> Image:
        try:
            return pictures.vary(source.content, width, height, stream, index)
        except pictures.PictureFault:
            raise sources.fault(source, rules) from None

    return await made.addressed(call, request.response_format, request.n, drawn, size, f"image_{width}")


def _moderate(call: Call, card: Card, prompt: str) -> None:
    """Raise what the safety system says of a prompt once it was admitted."""
    if not moderation.refused(prompt):
        return
    if not made.is_gpt(card):
        raise refusals.content_policy_violation()
    # Families of categories, each once.
    found = dict.fromkeys(name.partition("/")[0] for name, score in moderation.judge(prompt).scores if score >= 0.5)
    raise refusals.moderation_blocked(call.id, list(found))


def _size_like(first: Facts, rules: dict[str, Any]) -> str:
    """What size `auto` comes to in an edit: that of the first picture's shape. guess: no recording of the choice"""
    wanted = (first.width > first.height) - (first.width < first.height)
    for size in (rules["auto_size"], *rules["sizes"]):
        width, height = checks.pixels(size) if size != "auto" else (0, 0)
        if width and (width > height) - (width < height) == wanted:
            return str(size)
    return str(rules["auto_size"])


def _stream(call: Call, card: Card, prompt: str, size: str, background: str) -> Stream:
    """The chance of a picture: it follows from what is asked, not from who asks or when."""
    return call.world.seed.stream(b"images", card.id.encode(), prompt.encode(), size.encode(), background.encode())
