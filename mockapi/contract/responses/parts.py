"""Responses: parts of contents, as clients send them and as they are kept.

Source: the official OpenAPI document (InputContent, OutputContent, Annotation and what hangs on them); which parts each role may send,
and in which order they are named: api-facts C.5.
"""

from typing import Annotated, Literal, NotRequired

from annotated_types import MaxLen
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.chat import InputAudio, LongText, PromptCacheBreakpoint
from mockapi.contract.types import Contract, Wording

# doc: 20 MB of a picture's address, 70 MB of a file
PictureUrl = Annotated[str, MaxLen(20_971_520)]
FileData = Annotated[str, MaxLen(73_400_320)]
ImageDetail = Literal["low", "high", "auto", "original"]
FileDetail = Literal["auto", "low", "high"]
# seen: C.5
_KNOWN = (
    "input_text", "input_image", "input_audio", "output_text", "refusal", "input_file", "computer_screenshot", "summary_text",
    "encrypted_content",
)  # fmt: skip


class InputTextContent(Contract):
    type: Literal["input_text"]
    text: LongText
    prompt_cache_breakpoint: PromptCacheBreakpoint | None = None


class InputImageContent(Contract):
    type: Literal["input_image"]
    image_url: PictureUrl | None = None
    file_id: str | None = None
    detail: ImageDetail | None = None
    prompt_cache_breakpoint: PromptCacheBreakpoint | None = None


class InputFileContent(Contract):
    type: Literal["input_file"]
    file_id: str | None = None
    filename: str | None = None
    file_data: FileData | None = None
    file_url: str | None = None
    detail: FileDetail | None = None
    prompt_cache_breakpoint: PromptCacheBreakpoint | None = None


class InputAudioContent(Contract):
    """Sound, which the API knows and the document does not (seen: C.5)."""

    type: Literal["input_audio"]
    input_audio: InputAudio


class FileCitationBody(Contract):
    type: Literal["file_citation"]
    file_id: str
    index: int
    filename: str


class UrlCitationBody(Contract):
    type: Literal["url_citation"]
    url: str
    start_index: int
    end_index: int
    title: str


class ContainerFileCitationBody(Contract):
    type: Literal["container_file_citation"]
    container_id: str
    file_id: str
    start_index: int
    end_index: int
    filename: str


class FilePath(Contract):
    type: Literal["file_path"]
    file_id: str
    index: int


Annotation = Annotated[FileCitationBody | UrlCitationBody | ContainerFileCitationBody | FilePath, Field(discriminator="type")]


class TopLogProb(Contract):
    token: str
    logprob: float
    bytes: list[int]


class LogProb(Contract):
    token: str
    logprob: float
    bytes: list[int]
    top_logprobs: list[TopLogProb]


class OutputTextContent(Contract):
    """What a model said, as it is sent back to it."""

    type: Literal["output_text"]
    text: LongText
    annotations: list[Annotation] | None = None
    logprobs: list[LogProb] | None = None


class RefusalContent(Contract):
    type: Literal["refusal"]
    refusal: LongText


UserPart = Annotated[
    InputTextContent | InputImageContent | InputFileContent | InputAudioContent,
    Field(discriminator="type"),
    Wording(supported=_KNOWN, here=("input_text", "input_image", "input_file", "scoped_content", "input_audio")),
]
AssistantPart = Annotated[
    OutputTextContent | RefusalContent, Field(discriminator="type"), Wording(supported=_KNOWN, here=("output_text", "refusal"))
]
# What tools answer with, and what a prompt's variables hold.
GivenPart = Annotated[InputTextContent | InputImageContent | InputFileContent, Field(discriminator="type")]


class OutputTextPart(TypedDict):
    type: Literal["output_text"]
    text: str
    annotations: list[Annotation]
    logprobs: list[LogProb]


class OutputRefusalPart(TypedDict):
    type: Literal["refusal"]
    refusal: str


class ReasoningTextContent(Contract):
    type: Literal["reasoning_text"]
    text: str


class SummaryTextContent(Contract):
    type: Literal["summary_text"]
    text: str


class InputTextPart(TypedDict):
    type: Literal["input_text"]
    text: str
    prompt_cache_breakpoint: NotRequired[PromptCacheBreakpoint]


class InputImagePart(TypedDict):
    type: Literal["input_image"]
    image_url: NotRequired[str | None]
    file_id: NotRequired[str | None]
    detail: ImageDetail
    prompt_cache_breakpoint: NotRequired[PromptCacheBreakpoint]


class InputFilePart(TypedDict):
    type: Literal["input_file"]
    file_id: NotRequired[str | None]
    filename: NotRequired[str]
    file_data: NotRequired[str]
    file_url: NotRequired[str]
    detail: NotRequired[FileDetail]
    prompt_cache_breakpoint: NotRequired[PromptCacheBreakpoint]


# What a kept message holds, and what a kept result of a tool does.
InputPart = Annotated[InputTextPart | InputImagePart | InputFilePart, Field(discriminator="type")]
OutputPart = Annotated[OutputTextPart | OutputRefusalPart, Field(discriminator="type")]
StreamedPart = Annotated[OutputTextPart | OutputRefusalPart | ReasoningTextContent, Field(discriminator="type")]
