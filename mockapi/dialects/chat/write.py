"""From answers to chat completions, whole and streamed.

A stream is a sequence of deltas; a whole completion is the fold of the same deltas with every text in one piece. Chunk orders and
shapes: api-facts D.2.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, NamedTuple

from pydantic_core import to_json

from mockapi import ids
from mockapi.catalogue import Card
from mockapi.engine import logprobs, speech
from mockapi.engine.answer import Answer, Citation, Refusal, Speech, Text, ToolCall
from mockapi.engine.tokens import Encoding
from mockapi.engine.usage import Usage
from mockapi.seed import Stream

_PADDING_BLOCK = 16
_AUDIO_BLOCK = 24_000  # bytes of samples in a chunk: half a second, and whole base64 groups
_AUDIO_KEPT_SECONDS = 3600
_PARALLEL_FRAGMENT = 5  # characters of arguments in a chunk of parallel calls
_ABSENT = "absent"
Cut = Callable[[str], list[str]]


class Delta(NamedTuple):
    """One step of one choice. `logprobs` is None, entries, or absent from the wire."""

    choice: int
    delta: dict[str, Any]
    logprobs: Any = None
    finish: str | None = None


@dataclass(slots=True)
class Completion:
    """What surrounds the choices of a completion."""

    id: str
    created: int
    model: str
    service_tier: str
    fingerprint: str | None
    usage: Usage
    moderation: dict[str, Any] | None = None
    tops: int | None = None  # alternatives for each token, None without log probabilities
    audio_format: str = "wav"
    stream: Stream = field(default_factory=lambda: Stream(0))


def usage_object(usage: Usage, card: Card) -> dict[str, Any]:
    details: dict[str, Any] = {"cached_tokens": usage.cached_tokens, "audio_tokens": usage.prompt_audio_tokens}
    if card.rules.get("cache_writes"):
        details["cache_write_tokens"] = usage.prompt_tokens - usage.cached_tokens if usage.prompt_tokens >= 1024 else 0
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": details,
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning_tokens,
            "audio_tokens": usage.audio_tokens,
            "accepted_prediction_tokens": usage.accepted_prediction_tokens,
            "rejected_prediction_tokens": usage.rejected_prediction_tokens,
        },
    }


def whole(completion: Completion, answers: list[Answer], card: Card, vocabulary: Encoding) -> dict[str, Any]:
    """The completion object: the fold of its stream."""
    steps = deltas(completion, answers, card, vocabulary, _uncut)
    made: dict[str, Any] = {
        "id": completion.id,
        "object": "chat.completion",
        "created": completion.created,
        "model": completion.model,
        "choices": fold(steps),
        "usage": usage_object(completion.usage, card),
        "service_tier": completion.service_tier,
        "system_fingerprint": completion.fingerprint,
    }
    if completion.moderation is not None:
        made["moderation"] = completion.moderation
    return made


def chunks(
    completion: Completion, answers: list[Answer], card: Card, vocabulary: Encoding, *, include_usage: bool, obfuscate: bool
) -> Iterator[bytes]:
    """The stream's lines: one chunk after another, then `[DONE]`."""
    head = to_json(
        {
            "id": completion.id,
            "object": "chat.completion.chunk",
            "created": completion.created,
            "model": completion.model,
            "service_tier": completion.service_tier,
            "system_fingerprint": completion.fingerprint,
        }
    )
    lead = b"data: " + head[:-1] + b',"choices":['
    tail = b'],"usage":null' if include_usage else b"]"
    pad = _Padding(completion.stream.child(21), obfuscate)
    surrounding = len(head[:-1].decode()) + len(',"choices":[') + len(tail)
    moderation = completion.moderation
    for step in deltas(completion, answers, card, vocabulary, vocabulary.pieces):
        choice = _choice(step)
        size = surrounding + (len(choice) if choice.isascii() else len(choice.decode()))
        if moderation is not None and step.finish is not None:
            told = b',"moderation":' + to_json(moderation)
            moderation = None
            yield b"".join((lead, choice, tail, told, pad(size + len(told.decode()))))
            continue
        yield b"".join((lead, choice, tail, pad(size)))
    if include_usage:
        told = b'],"usage":' + to_json(usage_object(completion.usage, card))
        yield lead + told + pad(surrounding - len(tail) + len(told))
    yield b"data: [DONE]\n\n"


