"""Legacy completions through the official SDK."""

from __future__ import annotations

from typing import Any

import anyio
import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types import Completion

from mockapi import catalogue

INSTRUCT = "gpt-3.5-turbo-instruct"
BASE = "davinci-002"


def whole(client: OpenAI, prompt: str, model: str = INSTRUCT) -> Completion:
    """A completion with room to say everything."""
    return client.completions.create(model=model, prompt=prompt, max_tokens=400)


def test_an_instruction_is_followed_and_what_it_costs_is_told(client: OpenAI) -> None:
    made = client.completions.create(model=INSTRUCT, prompt="Say hello")
    assert made.choices[0].text == "\n\nHello!"
    assert made.choices[0].finish_reason == "stop"
    assert made.object == "text_completion"
    assert made.usage is not None
    assert (made.usage.prompt_tokens, made.usage.completion_tokens, made.usage.total_tokens) == (2, 3, 5)


def test_the_async_client_gets_the_same_answer_as_the_sync_one(client: OpenAI, async_client: AsyncOpenAI) -> None:
    async def ask() -> str:
        async with async_client:
            return (await async_client.completions.create(model=INSTRUCT, prompt="Explain tides")).choices[0].text

    assert anyio.run(ask) == client.completions.create(model=INSTRUCT, prompt="Explain tides").choices[0].text


def test_a_stream_adds_up_to_the_whole(client: OpenAI) -> None:
    stream = client.completions.create(model=INSTRUCT, prompt="Tell me about owls", max_tokens=50, stream=True)
    pieces = list(stream)
    assert "".join(piece.choices[0].text for piece in pieces) == client.completions.create(
        model=INSTRUCT, prompt="Tell me about owls", max_tokens=50
    ).choices[0].text  # fmt: skip
    assert pieces[-1].choices[0].finish_reason in ("stop", "length")
    assert len({piece.id for piece in pieces}) == 1


def test_an_async_stream_ends_with_the_usage_that_was_asked_for(async_client: AsyncOpenAI) -> None:
    async def ask() -> list[Completion]:
        async with async_client:
            stream = await async_client.completions.create(
                model=INSTRUCT, prompt="Say hello", stream=True, stream_options={"include_usage": True, "include_obfuscation": True}
            )
            return [piece async for piece in stream]

    pieces = anyio.run(ask)
    assert [piece.usage for piece in pieces[:-1]] == [None] * (len(pieces) - 1)
    assert pieces[-1].choices == []
    assert pieces[-1].usage is not None
    assert pieces[-1].usage.total_tokens == 5


@pytest.mark.parametrize("model", [INSTRUCT, BASE, "babbage-002", "gpt-4o-mini"])
def test_every_model_of_the_endpoint_completes_and_names_itself(client: OpenAI, model: str) -> None:
    card = catalogue.card(model)
    assert card is not None
    made = whole(client, "Say hello", model)
    assert made.model == card.snapshot
    assert made.choices[0].text.strip().lower() == "hello!"


def test_a_base_model_goes_on_and_an_instruct_model_answers(client: OpenAI) -> None:
    assert whole(client, "Once upon a time", BASE).choices[0].text[0] == " "
    assert whole(client, "Write a line about tea.").choices[0].text.startswith("\n\n")
    assert not whole(client, "The list:\n", BASE).choices[0].text[0].isspace()


def test_a_label_at_the_end_is_answered_with_what_it_asks_for(client: OpenAI) -> None:
    assert whole(client, "Q: What is the capital of France?\nA:").choices[0].text == " The capital of France is Paris."
    few = "Classify the sentiment as positive or negative.\nText: This is a terrible product, I hate it\nSentiment:"
    assert whole(client, few, BASE).choices[0].text in (" positive", " negative")


def test_continuations_speak_of_the_prompt(client: OpenAI) -> None:
    for topic in ("volcanoes", "chess openings", "sourdough bread"):
        assert topic.split()[-1] in whole(client, f"Tell me about {topic}").choices[0].text.lower()


def test_sixteen_tokens_are_said_where_nothing_else_is_asked(client: OpenAI) -> None:
    made = client.completions.create(model=INSTRUCT, prompt="Tell me a long story about the sea")
    assert made.choices[0].finish_reason == "length"
    assert made.usage is not None
    assert made.usage.completion_tokens == 16


def test_a_stop_sequence_ends_the_text_and_is_not_part_of_it(client: OpenAI) -> None:
    full = whole(client, "Tell me a long story about the sea").choices[0].text
    word = full.split()[5]
    for stop in (word, ["\0", word], [word, "zzz", "yyy", "xxx"]):
        cut = client.completions.create(model=INSTRUCT, prompt="Tell me a long story about the sea", max_tokens=400, stop=stop)
        assert cut.choices[0].text == full[: full.index(word)]
        assert cut.choices[0].finish_reason == "stop"


def test_choices_of_several_prompts_come_in_order(client: OpenAI) -> None:
    made = client.completions.create(model=INSTRUCT, prompt=["Say one", "Say two"], n=2)
    assert [(choice.index, choice.text) for choice in made.choices] == [(0, "\n\nOne!"), (1, "\n\nOne!"), (2, "\n\nTwo!"), (3, "\n\nTwo!")]
    assert made.usage is not None
    assert made.usage.prompt_tokens == 4
    assert made.usage.completion_tokens == 12


def test_several_choices_differ(client: OpenAI) -> None:
    made = client.completions.create(model=INSTRUCT, prompt="Tell me about rivers", n=3, max_tokens=60)
    assert len({choice.text for choice in made.choices}) == 3


