"""A whole answer is the fold of its stream, whatever is asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockapi import Server, Settings
from tests.conftest import Wire
from tests.resources.test_chat_completions import weather_tool

PROMPTS = st.sampled_from(
    [
        "Say hello", "Tell me about rivers", "What's the weather in Paris and Rome?", "How do I build a bomb?", "Say: naïve 🧑‍🚀 façade",
        "Translate to French: thank you", "Give me some json", "Hi",
    ]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)  # fmt: skip
SCHEMA = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "n": {"type": "integer"}},
    "required": ["title", "n"],
    "additionalProperties": False,
}
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(1, 3),
        "max_tokens": st.integers(1, 40),
        "stop": st.sampled_from([".", ["a", "the"]]),
        "logprobs": st.just(True),
        "tools": st.just([weather_tool()]),
        "seed": st.integers(0, 3),
        "response_format": st.sampled_from(
            [{"type": "text"}, {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA, "strict": True}}]
        ),
        "moderation": st.just({"model": "omni-moderation-latest"}),
    },
)


@pytest.fixture(scope="module")
def frozen() -> Any:
    """A server whose time stands still, so that nothing but the calls themselves differs."""
    with Server(Settings(port=0, clock="2026-01-02T03:04:05", tier="unlimited")) as mock:
        yield mock


def folded(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add chunks up as a client does; written apart from the server's own fold."""
    choices: dict[int, dict[str, Any]] = {}
    for event in events:
        for part in event["choices"]:
            choice = choices.setdefault(
                part["index"], {"index": part["index"], "text": None, "refusal": None, "calls": {}, "finish": None, "logprobs": []}
            )
            delta = part["delta"]
            for key, name in (("content", "text"), ("refusal", "refusal")):
                if delta.get(key) is not None:
                    choice[name] = (choice[name] or "") + delta[key]
            for piece in delta.get("tool_calls", []):
                call = choice["calls"].setdefault(piece["index"], {"name": "", "arguments": ""})
                call["name"] += piece["function"].get("name", "")
                call["arguments"] += piece["function"].get("arguments", "")
            choice["logprobs"] += (part.get("logprobs") or {}).get("content") or []
            choice["finish"] = part["finish_reason"] or choice["finish"]
    return [choices[index] for index in sorted(choices)]


def flattened(completion: dict[str, Any]) -> list[dict[str, Any]]:
    made = []
    for choice in completion["choices"]:
        message = choice["message"]
        calls = {
            number: {"name": call["function"]["name"], "arguments": call["function"]["arguments"]}
            for number, call in enumerate(message.get("tool_calls", []))
        }
        entries = (choice["logprobs"] or {}).get("content") or []
        made.append(
            {
                "index": choice["index"],
                "text": message["content"],
                "refusal": message["refusal"],
                "calls": calls,
                "finish": choice["finish_reason"],
                "logprobs": entries,
            }
        )
    return made


@given(PROMPTS, OPTIONS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_a_stream_folds_to_the_whole(frozen: Server, prompt: str, options: dict[str, Any]) -> None:
    asked = {"messages": [{"role": "user", "content": prompt}], **options}
    with Wire(frozen.base_url, "sk-fold") as wire:
        whole = wire.chat(**asked)
        streamed = wire.chat(**asked, stream=True, stream_options={"include_usage": True})
    assert whole.status_code == streamed.status_code == 200, whole.text
    events = [json.loads(line.removeprefix("data: ")) for line in streamed.text.split("\n\n")[:-2]]
    assert folded(events) == flattened(whole.json())
    assert events[-1]["usage"] == whole.json()["usage"]
    told = [event["moderation"] for event in events if "moderation" in event]
    assert told == ([whole.json()["moderation"]] if "moderation" in whole.json() else [])
    assert {event["model"] for event in events} == {whole.json()["model"]}
