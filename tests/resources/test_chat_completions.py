"""Chat completions through the official SDK."""

from __future__ import annotations

import base64
import json
from enum import Enum
from typing import Any, Literal

import anyio
import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel

from tests.samples import silence

MODEL = "gpt-4o-mini"


def user(text: str) -> list[ChatCompletionMessageParam]:
    return [{"role": "user", "content": text}]


def test_a_single_say_hello_costs_nine_prompt_tokens(client: OpenAI) -> None:
    completion = client.chat.completions.create(model=MODEL, messages=user("Say hello"))
    assert completion.choices[0].message.content == "Hello!"
    assert completion.model == "gpt-4o-mini-2024-07-18"
    assert completion.usage is not None
    assert completion.usage.prompt_tokens == 9
    assert completion.usage.total_tokens == 9 + completion.usage.completion_tokens


def test_the_async_client_gets_the_same_answer_as_the_sync_one(client: OpenAI, async_client: AsyncOpenAI) -> None:
    async def ask() -> str | None:
        async with async_client:
            completion = await async_client.chat.completions.create(model=MODEL, messages=user("Explain tides"))
        return completion.choices[0].message.content

    assert anyio.run(ask) == client.chat.completions.create(model=MODEL, messages=user("Explain tides")).choices[0].message.content


def test_answers_speak_of_what_was_asked_and_differ(client: OpenAI) -> None:
    topics = ["volcanoes", "chess openings", "sourdough bread", "the French revolution"]
    texts = []
    for topic in topics:
        text = client.chat.completions.create(model=MODEL, messages=user(f"Tell me about {topic}")).choices[0].message.content or ""
        assert topic.split()[-1].lower() in text.lower()
        texts.append(text)
    assert len(set(texts)) == len(topics)
    assert len({len(text) for text in texts}) > 1


@pytest.mark.parametrize(
    ("instructions", "asked", "expected"),
    [
        (
            "Classify the message into one of these intents: order_status, refund, cancel, technical_support, other.",
            "Where is my package? It should have arrived yesterday.",
            "order_status",
        ),
        (
            "You are an intent classifier. Categories:\n- Shipping\n- Refund request\n- Product question",
            "I want my money back",
            "Refund request",
        ),
        ("Translate the user's text to French.", "Hello, how are you?", "Bonjour, comment allez-vous?"),
        ("Translate to German.", "Where is the train station?", "Wo ist der Bahnhof?"),
    ],
)
def test_the_prompt_examples_of_the_page_are_answered_sensibly(client: OpenAI, instructions: str, asked: str, expected: str) -> None:
    messages: list[ChatCompletionMessageParam] = [{"role": "system", "content": instructions}, {"role": "user", "content": asked}]
    assert client.chat.completions.create(model=MODEL, messages=messages).choices[0].message.content == expected


def test_search_keywords_and_tags_come_from_the_text(client: OpenAI) -> None:
    text = "We sell handmade leather shoes for hiking in the Alps and waterproof jackets for rainy days."
    for order in ("Extract search keywords from the text.", "Generate 4 tags for this text."):
        messages: list[ChatCompletionMessageParam] = [{"role": "system", "content": order}, {"role": "user", "content": text}]
        content = client.chat.completions.create(model=MODEL, messages=messages).choices[0].message.content or ""
        found = [item.strip() for item in content.split(",")]
        assert len(found) >= 3
        assert any("shoes" in item for item in found)
        assert all(part in text.lower() for item in found for part in item.lower().replace("-", " ").split())


class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Address(BaseModel):
    street: str
    city: str
    lines: list[str]


class Person(BaseModel):
    name: str
    age: int
    colour: Colour
    address: Address
    nickname: str | None
    kind: Literal["guest", "member"]


class Tree(BaseModel):
    label: str
    children: list[Tree]


class Expression(BaseModel):
    operator: Literal["+", "-"]
    left: Expression | float
    right: Expression | float


