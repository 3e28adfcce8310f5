"""What is found in a batch's input file before it runs: where in the file a fault is, and what is said of too large a one."""

from __future__ import annotations

import json

import pytest

from mockapi.resources import batch_lines
from tests.samples import LINE

CHAT = "/v1/chat/completions"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_fault_is_at_the_lines_number_in_the_file(end: str) -> None:
    found = batch_lines.read(end.join([json.dumps(LINE), "", "  ", "{zz", ""]).encode(), CHAT, {})
    assert [(fault["code"], fault["line"]) for fault in found.faults] == [("invalid_json_line", 4)]
    assert found.total == 2


def test_blank_lines_are_no_requests() -> None:
    found = batch_lines.read(b"\n\n" + json.dumps(LINE).encode() + b"\n\n", CHAT, {})
    assert (found.total, found.faults) == (1, [])
    assert [fault["code"] for fault in batch_lines.read(b"\n \n", CHAT, {}).faults] == ["empty_file"]


@pytest.mark.parametrize(
    ("first", "told"),
    [
        (json.dumps(LINE), " for the gpt-4o-mini model"),
        ("\n" + json.dumps(LINE), " for the gpt-4o-mini model"),
        ("{zz", ""),
        ("[]", ""),
        (json.dumps({**LINE, "body": {"model": 1}}), ""),
        ("", ""),
    ],
)
def test_too_large_a_file_is_told_with_its_model(monkeypatch: pytest.MonkeyPatch, first: str, told: str) -> None:
    monkeypatch.setattr(batch_lines, "LARGEST", 20)
    found = batch_lines.read(first.encode() + b"\n" * 21, CHAT, {})
    assert found.faults == [
        {"code": "invalid_batch_size", "message": f"The batch input file is larger than the 20 maximum{told}", "param": None, "line": None}
    ]
