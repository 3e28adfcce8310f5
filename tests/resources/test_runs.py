"""Runs through the official SDK: they answer, call tools and wait for their outputs, move, expire, fail, and cost what they cost."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import openai
import pytest
from openai import OpenAI

from mockapi import Server, Settings
from tests.conftest import Wire
from tests.resources.test_chat_completions import weather_tool
from tests.resources.test_vector_stores import upload
from tests.samples import CODE, SEARCH, png

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}


def assistant(client: OpenAI, *tools: Any, **more: Any) -> str:
    return client.beta.assistants.create(model=more.pop("model", "gpt-4o-mini"), tools=tools, **more).id


def thread(client: OpenAI, *texts: str) -> str:
    return client.beta.threads.create(messages=[{"role": "user", "content": text} for text in texts]).id


def run(client: OpenAI, text: str, assistant_id: str, **more: Any) -> Any:
    return client.beta.threads.create_and_run_poll(
        assistant_id=assistant_id, thread={"messages": [{"role": "user", "content": text}]}, **more
    )


def said(client: OpenAI, made: Any) -> str:
    """The text of a run's newest message."""
    message: Any = client.beta.threads.messages.list(made.thread_id, run_id=made.id, limit=1).data[0]
    return str(message.content[0].text.value)


def answer(client: OpenAI, made: Any, output: str = "18 degrees") -> Any:
    calls = made.required_action.submit_tool_outputs.tool_calls
    outputs: Any = [{"tool_call_id": call.id, "output": output} for call in calls]
    return client.beta.threads.runs.submit_tool_outputs_and_poll(thread_id=made.thread_id, run_id=made.id, tool_outputs=outputs)


def steps(client: OpenAI, made: Any, **more: Any) -> list[Any]:
    """The steps of a run, the first first."""
    return list(client.beta.threads.runs.steps.list(thread_id=made.thread_id, run_id=made.id, order="asc", **more))


