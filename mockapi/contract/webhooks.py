"""Webhooks: the events that the API sends.

Source: the official OpenAPI document (its `webhooks` and the schemas WebhookBatchCompleted and so on); order of keys as in the official
SDKs' test vector (api-facts G.11).
"""

from typing import Literal, get_args

from typing_extensions import TypedDict

from mockapi.contract.types import FreeObject

EventType = Literal[
    "batch.cancelled",
    "batch.completed",
    "batch.expired",
    "batch.failed",
    "eval.run.canceled",
    "eval.run.failed",
    "eval.run.succeeded",
    "fine_tuning.job.cancelled",
    "fine_tuning.job.failed",
    "fine_tuning.job.succeeded",
    "live.call.incoming",
    "realtime.call.incoming",
    "response.cancelled",
    "response.completed",
    "response.failed",
    "response.incomplete",
    # sdk: the document does not have it
    "safety_identifier.blocked",
]
EVENT_TYPES: tuple[str, ...] = get_args(EventType)


class Event(TypedDict):
    """`created_at` in Unix seconds; `data` is the `id` of what it is about, or what the type's schema in the document says."""

    id: str
    object: Literal["event"]
    created_at: int
    type: EventType
    data: FreeObject
