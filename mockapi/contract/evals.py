"""Evals: what a client may send, and what it gets back. Their runs are in `eval_runs`.

Source: the official OpenAPI document (CreateEvalRequest, Eval); order of keys as in answers that users of the API show (2025).
"""

from typing import Annotated, Literal

from annotated_types import Ge, Le
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.graders import GraderLabelModel, GraderPython, GraderScoreModel, GraderStringCheck, GraderTextSimilarity
from mockapi.contract.types import Contract, FreeObject, Metadata


class CreateEvalCustomDataSourceConfig(Contract):
    """`item_schema` is the JSON schema of a row's item; `include_sample_schema` tells that the graders look at a sample too."""

    type: Literal["custom"]
    item_schema: FreeObject
    include_sample_schema: bool | None = None


class CreateEvalLogsDataSourceConfig(Contract):
    type: Literal["logs"]
    metadata: FreeObject | None = None


class CreateEvalStoredCompletionsDataSourceConfig(Contract):
    """Logs by their older name."""

    type: Literal["stored_completions"]
    metadata: FreeObject | None = None


class EvalGraderTextSimilarity(GraderTextSimilarity):
    pass_threshold: float


class EvalGraderPython(GraderPython):
    pass_threshold: float | None = None


class EvalGraderScoreModel(GraderScoreModel):
    pass_threshold: float | None = None


class CreateEvalRequest(Contract):
    """Body of `POST /v1/evals`."""

    data_source_config: Annotated[
        CreateEvalCustomDataSourceConfig | CreateEvalLogsDataSourceConfig | CreateEvalStoredCompletionsDataSourceConfig,
        Field(discriminator="type"),
    ]
    testing_criteria: list[
        Annotated[
            GraderLabelModel | GraderStringCheck | EvalGraderTextSimilarity | EvalGraderPython | EvalGraderScoreModel,
            Field(discriminator="type"),
        ]
    ]
    name: str | None = None
    metadata: Metadata | None = None


class UpdateEvalRequest(Contract):
    """Body of `POST /v1/evals/{eval_id}`."""

    name: str | None = None
    metadata: Metadata | None = None


class ListEvalsQuery(Contract):
    """Query of `GET /v1/evals`."""

    after: str | None = None
    limit: Annotated[int, Ge(0), Le(100)] | None = None
    order: Literal["asc", "desc"] | None = None
    order_by: Literal["created_at", "updated_at"] | None = None


class EvalCustomDataSourceConfig(TypedDict):
    """`schema` is the JSON schema of a row: an `item`, and a `sample` if the graders look at one."""

    type: Literal["custom"]
    schema: FreeObject


class EvalLogsDataSourceConfig(TypedDict):
    type: Literal["logs"]
    metadata: dict[str, str]
    schema: FreeObject


class EvalStoredCompletionsDataSourceConfig(TypedDict):
    type: Literal["stored_completions"]
    metadata: dict[str, str]
    schema: FreeObject


# A criterion is told as it was sent, with an id that begins with its name.
class EvalStringCheck(GraderStringCheck):
    id: str


class EvalTextSimilarity(EvalGraderTextSimilarity):
    id: str


class EvalPython(EvalGraderPython):
    id: str


class EvalScoreModel(EvalGraderScoreModel):
    id: str


class EvalLabelModel(GraderLabelModel):
    id: str


class Eval(TypedDict):
    """`created_at` in Unix seconds."""

    object: Literal["eval"]
    id: str
    data_source_config: Annotated[
        EvalCustomDataSourceConfig | EvalLogsDataSourceConfig | EvalStoredCompletionsDataSourceConfig, Field(discriminator="type")
    ]
    testing_criteria: list[
        Annotated[EvalLabelModel | EvalStringCheck | EvalTextSimilarity | EvalPython | EvalScoreModel, Field(discriminator="type")]
    ]
    name: str
    created_at: int
    metadata: dict[str, str]


class EvalList(TypedDict):
    object: Literal["list"]
    data: list[Eval]
    first_id: str | None
    last_id: str | None
    has_more: bool


class EvalDeleted(TypedDict):
    object: Literal["eval.deleted"]
    deleted: bool
    eval_id: str
