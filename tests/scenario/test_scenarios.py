"""Scenarios from the outside: what is told over HTTP is what official clients get."""

from __future__ import annotations

from typing import Any

import httpx2
import openai
import pytest
from openai import OpenAI

from mockapi import Server, Settings
from tests.conftest import Wire

WEATHER: Any = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
}


def tell(wire: Wire, *scenarios: dict[str, Any]) -> None:
    reply = wire.control("POST", "/_mock/scenarios", json={"scenarios": list(scenarios)})
    assert reply.status_code == 200, reply.text


def say(client: OpenAI, text: str, **more: Any) -> Any:
    return client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": text}], **more)


def said(client: OpenAI, text: str, **more: Any) -> str:
    return str(say(client, text, **more).choices[0].message.content)


def test_a_prompt_gets_its_answer_whatever_its_case_and_closing_marks(wire: Wire, client: OpenAI) -> None:
    tell(wire, {"match": {"user": "hi"}, "reply": "Good day"})
    assert said(client, "  Hi! ") == "Good day"
    # No accidental substrings.
    assert said(client, "What is high architecture?") != "Good day"


def test_an_answer_is_streamed_and_counted_like_any_other(wire: Wire, client: OpenAI) -> None:
    tell(wire, {"match": {"user": "hi"}, "reply": "Good day to you"})
    whole = say(client, "hi")
    assert whole.usage.completion_tokens == 4
    chunks = list(say(client, "hi", stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Good day to you"
    assert len(chunks) == 2 + 4
    assert say(client, "hi", max_tokens=2).choices[0].finish_reason == "length"
    assert said(client, "hi", stop="to") == "Good day "


def test_words_patterns_and_their_opposites(wire: Wire, client: OpenAI) -> None:
    tell(
        wire,
        {"match": {"user": {"contains": ["refund", "order"]}}, "reply": "words"},
        {"match": {"user": {"regex": r"ticket #(?P<number>\d+)"}}, "reply": "ticket {{ match.number }}"},
        {"match": {"user": {"exactly": "Exact."}}, "reply": "exact"},
        {"match": {"user": {"regex": "^count", "not": {"contains": "never"}}}, "reply": "counted"},
    )
    assert said(client, "Please refund my latest ORDER now") == "words"
    assert said(client, "Please refund my reorder") != "words"
    assert said(client, "see ticket #42, please") == "ticket 42"
    assert said(client, "Exact.") == "exact"
    assert said(client, "exact") != "exact"
    assert said(client, "count them") == "counted"
    assert said(client, "count them never") != "counted"


@pytest.mark.parametrize("name", ["rate_limit_requests", "rate_limit_exceeded"])
def test_the_third_call_gets_an_error_that_the_sdk_retries(wire: Wire, server: Server, key: str, name: str) -> None:
    tell(wire, {"match": {"user": "again", "call": 3}, "reply": {"error": name}})
    with OpenAI(base_url=server.base_url, api_key=key, max_retries=0) as plain:
        said(plain, "again")
        said(plain, "again")
        with pytest.raises(openai.RateLimitError) as caught:
            said(plain, "again")
    assert caught.value.response.headers["retry-after-ms"] == "120"
    error: Any = caught.value.body
    assert (error["type"], error["param"], error["code"]) == ("requests", None, "rate_limit_exceeded")
    tell(wire, {"match": {"user": "once more"}, "replies": [{"error": "overloaded"}, "there"]})
    with OpenAI(base_url=server.base_url, api_key=key, max_retries=2) as patient:
        assert said(patient, "once more") == "there"


def test_sequences_end_as_they_are_told_to(wire: Wire, client: OpenAI) -> None:
    tell(wire, {"match": {"user": "last"}, "replies": ["one", "two"]})
    assert [said(client, "last") for _ in range(4)] == ["one", "two", "two", "two"]
    tell(wire, {"match": {"user": "again"}, "replies": ["one", "two"], "then": "again"})
    assert [said(client, "again") for _ in range(4)] == ["one", "two", "one", "two"]
    tell(wire, {"match": {"user": "next"}, "replies": ["one", "two"], "then": "next"}, {"match": {"user": "next"}, "reply": "other"})
    assert [said(client, "next") for _ in range(4)] == ["one", "two", "other", "other"]
    tell(wire, {"match": {"user": "twice"}, "reply": "x", "times": 2}, {"match": {"user": "twice"}, "reply": "y"})
    assert [said(client, "twice") for _ in range(3)] == ["x", "x", "y"]
    tell(wire, {"match": {"user": "later", "from_call": 3}, "reply": "late"}, {"match": {"user": "later"}, "reply": "early"})
    assert [said(client, "later") for _ in range(4)] == ["early", "early", "late", "late"]


def test_priority_comes_before_order(wire: Wire, client: OpenAI) -> None:
    tell(wire, {"match": {"user": "who"}, "reply": "first"}, {"match": {"user": "who"}, "reply": "important", "priority": 5})
    assert said(client, "who") == "important"


def test_an_agent_loop_as_it_is_told(wire: Wire, client: OpenAI) -> None:
    tell(
        wire,
        {
            "match": {"user": {"regex": r"weather in (\w+)"}, "tools": "get_weather", "results": False},
            "reply": {"tool_calls": [{"name": "get_weather", "arguments": {"city": "{{ match.1 }}"}}]},
        },
        {"match": {"results": {"tool": "get_weather", "text": {"contains": "rain"}}}, "reply": "Take an umbrella: {{ results.0 }}."},
    )
    messages: list[Any] = [{"role": "user", "content": "How is the weather in Oslo?"}]
    first = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=[WEATHER]).choices[0]
    assert first.finish_reason == "tool_calls"
    call: Any = next(iter(first.message.tool_calls or ()))
    assert call.type == "function"
    assert call.function.arguments == '{"city":"Oslo"}'
    messages += [first.message, {"role": "tool", "tool_call_id": call.id, "content": "rain all day"}]
    last = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=[WEATHER])
    assert last.choices[0].message.content == "Take an umbrella: rain all day."


