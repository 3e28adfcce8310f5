"""Recordings that a request holds, as chats and responses read them."""

from __future__ import annotations

import base64
import binascii

from mockapi.engine.prompt import Recording
from mockapi.errors import bad_request


def read(data: str, form: str, place: str) -> Recording:
    """A recording in base64 in a form, `wav` or `mp3`. Raises the API's 400 for what is none."""
    from mockapi.engine.sound import hearing

    try:
        heard = hearing.listen(base64.b64decode(data, validate=True), f"input.{form}")
    except (binascii.Error, ValueError, hearing.SoundFault):
        heard = None
    if heard is None or heard.kind != form:
        # guess: told by users, not recorded
        raise bad_request(f"The data provided for 'input_audio' is not of valid {form} format.", f"{place}.data", "invalid_value")
    return Recording(heard.seconds, heard.text)
