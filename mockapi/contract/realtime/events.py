"""Realtime: the events that a client may send, by their type.

Source: the official OpenAPI document (RealtimeClientEvent, RealtimeBetaClientEvent*, RealtimeTranslationClientEvent); api-facts H.4.
"""

from typing import Annotated, Literal, get_args

from annotated_types import Ge

from mockapi.contract.realtime.audio import AudioFormat, RealtimeVoice
from mockapi.contract.realtime.items import ConversationItem, GivenItem
from mockapi.contract.realtime.sessions import (
    AnySession,
    BetaFormat,
    BetaSession,
    BetaTranscriptionSession,
    Modality,
    RealtimeFunctionTool,
    RealtimeReasoning,
    Tokens,
    Tool,
    ToolChoice,
    TranslationUpdate,
)
from mockapi.contract.responses.request import Prompt
from mockapi.contract.responses.tools import ToolChoiceFunction, ToolChoiceMcp
from mockapi.contract.types import Contract, Metadata, Temperature


class ClientEvent(Contract):
    event_id: str | None = None


class SessionUpdate(ClientEvent):
    type: Literal["session.update"]
    session: AnySession


class InputAudioBufferAppend(ClientEvent):
    type: Literal["input_audio_buffer.append"]
    audio: str


class InputAudioBufferCommit(ClientEvent):
    type: Literal["input_audio_buffer.commit"]


class InputAudioBufferClear(ClientEvent):
    type: Literal["input_audio_buffer.clear"]


class OutputAudioBufferClear(ClientEvent):
    type: Literal["output_audio_buffer.clear"]


class ConversationItemCreate(ClientEvent):
    type: Literal["conversation.item.create"]
    previous_item_id: str | None = None
    item: ConversationItem


class ConversationItemRetrieve(ClientEvent):
    type: Literal["conversation.item.retrieve"]
    item_id: str


class ConversationItemTruncate(ClientEvent):
    type: Literal["conversation.item.truncate"]
    item_id: str
    content_index: Annotated[int, Ge(0)]
    audio_end_ms: Annotated[int, Ge(0)]


class ConversationItemDelete(ClientEvent):
    type: Literal["conversation.item.delete"]
    item_id: str


class ResponseOutputAudio(Contract):
    format: AudioFormat | None = None
    voice: str | RealtimeVoice | None = None


class ResponseAudio(Contract):
    output: ResponseOutputAudio | None = None


class ResponseParams(Contract):
    """What one response has that the session has not."""

    output_modalities: list[Modality] | None = None
    instructions: str | None = None
    audio: ResponseAudio | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    reasoning: RealtimeReasoning | None = None
    max_output_tokens: Tokens | None = None
    conversation: Literal["auto", "none"] | str | None = None
    metadata: Metadata | None = None
    prompt: Prompt | None = None
    input: list[GivenItem] | None = None


class ResponseCreate(ClientEvent):
    type: Literal["response.create"]
    response: ResponseParams | None = None


class ResponseCancel(ClientEvent):
    type: Literal["response.cancel"]
    response_id: str | None = None


class BetaSessionUpdate(ClientEvent):
    type: Literal["session.update"]
    session: BetaSession


class BetaTranscriptionSessionUpdate(ClientEvent):
    type: Literal["transcription_session.update"]
    session: BetaTranscriptionSession


class BetaResponseParams(Contract):
    """What one response has that the session has not, as the beta has it."""

    modalities: list[Modality] | None = None
    instructions: str | None = None
    voice: str | RealtimeVoice | None = None
    output_audio_format: BetaFormat | None = None
    tools: list[RealtimeFunctionTool] | None = None
    tool_choice: str | ToolChoiceFunction | ToolChoiceMcp | None = None
    temperature: Temperature | None = None
    max_output_tokens: Tokens | None = None
    # sdk: the name that the beta's types have for it
    max_response_output_tokens: Tokens | None = None
    conversation: Literal["auto", "none"] | str | None = None
    metadata: Metadata | None = None
    prompt: Prompt | None = None
    input: list[GivenItem] | None = None


class BetaResponseCreate(ClientEvent):
    type: Literal["response.create"]
    response: BetaResponseParams | None = None


class TranslationUpdated(ClientEvent):
    type: Literal["session.update"]
    session: TranslationUpdate


class TranslationAppend(ClientEvent):
    type: Literal["session.input_audio_buffer.append"]
    audio: str


class TranslationClose(ClientEvent):
    type: Literal["session.close"]


def _by_type(*events: type[ClientEvent]) -> dict[str, type[ClientEvent]]:
    return {get_args(event.model_fields["type"].annotation)[0]: event for event in events}


_SHARED = (
    InputAudioBufferAppend, InputAudioBufferCommit, InputAudioBufferClear, OutputAudioBufferClear, ConversationItemCreate,
    ConversationItemTruncate, ConversationItemDelete, ConversationItemRetrieve,
)  # fmt: skip
EVENTS = _by_type(SessionUpdate, *_SHARED, ResponseCreate, ResponseCancel)
BETA_EVENTS = _by_type(BetaSessionUpdate, BetaTranscriptionSessionUpdate, *_SHARED, BetaResponseCreate, ResponseCancel)
TRANSLATION_EVENTS = _by_type(TranslationUpdated, TranslationAppend, TranslationClose)
