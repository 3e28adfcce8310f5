"""Strings for regular expressions, judged by the validator."""

from __future__ import annotations

import re

import jsonschema_rs
import pytest

from mockapi.engine import pattern
from mockapi.seed import Seed

SEED = Seed("tests")
EXPRESSIONS = [
    r"^[A-Z]{3}-\d{4}$", r"^\+?[1-9]\d{1,14}$", r"^[^\s@]+@[^\s@]+\.[^\s@]+$", r"^\p{Lu}\p{Ll}+$", r"foo", r"^#([a-f0-9]{6}|[a-f0-9]{3})$",
    r"^(a|b)*c$", r"^(?<y>\d{4})-(0[1-9]|1[0-2])$", r"^\w+(\.\w+)*$", r"^[\u4e00-\u9fff]{2,5}$", r"^.{5,10}$", r"[^abc]", r"^$", r"^(ab){2,3}$",
    r"^@[a-zA-Z0-9_]+$", r"^https?://[^\s/$.?#].[^\s]*$", r"^([01]?\d|2[0-3]):[0-5]\d$", r"^(\d+)-\1$", r"a{2}|b", r"^[-+]?\d*\.?\d+$",
    r"^[\w.-]+$", r"^\S+$", r"^[^\x00-\x1F]+$", r"\bword\b", r"^[]a]+$", r"^[\]\[]{2}$", r"^\x41\u0042$", r"^[\d\-]{3}$", r"^(?:x|y|){2}z$",
    r"^[a-c&&b]+$", r"^\.\*\+$", r"^(?i)abc$", r"^a{0}b$", r"^(|a)b$", r"^\D\W\S$",
]  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_strings_match(expression: str) -> None:
    judge = jsonschema_rs.validator_for({"type": "string", "pattern": expression})
    read = pattern.read(expression)
    for number in range(60):
        found = read.string(SEED.stream(expression.encode(), str(number).encode()))
        assert found is not None
        assert judge.is_valid(found), found


@pytest.mark.parametrize(
    ("expression", "shortest", "longest"),
    [(r"^[a-z]+$", 20, 30), (r"^(ab)+$", 6, 6), (r"foo", 10, 12), (r"^\d{3,}-[a-z]*$", 10, 10), (r"^(a|bb)+$", 7, 7), (r"x$", 4, 4)],
)
def test_lengths_are_kept(expression: str, shortest: int, longest: int) -> None:
    judge = jsonschema_rs.validator_for({"type": "string", "pattern": expression, "minLength": shortest, "maxLength": longest})
    for number in range(40):
        found = pattern.read(expression).string(SEED.stream(str(number).encode()), shortest, longest)
        assert found is not None
        assert judge.is_valid(found), found


@pytest.mark.parametrize(
    "expression", ["(?<=a)b", "b(?=c)", r"(?<=\$)\d+", r"^(?=.*[A-Za-z])(?=.*\d)(?=.*[@$!%*#?&])[A-Za-z\d@$!%*#?&]{8,}$", r"^(\d)-\1$"]
)
def test_what_looks_around_is_made_and_checked(expression: str) -> None:
    judge = jsonschema_rs.validator_for({"type": "string", "pattern": expression})
    for number in range(20):
        found = pattern.read(expression).matching(SEED.stream(str(number).encode()))
        assert found is not None
        assert judge.is_valid(found), found


def test_a_group_is_known_by_its_name() -> None:
    read = pattern.read(r"^(?<year>\d{4})-\k<year>$")
    assert read.judged == r"^(?<year>\d{4})-(?:\1)$"
    found = read.matching(SEED.stream(b"x"))
    assert found is not None
    assert re.fullmatch(r"(\d{4})-\1", found)


@pytest.mark.parametrize(
    "expression",
    [
        "(",
        "[a",
        "a{3,2}",
        "*",
        r"\p{Nothing}",
        "(?<x",
        "a)",
        r"\p{L",
        r"\x{4",
        r"\k<x>",
        "[[:alpha",
        "(" * 5000 + ")" * 5000,
        "a{99999999999}",
    ],
)
def test_what_is_no_expression_is_told(expression: str) -> None:
    with pytest.raises(pattern.PatternError):
        pattern.read(expression)


def test_an_impossible_length_gives_nothing() -> None:
    assert pattern.read("^abc$").string(SEED.stream(b"x"), 5, 9) is None


def test_a_greedy_expression_ends_soon() -> None:
    assert len(pattern.read("^(((a+)+)+)+$").string(SEED.stream(b"x"), 0, 50_000) or "") < 50_000


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("expression", "shortest"),
    [
        ("^(a|b|(c|d)+)+$", 50_000),
        ("^(ab?)+$", 50_000),
        ("^(a)" + "".join(rf"(\{n}\{n})" for n in range(1, 40)) + "$", 0),
        ("a{100000}", 0),
    ],
)
def test_no_expression_takes_long(expression: str, shortest: int) -> None:
    read = pattern.read(expression)
    assert len(read.string(SEED.stream(b"x"), shortest) or "") < 1_000_000
    read.matching(SEED.stream(b"x"))
