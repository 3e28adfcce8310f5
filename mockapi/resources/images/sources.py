"""The pictures that are sent with a request: found, looked at, and judged. Nothing is fetched. Sentences: api-facts C.6."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from mockapi import errors
from mockapi.contract.images import CreateImageEditRequest, EditImageBodyJsonParam, ImageRefParam
from mockapi.contract.types import Upload
from mockapi.contract.wording import missing
from mockapi.engine import pictures
from mockapi.errors import ApiError
from mockapi.records import record
from mockapi.resources import files
from mockapi.resources.images import refusals
from mockapi.world import World

_DATA_URL = re.compile(r"data:[\w.+/;=-]*;base64,", re.IGNORECASE)
Rules = Mapping[str, Any]


@record
class Source:
    """A picture that was sent; `place` names it in JSON, and is None in a form. Pictures of a request count from 1."""

    content: bytes
    place: str | None
    number: int = 1


def sent(request: CreateImageEditRequest) -> list[Upload]:
    """The pictures of a form."""
    return request.image if isinstance(request.image, list) else [request.image]


async def of_edit(world: World, request: CreateImageEditRequest | EditImageBodyJsonParam) -> tuple[list[Source], Source | None]:
    """The pictures and the mask of an edit. Raises for what is not there."""
    if isinstance(request, CreateImageEditRequest):
        found = [Source(upload.content, None, number) for number, upload in enumerate(sent(request), 1)]
        return found, Source(request.mask.content, None) if request.mask is not None else None
    found = [await referred(world, item, f"images[{place}]", place + 1) for place, item in enumerate(request.images)]
    return found, await referred(world, request.mask, "mask", 1) if request.mask is not None else None


async def referred(world: World, item: ImageRefParam, place: str, number: int) -> Source:
    """What a reference of a JSON body points to."""
    if item.image_url is not None and item.file_id is not None:
        raise refusals.two_references(place)
    if item.file_id is not None:
        found = await files.find(world, item.file_id)
        if found is None:
            raise errors.no_such("File", item.file_id, f"{place}.file_id")
        return Source(await files.read(world, item.file_id), f"{place}.file_id", number)
    if item.image_url is None:
        raise missing(f"{place}.image_url")
    url, named = item.image_url, f"{place}.image_url"
    if url[:8].lower().startswith(("http://", "https://")):
        raise refusals.not_downloaded()
    head = _DATA_URL.match(url)
    if head is None:
        raise refusals.invalid_image_data(named)
    try:
        return Source(base64.b64decode(url[head.end() :], validate=True), named, number)
    except (binascii.Error, ValueError):
        raise refusals.invalid_image_data(named) from None


def judge(source: Source, rules: Rules, *, square: bool = False, modes: list[str] | None = None) -> pictures.Facts:
    """What a picture is. Raises what its model says of one that it does not take."""
    unfit = fault(source, rules)
    if len(source.content) >= rules["max_input"]:
        raise unfit
    try:
        facts = pictures.read(source.content)
    except pictures.PictureFault:
        raise unfit from None
    if facts.form not in rules["input_forms"]:
        raise unfit
    if modes and facts.mode not in modes:
        raise refusals.input_image_mode(modes, facts.mode)
    if square and facts.width != facts.height:
        raise refusals.image_not_square()
    return facts


def fault(source: Source, rules: Rules) -> ApiError:
    """What a model says of a picture that it cannot take."""
    if rules["response_formats"]:
        return refusals.uploaded_image()
    return refusals.invalid_image_file(source.number) if source.place is None else refusals.invalid_image_data(source.place)


def judge_mask(mask: Source, first: pictures.Facts, rules: Rules) -> None:
    """Raise what is wrong with a mask: it is a PNG of the first picture's size, with alpha."""
    try:
        facts = pictures.read(mask.content)
    except pictures.PictureFault:
        facts = None
    if facts is None or facts.form != "png" or len(mask.content) >= rules["max_mask"]:
        # doc: a PNG below 4 MB; guess: the words
        raise refusals.invalid_mask("mask image must be a PNG and less than 4 MB")
    if not facts.has_alpha:
        raise refusals.invalid_mask("mask image missing alpha channel")
    if (facts.width, facts.height) != (first.width, first.height):
        raise refusals.invalid_mask("mask size does not match image size")
