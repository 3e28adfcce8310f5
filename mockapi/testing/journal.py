"""The journal of a project as a test looks at it: which calls there were, and assertions on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockapi.testing.controls import Controls

_SHOWN_CALLS = 20
_SHOWN_CHARACTERS = 160


@dataclass(frozen=True)
class CallRecord:
    """One call: `request` and `reply` are the bodies as the journal keeps them, `entry` is all that it tells."""

    number: int
    id: str
    operation: str
    model: str | None
    status: int
    request: Any
    reply: Any
    scenario: str | None
    entry: Mapping[str, Any] = field(repr=False)

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> CallRecord:
        """A call from an element of `calls` in the journal's answer."""
        return cls(
            number=entry["number"],
            id=entry["request_id"],
            operation=entry.get("operation") or entry["path"],
            model=entry.get("model"),
            status=entry["status"],
            request=entry.get("request"),
            reply=entry.get("reply"),
            scenario=entry.get("scenario"),
            entry=entry,
        )

    def __str__(self) -> str:
        """The call on one line; what was asked, and of a failed one also what was told."""
        named = [f"#{self.number}", self.operation, *([self.model] if self.model else []), f"-> {self.status}"]
        if self.scenario:
            named.append(f"(scenario {self.scenario})")
        told = [_short(self.request)] + ([_short(self.reply)] if self.status >= 400 else [])
        return " ".join([*named, *[text for text in told if text]])


def _short(body: Any) -> str:
    if body is None:
        return ""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def listed(calls: Sequence[CallRecord]) -> str:
    """Calls for a person to read, one a line: the last ones, if there are many."""
    lines = [f"  {call}" for call in calls[-_SHOWN_CALLS:]]
    if len(calls) > _SHOWN_CALLS:
        lines.insert(0, f"  … {len(calls) - _SHOWN_CALLS} calls before")
    return "\n".join(lines) or "  none"


class Journal:
    """The calls that a project got. Filters are those of `GET /_mock/journal`; one that is None is not applied."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    def calls(
        self,
        *,
        model: str | None = None,
        operation: str | None = None,
        status: int | None = None,
        contains: str | None = None,
        **further: str | int | None,
    ) -> list[CallRecord]:
        """The calls that fit all filters, oldest first. Raises ControlError for a filter that the journal does not know."""
        query = _given(model=model, operation=operation, status=status, contains=contains, **further)
        return [CallRecord.read(entry) for entry in self._controls.get("/_mock/journal", query)["calls"]]

    def count(self, **filters: str | int | None) -> int:
        """How many calls fit all filters."""
        found: int = self._controls.get("/_mock/journal/count", _given(**filters))["count"]
        return found

    def last(self, **filters: Any) -> CallRecord:
        """The latest call that fits all filters. Raises AssertionError if there is none."""
        calls = self.calls(**filters)
        if not calls:
            raise AssertionError(self._told("a call", filters, "there was none"))
        return calls[-1]

    def clear(self) -> None:
        """Forget the calls, and nothing else."""
        self._controls.delete("/_mock/journal")

    def assert_called(self, times: int | None = None, **filters: Any) -> None:
        """Raises AssertionError, with the calls that there were, unless `times` calls (without it: at least one) fit all filters."""
        found = self.count(**filters)
        if found != times if times is not None else not found:
            expected = "at least one call" if times is None else _calls(times)
            raise AssertionError(self._told(expected, filters, f"{found} did" if found else "none did"))

    def assert_not_called(self, **filters: Any) -> None:
        """Raises AssertionError, with the calls that there were, if any fits all filters."""
        found = self.count(**filters)
        if found:
            raise AssertionError(self._told("no call", filters, f"{found} did"))

    def _told(self, expected: str, filters: Mapping[str, Any], found: str) -> str:
        fitting = " with " + ", ".join(f"{name}={value!r}" for name, value in _given(**filters).items()) if _given(**filters) else ""
        return f"expected {expected}{fitting}; {found}. Calls of this project:\n{listed(self.calls())}"


def _given(**filters: str | int | None) -> dict[str, object]:
    return {name: value for name, value in filters.items() if value is not None}


def _calls(times: int) -> str:
    return "1 call" if times == 1 else f"{times} calls"