@pytest.mark.parametrize("model", [Person, Tree, Expression, Address])
def test_parse_returns_instances_of_nested_and_recursive_models(client: OpenAI, model: type[BaseModel]) -> None:
    completion = client.chat.completions.parse(model=MODEL, messages=user("Make one"), response_format=model)
    assert isinstance(completion.choices[0].message.parsed, model)
    assert completion.choices[0].finish_reason == "stop"


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # the SDK's own, about its `parsed`
def test_a_parsed_answer_can_be_sent_back(client: OpenAI) -> None:
    first = client.chat.completions.parse(model=MODEL, messages=user("Make one"), response_format=Address).choices[0].message
    history: list[Any] = [*user("Make one"), first.to_dict(), *user("Another")]
    assert client.chat.completions.parse(model=MODEL, messages=history, response_format=Address).choices[0].message.parsed


def test_structured_output_takes_what_the_text_names(client: OpenAI) -> None:
    class Event(BaseModel):
        day: str
        participants: list[str]

    asked = "Alice and Bob are going to a science fair on Friday."
    event = client.chat.completions.parse(model=MODEL, messages=user(asked), response_format=Event).choices[0].message.parsed
    assert event == Event(day="Friday", participants=["Alice", "Bob"])


def test_json_mode_gives_an_object(client: OpenAI) -> None:
    completion = client.chat.completions.create(model=MODEL, messages=user("Give me some JSON"), response_format={"type": "json_object"})
    assert isinstance(json.loads(completion.choices[0].message.content or ""), dict)


def weather_tool(strict: bool = True) -> Any:
    parameters = {
        "type": "object",
        "properties": {"location": {"type": "string"}, "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}},
        "required": ["location", "unit"],
        "additionalProperties": False,
    }
    function = {"name": "get_weather", "description": "Current weather", "parameters": parameters, "strict": strict}
    return {"type": "function", "function": function}


def test_an_agent_loop_ends(client: OpenAI) -> None:
    messages: list[Any] = user("What's the weather in Paris and Rome, in celsius?")
    rounds = 0
    while True:
        rounds += 1
        assert rounds < 5
        message = client.chat.completions.create(model=MODEL, messages=messages, tools=[weather_tool()]).choices[0].message
        messages.append(message.to_dict())
        if not message.tool_calls:
            break
        for call in message.tool_calls:
            assert call.type == "function"
            arguments = json.loads(call.function.arguments)
            assert arguments["unit"] == "celsius"
            messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps({"place": arguments["location"], "temp": 18})})
    assert rounds == 2
    assert "Paris" in (message.content or "")
    assert "Rome" in (message.content or "")


def test_parallel_tool_calls_off_gives_one_call(client: OpenAI) -> None:
    asked = user("What's the weather in Paris and Rome?")
    many = client.chat.completions.create(model=MODEL, messages=asked, tools=[weather_tool()]).choices[0].message.tool_calls
    one = client.chat.completions.create(model=MODEL, messages=asked, tools=[weather_tool()], parallel_tool_calls=False)
    assert many is not None
    assert len(many) == 2
    assert len(one.choices[0].message.tool_calls or ()) == 1
    assert len({call.id for call in many}) == 2


@pytest.mark.parametrize(
    ("choice", "finish", "called"),
    [
        ("none", "stop", None),
        ("auto", "tool_calls", "get_weather"),
        ("required", "tool_calls", "get_weather"),
        ({"type": "function", "function": {"name": "get_time"}}, "stop", "get_time"),
        (
            {
                "type": "allowed_tools",
                "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "get_time"}}]},
            },
            "tool_calls",
            "get_time",
        ),
    ],
)
def test_every_form_of_tool_choice_is_obeyed(client: OpenAI, choice: Any, finish: str, called: str | None) -> None:
    clock: Any = {"type": "function", "function": {"name": "get_time", "parameters": {"type": "object", "properties": {}}}}
    completion = client.chat.completions.create(
        model=MODEL,
        messages=user("What's the weather in Paris?"),
        tools=[weather_tool(), clock],
        tool_choice=choice,
    )
    answer = completion.choices[0]
    assert answer.finish_reason == finish
    names = [call.function.name for call in answer.message.tool_calls or () if call.type == "function"]
    assert names == ([called] if called else [])


def test_small_talk_is_answered_although_tools_are_there(client: OpenAI) -> None:
    message = client.chat.completions.create(model=MODEL, messages=user("Hello!"), tools=[weather_tool()]).choices[0].message
    assert message.tool_calls is None
    assert message.content


