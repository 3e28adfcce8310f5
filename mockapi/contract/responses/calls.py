"""Responses: calls of tools that the API or the client's machine runs, and their results, as a client sends them back.

Source: the official OpenAPI document (Item and what hangs on it). Fields that an answer leaves out or tells as null may be sent so.
"""

from typing import Annotated, Any, Literal

from annotated_types import Len, MaxLen
from pydantic import Field

from mockapi.contract.chat import LongText
from mockapi.contract.responses.parts import PictureUrl
from mockapi.contract.responses.tools import ContainerReference, LocalEnvironment, Tool
from mockapi.contract.types import Contract, FreeObject

CallId = Annotated[str, Len(1, 64)]
Status = Literal["in_progress", "completed", "incomplete"]


class DirectCaller(Contract):
    type: Literal["direct"]


class ProgramCaller(Contract):
    type: Literal["program"]
    caller_id: CallId


Caller = Annotated[DirectCaller | ProgramCaller, Field(discriminator="type")]


class FileSearchResult(Contract):
    file_id: str | None = None
    text: str | None = None
    filename: str | None = None
    attributes: dict[Annotated[str, MaxLen(64)], Annotated[str, MaxLen(512)] | float | bool] | None = None
    score: float | None = None


class FileSearchCall(Contract):
    type: Literal["file_search_call"]
    id: str
    status: Literal["in_progress", "searching", "completed", "incomplete", "failed"]
    queries: list[str]
    results: list[FileSearchResult] | None = None


class WebSource(Contract):
    type: Literal["url"]
    url: str


class SearchAction(Contract):
    type: Literal["search"]
    query: str | None = None
    queries: list[str] | None = None
    sources: list[WebSource] | None = None


class OpenPageAction(Contract):
    type: Literal["open_page"]
    url: str | None = None


class FindAction(Contract):
    type: Literal["find_in_page"]
    url: str
    pattern: str


WebAction = Annotated[SearchAction | OpenPageAction | FindAction, Field(discriminator="type")]


class WebSearchCall(Contract):
    type: Literal["web_search_call"]
    id: str
    status: Literal["in_progress", "searching", "completed", "failed"]
    action: WebAction


Keys = list[str] | None


class Click(Contract):
    type: Literal["click"]
    button: Literal["left", "right", "wheel", "back", "forward"]
    x: int
    y: int
    keys: Keys = None


class DoubleClick(Contract):
    type: Literal["double_click"]
    x: int
    y: int
    keys: Keys


class Point(Contract):
    x: int
    y: int


class Drag(Contract):
    type: Literal["drag"]
    path: list[Point]
    keys: Keys = None


class KeyPress(Contract):
    type: Literal["keypress"]
    keys: list[str]


class Move(Contract):
    type: Literal["move"]
    x: int
    y: int
    keys: Keys = None


class Screenshot(Contract):
    type: Literal["screenshot"]


class Scroll(Contract):
    type: Literal["scroll"]
    x: int
    y: int
    scroll_x: int
    scroll_y: int
    keys: Keys = None


class Typing(Contract):
    type: Literal["type"]
    text: str


class Wait(Contract):
    type: Literal["wait"]


ComputerAction = Annotated[Click | DoubleClick | Drag | KeyPress | Move | Screenshot | Scroll | Typing | Wait, Field(discriminator="type")]


class SafetyCheck(Contract):
    id: str
    code: str | None = None
    message: str | None = None


class ComputerCall(Contract):
    type: Literal["computer_call"]
    id: str
    call_id: str
    action: ComputerAction | None = None
    actions: list[ComputerAction] | None = None
    pending_safety_checks: list[SafetyCheck]
    status: Status


class ScreenshotImage(Contract):
    type: Literal["computer_screenshot"]
    image_url: PictureUrl | None = None
    file_id: str | None = None


class ComputerCallOutput(Contract):
    type: Literal["computer_call_output"]
    id: str | None = None
    call_id: CallId
    output: ScreenshotImage
    acknowledged_safety_checks: list[SafetyCheck] | None = None
    status: Status | None = None


class ImageGenerationCall(Contract):
    """A picture that was made; all but the first four are in answers and newer than the document (SDK)."""

    type: Literal["image_generation_call"]
    id: str
    status: Literal["in_progress", "completed", "generating", "failed"]
    result: str | None
    action: Literal["generate", "edit", "auto"] | None = None
    background: Literal["transparent", "opaque", "auto"] | None = None
    output_format: Literal["png", "webp", "jpeg"] | None = None
    quality: Literal["low", "medium", "high", "auto"] | None = None
    revised_prompt: str | None = None
    size: str | None = None


class Logs(Contract):
    type: Literal["logs"]
    logs: str


