"""Graders: what judges a model's answers in reinforcement fine-tuning, and the endpoints that try one.

Source: the official OpenAPI document (GraderStringCheck and its kin, RunGraderRequest, ValidateGraderRequest and their answers).
"""

from typing import Annotated, Literal

from annotated_types import Ge, Len
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.chat import InputAudio, PromptCacheBreakpoint
from mockapi.contract.types import Contract, FreeObject


class EvalItemInputText(Contract):
    type: Literal["input_text"]
    text: str
    prompt_cache_breakpoint: PromptCacheBreakpoint | None = None


class EvalItemOutputText(Contract):
    type: Literal["output_text"]
    text: str


class EvalItemInputImage(Contract):
    type: Literal["input_image"]
    image_url: str
    detail: str | None = None


class EvalItemInputAudio(Contract):
    type: Literal["input_audio"]
    input_audio: InputAudio


EvalItemContentItem = str | EvalItemInputText | EvalItemOutputText | EvalItemInputImage | EvalItemInputAudio


class EvalItem(Contract):
    """A message for a grader's model; its texts may hold `{{item.…}}` and `{{sample.…}}`."""

    role: Literal["user", "assistant", "system", "developer"]
    content: EvalItemContentItem | list[EvalItemContentItem]
    type: Literal["message"] | None = None


class GraderStringCheck(Contract):
    type: Literal["string_check"]
    name: str
    input: str
    reference: str
    operation: Literal["eq", "ne", "like", "ilike"]


class GraderTextSimilarity(Contract):
    type: Literal["text_similarity"]
    name: str
    input: str
    reference: str
    evaluation_metric: Literal[
        "cosine", "fuzzy_match", "bleu", "gleu", "meteor", "rouge_1", "rouge_2", "rouge_3", "rouge_4", "rouge_5", "rouge_l"
    ]


class GraderPython(Contract):
    type: Literal["python"]
    # doc: the guide's examples have no name, the reference asks for one
    name: str | None = None
    source: str
    image_tag: str | None = None


class GraderSamplingParams(Contract):
    seed: int | None = None
    top_p: float | None = None
    temperature: float | None = None
    # doc: "completions", unlike chat's parameter
    max_completions_tokens: Annotated[int, Ge(1)] | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None


class GraderScoreModel(Contract):
    type: Literal["score_model"]
    name: str
    model: str
    sampling_params: GraderSamplingParams | None = None
    input: list[EvalItem]
    # doc: lowest and highest score, 0 and 1 unless told
    range: Annotated[list[float], Len(2, 2)] | None = None


class GraderLabelModel(Contract):
    type: Literal["label_model"]
    name: str
    model: str
    input: list[EvalItem]
    labels: list[str]
    passing_labels: list[str]


_Single = GraderStringCheck | GraderTextSimilarity | GraderPython | GraderScoreModel | GraderLabelModel
_Named = Annotated[_Single, Field(discriminator="type")]


class GraderMulti(Contract):
    """Several graders, their rewards put together by a formula."""

    type: Literal["multi"]
    # doc: as for GraderPython
    name: str | None = None
    # doc: one grader in the reference's schema, a list in its example, by name in the guide
    graders: _Single | list[_Named] | dict[str, _Named]
    calculate_output: str


Grader = Annotated[
    GraderStringCheck | GraderTextSimilarity | GraderPython | GraderScoreModel | GraderMulti,
    Field(discriminator="type"),
]


class RunGraderRequest(Contract):
    """Body of `POST /v1/fine_tuning/alpha/graders/run`."""

    grader: Grader
    item: FreeObject | None = None
    model_sample: str


class ValidateGraderRequest(Contract):
    """Body of `POST /v1/fine_tuning/alpha/graders/validate`."""

    grader: Grader


class GraderErrors(TypedDict):
    """What went wrong while a grader ran."""

    formula_parse_error: bool
    sample_parse_error: bool
    truncated_observation_error: bool
    unresponsive_reward_error: bool
    invalid_variable_error: bool
    other_error: bool
    python_grader_server_error: bool
    python_grader_server_error_type: str | None
    python_grader_runtime_error: bool
    python_grader_runtime_error_details: str | None
    model_grader_server_error: bool
    model_grader_refusal_error: bool
    model_grader_parse_error: bool
    model_grader_server_error_details: str | None


class GraderTokenUsage(TypedDict):
    prompt_tokens: int
    total_tokens: int
    completion_tokens: int
    cached_tokens: int


class GraderMetadata(TypedDict):
    """`execution_time` in seconds."""

    name: str
    type: str
    errors: GraderErrors
    execution_time: float
    scores: dict[str, float]
    # doc: a number in the reference's schema, four in its example
    token_usage: int | None
    sampled_model_name: str | None


class RunGraderResponse(TypedDict):
    reward: float
    metadata: GraderMetadata
    sub_rewards: dict[str, float]
    model_grader_token_usage_per_model: dict[str, GraderTokenUsage]


class ValidateGraderResponse(TypedDict):
    """The grader as it was sent."""

    grader: FreeObject