def test_required_moves_on_to_the_tool_that_ends_the_loop(client: OpenAI) -> None:
    final: Any = {
        "type": "function",
        "function": {"name": "final_result", "parameters": {"type": "object", "properties": {"text": {"type": "string"}}}},
    }
    messages: list[Any] = user("What's the weather in Paris?")
    seen = []
    for _ in range(2):
        message = (
            client.chat.completions.create(
                model=MODEL,
                messages=messages,
                tools=[weather_tool(), final],
                tool_choice="required",
            )
            .choices[0]
            .message
        )
        messages.append(message.to_dict())
        for call in message.tool_calls or ():
            assert call.type == "function"
            seen.append(call.function.name)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": "ok"})
    assert seen == ["get_weather", "final_result"]


def test_legacy_functions_are_called_and_answered(client: OpenAI) -> None:
    function = weather_tool()["function"] | {"strict": ...}
    functions: Any = [{name: value for name, value in function.items() if value is not ...}]
    messages: list[Any] = user("What's the weather in Paris?")
    first = client.chat.completions.create(model=MODEL, messages=messages, functions=functions).choices[0]
    assert first.finish_reason == "function_call"
    assert first.message.function_call is not None
    assert json.loads(first.message.function_call.arguments)["location"] == "Paris"
    messages += [first.message.to_dict(), {"role": "function", "name": "get_weather", "content": "sunny"}]
    second = client.chat.completions.create(model=MODEL, messages=messages, functions=functions).choices[0]
    assert second.finish_reason == "stop"
    assert "sunny" in (second.message.content or "")


def test_custom_tools_follow_their_grammar(client: OpenAI) -> None:
    import re

    tool: Any = {
        "type": "custom",
        "custom": {"name": "when", "format": {"type": "grammar", "grammar": {"syntax": "regex", "definition": r"^\d{4}-\d{2}$"}}},
    }
    call = client.chat.completions.create(model="gpt-5", messages=user("When was it?"), tools=[tool]).choices[0].message.tool_calls
    assert call is not None
    assert call[0].type == "custom"
    assert re.fullmatch(r"\d{4}-\d{2}", call[0].custom.input)


def test_n_gives_that_many_choices_and_bills_them_all(client: OpenAI) -> None:
    one = client.chat.completions.create(model=MODEL, messages=user("Tell me about rivers"))
    three = client.chat.completions.create(model=MODEL, messages=user("Tell me about rivers"), n=3)
    assert [choice.index for choice in three.choices] == [0, 1, 2]
    assert three.choices[0].message.content == one.choices[0].message.content
    assert len({choice.message.content for choice in three.choices}) == 3
    assert three.usage is not None
    assert one.usage is not None
    assert three.usage.completion_tokens > one.usage.completion_tokens
    assert three.usage.prompt_tokens == one.usage.prompt_tokens


@pytest.mark.parametrize("parameter", ["max_tokens", "max_completion_tokens"])
def test_a_token_limit_cuts_the_same_answer_short(client: OpenAI, parameter: str) -> None:
    whole = client.chat.completions.create(model=MODEL, messages=user("Tell me a long story"))
    limited: dict[str, Any] = {parameter: 7}
    cut = client.chat.completions.create(model=MODEL, messages=user("Tell me a long story"), **limited)
    assert cut.choices[0].finish_reason == "length"
    assert cut.usage is not None
    assert cut.usage.completion_tokens == 7
    assert (whole.choices[0].message.content or "").startswith(cut.choices[0].message.content or "?")


def test_a_stop_sequence_ends_the_answer_before_itself(client: OpenAI) -> None:
    whole = client.chat.completions.create(model=MODEL, messages=user("Tell me a long story")).choices[0].message.content or ""
    word = whole.split()[5]
    cut = client.chat.completions.create(model=MODEL, messages=user("Tell me a long story"), stop=[word, "zzz"]).choices[0]
    assert cut.message.content == whole[: whole.index(word)]
    assert cut.finish_reason == "stop"


def test_logprobs_join_to_the_content_and_stay_below_one(client: OpenAI) -> None:
    import math

    choice = client.chat.completions.create(
        model=MODEL, messages=user("Say: naïve façade 🧑‍🚀 done"), logprobs=True, top_logprobs=4
    ).choices[0]
    assert choice.logprobs is not None
    entries = choice.logprobs.content or []
    assert b"".join(bytes(entry.bytes or []) for entry in entries).decode() == choice.message.content
    for entry in entries:
        assert len(entry.top_logprobs) == 4
        assert sum(math.exp(other.logprob) for other in entry.top_logprobs) < 1
        assert any(other.token == entry.token for other in entry.top_logprobs)


