"""Scenarios hold for responses as they do for chats: what is told over HTTP is what official clients get, whole and streamed."""

from __future__ import annotations

from typing import Any

import httpx2
import openai
import pytest
from openai import OpenAI

from mockapi import Server
from tests.conftest import Wire
from tests.resources.test_responses import WEATHER, ask, last, output, stream
from tests.scenario.test_scenarios import said, tell


def test_one_scenario_answers_chats_and_responses(wire: Wire, client: OpenAI) -> None:
    tell(wire, {"match": {"user": "hi"}, "reply": "Good day to you"})
    whole = ask(client, " Hi! ")
    assert whole.output_text == "Good day to you" == said(client, "hi")
    assert whole.usage and whole.usage.output_tokens == 4
    events: list[Any] = stream(client, "hi")
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == "Good day to you"
    assert output(last(events)) == output(whole)
    assert client.responses.retrieve(whole.id).output_text == "Good day to you"
    assert ask(client, "What is high architecture?").output_text != "Good day to you"


def test_an_agent_loop_by_reference_as_it_is_told(wire: Wire, client: OpenAI) -> None:
    tell(
        wire,
        {
            "match": {"user": {"regex": r"weather in (\w+)"}, "tools": "get_weather", "results": False},
            "reply": {"tool_calls": [{"name": "get_weather", "arguments": {"city": "{{ match.1 }}", "unit": "c"}}]},
        },
        {"match": {"results": {"tool": "get_weather", "text": {"contains": "rain"}}}, "reply": "Take an umbrella: {{ results.0 }}."},
    )
    first = ask(client, "How is the weather in Oslo?", tools=[WEATHER])
    call: Any = first.output[-1]
    assert (call.type, call.name, call.arguments) == ("function_call", "get_weather", '{"city":"Oslo","unit":"c"}')
    result: Any = [{"type": "function_call_output", "call_id": call.call_id, "output": "rain all day"}]
    told = {"previous_response_id": first.id, "tools": [WEATHER]}
    assert ask(client, result, **told).output_text == "Take an umbrella: rain all day."
    assert last(stream(client, result, **told)).output_text == "Take an umbrella: rain all day."
    turns: Any = [{"role": "user", "content": "How is the weather in Oslo?"}, *first.output, *result]
    assert ask(client, turns, tools=[WEATHER]).output_text == "Take an umbrella: rain all day."


def test_reasoning_refusals_and_structure(wire: Wire, client: OpenAI) -> None:
    tell(
        wire,
        {"match": {"user": "think"}, "reply": {"text": "Forty-two.", "reasoning": "The question is what matters."}},
        {"match": {"user": "no"}, "reply": {"refusal": "I would rather not."}},
        {"match": {"user": "shape"}, "reply": {"json": {"ok": True}}},
    )
    made = ask(client, "think", model="o4-mini", reasoning={"summary": "auto"})
    thought: Any = made.output[0]
    assert thought.summary[0].text == "The question is what matters." and made.output_text == "Forty-two."
    refused: Any = ask(client, "no").output[0]
    assert [(part.type, part.refusal) for part in refused.content] == [("refusal", "I would rather not.")]
    events: list[Any] = stream(client, "no")
    assert "".join(event.delta for event in events if event.type == "response.refusal.delta") == "I would rather not."
    assert ask(client, "shape").output_text == '{"ok":true}'


def test_hosted_tools_are_left_alone_where_the_answer_is_told(wire: Wire, client: OpenAI) -> None:
    tell(wire, {"match": {"user": {"contains": "news"}}, "reply": "No news is good news."})
    made = ask(client, "What is the latest news?", tools=[{"type": "web_search"}])
    assert [item.type for item in made.output] == ["message"] and made.output_text == "No news is good news."


def test_errors_faults_and_the_default_but(wire: Wire, client: OpenAI) -> None:
    tell(
        wire,
        {
            "match": {"operation": "responses", "user": "limit"},
            "reply": {"error": {"name": "rate_limit_requests", "headers": {"x-own": "yes"}}},
        },
        {"match": {"user": "broken"}, "reply": {"text": "Good day to you", "fault": {"kind": "cut", "after": 4}}},
        {"match": {"user": "hello"}, "reply": {"but": {"body": {"metadata": {"own": "yes"}}, "headers": {"x-own": "yes"}}}},
        {"match": {"user": "short"}, "reply": {"text": "Good day", "but": {"finish": "length"}}},
    )
    with pytest.raises(openai.RateLimitError) as caught:
        ask(client, "limit")
    assert caught.value.code == "rate_limit_exceeded" and caught.value.response.headers["x-own"] == "yes"
    assert said(client, "limit")
    seen: list[Any] = []
    with pytest.raises((openai.APIConnectionError, httpx2.RemoteProtocolError)):
        seen.extend(client.responses.create(model="gpt-4o-mini", input="broken", stream=True))
    assert len(seen) <= 4
    raw = client.responses.with_raw_response.create(model="gpt-4o-mini", input="hello")
    assert raw.headers["x-own"] == "yes" and raw.parse().metadata == {"own": "yes"}
    short = ask(client, "short")
    assert (short.status, short.output_text) == ("incomplete", "Good day")
    assert short.incomplete_details and short.incomplete_details.reason == "max_output_tokens"


def test_sequences_and_chances_follow_each_key(wire: Wire, server: Server, client: OpenAI) -> None:
    tell(wire, {"match": {"user": "again"}, "replies": ["one", {"error": "server_error"}, "three"]})
    assert ask(client, "again").output_text == "one"
    with pytest.raises(openai.InternalServerError):
        ask(client, "again")
    assert last(stream(client, "again")).output_text == "three"
    with OpenAI(base_url=server.base_url, api_key="sk-somebody-else", max_retries=0) as other:
        assert ask(other, "again").output_text != "three"


def test_what_runs_in_the_background_is_told_too(wire: Wire, client: OpenAI) -> None:
    assert wire.control("POST", "/_mock/lifecycle", json={"kind": "response", "mode": "immediate"}).status_code == 200
    tell(wire, {"match": {"user": "hi"}, "reply": "Good day"})
    made = ask(client, "hi", background=True)
    assert client.responses.retrieve(made.id).output_text == "Good day"
