"""The simulated embedding model: unit vectors that lie near where texts are alike, and are cut as the API cuts them."""

from __future__ import annotations

import base64
import os
import struct
import subprocess
import sys
from collections.abc import Sequence
from itertools import combinations
from math import fsum, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockapi import fixtures
from mockapi.engine import vectors
from mockapi.engine.tokens import encoding
from mockapi.engine.vectors import embed, embed_tokens, half, similarity, to_base64

SIZES = [256, 1536, 3072]
DOCUMENTS = {
    "money": "The stock market fell sharply on Monday.",
    "cake": "My grandmother bakes apple pies.",
    "code": "Install the package with pip and restart the server.",
    "sport": "The goalkeeper saved a penalty in the final.",
    "plants": "Photosynthesis turns sunlight into chemical energy.",
    "music": "He plays the violin in an orchestra.",
    "law": "The court sentenced the thief to prison.",
    "weather": "A hurricane is approaching the coast.",
    "travel": "Our flight to Tokyo was delayed.",
    "clothes": "She wore a red dress to a party.",
    "history": "Napoleon was defeated at Waterloo.",
    "health": "Vaccines protect against infections.",
}
QUESTIONS = {
    "Who plays an instrument?": "music",
    "Did share prices drop?": "money",
    "What did grandma cook?": "cake",
    "Is a storm coming towards the beach?": "weather",
    "Which plane was late?": "travel",
    "Can a vaccine stop an infection?": "health",
    "Was the robber punished by a judge?": "law",
    "How do I install packages?": "code",
}


def length(vector: Sequence[float]) -> float:
    return sqrt(fsum(value * value for value in vector))


def near(a: str, b: str, dimensions: int = 1536) -> float:
    return similarity(embed(a, dimensions), embed(b, dimensions))


@given(st.text(max_size=60), st.sampled_from([1, 2, 3, 64, 256, 512]))
def test_any_text_has_a_vector_of_unit_length(text: str, dimensions: int) -> None:
    vector = embed(text, dimensions)
    assert len(vector) == dimensions
    assert abs(length(vector) - 1) < 1e-6
    assert embed(text, dimensions) == vector


@given(st.text(max_size=60), st.integers(2, 511))
def test_a_shorter_vector_is_the_longer_one_cut_and_scaled(text: str, dimensions: int) -> None:
    whole = embed(text, 512)[:dimensions]
    scale = length(whole)
    assert embed(text, dimensions).tolist() == pytest.approx([value / scale for value in whole], abs=1e-6)


@pytest.mark.parametrize("dimensions", SIZES)
@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("I bought a car", "She purchased an automobile"),
        ("How do I reset my password?", "I forgot my password and need to recover it"),
        ("The cat sat on the mat", "A kitten was sitting on a rug"),
        ("king", "queen"),
        ("doctor", "physician"),
        ("Hund", "dog"),
        ("Running shoes", "a shoe for RUNNING!"),
        ("Paris is the capital of France", "What is the capital of France?"),
    ],
)
def test_related_texts_are_near(a: str, b: str, dimensions: int) -> None:
    assert 0.4 < near(a, b, dimensions) < 0.999


@pytest.mark.parametrize("dimensions", [1536, 3072])
def test_unrelated_texts_are_not(dimensions: int) -> None:
    made = [embed(text, dimensions) for text in DOCUMENTS.values()]
    found = [similarity(a, b) for a, b in combinations(made, 2)]
    assert max(found) < 0.15
    assert abs(sum(found) / len(found)) < 0.05


