"""Responses: tools that a client may offer, and how it chooses among them.

Source: the official OpenAPI document (Tool, ToolChoiceParam and what hangs on them); api-facts C.5 and E.5. A response tells its tools
by the same contract.
"""

from typing import Annotated, Literal

from annotated_types import Ge, Le, Len, MaxLen
from pydantic import Field

from mockapi.contract.chat import ToldAsEmpty
from mockapi.contract.containers import MemoryLimit, NetworkPolicyParam, SkillParam
from mockapi.contract.filters import Filter
from mockapi.contract.types import Contract, FreeObject, Wording

# doc: up to 128 characters (seen: a refusal of a name of 316)
ToolName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$", max_length=128), ToldAsEmpty(1)]
Callers = Annotated[list[Literal["direct", "programmatic"]], Len(1)]
ContextSize = Literal["low", "medium", "high"]


class FunctionToolParam(Contract):
    """A function; what it leaves out is filled in before it is told (recorded)."""

    type: Literal["function"]
    name: ToolName
    description: str | None = None
    parameters: FreeObject | None = None
    strict: bool | None = None
    output_schema: FreeObject | None = None
    defer_loading: bool | None = None
    allowed_callers: list[Literal["direct", "programmatic"]] | None = None


class HybridSearch(Contract):
    embedding_weight: float
    text_weight: float


class RankingOptions(Contract):
    ranker: Literal["auto", "default-2024-11-15"] | None = None
    score_threshold: Annotated[float, Ge(0), Le(1)] | None = None
    hybrid_search: HybridSearch | None = None


class FileSearchTool(Contract):
    type: Literal["file_search"]
    vector_store_ids: list[str]
    # doc: between 1 and 50
    max_num_results: Annotated[int, Ge(1), Le(50)] | None = None
    ranking_options: RankingOptions | None = None
    filters: Filter | None = None


class ComputerTool(Contract):
    type: Literal["computer"]


class ComputerUsePreviewTool(Contract):
    type: Literal["computer_use_preview"]
    environment: Literal["windows", "mac", "linux", "ubuntu", "browser"]
    display_width: int
    display_height: int


class ApproximateLocation(Contract):
    type: Literal["approximate"] | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    timezone: str | None = None


class WebSearchFilters(Contract):
    allowed_domains: list[str] | None = None


class WebSearchTool(Contract):
    type: Literal["web_search", "web_search_2025_08_26"]
    external_web_access: bool | None = None
    filters: WebSearchFilters | None = None
    user_location: ApproximateLocation | None = None
    search_context_size: ContextSize | None = None


class PreviewLocation(ApproximateLocation):
    type: Literal["approximate"]


class WebSearchPreviewTool(Contract):
    type: Literal["web_search_preview", "web_search_preview_2025_03_11"]
    user_location: PreviewLocation | None = None
    search_context_size: ContextSize | None = None
    search_content_types: list[Literal["text", "image"]] | None = None


class McpToolFilter(Contract):
    tool_names: list[str] | None = None
    read_only: bool | None = None


class McpApprovals(Contract):
    always: McpToolFilter | None = None
    never: McpToolFilter | None = None


class McpTool(Contract):
    type: Literal["mcp"]
    server_label: str
    server_url: str | None = None
    connector_id: (
        Literal[
            "connector_dropbox", "connector_gmail", "connector_googlecalendar", "connector_googledrive", "connector_microsoftteams",
            "connector_outlookcalendar", "connector_outlookemail", "connector_sharepoint",
        ]
        | None
    ) = None  # fmt: skip
    tunnel_id: Annotated[str, Field(pattern=r"^tunnel_[a-z0-9]{32}$")] | None = None
    authorization: str | None = None
    server_description: str | None = None
    headers: dict[str, str] | None = None
    allowed_tools: list[str] | McpToolFilter | None = None
    allowed_callers: Callers | None = None
    require_approval: Literal["always", "never"] | McpApprovals | None = None
    defer_loading: bool | None = None


class AutoContainer(Contract):
    type: Literal["auto"]
    file_ids: Annotated[list[str], MaxLen(50)] | None = None
    memory_limit: MemoryLimit | None = None
    network_policy: NetworkPolicyParam | None = None


class CodeInterpreterTool(Contract):
    type: Literal["code_interpreter"]
    container: str | AutoContainer
    allowed_callers: Callers | None = None


class ProgrammaticToolCalling(Contract):
    type: Literal["programmatic_tool_calling"]


class ImageMask(Contract):
    image_url: str | None = None
    file_id: str | None = None


