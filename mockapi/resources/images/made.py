"""Pictures made, counted and put into an answer: in base64 with their usage, or at addresses."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mockapi.catalogue import Card
from mockapi.contract import images
from mockapi.dialects import images as write
from mockapi.engine import pictures
from mockapi.engine.tokens import encoding
from mockapi.resources import provenance
from mockapi.resources.images import checks
from mockapi.seed import Stream, label
from mockapi.transport.call import Call
from mockapi.transport.reply import Events

if TYPE_CHECKING:
    from PIL.Image import Image

    from mockapi.engine.pictures import Form

# doc: an address is good for 60 minutes
_SHARED_SECONDS = 3600
# Text tokens beside the prompt's. seen: 22 for an edit of one picture; guess: those of a generation
_BESIDE = {"image_generation": 7, "image_edit": 22}
Drawing = Callable[[int], "Image"]


def is_gpt(card: Card) -> bool:
    """Whether a model is one of the GPT image models, which are billed by tokens and answer in base64."""
    return "image_output_tokens" in card.rules


async def told(
    call: Call,
    request: images.CreateImageRequest | images.CreateImageEditRequest | images.EditImageBodyJsonParam,
    drawn: Drawing,
    size: str,
    head: str,
    taken: int,
) -> dict[str, Any] | Events:
    """The answer or the stream of a GPT image model. `taken` is what the pictures that were sent cost in tokens."""
    card = call.card
    assert card is not None
    form: Form = request.output_format or "png"
    compression = 100 if request.output_compression is None else request.output_compression
    partials = (request.partial_images or 0) if request.stream else 0
    quality = request.quality if request.quality not in (None, "auto") else card.rules["images"]["auto_quality"]

    def made(index: int) -> tuple[write.Frames, bool]:
        image = drawn(index)
        steps = [_base64(pictures.partial(image, step, partials), form, compression) for step in range(partials)]
        return write.Frames(steps, _base64(image, form, compression)), image.mode == "RGBA" and form != "jpeg"

    # Drawing takes long enough to be felt by others, so it is done beside them.
    drawings = [await asyncio.to_thread(made, index) for index in range(request.n or 1)]
    for frame, _ in drawings:
        await provenance.note(call.world, base64.b64decode(frame.whole), card.snapshot)
    frames, background = [frame for frame, _ in drawings], "transparent" if drawings[0][1] else "opaque"
    text = encoding(card.encoding).count(request.prompt) + _BESIDE[head]
    bill = write.Bill(text, taken, pictures.output_tokens(card.rules, quality, *checks.pixels(size), partials))
    call.used = {"input": bill.text, "image_input": bill.images, "image_output": bill.each * len(frames), counted(size): len(frames)}
    # How long a picture takes grows with what it costs; told in the header only.
    call.processing_ms = 4_000 + 4 * bill.each * len(frames)
    draft = write.Draft(frames, size, quality, background, form, bill)
    created = call.world.clock.seconds()
    return Events(write.events(draft, created, head)) if request.stream else write.whole(draft, created)


def counted(size: str) -> str:
    """The name under which pictures of a size are counted; it has no price."""
    return f"images {size}"


def _base64(image: Image, form: Form, compression: int) -> str:
    return base64.b64encode(pictures.encode(image, form, compression)).decode()


async def addressed(
    call: Call, response_format: str | None, n: int | None, drawn: Drawing, size: str, price: str, rewritten: str | None = None
) -> dict[str, Any]:
    """The answer of a DALL·E model: addresses, or base64."""
    host = call.headers.get(b"host", b"localhost").decode("latin-1")
    # Worlds draw the same chance for the same request; addresses are anybody's, so the project's name goes into them.
    names = call.stream.child(label(call.world.identity.project))
    made = []
    for index in range(n or 1):
        content = await asyncio.to_thread(lambda place: pictures.encode(drawn(place), "png"), index)
        if call.card is not None:
            await provenance.note(call.world, content, call.card.snapshot)
        shown = {} if rewritten is None else {"revised_prompt": rewritten}
        if response_format == "b64_json":
            shown["b64_json"] = base64.b64encode(content).decode()
        else:
            path = await call.world.share(content, "image/png", f"img-{names.child(index).base62(24)}.png", _SHARED_SECONDS)
            shown["url"] = f"http://{host}{path}"
        made.append(shown)
    call.used = {price: len(made), counted(size): len(made)}
    call.processing_ms = 4_000 + 3_000 * len(made)
    return write.plain(made, call.world.clock.seconds())


def revised(prompt: str, rules: dict[str, Any], stream: Stream) -> str | None:
    """A prompt as a model rewrites it before it draws; None for one that does not."""
    ways: list[str] | None = rules.get("revisions")
    return None if ways is None else stream.choice(ways).format(prompt=prompt.strip().rstrip(".") or prompt)
