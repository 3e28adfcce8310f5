"""Responses: the events of a stream.

Source: the official OpenAPI document (ResponseStreamEvent and what it is one of); which carry `obfuscation` as recorded (api-facts D.4).
"""

from typing import Literal, NotRequired

from typing_extensions import TypeAliasType, TypedDict

from mockapi.contract.responses.objects import Response
from mockapi.contract.responses.output import OutputItem, ShellOutputTold
from mockapi.contract.responses.parts import Annotation, StreamedPart, SummaryTextContent


class _Event(TypedDict):
    """`sequence_number` counts a stream's events from 0, without a gap."""

    sequence_number: int


class _OfResponse(_Event):
    response: Response


class _OfOutput(_Event):
    output_index: int


class _OfItem(_OfOutput):
    item_id: str


class _OfContent(_OfItem):
    content_index: int


class _OfSummary(_OfItem):
    summary_index: int


class _OfCommand(_OfOutput):
    command_index: int


class ResponseCreatedEvent(_OfResponse):
    type: Literal["response.created"]


class ResponseQueuedEvent(_OfResponse):
    type: Literal["response.queued"]


class ResponseInProgressEvent(_OfResponse):
    type: Literal["response.in_progress"]


class ResponseCompletedEvent(_OfResponse):
    type: Literal["response.completed"]


class ResponseFailedEvent(_OfResponse):
    type: Literal["response.failed"]


class ResponseIncompleteEvent(_OfResponse):
    type: Literal["response.incomplete"]


class ResponseErrorEvent(_Event):
    type: Literal["error"]
    code: str | None
    message: str
    param: str | None


class ResponseOutputItemAddedEvent(_OfOutput):
    type: Literal["response.output_item.added"]
    item: OutputItem


class ResponseOutputItemDoneEvent(_OfOutput):
    type: Literal["response.output_item.done"]
    item: OutputItem


class ResponseContentPartAddedEvent(_OfContent):
    type: Literal["response.content_part.added"]
    part: StreamedPart


class ResponseContentPartDoneEvent(_OfContent):
    type: Literal["response.content_part.done"]
    part: StreamedPart


class StreamedTopLogprob(TypedDict):
    token: NotRequired[str]
    logprob: NotRequired[float]


class StreamedLogprob(TypedDict):
    token: str
    logprob: float
    top_logprobs: NotRequired[list[StreamedTopLogprob]]


class ResponseTextDeltaEvent(_OfContent):
    type: Literal["response.output_text.delta"]
    delta: str
    logprobs: list[StreamedLogprob]
    obfuscation: NotRequired[str]


class ResponseTextDoneEvent(_OfContent):
    type: Literal["response.output_text.done"]
    logprobs: list[StreamedLogprob]
    text: str


class ResponseOutputTextAnnotationAddedEvent(_OfContent):
    type: Literal["response.output_text.annotation.added"]
    annotation: Annotation
    annotation_index: int


class ResponseRefusalDeltaEvent(_OfContent):
    type: Literal["response.refusal.delta"]
    delta: str


class ResponseRefusalDoneEvent(_OfContent):
    type: Literal["response.refusal.done"]
    refusal: str


class ResponseReasoningSummaryPartAddedEvent(_OfSummary):
    type: Literal["response.reasoning_summary_part.added"]
    part: SummaryTextContent


class ResponseReasoningSummaryPartDoneEvent(_OfSummary):
    type: Literal["response.reasoning_summary_part.done"]
    part: SummaryTextContent
    status: NotRequired[Literal["incomplete"]]


class ResponseReasoningSummaryTextDeltaEvent(_OfSummary):
    type: Literal["response.reasoning_summary_text.delta"]
    delta: str
    obfuscation: NotRequired[str]


class ResponseReasoningSummaryTextDoneEvent(_OfSummary):
    type: Literal["response.reasoning_summary_text.done"]
    text: str


class ResponseReasoningTextDeltaEvent(_OfContent):
    type: Literal["response.reasoning_text.delta"]
    delta: str


class ResponseReasoningTextDoneEvent(_OfContent):
    type: Literal["response.reasoning_text.done"]
    text: str


