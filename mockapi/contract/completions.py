"""Legacy completions: what a client may send and what it gets back, and what the parts of a request demand of each other.

Source: the official OpenAPI document (CreateCompletionRequest, CreateCompletionResponse). The order in which the API reports the
faults of fields is not recorded: guess, the document's.
"""

from typing import Annotated, Literal

from annotated_types import Ge, Le, Len
from typing_extensions import TypedDict

from mockapi.contract.chat import StreamOptions
from mockapi.contract.types import Contract, Fraction, Penalty, Temperature, Wording
from mockapi.errors import bad_request

Tokens = Annotated[list[int], Len(1)]
# seen: the refusal of a number, where a text or a list is expected
_PROMPT = Wording(says=(("any", "{value} is not valid under any of the given schemas - 'prompt'", None),))
Prompts = Annotated[str | Annotated[list[str], Len(1)] | Tokens | Annotated[list[Tokens], Len(1)], _PROMPT]


class CreateCompletionRequest(Contract):
    """Body of `POST /v1/completions`."""

    # seen: as on chat, C.3
    model: Annotated[str, Len(1), Wording(says=(("any", "you must provide a model parameter", None),))]
    prompt: Prompts | None = None
    best_of: Annotated[int, Ge(0), Le(20)] | None = None
    echo: bool | None = None
    frequency_penalty: Penalty | None = None
    logit_bias: dict[str, Annotated[int, Ge(-100), Le(100)]] | None = None
    logprobs: Annotated[int, Ge(0), Le(5)] | None = None
    max_tokens: Annotated[int, Ge(0)] | None = None
    n: Annotated[int, Ge(1), Le(128)] | None = None
    presence_penalty: Penalty | None = None
    seed: Annotated[int, Ge(-(2**63)), Le(2**63 - 1)] | None = None
    stop: str | Annotated[list[str], Len(1, 4)] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    suffix: str | None = None
    temperature: Temperature | None = None
    top_p: Fraction | None = None
    user: str | None = None


def check(request: CreateCompletionRequest) -> None:
    """Raise the first fault that lies between parameters."""
    choices = request.n or 1
    if request.best_of is not None and request.best_of < choices:
        # guess: as users and other emulators quote it; no recording
        raise bad_request(
            f"You requested that the server return more choices than it will generate (HINT: you must set 'n' (currently {choices}) "
            f"to be at most 'best_of' (currently {request.best_of}), or omit either parameter if you don't specifically want to use "
            "them.)"
        )
    if request.stream and request.best_of is not None and request.best_of > choices:
        # doc: results of best_of cannot be streamed; guess: the words
        raise bad_request("Setting 'best_of' above 'n' and 'stream' at the same time is not supported.")
    if request.echo and request.suffix is not None:
        # guess: that they exclude each other, and the words
        raise bad_request("Setting 'echo' and 'suffix' at the same time is not supported.")
    if request.stream_options is not None and not request.stream:
        raise bad_request("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")


class CompletionLogprobs(TypedDict):
    """Parallel lists; the first token of an echoed prompt has null for both probabilities."""

    tokens: list[str]
    token_logprobs: list[float | None]
    top_logprobs: list[dict[str, float] | None] | None
    text_offset: list[int]


class CompletionChoice(TypedDict):
    text: str
    index: int
    logprobs: CompletionLogprobs | None
    finish_reason: Literal["stop", "length", "content_filter"]


class CompletionTokens(TypedDict):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(TypedDict):
    id: str
    object: Literal["text_completion"]
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: CompletionTokens