class _Padding:
    """The end of a chunk: with padding, the characters of its JSON text are one more than a multiple of 16."""

    __slots__ = ("_at", "_characters", "_on")

    def __init__(self, stream: Stream, on: bool) -> None:
        self._on = on
        self._characters = (stream.base62(64) + stream.child(1).base62(64)).encode() if on else b""
        self._at = 0

    def __call__(self, size: int) -> bytes:
        """`size` counts the characters before the closing brace."""
        if not self._on:
            return b"}\n\n"
        need = (1 - size - 18) % _PADDING_BLOCK
        self._at = at = (self._at + 7) % 112
        return b',"obfuscation":"' + self._characters[at : at + need] + b'"}\n\n'


def _choice(step: Delta) -> bytes:
    told = b"" if step.logprobs is _ABSENT else b',"logprobs":' + (b"null" if step.logprobs is None else to_json(step.logprobs))
    end = b',"finish_reason":null}' if step.finish is None else b',"finish_reason":"%b"}' % step.finish.encode()
    return b'{"index":%d,"delta":' % step.choice + to_json(step.delta) + told + end


def deltas(completion: Completion, answers: list[Answer], card: Card, vocabulary: Encoding, cut: Cut) -> Iterator[Delta]:
    """The steps of all choices: the first two of each in turn, then one of each in turn."""
    tracks = [_track(index, answer, completion, card, vocabulary, cut) for index, answer in enumerate(answers)]
    if len(tracks) == 1:
        yield from tracks[0]
        return
    for track in tracks:
        for _ in range(2):
            step = next(track, None)
            if step is not None:
                yield step
    for row in zip_longest(*tracks):
        yield from (step for step in row if step is not None)


def _track(index: int, answer: Answer, completion: Completion, card: Card, vocabulary: Encoding, cut: Cut) -> Iterator[Delta]:
    """The steps of one choice."""
    # seen: classic models write `logprobs: null` into every chunk, reasoning models leave it out
    none = _ABSENT if card.reasons else None
    calls = answer.calls
    stream = completion.stream.child(100 + index)
    if calls:
        yield from _calls(index, calls, stream, none, cut)
    else:
        for part in answer.parts:
            if isinstance(part, Speech):
                yield from _speech(index, part, completion, stream, none, cut)
            elif isinstance(part, (Text, Refusal)):
                yield from _text(index, part, completion, stream, vocabulary, none, cut)
    yield Delta(index, {}, none, _finish(answer, card))


def _finish(answer: Answer, card: Card) -> str:
    if answer.finish != "tool_calls":
        return answer.finish
    if answer.calls and answer.calls[0].kind == "legacy":
        return "stop" if answer.forced else "function_call"
    # seen: a forced call ends with `stop` on classic models
    return "stop" if answer.forced and not card.reasons else "tool_calls"


def _text(
    index: int, part: Text | Refusal, completion: Completion, stream: Stream, vocabulary: Encoding, none: Any, cut: Cut
) -> Iterator[Delta]:
    is_text = isinstance(part, Text)
    key = "content" if is_text else "refusal"
    first = {"role": "assistant", "content": "" if is_text else None, "refusal": None}
    if completion.tops is None:
        yield Delta(index, first, none)
        for piece in cut(part.text):
            yield Delta(index, {key: piece}, none)
    else:
        yield Delta(index, first, _entries(key, []))
        entries = logprobs.of(part.text, completion.tops, vocabulary, stream.child(31))
        for piece, group in [(part.text, entries)] if cut is _uncut else logprobs.pieces(entries):
            yield Delta(index, {key: piece}, _entries(key, group))
    if isinstance(part, Text) and part.citations:
        yield Delta(index, {"annotations": [_annotation(citation) for citation in part.citations]}, none)


