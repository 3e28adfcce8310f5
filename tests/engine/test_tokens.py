"""Token counts and the pieces of a stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from splintr import Tokenizer

from mockapi.engine.tokens import encoding

# Counts known from the public vocabularies.
KNOWN = {
    "o200k_base": {"Say hello": 2, "Hello, world!": 4, "": 0, "tiktoken is great!": 6, "<|endoftext|>": 7},
    "cl100k_base": {"Say hello": 2, "Hello, world!": 4, "tiktoken is great!": 6},
}
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@pytest.mark.parametrize("name", list(KNOWN))
def test_counts_are_those_of_the_vocabulary(name: str) -> None:
    assert {text: encoding(name).count(text) for text in KNOWN[name]} == KNOWN[name]


@given(texts, st.sampled_from(list(KNOWN)))
def test_pieces_join_to_the_text(text: str, name: str) -> None:
    pieces = encoding(name).pieces(text)
    assert "".join(pieces) == text
    assert len(pieces) <= encoding(name).count(text)
    assert all(pieces)


@given(texts, st.integers(0, 40))
def test_a_truncated_text_begins_the_text_and_is_no_longer_than_asked(text: str, size: int) -> None:
    vocabulary = encoding("o200k_base")
    cut, _ = vocabulary.fit(text, size)
    assert text.startswith(cut)
    if vocabulary.count(text) <= size:
        assert cut == text


@pytest.mark.parametrize("role", ["system", "user", "assistant", "developer", "tool", "function"])
def test_every_role_is_one_token(role: str) -> None:
    assert encoding("o200k_base").count(role) == encoding("cl100k_base").count(role) == 1


@pytest.mark.parametrize("name", ["o200k_base", "cl100k_base"])
@pytest.mark.parametrize(
    "text",
    [
        "It's a dog's life, isn't it? " * 5000,
        "word word, other. " * 9000,
        "\u6211\u4eec\u4eca\u5929\u53bb\uff0c\u5929\u6c14\u5f88\u597d\u3002" * 15_000,
        "a" * 100_000,
    ],
)
def test_a_long_text_is_read_in_pieces_that_come_to_the_same(name: str, text: str) -> None:
    whole = Tokenizer.from_pretrained(name).encode_ordinary(text)
    assert len(text) > 90_000 and encoding(name).encode(text) == whole
    assert encoding(name).count(text) == len(whole)
