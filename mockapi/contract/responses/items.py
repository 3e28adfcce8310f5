"""Responses: the items of an input: messages, calls and their results, reasoning. Calls of hosted tools are in `calls`.

Source: the official OpenAPI document (InputItem and what hangs on it); order of faults, names and wording: api-facts C.5.
"""

from typing import Annotated, Any, Literal

from annotated_types import Len, MaxLen
from pydantic import Discriminator, Field, Tag

from mockapi.contract.chat import LongText
from mockapi.contract.responses import calls
from mockapi.contract.responses.calls import Caller, CallId, Status
from mockapi.contract.responses.parts import AssistantPart, GivenPart, ReasoningTextContent, SummaryTextContent, UserPart
from mockapi.contract.responses.tools import Tool
from mockapi.contract.types import Contract, Wording

Phase = Literal["commentary", "final_answer"]
_ROLES = ("assistant", "system", "developer", "user")


class InputMessage(Contract):
    """What a user, or whoever built the application, says."""

    type: Literal["message"] | None = None
    role: Literal["user", "system", "developer"]
    content: LongText | list[UserPart]
    status: Status | None = None
    id: str | None = None


class AssistantInputMessage(Contract):
    """What the model said, or is to believe that it said."""

    type: Literal["message"] | None = None
    role: Literal["assistant"]
    content: LongText | list[AssistantPart]
    status: Status | None = None
    id: str | None = None
    phase: Phase | None = None


Message = Annotated[InputMessage | AssistantInputMessage, Field(discriminator="role"), Wording(supported=_ROLES, whole=True)]


class FunctionToolCall(Contract):
    type: Literal["function_call"]
    id: str | None = None
    call_id: str
    caller: Caller | None = None
    namespace: str | None = None
    name: Annotated[str, MaxLen(128)]
    arguments: str
    status: Status | None = None


class FunctionCallOutput(Contract):
    type: Literal["function_call_output"]
    id: str | None = None
    call_id: CallId | None = None
    output: LongText | list[GivenPart]
    name: Annotated[str, Len(1, 128)] | None = None
    namespace: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$", min_length=1, max_length=64)] | None = None
    caller: Caller | None = None
    status: Status | None = None


class CustomToolCall(Contract):
    type: Literal["custom_tool_call"]
    id: str | None = None
    call_id: str
    caller: Caller | None = None
    namespace: str | None = None
    name: str
    input: str
    # Told in answers (recorded), which are sent back whole.
    status: Status | None = None


class CustomToolCallOutput(Contract):
    type: Literal["custom_tool_call_output"]
    id: str | None = None
    call_id: str
    caller: Caller | None = None
    output: LongText | list[GivenPart]
    status: Status | None = None


class AdditionalTools(Contract):
    type: Literal["additional_tools"]
    id: str | None = None
    role: Literal["developer"]
    tools: list[Tool]


class ReasoningParam(Contract):
    """What the model thought; its text is told encrypted only."""

    type: Literal["reasoning"]
    id: str
    encrypted_content: str | None = None
    summary: list[SummaryTextContent]
    content: list[ReasoningTextContent] | None = None
    status: Status | None = None


class CompactionSummary(Contract):
    type: Literal["compaction"]
    id: str | None = None
    encrypted_content: Annotated[str, MaxLen(20_971_520)]


class CompactionTrigger(Contract):
    type: Literal["compaction_trigger"]
    # sdk: newer than the document
    id: str | None = None


class ItemReference(Contract):
    type: Literal["item_reference"] | None = None
    id: str


class Program(Contract):
    type: Literal["program"]
    id: str
    call_id: CallId
    code: LongText
    fingerprint: LongText


class ProgramOutput(Contract):
    type: Literal["program_output"]
    id: str
    call_id: CallId
    result: LongText
    status: Literal["completed", "incomplete"]


def kind(item: Any) -> str | None:
    """The type of an input item: what it says, else a reference if it is no more than an id, else a message."""
    if not isinstance(item, dict):
        return None
    told = item.get("type")
    if told is None:
        return "item_reference" if "id" in item and not item.keys() & {"role", "content"} else "message"
    return told if isinstance(told, str) else None


# seen: C.5; those of agents are for `?beta=true` only
_NAMES = (
    "additional_tools", "agent_message", "apply_patch_call", "apply_patch_call_output", "code_interpreter_call", "compaction",
    "compaction_trigger", "computer_call", "computer_call_output", "custom_tool_call", "custom_tool_call_output", "file_search_call",
    "function_call", "function_call_output", "image_generation_call", "item_reference", "local_shell_call", "local_shell_call_output",
    "mcp_approval_request", "mcp_approval_response", "mcp_call", "mcp_list_tools", "message", "multi_agent_call",
    "multi_agent_call_output", "program", "program_output", "reasoning", "shell_call", "shell_call_output", "tool_search_call",
    "tool_search_output", "web_search_call",
)  # fmt: skip
_AGENTS = ("agent_message", "multi_agent_call", "multi_agent_call_output")

InputItem = Annotated[
    Annotated[Message, Tag("message")]
    | Annotated[calls.FileSearchCall, Tag("file_search_call")]
    | Annotated[calls.ComputerCall, Tag("computer_call")]
    | Annotated[calls.ComputerCallOutput, Tag("computer_call_output")]
    | Annotated[calls.WebSearchCall, Tag("web_search_call")]
    | Annotated[FunctionToolCall, Tag("function_call")]
    | Annotated[FunctionCallOutput, Tag("function_call_output")]
    | Annotated[calls.ToolSearchCall, Tag("tool_search_call")]
    | Annotated[calls.ToolSearchOutput, Tag("tool_search_output")]
    | Annotated[AdditionalTools, Tag("additional_tools")]
    | Annotated[ReasoningParam, Tag("reasoning")]
    | Annotated[CompactionSummary, Tag("compaction")]
    | Annotated[calls.ImageGenerationCall, Tag("image_generation_call")]
    | Annotated[calls.CodeInterpreterCall, Tag("code_interpreter_call")]
    | Annotated[calls.LocalShellCall, Tag("local_shell_call")]
    | Annotated[calls.LocalShellCallOutput, Tag("local_shell_call_output")]
    | Annotated[calls.ShellCall, Tag("shell_call")]
    | Annotated[calls.ShellCallOutput, Tag("shell_call_output")]
    | Annotated[calls.ApplyPatchCall, Tag("apply_patch_call")]
    | Annotated[calls.ApplyPatchCallOutput, Tag("apply_patch_call_output")]
    | Annotated[calls.McpListTools, Tag("mcp_list_tools")]
    | Annotated[calls.McpApprovalRequest, Tag("mcp_approval_request")]
    | Annotated[calls.McpApprovalResponse, Tag("mcp_approval_response")]
    | Annotated[calls.McpCall, Tag("mcp_call")]
    | Annotated[CustomToolCallOutput, Tag("custom_tool_call_output")]
    | Annotated[CustomToolCall, Tag("custom_tool_call")]
    | Annotated[CompactionTrigger, Tag("compaction_trigger")]
    | Annotated[ItemReference, Tag("item_reference")]
    | Annotated[Program, Tag("program")]
    | Annotated[ProgramOutput, Tag("program_output")],
    Discriminator(kind),
    Wording(supported=_NAMES, here=tuple(name for name in _NAMES if name not in _AGENTS), whole=True),
]
