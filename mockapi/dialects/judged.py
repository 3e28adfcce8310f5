"""A moderation that is told with an answer: what was asked and what was said, each judged (official OpenAPI document, Moderation)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockapi.engine import moderation
from mockapi.engine.prompt import Turn


def asked(turns: Sequence[Turn]) -> str:
    """What of a prompt is judged: all that the user said."""
    return "\n".join(turn.said for turn in turns if turn.role == "user")


def result(judge: str, text: str) -> dict[str, Any]:
    """The judgement of a text; `judge` is the name of the model that judges."""
    verdict = moderation.judge(text)
    return {
        "type": "moderation_result",
        "model": judge,
        "flagged": verdict.flagged,
        "categories": {name: score >= 0.5 for name, score in verdict.scores},
        "category_scores": dict(verdict.scores),
        "category_applied_input_types": verdict.applied,
    }
