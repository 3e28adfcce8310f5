"""Filters over the attributes of files in vector stores, wherever files are searched.

Source: the official OpenAPI document (ComparisonFilter, CompoundFilter).
"""

from typing import Annotated, Literal

from pydantic import Field

from mockapi.contract.types import Contract


class ComparisonFilter(Contract):
    type: Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"]
    key: str
    value: str | float | bool | list[str | float]


class CompoundFilter(Contract):
    type: Literal["and", "or"]
    filters: list["Filter"]


Filter = Annotated[ComparisonFilter | CompoundFilter, Field(discriminator="type")]
