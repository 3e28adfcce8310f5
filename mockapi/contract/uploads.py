"""Uploads: files sent in parts. What a client may send, and what it gets back.

Source: the official OpenAPI document (CreateUploadRequest, Upload, UploadPart); order of keys as recorded (api-facts G.2).
"""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from mockapi.contract.files import FileExpirationAfter, FileObject, UploadPurpose
from mockapi.contract.types import Contract, File


class CreateUploadRequest(Contract):
    """Body of `POST /v1/uploads`."""

    filename: str
    # sdk: as for files; the document lacks "user_data" and "evals"
    purpose: UploadPurpose
    bytes: int
    mime_type: str
    expires_after: FileExpirationAfter | None = None


class AddUploadPartForm(Contract):
    """Form of `POST /v1/uploads/{upload_id}/parts`."""

    data: File


class CompleteUploadRequest(Contract):
    """Body of `POST /v1/uploads/{upload_id}/complete`."""

    part_ids: list[str]
    md5: str | None = None


class UploadObject(TypedDict):
    """`file` comes with a completed upload; times in Unix seconds."""

    id: str
    object: Literal["upload"]
    bytes: int
    created_at: int
    filename: str
    purpose: str
    status: Literal["pending", "completed", "cancelled", "expired"]
    expires_at: int
    file: NotRequired[FileObject]


class UploadPart(TypedDict):
    id: str
    object: Literal["upload.part"]
    created_at: int
    upload_id: str