class Picture(Contract):
    type: Literal["image"]
    url: str


CodeOutput = Annotated[Logs | Picture, Field(discriminator="type")]


class CodeInterpreterCall(Contract):
    type: Literal["code_interpreter_call"]
    id: str
    status: Literal["in_progress", "completed", "incomplete", "interpreting", "failed"]
    container_id: str
    code: str | None
    outputs: list[CodeOutput] | None


class ExecAction(Contract):
    type: Literal["exec"]
    command: list[str]
    timeout_ms: int | None = None
    working_directory: str | None = None
    env: dict[str, str]
    user: str | None = None


class LocalShellCall(Contract):
    type: Literal["local_shell_call"]
    id: str
    call_id: str
    action: ExecAction
    status: Status


class LocalShellCallOutput(Contract):
    type: Literal["local_shell_call_output"]
    id: str
    # The document demands it without describing it.
    call_id: str | None = None
    output: str
    status: Status | None = None


class ShellAction(Contract):
    commands: list[str]
    timeout_ms: int | None = None
    max_output_length: int | None = None


class ShellCall(Contract):
    type: Literal["shell_call"]
    id: str | None = None
    call_id: CallId
    caller: Caller | None = None
    action: ShellAction
    status: Status | None = None
    environment: Annotated[LocalEnvironment | ContainerReference, Field(discriminator="type")] | None = None


class TimedOut(Contract):
    type: Literal["timeout"]


class Exited(Contract):
    type: Literal["exit"]
    exit_code: int


Outcome = Annotated[TimedOut | Exited, Field(discriminator="type")]


class ShellOutput(Contract):
    stdout: LongText
    stderr: LongText
    outcome: Outcome


class ShellCallOutput(Contract):
    type: Literal["shell_call_output"]
    id: str | None = None
    call_id: CallId
    caller: Caller | None = None
    output: list[ShellOutput]
    status: Status | None = None
    max_output_length: int | None = None


class CreateFileOperation(Contract):
    type: Literal["create_file"]
    path: Annotated[str, Len(1)]
    diff: LongText


class DeleteFileOperation(Contract):
    type: Literal["delete_file"]
    path: Annotated[str, Len(1)]


class UpdateFileOperation(Contract):
    type: Literal["update_file"]
    path: Annotated[str, Len(1)]
    diff: LongText


PatchOperation = Annotated[CreateFileOperation | DeleteFileOperation | UpdateFileOperation, Field(discriminator="type")]


class ApplyPatchCall(Contract):
    type: Literal["apply_patch_call"]
    id: str | None = None
    call_id: CallId
    caller: Caller | None = None
    status: Literal["in_progress", "completed"]
    operation: PatchOperation


class ApplyPatchCallOutput(Contract):
    type: Literal["apply_patch_call_output"]
    id: str | None = None
    call_id: CallId
    caller: Caller | None = None
    status: Literal["completed", "failed"]
    output: LongText | None = None


class McpListedTool(Contract):
    name: str
    description: str | None = None
    input_schema: FreeObject
    annotations: FreeObject | None = None


class McpListTools(Contract):
    type: Literal["mcp_list_tools"]
    id: str
    server_label: str
    tools: list[McpListedTool]
    error: str | None = None


class McpApprovalRequest(Contract):
    type: Literal["mcp_approval_request"]
    id: str
    server_label: str
    name: str
    arguments: str


class McpApprovalResponse(Contract):
    type: Literal["mcp_approval_response"]
    id: str | None = None
    approval_request_id: str
    approve: bool
    reason: str | None = None


class McpProtocolError(Contract):
    type: Literal["mcp_protocol_error"]
    code: int
    message: str


class McpExecutionError(Contract):
    type: Literal["mcp_tool_execution_error"]
    content: Any


class McpHttpError(Contract):
    type: Literal["http_error"]
    code: int
    message: str


McpError = Annotated[McpProtocolError | McpExecutionError | McpHttpError, Field(discriminator="type")]


class McpCall(Contract):
    type: Literal["mcp_call"]
    id: str
    server_label: str
    name: str
    arguments: str
    output: str | None = None
    error: McpError | None = None
    status: Literal["in_progress", "completed", "incomplete", "calling", "failed"] | None = None
    approval_request_id: str | None = None


class ToolSearchCall(Contract):
    type: Literal["tool_search_call"]
    id: str | None = None
    call_id: CallId | None = None
    execution: Literal["server", "client"] | None = None
    arguments: FreeObject
    status: Status | None = None


class ToolSearchOutput(Contract):
    type: Literal["tool_search_output"]
    id: str | None = None
    call_id: CallId | None = None
    execution: Literal["server", "client"] | None = None
    tools: list[Tool]
    status: Status | None = None
