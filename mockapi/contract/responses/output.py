"""Responses: the items of an output, of a response's input as it is kept, and of a conversation.

Source: the official OpenAPI document (OutputItem, ItemResource, ConversationItem and what hangs on them); what is always there as
recorded (api-facts D.4). What an item holds that is sent back as it was told has its contract in `calls`.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.responses import calls
from mockapi.contract.responses.calls import Status
from mockapi.contract.responses.items import Phase
from mockapi.contract.responses.parts import InputPart, OutputPart, ReasoningTextContent, SummaryTextContent
from mockapi.contract.responses.tools import ContainerReference, ToldTool
from mockapi.contract.types import FreeObject


class OutputMessage(TypedDict):
    id: str
    type: Literal["message"]
    status: Status
    content: list[OutputPart]
    role: Literal["assistant"]
    phase: NotRequired[Phase | None]


class InputMessageItem(TypedDict):
    """A message that a client sent, as it is kept."""

    id: str
    type: Literal["message"]
    status: Status
    content: list[InputPart]
    role: Literal["user", "system", "developer"]


class DirectCallerTold(TypedDict):
    type: Literal["direct"]


class ProgramCallerTold(TypedDict):
    type: Literal["program"]
    caller_id: str


CallerTold = Annotated[DirectCallerTold | ProgramCallerTold, Field(discriminator="type")]


class FunctionCallItem(TypedDict):
    """`arguments` is JSON as the model wrote it."""

    id: str
    type: Literal["function_call"]
    status: Status
    arguments: str
    call_id: str
    name: str
    namespace: NotRequired[str]
    caller: NotRequired[CallerTold | None]


class FunctionCallOutputItem(TypedDict):
    id: str
    type: Literal["function_call_output"]
    status: Status
    call_id: NotRequired[str]
    output: str | list[InputPart]
    name: NotRequired[str]
    namespace: NotRequired[str]
    caller: NotRequired[CallerTold | None]


class CustomToolCallItem(TypedDict):
    id: str
    type: Literal["custom_tool_call"]
    status: Status
    call_id: str
    input: str
    name: str
    namespace: NotRequired[str]
    caller: NotRequired[CallerTold | None]


class CustomToolCallOutputItem(TypedDict):
    id: str
    type: Literal["custom_tool_call_output"]
    status: Status
    call_id: str
    output: str | list[InputPart]
    caller: NotRequired[CallerTold | None]


class FileSearchHit(TypedDict):
    """`score` lies in 0..1."""

    attributes: NotRequired[dict[str, str | float | bool] | None]
    file_id: NotRequired[str]
    filename: NotRequired[str]
    score: NotRequired[float]
    text: NotRequired[str]


class FileSearchCallItem(TypedDict):
    id: str
    type: Literal["file_search_call"]
    status: Literal["in_progress", "searching", "completed", "incomplete", "failed"]
    queries: list[str]
    results: NotRequired[list[FileSearchHit] | None]


class WebSourceTold(TypedDict):
    type: Literal["url"]
    url: str


class SearchActionTold(TypedDict):
    type: Literal["search"]
    query: NotRequired[str]
    queries: NotRequired[list[str]]
    sources: NotRequired[list[WebSourceTold]]


class OpenPageActionTold(TypedDict):
    type: Literal["open_page"]
    url: NotRequired[str | None]


class FindActionTold(TypedDict):
    type: Literal["find_in_page"]
    pattern: str
    url: str


class WebSearchCallItem(TypedDict):
    id: str
    type: Literal["web_search_call"]
    status: Literal["in_progress", "searching", "completed", "failed"]
    action: Annotated[SearchActionTold | OpenPageActionTold | FindActionTold, Field(discriminator="type")]


class ComputerCallItem(TypedDict):
    id: str
    type: Literal["computer_call"]
    status: Status
    call_id: str
    action: NotRequired[calls.ComputerAction]
    actions: NotRequired[list[calls.ComputerAction]]
    pending_safety_checks: list[calls.SafetyCheck]


class ScreenshotTold(TypedDict):
    type: Literal["computer_screenshot"]
    file_id: NotRequired[str]
    image_url: NotRequired[str]


class ComputerCallOutputItem(TypedDict):
    id: str
    type: Literal["computer_call_output"]
    # doc: what its two lists of them have in common
    status: Literal["completed", "incomplete"]
    call_id: str
    output: ScreenshotTold
    acknowledged_safety_checks: NotRequired[list[calls.SafetyCheck]]


class ReasoningItem(TypedDict):
    id: str
    type: Literal["reasoning"]
    content: NotRequired[list[ReasoningTextContent]]
    encrypted_content: NotRequired[str | None]
    summary: list[SummaryTextContent]
    status: NotRequired[Status]


class ProgramItem(TypedDict):
    id: str
    type: Literal["program"]
    call_id: str
    code: str
    fingerprint: str


class ProgramOutputItem(TypedDict):
    id: str
    type: Literal["program_output"]
    call_id: str
    result: str
    status: Literal["completed", "incomplete"]


class ToolSearchCallItem(TypedDict):
    id: str
    type: Literal["tool_search_call"]
    status: Status
    call_id: str | None
    execution: Literal["server", "client"]
    arguments: Any


class ToolSearchOutputItem(TypedDict):
    id: str
    type: Literal["tool_search_output"]
    status: Status
    call_id: str | None
    execution: Literal["server", "client"]
    tools: list[ToldTool]


class AdditionalToolsItem(TypedDict):
    id: str
    type: Literal["additional_tools"]
    role: Literal["developer"]
    tools: list[ToldTool]


class CompactionItem(TypedDict):
    id: str
    type: Literal["compaction"]
    encrypted_content: str


class ImageGenerationCallItem(TypedDict):
    """`result` is the picture in base64, null until it is made."""

    id: str
    type: Literal["image_generation_call"]
    status: Literal["in_progress", "completed", "generating", "failed"]
    action: NotRequired[Literal["generate", "edit", "auto"]]
    background: NotRequired[Literal["transparent", "opaque", "auto"]]
    output_format: NotRequired[Literal["png", "webp", "jpeg"]]
    quality: NotRequired[Literal["low", "medium", "high", "auto"]]
    result: str | None
    revised_prompt: NotRequired[str | None]
    size: NotRequired[str]


class LogsTold(TypedDict):
    type: Literal["logs"]
    logs: str


class PictureTold(TypedDict):
    type: Literal["image"]
    url: str


class CodeInterpreterCallItem(TypedDict):
    id: str
    type: Literal["code_interpreter_call"]
    status: Literal["in_progress", "completed", "incomplete", "interpreting", "failed"]
    code: str | None
    container_id: str
    outputs: list[Annotated[LogsTold | PictureTold, Field(discriminator="type")]] | None


class ExecActionTold(TypedDict):
    type: Literal["exec"]
    command: list[str]
    env: dict[str, str]
    timeout_ms: NotRequired[int | None]
    user: NotRequired[str | None]
    working_directory: NotRequired[str | None]


class LocalShellCallItem(TypedDict):
    id: str
    type: Literal["local_shell_call"]
    status: Status
    action: ExecActionTold
    call_id: str


class LocalShellCallOutputItem(TypedDict):
    id: str
    type: Literal["local_shell_call_output"]
    status: NotRequired[Status | None]
    call_id: str
    output: str


class ShellActionTold(TypedDict):
    commands: list[str]
    max_output_length: int | None
    timeout_ms: int | None


class LocalEnvironmentTold(TypedDict):
    type: Literal["local"]


class ShellCallItem(TypedDict):
    id: str
    type: Literal["shell_call"]
    status: Status
    action: ShellActionTold
    call_id: str
    environment: Annotated[LocalEnvironmentTold | ContainerReference, Field(discriminator="type")] | None
    caller: NotRequired[CallerTold | None]


class ShellOutputTold(TypedDict):
    outcome: calls.Outcome
    stderr: str
    stdout: str


class ShellCallOutputItem(TypedDict):
    id: str
    type: Literal["shell_call_output"]
    status: Status
    call_id: str
    max_output_length: int | None
    output: list[ShellOutputTold]
    caller: NotRequired[CallerTold | None]


class FileCreated(TypedDict):
    type: Literal["create_file"]
    diff: str
    path: str


class FileUpdated(TypedDict):
    type: Literal["update_file"]
    diff: str
    path: str


class FileGone(TypedDict):
    type: Literal["delete_file"]
    path: str


class ApplyPatchCallItem(TypedDict):
    id: str
    type: Literal["apply_patch_call"]
    status: Literal["in_progress", "completed"]
    call_id: str
    operation: Annotated[FileCreated | FileUpdated | FileGone, Field(discriminator="type")]
    caller: NotRequired[CallerTold | None]


class ApplyPatchCallOutputItem(TypedDict):
    id: str
    type: Literal["apply_patch_call_output"]
    status: Literal["completed", "failed"]
    call_id: str
    output: NotRequired[str | None]
    caller: NotRequired[CallerTold | None]


class McpToolTold(TypedDict):
    annotations: NotRequired[FreeObject | None]
    description: NotRequired[str | None]
    input_schema: FreeObject
    name: str


class McpListToolsItem(TypedDict):
    id: str
    type: Literal["mcp_list_tools"]
    error: NotRequired[str | None]
    server_label: str
    tools: list[McpToolTold]


class McpApprovalRequestItem(TypedDict):
    id: str
    type: Literal["mcp_approval_request"]
    arguments: str
    name: str
    server_label: str


class McpApprovalResponseItem(TypedDict):
    id: str
    type: Literal["mcp_approval_response"]
    approval_request_id: str
    approve: bool
    reason: NotRequired[str | None]


class McpCallItem(TypedDict):
    id: str
    type: Literal["mcp_call"]
    status: NotRequired[Literal["in_progress", "completed", "incomplete", "calling", "failed"]]
    approval_request_id: NotRequired[str | None]
    arguments: str
    error: NotRequired[calls.McpError | None]
    name: str
    output: NotRequired[str | None]
    server_label: str


# What is kept the same wherever it is told.
_Kept = (
    FileSearchCallItem
    | FunctionCallItem
    | FunctionCallOutputItem
    | WebSearchCallItem
    | ComputerCallItem
    | ComputerCallOutputItem
    | ReasoningItem
    | ProgramItem
    | ProgramOutputItem
    | ToolSearchCallItem
    | ToolSearchOutputItem
    | AdditionalToolsItem
    | CompactionItem
    | ImageGenerationCallItem
    | CodeInterpreterCallItem
    | LocalShellCallItem
    | LocalShellCallOutputItem
    | ShellCallItem
    | ShellCallOutputItem
    | ApplyPatchCallItem
    | ApplyPatchCallOutputItem
    | McpCallItem
    | McpListToolsItem
    | McpApprovalRequestItem
    | McpApprovalResponseItem
    | CustomToolCallItem
    | CustomToolCallOutputItem
)
AnyMessage = Annotated[InputMessageItem | OutputMessage, Field(discriminator="role")]
OutputItem = Annotated[OutputMessage | _Kept, Field(discriminator="type")]
# An item of a response's input, of a conversation, or of what was compacted.
KeptItem = Annotated[AnyMessage | _Kept, Field(discriminator="type")]
