"""Laws of Realtime sessions: whatever a client sends, the session goes on, and its events follow a grammar."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mockapi import Server
from mockapi.contract.realtime.events import EVENTS
from tests.line import Event, Line, spoken_text
from tests.property.strategies import json_values
from tests.resources.test_realtime import TOOL
from tests.resources.test_responses_tools import PATIENT, SERVER

# After which events of a response which may follow; an item's own stand between `response.output_item.added` and `.done`.
_SPOKEN = ("response.output_audio_transcript.delta", "response.output_audio.delta")
NEXT: dict[str, tuple[str, ...]] = {
    "response.created": ("rate_limits.updated", "response.output_item.added", "response.done"),
    "rate_limits.updated": ("response.output_item.added", "response.done"),
    "response.output_item.added": ("conversation.item.added",),
    "conversation.item.added": (
        "response.content_part.added", "response.function_call_arguments.delta", "response.function_call_arguments.done",
        "response.mcp_call_arguments.delta", "conversation.item.done",
    ),
    "response.content_part.added": ("response.output_text.delta", "response.output_text.done", *_SPOKEN, "response.output_audio.done"),
    "response.output_text.delta": ("response.output_text.delta", "response.output_text.done"),
    "response.output_text.done": ("response.content_part.done",),
    **dict.fromkeys(_SPOKEN, (*_SPOKEN, "response.output_audio.done")),
    "response.output_audio.done": ("response.output_audio_transcript.done",),
    "response.output_audio_transcript.done": ("response.content_part.done",),
    "response.content_part.done": ("conversation.item.done",),
    "response.function_call_arguments.delta": ("response.function_call_arguments.delta", "response.function_call_arguments.done"),
    "response.function_call_arguments.done": ("conversation.item.done",),
    "response.mcp_call_arguments.delta": ("response.mcp_call_arguments.delta", "response.mcp_call_arguments.done"),
    "response.mcp_call_arguments.done": ("response.mcp_call.in_progress",),
    "response.mcp_call.in_progress": ("response.mcp_call.completed",),
    "response.mcp_call.completed": ("conversation.item.done",),
    "conversation.item.done": ("response.output_item.done",),
    "response.output_item.done": ("response.output_item.added", "response.done"),
    "response.done": (),
}  # fmt: skip


def of_responses(events: list[Event]) -> Iterator[list[Event]]:
    """The events of each response, in their order, without what is told beside them."""
    mine: list[Event] = []
    items: set[str] = set()
    for event in events:
        kind = event["type"]
        if kind == "response.created":
            mine, items = [event], set()
        elif mine and (kind.startswith(("response.", "rate_limits")) or (event.get("item") or {}).get("id") in items):
            mine.append(event)
        if kind == "response.output_item.added":
            items.add(event["item"]["id"])
        if kind == "response.done":
            yield mine
            mine = []


def accepted(events: list[Event]) -> None:
    """An automaton that takes the events of one response, and what they fold to."""
    for before, after in pairwise(events):
        assert after["type"] in NEXT[before["type"]], (before["type"], after["type"])
    final = events[-1]["response"]
    folded: dict[str, str] = {}
    for event in events:
        if event["type"].endswith(("text.delta", "transcript.delta", "arguments.delta")):
            folded[event["item_id"]] = folded.get(event["item_id"], "") + event["delta"]
    for item in final["output"]:
        if item["type"] == "mcp_approval_request":
            continue
        whole = next(iter(_texts(item["content"][0]))) if item["type"] == "message" else item["arguments"]
        assert folded.get(item["id"], "") == whole
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert done == final["output"]


def _texts(part: dict[str, Any]) -> Iterator[str]:
    yield from (part[name] for name in ("text", "transcript") if name in part)


words = st.sampled_from(["Say hello", "What is the weather in Paris?", "What is 2 + 2?", "", "What is the weather in Rome?"])
messages = words.map(
    lambda text: {
        "type": "conversation.item.create",
        "item": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]},
    }
)
modalities = st.sampled_from([["text"], ["audio"]])
updates = st.builds(
    lambda names, tools: {"type": "session.update", "session": {"type": "realtime", "output_modalities": names, "tools": tools}},
    modalities,
    st.sampled_from([[], [TOOL], [SERVER], [PATIENT]]),
)
responses = st.builds(
    lambda limit, apart: {
        "type": "response.create",
        "response": {"max_output_tokens": limit, "conversation": "none" if apart else "auto"},
    },
    st.sampled_from(["inf", 1, 5]),
    st.booleans(),
)
aloud = words.filter(bool).map(lambda text: {"type": "input_audio_buffer.append", "audio": spoken_text(text)})
simple = st.sampled_from(
    [{"type": kind} for kind in ("response.cancel", "input_audio_buffer.commit", "input_audio_buffer.clear", "output_audio_buffer.clear")]
)
junk = st.builds(
    lambda kind, members: {**members, "type": kind},
    st.sampled_from(sorted(EVENTS)),
    st.dictionaries(st.text(max_size=8), json_values, max_size=3),
)
deep = st.builds(
    lambda kind, name, value: {"type": kind, name: value},
    st.sampled_from(sorted(EVENTS)),
    st.sampled_from(["session", "item", "response", "audio", "item_id", "previous_item_id"]),
    json_values,
)


@given(st.lists(st.one_of(messages, updates, responses, aloud, simple, junk, deep), max_size=12))
@settings(deadline=None, max_examples=40)
def test_whatever_is_sent_the_session_goes_on_and_its_events_follow_the_grammar(server: Server, sent: list[Event]) -> None:
    with Line(server.base_url, "sk-realtime-laws", model="gpt-realtime") as line:
        line.until("session.created")
        for event in sent:
            line.socket.send(json.dumps(event))
        # What is asked apart is answered when all before it was.
        line.send("response.create", response={"conversation": "none", "input": [], "metadata": {"last": "yes"}})
        while True:
            event = line.receive()
            if event["type"] == "response.done" and event["response"]["metadata"] == {"last": "yes"}:
                break
    by_response: dict[str, list[Event]] = {}
    for event in line.events:
        id = event.get("response_id") or (event.get("response") or {}).get("id")
        if id is not None:
            by_response.setdefault(id, []).append(event)
    for events in by_response.values():
        if events[-1]["type"] == "response.done":
            done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
            assert done == events[-1]["response"]["output"]


@given(words, modalities, st.sampled_from(["inf", 1, 7]), st.sampled_from([[], [TOOL], [SERVER], [PATIENT]]))
@settings(deadline=None, max_examples=25)
def test_one_response_is_the_fold_of_its_events(server: Server, text: str, names: list[str], limit: Any, tools: list[Any]) -> None:
    with Line(server.base_url, "sk-realtime-laws", model="gpt-realtime") as line:
        line.until("session.created")
        line.configure(output_modalities=names, tools=tools, max_output_tokens=limit)
        line.say(text)
        line.send("response.create")
        line.until("response.done")
    (events,) = of_responses(line.events)
    accepted(events)
