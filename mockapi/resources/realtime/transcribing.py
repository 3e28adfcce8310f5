"""Writing down what was said in a session, by the model that the session names for it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from mockapi import catalogue
from mockapi.admission import spend
from mockapi.dialects.realtime.read import Entry
from mockapi.dialects.realtime.sessions import facts
from mockapi.engine import sound
from mockapi.engine.sound.hearing import Heard
from mockapi.engine.tokens import encoding
from mockapi.transport.call import Call
from mockapi.world import World

_TOKENS = 10  # a second of sound (measured: F.1)
_HEAD = "conversation.item.input_audio_transcription"


def spoken(world: World, entry: Entry, wanted: dict[str, Any]) -> str:
    """What is said in an item: what it carries, or sentences that have room in it."""
    chance = world.seed.stream(b"recording", entry.pcm)
    return sound.transcribe(Heard(entry.seconds, entry.heard, "wav"), chance, wanted.get("prompt"), wanted.get("language")).text


def events(entry: Entry, text: str, wanted: dict[str, Any], *, logprobs: bool) -> Iterator[dict[str, Any]]:
    """The deltas of a transcript and the whole; logarithms of probabilities where the session includes them."""
    place = {"item_id": entry.id, "content_index": 0}
    vocabulary = encoding("o200k_base")
    pieces = vocabulary.pieces(text)
    told = _logprobs(pieces) if logprobs else None
    for number, piece in enumerate(pieces):
        yield {"type": f"{_HEAD}.delta", **place, "delta": piece, "logprobs": told and [told[number]]}
    yield {"type": f"{_HEAD}.completed", **place, "transcript": text, "logprobs": told, "usage": _usage(entry, len(pieces), wanted)}


def _logprobs(pieces: list[str]) -> list[dict[str, Any]]:
    return [{"token": piece, "logprob": -round(0.001 + 0.013 * (len(piece) % 7), 6), "bytes": [*piece.encode()]} for piece in pieces]


def _usage(entry: Entry, output: int, wanted: dict[str, Any]) -> dict[str, Any]:
    """By time for Whisper, by tokens for the others (api-facts F.1)."""
    if _by_the_minute(wanted):
        return {"type": "duration", "seconds": math.ceil(round(entry.seconds, 3))}
    listened = math.ceil(round(_TOKENS * entry.seconds, 3))
    return {
        "type": "tokens", "total_tokens": listened + output, "input_tokens": listened,
        "input_token_details": {"text_tokens": 0, "audio_tokens": listened}, "output_tokens": output,
    }  # fmt: skip


def _by_the_minute(wanted: dict[str, Any]) -> bool:
    return "whisper" in (wanted.get("model") or facts()["transcription_model"])


async def book(world: World, call: Call, entry: Entry, wanted: dict[str, Any], output: int) -> None:
    """Add a transcript to what is spent, where its model is known."""
    card = catalogue.card(wanted.get("model") or facts()["transcription_model"])
    if card is not None:
        seconds = math.ceil(round(entry.seconds, 3))
        used = {"minute": seconds} if "minute" in card.prices else {"audio_input": _TOKENS * seconds, "output": output}
        await spend.book(world, card, used, call.rate, call.now, "/audio/transcriptions", call.caller.key_id)
