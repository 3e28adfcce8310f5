"""Fine-tuning: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateFineTuningJobRequest, FineTuningJob and what hangs on them); order of keys as recorded
(api-facts C.9, G.4).
"""

from typing import Annotated, Literal, NotRequired

from annotated_types import Ge, Gt, Le, Len
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.graders import Grader
from mockapi.contract.types import Contract, Fraction, FreeObject, Metadata

MethodKind = Literal["supervised", "dpo", "reinforcement"]
Auto = Literal["auto"]
BatchSize = Annotated[int, Ge(1), Le(256)]
Rate = Annotated[float, Gt(0)]
Epochs = Annotated[int, Ge(1), Le(50)]
Beta = Annotated[float, Gt(0), Le(2)]
ComputeMultiplier = Annotated[float, Gt(0.00001), Le(10)]
Count = Annotated[int, Ge(1)]
JobStatus = Literal["validating_files", "queued", "running", "paused", "succeeded", "failed", "cancelled"]


class FineTuneSupervisedHyperparameters(Contract):
    batch_size: Auto | BatchSize | None = None
    learning_rate_multiplier: Auto | Rate | None = None
    n_epochs: Auto | Epochs | None = None


class FineTuneDPOHyperparameters(FineTuneSupervisedHyperparameters):
    beta: Auto | Beta | None = None


class FineTuneReinforcementHyperparameters(FineTuneSupervisedHyperparameters):
    reasoning_effort: Literal["default", "low", "medium", "high"] | None = None
    compute_multiplier: Auto | ComputeMultiplier | None = None
    eval_interval: Auto | Count | None = None
    eval_samples: Auto | Count | None = None


class FineTuneSupervisedMethod(Contract):
    hyperparameters: FineTuneSupervisedHyperparameters | None = None


class FineTuneDPOMethod(Contract):
    hyperparameters: FineTuneDPOHyperparameters | None = None


class FineTuneReinforcementMethod(Contract):
    grader: Grader
    # doc: the guide on reinforcement; the reference lacks it
    response_format: FreeObject | None = None
    hyperparameters: FineTuneReinforcementHyperparameters | None = None


class FineTuneMethod(Contract):
    type: MethodKind
    supervised: FineTuneSupervisedMethod | None = None
    dpo: FineTuneDPOMethod | None = None
    reinforcement: FineTuneReinforcementMethod | None = None


class Wandb(Contract):
    project: str
    name: str | None = None
    entity: str | None = None
    tags: list[str] | None = None


class FineTuningIntegration(Contract):
    type: Literal["wandb"]
    wandb: Wandb


class CreateFineTuningJobRequest(Contract):
    """Body of `POST /v1/fine_tuning/jobs`."""

    model: str
    training_file: str
    # doc: the older place of what `method` holds
    hyperparameters: FineTuneSupervisedHyperparameters | None = None
    suffix: Annotated[str, Len(1, 64)] | None = None
    validation_file: str | None = None
    integrations: list[FineTuningIntegration] | None = None
    seed: Annotated[int, Ge(0), Le(2_147_483_647)] | None = None
    method: FineTuneMethod | None = None
    metadata: Metadata | None = None


class ListFineTuningJobsQuery(Contract):
    """Query of `GET /v1/fine_tuning/jobs`."""

    after: str | None = None
    limit: Annotated[int, Ge(0), Le(100)] | None = None
    # doc: "null" asks for the jobs that have none
    metadata: dict[str, str] | Literal["null"] | None = None


class ListFineTuningJobEventsQuery(Contract):
    """Query of `GET /v1/fine_tuning/jobs/{fine_tuning_job_id}/events`."""

    after: str | None = None
    limit: Annotated[int, Ge(0), Le(100)] | None = None


class ListFineTuningJobCheckpointsQuery(Contract):
    """Query of `GET /v1/fine_tuning/jobs/{fine_tuning_job_id}/checkpoints`."""

    after: str | None = None
    limit: Annotated[int, Ge(0), Le(100)] | None = None


class CreateCheckpointPermissionRequest(Contract):
    """Body of `POST /v1/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions`."""

    project_ids: list[str]


class ListCheckpointPermissionsQuery(Contract):
    """Query of `GET /v1/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions`."""

    project_id: str | None = None
    after: str | None = None
    limit: Annotated[int, Ge(0), Le(100)] | None = None
    order: Literal["ascending", "descending"] | None = None


class FineTuningJobError(TypedDict, total=False):
    """Empty unless the job failed (seen: G.4)."""

    code: str
    message: str
    param: str | None


class JobHyperparameters(TypedDict):
    """`"auto"` until the files are read, a number from then on."""

    n_epochs: Auto | Epochs
    batch_size: Auto | BatchSize
    learning_rate_multiplier: Auto | Rate


