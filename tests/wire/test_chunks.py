"""The chunks of a stream, byte by byte (api-facts D.1 and D.2)."""

from __future__ import annotations

import json
from typing import Any

from tests.conftest import Wire
from tests.resources.test_chat_completions import weather_tool

KEYS = ["id", "object", "created", "model", "service_tier", "system_fingerprint", "choices"]


def lines(wire: Wire, **body: Any) -> list[str]:
    """The data of each event; checks the framing on the way."""
    reply = wire.chat(stream=True, **body)
    assert reply.status_code == 200, reply.text
    text = reply.content.decode()
    assert text.endswith("data: [DONE]\n\n")
    events = text.split("\n\n")[:-1]
    assert all(event.startswith("data: ") and "\n" not in event for event in events)
    return [event.removeprefix("data: ") for event in events[:-1]]


def chunks(wire: Wire, **body: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(wire, **body)]


def asked(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}]


def test_a_text_streams_role_then_tokens_then_the_end(wire: Wire) -> None:
    found = [chunk["choices"][0] for chunk in chunks(wire, messages=asked("Say hello to the world"))]
    assert found[0] == {"index": 0, "delta": {"role": "assistant", "content": "", "refusal": None}, "logprobs": None, "finish_reason": None}
    assert all(list(choice["delta"]) == ["content"] and choice["finish_reason"] is None for choice in found[1:-1])
    assert [choice["delta"]["content"] for choice in found[1:-1]] == ["Hello", " to", " the", " world", "."]
    assert found[-1] == {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}


def test_keys_come_in_the_apis_order_and_the_head_is_constant(wire: Wire) -> None:
    found = chunks(wire)
    assert all(list(chunk) == [*KEYS, "obfuscation"] for chunk in found)
    assert len({json.dumps({key: chunk[key] for key in KEYS[:-1]}) for chunk in found}) == 1


def test_padding_makes_every_chunk_one_more_than_a_multiple_of_sixteen_characters(wire: Wire) -> None:
    for usage in (False, True):
        for text in ("Tell me about rivers", "Say naïve façade 🧑‍🚀 done"):
            for line in lines(wire, messages=asked(text), stream_options={"include_usage": usage}):
                assert len(line) % 16 == 1
                assert json.loads(line)["obfuscation"].isalnum() or json.loads(line)["obfuscation"] == ""


def test_padding_can_be_left_out(wire: Wire) -> None:
    assert all(list(chunk) == KEYS for chunk in chunks(wire, stream_options={"include_obfuscation": False}))


def test_usage_is_null_until_the_last_chunk(wire: Wire) -> None:
    found = chunks(wire, stream_options={"include_usage": True})
    assert all(list(chunk) == [*KEYS, "usage", "obfuscation"] for chunk in found)
    assert all(chunk["usage"] is None for chunk in found[:-1])
    assert found[-1]["choices"] == []
    assert list(found[-1]["usage"]) == [
        "prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details", "completion_tokens_details",
    ]  # fmt: skip


def test_one_tool_call_begins_in_the_first_chunk(wire: Wire) -> None:
    found = [chunk["choices"][0] for chunk in chunks(wire, messages=asked("What's the weather in Paris?"), tools=[weather_tool()])]
    first = found[0]["delta"]
    assert list(first) == ["role", "content", "tool_calls", "refusal"]
    call = first["tool_calls"][0]
    assert list(call) == ["index", "id", "type", "function"]
    assert call["function"] == {"name": "get_weather", "arguments": ""}
    assert len(call["id"]) == len("call_") + 24
    fragments = [choice["delta"]["tool_calls"][0] for choice in found[1:-1]]
    assert all(list(fragment) == ["index", "function"] and list(fragment["function"]) == ["arguments"] for fragment in fragments)
    assert json.loads("".join(fragment["function"]["arguments"] for fragment in fragments))["location"] == "Paris"
    assert found[-1]["delta"] == {}
    assert found[-1]["finish_reason"] == "tool_calls"


def test_parallel_calls_follow_one_another(wire: Wire) -> None:
    found = [chunk["choices"][0] for chunk in chunks(wire, messages=asked("Weather in Paris and Rome?"), tools=[weather_tool()])]
    assert found[0]["delta"] == {"role": "assistant", "content": None}
    pieces = [choice["delta"]["tool_calls"][0] for choice in found[1:-1]]
    order = [piece["index"] for piece in pieces]
    assert order == sorted(order)
    heads = [piece for piece in pieces if "id" in piece]
    assert [head["index"] for head in heads] == [0, 1]
    assert all(len(piece["function"]["arguments"]) <= 5 for piece in pieces)


def test_several_choices_begin_in_turn_and_then_alternate(wire: Wire) -> None:
    found = [chunk["choices"][0] for chunk in chunks(wire, messages=asked("Tell me about rivers"), n=3)]
    assert [choice["index"] for choice in found[:6]] == [0, 0, 1, 1, 2, 2]
    assert ["role" in choice["delta"] for choice in found[:6]] == [True, False] * 3
    assert [choice["index"] for choice in found[6:12]] == [0, 1, 2, 0, 1, 2]
    ends = [choice["index"] for choice in found if choice["finish_reason"]]
    assert sorted(ends) == [0, 1, 2]


def test_logprobs_are_null_or_absent_as_the_model_family_writes_them(wire: Wire) -> None:
    assert all(chunk["choices"][0]["logprobs"] is None for chunk in chunks(wire))
    assert all("logprobs" not in chunk["choices"][0] for chunk in chunks(wire, model="gpt-5"))
    with_them = [chunk["choices"][0] for chunk in chunks(wire, logprobs=True)]
    assert with_them[0]["logprobs"] == {"content": [], "refusal": None}
    assert with_them[-1]["logprobs"] is None
    assert all(len(choice["logprobs"]["content"]) == 1 and choice["logprobs"]["refusal"] is None for choice in with_them[1:-1])


def test_a_legacy_function_call_streams_its_arguments(wire: Wire) -> None:
    function = {"name": "get_weather", "parameters": weather_tool()["function"]["parameters"]}
    found = [chunk["choices"][0] for chunk in chunks(wire, messages=asked("Weather in Paris?"), functions=[function])]
    assert found[0]["delta"]["function_call"] == {"name": "get_weather", "arguments": ""}
    assert found[-1]["finish_reason"] == "function_call"


def test_a_token_inside_a_character_waits_for_the_rest_of_it(wire: Wire) -> None:
    found = chunks(wire, messages=asked('Say "👩‍🔬🏽‍♀️ ок"'))
    assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in found) == "👩‍🔬🏽‍♀️ ок"
    assert all("\ufffd" not in json.dumps(chunk, ensure_ascii=False) for chunk in found)


def test_a_validation_error_is_never_an_event(wire: Wire) -> None:
    reply = wire.chat(stream=True, temperature=7)
    assert reply.status_code == 400
    assert reply.headers["content-type"] == "application/json"
