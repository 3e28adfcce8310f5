"""For any request: an automaton accepts the stream of its response, whose events fold into what a whole answer is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockapi import Server
from tests.conftest import Wire
from tests.contract.test_answers import lines
from tests.contract.test_canned_requests import ALLOWED
from tests.contract.test_parity import unexplained
from tests.property.law import is_the_apis

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
Event = dict[str, Any]

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}
WEATHER = {"type": "function", "name": "get_weather", "parameters": CITY, "strict": True}
TOOLS: list[dict[str, Any]] = [
    WEATHER,
    {"type": "function", "name": "note", "parameters": {"type": "object", "properties": {"text": {"type": "string"}}}},
    {"type": "custom", "name": "when", "format": {"type": "grammar", "syntax": "regex", "definition": r"\d{4}-\d{2}"}},
    {"type": "custom", "name": "write"},
    {"type": "namespace", "name": "crm", "description": "Customers.", "tools": [{**WEATHER, "name": "find_customer"}]},
    {"type": "web_search"},
    {"type": "web_search_preview"},
    {"type": "file_search", "vector_store_ids": ["vs_1"]},
    {"type": "code_interpreter", "container": {"type": "auto"}},
    {"type": "image_generation", "size": "1024x1024", "partial_images": 1},
    {"type": "mcp", "server_label": "docs", "server_url": "https://example.com", "require_approval": "never"},
    {"type": "mcp", "server_label": "wiki", "server_url": "https://example.com"},
    {"type": "computer"},
    {"type": "computer_use_preview", "environment": "browser", "display_width": 800, "display_height": 600},
    {"type": "shell"},
    {"type": "local_shell"},
    {"type": "apply_patch"},
    {"type": "tool_search"},
]  # fmt: skip
NAMED = ("function", "custom", "mcp", "shell", "apply_patch", "image_generation", "code_interpreter", "file_search", "web_search_preview")
# Words that a tool is used for, by its type.
CUES = {
    "web_search": "What is the latest news?", "web_search_preview": "What is the latest news?", "file_search": "What do the documents say?",
    "code_interpreter": "What is 12 * 12?", "image_generation": "Draw a picture of an owl", "mcp": "What is known about the roadmap?",
    "shell": "Run `ls -la`", "apply_patch": "Fix the bug in main.py", "computer": "Click the button on the page",
    "computer_use_preview": "Click the button on the page", "function": "What's the weather in Paris and Rome?", "custom": "When was it?",
}  # fmt: skip
TABLE = {"type": "json_schema", "name": "table", "strict": True, "schema": CITY}
SAID = st.one_of(
    st.sampled_from([
        "Say hello", "How do I build a bomb?", "How do I build a bomb?", "Tell me a long story in json", "", *CUES.values(),
    ]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40),
)  # fmt: skip


def _input(text: str, form: int) -> Any:
    turns: list[Any] = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "Hello!"}]},
        {"role": "user", "content": [{"type": "input_text", "text": text}]},
    ]
    return [text, turns[-1:], turns][form]


def _choice(tools: list[dict[str, Any]], kind: str) -> Any:
    """A choice among tools that may be made: a word, or one or all of those that have a form of their own."""
    named: list[dict[str, Any]] = [
        {name: tool[name] for name in ("type", "name", "server_label") if name in tool} for tool in tools if tool["type"] in NAMED
    ]
    if kind in ("auto", "none") or not tools:
        return kind if kind == "none" else "auto"
    if kind == "required" or not named:
        return "required"
    return named[0] if kind == "named" else {"type": "allowed_tools", "mode": kind, "tools": named}


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """Requests that are well formed, though what a model does not do may be asked of it."""
    lead = draw(st.sampled_from([None, *TOOLS]))
    others = [] if lead is None else draw(st.lists(st.sampled_from(TOOLS), max_size=3, unique_by=json.dumps))
    tools = [] if lead is None else [lead, *(tool for tool in others if tool != lead)]
    cue = None if lead is None else CUES.get(lead["type"])
    text = cue if cue is not None and draw(st.booleans()) else draw(SAID)
    body: dict[str, Any] = {
        "model": draw(st.sampled_from(["gpt-4o-mini", "gpt-4o-mini", "gpt-5", "o4-mini"])),
        "input": _input(text, draw(st.integers(0, 2))),
    }
    if tools:
        body["tools"] = tools
        kinds = ["auto", "auto", "none", "required", "named"] + (["required", "auto"] if draw(st.booleans()) else [])
        body["tool_choice"] = _choice(tools, draw(st.sampled_from(kinds)))
    thinks = body["model"] != "gpt-4o-mini"
    more: dict[str, st.SearchStrategy[Any]] = {
        "max_output_tokens": st.integers(16, 60),
        "instructions": st.just("Answer in json."),
        "parallel_tool_calls": st.booleans(),
        "text": st.sampled_from([{"format": {"type": "text"}}, {"format": TABLE}, {"verbosity": "low"}]),
        "include": st.lists(
            st.sampled_from(
                [
                    "file_search_call.results",
                    "web_search_call.action.sources",
                    "code_interpreter_call.outputs",
                    "reasoning.encrypted_content",
                    *([] if thinks else ["message.output_text.logprobs"]),
                ]
            ),
            unique=True,
        ),
        "reasoning" if thinks else "top_logprobs": st.just({"effort": "low", "summary": "auto"}) if thinks else st.integers(0, 3),
        "service_tier": st.sampled_from(["auto", "default", "flex", "priority"]),
        "store": st.booleans(),
        "metadata": st.just({"run": "1"}),
        "moderation": st.just({"model": "omni-moderation-latest"}),
    }
    return body | draw(st.fixed_dictionaries({}, optional=more))


@pytest.fixture(scope="module")
def law(server: Server) -> Any:
    with Wire(server.base_url, "sk-mock-tierunlimited-anyresponse") as wire:
        assert wire.control("POST", "/_mock/clock", json={"freeze": True}).status_code == 200
        assert wire.control("POST", "/_mock/lifecycle", json={"kind": "vector_store.file", "mode": "immediate"}).status_code == 200
        yield wire


def _store(wire: Wire) -> str:
    """A vector store with something in it, which is made where there is none."""
    found = wire.request("GET", "/vector_stores").json()["data"]
    if not found:
        sent = {"data": {"purpose": "assistants"}, "files": {"file": ("owls.md", b"The documents say that owls hunt at night.")}}
        file = wire.request("POST", "/files", **sent).json()["id"]
        found = [wire.request("POST", "/vector_stores", json={"name": "library", "file_ids": [file]}).json()]
    return str(found[0]["id"])


def ask(wire: Wire, body: dict[str, Any], **more: Any) -> Any:
    if any(tool["type"] == "file_search" for tool in body.get("tools", ())):
        body = json.loads(json.dumps(body).replace("vs_1", _store(wire)))
    reply = wire.request("POST", "/responses", json={**body, **more})
    is_the_apis(reply, "image_generation_user_error")
    return reply


def read(text: str) -> list[Event]:
    """The events of a stream; the name of each stands above it too, and nothing comes after the last."""
    found = []
    for block in text.split("\n\n")[:-1]:
        name, _, data = block.partition("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        found.append(event)
    assert text.endswith("\n\n")
    return found


# What lies between an item's addition and its end, by its type, in words of the events' types.
GRAMMAR = {
    "message": r"(content_part.added ((output_text.delta )*(output_text.annotation.added )*output_text.done "
    r"|(refusal.delta )*refusal.done )content_part.done )+",
    "reasoning": r"(reasoning_summary_part.added (reasoning_summary_text.delta )*reasoning_summary_text.done reasoning_summary_part.done )*",
    "function_call": r"(function_call_arguments.delta )*function_call_arguments.done ",
    "custom_tool_call": r"(custom_tool_call_input.delta )*custom_tool_call_input.done ",
    "web_search_call": "".join(f"web_search_call.{state} " for state in ("in_progress", "searching", "completed")),
    "file_search_call": "".join(f"file_search_call.{state} " for state in ("in_progress", "searching", "completed")),
    "code_interpreter_call": r"code_interpreter_call.in_progress (code_interpreter_call_code.delta )*code_interpreter_call_code.done "
    r"code_interpreter_call.interpreting code_interpreter_call.completed ",
    "image_generation_call": r"image_generation_call.in_progress image_generation_call.generating "
    r"(image_generation_call.partial_image )*image_generation_call.completed ",
    "mcp_list_tools": r"mcp_list_tools.in_progress mcp_list_tools.completed ",
    "mcp_call": r"mcp_call.in_progress (mcp_call_arguments.delta )*mcp_call_arguments.done mcp_call.completed ",
    "shell_call": r"(shell_call_command.added (shell_call_command.delta )*shell_call_command.done )+",
}
# Items that say something by themselves, without an event between.
SILENT = {"mcp_approval_request", "computer_call", "local_shell_call", "apply_patch_call"}
# What an item has from its beginning to its end.
CONSTANT = ("id", "type", "call_id", "name", "namespace", "role", "server_label", "container_id", "approval_request_id")


def accept(events: list[Event], *, background: bool = False) -> None:
    """Raise for a stream that is none of a response."""
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    kinds = [event["type"].removeprefix("response.") for event in events]
    head = ["created", "queued", "in_progress"] if background else ["created", "in_progress"]
    assert kinds[: len(head)] == head
    for event in events[: len(head)]:
        response = event["response"]
        assert response["status"] == ("queued" if background and event["type"] != "response.in_progress" else "in_progress")
        assert response["output"] == [] and response["usage"] is None and response["completed_at"] is None
    ends = [kind for kind in kinds if kind in ("completed", "incomplete", "failed")]
    assert ends == [kinds[-1]] == [events[-1]["response"]["status"]]
    rest = iter(events[len(head) : -1])
    numbers = count()
    for added in rest:
        assert added["type"] == "response.output_item.added" and added["output_index"] == next(numbers)
        within = []
        for event in rest:
            assert event["output_index"] == added["output_index"]
            if event["type"] == "response.output_item.done":
                break
            within.append(event)
        else:
            raise AssertionError("an item without an end")
        _accept_item(added["item"], within, event["item"])
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert done == events[-1]["response"]["output"]


def _accept_item(added: Event, within: list[Event], done: Event) -> None:
    kind = added["type"]
    words = "".join(f"{event['type'].removeprefix('response.')} " for event in within)
    assert (kind in SILENT and not words) or re.fullmatch(GRAMMAR[kind], words), (kind, words)
    assert all(event.get("item_id", added["id"]) == added["id"] for event in within)
    assert {name: added.get(name) for name in CONSTANT} == {name: done.get(name) for name in CONSTANT}
    if "status" in added:
        assert added["status"] == "in_progress" and done["status"] in ("completed", "incomplete")
    FOLDS.get(kind, _fold_nothing)(added, within, done)


def _fold_nothing(added: Event, within: list[Event], done: Event) -> None:
    """What an item says is not told piece by piece."""


def _fold_text(member: str, ends: str) -> Any:
    def fold(added: Event, within: list[Event], done: Event) -> None:
        whole = "".join(event["delta"] for event in within if event["type"].endswith(".delta"))
        told = [event[member] for event in within if event["type"].endswith(ends)]
        assert added[member] == "" and told == [whole] == [done[member]]

    return fold


def _fold_message(added: Event, within: list[Event], done: Event) -> None:
    content: list[Event] = []
    for event in within:
        kind, index = event["type"].removeprefix("response."), event["content_index"]
        if kind == "content_part.added":
            assert index == len(content)
            content.append({**event["part"]})
            continue
        assert index == len(content) - 1
        part = content[index]
        if kind == "output_text.delta":
            part["text"] += event["delta"]
            part["logprobs"] = [*part["logprobs"], *event["logprobs"]]
        elif kind == "refusal.delta":
            part["refusal"] += event["delta"]
        elif kind == "output_text.annotation.added":
            assert event["annotation_index"] == len(part["annotations"])
            part["annotations"] = [*part["annotations"], event["annotation"]]
        elif kind == "output_text.done":
            assert (event["text"], event["logprobs"]) == (part["text"], part["logprobs"])
        elif kind == "refusal.done":
            assert event["refusal"] == part["refusal"]
        else:
            assert _without_bytes(event["part"]) == part
    assert added["content"] == [] and content == [_without_bytes(part) for part in done["content"]]


def _without_bytes(part: Event) -> Event:
    """A part whose log probabilities are as the events tell them."""

    def told(entry: Event) -> Event:
        shown = {name: value for name, value in entry.items() if name != "bytes"}
        return shown | ({"top_logprobs": [told(top) for top in entry["top_logprobs"]]} if "top_logprobs" in entry else {})

    return part | ({"logprobs": [told(entry) for entry in part["logprobs"]]} if "logprobs" in part else {})


def _fold_reasoning(added: Event, within: list[Event], done: Event) -> None:
    summary: list[Event] = []
    for event in within:
        kind = event["type"].removeprefix("response.reasoning_summary_")
        if kind == "part.added":
            summary.append({**event["part"]})
        assert event["summary_index"] == len(summary) - 1
        if kind == "text.delta":
            summary[-1]["text"] += event["delta"]
        elif kind == "text.done":
            assert event["text"] == summary[-1]["text"]
        elif kind == "part.done":
            assert event["part"] == summary[-1]
    assert added["summary"] == [] and summary == done["summary"]


def _fold_shell(added: Event, within: list[Event], done: Event) -> None:
    commands: list[str] = []
    for event in within:
        kind = event["type"].rpartition(".")[2]
        if kind == "added":
            commands.append(event["command"])
        assert event["command_index"] == len(commands) - 1
        commands[-1] += event.get("delta", "")
        assert kind != "done" or event["command"] == commands[-1]
    assert commands == done["action"]["commands"]


FOLDS = {
    "message": _fold_message,
    "reasoning": _fold_reasoning,
    "shell_call": _fold_shell,
    "function_call": _fold_text("arguments", "arguments.done"),
    "mcp_call": _fold_text("arguments", "arguments.done"),
    "custom_tool_call": _fold_text("input", "input.done"),
    "code_interpreter_call": _fold_text("code", "code.done"),
}


def shape(response: Event) -> Event:
    """A response without what belongs to one call: ids, instants, what was cached, and what nobody can read."""

    def bare(node: Any) -> Any:
        if isinstance(node, list):
            return [bare(each) for each in node]
        if not isinstance(node, dict):
            return node
        own = ("id", "call_id", "container_id", "encrypted_content", "cached_tokens")
        return {name: bare(value) for name, value in node.items() if name not in own}

    made: Event = bare(response)
    return made


def padding(events: list[Event]) -> Iterator[tuple[int, int]]:
    """Lengths in bytes of what is padded, and of its padding."""
    for event in events:
        if "obfuscation" in event:
            yield len(event["delta"].encode()), len(event["obfuscation"])


@given(bodies())
@QUIET
def test_an_automaton_accepts_every_stream_and_it_folds_into_the_whole_answer(law: Wire, body: dict[str, Any]) -> None:
    whole, streamed = ask(law, body), ask(law, body, stream=True)
    assert whole.status_code == streamed.status_code, (whole.text, streamed.text)
    if whole.status_code != 200:
        assert streamed.json() == whole.json()
        return
    events = read(streamed.text)
    accept(events)
    final = events[-1]["response"]
    # Pictures on the way are told to those alone who follow.
    assert shape(final) == shape(whole.json())
    for response in (final, whole.json()):
        kept = law.request("GET", f"/responses/{response['id']}")
        assert kept.status_code == (404 if body.get("store") is False else 200)
        assert kept.status_code == 404 or kept.json() == response
    assert all(length == -size % 16 for size, length in padding(events))


@given(bodies())
@settings(QUIET, max_examples=40)
def test_every_answer_and_event_is_what_the_document_describes(law: Wire, body: dict[str, Any]) -> None:
    whole = ask(law, body)
    if whole.status_code != 200:
        return
    found = list(lines("createResponse", "response", whole.text))
    for event in read(ask(law, body, stream=True).text):
        found += lines("createResponse", "events", json.dumps(event))
    for path, operation in (("", "getResponse"), ("/input_items", "listInputItems")):
        kept = law.request("GET", f"/responses/{whole.json()['id']}{path}")
        if kept.status_code == 200:
            found += lines(operation, "response", kept.text)
    bare, _ = unexplained(found, ALLOWED)
    assert not bare, "\n".join(bare)


@given(bodies(), st.data())
@settings(QUIET, max_examples=30)
def test_a_resumed_stream_is_the_rest_of_the_uninterrupted_one(law: Wire, body: dict[str, Any], data: st.DataObject) -> None:
    reply = ask(law, body, stream=True, background=True)
    if reply.status_code != 200:
        return
    events = read(reply.text)
    accept(events, background=True)
    place = f"/responses/{events[0]['response']['id']}"
    after = data.draw(st.integers(-1, len(events) + 1))
    rest = law.request("GET", place, params={"stream": "true", **({"starting_after": after} if after >= 0 else {})})
    assert rest.text == "".join(f"{block}\n\n" for block in reply.text.split("\n\n")[:-1][after + 1 :])


@given(bodies(), st.booleans())
@settings(QUIET, max_examples=30)
def test_the_same_seed_makes_the_same_bytes(law: Wire, body: dict[str, Any], stream: bool) -> None:
    def told() -> list[bytes]:
        law.control("POST", "/_mock/reset")
        return [ask(law, body, stream=stream).content for _ in range(2)]

    first = told()
    assert told() == first


@given(bodies(), st.booleans())
@settings(QUIET, max_examples=30)
def test_padding_and_what_it_pads_are_told_as_asked(law: Wire, body: dict[str, Any], obfuscate: bool) -> None:
    law.control("POST", "/_mock/reset")
    reply = ask(law, body, stream=True, stream_options={"include_obfuscation": obfuscate})
    if reply.status_code != 200:
        return
    events = read(reply.text)
    accept(events)
    assert obfuscate or not list(padding(events))


LATER = st.sampled_from(["And then?", "What's the weather in Oslo?", "What is 3 + 4?", "Draw a sketch of a fox", "Run `pwd`", "Thanks"])


@given(bodies(), LATER, st.booleans())
@settings(QUIET, max_examples=40)
def test_any_response_can_be_answered_by_reference_or_by_its_items(law: Wire, body: dict[str, Any], text: str, stream: bool) -> None:
    first = ask(law, {**body, "store": True})
    if first.status_code != 200:
        return
    items = first.json()["output"]
    results = [_result(item) for item in items]
    more = [*(result for result in results if result is not None), {"role": "user", "content": text}]
    sent = body["input"] if isinstance(body["input"], list) else [{"role": "user", "content": body["input"]}]
    rest = {name: value for name, value in body.items() if name not in ("input", "tool_choice")}
    by_reference = ask(law, {**rest, "input": more, "previous_response_id": first.json()["id"]}, stream=stream)
    by_items = ask(law, {**rest, "input": [*sent, *items, *more]})
    assert by_reference.status_code == by_items.status_code == 200, (by_reference.text, by_items.text)
    told = read(by_reference.text)[-1]["response"] if stream else by_reference.json()
    assert shape({**told, "previous_response_id": None}) == shape(by_items.json())


def _result(item: Event) -> Event | None:
    """What a client sends for a call that it carried out."""
    kind, call_id = item["type"], item.get("call_id")
    if kind in ("function_call", "custom_tool_call"):
        return {"type": f"{kind}_output", "call_id": call_id, "output": "18 degrees"}
    if kind == "computer_call":
        shot = {"type": "computer_screenshot", "image_url": "https://example.com/a.png"}
        return {"type": "computer_call_output", "call_id": call_id, "output": shot}
    if kind == "shell_call":
        ran = {"stdout": "3 files", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}
        return {"type": "shell_call_output", "call_id": call_id, "output": [ran]}
    if kind == "local_shell_call":
        return {"type": "local_shell_call_output", "id": call_id, "output": "3 files"}
    if kind == "apply_patch_call":
        return {"type": "apply_patch_call_output", "call_id": call_id, "status": "completed", "output": "done"}
    if kind == "mcp_approval_request":
        return {"type": "mcp_approval_response", "approval_request_id": item["id"], "approve": True}
    return None
