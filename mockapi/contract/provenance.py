"""Checks of where content comes from: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateContentProvenanceBody, ProvenanceResource), whose order of keys this is.
"""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.types import Contract, File

ProvenanceOutcome = Literal["detected", "not_detected"]


class CreateContentProvenanceForm(Contract):
    """Form of `POST /v1/content_provenance_checks`: a picture or a sound."""

    file: File


class C2paProvenance(TypedDict):
    """`generated_at` by RFC 3339, in UTC."""

    type: Literal["c2pa"]
    outcome: ProvenanceOutcome
    validation_state: Literal["trusted", "valid", "invalid", "not_present"]
    issuer: str | None
    model: str | None
    generated_at: str | None


class SynthIdProvenance(TypedDict):
    """`generated_at` by RFC 3339, in UTC."""

    type: Literal["synthid"]
    outcome: ProvenanceOutcome
    model: str | None
    generated_at: str | None


class ContentProvenanceCheck(TypedDict):
    """Both signals of a picture, SynthID alone of a sound. `created_at` in Unix seconds."""

    object: Literal["content_provenance_check"]
    created_at: int
    results: list[Annotated[C2paProvenance | SynthIdProvenance, Field(discriminator="type")]]
