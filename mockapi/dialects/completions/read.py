"""From a completion request to prompts: texts or tokens, and what the engine is asked with them."""

from __future__ import annotations

from typing import Any

from mockapi import json
from mockapi.contract.completions import CreateCompletionRequest
from mockapi.engine.prompt import Prompt, Turn
from mockapi.engine.tokens import Encoding
from mockapi.errors import bad_request

# doc: what separates documents in training; a prompt that is not given begins a new one
SEPARATOR = "<|endoftext|>"
_LONGEST_LABEL = 24
Given = str | list[int]


def prompts(request: CreateCompletionRequest) -> list[Given]:
    """The prompts of a request, each as it was given."""
    given: Any = request.prompt
    if given is None:
        return [SEPARATOR]
    return [given] if isinstance(given, str) or isinstance(given[0], int) else list(given)


def check(given: list[Given], vocabulary: Encoding) -> None:
    """Raise for the first token that is none."""
    most = separator(vocabulary)
    for prompt in given:
        if isinstance(prompt, list) and not (min(prompt) >= 0 and max(prompt) <= most):
            wrong = next(number for number in prompt if not 0 <= number <= most)
            # seen: C.4
            raise bad_request(f"Invalid token in prompt: {wrong}. Minimum value is 0, maximum value is {most} (inclusive).")


def separator(vocabulary: Encoding) -> int:
    """The number of the separator: one is left free between it and the ordinary tokens."""
    return vocabulary.size + 1


def numbers(given: Given, vocabulary: Encoding) -> list[int]:
    """A prompt as tokens. The separator is read as the one token that it is."""
    if isinstance(given, list):
        return given
    found: list[int] = []
    for place, piece in enumerate(given.split(SEPARATOR)):
        found += [separator(vocabulary)] if place else []
        found += vocabulary.encode(piece)
    return found


def prompt(text: str) -> Prompt:
    """What the engine is asked: the text of the newest document.

    Where the text ends with a label for what is to come (`A:`, `Sentiment:`), the line before it is what is asked, and what stands above
    are the instructions.
    """
    text = text.rpartition(SEPARATOR)[2]
    above, _, label = text.rstrip().rpartition("\n")
    if not above.strip() or not label.endswith(":") or len(label) > _LONGEST_LABEL:
        return Prompt([Turn("user", text)])
    instructions, _, asked = above.rstrip().rpartition("\n")
    name, _, rest = asked.partition(":")
    said = Turn("user", rest.strip() if rest.strip() and len(name) < _LONGEST_LABEL else asked)
    return Prompt([Turn("system", instructions), said] if instructions.strip() else [said])


def shape(request: CreateCompletionRequest, text: str) -> bytes:
    """What of a request the continuations of one of its prompts follow from. The rest may differ from run to run."""
    return json.write([request.model, request.seed, request.suffix, text])
