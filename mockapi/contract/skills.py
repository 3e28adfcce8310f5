"""Skills and their versions: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateSkillBody, SkillResource, SkillVersionResource); order of keys as recorded (api-facts G.7).
"""

from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from typing_extensions import TypedDict

from mockapi.contract.types import Contract, File

_MOST_FILES = 500


class CreateSkillRequest(Contract):
    """Body of `POST /v1/skills` as the document has it; files only come in a form."""

    files: Annotated[list[str], MaxLen(_MOST_FILES)] | str


class CreateSkillForm(Contract):
    """Form of `POST /v1/skills`: the files of a folder by their paths, or a zip archive of it."""

    files: Annotated[list[File], MaxLen(_MOST_FILES)] | File


class CreateSkillVersionRequest(CreateSkillRequest):
    """Body of `POST /v1/skills/{skill_id}/versions`, with files as above."""

    default: bool | None = None


class CreateSkillVersionForm(CreateSkillForm):
    """Form of `POST /v1/skills/{skill_id}/versions`; `default` makes it the version that is meant where none is named."""

    default: bool | None = None


class UpdateSkillRequest(Contract):
    """Body of `POST /v1/skills/{skill_id}`."""

    default_version: str


class ListSkillsQuery(Contract):
    """Query of `GET /v1/skills`, and of the versions of one; those are named by their ids."""

    limit: Annotated[int, Ge(0), Le(100)] | None = None
    order: Literal["asc", "desc"] | None = None
    after: str | None = None


class Skill(TypedDict):
    """Its name and description are those of its default version. `created_at` in Unix seconds."""

    id: str
    object: Literal["skill"]
    created_at: int
    default_version: str
    description: str
    latest_version: str
    name: str


class SkillList(TypedDict):
    object: Literal["list"]
    data: list[Skill]
    first_id: str | None
    has_more: bool
    last_id: str | None


class SkillDeleted(TypedDict):
    id: str
    object: Literal["skill.deleted"]
    deleted: bool


class SkillVersion(TypedDict):
    """`version` counts from 1; `created_at` in Unix seconds."""

    id: str
    object: Literal["skill.version"]
    created_at: int
    description: str
    name: str
    skill_id: str
    version: str


class SkillVersionList(TypedDict):
    object: Literal["list"]
    data: list[SkillVersion]
    first_id: str | None
    has_more: bool
    last_id: str | None


class SkillVersionDeleted(TypedDict):
    id: str
    object: Literal["skill.version.deleted"]
    deleted: bool
    version: str
