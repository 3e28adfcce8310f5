"""Moderation as chat completions carry it (document: ModerationParam, ChatCompletionModeration)."""

from typing import Literal

from typing_extensions import TypedDict

from mockapi.contract.types import Contract


class ModerationConfig(Contract):
    mode: Literal["score", "block"]


class ModerationPolicy(Contract):
    input: ModerationConfig | None = None
    output: ModerationConfig | None = None


class ModerationParam(Contract):
    model: str
    policy: ModerationPolicy | None = None


class ModerationResult(TypedDict):
    """One judged text; scores lie in 0..1."""

    type: Literal["moderation_result"]
    model: str
    flagged: bool
    categories: dict[str, bool]
    category_scores: dict[str, float]
    category_applied_input_types: dict[str, list[Literal["text", "image"]]]


class ModerationResults(TypedDict):
    type: Literal["moderation_results"]
    model: str
    results: list[ModerationResult]


class Moderation(TypedDict):
    input: ModerationResults
    output: ModerationResults
