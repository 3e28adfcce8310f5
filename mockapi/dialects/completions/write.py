"""From continuations to text completions, whole and streamed.

A choice is a list of steps; a stream sends them, a whole completion is their fold. Chunk order and shapes: api-facts D.3.
"""

from __future__ import annotations

import math
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Any

from mockapi import json
from mockapi.catalogue import Card
from mockapi.engine.tokens import Encoding
from mockapi.records import record
from mockapi.seed import Stream, label

_COMMON_TOKENS = 20_000
Logprobs = dict[str, Any]


@dataclass(slots=True, eq=False, repr=False)
class Spelled:
    """Tokens, and for each the characters that it completes; none if it ends inside one."""

    numbers: list[int]
    texts: list[str]

    @property
    def text(self) -> str:
        return "".join(self.texts)


@dataclass(slots=True, eq=False, repr=False)
class Choice:
    """A prompt, what the model said after it, and why it stopped: `stop` or `length`."""

    prompt: Spelled
    said: Spelled
    finish: str


@dataclass(slots=True, eq=False, repr=False)
class Draft:
    """All of a completion that follows from the request alone; its identifier and the moment are missing."""

    choices: list[Choice]
    card: Card
    vocabulary: Encoding
    prompt_tokens: int
    completion_tokens: int
    echo: bool
    tops: int | None  # alternatives for each token, None without log probabilities
    include_usage: bool


@record
class Step:
    """What one chunk adds to a choice."""

    text: str
    logprobs: Logprobs | None
    finish: str | None = None


def spelled(numbers: list[int], vocabulary: Encoding, errors: str) -> Spelled:
    """Tokens with their characters; bytes that make up none are treated as `errors` says (`ignore` or `replace`)."""
    decoder = getincrementaldecoder("utf-8")(errors)
    texts = [decoder.decode(_bytes(number, vocabulary)) for number in numbers]
    if texts:
        texts[-1] += decoder.decode(b"", final=True)
    return Spelled(numbers, texts)


def _bytes(number: int, vocabulary: Encoding) -> bytes:
    # The one number above the ordinary tokens stands for nothing.
    return b"" if number == vocabulary.size else vocabulary.token(number)


def usage(draft: Draft) -> dict[str, Any]:
    sums = (draft.prompt_tokens, draft.completion_tokens, draft.prompt_tokens + draft.completion_tokens)
    return dict(zip(("prompt_tokens", "completion_tokens", "total_tokens"), sums, strict=True))


def whole(draft: Draft, id: str, created: int) -> dict[str, Any]:
    """The completion object: the fold of its stream."""
    return {
        "id": id,
        "object": "text_completion",
        "created": created,
        "model": draft.card.snapshot,
        "choices": [fold(index, [*_steps(choice, draft), _end(choice, draft)]) for index, choice in enumerate(draft.choices)],
        "usage": usage(draft),
    }


def chunks(draft: Draft, id: str, created: int) -> Iterator[bytes]:
    """The stream's lines: the steps of all choices in turn, one chunk that ends them all, the usage if wanted, then `[DONE]`."""
    told = {"id": id, "object": "text_completion", "created": created}
    lead = b'data: %b,"choices":[' % json.write(told)[:-1]
    model = json.write(draft.card.snapshot)
    tail = b'],"model":%b%b}\n\n' % (model, b',"usage":null' if draft.include_usage else b"")
    for row in zip_longest(*(_steps(choice, draft) for choice in draft.choices)):
        for index, step in enumerate(row):
            if step is not None:
                yield lead + json.write(_object(index, step)) + tail
    yield lead + b",".join(json.write(_object(index, _end(choice, draft))) for index, choice in enumerate(draft.choices)) + tail
    if draft.include_usage:
        yield b"data: %b\n\n" % json.write({**told, "model": draft.card.snapshot, "usage": usage(draft), "choices": []})
    yield b"data: [DONE]\n\n"


def _object(index: int, step: Step) -> dict[str, Any]:
    return {"text": step.text, "index": index, "logprobs": step.logprobs, "finish_reason": step.finish}