class SupervisedHyperparametersObject(TypedDict):
    """As JobHyperparameters, but written in another order (seen: G.4)."""

    batch_size: Auto | BatchSize
    learning_rate_multiplier: Auto | Rate
    n_epochs: Auto | Epochs


# guess: no recorded job of the two other methods; their own keys follow the shared ones
class DPOHyperparametersObject(SupervisedHyperparametersObject):
    beta: Auto | Beta


class ReinforcementHyperparametersObject(SupervisedHyperparametersObject):
    reasoning_effort: Literal["default", "low", "medium", "high"]
    compute_multiplier: Auto | ComputeMultiplier
    eval_interval: Auto | Count
    eval_samples: Auto | Count


class SupervisedMethodObject(TypedDict):
    hyperparameters: SupervisedHyperparametersObject


class DPOMethodObject(TypedDict):
    hyperparameters: DPOHyperparametersObject


_GRADER = {"type": "string_check", "name": "same", "input": "{{sample.output_text}}", "reference": "{{item.answer}}", "operation": "eq"}


class ReinforcementMethodObject(TypedDict):
    """`grader` and `response_format` as they were sent."""

    grader: Annotated[FreeObject, Field(examples=[_GRADER])]
    response_format: NotRequired[FreeObject]
    hyperparameters: ReinforcementHyperparametersObject


class FineTuneMethodObject(TypedDict):
    type: MethodKind
    supervised: NotRequired[SupervisedMethodObject]
    dpo: NotRequired[DPOMethodObject]
    reinforcement: NotRequired[ReinforcementMethodObject]


class WandbObject(TypedDict):
    project: str
    name: NotRequired[str | None]
    entity: NotRequired[str | None]
    tags: NotRequired[list[str]]


class FineTuningIntegrationObject(TypedDict):
    type: Literal["wandb"]
    wandb: WandbObject


class FineTuningJob(TypedDict):
    """Times in Unix seconds, null until they come; `model` is the dated snapshot."""

    object: Literal["fine_tuning.job"]
    id: str
    model: str
    created_at: int
    finished_at: int | None
    fine_tuned_model: str | None
    organization_id: str
    result_files: list[str]
    # doc: the enum has no "paused", though the example of pausing does; a sample is what the enum allows
    status: Annotated[JobStatus, Field(examples=["validating_files", "queued", "running", "succeeded", "failed", "cancelled"])]
    validation_file: str | None
    training_file: str
    hyperparameters: JobHyperparameters
    trained_tokens: int | None
    error: FineTuningJobError
    user_provided_suffix: str | None
    seed: int
    estimated_finish: int | None
    integrations: list[FineTuningIntegrationObject]
    metadata: dict[str, str] | None
    # seen: G.4, the only value of either is null
    usage_metrics: None
    shared_with_openai: bool
    eval_id: None
    method: FineTuneMethodObject


class FineTuningJobList(TypedDict):
    object: Literal["list"]
    data: list[FineTuningJob]
    has_more: bool


class FineTuningJobEvent(TypedDict):
    """`data` is empty or null for a message; for metrics it holds the step's numbers."""

    object: Literal["fine_tuning.job.event"]
    id: str
    created_at: int
    level: Literal["info", "warn", "error"]
    message: str
    data: FreeObject | None
    type: Literal["message", "metrics"]


class FineTuningJobEventList(TypedDict):
    object: Literal["list"]
    data: list[FineTuningJobEvent]
    has_more: bool


class CheckpointMetrics(TypedDict):
    step: int
    train_loss: float
    train_mean_token_accuracy: Fraction
    # doc: with a validation file
    valid_loss: NotRequired[float]
    valid_mean_token_accuracy: NotRequired[Fraction]
    full_valid_loss: NotRequired[float]
    full_valid_mean_token_accuracy: NotRequired[Fraction]
    # seen: G.4, "supervised"; guess: the others by analogy
    type: MethodKind


class FineTuningJobCheckpoint(TypedDict):
    object: Literal["fine_tuning.job.checkpoint"]
    id: str
    created_at: int
    fine_tuned_model_checkpoint: str
    fine_tuning_job_id: str
    metrics: CheckpointMetrics
    step_number: int


class FineTuningJobCheckpointList(TypedDict):
    object: Literal["list"]
    data: list[FineTuningJobCheckpoint]
    has_more: bool
    first_id: str | None
    last_id: str | None


class CheckpointPermission(TypedDict):
    # doc: its example's order of keys, here and below
    object: Literal["checkpoint.permission"]
    id: str
    created_at: int
    project_id: str


class CheckpointPermissionList(TypedDict):
    object: Literal["list"]
    data: list[CheckpointPermission]
    first_id: str | None
    last_id: str | None
    has_more: bool


class CheckpointPermissionDeleted(TypedDict):
    object: Literal["checkpoint.permission"]
    id: str
    deleted: bool
