"""Graders that ask a model: a simulated judge that holds what was said to be as good as the words it shares with the material."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockapi.catalogue import Card
from mockapi.engine import tasks, tokens
from mockapi.engine.graders.measures import shared
from mockapi.engine.graders.templates import Variables, texts
from mockapi.seed import Stream
from mockapi.seed import label as label_of

# guess: what the order to answer in a form costs, as the reference's example of 190 tokens suggests; and what media cost
_ORDER, _MESSAGE, _IMAGE, _AUDIO = 120, 4, 255, 100
# A judgement is some sentences and a number; shorter than this it has no number.
_SHORTEST, _LEAST, _MOST = 24, 60, 180
_READ = 4000


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens of one judgement."""

    prompt: int
    completion: int


def contents(messages: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The kind and the text of each part of a grader's messages: `text`, an `image` by its address, the data of an `audio`."""
    for message in messages:
        content = message["content"]
        for part in content if isinstance(content, list) else [content]:
            if isinstance(part, str):
                yield "text", part
            elif part["type"] == "input_image":
                yield "image", part["image_url"]
            elif part["type"] == "input_audio":
                yield "audio", part["input_audio"]["data"]
            else:
                yield "text", part["text"]


def ask(grader: dict[str, Any], card: Card, variables: Variables, stream: Stream) -> tuple[Usage, bool]:
    """Put a grader's messages to its model. Returns what that takes, and whether there was room for a judgement."""
    vocabulary, prompt = tokens.encoding(card.encoding), _ORDER
    for kind, text in contents(grader["input"]):
        filled = variables.fill(text)
        prompt += vocabulary.count(filled) if kind == "text" else _IMAGE if kind == "image" else _AUDIO
    most = (grader.get("sampling_params") or {}).get("max_completions_tokens") or _MOST
    usage = Usage(prompt + _MESSAGE * len(grader["input"]), min(most, stream.child(label_of(variables.sample)).between(_LEAST, _MOST)))
    return usage, usage.completion >= _SHORTEST


def score(grader: dict[str, Any], variables: Variables, stream: Stream) -> float:
    """A score within the grader's range, to hundredths of it: the whole of it where all words of the material are there.

    Of two samples the one with more of these words has no lower score, so the stream must not depend on the sample.
    """
    low, high = sorted(map(float, grader.get("range") or (0, 1)))
    share = _share(variables, stream)
    part = round(share + 0.3 * (stream.unit() - 0.5) * share * (1 - share), 2)
    return min(high, max(low, low * (1 - part) + high * part))


def label(grader: dict[str, Any], variables: Variables, stream: Stream) -> str | None:
    """One of the labels: the one that the material speaks for, else rather a passing one the more words are shared."""
    labels: list[str] = grader["labels"]
    passing = [name for name in labels if name in grader["passing_labels"]]
    failing = [name for name in labels if name not in grader["passing_labels"]]
    if not labels:
        return None
    share = _share(variables, stream)
    if share < 1:
        told = " ".join([*variables.material, variables.sample])[:_READ].lower()
        found = tasks.suited(tuple(labels), told)
        if found is not None:
            return found
    passes = stream.unit() < share or not failing
    return stream.choice(passing if passes and passing else failing or labels)


def _share(variables: Variables, stream: Stream) -> float:
    """How much of the material is in the sample; the material is what the templates name of the item, else all of it."""
    material = " ".join(variables.material or texts(variables.item)).strip()
    if not material:
        return stream.between(40, 95) / 100
    return 1.0 if material == variables.sample.strip() else shared(material, variables.sample)
