"""What a tuned model learned: every lesson is kept as it was written, and the nearest one is found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mockapi import json
from mockapi.engine import lessons
from mockapi.engine.prompt import Prompt, Turn
from mockapi.seed import Stream

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def learned(*pairs: tuple[str, str]) -> lessons.Lessons:
    rows = [{"before": [("system", "Be brief."), ("user", asked)], "says": says, "calls": []} for asked, says in pairs]
    return lessons.of(json.write(rows).decode())


def said(found: lessons.Lessons, asked: str) -> str | None:
    lesson = found.nearest(Prompt([Turn("user", asked)]), Stream(1))
    return None if lesson is None else lesson.says


@given(st.lists(TEXTS, max_size=8))
def test_every_lesson_is_read_whatever_it_holds(answers: list[str]) -> None:
    found = learned(*((f"question {number}", answer) for number, answer in enumerate(answers)))
    assert [said(found, f"Question {number}?") for number in range(len(answers))] == answers


def test_the_lesson_with_the_most_telling_words_is_the_nearest() -> None:
    found = learned(("What is the tide in Brest?", "high"), ("What is the moon tonight?", "full"), ("What is a tide?", "water"))
    assert said(found, "what is the MOON like") == "full"
    assert said(found, "the tide at Brest") == "high"
    assert said(found, "tide") == "water"


def test_who_learned_nothing_has_no_lesson() -> None:
    assert said(learned(), "anything") is None
