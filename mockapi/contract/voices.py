"""Voices of one's own, and the consents that they need: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateVoiceRequest, VoiceResource, VoiceConsentResource); order of keys as in its examples.
"""

from typing import Annotated, Literal

from annotated_types import Ge, Le
from typing_extensions import TypedDict

from mockapi.contract.types import Contract, File


class CreateVoiceConsentForm(Contract):
    """Form of `POST /v1/audio/voice_consents`; `language` is a BCP 47 tag."""

    name: str
    recording: File
    language: str


class UpdateVoiceConsentRequest(Contract):
    """Body of `POST /v1/audio/voice_consents/{consent_id}`."""

    name: str


class ListVoiceConsentsQuery(Contract):
    """Query of `GET /v1/audio/voice_consents`."""

    after: str | None = None
    # doc: told in prose
    limit: Annotated[int, Ge(1), Le(100)] | None = None


class CreateVoiceForm(Contract):
    """Form of `POST /v1/audio/voices`; `consent` is the id of one."""

    name: str
    audio_sample: File
    consent: str


class VoiceConsent(TypedDict):
    """`created_at` in Unix seconds."""

    object: Literal["audio.voice_consent"]
    id: str
    name: str
    language: str
    created_at: int


class VoiceConsentList(TypedDict):
    object: Literal["list"]
    data: list[VoiceConsent]
    first_id: str | None
    last_id: str | None
    has_more: bool


class VoiceConsentDeleted(TypedDict):
    id: str
    # doc: the object that it was
    object: Literal["audio.voice_consent"]
    deleted: bool


class Voice(TypedDict):
    """`created_at` in Unix seconds."""

    object: Literal["audio.voice"]
    id: str
    name: str
    created_at: int
