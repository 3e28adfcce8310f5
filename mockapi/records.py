"""Classes of values that never change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """A dataclass that is frozen for the type checker alone: what keeps it so at run time takes longer to make than all the rest."""
    return dataclass(slots=True, eq=False, repr=False)(cls)
