"""The verdict on a client under `/_mock/verdict`, and what is odd about its calls under `/_mock/findings`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from mockapi import verdict
from mockapi.aside import aside
from mockapi.control.exchanges import Exchange
from mockapi.control.fields import answer
from mockapi.control.journal import JournalControl

if TYPE_CHECKING:
    from mockapi.app import Api

# Calls from which on judging them is felt by others.
_MANY = 16


class VerdictControl:
    """With a key of that key's world, without one of each."""

    def __init__(self, api: Api) -> None:
        self._journal = JournalControl(api)

    async def verdict(self, request: Request) -> Response:
        """What each project's client did wrong, as members and as a text for people."""
        found = await self._journal.exchanges(request)

        def judged() -> list[dict[str, Any]]:
            return [_judged(project, rows) for project, rows in _by_project(found).items()]

        projects = await aside(len(found) > _MANY, judged)
        text = "\n".join(each.pop("text") for each in projects) or "no calls"
        return answer({"passed": not any(each["errors"] for each in projects), "projects": projects, "text": text})

    async def findings(self, request: Request) -> Response:
        """What there is to say of single calls, oldest first."""
        found = await self._journal.exchanges(request)
        rows = await aside(len(found) > _MANY, lambda: [each.row() for each in found])
        return answer({"findings": [{"project": row["project"], **note} for row in rows for note in verdict.findings(row)]})


def _by_project(found: list[Exchange]) -> dict[str, list[dict[str, Any]]]:
    """The rows of the calls that came to a world, by its project."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for each in found:
        if each.project is not None:
            rows.setdefault(each.project, []).append(each.row())
    return rows


def _judged(project: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    shown, notes = verdict.judge(rows), [note for row in rows for note in verdict.findings(row)]
    return {
        "project": project,
        "calls": len(rows),
        "errors": sum(each.severity == "error" for each in shown),
        "warnings": sum(each.severity == "warning" for each in shown),
        "shown": [asdict(each) for each in shown],
        "findings": notes,
        "text": verdict.told(project, shown, notes, len(rows)),
    }
