"""From answers to chat completions, whole and streamed.

A stream is a sequence of deltas; a whole completion is the fold of the same deltas with every text in one piece. Chunk orders and
shapes: api-facts D.2.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from mockapi import ids, json
from mockapi.catalogue import Card
from mockapi.engine.answer import Answer, Citation, Refusal, Speech, Text, ToolCall
from mockapi.engine.tokens import Encoding
from mockapi.engine.usage import Usage
from mockapi.seed import Stream, label

_PADDING_BLOCK = 16
_PADDINGS = 64
_NO_PADS = (b"}\n\n",) * _PADDING_BLOCK
_AUDIO_BLOCK = 24_000  # bytes of samples in a chunk: half a second, and whole base64 groups
_AUDIO_KEPT_SECONDS = 3600
_PARALLEL_FRAGMENT = 5  # characters of arguments in a chunk of parallel calls
_ABSENT = "absent"
Cut = Callable[[str], list[str]]


# One step of a choice: the delta, its log probabilities (None, entries, or absent from the wire), and the finish reason at the end.
Step = tuple[dict[str, Any], Any, str | None]


@dataclass(slots=True, eq=False, repr=False)
class Draft:
    """All of a completion that follows from the request alone; its identifiers and the moment are missing.

    What is put on the wire is worked out once where nothing in it changes from call to call: `text` from the model on, and `pieces`,
    the chunks from the choices on, each with the padding it needs.
    """

    answers: list[Answer]
    card: Card
    vocabulary: Encoding
    usage: Usage
    service_tier: str
    fingerprint: str | None
    moderation: dict[str, Any] | None = None
    tops: int | None = None  # alternatives for each token, None without log probabilities
    audio_format: str = "wav"
    voice: str = "alloy"
    include_usage: bool = False
    obfuscate: bool = True
    blocks: list[bytes] = field(default_factory=list)  # names of the prompt's cacheable prefixes
    used: dict[str, int] = field(default_factory=dict)  # what a call is billed for
    large: bool = False  # whether it takes long enough to write that others would feel it
    text: bytes | None = None
    pieces: list[tuple[bytes, int]] | None = None
    repeats: bool = field(init=False)

    def __post_init__(self) -> None:
        # Whether nothing but the head differs from call to call: there are no ids in it and no cached tokens.
        self.repeats = not self.blocks and all(isinstance(part, (Text, Refusal)) for a in self.answers for part in a.parts)


@dataclass(slots=True, eq=False, repr=False)
class Head:
    """What a draft lacks: its identifier, the moment in Unix seconds, and the chance that identifiers of calls come from."""

    id: str
    created: int
    stream: Stream


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


def whole(draft: Draft, head: Head) -> dict[str, Any]:
    """The completion object: the fold of its stream."""
    made: dict[str, Any] = {
        "id": head.id,
        "object": "chat.completion",
        "created": head.created,
        "model": draft.card.snapshot,
        "choices": [fold(index, _track(index, answer, draft, head, _uncut)) for index, answer in enumerate(draft.answers)],
        "usage": usage_object(draft.usage, draft.card),
        "service_tier": draft.service_tier,
        "system_fingerprint": draft.fingerprint,
    }
    if draft.moderation is not None:
        made["moderation"] = draft.moderation
    return made


def whole_text(draft: Draft, head: Head, layout: json.Layout) -> bytes:
    """The completion object as JSON text."""
    if not draft.repeats:
        return json.write(whole(draft, head), layout)
    if draft.text is None:
        text = json.write(whole(draft, head), layout)
        draft.text = text[text.index(b',\n  "model": ') :]
    return b'{\n  "id": "%b",\n  "object": "chat.completion",\n  "created": %d%b' % (head.id.encode(), head.created, draft.text)


def chunks(draft: Draft, head: Head) -> Iterator[bytes]:
    """The stream's lines: one chunk after another, then `[DONE]`."""
    told = {
        "id": head.id,
        "object": "chat.completion.chunk",
        "created": head.created,
        "model": draft.card.snapshot,
        "service_tier": draft.service_tier,
        "system_fingerprint": draft.fingerprint,
    }
    lead = b"data: " + json.write(told)[:-1]
    pads = _pads(head.stream.below(_PADDINGS)) if draft.obfuscate else _NO_PADS
    if draft.pieces is not None:
        pieces: Iterable[tuple[bytes, int]] = draft.pieces
    elif draft.repeats:
        pieces = draft.pieces = list(_pieces(draft, head, len(lead.decode()) - 6))
    else:
        pieces = _pieces(draft, head, len(lead.decode()) - 6)
    for piece, need in pieces:
        yield lead + piece + pads[need]
    yield b"data: [DONE]\n\n"