def test_the_best_of_several_is_kept_and_all_are_paid_for(client: OpenAI) -> None:
    asked: dict[str, Any] = {"model": INSTRUCT, "prompt": "Tell me about rivers", "max_tokens": 60, "logprobs": 0}
    every = client.completions.create(**asked, n=5)
    best = client.completions.create(**asked, n=2, best_of=5)

    def likelihood(choice: openai.types.CompletionChoice) -> float:
        assert choice.logprobs is not None
        chances = [chance for chance in choice.logprobs.token_logprobs or () if chance is not None]
        return sum(chances) / len(chances)

    ranked = sorted(every.choices, key=likelihood, reverse=True)
    assert [choice.text for choice in best.choices] == [choice.text for choice in ranked[:2]]
    assert best.usage is not None and every.usage is not None
    assert best.usage.completion_tokens == every.usage.completion_tokens


def test_tokens_are_a_prompt_as_the_text_they_spell_is(client: OpenAI) -> None:
    # "Say hello" in cl100k_base
    tokens = [46864, 24748]
    for prompt in (tokens, [tokens], ["Say hello"]):
        made = client.completions.create(model=INSTRUCT, prompt=prompt)
        assert made.choices[0].text == "\n\nHello!"
        assert made.usage is not None
        assert made.usage.prompt_tokens == 2
    many = client.completions.create(model=INSTRUCT, prompt=[tokens, tokens])
    assert [choice.index for choice in many.choices] == [0, 1]


def test_no_prompt_begins_a_new_document(client: OpenAI) -> None:
    made = client.completions.create(model=BASE, prompt=None, max_tokens=400)
    assert made.usage is not None
    assert made.usage.prompt_tokens == 1
    assert made.choices[0].text
    assert client.completions.create(model=BASE, prompt="<|endoftext|>", max_tokens=400).choices == made.choices


def test_an_echo_has_the_prompt_in_front(client: OpenAI) -> None:
    made = client.completions.create(model=INSTRUCT, prompt="Say hello", echo=True)
    assert made.choices[0].text == "Say hello\n\nHello!"
    assert made.usage is not None
    assert made.usage.completion_tokens == 3


def test_log_probabilities_are_told_token_by_token(client: OpenAI) -> None:
    choice = client.completions.create(model=INSTRUCT, prompt="Say hello", logprobs=3).choices[0]
    told = choice.logprobs
    assert told is not None
    assert told.tokens == ["\n\n", "Hello", "!"]
    assert told.text_offset == [9, 11, 16]
    assert all(chance is not None and chance < 0 for chance in told.token_logprobs or ())
    for token, chance, likely in zip(told.tokens or (), told.token_logprobs or (), told.top_logprobs or (), strict=True):
        assert len(likely) == 3
        assert likely[token] == chance


def test_a_prompt_is_scored_with_an_echo_and_no_tokens(client: OpenAI) -> None:
    choice = client.completions.create(model=BASE, prompt="Rivers run to the sea", max_tokens=0, echo=True, logprobs=1).choices[0]
    told = choice.logprobs
    assert choice.text == "Rivers run to the sea"
    assert choice.finish_reason == "length"
    assert told is not None and told.tokens is not None and told.token_logprobs is not None
    assert "".join(told.tokens) == choice.text
    assert told.token_logprobs[0] is None
    assert all(chance is not None for chance in told.token_logprobs[1:])
    longer = client.completions.create(model=BASE, prompt="Rivers run to the sea", max_tokens=3, echo=True, logprobs=1).choices[0].logprobs
    assert longer is not None and longer.token_logprobs is not None
    assert longer.token_logprobs[: len(told.tokens)] == told.token_logprobs


def test_a_token_inside_a_character_is_named_by_its_bytes(client: OpenAI) -> None:
    choice = client.completions.create(model=BASE, prompt="Say 👩‍🔬", max_tokens=0, echo=True, logprobs=0).choices[0]
    assert choice.text == "Say 👩‍🔬"
    assert choice.logprobs is not None
    assert any(token.startswith("bytes:\\x") for token in choice.logprobs.tokens or ())


def test_a_suffix_is_led_up_to(client: OpenAI) -> None:
    made = client.completions.create(model=INSTRUCT, prompt="The sea is wide", suffix="and that is why we sail.", max_tokens=400)
    text = made.choices[0].text
    assert text[0] == " " and text[-1] == " " and text.strip()
    assert made.usage is not None
    assert made.usage.prompt_tokens > 4


def test_the_same_seed_says_the_same_and_another_something_else(client: OpenAI) -> None:
    def ask(seed: int) -> str:
        return client.completions.create(model=INSTRUCT, prompt="Tell me about rivers", seed=seed, max_tokens=100).choices[0].text

    assert ask(1) == ask(1)
    assert len({ask(seed) for seed in range(5)}) > 1


def test_a_refusal_raises_the_sdks_errors(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="This is a chat model and not supported in the v1/completions endpoint"):
        client.completions.create(model="gpt-4o", prompt="Say hello")
    with pytest.raises(openai.PermissionDeniedError, match="You are not allowed to sample from this model"):
        client.completions.create(model="text-embedding-3-small", prompt="Say hello")
    with pytest.raises(openai.BadRequestError, match="Unknown parameter: 'messages'"):
        client.completions.create(model=INSTRUCT, prompt="Say hello", extra_body={"messages": []})