@pytest.mark.parametrize("dimensions", SIZES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_nearest_document_answers_the_question(question: str, dimensions: int) -> None:
    assert max(DOCUMENTS, key=lambda name: near(question, DOCUMENTS[name], dimensions)) == QUESTIONS[question]


def test_the_order_of_words_counts_a_little() -> None:
    assert 0.9 < near("dog bites man", "man bites dog") < 0.999


def test_a_misspelt_word_is_nearer_than_another() -> None:
    assert near("pasword", "password") > 0.1 > near("pasword", "banana")


def test_scripts_without_spaces_are_compared_by_their_characters() -> None:
    assert near("猫が好きです", "犬が好きです") > 0.5 > near("猫が好きです", "東京は大都市")


def test_texts_without_words_differ() -> None:
    assert abs(near("😀", "😡")) < 0.15
    assert abs(near("", "!?")) < 0.15


def test_models_have_nothing_in_common() -> None:
    assert abs(similarity(embed("a text", 1536, "text-embedding-ada-002"), embed("a text", 1536, "text-embedding-3-small"))) < 0.15


def test_a_longest_text_does_not_overflow() -> None:
    text = " ".join(f"{number}{'abcdefgh' * 3}{number}" for number in range(9000))
    words = text.split()[:200]
    assert abs(length(embed(text, 64)) - 1) < 1e-6
    assert vectors._embedded(text, "", 65)[1] * 255 < 1 << 32
    assert abs(length(embed(" ".join(words * 40), 64)) - 1) < 1e-6


def test_other_processes_make_the_same_vector() -> None:
    code = "from mockapi.engine.vectors import embed, to_base64; print(to_base64(embed('Say hello to the world', 64)))"
    made = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert made == {to_base64(embed("Say hello to the world", 64))}


def test_vectors_are_those_of_other_machines() -> None:
    assert to_base64(embed("Zebras graze; the 7 rhinos did not.", 3)) == "NcF/Phd5ar8y4KC+"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_tokens_are_taken_for_their_text(text: str) -> None:
    vocabulary = encoding("cl100k_base")
    assert embed_tokens(vocabulary.encode(text), vocabulary, 64) == embed(text, 64)


@given(st.lists(st.integers(-5, 1 << 40), min_size=1, max_size=5))
def test_numbers_that_are_no_tokens_have_a_vector(numbers: list[int]) -> None:
    assert abs(length(embed_tokens(numbers, encoding("cl100k_base"), 64)) - 1) < 1e-6


@given(st.text(max_size=60))
def test_half_precision_is_close_and_stays_half(text: str) -> None:
    rounded = half(embed(text, 1536))
    assert abs(length(rounded) - 1) < 1e-3
    assert half(rounded) == rounded
    assert all(struct.unpack("<e", struct.pack("<e", value))[0] == value for value in rounded)


@given(st.lists(st.floats(width=32, allow_nan=False), max_size=20))
def test_base64_is_of_little_endian_floats(values: list[float]) -> None:
    assert list(struct.unpack(f"<{len(values)}f", base64.b64decode(to_base64(values)))) == values


def test_similarity_is_the_cosine() -> None:
    assert similarity([3.0, 0.0], [1.0, 1.0]) == pytest.approx(sqrt(0.5))
    assert similarity([0.0, 0.0], [1.0, 1.0]) == 0
    with pytest.raises(ValueError, match="dimensions"):
        similarity([1.0], [1.0, 2.0])


@pytest.mark.parametrize(
    "words",
    [
        "body bodies",
        "make making",
        "plan planned planning",
        "class classes",
        "carry carried carrying",
        "box boxes",
        "user user's users",
        "change changing changed",
    ],
)
def test_forms_of_a_word_have_one_stem(words: str) -> None:
    assert len({vectors.stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize("words", ["care car", "wine win wing", "news new", "king kin", "bus bu", "need ne", "string str"])
def test_different_words_have_different_stems(words: str) -> None:
    assert len({vectors.stem(word) for word in words.split()}) == len(words.split())


def test_concepts_have_several_words() -> None:
    data = fixtures.load("replies/synonyms.toml")
    assert len(data["concepts"]) > 150
    assert all(len(set(group.split())) > 1 for group in data["concepts"])
    assert len({tuple(group.split()[:2]) for group in data["concepts"]}) == len(data["concepts"])