def fold(index: int, steps: Iterable[Step]) -> dict[str, Any]:
    """The choice that a stream's steps add up to, as a client adds them up."""
    made = _object(index, Step("", None))
    for step in steps:
        made["text"] += step.text
        made["finish_reason"] = step.finish
        if step.logprobs is not None:
            held = made["logprobs"]
            made["logprobs"] = step.logprobs if held is None else {name: _joined(held[name], more) for name, more in step.logprobs.items()}
    return made


def _joined(held: list[Any] | None, more: list[Any] | None) -> list[Any] | None:
    return None if held is None or more is None else held + more


def _steps(choice: Choice, draft: Draft) -> list[Step]:
    """A choice but for its end: a step for each token that ends a character. An echoed prompt comes with the first (seen)."""
    said = choice.said
    echoed = choice.prompt.texts if draft.echo else []
    texts = echoed + said.texts
    ends = [place for place, text in enumerate(said.texts, len(echoed) + 1) if text]
    if texts and ends[-1:] != [len(texts)]:
        ends.append(len(texts))
    told = _told(choice, draft)
    return [Step("".join(texts[start:end]), _part(told, start, end)) for start, end in pairwise([0, *ends])]


def _part(told: Logprobs | None, start: int, end: int) -> Logprobs | None:
    if told is None:
        return None
    return {name: None if values is None else values[start:end] for name, values in told.items()}


def _end(choice: Choice, draft: Draft) -> Step:
    return Step("", None if draft.tops is None else _blank(draft.tops), choice.finish)


def _blank(tops: int) -> Logprobs:
    # seen: empty lists at the end, and no alternatives where none are asked for; guess: null for these
    return {"tokens": [], "token_logprobs": [], "top_logprobs": [] if tops else None, "text_offset": []}


def _told(choice: Choice, draft: Draft) -> Logprobs | None:
    """The log probabilities of a choice's text, token by token."""
    if draft.tops is None:
        return None
    told = _blank(draft.tops)
    before = choice.prompt.text
    if draft.echo:
        _tell(told, choice.prompt, draft, Stream(label(before)), 0)
        if told["tokens"]:
            # seen: nothing stands before the first token that it could follow from
            told["token_logprobs"][0] = None
            if draft.tops:
                told["top_logprobs"][0] = None
    # seen: offsets count from the prompt's beginning, echoed or not
    _tell(told, choice.said, draft, _chance(choice), len(before))
    return told


def _chance(choice: Choice) -> Stream:
    return Stream(label(f"{choice.prompt.text}\0{choice.said.text}"))


def _tell(told: Logprobs, part: Spelled, draft: Draft, chance: Stream, offset: int) -> None:
    for place, (number, text) in enumerate(zip(part.numbers, part.texts, strict=True)):
        stream = chance.child(place)
        share = _share(stream)
        token = _shown(number, draft.vocabulary)
        told["tokens"].append(token)
        told["token_logprobs"].append(_logprob(share))
        told["text_offset"].append(offset)
        if draft.tops:
            told["top_logprobs"].append({token: _logprob(share), **_others(number, share, draft, stream)})
        offset += len(text)


def _share(stream: Stream) -> float:
    return 0.35 + 0.6499 * math.sqrt(stream.unit())


def _logprob(share: float) -> float:
    return round(math.log(share), 8)


def _others(number: int, share: float, draft: Draft, stream: Stream) -> dict[str, float]:
    """The likeliest tokens beside the one that was said."""
    found: dict[str, float] = {}
    left, used = 1.0 - share, {number}
    for _ in range((draft.tops or 0) - 1):
        other = stream.below(_COMMON_TOKENS)
        while other in used:
            other += 1
        used.add(other)
        part = left * (0.4 + 0.3 * stream.unit())
        left -= part
        found[_shown(other, draft.vocabulary)] = _logprob(max(part, 1e-9))
    return dict(sorted(found.items(), key=lambda entry: -entry[1]))


def _shown(number: int, vocabulary: Encoding) -> str:
    """A token as the lists name it."""
    raw = _bytes(number, vocabulary)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        # seen: a token that is part of a character is written as its bytes
        return "bytes:" + "".join(f"\\x{byte:02x}" for byte in raw)


def mean_logprob(choice: Choice) -> float:
    """How likely what was said is, by token: what `best_of` goes by."""
    chance, count = _chance(choice), len(choice.said.numbers)
    return sum(math.log(_share(chance.child(place))) for place in range(count)) / count if count else 0.0
