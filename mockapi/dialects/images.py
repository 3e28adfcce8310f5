"""From pictures to answers and events. Order of keys: api-facts F.1, D.8 and recordings of 2025 and 2026."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockapi import json
from mockapi.records import record


@record
class Frames:
    """One picture as it is sent, in base64: the partial images that come before it, and itself."""

    partials: list[str]
    whole: str


@record
class Bill:
    """Tokens: of the prompt, of the pictures sent, and of each picture made."""

    text: int
    images: int
    each: int

    def usage(self, made: int, detailed: bool) -> dict[str, Any]:
        """The usage of `made` pictures."""
        asked, output = self.text + self.images, self.each * made
        told: dict[str, Any] = {
            "input_tokens": asked,
            "input_tokens_details": {"image_tokens": self.images, "text_tokens": self.text},
            "output_tokens": output,
        }
        if detailed:
            told["output_tokens_details"] = {"image_tokens": output, "text_tokens": 0}
        told["total_tokens"] = asked + output
        return told


@record
class Draft:
    """What a GPT image model made, and what is told about it."""

    pictures: list[Frames]
    size: str
    quality: str
    background: str
    form: str
    bill: Bill


def whole(draft: Draft, created: int) -> dict[str, Any]:
    """The answer of a GPT image model."""
    return {
        "created": created,
        "background": draft.background,
        "data": [{"b64_json": made.whole} for made in draft.pictures],
        "output_format": draft.form,
        "quality": draft.quality,
        "size": draft.size,
        "usage": draft.bill.usage(len(draft.pictures), detailed=True),
    }


def events(draft: Draft, created: int, head: str) -> Iterator[bytes]:
    """The stream of a GPT image model; `head` is what the events' types begin with. Each picture ends with what it took."""
    for made in draft.pictures:
        for index, shown in enumerate(made.partials):
            yield _event(f"{head}.partial_image", draft, created, shown, {"partial_image_index": index})
        yield _event(f"{head}.completed", draft, created, made.whole, {"usage": draft.bill.usage(1, detailed=False)})


def _event(kind: str, draft: Draft, created: int, shown: str, rest: dict[str, Any]) -> bytes:
    told = {
        "type": kind,
        "b64_json": shown,
        "created_at": created,
        "size": draft.size,
        "quality": draft.quality,
        "background": draft.background,
        "output_format": draft.form,
        **rest,
    }
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), json.write(told))


def plain(images: list[dict[str, str]], created: int) -> dict[str, Any]:
    """The answer of a DALL·E model."""
    return {"created": created, "data": images}
