"""An uploaded recording on its way to a model: who serves it, and what is heard in it."""

from __future__ import annotations

import base64
import binascii
import math

from mockapi.admission import access
from mockapi.aside import aside
from mockapi.catalogue import Card
from mockapi.contract.types import Upload
from mockapi.engine import sound
from mockapi.resources.audio import refusals
from mockapi.seed import Stream
from mockapi.transport.call import Call

# Bodies larger than a recording may be are read, up to here, so that they are refused in the endpoint's words.
LARGEST_BODY = 4 * refusals.LARGEST
# Bytes of a file from which on it is heard, and seconds of a sound from which on it is written down, beside others: some milliseconds'
# work.
_LARGE = 16_000
LONG = 20.0


def served(call: Call, endpoint: str) -> Card:
    """The card that says how the call's model behaves on an endpoint. Raises the refusal of a model that does not serve it."""
    card = access.acting(call, endpoint)
    if card is None:
        raise refusals.not_here(call.method, f"/v1{call.operation.path}")
    return card


async def heard(call: Call, card: Card, file: Upload) -> sound.Heard:
    """What is heard in a recording. Raises what the model finds wrong with it."""
    if len(call.body) > refusals.LARGEST:
        raise refusals.too_large(len(call.body))
    try:
        made = await _listened(file.content, file.filename)
    except sound.SoundFault as fault:
        if fault.reason == "format":
            raise refusals.wrong_format() from None
        raise (refusals.too_short() if fault.reason == "short" else refusals.damaged(is_whisper=by_the_minute(card))) from None
    longest = card.rules["transcription"].get("longest")
    if longest is not None and made.seconds > longest:
        raise refusals.too_long(made.seconds, longest)
    return made


async def _listened(content: bytes, name: str) -> sound.Heard:
    return await aside(len(content) > _LARGE, lambda: sound.listen(content, name))


def by_the_minute(card: Card) -> bool:
    """Whether a model is Whisper, which is billed by time; the others count tokens."""
    return "minute" in card.prices


def whole_seconds(made: sound.Heard) -> int:
    """The length that is billed."""
    return math.ceil(round(made.seconds, 3))


def stream(call: Call, file: Upload) -> Stream:
    """The chance of a recording: it follows from what is in it, not from who sends it or what it is called."""
    return call.world.seed.stream(b"recording", file.content)


def check_reference(url: str, number: int) -> bytes:
    """The sample of a speaker that a data URL holds. Raises for a URL that is none."""
    head, comma, data = url.partition(",")
    try:
        if not head.startswith("data:") or not head.endswith(";base64") or not comma:
            raise ValueError
        return base64.b64decode(data, validate=True)
    except (ValueError, binascii.Error):
        raise refusals.invalid_reference(number) from None


async def hear_reference(sample: bytes, number: int) -> None:
    """Raise for a sample of a speaker that is no sound, or not of the length."""
    try:
        seconds = (await _listened(sample, "sample.wav")).seconds
    except sound.SoundFault:
        raise refusals.invalid_reference(number) from None
    if not 2 <= seconds <= 10:
        raise refusals.invalid_reference(number)


async def check_sample(file: Upload, param: str) -> None:
    """Raise for the sample of a voice that is too large or no sound."""
    if len(file.content) > refusals.LARGEST_SAMPLE:
        raise refusals.sample_too_large(len(file.content), param)
    try:
        await _listened(file.content, file.filename)
    except sound.SoundFault:
        raise refusals.no_sample(param) from None