def test_everything_else_that_can_be_matched(wire: Wire, client: OpenAI) -> None:
    tell(
        wire,
        {"match": {"system": {"contains": "pirate"}}, "reply": "Arr"},
        {"match": {"messages": [{"role": "assistant", "text": "earlier"}]}, "reply": "I remember"},
        {"match": {"model": "gpt-4.1*"}, "reply": "bigger"},
        {"match": {"headers": {"X-Team": "blue"}}, "reply": "blue"},
        {"match": {"metadata": {"run": "7"}}, "reply": "seven"},
        {"match": {"response_format": "json_object"}, "reply": {"json": {"ok": True}}},
        {"match": {"body": {"temperature": 0.25}}, "reply": "cool"},
        {"match": {"stream": True}, "reply": "flowing"},
    )
    assert client.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "system", "content": "Be a pirate."}, {"role": "user", "content": "x"}]
    ).choices[0].message.content == "Arr"  # fmt: skip
    earlier: Any = [{"role": "user", "content": "x"}, {"role": "assistant", "content": "earlier"}, {"role": "user", "content": "y"}]
    assert client.chat.completions.create(model="gpt-4o-mini", messages=earlier).choices[0].message.content == "I remember"
    assert client.chat.completions.create(
        model="gpt-4.1-mini", messages=[{"role": "user", "content": "x"}]
    ).choices[0].message.content == "bigger"  # fmt: skip
    assert said(client, "x", extra_headers={"x-team": "Blue"}) == "blue"
    assert said(client, "x", metadata={"run": "7"}) == "seven"
    assert said(client, "json please", response_format={"type": "json_object"}) == '{"ok":true}'
    assert said(client, "x", temperature=0.25) == "cool"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in say(client, "x", stream=True)) == "flowing"


def test_the_default_but(wire: Wire, client: OpenAI) -> None:
    before = say(client, "Say hello")
    tell(
        wire,
        {
            "match": {"user": "Say hello"},
            "reply": {"but": {"finish": "content_filter", "input_tokens": 7, "output_tokens": 5, "body": {"service_tier": "flex"}}},
        },
    )
    after = say(client, "Say hello")
    assert after.choices[0].message.content == before.choices[0].message.content
    assert after.choices[0].finish_reason == "content_filter"
    assert (after.usage.prompt_tokens, after.usage.completion_tokens, after.service_tier) == (7, 5, "flex")


