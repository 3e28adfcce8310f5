"""What the tests of frameworks share."""

from __future__ import annotations

import pytest
from openai import AsyncOpenAI
from pydantic import BaseModel

MODEL = "gpt-4o-mini"
FAIR = "Alice and Bob are going to a science fair on Friday."
WEATHER = "What's the weather in Oslo?"
TOLD = "According to get_weather, It is 21 degrees in Oslo."


class Fair(BaseModel):
    """An event that people go to."""

    name: str
    date: str
    participants: list[str]


def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"It is 21 degrees in {city}."


async def elbonia(client: AsyncOpenAI) -> str:
    """The id of a vector store that knows a capital."""
    file = await client.files.create(file=("elbonia.txt", b"The capital of Elbonia is Mudville."), purpose="assistants")
    store = await client.vector_stores.create()
    await client.vector_stores.files.create_and_poll(file.id, vector_store_id=store.id, poll_interval_ms=20)
    return store.id


@pytest.fixture(autouse=True)
def untraced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frameworks send traces to services of their own unless they are told not to."""
    monkeypatch.setenv("LANGSMITH_TRACING", "false")
    monkeypatch.setenv("OPENAI_AGENTS_DISABLE_TRACING", "true")