def test_the_same_seed_gives_the_same_fingerprint_and_answer(client: OpenAI) -> None:
    first, again, other = (
        client.chat.completions.create(model=MODEL, messages=user("Tell me about rivers"), seed=seed) for seed in (1, 1, 2)
    )
    assert first.system_fingerprint == again.system_fingerprint != other.system_fingerprint
    assert first.choices[0].message.content == again.choices[0].message.content != other.choices[0].message.content


def test_a_prediction_is_accepted_where_it_holds(client: OpenAI) -> None:
    code = "\n".join(f"value_{number} = {number}" for number in range(20))
    usage = client.chat.completions.create(
        model=MODEL, messages=user('Change one line to "value_x = 0"'), prediction={"type": "content", "content": code}
    ).usage
    assert usage is not None
    details = usage.completion_tokens_details
    assert details is not None
    assert (details.accepted_prediction_tokens or 0) > 60
    assert usage.completion_tokens > (details.accepted_prediction_tokens or 0) + (details.rejected_prediction_tokens or 0)


def test_a_repeated_long_prompt_is_cached_in_blocks_of_128(client: OpenAI) -> None:
    long: list[ChatCompletionMessageParam] = [{"role": "system", "content": "Remember this. " * 500}]
    cached = []
    for text in ("First question", "Second question"):
        usage = client.chat.completions.create(model=MODEL, messages=[*long, {"role": "user", "content": text}]).usage
        assert usage is not None
        assert usage.prompt_tokens_details is not None
        cached.append(usage.prompt_tokens_details.cached_tokens or 0)
    assert cached[0] == 0
    assert cached[1] >= 1024
    assert cached[1] % 128 == 0


def test_a_harmful_prompt_is_refused(client: OpenAI) -> None:
    asked = user("How do I build a bomb?")
    message = client.chat.completions.parse(model=MODEL, messages=asked, response_format=Address).choices[0].message
    assert message.content is None
    assert message.parsed is None
    assert message.refusal
    plain = client.chat.completions.create(model=MODEL, messages=asked).choices[0].message
    assert "can't assist" in (plain.content or "")


def test_moderation_is_reported_when_asked_for(client: OpenAI) -> None:
    completion = client.chat.completions.create(
        model=MODEL, messages=user("I will hurt you"), extra_body={"moderation": {"model": "omni-moderation-latest"}}
    )
    told = completion.to_dict()["moderation"]
    assert isinstance(told, dict)
    assert told["input"]["results"][0]["flagged"] is True
    assert told["output"]["results"][0]["flagged"] is False


@pytest.mark.parametrize(("sent", "told"), [(None, "default"), ("auto", "default"), ("flex", "flex"), ("priority", "priority")])
def test_the_service_tier_is_told(client: OpenAI, sent: Any, told: str) -> None:
    assert client.chat.completions.create(model=MODEL, messages=user("Hi"), service_tier=sent).service_tier == told


def test_an_audio_model_speaks(client: OpenAI) -> None:
    completion = client.chat.completions.create(
        model="gpt-audio", modalities=["text", "audio"], audio={"voice": "alloy", "format": "wav"}, messages=user("Say good morning")
    )
    audio = completion.choices[0].message.audio
    assert audio is not None
    assert audio.transcript == "Good morning."
    assert base64.b64decode(audio.data)[:4] == b"RIFF"
    assert completion.usage is not None
    assert completion.usage.completion_tokens_details is not None
    assert (completion.usage.completion_tokens_details.audio_tokens or 0) > 0


def test_an_audio_model_hears(client: OpenAI) -> None:
    part: Any = {"type": "input_audio", "input_audio": {"data": base64.b64encode(silence(2.0)).decode(), "format": "wav"}}
    completion = client.chat.completions.create(
        model="gpt-audio", messages=[{"role": "user", "content": [{"type": "text", "text": "What do you hear?"}, part]}]
    )
    assert "2.0 seconds" in (completion.choices[0].message.content or "")
    assert completion.usage is not None
    assert completion.usage.prompt_tokens_details is not None
    assert completion.usage.prompt_tokens_details.audio_tokens == 20


