"""Containers and their files: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateContainerBody, ContainerResource, ContainerFileResource); order of keys as in its examples
(api-facts G.7).
"""

from typing import Annotated, Literal, NotRequired

from annotated_types import Ge, Le, Len, MinLen
from pydantic import Field
from typing_extensions import TypedDict

from mockapi.contract.types import Contract, File

ContainerStatus = Literal["running", "expired"]
MemoryLimit = Literal["1g", "4g", "16g", "64g"]


class ContainerExpirationAfter(Contract):
    anchor: Literal["last_active_at"]
    # seen: users quote the refusal of more than 20
    minutes: Annotated[int, Ge(1), Le(20)]


class SkillReference(Contract):
    type: Literal["skill_reference"]
    skill_id: Annotated[str, Len(1, 64)]
    version: str | None = None


class InlineSkillSource(Contract):
    type: Literal["base64"]
    media_type: Literal["application/zip"]
    data: Annotated[str, Len(1, 70_254_592)]


class InlineSkill(Contract):
    type: Literal["inline"]
    name: str
    description: str
    source: InlineSkillSource


SkillParam = Annotated[SkillReference | InlineSkill, Field(discriminator="type")]


class DomainSecret(Contract):
    domain: Annotated[str, MinLen(1)]
    name: Annotated[str, MinLen(1)]
    value: Annotated[str, Len(1, 10_485_760)]


class NetworkPolicyDisabled(Contract):
    type: Literal["disabled"]


class NetworkPolicyAllowlist(Contract):
    type: Literal["allowlist"]
    allowed_domains: Annotated[list[str], MinLen(1)]
    domain_secrets: Annotated[list[DomainSecret], MinLen(1)] | None = None


NetworkPolicyParam = Annotated[NetworkPolicyDisabled | NetworkPolicyAllowlist, Field(discriminator="type")]


class CreateContainerRequest(Contract):
    """Body of `POST /v1/containers`."""

    name: str
    file_ids: list[str] | None = None
    expires_after: ContainerExpirationAfter | None = None
    skills: list[SkillParam] | None = None
    memory_limit: MemoryLimit | None = None
    network_policy: NetworkPolicyParam | None = None


class ListContainersQuery(Contract):
    """Query of `GET /v1/containers`."""

    limit: Annotated[int, Ge(0), Le(100)] | None = None
    order: Literal["asc", "desc"] | None = None
    after: str | None = None
    name: str | None = None


class CreateContainerFileRequest(Contract):
    """Body of `POST /v1/containers/{container_id}/files`: the id of a file that is kept already."""

    file_id: str | None = None


class CreateContainerFileForm(Contract):
    """Form of `POST /v1/containers/{container_id}/files`: one of the two."""

    file_id: str | None = None
    file: File | None = None


class ListContainerFilesQuery(Contract):
    """Query of `GET /v1/containers/{container_id}/files`."""

    limit: Annotated[int, Ge(0), Le(100)] | None = None
    order: Literal["asc", "desc"] | None = None
    after: str | None = None


class ContainerExpiresAfter(TypedDict):
    anchor: Literal["last_active_at"]
    minutes: int


class NetworkPolicy(TypedDict):
    """`allowed_domains` comes with an allowlist."""

    type: Literal["allowlist", "disabled"]
    allowed_domains: NotRequired[list[str]]


class Container(TypedDict):
    """Times in Unix seconds; `network_policy` where one was asked for."""

    id: str
    object: Literal["container"]
    created_at: int
    status: ContainerStatus
    expires_after: ContainerExpiresAfter
    last_active_at: int
    memory_limit: MemoryLimit
    network_policy: NotRequired[NetworkPolicy]
    name: str


class ContainerList(TypedDict):
    object: Literal["list"]
    data: list[Container]
    first_id: str | None
    has_more: bool
    last_id: str | None


class ContainerDeleted(TypedDict):
    id: str
    object: Literal["container.deleted"]
    deleted: bool


class ContainerFile(TypedDict):
    """`path` is where the code that runs in the container finds it; `source` who put it there."""

    id: str
    object: Literal["container.file"]
    created_at: int
    bytes: int
    container_id: str
    path: str
    source: Literal["user", "assistant"]


class ContainerFileList(TypedDict):
    object: Literal["list"]
    data: list[ContainerFile]
    first_id: str | None
    has_more: bool
    last_id: str | None


class ContainerFileDeleted(TypedDict):
    id: str
    object: Literal["container.file.deleted"]
    deleted: bool
