"""Moderations: what a client may send, what it gets back, and moderation as chat completions carry it.

Source: the official OpenAPI document (CreateModerationRequest, CreateModerationResponse, ModerationParam, ChatCompletionModeration);
order of keys as recorded (api-facts G.9).
"""

from typing import Annotated, Literal, NotRequired

from annotated_types import Len
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.types import Contract


class ModerationText(Contract):
    type: Literal["text"]
    text: str


class ModerationImageUrl(Contract):
    url: str


class ModerationImage(Contract):
    type: Literal["image_url"]
    image_url: ModerationImageUrl


ModerationPart = Annotated[ModerationImage | ModerationText, Field(discriminator="type")]


class CreateModerationRequest(Contract):
    """Body of `POST /v1/moderations`."""

    input: str | Annotated[list[str], Len(1)] | Annotated[list[ModerationPart], Len(1)]
    model: str | None = None


# doc: older models have no illicit categories
ModerationCategories = TypedDict(
    "ModerationCategories",
    {
        "harassment": bool,
        "harassment/threatening": bool,
        "sexual": bool,
        "hate": bool,
        "hate/threatening": bool,
        "illicit": NotRequired[bool | None],
        "illicit/violent": NotRequired[bool | None],
        "self-harm/intent": bool,
        "self-harm/instructions": bool,
        "self-harm": bool,
        "sexual/minors": bool,
        "violence": bool,
        "violence/graphic": bool,
    },
)
ModerationScores = TypedDict(
    "ModerationScores",
    {
        "harassment": float,
        "harassment/threatening": float,
        "sexual": float,
        "hate": float,
        "hate/threatening": float,
        "illicit": NotRequired[float],
        "illicit/violent": NotRequired[float],
        "self-harm/intent": float,
        "self-harm/instructions": float,
        "self-harm": float,
        "sexual/minors": float,
        "violence": float,
        "violence/graphic": float,
    },
)
ModerationInputTypes = TypedDict(
    "ModerationInputTypes",
    {
        "harassment": list[Literal["text"]],
        "harassment/threatening": list[Literal["text"]],
        "sexual": list[Literal["text", "image"]],
        "hate": list[Literal["text"]],
        "hate/threatening": list[Literal["text"]],
        "illicit": NotRequired[list[Literal["text"]]],
        "illicit/violent": NotRequired[list[Literal["text"]]],
        "self-harm/intent": list[Literal["text", "image"]],
        "self-harm/instructions": list[Literal["text", "image"]],
        "self-harm": list[Literal["text", "image"]],
        "sexual/minors": list[Literal["text"]],
        "violence": list[Literal["text", "image"]],
        "violence/graphic": list[Literal["text", "image"]],
    },
)


class ModerationJudgement(TypedDict):
    """One judged input; scores lie in 0..1."""

    flagged: bool
    categories: ModerationCategories
    category_scores: ModerationScores
    category_applied_input_types: NotRequired[ModerationInputTypes]


class CreateModerationResponse(TypedDict):
    id: str
    model: str
    results: list[ModerationJudgement]


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
