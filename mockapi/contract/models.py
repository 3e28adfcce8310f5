"""Models: what `GET /v1/models` and its kin answer."""

from typing import Literal

from typing_extensions import TypedDict


class Model(TypedDict):
    """`created` in Unix seconds."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelList(TypedDict):
    object: Literal["list"]
    data: list[Model]


class ModelDeleted(TypedDict):
    id: str
    object: Literal["model"]
    deleted: bool
    # seen: G.4
    owned_by: str