def _entries(key: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {"content": entries, "refusal": None} if key == "content" else {"content": None, "refusal": entries}


def _annotation(citation: Citation) -> dict[str, Any]:
    place = {"end_index": citation.end, "start_index": citation.start, "title": citation.title, "url": citation.url}
    return {"type": "url_citation", "url_citation": place}


def _calls(index: int, calls: list[ToolCall], stream: Stream, none: Any, cut: Cut) -> Iterator[Delta]:
    if calls[0].kind == "legacy":
        call = calls[0]
        head: dict[str, Any] = {
            "role": "assistant",
            "content": None,
            "function_call": {"name": call.name, "arguments": ""},
            "refusal": None,
        }
        yield Delta(index, head, none)
        for piece in cut(call.arguments):
            yield Delta(index, {"function_call": {"arguments": piece}}, none)
        return
    if len(calls) == 1:
        head = {"role": "assistant", "content": None, "tool_calls": [_call_head(0, calls[0], stream)], "refusal": None}
        yield Delta(index, head, none)
        for piece in cut(calls[0].arguments):
            yield Delta(index, {"tool_calls": [_call_piece(0, calls[0], piece)]}, none)
        return
    yield Delta(index, {"role": "assistant", "content": None}, none)
    for number, call in enumerate(calls):
        yield Delta(index, {"tool_calls": [_call_head(number, call, stream)]}, none)
        pieces = cut(call.arguments) if cut is _uncut else _slices(call.arguments, _PARALLEL_FRAGMENT)
        for piece in pieces:
            yield Delta(index, {"tool_calls": [_call_piece(number, call, piece)]}, none)


def _call_head(number: int, call: ToolCall, stream: Stream) -> dict[str, Any]:
    inner = {"name": call.name, "input" if call.kind == "custom" else "arguments": ""}
    return {"index": number, "id": ids.tool_call(stream.child(number)), "type": call.kind, call.kind: inner}


def _call_piece(number: int, call: ToolCall, piece: str) -> dict[str, Any]:
    return {"index": number, call.kind: {"input" if call.kind == "custom" else "arguments": piece}}


def _slices(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def _speech(index: int, part: Speech, completion: Completion, stream: Stream, none: Any, cut: Cut) -> Iterator[Delta]:
    first = {"role": "assistant", "content": None, "refusal": None, "audio": {"id": ids.audio(stream.child(41))}}
    yield Delta(index, first, none)
    for piece in cut(part.transcript):
        yield Delta(index, {"audio": {"transcript": piece}}, none)
    sound = speech.FORMATS[completion.audio_format](part.seconds)
    size = len(sound) if cut is _uncut else _AUDIO_BLOCK
    for at in range(0, len(sound), size):
        yield Delta(index, {"audio": {"data": base64.b64encode(sound[at : at + size]).decode()}}, none)
    yield Delta(index, {"audio": {"expires_at": completion.created + _AUDIO_KEPT_SECONDS}}, none)


def _uncut(text: str) -> list[str]:
    return [text] if text else []


def fold(steps: Iterable[Delta]) -> list[dict[str, Any]]:
    """The choices that a stream's steps add up to, as a client adds them up."""
    choices: dict[int, dict[str, Any]] = {}
    for step in steps:
        choice = choices.get(step.choice)
        if choice is None:
            message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
            choice = choices[step.choice] = {"index": step.choice, "message": message, "logprobs": None, "finish_reason": None}
        _fold_message(choice["message"], step.delta)
        if step.logprobs is not None and step.logprobs is not _ABSENT:
            _fold_logprobs(choice, step.logprobs)
        if step.finish is not None:
            choice["finish_reason"] = step.finish
    made = [choices[index] for index in sorted(choices)]
    for choice in made:
        choice["message"].setdefault("annotations", [])
    return made


def _fold_message(message: dict[str, Any], delta: dict[str, Any]) -> None:
    for key, value in delta.items():
        if key == "tool_calls":
            for piece in value:
                _fold_call(message.setdefault("tool_calls", []), piece)
        elif key == "annotations":
            message["annotations"] = [*message.get("annotations", []), *value]
        elif isinstance(value, dict):
            _fold_text(message.setdefault(key, {}), value)
        elif key != "role" and value is not None:
            message[key] = (message.get(key) or "") + value


def _fold_call(calls: list[dict[str, Any]], piece: dict[str, Any]) -> None:
    if piece["index"] == len(calls):
        calls.append({})
    call = calls[piece["index"]]
    for key, value in piece.items():
        if isinstance(value, dict):
            _fold_text(call.setdefault(key, {}), value)
        elif key != "index":
            call[key] = value


def _fold_text(into: dict[str, Any], value: dict[str, Any]) -> None:
    for key, piece in value.items():
        into[key] = into[key] + piece if isinstance(into.get(key), str) else piece


def _fold_logprobs(choice: dict[str, Any], told: dict[str, Any]) -> None:
    if choice["logprobs"] is None:
        choice["logprobs"] = {"content": None, "refusal": None}
    for key, entries in told.items():
        if entries is not None:
            choice["logprobs"][key] = [*(choice["logprobs"][key] or ()), *entries]
