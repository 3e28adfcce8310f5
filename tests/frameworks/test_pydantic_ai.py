"""Pydantic AI: its chat and responses models, over HTTP and a WebSocket, its output modes, retries and agents that speak."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from openai import AsyncOpenAI
from pydantic_ai import Agent, Embedder, ModelRetry, NativeOutput, PromptedOutput, RunContext, ToolOutput
from pydantic_ai.capabilities import NativeTool
from pydantic_ai.embeddings.openai import OpenAIEmbeddingModel
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel, OpenAIResponsesModelSettings
from pydantic_ai.native_tools import CodeExecutionTool, ImageGenerationTool, MCPServerTool, WebSearchTool
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.realtime.openai import OpenAIRealtimeModel

from tests.frameworks.conftest import FAIR, MODEL, TOLD, WEATHER, Fair, get_weather

WHO_GOES = Fair(name="Alice", date="Friday", participants=["Alice", "Bob"])


@pytest.fixture
def provider(async_client: AsyncOpenAI) -> OpenAIProvider:
    return OpenAIProvider(openai_client=async_client)


@pytest.fixture(params=["chat", "responses", "websocket"])
def model(provider: OpenAIProvider, request: pytest.FixtureRequest) -> Model:
    if request.param == "chat":
        return OpenAIChatModel(MODEL, provider=provider)
    settings = OpenAIResponsesModelSettings(openai_transport="websocket") if request.param == "websocket" else None
    return OpenAIResponsesModel(MODEL, provider=provider, settings=settings)


@pytest.fixture
def play(async_client: AsyncOpenAI) -> Callable[[Callable[[], Awaitable[None]]], None]:
    """Plays a scene and hangs up."""

    async def played(scene: Callable[[], Awaitable[None]]) -> None:
        async with async_client:
            await scene()

    return lambda scene: asyncio.run(played(scene))


def parts(result: Any) -> list[str]:
    return [part.part_kind for message in result.all_messages() for part in message.parts]


def test_a_tool_is_called_and_its_result_told(model: Model, play: Any) -> None:
    async def go() -> None:
        agent = Agent(model, tools=[get_weather])
        first = await agent.run(WEATHER)
        assert first.output == TOLD
        assert parts(first) == ["user-prompt", "tool-call", "tool-return", "text"]
        assert (first.usage.requests, first.usage.tool_calls) == (2, 1)
        second = await agent.run("And in Rome?", message_history=first.all_messages())
        assert second.output == TOLD.replace("Oslo", "Rome")

    play(go)


def test_a_stream_adds_up(model: Model, play: Any) -> None:
    async def go() -> None:
        async with Agent(model, tools=[get_weather]).run_stream(WEATHER) as result:
            pieces = [piece async for piece in result.stream_text(delta=True, debounce_by=None)]
        assert len(pieces) > 3
        assert "".join(pieces) == TOLD

    play(go)


@pytest.mark.parametrize("mode", [ToolOutput, NativeOutput, PromptedOutput])
def test_every_mode_of_output(model: Model, mode: Any, play: Any) -> None:
    async def go() -> None:
        agent: Agent[None, Any] = Agent(model, output_type=mode(Fair))
        assert (await agent.run(FAIR)).output == WHO_GOES
        async with agent.run_stream(FAIR) as result:
            streamed = [each async for each in result.stream_output(debounce_by=None)]
        assert len(streamed) > 1 and streamed[-1] == WHO_GOES
        after: Agent[None, Any] = Agent(model, output_type=mode(Fair), tools=[get_weather])
        told = await after.run(f"{WEATHER} {FAIR}")
        assert isinstance(told.output, Fair)
        assert parts(told)[1:3] == ["tool-call", "tool-return"]

    play(go)


def test_retries(model: Model, play: Any) -> None:
    asked: list[str] = []

    def get_weather(city: str) -> str:
        asked.append(city)
        if len(asked) == 1:
            raise ModelRetry("Name the country, too")
        return "It is 3 degrees."

    judged: list[Fair] = []

    def judge(fair: Fair) -> Fair:
        judged.append(fair)
        if len(judged) == 1:
            raise ModelRetry("Name the fair")
        return fair

    async def go() -> None:
        assert "It is 3 degrees." in (await Agent(model, tools=[get_weather], retries=2).run(WEATHER)).output
        assert asked == ["Oslo", "Oslo"]
        agent = Agent(model, output_type=ToolOutput(Fair), retries=2)
        agent.output_validator(judge)
        assert (await agent.run(FAIR)).output == WHO_GOES
        assert len(judged) == 2

    play(go)


def test_an_agent_asks_another(model: Model, play: Any) -> None:
    weather = Agent(model, tools=[get_weather])

    async def ask_about_weather(context: RunContext[None], question: str) -> str:
        """Ask who knows the weather."""
        return (await weather.run(WEATHER, usage=context.usage)).output

    async def go() -> None:
        result = await Agent(model, tools=[ask_about_weather]).run(WEATHER)
        assert TOLD.removesuffix(".") in result.output
        assert result.usage.requests == 4

    play(go)


def test_hosted_tools_and_chains_of_responses(provider: OpenAIProvider, play: Any) -> None:
    wiki = MCPServerTool(id="wiki", url="https://wiki.example/mcp")

    async def go() -> None:
        model = OpenAIResponsesModel(MODEL, provider=provider)
        for tool in (WebSearchTool(), CodeExecutionTool(), ImageGenerationTool(), wiki):
            result = await Agent(model, capabilities=[NativeTool(tool)]).run("Search for, compute or draw the number of cats")
            assert {"builtin-tool-call", "builtin-tool-return", "text"} <= set(parts(result))
        agent = Agent(model, tools=[get_weather], model_settings=OpenAIResponsesModelSettings(openai_previous_response_id="auto"))
        first = await agent.run(WEATHER)
        assert (await agent.run("And in Rome?", message_history=first.all_messages())).output == TOLD.replace("Oslo", "Rome")

    play(go)


def test_embeddings(provider: OpenAIProvider, play: Any) -> None:
    async def go() -> None:
        result = await Embedder(OpenAIEmbeddingModel("text-embedding-3-small", provider=provider)).embed_documents(["cat", "dog"])
        assert (len(result.embeddings), result.usage.input_tokens) == (2, 2)

    play(go)


@pytest.mark.parametrize("modality", ["text", "audio"])
def test_an_agent_that_speaks_calls_a_tool(provider: OpenAIProvider, modality: Any, play: Any) -> None:
    async def go() -> None:
        model = OpenAIRealtimeModel("gpt-realtime", provider=provider, settings={"output_modality": modality})
        async with Agent(tools=[get_weather]).realtime(model).session() as session:
            await session.send(WEATHER)
            await session.wait_for_reply()
            said = [part for message in session.all_messages() for part in message.parts]
        assert [part.part_kind for part in said][1:3] == ["tool-call", "tool-return"]
        assert TOLD in (getattr(said[-1], "content", None), getattr(said[-1], "transcript", None))

    play(go)
