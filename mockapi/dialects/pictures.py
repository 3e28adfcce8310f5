"""Pictures that a request names by a URL: read, or refused in the words that chats and moderations share (api-facts C.3)."""

from __future__ import annotations

from collections.abc import Iterable

from mockapi.engine import images
from mockapi.engine.prompt import ImageFault, Picture
from mockapi.errors import ApiError, bad_request


def read(url: str, detail: str, place: str) -> Picture:
    """The picture behind a URL. Raises for a URL that is none; what only the model finds wrong stays with the picture."""
    try:
        return images.picture(url, detail)
    except ImageFault as fault:
        expected = "Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=')"
        # seen: a value without the prefix and one of another type; guess: the same head for broken base64
        got = {
            "scheme": "a value without the 'data:' prefix",
            "type": f"unsupported MIME type '{fault.detail}'",
            "base64": "an invalid base64-encoded value",
        }
        if fault.reason in got:
            raise bad_request(f"Invalid image URL: '{place}'. {expected}, but got {got[fault.reason]}.", place, "invalid_value") from None
        return Picture(1, 1, "auto", "url", fault)


def unreadable(pictures: Iterable[Picture]) -> ApiError | None:
    """What the model itself finds wrong with the first bad picture, once the request was admitted (seen: C.3)."""
    for picture in pictures:
        if picture.fault is None:
            continue
        if picture.fault.reason == "unreachable":
            return bad_request(f"Error while downloading {picture.fault.detail}.", None, "invalid_image_url")
        return bad_request(
            "You uploaded an unsupported image. Please make sure your image has of one the following formats: "
            "['png', 'jpeg', 'gif', 'webp'].",
            None,
            "invalid_image_format",
        )
    return None