def test_refusals_and_reasoning(wire: Wire, client: OpenAI) -> None:
    tell(wire, {"match": {"user": "no"}, "reply": {"refusal": "I will not."}})
    assert say(client, "no").choices[0].message.refusal == "I will not."
    tell(wire, {"match": {"user": "think"}, "reply": {"text": "So.", "reasoning": "First one thing, then another."}})
    made = client.chat.completions.create(model="o4-mini", messages=[{"role": "user", "content": "think"}])
    assert made.choices[0].message.content == "So."
    assert made.usage is not None
    assert made.usage.completion_tokens_details is not None
    assert made.usage.completion_tokens_details.reasoning_tokens == 7


@pytest.mark.parametrize("how", ["bad_json", "unknown_tool", "schema_violation", "truncated"])
def test_tool_calls_that_come_out_wrong(wire: Wire, client: OpenAI, how: str) -> None:
    import json

    import jsonschema_rs

    tell(wire, {"match": {}, "reply": {"but": {"spoil": how}}})
    choice = say(client, "weather in Rome", tools=[WEATHER], tool_choice="required").choices[0]
    function = choice.message.tool_calls[0].function
    if how == "unknown_tool":
        assert function.name != "get_weather"
        return
    assert function.name == "get_weather"
    if how == "schema_violation":
        assert not jsonschema_rs.is_valid(
            {**WEATHER["function"]["parameters"], "additionalProperties": False}, json.loads(function.arguments)
        )
        return
    with pytest.raises(json.JSONDecodeError):
        json.loads(function.arguments)
    assert (choice.finish_reason == "length") == (how == "truncated")


def test_one_scenario_works_on_other_endpoints_too(wire: Wire, client: OpenAI) -> None:
    tell(wire, {"match": {"user": "hi"}, "reply": "Good day"})
    assert client.completions.create(model="gpt-3.5-turbo-instruct", prompt="hi").choices[0].text == "Good day"
    tell(
        wire,
        {"match": {"operation": "embeddings"}, "reply": {"embedding": [0.6, 0.8]}},
        {"match": {"operation": "images.generations"}, "reply": {"images": ["aGVsbG8="]}},
        {"match": {"operation": "/v1/files"}, "reply": {"body": {"object": "list", "data": []}, "headers": {"x-own": "yes"}}},
        {"match": {"operation": "createModeration"}, "reply": {"error": {"status": 418, "message": "a teapot", "code": "tea"}}},
    )
    vector = client.embeddings.create(model="text-embedding-3-small", input="x", encoding_format="float").data[0].embedding
    assert vector == [0.6, 0.8]
    assert (client.images.generate(model="gpt-image-1-mini", prompt="x").data or [])[0].b64_json == "aGVsbG8="
    assert client.files.with_raw_response.list().headers["x-own"] == "yes"
    with pytest.raises(openai.APIStatusError, match="a teapot") as caught:
        client.moderations.create(input="x")
    assert caught.value.status_code == 418


