"""A scenario written once holds on every endpoint that speaks: chats, responses, completions, lines of a batch, runs, Realtime."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

from mockapi import Server, Settings
from tests.conftest import Wire
from tests.line import Line
from tests.resources.test_run_streams import BEGUN, MESSAGE, shortened
from tests.resources.test_runs import answer, assistant, run, said, steps, thread
from tests.samples import CODE
from tests.scenario.test_scenarios import WEATHER, tell

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SCENARIOS = """
scenarios:
  - match: {user: hi}
    reply: Good day to you
  - match: {user: {regex: 'weather in (\\w+)'}, tools: get_weather, results: false}
    reply: {tool_calls: [{name: get_weather, arguments: {city: '{{ match.1 }}'}}]}
  - match: {results: {tool: get_weather, text: {contains: rain}}}
    reply: 'Take an umbrella: {{ results.0 }}.'
  - match: {user: may I}
    reply: {refusal: I would rather not.}
  - match: {user: shape}
    reply: {json: {ok: true}}
  - match: {user: limit}
    reply: {error: rate_limit_requests}
"""
# What an endpoint says to a text: its text, its refusal, its calls, or the code of its error.
Ask = Callable[[OpenAI, str], Any]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAI]:
    file: Path = tmp_path_factory.mktemp("scenarios") / "once.yaml"
    file.write_text(SCENARIOS)
    with Server(Settings(port=0, scenarios=str(file), lifecycle="immediate")) as mock:
        yield OpenAI(base_url=mock.base_url, api_key="sk-once", max_retries=0)


def chat_says(message: Any) -> Any:
    calls = message.get("tool_calls")
    return (
        [(call["function"]["name"], call["function"]["arguments"]) for call in calls] if calls else message["content"] or message["refusal"]
    )


def ask_chat(client: OpenAI, text: str) -> Any:
    try:
        made = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": text}], tools=[WEATHER])
    except openai.APIStatusError as error:
        return error.code
    return chat_says(made.choices[0].message.to_dict())


def ask_response(client: OpenAI, text: str) -> Any:
    tool: Any = {"type": "function", **WEATHER["function"], "strict": False}
    try:
        item: Any = client.responses.create(model="gpt-4o-mini", input=text, tools=[tool]).output[0]
    except openai.APIStatusError as error:
        return error.code
    if item.type == "function_call":
        return [(item.name, item.arguments)]
    return getattr(item.content[0], "text", None) or item.content[0].refusal


def ask_completion(client: OpenAI, text: str) -> Any:
    try:
        return client.completions.create(model="gpt-3.5-turbo-instruct", prompt=text).choices[0].text
    except openai.APIStatusError as error:
        return error.code


def ask_batch(client: OpenAI, text: str) -> Any:
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], "tools": [WEATHER]}
    line = {"custom_id": "one", "method": "POST", "url": "/v1/chat/completions", "body": body}
    file = client.files.create(file=("a.jsonl", json.dumps(line).encode()), purpose="batch")
    made = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    while made.status != "completed":
        time.sleep(0.01)
        made = client.batches.retrieve(made.id)
    told = json.loads(client.files.content(made.output_file_id or made.error_file_id or "").text)["response"]["body"]
    return told["error"]["code"] if "error" in told else chat_says(told["choices"][0]["message"])


def ask_run(client: OpenAI, text: str) -> Any:
    made = run(client, text, assistant(client, WEATHER))
    if made.status == "requires_action":
        return [(call.function.name, call.function.arguments) for call in made.required_action.submit_tool_outputs.tool_calls]
    if made.status == "failed":
        return made.last_error.code
    message: Any = client.beta.threads.messages.list(made.thread_id, limit=1).data[0].to_dict()
    (part,) = message["content"]
    return part["text"]["value"] if part["type"] == "text" else part["refusal"]


def ask_streamed_run(client: OpenAI, text: str) -> Any:
    """The same as its events add up to."""
    with client.beta.threads.runs.stream(thread_id=thread(client, text), assistant_id=assistant(client, WEATHER)) as stream:
        stream.until_done()
    made: Any = stream.get_final_run()
    if made.status == "requires_action":
        details: Any = stream.get_final_run_steps()[0].step_details
        return [(call.function.name, call.function.arguments) for call in details.tool_calls]
    if made.status == "failed":
        return made.last_error.code
    part: Any = stream.get_final_messages()[0].content[0]
    return part.text.value if part.type == "text" else part.refusal


def ask_realtime(client: OpenAI, text: str) -> Any:
    tool = {"type": "function", **{name: value for name, value in WEATHER["function"].items() if name != "strict"}}
    with Line(str(client.base_url).rstrip("/"), client.api_key, model="gpt-realtime") as line:
        line.until("session.created")
        line.configure(output_modalities=["text"], tools=[tool])
        line.say(text)
        line.send("response.create")
        made = line.until("response.done")[-1]["response"]
    if made["status"] == "failed":
        return made["status_details"]["error"]["code"]
    item = made["output"][0]
    return [(item["name"], item["arguments"])] if item["type"] == "function_call" else item["content"][0]["text"]


@pytest.mark.parametrize("ask", [ask_chat, ask_response, ask_batch, ask_run, ask_streamed_run, ask_realtime])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hi", "Good day to you"),
        ("How is the weather in Oslo?", [("get_weather", '{"city":"Oslo"}')]),
        ("may I", "I would rather not."),
        ("shape", '{"ok":true}'),
        ("limit", "rate_limit_exceeded"),
    ],
)
def test_a_file_of_scenarios_answers_every_endpoint(client: OpenAI, ask: Ask, text: str, told: Any) -> None:
    assert ask(client, text) == told


@pytest.mark.parametrize(("text", "told"), [("hi", "Good day to you"), ("shape", '{"ok":true}'), ("limit", "rate_limit_exceeded")])
def test_and_completions_too(client: OpenAI, text: str, told: str) -> None:
    assert ask_completion(client, text) == told


def test_a_loop_of_a_run_as_it_is_told(client: OpenAI) -> None:
    made = run(client, "How is the weather in Oslo?", assistant(client, WEATHER))
    done = answer(client, made, "rain all day")
    assert done.status == "completed" and said(client, done) == "Take an umbrella: rain all day."
    assert done.usage.completion_tokens == sum(step.usage.completion_tokens for step in steps(client, done))


def test_runs_are_matched_by_all_that_they_ask(wire: Wire, client: OpenAI, server: Server) -> None:
    tell(
        wire,
        {"match": {"operation": "threads.runs", "system": {"contains": "pirate"}}, "reply": "Arr"},
        {"match": {"messages": [{"role": "assistant", "text": "earlier"}]}, "reply": "I remember"},
        {"match": {"model": "gpt-4.1*"}, "reply": "bigger"},
        {"match": {"metadata": {"run": "7"}}, "reply": "seven"},
        {"match": {"response_format": "json_object"}, "reply": {"json": {"ok": False}}},
        {"match": {"stream": True}, "reply": "flowing"},
        {"match": {"operation": "createRun", "user": "short"}, "reply": {"text": "Good day", "but": {"finish": "length"}}},
        {"match": {"user": "closed"}, "reply": {"error": "server_error"}},
        {"match": {"user": "unknown"}, "reply": {"error": "model_not_found"}},
    )
    with OpenAI(base_url=server.base_url, api_key=wire.key, max_retries=0) as own:
        guide = assistant(own)
        assert said(own, run(own, "x", assistant(own, instructions="Be a pirate."))) == "Arr"
        extra: Any = [{"role": "assistant", "content": "earlier"}, {"role": "user", "content": "y"}]
        made = own.beta.threads.runs.create_and_poll(thread_id=thread(own, "x"), assistant_id=guide, additional_messages=extra)
        assert said(own, made) == "I remember"
        assert said(own, run(own, "x", guide, model="gpt-4.1-mini")) == "bigger"
        assert said(own, run(own, "x", guide, metadata={"run": "7"})) == "seven"
        assert said(own, run(own, "x", guide, response_format={"type": "json_object"})) == '{"ok":false}'
        events: list[Any] = list(own.beta.threads.runs.create(thread(own, "x"), assistant_id=guide, stream=True))
        assert shortened(events)[: len(BEGUN) + len(MESSAGE)] == [*BEGUN, *MESSAGE]
        assert said(own, events[-1].data) == "flowing"
        short = own.beta.threads.runs.create_and_poll(thread_id=thread(own, "short"), assistant_id=guide)
        assert (short.status, said(own, short)) == ("incomplete", "Good day")
        failed = run(own, "closed", guide)
        assert (failed.status, failed.last_error.code) == ("failed", "server_error")
        # What is no error of the model's side is the call's own.
        with pytest.raises(openai.NotFoundError):
            run(own, "unknown", guide)
        with pytest.raises(openai.InternalServerError):
            own.beta.threads.runs.create(thread(own, "x"), assistant_id=guide, extra_headers={"x-mock-fault": "overloaded"})


def test_hosted_tools_are_left_alone_where_the_answer_is_told(client: OpenAI) -> None:
    made = run(client, "hi", assistant(client, CODE), tool_choice={"type": "code_interpreter"})
    assert [step.type for step in steps(client, made)] == ["message_creation"] and said(client, made) == "Good day to you"


def test_where_every_call_must_be_scripted_runs_are_calls() -> None:
    with Server(Settings(port=0, strict_scenarios=True)) as mock, OpenAI(base_url=mock.base_url, api_key="sk-a", max_retries=0) as strict:
        with pytest.raises(openai.BadRequestError, match="no scenario matches this request"):
            run(strict, "anything", assistant(strict))
        with Wire(mock.base_url, "sk-a") as wire:
            tell(wire, {"match": {"user": "anything"}, "reply": "Something"})
        assert said(strict, run(strict, "anything", assistant(strict))) == "Something"


def test_faults_among_the_events_of_a_run(wire: Wire) -> None:
    guide = wire.request("POST", "/assistants", json={"model": "gpt-4o-mini"}).json()["id"]
    body = {"assistant_id": guide, "thread": {"messages": [{"role": "user", "content": "Say hello"}]}, "stream": True}

    def lines(fault: str) -> list[str]:
        return wire.request("POST", "/threads/runs", json=body, headers={"x-mock-fault": fault}).text.split("\n\n")

    whole = lines("cut:99")
    assert whole[-2:] == ["event: done\ndata: [DONE]", ""]
    assert lines("no_done:1")[-2].startswith("event: thread.run.completed")
    name, _, data = lines("error_event:3")[3].partition("\ndata: ")
    assert name == "event: error" and json.loads(data)["type"] == "server_error"
    assert len(lines(f"error_event:{len(whole) - 2}")) == len(whole)