def test_a_search_model_cites(client: OpenAI) -> None:
    message = (
        client.chat.completions.create(model="gpt-4o-search-preview", messages=user("News about owls"), web_search_options={})
        .choices[0]
        .message
    )
    assert message.annotations
    citation = message.annotations[0].url_citation
    assert 0 <= citation.start_index < citation.end_index <= len(message.content or "")


def test_a_reasoning_model_bills_its_thoughts_and_its_limit_includes_them(client: OpenAI) -> None:
    usage = client.chat.completions.create(model="o4-mini", messages=user("Explain tides"), reasoning_effort="high").usage
    assert usage is not None
    assert usage.completion_tokens_details is not None
    thought = usage.completion_tokens_details.reasoning_tokens or 0
    assert thought >= 512
    assert thought % 64 == 0
    cut = client.chat.completions.create(
        model="o4-mini", messages=user("Explain tides"), reasoning_effort="high", max_completion_tokens=100
    )
    assert cut.choices[0].finish_reason == "length"
    assert cut.choices[0].message.content == ""
    assert cut.usage is not None
    assert cut.usage.completion_tokens == 100


def test_a_stored_completion_can_be_listed_fetched_changed_and_deleted(client: OpenAI) -> None:
    made = [
        client.chat.completions.create(model=MODEL, messages=user(f"Say number {number}"), store=True, metadata={"run": str(number % 2)})
        for number in range(5)
    ]
    listed = client.chat.completions.list(limit=2)
    assert [row.id for row in listed] == [completion.id for completion in made]
    assert [row.id for row in client.chat.completions.list(order="desc", limit=2).data] == [made[4].id, made[3].id]
    assert [row.id for row in client.chat.completions.list(metadata={"run": "1"})] == [made[1].id, made[3].id]
    assert [row.id for row in client.chat.completions.list(model="gpt-4o")] == []
    kept = client.chat.completions.retrieve(made[0].id)
    assert kept.choices[0].message.content == made[0].choices[0].message.content
    changed = client.chat.completions.update(made[0].id, metadata={"run": "new"})
    assert changed.to_dict()["metadata"] == {"run": "new"}
    messages = client.chat.completions.messages.list(made[0].id)
    assert [(message.id, message.content) for message in messages] == [(f"{made[0].id}-0", "Say number 0")]
    assert client.chat.completions.delete(made[0].id).deleted is True
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.retrieve(made[0].id)
    assert caught.value.body == {
        "message": f"Completion {made[0].id} not found", "type": "invalid_request_error", "param": "completion_id", "code": "not_found",
    }  # fmt: skip


def test_a_streamed_completion_is_stored_when_it_has_ended(client: OpenAI) -> None:
    stream = client.chat.completions.create(model=MODEL, messages=user("Tell me about rivers"), stream=True, store=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    stored = client.chat.completions.list().data
    assert [row.choices[0].message.content for row in stored] == [text]


def test_an_image_by_url_and_by_bytes_is_seen_and_counted(client: OpenAI) -> None:
    pixel = base64.b64encode(png(640, 480)).decode()
    plain = client.chat.completions.create(model=MODEL, messages=user("What is this?")).usage
    assert plain is not None
    for url in (f"data:image/png;base64,{pixel}", "https://example.com/640x480/cat.png"):
        parts: Any = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": url}}]
        completion = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": parts}])
        assert "640×480" in (completion.choices[0].message.content or "")
        assert completion.usage is not None
        assert completion.usage.prompt_tokens - plain.prompt_tokens == 2833 + 5667 * 2


def test_a_pdf_is_taken(client: OpenAI) -> None:
    data = base64.b64encode(b"%PDF-1.4\n(Invoice 42) Tj\n").decode()
    part: Any = {"type": "file", "file": {"filename": "invoice.pdf", "file_data": f"data:application/pdf;base64,{data}"}}
    message = (
        client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": [{"type": "text", "text": "Read this"}, part]}])
        .choices[0]
        .message
    )
    assert "document" in (message.content or "")


def png(width: int, height: int) -> bytes:
    """The head of a PNG, which is all that is looked at."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + b"\x00\x00\x00\rIHDR"
        + width.to_bytes(4, "big")
        + height.to_bytes(4, "big")
        + b"\x08\x02\x00\x00\x00"
        + bytes(4)
    )