def test_a_batch_line_gets_its_scenario(wire: Wire, client: OpenAI) -> None:
    import json
    import time

    tell(wire, {"match": {"user": "hi"}, "reply": "Good day"}, {"match": {"user": "bad"}, "reply": {"error": "server_error"}})
    lines = [
        {"custom_id": said, "method": "POST", "url": "/v1/chat/completions",
         "body": {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": said}]}}
        for said in ("hi", "bad")
    ]  # fmt: skip
    file = client.files.create(file=("a.jsonl", "\n".join(map(json.dumps, lines)).encode()), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    while batch.status not in ("completed", "failed"):
        time.sleep(0.05)
        batch = client.batches.retrieve(batch.id)
    assert batch.output_file_id
    assert batch.error_file_id
    good = json.loads(client.files.content(batch.output_file_id).text.splitlines()[0])
    assert good["response"]["body"]["choices"][0]["message"]["content"] == "Good day"
    assert json.loads(client.files.content(batch.error_file_id).text.splitlines()[0])["response"]["status_code"] == 500


def test_a_share_of_the_calls_follows_from_the_seed(server: Server, name: str) -> None:
    def run(key: str) -> list[bool]:
        with Wire(server.base_url, key) as wire:
            tell(wire, {"match": {"chance": 0.4}, "reply": "chosen"})
            return [wire.chat().json()["choices"][0]["message"]["content"] == "chosen" for _ in range(60)]

    first = run(f"sk-{name}-one")
    assert 10 < sum(first) < 40
    assert run(f"sk-{name}-two") == first


def test_scenarios_belong_to_a_key_or_to_all(name: str) -> None:
    with Server(Settings(port=0)) as mock, Wire(mock.base_url, f"sk-{name}") as one, Wire(mock.base_url, f"sk-other-{name}") as two:
        tell(one, {"name": "own", "match": {"user": "Say hello"}, "reply": "mine"})
        assert one.chat().json()["choices"][0]["message"]["content"] == "mine"
        assert two.chat().json()["choices"][0]["message"]["content"] != "mine"
        root = mock.base_url.removesuffix("/v1")
        assert httpx2.post(f"{root}/_mock/scenarios", json={"match": {}, "reply": "everybody's"}).status_code == 200
        assert one.chat().json()["choices"][0]["message"]["content"] == "mine"
        assert two.chat().json()["choices"][0]["message"]["content"] == "everybody's"
        listed = one.control("GET", "/_mock/scenarios").json()["scenarios"]
        assert [(each.get("name"), each["used"]) for each in listed] == [("own", 2), (None, 0)]
        assert one.control("DELETE", "/_mock/scenarios").status_code == 200
        assert one.chat().json()["choices"][0]["message"]["content"] == "everybody's"


def test_a_reset_begins_scenarios_anew(wire: Wire, client: OpenAI) -> None:
    tell(wire, {"match": {"user": "next"}, "replies": ["one", "two"]})
    assert said(client, "next") == "one"
    wire.control("POST", "/_mock/reset")
    assert said(client, "next") == "one"


def test_where_every_call_must_be_scripted_a_miss_tells_the_nearest() -> None:
    with Server(Settings(port=0, strict_scenarios=True)) as mock, Wire(mock.base_url, "sk-a") as wire:
        tell(
            wire,
            {"name": "far", "match": {"user": "Bye", "model": "o3", "stream": True}, "reply": "x"},
            {"name": "near", "match": {"user": "Say helo", "model": "gpt-4o*"}, "reply": "x"},
        )
        reply = wire.chat()
        assert reply.status_code == 400
        error = reply.json()["error"]
        assert error["code"] == "no_scenario"
        assert error["message"].startswith(
            "no scenario matches this request. near: user: wanted 'Say helo', got 'Say hello'. far: model: wanted o3,"
        )
        assert wire.request("GET", "/models").status_code == 200


def test_a_header_names_the_scenario(wire: Wire, client: OpenAI) -> None:
    tell(wire, {"name": "special", "match": {"user": "never said"}, "reply": "special"})
    assert said(client, "anything", extra_headers={"x-mock-scenario": "special"}) == "special"
    with pytest.raises(openai.BadRequestError, match="there is no scenario 'other'"):
        said(client, "anything", extra_headers={"x-mock-scenario": "other"})


def test_a_recorded_stream(wire: Wire) -> None:
    tell(wire, {"match": {}, "reply": {"events": [{"id": "1"}, {"type": "response.x", "n": 1}, "[DONE]"]}})
    reply = wire.chat(stream=True)
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert reply.text == 'data: {"id":"1"}\n\nevent: response.x\ndata: {"type":"response.x","n":1}\n\ndata: [DONE]\n\n'


def test_what_is_remembered_of_a_request_is_not_what_was_scripted(wire: Wire, client: OpenAI) -> None:
    before = said(client, "remember me")
    tell(wire, {"match": {"user": "remember me"}, "reply": "scripted", "times": 1})
    assert said(client, "remember me") == "scripted"
    assert said(client, "remember me") == before


def test_templates_tell_of_the_request(wire: Wire, client: OpenAI) -> None:
    tell(
        wire,
        {
            "match": {"user": {"regex": "tell"}},
            "reply": {"json": {"n": "{{ call.number }}", "t": "{{ request.temperature }}", "said": "<{{ user }}>", "h": "{{ headers.x-a }}",
                               "first": "{{ request.messages.0.role }}", "none": "{{ match.7 }}"}},
        },
    )  # fmt: skip
    import json

    assert json.loads(said(client, "tell me", temperature=0.5, extra_headers={"X-A": "b"})) == {
        "n": 1, "t": 0.5, "said": "<tell me>", "h": "b", "first": "user", "none": "",
    }  # fmt: skip
