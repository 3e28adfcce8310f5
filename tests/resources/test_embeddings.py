"""Embeddings through the official SDK: unit length, the same every time, and near where the words are near."""

from __future__ import annotations

import base64
import math
import struct
from typing import Any

import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai import OpenAI

from mockapi import Server
from tests.conftest import Wire

SMALL = "text-embedding-3-small"


def embedded(client: OpenAI, given: Any, model: str = SMALL, **options: Any) -> list[list[float]]:
    made = client.embeddings.create(model=model, input=given, **options)
    assert [row.index for row in made.data] == list(range(len(made.data)))
    return [row.embedding for row in made.data]


def cosine(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


@pytest.mark.parametrize(("model", "size"), [(SMALL, 1536), ("text-embedding-3-large", 3072), ("text-embedding-ada-002", 1536)])
def test_vectors_have_the_models_size_and_unit_length(client: OpenAI, model: str, size: int) -> None:
    for vector in embedded(client, ["hello", "Ein Satz.", "🙂", "   "], model):
        assert len(vector) == size
        assert math.sqrt(sum(x * x for x in vector)) == pytest.approx(1, abs=2e-3)


def test_neighbours_make_sense(client: OpenAI) -> None:
    library = [
        "How do I reset my password?",
        "Your package will arrive on Tuesday.",
        "The cat sleeps on the sofa.",
        "We cook pasta with tomatoes.",
        "The train to Berlin leaves at nine.",
        "Stock prices fell sharply today.",
    ]
    asked = {
        "I forgot my password": 0,
        "where is my parcel, when will it be delivered": 1,
        "a kitten is sleeping": 2,
        "dinner recipe: noodles": 3,
    }
    sizes: list[dict[str, Any]] = [{}, {"dimensions": 256}]
    for size in sizes:
        shelf = embedded(client, library, **size)
        for question, place in asked.items():
            scores = [cosine(embedded(client, question, **size)[0], each) for each in shelf]
            assert scores.index(max(scores)) == place, question


def test_forms_of_one_text_agree(client: OpenAI, wire: Wire) -> None:
    whole = embedded(client, "hello world", encoding_format="float")[0]
    reply = wire.request("POST", "/embeddings", json={"model": SMALL, "input": "hello world", "encoding_format": "base64"})
    raw = base64.b64decode(reply.json()["data"][0]["embedding"])
    assert list(struct.unpack(f"<{len(raw) // 4}f", raw)) == whole
    assert embedded(client, [15339, 1917])[0] == whole == embedded(client, [[15339, 1917]])[0]
    short = embedded(client, "hello world", dimensions=300)[0]
    assert cosine(short, whole[:300]) == pytest.approx(1, abs=1e-3)


def test_usage_counts_the_tokens_of_all_inputs(client: OpenAI) -> None:
    made = client.embeddings.create(model=SMALL, input=["hello world", "hello"])
    assert (made.usage.prompt_tokens, made.usage.total_tokens) == (3, 3)


def test_each_backend_writes_in_its_own_way(wire: Wire) -> None:
    new = wire.request("POST", "/embeddings", json={"model": SMALL, "input": "hi", "dimensions": 2})
    assert new.text.startswith('{"object":"list","data":[{"object":"embedding","embedding":[')
    assert list(new.json()["data"][0]) == ["object", "embedding", "index"]
    old = wire.request("POST", "/embeddings", json={"model": "text-embedding-ada-002", "input": "hi"})
    assert old.text.startswith('{\n  "object": "list"') and old.text.endswith("}\n")
    assert old.json()["model"] == "text-embedding-ada-002-v2"
    assert {"x-ratelimit-limit-requests", "x-ratelimit-remaining-tokens"} <= set(new.headers)


REFUSED: list[tuple[dict[str, Any], int, str, str | None, str | None]] = [
    (
        {"input": ""},
        400,
        "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
        None,
        None,
    ),
    (
        {"input": []},
        400,
        "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
        None,
        None,
    ),
    (
        {"input": ["a", ""]},
        400,
        "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
        None,
        None,
    ),
    (
        {"input": [1, -1]},
        400,
        "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
        None,
        None,
    ),
    ({"dimensions": -42}, 400, "-42 is less than the minimum of 1 - 'dimensions'", None, None),
    ({"dimensions": 4000}, 400, "Invalid value for 'dimensions' = 4000. Must be less than or equal to 1536.", None, None),
    ({"model": "text-embedding-ada-002", "dimensions": 5}, 400, "This model does not support specifying dimensions.", None, None),
    ({"model": "gpt-4o"}, 403, "You are not allowed to generate embeddings from this model", None, None),
    ({"model": "nobody"}, 404, "The model `nobody` does not exist or you do not have access to it.", None, "model_not_found"),
    ({"input": ["a", "b " * 9000]}, 400, "Invalid 'input[1]': maximum context length is 8192 tokens.", None, None),
    ({"input": ["a " * 8000] * 40}, 400, "Requested 320040 tokens, max 300000 tokens per request", None, "max_tokens_per_request"),
    ({"encoding_format": "x"}, 400, "Invalid value: 'x'. Supported values are: 'float' and 'base64'.", "encoding_format", "invalid_value"),
]


@pytest.mark.parametrize(("change", "status", "message", "param", "code"), REFUSED)
def test_faults_are_worded_as_the_api_words_them(
    client: OpenAI, change: dict[str, Any], status: int, message: str, param: str | None, code: str | None
) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        client.embeddings.create(**{"model": SMALL, "input": "hello", "encoding_format": "float", **change})
    assert caught.value.status_code == status
    body: Any = caught.value.body
    assert (body["message"], body["param"], body["code"]) == (message, param, code)


def test_one_input_too_long_is_told_in_the_older_words(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="however you requested 9001 tokens \\(9001 in your prompt; 0 for the completion\\)"):
        client.embeddings.create(model=SMALL, input="a " * 9000)


@given(st.text(min_size=1, max_size=60), st.integers(1, 64))
@settings(max_examples=60, deadline=None)
def test_any_text_has_a_vector_and_always_the_same(server: Server, text: str, size: int) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    vectors = []
    for key in ("sk-mock-tierunlimited-a", "sk-mock-tierunlimited-b"):
        with Wire(server.base_url, key) as wire:
            reply = wire.request("POST", "/embeddings", json={"model": SMALL, "input": text, "dimensions": size})
            vectors.append(reply.json()["data"][0]["embedding"])
    assert vectors[0] == vectors[1]
    assert math.sqrt(sum(x * x for x in vectors[0])) == pytest.approx(1, abs=2e-3)
