"""The words that are one token each: what they cut is what the vocabulary cuts, and a first answer needs no more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from splintr import Tokenizer

from mockapi.engine import words
from mockapi.engine.tokens import Encoding, encoding

# Made when the package was installed.
FILE = Path(words.__file__).with_name("o200k_base.words")
PLAIN = "\t\n\r" + "".join(map(chr, range(0x20, 0x7F)))
SAID = ["the", " harbour", " The", "It's", " don't", "N'T", ".", ",", " (", ")\n", "\n\n", "  ", " ", "12", "/", "://", " HTML", "xyzzyx"]
KNOWN = [" the", " harbour", " The", " you", " HTML", ". And", ", 12 of", "\n\nIt"]
texts = st.one_of(st.text(PLAIN, max_size=60), st.lists(st.sampled_from(SAID), max_size=20).map("".join), st.text(max_size=20))


@pytest.fixture(scope="module")
def known() -> words.Words:
    return words.Words(FILE)


@given(texts)
@example("the harbour's ropes are tied, aren't they?\n\n1. Check 1234 boats!\r\n")
@example("  two   spaces \n and\tthe end  ")
@example("naïve")
@example("\x1c \x1f")
def test_what_they_cut_is_what_the_vocabulary_cuts(text: str) -> None:
    vocabulary = encoding("o200k_base")
    vocabulary.load()
    found = words.Words(FILE).pieces(text)
    assert found is None or found == vocabulary.pieces(text)


def test_every_word_of_the_vocabulary_is_known_and_nothing_else(known: words.Words) -> None:
    vocabulary = Tokenizer.from_pretrained("o200k_base")
    texts = [bytes(vocabulary.decode_bytes([number])).decode(errors="replace") for number in range(encoding("o200k_base").size)]
    single = [text for text in texts if words.split(text) == [text]]
    assert len(single) > 100_000
    assert all(text in known for text in single)
    assert not any(text in known for text in ("", " ", "\0", "xyzzyx", " harbourx") if text not in single)


def test_a_table_of_any_words_knows_these_alone(tmp_path: Path) -> None:
    file = tmp_path / "few.words"
    file.write_bytes(words.table(["a", " a", "\n"]))
    few = words.Words(file)
    assert few.pieces("a a\n") == ["a", " a", "\n"]
    assert few.pieces("a b") is None


def test_the_first_texts_of_plain_words_need_no_vocabulary_and_all_later_ones_use_it() -> None:
    told = """
import sys
from mockapi.engine.tokens import encoding
vocabulary = encoding("o200k_base")
assert vocabulary.count("Say hello") == 2
assert vocabulary.pieces("Say hello.") == ["Say", " hello", "."]
assert vocabulary.fit("Say hello to all", 3) == ("Say hello to", 3)
print("splintr" in sys.modules)
for number in range(100):
    vocabulary.count("word " * number)
print("splintr" in sys.modules)
"""
    ran = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    assert ran.stdout.split() == ["False", "True"]


@given(st.lists(st.sampled_from(KNOWN), max_size=20).map("".join), st.integers(0, 30))
def test_a_text_is_counted_cut_and_fitted_alike_before_and_after_the_vocabulary_is_loaded(text: str, size: int) -> None:
    loaded, first = encoding("o200k_base"), Encoding("o200k_base")
    loaded.load()
    for cut in (Encoding.pieces, Encoding.count, lambda one, text: one.fit(text, size)):
        assert cut(first, text) == cut(loaded, text)
