"""What assistants, threads and runs share: tools, what these work with, the form of answers; each as it is sent and as it is told.

Source: the official OpenAPI document (AssistantTools*, AssistantsApi*, TruncationObject); api-facts G.6.
"""

from typing import Annotated, Any, Literal, NotRequired

from annotated_types import Ge, Le, MaxLen
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.chat import FunctionTool, Named, ResponseFormat
from mockapi.contract.types import Contract, Fraction, Metadata
from mockapi.contract.vector_stores import ChunkingStrategyParam

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
Ranker = Literal["auto", "default_2024_08_21"]
FileIds = Annotated[list[str], MaxLen(20)]
# doc: a thread or an assistant has one store at most
StoreIds = Annotated[list[str], MaxLen(1)]


class AssistantCodeTool(Contract):
    type: Literal["code_interpreter"]


class FileSearchRanking(Contract):
    ranker: Ranker | None = None
    score_threshold: Fraction


class FileSearchOptions(Contract):
    max_num_results: Annotated[int, Ge(1), Le(50)] | None = None
    ranking_options: FileSearchRanking | None = None


class AssistantFileSearchTool(Contract):
    type: Literal["file_search"]
    file_search: FileSearchOptions | None = None


AssistantTool = Annotated[AssistantCodeTool | AssistantFileSearchTool | FunctionTool, Field(discriminator="type")]


class CodeResources(Contract):
    file_ids: FileIds | None = None


class NewVectorStore(Contract):
    """A vector store that is made for an assistant or a thread."""

    file_ids: Annotated[list[str], MaxLen(100_000_000)] | None = None
    chunking_strategy: ChunkingStrategyParam | None = None
    metadata: Metadata | None = None


class FileSearchResources(Contract):
    vector_store_ids: StoreIds | None = None
    vector_stores: Annotated[list[NewVectorStore], MaxLen(1)] | None = None


class ToolResources(Contract):
    code_interpreter: CodeResources | None = None
    file_search: FileSearchResources | None = None


class FileSearchStores(Contract):
    vector_store_ids: StoreIds | None = None


class GivenToolResources(Contract):
    """Files and stores that are there already."""

    code_interpreter: CodeResources | None = None
    file_search: FileSearchStores | None = None


AnswerFormat = Literal["auto"] | ResponseFormat


class NamedToolChoice(Contract):
    type: Literal["function", "code_interpreter", "file_search"]
    function: Named | None = None


AssistantToolChoice = Literal["none", "auto", "required"] | NamedToolChoice


class TruncationStrategy(Contract):
    type: Literal["auto", "last_messages"]
    last_messages: Annotated[int, Ge(1)] | None = None


class CodeToolTold(TypedDict):
    type: Literal["code_interpreter"]


class FileSearchRankingTold(TypedDict):
    ranker: Ranker
    score_threshold: Annotated[float, Ge(0), Le(1)]


class FileSearchOptionsTold(TypedDict):
    max_num_results: NotRequired[Annotated[int, Ge(1), Le(50)]]
    ranking_options: FileSearchRankingTold


class FileSearchToolTold(TypedDict):
    type: Literal["file_search"]
    file_search: FileSearchOptionsTold


class FunctionTold(TypedDict):
    name: str
    description: NotRequired[str]
    parameters: NotRequired[dict[str, Any]]
    strict: bool


class AssistantFunctionTold(TypedDict):
    type: Literal["function"]
    function: FunctionTold


ToolTold = CodeToolTold | FileSearchToolTold | AssistantFunctionTold


class CodeResourcesTold(TypedDict):
    file_ids: FileIds


class FileSearchResourcesTold(TypedDict):
    vector_store_ids: StoreIds


class ToolResourcesTold(TypedDict):
    code_interpreter: NotRequired[CodeResourcesTold]
    file_search: NotRequired[FileSearchResourcesTold]


class TextFormatTold(TypedDict):
    type: Literal["text"]


class JsonFormatTold(TypedDict):
    type: Literal["json_object"]


class JsonSchemaTold(TypedDict):
    name: str
    description: NotRequired[str]
    schema: NotRequired[dict[str, Any]]
    strict: NotRequired[bool]


class JsonSchemaFormatTold(TypedDict):
    type: Literal["json_schema"]
    json_schema: JsonSchemaTold


AnswerFormatTold = Literal["auto"] | TextFormatTold | JsonFormatTold | JsonSchemaFormatTold


class NamedTold(TypedDict):
    name: str


class NamedToolChoiceTold(TypedDict):
    type: Literal["function", "code_interpreter", "file_search"]
    function: NotRequired[NamedTold]


ToolChoiceTold = Literal["none", "auto", "required"] | NamedToolChoiceTold


class TruncationTold(TypedDict):
    type: Literal["auto", "last_messages"]
    last_messages: Annotated[int, Ge(1)] | None
