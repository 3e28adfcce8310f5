"""The events of a run's stream. On the wire an event's name stands in front of its data.

Source: the official OpenAPI document (AssistantStreamEvent, RunStepDelta*Object, MessageDelta*Object); orders: api-facts D.5.
"""

from typing import Annotated, Any, Literal, NotRequired

from annotated_types import Ge
from typing_extensions import TypeAliasType, TypedDict

from mockapi.contract.assistants.runs import Run
from mockapi.contract.assistants.steps import RunStep
from mockapi.contract.assistants.threads import CitedFile, Thread, ThreadMessage


class CodeLogsDelta(TypedDict):
    index: int
    type: Literal["logs"]
    logs: str


class CodeRunDelta(TypedDict):
    input: NotRequired[str]
    outputs: NotRequired[list[CodeLogsDelta]]


class CodeCallDelta(TypedDict):
    index: int
    id: NotRequired[str]
    type: Literal["code_interpreter"]
    code_interpreter: CodeRunDelta


class FileSearchCallDelta(TypedDict):
    """What was found is told when the step is over."""

    index: int
    id: NotRequired[str]
    type: Literal["file_search"]
    file_search: dict[str, Any]


class StepFunctionDelta(TypedDict):
    name: NotRequired[str]
    arguments: str
    output: NotRequired[str | None]


class StepFunctionCallDelta(TypedDict):
    index: int
    id: NotRequired[str]
    type: Literal["function"]
    function: StepFunctionDelta


class ToolCallsDelta(TypedDict):
    type: Literal["tool_calls"]
    tool_calls: list[CodeCallDelta | FileSearchCallDelta | StepFunctionCallDelta]


class StepChange(TypedDict):
    step_details: ToolCallsDelta


class RunStepDelta(TypedDict):
    id: str
    object: Literal["thread.run.step.delta"]
    delta: StepChange


class FileCitationDelta(TypedDict):
    index: int
    type: Literal["file_citation"]
    text: str
    file_citation: CitedFile
    start_index: Annotated[int, Ge(0)]
    end_index: Annotated[int, Ge(0)]


class MessageTextPiece(TypedDict):
    """`annotations` are in the first piece, and in those that bring some."""

    value: str
    annotations: NotRequired[list[FileCitationDelta]]


class MessageTextDelta(TypedDict):
    index: int
    type: Literal["text"]
    text: MessageTextPiece


class MessageRefusalDelta(TypedDict):
    index: int
    type: Literal["refusal"]
    refusal: str


class MessageChange(TypedDict):
    content: list[MessageTextDelta | MessageRefusalDelta]


class MessageDelta(TypedDict):
    id: str
    object: Literal["thread.message.delta"]
    delta: MessageChange


class ThreadCreatedEvent(TypedDict):
    event: Literal["thread.created"]
    data: Thread


class RunEvent(TypedDict):
    event: Literal[
        "thread.run.created", "thread.run.queued", "thread.run.in_progress", "thread.run.requires_action", "thread.run.completed",
        "thread.run.incomplete", "thread.run.failed", "thread.run.cancelling", "thread.run.cancelled", "thread.run.expired",
    ]  # fmt: skip
    data: Run


class RunStepEvent(TypedDict):
    event: Literal[
        "thread.run.step.created", "thread.run.step.in_progress", "thread.run.step.completed", "thread.run.step.failed",
        "thread.run.step.cancelled", "thread.run.step.expired",
    ]  # fmt: skip
    data: RunStep


class RunStepDeltaEvent(TypedDict):
    event: Literal["thread.run.step.delta"]
    data: RunStepDelta


class ThreadMessageEvent(TypedDict):
    event: Literal["thread.message.created", "thread.message.in_progress", "thread.message.completed", "thread.message.incomplete"]
    data: ThreadMessage


class MessageDeltaEvent(TypedDict):
    event: Literal["thread.message.delta"]
    data: MessageDelta


class DoneEvent(TypedDict):
    event: Literal["done"]
    data: Literal["[DONE]"]


AssistantStreamEvent = TypeAliasType(
    "AssistantStreamEvent",
    ThreadCreatedEvent | RunEvent | RunStepEvent | RunStepDeltaEvent | ThreadMessageEvent | MessageDeltaEvent | DoneEvent,
)
