"""What gives a text away: a pattern that is looked for only where one of its stems is, since most texts hold none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any


class Cue:
    """A pattern of lower-case text, compiled on first need. What it matches holds one of the stems, if there are any."""

    def __init__(self, pattern: str, stems: tuple[str, ...] = ()) -> None:
        self.stems = stems
        self._text = pattern

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Cue:
        """The cue of a table of a fixture: `cue` and `stems`."""
        return cls(table["cue"], tuple(table.get("stems", ())))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self._text, re.DOTALL)

    def found_in(self, folded: str) -> bool:
        """Whether a text in lower case matches."""
        for stem in self.stems:
            if stem in folded:
                break
        else:
            if self.stems:
                return False
        return self.pattern.search(folded) is not None