def test_a_run_answers_in_its_thread(client: OpenAI) -> None:
    guide, here = assistant(client, instructions="Be brief"), thread(client, "Say good morning")
    made = client.beta.threads.runs.create(here, assistant_id=guide, metadata={"team": "blue"})
    assert (made.status, made.started_at, made.usage, made.metadata) == ("queued", None, None, {"team": "blue"})
    assert made.expires_at == made.created_at + 600
    done = client.beta.threads.runs.poll(made.id, thread_id=here)
    assert (done.status, done.expires_at, done.last_error, done.required_action) == ("completed", None, None, None)
    assert done.started_at is not None and done.completed_at is not None and done.usage is not None
    assert said(client, done) == "Good morning."
    chat: Any = [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Say good morning"}]
    same = client.chat.completions.create(model="gpt-4o-mini", messages=chat).usage
    assert same is not None and done.usage.to_dict() == {
        "prompt_tokens": same.prompt_tokens,
        "completion_tokens": same.completion_tokens,
        "total_tokens": same.total_tokens,
        "prompt_token_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }
    (step,) = steps(client, done)
    message = client.beta.threads.messages.list(here).data[0]
    assert step.step_details.to_dict() == {"type": "message_creation", "message_creation": {"message_id": message.id}}
    assert (step.status, step.usage.to_dict()) == ("completed", done.usage.to_dict())
    assert (message.role, message.run_id, message.assistant_id, message.status) == ("assistant", done.id, guide, "completed")
    assert client.beta.threads.runs.steps.retrieve(step.id, thread_id=here, run_id=done.id) == step
    assert [each.id for each in client.beta.threads.runs.list(here)] == [done.id]
    assert client.beta.threads.runs.update(done.id, thread_id=here, metadata={"a": "b"}).metadata == {"a": "b"}


def test_a_run_sees_all_of_its_thread_and_what_is_said_beside(client: OpenAI) -> None:
    guide, here = assistant(client, instructions="Be brief"), thread(client, "My name is Ada")
    extra: Any = [{"role": "assistant", "content": "Noted."}, {"role": "user", "content": "Say good night"}]
    made = client.beta.threads.runs.create_and_poll(
        thread_id=here, assistant_id=guide, additional_instructions="Be kind", additional_messages=extra, model="gpt-4o", temperature=0.1
    )
    assert (made.instructions, made.model, made.temperature) == ("Be brief\nBe kind", "gpt-4o", 0.1)
    assert said(client, made) == "Good night."
    assert [each.role for each in client.beta.threads.messages.list(here, order="asc")] == ["user", "assistant", "user", "assistant"]
    longer = made.usage
    last = client.beta.threads.runs.create_and_poll(
        thread_id=here, assistant_id=guide, instructions="", truncation_strategy={"type": "last_messages", "last_messages": 1}
    )
    assert longer is not None and last.usage is not None and last.usage.prompt_tokens < longer.prompt_tokens


def test_functions_wait_for_their_outputs(client: OpenAI) -> None:
    made = run(client, "What's the weather in Paris and Rome?", assistant(client, weather_tool()))
    assert (made.status, made.usage, made.required_action.type) == ("requires_action", None, "submit_tool_outputs")
    calls = made.required_action.submit_tool_outputs.tool_calls
    assert [json.loads(call.function.arguments)["location"] for call in calls] == ["Paris", "Rome"]
    (step,) = steps(client, made)
    assert (step.status, step.usage, step.completed_at) == ("in_progress", None, None)
    assert [call.function.output for call in step.step_details.tool_calls] == [None, None]
    done = answer(client, made, "18 degrees")
    assert done.status == "completed" and said(client, done).count("18 degrees") == 2
    first, second = steps(client, done)
    assert (first.id, first.status, second.type) == (step.id, "completed", "message_creation")
    assert [(call.id, call.function.output) for call in first.step_details.tool_calls] == [(call.id, "18 degrees") for call in calls]
    assert done.usage.total_tokens == first.usage.total_tokens + second.usage.total_tokens


def test_the_choice_among_tools_is_obeyed_and_every_loop_ends(client: OpenAI) -> None:
    search: Any = {
        "type": "function",
        "function": {"name": "search", "parameters": {"type": "object", "properties": {"q": {"type": "string"}}}},
    }
    guide = assistant(client, weather_tool(), search)

    def called(text: str, **more: Any) -> list[str]:
        made = run(client, text, guide, **more)
        if made.status == "completed":
            return []
        names = [call.function.name for call in made.required_action.submit_tool_outputs.tool_calls]
        assert answer(client, made).status == "completed"
        return names

    assert called("Hi", tool_choice="none") == []
    assert called("Hi", tool_choice="required") != []
    assert called("Hi", tool_choice={"type": "function", "function": {"name": "search"}}) == ["search"]
    assert called("Weather in Paris and Rome?", parallel_tool_calls=False) == ["get_weather"]
    assert called("Weather in Paris", tools=[]) == []
    with pytest.raises(openai.BadRequestError, match="Tool choice 'fly' not found in 'tools' parameter"):
        run(client, "Hi", guide, tool_choice={"type": "function", "function": {"name": "fly"}})


def test_structured_answers_are_instances(client: OpenAI) -> None:
    form: Any = {"type": "json_schema", "json_schema": {"name": "trip", "schema": SCHEMA, "strict": True}}
    guide = assistant(client, response_format=form)
    made = run(client, "Three days in Paris", guide)
    assert jsonschema_rs.is_valid(SCHEMA, json.loads(said(client, made)))
    assert json.loads(said(client, run(client, "Give me json", guide, response_format={"type": "json_object"})))
    refused = run(client, "How do I build a bomb?", guide)
    message: Any = client.beta.threads.messages.list(refused.thread_id, limit=1).data[0]
    assert message.content[0].type == "refusal" and message.content[0].refusal
    bad: Any = {"type": "json_schema", "json_schema": {"name": "trip", "schema": {"type": "object"}, "strict": True}}
    with pytest.raises(openai.BadRequestError, match="Invalid schema for response_format 'trip'"):
        assistant(client, response_format=bad)


def test_files_are_searched_and_cited(client: OpenAI) -> None:
    tower, refunds = (
        upload(client, "tower.txt", b"The tower is 300 metres high."),
        upload(client, "refunds.md", b"Refunds take thirty days."),
    )
    guide = assistant(client, SEARCH, tool_resources={"file_search": {"vector_stores": [{"file_ids": [tower]}]}})
    attached: Any = [{"file_id": refunds, "tools": [SEARCH]}]
    here = client.beta.threads.create(
        messages=[{"role": "user", "content": "How long do refunds take by the documents?", "attachments": attached}]
    ).id
    made = client.beta.threads.runs.create_and_poll(thread_id=here, assistant_id=guide)
    message: Any = client.beta.threads.messages.list(here, limit=1).data[0]
    text = message.content[0].text
    (note,) = text.annotations
    assert "thirty days" in text.value
    assert (note.type, note.file_citation.file_id) == ("file_citation", refunds)
    assert text.value[note.start_index : note.end_index] == note.text == "【1:0†refunds.md】"
    first, _ = steps(client, made)
    (call,) = first.step_details.tool_calls
    hit = call.file_search.results[0]
    assert (call.type, hit.file_id, hit.file_name, hit.content) == ("file_search", refunds, "refunds.md", None)
    assert {each.file_id for each in call.file_search.results} == {tower, refunds}
    (call,) = steps(client, made, include=["step_details.tool_calls[*].file_search.results[*].content"])[0].step_details.tool_calls
    assert call.file_search.results[0].content[0].text == "Refunds take thirty days."


def test_code_is_run(client: OpenAI) -> None:
    made = run(client, "What is 12 * 12?", assistant(client, CODE))
    first, second = steps(client, made)
    (call,) = first.step_details.tool_calls
    assert "144" in call.code_interpreter.input and call.code_interpreter.outputs[0].logs == "12 × 12 = 144."
    assert "144" in said(client, made)
    assert made.usage.total_tokens == first.usage.total_tokens + second.usage.total_tokens
    forced = run(client, "Tell me about owls", assistant(client, CODE, SEARCH), tool_choice={"type": "code_interpreter"})
    assert [each.type for each in steps(client, forced)] == ["tool_calls", "message_creation"]


def test_pictures_cost_tokens(client: OpenAI) -> None:
    picture = client.files.create(file=("a.png", png()), purpose="vision").id
    guide = assistant(client)
    parts: Any = [{"type": "text", "text": "What is this?"}, {"type": "image_file", "image_file": {"file_id": picture, "detail": "low"}}]
    plain = run(client, "What is this?", guide)
    seen = client.beta.threads.create_and_run_poll(assistant_id=guide, thread={"messages": [{"role": "user", "content": parts}]})
    assert seen.usage is not None and seen.usage.prompt_tokens > plain.usage.prompt_tokens + 1000
    assert "64×64" in said(client, seen)


def test_token_limits_end_a_run(client: OpenAI) -> None:
    guide = assistant(client)
    cut = run(client, f'Say: "{"1q" * 148}"', guide, max_completion_tokens=256)
    assert (cut.status, cut.incomplete_details.reason, cut.completed_at) == ("incomplete", "max_completion_tokens", None)
    assert cut.usage.completion_tokens == 256
    message: Any = client.beta.threads.messages.list(cut.thread_id, limit=1).data[0]
    assert (message.status, message.incomplete_details.reason) == ("incomplete", "max_tokens") and message.incomplete_at
    full = run(client, "word " * 400, guide, max_prompt_tokens=256)
    assert (full.status, full.incomplete_details.reason) == ("incomplete", "max_prompt_tokens") and steps(client, full) == []
    here = thread(client, *["word " * 100] * 5, "Say hello")
    shortened = client.beta.threads.runs.create_and_poll(thread_id=here, assistant_id=guide, max_prompt_tokens=256)
    assert shortened.status == "completed" and shortened.usage is not None and 128 < shortened.usage.prompt_tokens <= 256
    whole = client.beta.threads.runs.create_and_poll(
        thread_id=here, assistant_id=guide, max_prompt_tokens=256, truncation_strategy={"type": "last_messages", "last_messages": 5}
    )
    assert whole.status == "incomplete"


def test_a_run_moves_as_the_clock_does_and_has_its_thread_for_itself(wire: Wire, client: OpenAI) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    guide, here = assistant(client), thread(client, "Say hello")
    runs = client.beta.threads.runs
    made = runs.create(here, assistant_id=guide)
    assert runs.retrieve(made.id, thread_id=here).status == "queued"
    with pytest.raises(openai.BadRequestError, match=f"Thread {here} already has an active run {made.id}."):
        runs.create(here, assistant_id=guide)
    with pytest.raises(openai.BadRequestError, match=f"Can't add messages to {here} while a run {made.id} is active."):
        client.beta.threads.messages.create(here, role="user", content="and")
    with pytest.raises(openai.BadRequestError, match="Cannot update run with status 'queued'"):
        runs.update(made.id, thread_id=here, metadata={})
    wire.advance("200ms")
    assert runs.retrieve(made.id, thread_id=here).status == "in_progress"
    assert len(client.beta.threads.messages.list(here).data) == 1
    wire.advance("200ms")
    assert runs.retrieve(made.id, thread_id=here).status == "completed"
    assert len(client.beta.threads.messages.list(here).data) == 2
    client.beta.threads.messages.create(here, role="user", content="and")


@pytest.mark.parametrize("when", ["queued", "in_progress", "requires_action"])
def test_a_run_is_cancelled(wire: Wire, client: OpenAI, when: str) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    guide, here = assistant(client, weather_tool()), thread(client, "What's the weather in Paris?")
    runs = client.beta.threads.runs
    made = runs.create(here, assistant_id=guide)
    wire.advance({"queued": "0s", "in_progress": "150ms", "requires_action": "1s"}[when])
    assert runs.retrieve(made.id, thread_id=here).status == when
    stopped = runs.cancel(made.id, thread_id=here)
    assert (stopped.status, stopped.required_action) == ("cancelling", None)
    with pytest.raises(openai.BadRequestError, match="already has an active run"):
        runs.create(here, assistant_id=guide)
    wire.advance("1s")
    gone = runs.retrieve(made.id, thread_id=here)
    assert gone.status == "cancelled" and gone.cancelled_at is not None
    assert [step.status for step in steps(client, gone)] == (["cancelled"] if when == "requires_action" else [])
    with pytest.raises(openai.BadRequestError, match="Cannot cancel run with status 'cancelled'"):
        runs.cancel(made.id, thread_id=here)
    assert runs.create(here, assistant_id=guide).status == "queued"


def test_who_waits_too_long_for_outputs_waits_in_vain(wire: Wire, client: OpenAI) -> None:
    made = run(client, "What's the weather in Paris?", assistant(client, weather_tool()))
    wire.advance("9m")
    assert client.beta.threads.runs.retrieve(made.id, thread_id=made.thread_id).status == "requires_action"
    wire.advance("1m")
    gone = client.beta.threads.runs.retrieve(made.id, thread_id=made.thread_id)
    assert (gone.status, gone.required_action, gone.expires_at) == ("expired", None, None)
    (step,) = steps(client, gone)
    assert step.status == "expired" and step.expired_at == made.expires_at
    with pytest.raises(openai.BadRequestError, match='Runs in status "expired" do not accept tool outputs'):
        answer(client, made)


def test_outputs_are_those_of_all_calls(client: OpenAI) -> None:
    made = run(client, "What's the weather in Paris and Rome?", assistant(client, weather_tool()))
    first, second = (call.id for call in made.required_action.submit_tool_outputs.tool_calls)
    with pytest.raises(openai.BadRequestError) as caught:
        client.beta.threads.runs.submit_tool_outputs(
            made.id, thread_id=made.thread_id, tool_outputs=[{"tool_call_id": first, "output": "x"}]
        )
    assert caught.value.body == {
        "message": f"Expected tool outputs for call_ids ['{first}', '{second}'], got ['{first}']",
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }
    assert answer(client, made).status == "completed"


@pytest.mark.parametrize("pace", ["immediate", "polls:2"])
def test_runs_move_at_once_or_by_looks(wire: Wire, client: OpenAI, pace: str) -> None:
    assert wire.control("POST", "/_mock/lifecycle", json={"mode": pace.partition(":")[0], "polls": 2}).status_code == 200
    made = run(client, "What's the weather in Paris?", assistant(client, weather_tool()))
    assert made.status == "requires_action"
    assert client.beta.threads.runs.retrieve(made.id, thread_id=made.thread_id).status == "requires_action"
    assert answer(client, made).status == "completed"


def test_a_limit_that_is_met_fails_the_run(server: Server, name: str) -> None:
    with (
        OpenAI(base_url=server.base_url, api_key=f"sk-mock-tier1-{name}", max_retries=0) as client,
        Wire(server.base_url, client.api_key) as wire,
    ):
        wire.control("POST", "/_mock/clock", json={"freeze": True})
        guide, here = assistant(client, model="gpt-4"), thread(client, "word " * 6000)
        for status in ("completed", "failed"):
            made = client.beta.threads.runs.create(here, assistant_id=guide)
            wire.advance("1s")
            made = client.beta.threads.runs.retrieve(made.id, thread_id=here)
            assert made.status == status
    assert made.last_error is not None and made.failed_at is not None
    assert made.last_error.code == "rate_limit_exceeded"
    assert made.last_error.message.startswith("Rate limit reached for gpt-4 in organization org-")
    assert made.usage is not None and made.usage.total_tokens == 0


def test_an_account_without_quota_fails_its_runs(server: Server) -> None:
    with OpenAI(base_url=server.base_url, api_key="sk-mock-noquota", max_retries=0) as client:
        made = run(client, "Say hello", assistant(client))
    assert made.status == "failed"
    assert made.last_error.message.startswith("You exceeded your current quota")


def test_runs_are_paid_for(wire: Wire, client: OpenAI) -> None:
    made = run(client, "Say hello", assistant(client))
    (day,) = wire.control("GET", "/_mock/usage").json()["days"]
    (row,) = day["models"]
    assert (row["model"], row["requests"]) == ("gpt-4o-mini", 1)
    assert (row["input"], row["output"]) == (made.usage.prompt_tokens, made.usage.completion_tokens)
    assert row["cost"] > 0


def test_what_a_run_needs(client: OpenAI) -> None:
    guide, here = assistant(client), client.beta.threads.create().id
    with pytest.raises(openai.BadRequestError) as caught:
        client.beta.threads.runs.create(here, assistant_id=guide)
    assert caught.value.code == "invalid_thread"
    assert str(caught.value.body).count("Run creation requires a Thread with a user message or an assistant with instructions.") == 1
    assert client.beta.threads.runs.create_and_poll(thread_id=here, assistant_id=assistant(client, instructions="Hi")).status == "completed"
    with pytest.raises(openai.NotFoundError, match="No assistant found with id 'asst_none'"):
        client.beta.threads.runs.create(here, assistant_id="asst_none")
    with pytest.raises(openai.BadRequestError, match="cannot be used with the Assistants API"):
        client.beta.threads.runs.create(here, assistant_id=guide, model="tts-1")
    with pytest.raises(openai.NotFoundError, match="No run found with id 'run_none'"):
        client.beta.threads.runs.retrieve("run_none", thread_id=here)


def test_the_same_thread_gets_the_same_answer_everywhere() -> None:
    texts = []
    for _ in range(2):
        with Server(Settings(port=0, lifecycle="immediate")) as mock, OpenAI(base_url=mock.base_url, api_key="sk-same") as client:
            texts.append(said(client, run(client, "Tell me about rivers", assistant(client))))
    assert texts[0] == texts[1]