class ImageGenerationTool(Contract):
    type: Literal["image_generation"]
    model: str | None = None
    quality: Literal["low", "medium", "high", "auto"] | None = None
    size: str | None = None
    output_format: Literal["png", "webp", "jpeg"] | None = None
    output_compression: Annotated[int, Ge(0), Le(100)] | None = None
    moderation: Literal["auto", "low"] | None = None
    background: Literal["transparent", "opaque", "auto"] | None = None
    input_fidelity: Literal["high", "low"] | None = None
    input_image_mask: ImageMask | None = None
    partial_images: Annotated[int, Ge(0), Le(3)] | None = None
    action: Literal["generate", "edit", "auto"] | None = None


class LocalShellTool(Contract):
    type: Literal["local_shell"]


class NewContainer(Contract):
    type: Literal["container_auto"]
    file_ids: Annotated[list[str], MaxLen(50)] | None = None
    memory_limit: MemoryLimit | None = None
    network_policy: NetworkPolicyParam | None = None
    skills: Annotated[list[SkillParam], MaxLen(200)] | None = None


class LocalSkill(Contract):
    name: str
    description: str
    path: str


class LocalEnvironment(Contract):
    type: Literal["local"]
    skills: Annotated[list[LocalSkill], MaxLen(200)] | None = None


class ContainerReference(Contract):
    type: Literal["container_reference"]
    container_id: str


class ShellTool(Contract):
    type: Literal["shell"]
    environment: Annotated[NewContainer | LocalEnvironment | ContainerReference, Field(discriminator="type")] | None = None
    allowed_callers: Callers | None = None


class CustomText(Contract):
    type: Literal["text"]


class CustomGrammar(Contract):
    type: Literal["grammar"]
    syntax: Literal["lark", "regex"]
    definition: str


class CustomToolParam(Contract):
    type: Literal["custom"]
    name: ToolName
    description: str | None = None
    format: Annotated[CustomText | CustomGrammar, Field(discriminator="type")] | None = None
    defer_loading: bool | None = None
    allowed_callers: Callers | None = None


class NamespaceTool(Contract):
    type: Literal["namespace"]
    name: Annotated[str, Len(1)]
    description: str
    tools: Annotated[list[Annotated[FunctionToolParam | CustomToolParam, Field(discriminator="type")]], Len(1)]


class ToolSearchTool(Contract):
    type: Literal["tool_search"]
    execution: Literal["server", "client"] | None = None
    description: str | None = None
    parameters: FreeObject | None = None


class ApplyPatchTool(Contract):
    type: Literal["apply_patch"]
    allowed_callers: Callers | None = None


class FunctionToolTold(FunctionToolParam):
    """A function as it is told: what was left out is filled in."""

    parameters: FreeObject | None
    strict: bool | None


_OtherTool = (
    FileSearchTool
    | ComputerTool
    | ComputerUsePreviewTool
    | WebSearchTool
    | McpTool
    | CodeInterpreterTool
    | ProgrammaticToolCalling
    | ImageGenerationTool
    | LocalShellTool
    | ShellTool
    | CustomToolParam
    | NamespaceTool
    | ToolSearchTool
    | WebSearchPreviewTool
    | ApplyPatchTool
)
Tool = Annotated[FunctionToolParam | _OtherTool, Field(discriminator="type")]
ToldTool = Annotated[FunctionToolTold | _OtherTool, Field(discriminator="type")]
# doc: at most 128 tools
Tools = Annotated[list[Tool], MaxLen(128), Wording(expected="an array of tools")]


class ToolChoiceAllowed(Contract):
    type: Literal["allowed_tools"]
    mode: Literal["auto", "required"]
    tools: list[FreeObject]


HostedKind = Literal[
    "file_search", "web_search_preview", "computer", "computer_use_preview", "computer_use", "web_search_preview_2025_03_11",
    "image_generation", "code_interpreter",
]  # fmt: skip


class ToolChoiceTypes(Contract):
    type: HostedKind


class ToolChoiceFunction(Contract):
    type: Literal["function"]
    name: str


class ToolChoiceMcp(Contract):
    type: Literal["mcp"]
    server_label: str
    name: str | None = None


class ToolChoiceCustom(Contract):
    type: Literal["custom"]
    name: str


class ToolChoiceProgrammatic(Contract):
    type: Literal["programmatic_tool_calling"]


class ToolChoiceApplyPatch(Contract):
    type: Literal["apply_patch"]


class ToolChoiceShell(Contract):
    type: Literal["shell"]


_NamedChoice = Annotated[
    ToolChoiceAllowed
    | ToolChoiceTypes
    | ToolChoiceFunction
    | ToolChoiceMcp
    | ToolChoiceCustom
    | ToolChoiceProgrammatic
    | ToolChoiceApplyPatch
    | ToolChoiceShell,
    Field(discriminator="type"),
]
# seen: C.5
ToolChoice = Annotated[
    Literal["none", "auto", "required"] | _NamedChoice, Wording(expected="one of an object or 'none', 'auto', or 'required'")
]