def _pieces(draft: Draft, head: Head, lead: int) -> Iterator[tuple[bytes, int]]:
    """Chunks from their choices on, each with the length of its padding; `lead` counts the characters in front of them."""
    tail = b'],"usage":null' if draft.include_usage else b"]"
    moderation = draft.moderation
    tracks = [_track(index, answer, draft, head, draft.vocabulary.pieces) for index, answer in enumerate(draft.answers)]
    for index, step in _interleaved(tracks):
        piece = b',"choices":[%b%b' % (_choice(index, step), tail)
        if moderation is not None and step[2] is not None:
            piece += b',"moderation":' + json.write(moderation)
            moderation = None
        yield piece, _padding(lead + (len(piece) if piece.isascii() else len(piece.decode())))
    if draft.include_usage:
        piece = b',"choices":[],"usage":' + json.write(usage_object(draft.usage, draft.card))
        yield piece, _padding(lead + len(piece))


def _padding(size: int) -> int:
    """Padding for a chunk of `size` characters before its end: its JSON text is to be one more than a multiple of 16 long."""
    return (1 - size - len(',"obfuscation":""}')) % _PADDING_BLOCK


@lru_cache(maxsize=_PADDINGS)
def _pads(variant: int) -> tuple[bytes, ...]:
    """The ends of chunks by the length of their padding."""
    characters = Stream(variant).base62(_PADDING_BLOCK).encode()
    return tuple(b',"obfuscation":"%b"}\n\n' % characters[:need] for need in range(_PADDING_BLOCK))


def _choice(index: int, step: Step) -> bytes:
    delta, told, finish = step
    entries = b"" if told is _ABSENT else b',"logprobs":null' if told is None else b',"logprobs":' + json.write(told)
    end = b',"finish_reason":null}' if finish is None else b',"finish_reason":"%b"}' % finish.encode()
    return b'{"index":%d,"delta":%b%b%b' % (index, json.write(delta), entries, end)


def _interleaved(tracks: list[list[Step]]) -> Iterator[tuple[int, Step]]:
    """The steps of all choices as they are sent: the first two of each in turn, then one of each in turn."""
    if len(tracks) == 1:
        for step in tracks[0]:
            yield 0, step
        return
    for index, track in enumerate(tracks):
        yield from ((index, step) for step in track[:2])
    for row in zip_longest(*(track[2:] for track in tracks)):
        yield from ((index, step) for index, step in enumerate(row) if step is not None)


def _track(index: int, answer: Answer, draft: Draft, head: Head, cut: Cut) -> list[Step]:
    """The steps of one choice, every text cut as `cut` does it."""
    # seen: classic models write `logprobs: null` into every chunk, reasoning models leave it out
    none = _ABSENT if draft.card.reasons else None
    steps: list[Step] = []
    calls = answer.calls
    stream = head.stream.child(100 + index)
    if calls:
        steps += _calls(calls, stream, none, cut)
    else:
        for part in answer.parts:
            if isinstance(part, Speech):
                steps += _speech(part, draft, head.created, stream, none, cut)
            elif not isinstance(part, ToolCall):
                steps += _text(part, draft, index, none, cut)
    steps.append(({}, none, _finish(answer, draft.card)))
    return steps


def _finish(answer: Answer, card: Card) -> str:
    if answer.finish != "tool_calls":
        return answer.finish
    if answer.calls and answer.calls[0].kind == "legacy":
        return "stop" if answer.forced else "function_call"
    # seen: a forced call ends with `stop` on classic models
    return "stop" if answer.forced and not card.reasons else "tool_calls"


