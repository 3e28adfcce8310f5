"""Files of scenarios as they are read before they are sent, and calls as they are told to a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockapi.testing.journal import CallRecord, listed
from mockapi.testing.scenarios import read


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '[{"name": "a", "reply": "x"}, {"name": "ä", "reply": "x"}]'),
        ("a.yaml", "scenarios:\n- {name: a, reply: x}\n- {name: ä, reply: x}\n"),
    ],
)
def test_files_are_read_as_the_server_reads_them(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    assert read(path) == [{"name": "a", "reply": {"text": "x"}}, {"name": "ä", "reply": {"text": "x"}}]


@pytest.mark.parametrize(("name", "text"), [("a.json", "{"), ("a.json", "1"), ("a.json", "[1]"), ("a.json", "{}"), ("a.yaml", "x")])
def test_any_other_file_is_refused_by_its_path(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ValueError, match=name):
        read(path)


def record(number: int, status: int = 200, **told: object) -> CallRecord:
    entry = {
        "number": number,
        "request_id": f"req_{number}",
        "operation": "createChatCompletion",
        "model": "gpt-4o",
        "status": status,
        **told,
    }
    return CallRecord.read(entry)


def test_calls_are_listed_for_a_person() -> None:
    assert listed([]) == "  none"
    assert str(record(1, request={"a": "ä"}, reply={"b": 1})) == '#1 createChatCompletion gpt-4o -> 200 {"a": "ä"}'
    assert str(record(2, 429, request="x", reply={"error": 1}, scenario="s", model=None)) == (
        '#2 createChatCompletion -> 429 (scenario s) x {"error": 1}'
    )
    assert len(str(record(3, request="x" * 10_000))) < 300
    lines = listed([record(number) for number in range(1, 31)]).splitlines()
    assert lines[0] == "  … 10 calls before" and lines[1].startswith("  #11 ") and len(lines) == 21
