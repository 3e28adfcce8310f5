"""Models through the official SDK."""

from __future__ import annotations

import openai
import pytest
from openai import OpenAI

from mockapi import catalogue


def test_the_model_of_the_page_is_listed_with_its_snapshot(client: OpenAI) -> None:
    listed = {model.id: model for model in client.models.list()}
    assert listed["gpt-4o-mini"].created == 1721172741
    assert listed["gpt-4o-mini-2024-07-18"].created == 1721172717
    assert listed["gpt-4o-mini"].owned_by == "system"
    assert len(listed) == len(catalogue.listed())


def test_every_listed_model_can_be_retrieved(client: OpenAI) -> None:
    for model in client.models.list():
        assert client.models.retrieve(model.id) == model


def test_an_unknown_model_is_not_found_in_the_words_of_the_endpoint(client: OpenAI) -> None:
    for call in (client.models.retrieve, client.models.delete):
        with pytest.raises(openai.NotFoundError) as caught:
            call("no-such-model")
        assert caught.value.body == {
            "message": "The model 'no-such-model' does not exist",
            "type": "invalid_request_error",
            "param": "model",
            "code": "model_not_found",
        }


def test_a_base_model_cannot_be_deleted(client: OpenAI) -> None:
    with pytest.raises(openai.PermissionDeniedError, match="You need to be this role: Owner"):
        client.models.delete("gpt-4o-mini")


PAGE = {
    "1": (500, 10_000, 200_000, 2_000_000),
    "2": (5_000, None, 2_000_000, 20_000_000),
    "3": (5_000, None, 4_000_000, 40_000_000),
    "4": (10_000, None, 10_000_000, 1_000_000_000),
    "5": (30_000, None, 150_000_000, 15_000_000_000),
}


def test_the_card_of_gpt_4o_mini_is_its_page() -> None:
    card = catalogue.card("gpt-4o-mini")
    assert card is not None
    figures = {}
    for tier, limits in card.limits.items():
        rpm, rpd, tpm = limits.requests_per_minute, limits.requests_per_day, limits.tokens_per_minute
        assert rpm is not None
        assert tpm is not None
        figures[tier] = (rpm.capacity, rpd.capacity if rpd else None, tpm.capacity, limits.batch_queue_tokens)
    assert figures == PAGE
    assert card.snapshot == "gpt-4o-mini-2024-07-18"
    assert (card.context_window, card.max_output_tokens) == (128_000, 16_384)
    assert card.input == {"text", "image"}
    assert card.output == {"text"}
    assert {"function_calling", "structured_outputs", "predicted_outputs"} <= card.features
    assert "distillation" not in card.features
    assert (card.prices["input"], card.prices["cached_input"], card.prices["output"]) == (0.15, 0.075, 0.60)
    page = {
        "chat_completions", "fine_tuning", "images_generations", "images_edits", "audio_speech", "audio_transcriptions",
        "audio_translations", "completions",
    }  # fmt: skip
    assert page <= card.endpoints


def test_every_card_is_whole() -> None:
    for row in catalogue.listed():
        card = catalogue.card(row.id)
        assert card is not None
        assert card.limits
        assert card.endpoints
        assert card.prices
        assert card.asked_as == row.id