class ResponseFunctionCallArgumentsDeltaEvent(_OfItem):
    type: Literal["response.function_call_arguments.delta"]
    delta: str
    obfuscation: NotRequired[str]


class ResponseFunctionCallArgumentsDoneEvent(_OfItem):
    type: Literal["response.function_call_arguments.done"]
    arguments: str
    name: NotRequired[str]


class ResponseCustomToolCallInputDeltaEvent(_OfItem):
    type: Literal["response.custom_tool_call_input.delta"]
    delta: str
    obfuscation: NotRequired[str]


class ResponseCustomToolCallInputDoneEvent(_OfItem):
    type: Literal["response.custom_tool_call_input.done"]
    input: str


class ResponseFileSearchCallInProgressEvent(_OfItem):
    type: Literal["response.file_search_call.in_progress"]


class ResponseFileSearchCallSearchingEvent(_OfItem):
    type: Literal["response.file_search_call.searching"]


class ResponseFileSearchCallCompletedEvent(_OfItem):
    type: Literal["response.file_search_call.completed"]


class ResponseWebSearchCallInProgressEvent(_OfItem):
    type: Literal["response.web_search_call.in_progress"]


class ResponseWebSearchCallSearchingEvent(_OfItem):
    type: Literal["response.web_search_call.searching"]


class ResponseWebSearchCallCompletedEvent(_OfItem):
    type: Literal["response.web_search_call.completed"]


class ResponseCodeInterpreterCallInProgressEvent(_OfItem):
    type: Literal["response.code_interpreter_call.in_progress"]


class ResponseCodeInterpreterCallInterpretingEvent(_OfItem):
    type: Literal["response.code_interpreter_call.interpreting"]


class ResponseCodeInterpreterCallCompletedEvent(_OfItem):
    type: Literal["response.code_interpreter_call.completed"]


class ResponseCodeInterpreterCallCodeDeltaEvent(_OfItem):
    type: Literal["response.code_interpreter_call_code.delta"]
    delta: str
    obfuscation: NotRequired[str]


class ResponseCodeInterpreterCallCodeDoneEvent(_OfItem):
    type: Literal["response.code_interpreter_call_code.done"]
    code: str


class ResponseImageGenCallInProgressEvent(_OfItem):
    type: Literal["response.image_generation_call.in_progress"]


class ResponseImageGenCallGeneratingEvent(_OfItem):
    type: Literal["response.image_generation_call.generating"]


class ResponseImageGenCallCompletedEvent(_OfItem):
    type: Literal["response.image_generation_call.completed"]


class ResponseImageGenCallPartialImageEvent(_OfItem):
    """`partial_image_b64` is the picture in base64."""

    type: Literal["response.image_generation_call.partial_image"]
    partial_image_b64: str
    partial_image_index: int
    size: NotRequired[str]
    quality: NotRequired[str]
    background: NotRequired[str]
    output_format: NotRequired[str]


class ResponseMcpListToolsInProgressEvent(_OfItem):
    type: Literal["response.mcp_list_tools.in_progress"]


class ResponseMcpListToolsCompletedEvent(_OfItem):
    type: Literal["response.mcp_list_tools.completed"]


class ResponseMcpListToolsFailedEvent(_OfItem):
    type: Literal["response.mcp_list_tools.failed"]


class ResponseMcpCallInProgressEvent(_OfItem):
    type: Literal["response.mcp_call.in_progress"]


class ResponseMcpCallCompletedEvent(_OfItem):
    type: Literal["response.mcp_call.completed"]


class ResponseMcpCallFailedEvent(_OfItem):
    type: Literal["response.mcp_call.failed"]


class ResponseMcpCallArgumentsDeltaEvent(_OfItem):
    type: Literal["response.mcp_call_arguments.delta"]
    delta: str
    obfuscation: NotRequired[str]


class ResponseMcpCallArgumentsDoneEvent(_OfItem):
    type: Literal["response.mcp_call_arguments.done"]
    arguments: str


class ResponseShellCallCommandAddedEvent(_OfCommand):
    type: Literal["response.shell_call_command.added"]
    command: str


class ResponseShellCallCommandDeltaEvent(_OfCommand):
    type: Literal["response.shell_call_command.delta"]
    delta: str
    obfuscation: NotRequired[str]


