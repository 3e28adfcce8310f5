"""Files: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateFileRequest, OpenAIFile); order of keys and sentences as recorded (api-facts C.8, G.1).
"""

from typing import Annotated, Literal

from annotated_types import Ge, Le
from typing_extensions import TypedDict

from mockapi.contract.types import Contract, File, Wording

# seen: C.8, in the order in which the refusal names them
UploadPurpose = Literal["fine-tune", "assistants", "batch", "user_data", "vision", "evals"]
# doc: the last three are the server's own
FilePurpose = Literal[
    "fine-tune", "assistants", "batch", "user_data", "vision", "evals", "assistants_output", "batch_output", "fine-tune-results"
]


class FileExpirationAfter(Contract):
    anchor: Literal["created_at"]
    # doc: an hour to 30 days
    seconds: Annotated[int, Ge(3600), Le(2_592_000)]


class CreateFileForm(Contract):
    """Form of `POST /v1/files`."""

    # guess: C.8, an older wording
    file: Annotated[File, Wording(says=(("any", "'file' is a required property", None),))]
    purpose: Annotated[
        UploadPurpose,
        Wording(
            says=(
                (
                    "value",
                    "'{value}' is not one of ['fine-tune', 'assistants', 'batch', 'user_data', 'vision', 'evals'] - 'purpose'",
                    None,
                ),
            )
        ),
    ]
    expires_after: FileExpirationAfter | None = None


class ListFilesQuery(Contract):
    """Query of `GET /v1/files`."""

    purpose: str | None = None
    after: str | None = None
    limit: Annotated[int, Ge(0), Le(10_000)] | None = None
    order: Literal["asc", "desc"] | None = None


class FileObject(TypedDict):
    """`created_at` and `expires_at` in Unix seconds."""

    object: Literal["file"]
    id: str
    purpose: FilePurpose
    filename: str
    bytes: int
    created_at: int
    expires_at: int | None
    status: Literal["uploaded", "processed", "error"]
    status_details: str | None


class FileList(TypedDict):
    object: Literal["list"]
    data: list[FileObject]
    has_more: bool
    first_id: str | None
    last_id: str | None


class FileDeleted(TypedDict):
    object: Literal["file"]
    deleted: bool
    id: str
