"""What all contracts share: the base model and the notes that word a field's faults.

Modules with contracts keep their annotations as objects: as text, pydantic would compile each of them anew at every start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel, ConfigDict
from pydantic_core import core_schema

from mockapi.records import record


class Contract(BaseModel):
    """A request or a part of one: strict types, no unknown keys, in the order in which the API reports faults."""

    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)

    # Parameters that are there and not null, unless one of the others is there; the first is looked at before all else.
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    # What stands instead of parameters of another endpoint.
    moved: ClassVar[Mapping[str, str]] = {}


@record
class Upload:
    """A file as a part of a form carries it."""

    filename: str
    content_type: str
    content: bytes

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.is_instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, str]:
        return {"type": "string", "format": "binary"}


# What a member of a form's contract that is a file is called there.
File = Upload


class Unread(str):
    """A text of a form where a number or a boolean was expected."""

    __slots__ = ()


@dataclass(frozen=True)
class Wording:
    """How the API words the faults of one field where it leaves its general forms.

    `expected` names the type; `supported` lists the values it names, of which only some may be taken `here`; a tag's fault may be
    told of the `whole` value that has it; `says` holds (fault, message, code) with `{value}` and `{limit}` filled in.
    """

    expected: str | None = None
    supported: tuple[str, ...] | None = None
    here: tuple[str, ...] | None = None
    whole: bool = False
    says: tuple[tuple[str, str, str | None], ...] = ()


# doc: metadata holds up to 16 pairs, keys of up to 64 and values of up to 512 characters
Metadata = Annotated[dict[Annotated[str, MaxLen(64)], Annotated[str, MaxLen(512)]], MaxLen(16), Wording(expected="a metadata object")]
Temperature = Annotated[float, Ge(0), Le(2)]
Fraction = Annotated[float, Ge(0), Le(1)]
Penalty = Annotated[float, Ge(-2), Le(2)]
FreeObject = dict[str, Any]


class PageQuery(Contract):
    """Query of a list that is paged in both directions."""

    limit: Annotated[int, Ge(0), Le(100)] | None = None
    order: Literal["asc", "desc"] | None = None
    after: str | None = None
    before: str | None = None
