"""What a model lets a request for pictures ask of it, by `[rules.images]` of its card. Sentences and order: api-facts C.6."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from mockapi import errors
from mockapi.contract.images import CreateImageEditRequest, CreateImageRequest, CreateImageVariationRequest, EditImageBodyJsonParam
from mockapi.contract.types import Upload
from mockapi.contract.wording import invalid_value, quoted_list, too_large, unknown
from mockapi.resources.images import refusals

Kind = Literal["generation", "edit", "form", "variation"]
Request = CreateImageRequest | EditImageBodyJsonParam | CreateImageEditRequest | CreateImageVariationRequest
Rules = Mapping[str, Any]

_PARAMETERS: dict[Kind, str] = {
    "generation": "parameters",
    "edit": "edit_parameters",
    "form": "edit_form_parameters",
    "variation": "variation_parameters",
}
_SIZE = re.compile(r"([1-9]\d{0,4})x([1-9]\d{0,4})")
# What a model that has one of these for others refuses in words of its own.
_SIZES_OF_DALLE = frozenset(("256x256", "512x512", "1024x1024", "1792x1024", "1024x1792"))


def check(sent: Mapping[str, Any], request: Request, rules: Rules, kind: Kind, model: str) -> None:
    """Raise the first thing that the model does not do. `sent` is the request as it came, `model` the name asked for."""
    if _PARAMETERS[kind] not in rules:
        # doc: of the DALL·E models edits take forms only; guess: the words
        raise errors.unsupported_content_type("application/json", "multipart/form-data")
    known = rules[_PARAMETERS[kind]]
    for name in sent:
        if name not in known:
            raise unknown(name)
    if not isinstance(request, CreateImageVariationRequest):
        _prompt(request.prompt, rules["max_prompt"])
    if request.n is not None and request.n > rules["max_n"]:
        raise refusals.one_image_only() if rules["max_n"] == 1 else too_large("n", "integer", rules["max_n"], request.n)
    check_size(request.size, rules)
    if isinstance(request, CreateImageVariationRequest):
        return
    if request.quality is not None and request.quality not in rules["qualities"]:
        raise invalid_value(request.quality, tuple(rules["qualities"]), "quality")
    form = request.output_format or "png"
    if request.output_compression is not None and request.output_compression < 100 and form == "png":
        raise refusals.png_compression()
    if request.background == "transparent" and form == "jpeg":
        raise refusals.no_transparent_jpeg()
    if not isinstance(request, CreateImageRequest) and request.input_fidelity is not None and not rules["fidelities"]:
        raise refusals.no_input_fidelity(model)


def _prompt(prompt: str, most: int) -> None:
    if len(prompt) > most:
        raise errors.bad_request(
            f"Invalid 'prompt': string too long. Expected a string with maximum length {most}, but got a string with length {len(prompt)} "
            "instead.",
            "prompt",
            "string_above_max_length",
        )


def check_size(size: str | None, rules: Rules) -> None:
    """Raise for a size that the model does not draw in."""
    if size is None or size in rules["sizes"]:
        return
    if "free_sizes" in rules:
        fault = _free_size(size, rules["free_sizes"])
        if fault is not None:
            raise refusals.image_fault(f"Invalid size '{size}'. {fault}", "size", "invalid_value")
        return
    if rules["response_formats"] and size in _SIZES_OF_DALLE:
        raise refusals.size_not_supported()
    raise invalid_value(size, tuple(rules["sizes"]), "size")


def _free_size(size: str, bounds: Mapping[str, int]) -> str | None:
    """What is wrong with a size of a model that has no fixed ones."""
    found = _SIZE.fullmatch(size)
    if found is None:
        return "Expected WIDTHxHEIGHT, for example '1824x1024'."
    width, height = int(found[1]), int(found[2])
    if width % bounds["multiple"] or height % bounds["multiple"]:
        return f"Width and height must both be divisible by {bounds['multiple']}."
    if max(width, height) > bounds["max_edge"]:
        # seen: as users quote it, here and on too few pixels
        return f"The longest edge must be less than or equal to {bounds['max_edge']}."
    if max(width, height) > bounds["max_ratio"] * min(width, height):
        # doc: between 1:3 and 3:1; guess: the words
        return f"The aspect ratio must be between 1:{bounds['max_ratio']} and {bounds['max_ratio']}:1."
    if width * height < bounds["min_pixels"]:
        return "Requested resolution is below the current minimum pixel budget."
    if width * height > bounds["max_pixels"]:
        # guess: the twin of the sentence on too few pixels
        return "Requested resolution is above the current maximum pixel budget."
    return None


def pixels(size: str) -> tuple[int, int]:
    """Width and height of a size that is no `auto`."""
    width, _, height = size.partition("x")
    return int(width), int(height)


def uploads(sent: list[Upload], rules: Rules) -> None:
    """Raise for pictures of a form that are too many, or that say they are of a kind that the model does not take."""
    if len(sent) > rules["max_inputs"]:
        # guess: the general form of C.1
        raise errors.bad_request(
            f"Invalid 'image': array too long. Expected an array with maximum length {rules['max_inputs']}, but got an array with length "
            f"{len(sent)} instead.",
            "image",
            "array_above_max_length",
        )
    kinds = tuple(sorted(f"image/{form}" for form in rules["input_forms"]))
    for place, upload in enumerate(sent):
        kind = upload.content_type.partition(";")[0].strip().lower()
        if kind not in kinds:
            named = "image" if len(sent) == 1 else f"image[{place}]"
            raise refusals.unsupported_mimetype(named, kind, quoted_list(kinds, "and"))
