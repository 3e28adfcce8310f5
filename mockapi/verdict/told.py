"""A verdict as text, for people and for the logs of a pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockapi.verdict.rules import Shown


def told(project: str, shown: Sequence[Shown], found: Sequence[dict[str, Any]], calls: int) -> str:
    """One line for each thing, worst first, and a line that sums them up."""
    lines = [
        f"{each.severity}: {each.rule}: {each.says} (calls {', '.join(map(str, each.calls))})"
        for each in sorted(shown, key=lambda each: each.severity != "error")
    ]
    lines += [f"note: {each['kind']}: {each['says']} (call {each['number']})" for each in found]
    errors = sum(each.severity == "error" for each in shown)
    lines.append(f"{project}: {calls} calls, {errors} errors, {len(shown) - errors} warnings, {len(found)} notes")
    return "\n".join(lines)
