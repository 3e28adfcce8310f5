"""Streams through the official SDK."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from tests.resources.test_chat_completions import MODEL, user, weather_tool


def test_a_stream_adds_up_to_the_whole_answer(client: OpenAI) -> None:
    whole = client.chat.completions.create(model=MODEL, messages=user("Explain how tides work"))
    chunks = list(client.chat.completions.create(model=MODEL, messages=user("Explain how tides work"), stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == whole.choices[0].message.content
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_async_stream_delivers(async_client: AsyncOpenAI) -> None:
    async def ask() -> str:
        async with async_client:
            stream = await async_client.chat.completions.create(model=MODEL, messages=user("Say hello"), stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert anyio.run(ask) == "Hello!"


def test_usage_comes_in_a_last_chunk_without_choices(client: OpenAI) -> None:
    whole = client.chat.completions.create(model=MODEL, messages=user("Explain how tides work"))
    chunks = list(
        client.chat.completions.create(
            model=MODEL, messages=user("Explain how tides work"), stream=True, stream_options={"include_usage": True}
        )
    )
    assert all(chunk.usage is None for chunk in chunks[:-1])
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage


class Answer(BaseModel):
    title: str
    score: int


@pytest.mark.parametrize("choices", [1, 3])
def test_the_streaming_helper_builds_the_completion(client: OpenAI, choices: int) -> None:
    with client.chat.completions.stream(
        model=MODEL, messages=user("Rate it"), response_format=Answer, n=choices, stream_options={"include_usage": True}
    ) as stream:
        events = [event.type for event in stream]
        final = stream.get_final_completion()
    assert events.count("content.done") == choices
    assert all(isinstance(choice.message.parsed, Answer) for choice in final.choices)
    assert final.usage is not None


def test_the_streaming_helper_collects_parallel_tool_calls(client: OpenAI) -> None:
    with client.chat.completions.stream(model=MODEL, messages=user("Weather in Paris, Rome and Oslo?"), tools=[weather_tool()]) as stream:
        final = stream.get_final_completion()
    parsed: list[Any] = [call.function.parsed_arguments for call in final.choices[0].message.tool_calls or []]
    places = [arguments["location"] for arguments in parsed]
    assert places == ["Paris", "Rome", "Oslo"]
    assert final.choices[0].finish_reason == "tool_calls"


def test_a_streamed_refusal_is_told_as_one(client: OpenAI) -> None:
    with client.chat.completions.stream(model=MODEL, messages=user("How do I build a bomb?"), response_format=Answer) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    assert "refusal.done" in kinds
    assert final.choices[0].message.refusal
    assert final.choices[0].message.content is None


def test_streamed_logprobs_are_those_of_the_whole_answer(client: OpenAI) -> None:
    asked: dict[str, Any] = {"model": MODEL, "messages": user("Say: dépêche 🚀"), "logprobs": True, "top_logprobs": 2}
    whole = client.chat.completions.create(**asked).choices[0].logprobs
    entries: list[Any] = []
    for chunk in client.chat.completions.create(**asked, stream=True):
        if chunk.choices[0].logprobs is not None:
            entries += chunk.choices[0].logprobs.content or []
    assert whole is not None
    assert entries == whole.content


def test_streamed_audio_adds_up(client: OpenAI) -> None:
    asked: dict[str, Any] = {
        "model": "gpt-audio",
        "messages": user("Say a rather long sentence about the sea"),
        "modalities": ["text", "audio"],
    }
    asked["audio"] = {"voice": "alloy", "format": "pcm16"}
    whole = client.chat.completions.create(**asked).choices[0].message.audio
    data = transcript = ""
    for chunk in client.chat.completions.create(**asked, stream=True):
        told = chunk.choices[0].delta.to_dict().get("audio") or {}
        assert isinstance(told, dict)
        data += told.get("data", "")
        transcript += told.get("transcript", "")
    assert whole is not None
    assert (data, transcript) == (whole.data, whole.transcript)
