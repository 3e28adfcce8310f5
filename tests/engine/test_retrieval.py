"""Chunks cover their text; filters agree with a plain reading of them; the ranking keeps its promises and finds what is meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockapi.engine.retrieval import chunks, ranking
from mockapi.engine.retrieval.filters import passes
from mockapi.engine.tokens import encoding

HANDBOOK = [
    "Refunds: you get your money back within thirty days if you return the goods unused.",
    "Shipping takes three to five business days inside Europe and ten days overseas.",
    "The head office is a building of sixty floors and 240 metres height in Rotterdam.",
    "Our cats sleep sixteen hours a day; the kittens sleep even longer.",
    "Passwords must have twelve characters and are changed every year.",
    "The canteen serves soup, bread and a vegetarian dish from noon to two.",
]
PASSAGES = [ranking.ready(text) for text in HANDBOOK]


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("How do I get my money back?", 0),
        ("When will my parcel be shipped to Europe?", 1),
        ("How tall is the head office?", 2),
        ("How long does a kitten sleep?", 3),
        ("password length", 4),
        ("What can I eat in the canteen?", 5),
    ],
)
def test_questions_find_the_passage_that_answers_them(question: str, place: int) -> None:
    for query in (question, ranking.rewrite(question)):
        best, second, *_ = ranking.rank([query], PASSAGES, range(len(PASSAGES)), 6)
        assert best.place == place
        assert best.score > 1.2 * second.score


def test_a_passage_is_nearest_to_itself() -> None:
    for place, text in enumerate(HANDBOOK):
        for rerank in (True, False):
            best = ranking.rank([text], PASSAGES, range(len(PASSAGES)), 1, rerank=rerank)[0]
            assert best.place == place and best.score > 0.9


def test_a_rare_word_says_more_than_a_common_one() -> None:
    said = [ranking.ready(f"report about {animal}") for animal in ("owls", "cats", "dogs", "cows")]
    assert ranking.rank(["report owls"], said, range(4), 1)[0].place == 0


def test_of_several_queries_the_best_counts() -> None:
    queries = ["kittens", "passwords"]
    found = {each.place: each.score for each in ranking.rank(queries, PASSAGES, range(6), 6)}
    alone = [{each.place: each.score for each in ranking.rank([query], PASSAGES, range(6), 6)} for query in queries]
    assert found == {place: max(one[place] for one in alone) for place in range(6)}


def test_rewriting_keeps_the_words_that_say_something() -> None:
    assert ranking.rewrite("What is the height of the main building?") == "height main building"
    assert ranking.rewrite("What is it?") == "What is it?"
    assert ranking.rewrite("") == ""


QUERIES = st.one_of(
    st.text(max_size=30), st.lists(st.sampled_from(" ".join(HANDBOOK).split()), max_size=6).map(" ".join), st.just("the of a")
)


@given(st.lists(QUERIES, min_size=1, max_size=3), st.sets(st.integers(0, 5)), st.integers(1, 6), st.floats(0, 1), st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_ranking_keeps_its_promises(queries: list[str], chosen: set[int], limit: int, threshold: float, rerank: bool) -> None:
    every = ranking.rank(queries, PASSAGES, range(6), 6, rerank=rerank)
    scores = [each.score for each in every]
    assert scores == sorted(scores, reverse=True) and all(0 <= score <= 1 for score in scores)
    assert sorted(each.place for each in every) == list(range(6))
    some = ranking.rank(queries, PASSAGES, sorted(chosen), limit, threshold=threshold, rerank=rerank)
    fitting = [each for each in every if each.place in chosen and each.score >= threshold][:limit]
    assert [(each.place, each.score) for each in some] == [(each.place, each.score) for each in fitting]


TEXTS = st.one_of(
    st.text(max_size=400),
    st.lists(st.sampled_from(["tower ", "é", "漢字", "\n", "🙂", "a1b2 "]), max_size=400).map("".join),
    st.integers(0, 70_000).map(lambda count: "word " * (count // 5)),
)


@given(TEXTS, st.integers(100, 200))
@settings(max_examples=80, deadline=None)
def test_chunks_without_overlap_are_the_text_cut(text: str, size: int) -> None:
    cut = chunks.cut(text, size, 0)
    assert cut is not None and "".join(cut) == text
    # A chunk by itself may be put into a few tokens more than it had in its text, where its ends stood in a word.
    assert all(encoding("cl100k_base").count(chunk) <= size + 4 for chunk in cut)


@given(st.integers(1, 900), st.integers(100, 200), st.data())
@settings(max_examples=80, deadline=None)
def test_chunks_begin_with_the_end_of_the_one_before(count: int, size: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(1, size // 2))
    words = [f" {number:04d}" for number in range(count)]
    cut = chunks.cut("".join(words), size, overlap)
    assert cut is not None
    vocabulary = encoding("cl100k_base")
    told = cut[0]
    for chunk in cut[1:]:
        shared = next(length for length in range(len(chunk), 0, -1) if told.endswith(chunk[:length]))
        assert shared < len(chunk)
        assert abs(vocabulary.count(chunk[:shared]) - overlap) <= 1
        told += chunk[shared:]
    assert told == "".join(words)


def test_a_text_that_is_too_long_is_not_cut() -> None:
    assert chunks.cut("a b" * chunks.MOST_TOKENS, 800, 400) is None
    assert chunks.cut("", 800, 400) == []


KEYS = st.sampled_from(["a", "b", "c"])
VALUES = st.one_of(st.sampled_from(["", "x", "y", "10"]), st.integers(-2, 2), st.sampled_from([0.5, 1.0, -0.5]), st.booleans())
COMPARED = st.one_of(
    st.fixed_dictionaries({"type": st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"]), "key": KEYS, "value": VALUES}),
    st.fixed_dictionaries({"type": st.sampled_from(["in", "nin"]), "key": KEYS, "value": st.lists(VALUES, max_size=3)}),
)
FILTERS = st.recursive(
    COMPARED, lambda inner: st.fixed_dictionaries({"type": st.sampled_from(["and", "or"]), "filters": st.lists(inner, max_size=3)})
)
ABSENT = object()


def plainly(attributes: dict[str, Any], told: dict[str, Any]) -> bool:
    """A filter read as it is written, by way of the sort of each value."""

    def sort(value: Any) -> str:
        return {bool: "truth", str: "text", int: "number", float: "number"}.get(type(value), "nothing")

    if "filters" in told:
        inner = [plainly(attributes, each) for each in told["filters"]]
        return False not in inner if told["type"] == "and" else True in inner
    has, wanted = attributes.get(told["key"], ABSENT), told["value"]
    equal: Callable[[Any], bool] = lambda value: (sort(has), has) == (sort(value), value)  # noqa: E731
    orders = {"gt": lambda: has > wanted, "gte": lambda: has >= wanted, "lt": lambda: has < wanted, "lte": lambda: has <= wanted}
    if told["type"] in orders:
        return sort(has) == sort(wanted) and sort(has) in ("text", "number") and orders[told["type"]]()
    return {
        "eq": lambda: equal(wanted),
        "ne": lambda: not equal(wanted),
        "in": lambda: any(map(equal, wanted)),
        "nin": lambda: not any(map(equal, wanted)),
    }[told["type"]]()


@given(st.dictionaries(KEYS, VALUES), FILTERS)
@settings(max_examples=600, deadline=None)
def test_filters_agree_with_a_plain_reading(attributes: dict[str, Any], told: dict[str, Any]) -> None:
    assert passes(attributes, told) is plainly(attributes, told)
