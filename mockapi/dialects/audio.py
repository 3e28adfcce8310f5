"""Sounds and transcripts as the audio endpoints write them: events with CRLF line ends, compact JSON, plain texts (api-facts A.3, D)."""

from __future__ import annotations

import base64
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Literal

from mockapi import json
from mockapi.engine import logprobs, sound
from mockapi.engine.tokens import Encoding
from mockapi.seed import Stream

DONE = b"data: [DONE]\r\n\r\n"
_PIECE = 6000  # bytes of a sound that leave at once: whole base64 groups


@dataclass(slots=True, eq=False, repr=False)
class Told:
    """A transcript and what is told of it. `speakers` are names in the order in which they are first heard."""

    transcript: sound.Transcript
    usage: dict[str, Any]
    task: Literal["transcribe", "translate"] = "transcribe"
    temperature: float = 0.0
    granularities: frozenset[str] = frozenset(("segment",))
    speakers: list[str] = field(default_factory=list)
    tokens: list[dict[str, Any]] = field(default_factory=list)
    with_logprobs: bool = False


def event(value: dict[str, Any]) -> bytes:
    return b"data: " + json.write(value) + b"\r\n\r\n"


def pieces(spoken: bytes) -> Iterator[bytes]:
    """A sound as it leaves, part after part."""
    return (spoken[at : at + _PIECE] for at in range(0, len(spoken), _PIECE))


def sound_events(spoken: bytes, usage: dict[str, int]) -> Iterator[bytes]:
    """A sound as events, and what it took."""
    for piece in pieces(spoken):
        yield event({"type": "speech.audio.delta", "audio": base64.b64encode(piece).decode()})
    yield event({"type": "speech.audio.done", "usage": usage})
    yield DONE


def duration_usage(seconds: int) -> dict[str, Any]:
    return {"type": "duration", "seconds": seconds}


def token_usage(text: int, audio: int, output: int) -> dict[str, Any]:
    return {
        "type": "tokens",
        "total_tokens": text + audio + output,
        "input_tokens": text + audio,
        "input_token_details": {"text_tokens": text, "audio_tokens": audio},
        "output_tokens": output,
    }


def tokens(text: str, vocabulary: Encoding, stream: Stream) -> list[dict[str, Any]]:
    """The tokens of a text with their log probabilities."""
    return [{name: entry[name] for name in ("token", "logprob", "bytes")} for entry in logprobs.of(text, 0, vocabulary, stream)]


def plain(told: Told, form: Literal["text", "srt", "vtt"]) -> bytes:
    """A transcript as text."""
    if form != "text":
        return sound.subtitles(told.transcript.segments, form).encode()
    # doc: openai/whisper, utils.py; users see the end of a line in the API's answers too
    return told.transcript.text.encode() + b"\n"


def whole(told: Told, form: str) -> dict[str, Any]:
    """A transcript as JSON: `json`, `verbose_json` or `diarized_json`."""
    if form == "verbose_json":
        return _verbose(told)
    if form == "diarized_json":
        return _diarized(told)
    made: dict[str, Any] = {"text": told.transcript.text}
    if told.task == "transcribe":
        if told.with_logprobs:
            made["logprobs"] = told.tokens
        made["usage"] = told.usage
    return made


def _verbose(told: Told) -> dict[str, Any]:
    made = told.transcript
    answer: dict[str, Any] = {
        "task": told.task, "language": made.language, "duration": _single(made.duration), "text": made.text,
    }  # fmt: skip
    if "segment" in told.granularities:
        answer["segments"] = [_segment(segment, told.temperature) for segment in made.segments]
    if "word" in told.granularities:
        answer["words"] = [{"word": word.word, "start": _single(word.start), "end": _single(word.end)} for word in made.words]
    if told.task == "transcribe":
        answer["usage"] = told.usage
    return answer


def _segment(segment: sound.Segment, temperature: float) -> dict[str, Any]:
    return {
        "id": segment.id,
        "seek": segment.seek,
        "start": _single(segment.start),
        "end": _single(segment.end),
        "text": segment.text,
        "tokens": segment.tokens,
        "temperature": _single(temperature),
        "avg_logprob": _single(segment.avg_logprob),
        "compression_ratio": _single(segment.compression_ratio),
        "no_speech_prob": _single(segment.no_speech_prob),
    }


def _single(number: float) -> float:
    """A number as Whisper has it, in 32 bits (doc: 8.470000267028809)."""
    single: float = struct.unpack("f", struct.pack("f", number))[0]
    return single


def _diarized(told: Told) -> dict[str, Any]:
    names = _names(told)
    segments = [
        {
            "type": "transcript.text.segment", "id": f"seg_{segment.id}", "start": segment.start, "end": segment.end,
            "text": segment.text, "speaker": names[segment.speaker],
        }
        for segment in told.transcript.segments
    ]  # fmt: skip
    return {
        "task": told.task,
        "duration": round(told.transcript.duration, 6),
        "text": told.transcript.text,
        "segments": segments,
        "usage": told.usage,
    }


def _names(told: Told) -> dict[str, str]:
    """Speakers by the names that are known, then by capital letters from A on."""
    heard = dict.fromkeys(segment.speaker for segment in told.transcript.segments)
    known = [*told.speakers, *(chr(ord("A") + number) for number in range(len(heard)))]
    return dict(zip(heard, known, strict=False))


def events(told: Told, form: str, *, diarizes: bool) -> Iterator[bytes]:
    """A transcript as events: a delta for each token, or a segment for each of a speaker, and the whole text."""
    if form == "diarized_json":
        names = _names(told)
        for segment in told.transcript.segments:
            yield event(
                {
                    "type": "transcript.text.segment", "text": segment.text, "speaker": names[segment.speaker],
                    "start": segment.start, "end": segment.end, "id": f"seg_{segment.id}",
                }
            )  # fmt: skip
    else:
        yield from _deltas(told, diarizes)
    done: dict[str, Any] = {"type": "transcript.text.done", "text": told.transcript.text}
    if told.with_logprobs:
        done["logprobs"] = told.tokens
    yield event({**done, "usage": told.usage})
    yield DONE


def _deltas(told: Told, diarizes: bool) -> Iterator[bytes]:
    ends = list(accumulate(len(segment.text) for segment in told.transcript.segments)) if diarizes else []
    # A text begins without the space in front of its first segment.
    said = len(told.transcript.segments[0].text) - len(told.transcript.segments[0].text.lstrip()) if ends else 0
    for text, entries in logprobs.pieces(told.tokens):
        made: dict[str, Any] = {"type": "transcript.text.delta", "delta": text}
        if told.with_logprobs:
            made["logprobs"] = entries
        if ends:
            made["segment_id"] = f"seg_{min(bisect_right(ends, said), len(ends) - 1)}"
            said += len(text)
        yield event(made)
