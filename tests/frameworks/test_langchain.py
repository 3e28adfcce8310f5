"""LangChain and LangGraph: the chat model on both endpoints, its structured outputs, agents, embeddings."""

from __future__ import annotations

from typing import Any

import pytest
from langchain.agents import create_agent
from langchain.agents.structured_output import ProviderStrategy, ToolStrategy
from langchain_core.messages import BaseMessageChunk, HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langgraph.checkpoint.memory import InMemorySaver
from openai import OpenAI

from mockapi import Server
from tests.frameworks.conftest import FAIR, MODEL, TOLD, WEATHER, Fair, get_weather

weather_tool = tool(get_weather)
WHO_GOES = Fair(name="Alice", date="Friday", participants=["Alice", "Bob"])
KEYS = " Answer in JSON with the keys name, date and participants (a list)."


@pytest.fixture
def options(server: Server, key: str) -> dict[str, Any]:
    return {"base_url": server.base_url, "api_key": key, "max_retries": 0}


@pytest.fixture(params=[False, True], ids=["chat", "responses"])
def model(options: dict[str, Any], request: pytest.FixtureRequest) -> ChatOpenAI:
    return ChatOpenAI(model=MODEL, use_responses_api=request.param, stream_usage=True, **options)


def added(pieces: Any) -> BaseMessageChunk:
    first, *others = pieces
    for piece in others:
        first = first + piece
    assert isinstance(first, BaseMessageChunk)
    return first


def test_a_stream_adds_up(model: ChatOpenAI) -> None:
    whole = model.invoke("Say hello to the world")
    streamed = added(model.stream("Say hello to the world"))
    assert whole.text == streamed.text == "Hello to the world."
    assert whole.usage_metadata is not None
    assert getattr(streamed, "usage_metadata", None) == whole.usage_metadata


def test_calls_and_results_go_round(model: ChatOpenAI) -> None:
    bound = model.bind_tools([weather_tool])
    turns: list[Any] = [HumanMessage("What's the weather in Oslo and Rome?")]
    called = bound.invoke(turns)
    assert [call["args"] for call in called.tool_calls] == [{"city": "Oslo"}, {"city": "Rome"}]
    turns += [called, *(weather_tool.invoke(call) for call in called.tool_calls)]
    assert bound.invoke(turns).text == f"{TOLD} {TOLD.replace('Oslo', 'Rome')}"
    streamed = added(model.bind_tools([weather_tool], tool_choice="get_weather").stream(WEATHER))
    assert [call["args"] for call in getattr(streamed, "tool_calls", [])] == [{"city": "Oslo"}]


@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")  # of what LangChain puts into a message
def test_every_method_of_structured_output(model: ChatOpenAI, method: Any) -> None:
    asked = FAIR + KEYS if method == "json_mode" else FAIR
    structured = model.with_structured_output(Fair, method=method)
    assert structured.invoke(asked) == WHO_GOES
    assert list(structured.stream(asked))[-1] == WHO_GOES


@pytest.mark.parametrize("form", [None, ToolStrategy(Fair), ProviderStrategy(Fair)], ids=["text", "tool", "provider"])
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")
def test_an_agent_ends(model: ChatOpenAI, form: Any) -> None:
    agent: Any = create_agent(model, [weather_tool], response_format=form, checkpointer=InMemorySaver())
    thread = {"configurable": {"thread_id": "1"}}
    state = agent.invoke({"messages": [("user", WEATHER)]}, thread)
    assert [message.type for message in state["messages"]][:3] == ["human", "ai", "tool"]
    if form is None:
        assert state["messages"][-1].text == TOLD
        pieces = [piece for piece, _ in agent.stream({"messages": [("user", "And in Rome?")]}, thread, stream_mode="messages")]
        said = "".join(piece.text for piece in pieces if piece.type == "AIMessageChunk")
        assert said == TOLD.replace("Oslo", "Rome")
    else:
        assert isinstance(state["structured_response"], Fair)


def test_hosted_tools_and_chains_of_responses(options: dict[str, Any]) -> None:
    model = ChatOpenAI(model=MODEL, use_responses_api=True, **options)
    searched = model.bind_tools([{"type": "web_search"}]).invoke("Search the web for cats")
    assert [block["type"] for block in searched.content if isinstance(block, dict)] == ["web_search_call", "text"]
    first = model.invoke("Say hello")
    assert model.invoke("What is 2 + 3?", previous_response_id=first.response_metadata["id"]).text == "2 + 3 = 5."


def test_embeddings(options: dict[str, Any], client: OpenAI) -> None:
    # Its own check of lengths would fetch a vocabulary.
    embeddings = OpenAIEmbeddings(model="text-embedding-3-small", check_embedding_ctx_length=False, **options)
    expected = [each.embedding for each in client.embeddings.create(model="text-embedding-3-small", input=["cat", "dog"]).data]
    assert embeddings.embed_documents(["cat", "dog"]) == expected
    assert embeddings.embed_query("dog") == expected[1]
