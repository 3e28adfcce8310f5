"""The Agents SDK: each of its models, whole and streamed, its hosted tools, its sessions, and its agents that speak."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from agents import (
    Agent,
    CodeInterpreterTool,
    FileSearchTool,
    GuardrailFunctionOutput,
    HostedMCPTool,
    ImageGenerationTool,
    InputGuardrail,
    InputGuardrailTripwireTriggered,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIConversationsSession,
    OpenAIResponsesModel,
    OpenAIResponsesWSModel,
    Runner,
    SQLiteSession,
    WebSearchTool,
    function_tool,
)
from agents.models.interface import Model
from agents.realtime import RealtimeAgent, RealtimeModelConfig, RealtimeRunner, realtime_handoff
from openai import AsyncOpenAI
from openai.types.shared import Reasoning

from mockapi import Server
from tests.frameworks.conftest import FAIR, MODEL, TOLD, WEATHER, Fair, elbonia, get_weather

weather_tool = function_tool(get_weather)


class Agents:
    """Runs agents on one of the SDK's models, whole or streamed."""

    def __init__(self, client: AsyncOpenAI, kind: str, streamed: bool) -> None:
        self.client = client
        self.kind = kind
        self.streamed = streamed
        self.models: list[Model] = []

    def model(self, name: str = MODEL) -> Model:
        kinds = {"chat": OpenAIChatCompletionsModel, "responses": OpenAIResponsesModel, "websocket": OpenAIResponsesWSModel}
        self.models.append(kinds[self.kind](model=name, openai_client=self.client))
        return self.models[-1]

    def play(self, scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Plays a scene and hangs up."""

        async def played() -> None:
            async with self.client:
                await scene()
                for model in self.models:
                    await model.close()

        asyncio.run(played())

    def agent(self, name: str = "Agent", **options: Any) -> Agent[None]:
        return Agent(name=name, **{"instructions": "Be brief.", "model": self.model(), **options})

    async def run(self, agent: Agent[None], asked: str, **options: Any) -> Any:
        """The result; of a stream, its texts add up to it."""
        if not self.streamed:
            return await Runner.run(agent, asked, **options)
        result = Runner.run_streamed(agent, asked, **options)
        said = ""
        async for event in result.stream_events():
            if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                said += event.data.delta
        if isinstance(result.final_output, str):
            assert said == result.final_output
        return result


@pytest.fixture(params=["responses", "chat", "websocket"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def agents(async_client: AsyncOpenAI, kind: str, request: pytest.FixtureRequest) -> Agents:
    return Agents(async_client, kind, request.param)


hosted_only = pytest.mark.parametrize("kind", ["responses", "websocket"], indirect=True)


def items(result: Any) -> list[str]:
    return [item.type for item in result.new_items]


def test_a_tool_is_called_and_its_result_told(agents: Agents) -> None:
    async def go() -> None:
        result = await agents.run(agents.agent(tools=[weather_tool]), "What's the weather in Oslo and Rome?")
        assert result.final_output == f"{TOLD} {TOLD.replace('Oslo', 'Rome')}"
        assert items(result) == ["tool_call_item"] * 2 + ["tool_call_output_item"] * 2 + ["message_output_item"]
        if not (agents.streamed and agents.kind == "chat"):  # whose stream does not ask for its usage
            assert result.context_wrapper.usage.requests == 2
            assert result.context_wrapper.usage.total_tokens > 100

    agents.play(go)


def test_required_tools_end(agents: Agents) -> None:
    async def go() -> None:
        result = await agents.run(agents.agent(tools=[weather_tool], model_settings=ModelSettings(tool_choice="required")), "Hi")
        assert items(result) == ["tool_call_item", "tool_call_output_item", "message_output_item"]

    agents.play(go)


def test_what_is_put_out_is_of_the_type_asked_for(agents: Agents) -> None:
    async def go() -> None:
        assert (await agents.run(agents.agent(output_type=Fair), FAIR)).final_output == Fair(
            name="Alice", date="Friday", participants=["Alice", "Bob"]
        )
        after = await agents.run(agents.agent(output_type=Fair, tools=[weather_tool]), f"{WEATHER} {FAIR}")
        assert isinstance(after.final_output, Fair)
        assert items(after)[0] == "tool_call_item"

    agents.play(go)


def test_agents_hand_over_and_not_back(agents: Agents) -> None:
    async def go() -> None:
        triage = agents.agent("Triage")
        weather = agents.agent("Weather agent", handoff_description="Knows the weather", tools=[weather_tool], handoffs=[triage])
        billing = agents.agent("Billing agent", handoff_description="Knows of invoices and refunds", handoffs=[triage])
        triage.handoffs = [billing, weather]
        result = await agents.run(triage, WEATHER)
        assert (result.last_agent.name, result.final_output) == ("Weather agent", TOLD)
        assert items(result)[:3] == ["handoff_call_item", "handoff_output_item", "tool_call_item"]
        assert (await agents.run(triage, "I want a refund of invoice 17")).last_agent.name == "Billing agent"

    agents.play(go)


def test_a_tool_that_fails_is_tried_again(agents: Agents) -> None:
    asked: list[str] = []

    async def get_weather(city: str) -> str:
        asked.append(city)
        if len(asked) == 1:
            raise ValueError("no thermometer")
        return "It is 3 degrees."

    async def go() -> None:
        result = await agents.run(agents.agent(tools=[function_tool(get_weather)]), WEATHER)
        assert "It is 3 degrees." in result.final_output
        assert asked == ["Oslo", "Oslo"]

    agents.play(go)


def test_a_guardrail_that_asks_a_model_trips(agents: Agents) -> None:
    class Homework(Fair):
        is_homework: bool

    guard = agents.agent("Guard", output_type=Homework)

    async def check(context: Any, agent: Any, asked: Any) -> GuardrailFunctionOutput:
        judged = await Runner.run(guard, asked)
        return GuardrailFunctionOutput(output_info=judged.final_output, tripwire_triggered=True)

    async def go() -> None:
        with pytest.raises(InputGuardrailTripwireTriggered) as tripped:
            await agents.run(agents.agent(input_guardrails=[InputGuardrail(check)]), "Do my homework")
        assert isinstance(tripped.value.guardrail_result.output.output_info, Homework)

    agents.play(go)


def test_a_session_remembers(agents: Agents) -> None:
    async def go() -> None:
        session = SQLiteSession("session")
        agent = agents.agent(tools=[weather_tool])
        await agents.run(agent, WEATHER, session=session)
        assert (await agents.run(agent, "And in Rome?", session=session)).final_output == TOLD.replace("Oslo", "Rome")
        assert len(await session.get_items()) == 8
        session.close()

    agents.play(go)


@hosted_only
def test_the_server_remembers(agents: Agents) -> None:
    async def go() -> None:
        agent = agents.agent(tools=[weather_tool])
        session = OpenAIConversationsSession(openai_client=agents.client)
        await agents.run(agent, WEATHER, session=session)
        assert [item.get("type") for item in await session.get_items()] == ["message", "function_call", "function_call_output", "message"]
        first = await agents.run(agent, WEATHER, auto_previous_response_id=True)
        second = await agents.run(agent, "And in Rome?", previous_response_id=first.last_response_id)
        assert second.final_output == TOLD.replace("Oslo", "Rome")
        conversation = await agents.client.conversations.create()
        assert (await agents.run(agent, WEATHER, conversation_id=conversation.id)).final_output == TOLD
        assert len((await agents.client.conversations.items.list(conversation.id)).data) == 4

    agents.play(go)


@hosted_only
def test_thoughts_come_back_encrypted(agents: Agents) -> None:
    async def go() -> None:
        settings = ModelSettings(
            reasoning=Reasoning(effort="low", summary="auto"), store=False, response_include=["reasoning.encrypted_content"]
        )
        result = await agents.run(agents.agent(model=agents.model("gpt-5-mini"), tools=[weather_tool], model_settings=settings), WEATHER)
        assert result.final_output == TOLD
        assert items(result)[:2] == ["reasoning_item", "tool_call_item"]

    agents.play(go)


@hosted_only
def test_hosted_tools_are_played(agents: Agents) -> None:
    async def used(tool: Any, asked: str) -> Any:
        result = await agents.run(agents.agent(tools=[tool]), asked)
        assert result.final_output
        return [getattr(item.raw_item, "type", None) for item in result.new_items], result.final_output

    async def go() -> None:
        assert (await used(WebSearchTool(), "Search the web for cats"))[0] == ["web_search_call", "message"]
        files = FileSearchTool(vector_store_ids=[await elbonia(agents.client)], include_search_results=True)
        kinds, said = await used(files, "What is the capital of Elbonia?")
        assert kinds == ["file_search_call", "message"] and "Mudville" in said
        code = CodeInterpreterTool(tool_config={"type": "code_interpreter", "container": {"type": "auto"}})
        assert (await used(code, "Compute 2 ** 10 with Python"))[0] == ["code_interpreter_call", "message"]
        assert (await used(ImageGenerationTool({"type": "image_generation"}), "Draw a cat"))[0] == ["image_generation_call", "message"]
        wiki = HostedMCPTool({"type": "mcp", "server_label": "wiki", "server_url": "https://wiki.example/mcp", "require_approval": "never"})
        assert (await used(wiki, "Search the wiki for cats"))[0] == ["mcp_list_tools", "mcp_call", "message"]

    agents.play(go)


def test_a_run_without_a_loop(async_client: AsyncOpenAI) -> None:
    agent = Agent(name="Agent", model=OpenAIResponsesModel(model=MODEL, openai_client=async_client))
    with asyncio.Runner() as runner:
        asyncio.set_event_loop(runner.get_loop())
        assert Runner.run_sync(agent, "Say hello").final_output == "Hello!"
        runner.run(async_client.close())


@pytest.mark.parametrize("modality", ["text", "audio"])
def test_agents_that_speak_call_tools_and_hand_over(server: Server, key: str, modality: Any) -> None:
    weather = RealtimeAgent[None](name="Weather agent", handoff_description="Knows the weather", tools=[weather_tool])
    triage = RealtimeAgent[None](name="Triage", instructions="Hand over.", handoffs=[realtime_handoff(weather)])
    config: RealtimeModelConfig = {
        "api_key": key,
        "url": f"{server.base_url.replace('http', 'ws', 1)}/realtime?model=gpt-realtime",
        "initial_model_settings": {"model_name": "gpt-realtime", "modalities": [modality], "tracing": None},
    }

    async def go() -> tuple[list[str], Any]:
        seen: list[str] = []
        history: list[Any] = []
        async with await RealtimeRunner(triage).run(model_config=config) as session:
            await session.send_message(WEATHER)
            async for event in session:
                seen.append(event.type)
                if event.type == "history_updated":
                    history = event.history
                if event.type == "error" or seen.count("agent_end") == 3:
                    break
        return seen, history[-1].content[0]

    seen, said = asyncio.run(go())
    assert [kind for kind in seen if kind in ("handoff", "tool_start", "tool_end", "error")] == ["handoff", "tool_start", "tool_end"]
    assert ("audio" in seen) == (modality == "audio")
    assert (said.text if modality == "text" else said.transcript) == TOLD
