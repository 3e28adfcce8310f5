"""Streams of runs through the official SDK: the order of their events, its event handlers, and tool outputs that are sent from within."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from openai import AssistantEventHandler, AsyncOpenAI, OpenAI
from openai.types.beta.threads import Text, TextDelta
from openai.types.beta.threads.runs import ToolCall
from typing_extensions import override

from mockapi import Server
from tests.resources.test_chat_completions import weather_tool
from tests.resources.test_runs import assistant, said, steps, thread
from tests.resources.test_vector_stores import upload
from tests.samples import CODE, SEARCH

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

BEGUN = ["thread.run.created", "thread.run.queued", "thread.run.in_progress"]
STEP = ["thread.run.step.created", "thread.run.step.in_progress"]
MESSAGE = [*STEP, "thread.message.created", "thread.message.in_progress", "thread.message.delta"]
TOLD = ["thread.message.completed", "thread.run.step.completed", "thread.run.completed"]


def shortened(events: list[Any]) -> list[str]:
    """The names of events, one for each row of the same."""
    names = [event.event for event in events]
    return [name for place, name in enumerate(names) if not place or names[place - 1] != name]


def test_a_message_is_streamed(client: OpenAI) -> None:
    here = thread(client, "Say good morning to everybody")
    events: list[Any] = list(client.beta.threads.runs.create(here, assistant_id=assistant(client), stream=True))
    assert shortened(events) == [*BEGUN, *MESSAGE, *TOLD]
    assert [event.data.status for event in events[:3]] == ["queued", "queued", "in_progress"]
    deltas = [event.data.delta.content[0] for event in events if event.event == "thread.message.delta"]
    assert deltas[0].text.annotations == [] and {delta.text.annotations for delta in deltas[1:]} == {None}
    text = "".join(delta.text.value for delta in deltas)
    assert text == "Good morning to everybody." and len(deltas) > 3
    assert said(client, events[-1].data) == text
    assert client.beta.threads.runs.retrieve(events[-1].data.id, thread_id=here) == events[-1].data
    client.beta.threads.messages.create(here, role="user", content="and")


def test_a_new_thread_comes_first(client: OpenAI) -> None:
    guide = assistant(client)
    attached: Any = [{"file_id": upload(client, "a.md", b"Hello"), "tools": [SEARCH]}]
    with client.beta.threads.create_and_run_stream(
        assistant_id=guide, thread={"messages": [{"role": "user", "content": "Say hello", "attachments": attached}]}
    ) as stream:
        events: list[Any] = list(stream)
    assert shortened(events) == ["thread.created", *BEGUN, *MESSAGE, *TOLD]
    assert client.beta.threads.retrieve(events[0].data.id) == events[0].data
    assert events[0].data.tool_resources.file_search.vector_store_ids


@pytest.mark.parametrize(("tool", "text"), [(CODE, "What is 12 * 12?"), (SEARCH, "How long do refunds take by the documents?")])
def test_hosted_tools_are_streamed(client: OpenAI, tool: Any, text: str) -> None:
    file = upload(client, "refunds.md", b"Refunds take thirty days.")
    guide = assistant(client, tool, tool_resources={"file_search": {"vector_stores": [{"file_ids": [file]}]}})
    with client.beta.threads.runs.stream(thread_id=thread(client, text), assistant_id=guide) as stream:
        events: list[Any] = list(stream)
    assert shortened(events) == [*BEGUN, *STEP, "thread.run.step.delta", "thread.run.step.completed", *MESSAGE, *TOLD]
    made = stream.get_final_run()
    kept = steps(client, made)
    done = [event.data for event in events if event.event == "thread.run.step.completed"]
    assert done == kept
    # What the handler added up, of the tool and of the message.
    snapshots: list[Any] = stream.get_final_run_steps()
    (told,), (call,) = snapshots[0].step_details.tool_calls, kept[0].step_details.tool_calls
    assert (told.id, told.type) == (call.id, call.type)
    if tool == CODE:
        assert told.code_interpreter.input == call.code_interpreter.input
        assert [each.logs for each in told.code_interpreter.outputs] == [each.logs for each in call.code_interpreter.outputs]
    message: Any = client.beta.threads.messages.list(made.thread_id, limit=1).data[0]
    assert stream.get_final_messages() == [message]
    deltas = [event.data.delta.content[0].text for event in events if event.event == "thread.message.delta"]
    assert [note.text for delta in deltas for note in delta.annotations or ()] == [
        note.text for note in message.content[0].text.annotations
    ]


class Asking(AssistantEventHandler):
    """Sends the outputs of tools as soon as they are required, while the stream that asks is still open."""

    def __init__(self, client: OpenAI) -> None:
        super().__init__()
        self.client = client
        self.names: list[str] = []
        self.called: list[str] = []
        self.text = ""
        self.texts: list[str] = []

    @override
    def on_event(self, event: Any) -> None:
        self.names.append(event.event)
        if event.event == "thread.run.requires_action":
            calls = event.data.required_action.submit_tool_outputs.tool_calls
            outputs: Any = [{"tool_call_id": call.id, "output": "18 degrees"} for call in calls]
            inner = Asking(self.client)
            with self.client.beta.threads.runs.submit_tool_outputs_stream(
                thread_id=event.data.thread_id, run_id=event.data.id, tool_outputs=outputs, event_handler=inner
            ) as stream:
                stream.until_done()
            self.names += inner.names
            self.texts += inner.texts

    @override
    def on_tool_call_done(self, tool_call: ToolCall) -> None:
        assert tool_call.type == "function"
        self.called.append(json.loads(tool_call.function.arguments)["location"])

    @override
    def on_text_delta(self, delta: TextDelta, snapshot: Text) -> None:
        self.text += delta.value or ""
        assert snapshot.value == self.text

    @override
    def on_text_done(self, text: Text) -> None:
        self.texts.append(text.value)


def test_an_event_handler_drives_an_agent(client: OpenAI) -> None:
    asking = Asking(client)
    here = thread(client, "What's the weather in Paris and Rome?")
    with client.beta.threads.runs.stream(thread_id=here, assistant_id=assistant(client, weather_tool()), event_handler=asking) as stream:
        stream.until_done()
    names = [name for place, name in enumerate(asking.names) if not place or asking.names[place - 1] != name]
    assert names == [
        *BEGUN, *STEP, "thread.run.step.delta", "thread.run.requires_action",
        "thread.run.step.completed", "thread.run.queued", "thread.run.in_progress", *MESSAGE, *TOLD,
    ]  # fmt: skip
    assert asking.called == ["Paris", "Rome"]
    made = client.beta.threads.runs.list(here).data[0]
    assert made.status == "completed" and asking.texts == [said(client, made)]
    assert [step.status for step in steps(client, made)] == ["completed", "completed"]


def test_ends_other_than_completion_are_streamed(client: OpenAI, server: Server) -> None:
    cut: list[Any] = list(
        client.beta.threads.runs.create(
            thread(client, f'Say: "{"1q" * 148}"'), assistant_id=assistant(client), max_completion_tokens=256, stream=True
        )
    )
    assert [event.event for event in cut[-3:]] == ["thread.message.incomplete", "thread.run.step.completed", "thread.run.incomplete"]
    with OpenAI(base_url=server.base_url, api_key="sk-mock-noquota", max_retries=0) as poor:
        failed: list[Any] = list(poor.beta.threads.runs.create(thread(poor, "Hi"), assistant_id=assistant(poor), stream=True))
    assert shortened(failed) == [*BEGUN, "thread.run.failed"]
    assert failed[-1].data.last_error.code == "rate_limit_exceeded"


async def _streamed(client: AsyncOpenAI) -> str:
    async with client:
        guide = await client.beta.assistants.create(model="gpt-4o-mini")
        here = await client.beta.threads.create(messages=[{"role": "user", "content": "Say hello"}])
        async with client.beta.threads.runs.stream(thread_id=here.id, assistant_id=guide.id) as stream:
            return "".join([text async for text in stream.text_deltas])


def test_streams_of_the_asynchronous_client(async_client: AsyncOpenAI) -> None:
    assert asyncio.run(_streamed(async_client)) == "Hello!"