class ResponseShellCallCommandDoneEvent(_OfCommand):
    type: Literal["response.shell_call_command.done"]
    command: str


class ShellOutputDelta(TypedDict):
    stdout: NotRequired[str]
    stderr: NotRequired[str]


class ResponseShellCallOutputContentDeltaEvent(_OfCommand):
    type: Literal["response.shell_call_output_content.delta"]
    item_id: str
    delta: ShellOutputDelta


class ResponseShellCallOutputContentDoneEvent(_OfCommand):
    type: Literal["response.shell_call_output_content.done"]
    item_id: str
    output: list[ShellOutputTold]


class ResponseAudioDeltaEvent(_Event):
    """`delta` is sound in base64."""

    type: Literal["response.audio.delta"]
    delta: str


class ResponseAudioDoneEvent(_Event):
    type: Literal["response.audio.done"]


class ResponseAudioTranscriptDeltaEvent(_Event):
    type: Literal["response.audio.transcript.delta"]
    delta: str


class ResponseAudioTranscriptDoneEvent(_Event):
    type: Literal["response.audio.transcript.done"]


ResponseStreamEvent = TypeAliasType(
    "ResponseStreamEvent",
    ResponseCreatedEvent
    | ResponseQueuedEvent
    | ResponseInProgressEvent
    | ResponseOutputItemAddedEvent
    | ResponseContentPartAddedEvent
    | ResponseTextDeltaEvent
    | ResponseOutputTextAnnotationAddedEvent
    | ResponseTextDoneEvent
    | ResponseRefusalDeltaEvent
    | ResponseRefusalDoneEvent
    | ResponseReasoningSummaryPartAddedEvent
    | ResponseReasoningSummaryTextDeltaEvent
    | ResponseReasoningSummaryTextDoneEvent
    | ResponseReasoningSummaryPartDoneEvent
    | ResponseReasoningTextDeltaEvent
    | ResponseReasoningTextDoneEvent
    | ResponseFunctionCallArgumentsDeltaEvent
    | ResponseFunctionCallArgumentsDoneEvent
    | ResponseCustomToolCallInputDeltaEvent
    | ResponseCustomToolCallInputDoneEvent
    | ResponseFileSearchCallInProgressEvent
    | ResponseFileSearchCallSearchingEvent
    | ResponseFileSearchCallCompletedEvent
    | ResponseWebSearchCallInProgressEvent
    | ResponseWebSearchCallSearchingEvent
    | ResponseWebSearchCallCompletedEvent
    | ResponseCodeInterpreterCallInProgressEvent
    | ResponseCodeInterpreterCallCodeDeltaEvent
    | ResponseCodeInterpreterCallCodeDoneEvent
    | ResponseCodeInterpreterCallInterpretingEvent
    | ResponseCodeInterpreterCallCompletedEvent
    | ResponseImageGenCallInProgressEvent
    | ResponseImageGenCallGeneratingEvent
    | ResponseImageGenCallPartialImageEvent
    | ResponseImageGenCallCompletedEvent
    | ResponseMcpListToolsInProgressEvent
    | ResponseMcpListToolsCompletedEvent
    | ResponseMcpListToolsFailedEvent
    | ResponseMcpCallInProgressEvent
    | ResponseMcpCallArgumentsDeltaEvent
    | ResponseMcpCallArgumentsDoneEvent
    | ResponseMcpCallCompletedEvent
    | ResponseMcpCallFailedEvent
    | ResponseShellCallCommandAddedEvent
    | ResponseShellCallCommandDeltaEvent
    | ResponseShellCallCommandDoneEvent
    | ResponseShellCallOutputContentDeltaEvent
    | ResponseShellCallOutputContentDoneEvent
    | ResponseAudioDeltaEvent
    | ResponseAudioDoneEvent
    | ResponseAudioTranscriptDeltaEvent
    | ResponseAudioTranscriptDoneEvent
    | ResponseContentPartDoneEvent
    | ResponseOutputItemDoneEvent
    | ResponseCompletedEvent
    | ResponseIncompleteEvent
    | ResponseFailedEvent
    | ResponseErrorEvent,
)