def _text(part: Text | Refusal, draft: Draft, index: int, none: Any, cut: Cut) -> list[Step]:
    is_text = isinstance(part, Text)
    key = "content" if is_text else "refusal"
    first = {"role": "assistant", "content": "" if is_text else None, "refusal": None}
    steps: list[Step]
    if draft.tops is None:
        steps = [(first, none, None), *[({key: piece}, none, None) for piece in cut(part.text)]]
    else:
        from mockapi.engine import logprobs

        entries = logprobs.of(part.text, draft.tops, draft.vocabulary, Stream(label(part.text)).child(index))
        groups = [(part.text, entries)] if cut is _uncut else logprobs.pieces(entries)
        steps = [(first, _entries(key, []), None), *[({key: piece}, _entries(key, group), None) for piece, group in groups]]
    if isinstance(part, Text) and part.citations:
        steps.append(({"annotations": [_annotation(citation) for citation in part.citations]}, none, None))
    return steps


def _entries(key: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {"content": entries, "refusal": None} if key == "content" else {"content": None, "refusal": entries}


def _annotation(citation: Citation) -> dict[str, Any]:
    place = {"end_index": citation.end, "start_index": citation.start, "title": citation.title, "url": citation.url}
    return {"type": "url_citation", "url_citation": place}


def _calls(calls: list[ToolCall], stream: Stream, none: Any, cut: Cut) -> list[Step]:
    first = calls[0]
    head: dict[str, Any] = {"role": "assistant", "content": None}
    if first.kind == "legacy":
        head |= {"function_call": {"name": first.name, "arguments": ""}, "refusal": None}
        return [(head, none, None), *[({"function_call": {"arguments": piece}}, none, None) for piece in cut(first.arguments)]]
    if len(calls) == 1:
        head |= {"tool_calls": [_call_head(0, first, stream)], "refusal": None}
        return [(head, none, None), *[({"tool_calls": [_call_piece(0, first, piece)]}, none, None) for piece in cut(first.arguments)]]
    steps: list[Step] = [(head, none, None)]
    for number, call in enumerate(calls):
        steps.append(({"tool_calls": [_call_head(number, call, stream)]}, none, None))
        pieces = cut(call.arguments) if cut is _uncut else _slices(call.arguments, _PARALLEL_FRAGMENT)
        steps += [({"tool_calls": [_call_piece(number, call, piece)]}, none, None) for piece in pieces]
    return steps


def _call_head(number: int, call: ToolCall, stream: Stream) -> dict[str, Any]:
    inner = {"name": call.name, "input" if call.kind == "custom" else "arguments": ""}
    return {"index": number, "id": ids.tool_call(stream.child(number)), "type": call.kind, call.kind: inner}


def _call_piece(number: int, call: ToolCall, piece: str) -> dict[str, Any]:
    return {"index": number, call.kind: {"input" if call.kind == "custom" else "arguments": piece}}


def _slices(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def _speech(part: Speech, draft: Draft, created: int, stream: Stream, none: Any, cut: Cut) -> list[Step]:
    from mockapi.engine.sound import speaking

    first = {"role": "assistant", "content": None, "refusal": None, "audio": {"id": ids.audio(stream.child(41))}}
    sound = speaking.say(part.transcript, draft.audio_format, draft.voice)
    size = len(sound) if cut is _uncut else _AUDIO_BLOCK
    told: list[dict[str, Any]] = [{"transcript": piece} for piece in cut(part.transcript)]
    told += [{"data": base64.b64encode(sound[at : at + size]).decode()} for at in range(0, len(sound), size)]
    told.append({"expires_at": created + _AUDIO_KEPT_SECONDS})
    return [(first, none, None), *[({"audio": piece}, none, None) for piece in told]]


def _uncut(text: str) -> list[str]:
    return [text] if text else []


def fold(index: int, steps: Iterable[Step]) -> dict[str, Any]:
    """The choice that a stream's steps add up to, as a client adds them up."""
    message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
    choice: dict[str, Any] = {"index": index, "message": message, "logprobs": None, "finish_reason": None}
    for delta, told, finish in steps:
        for key, value in delta.items():
            if value is None or key == "role":
                continue
            if type(value) is str:
                message[key] = (message[key] or "") + value
            elif key == "tool_calls":
                for piece in value:
                    _fold_call(message.setdefault("tool_calls", []), piece)
            elif key == "annotations":
                message["annotations"] = [*message.get("annotations", ()), *value]
            else:
                _fold_text(message.setdefault(key, {}), value)
        if told is not None and told is not _ABSENT:
            _fold_logprobs(choice, told)
        if finish is not None:
            choice["finish_reason"] = finish
    message.setdefault("annotations", [])
    return choice


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
