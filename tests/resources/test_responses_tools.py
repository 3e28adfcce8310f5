"""The tools of responses that are no functions, through the official SDK: those that the API runs, and those that a client runs for it."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import openai
import pytest
from openai import OpenAI
from PIL import Image

from tests.conftest import Wire
from tests.resources.test_responses import WEATHER, ask, last, nth, output, stream
from tests.samples import png

SHOT = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
CODE: Any = {"type": "code_interpreter", "container": {"type": "auto"}}
SEARCH: Any = {"type": "web_search"}
FILES: Any = {"type": "file_search"}
PAINT: Any = {"type": "image_generation", "size": "1024x1024", "quality": "low", "output_format": "png"}
SERVER: Any = {"type": "mcp", "server_label": "docs", "server_url": "https://example.com/mcp", "require_approval": "never"}
PATIENT: Any = {name: value for name, value in SERVER.items() if name != "require_approval"}

# What is asked, the tools, and the items that come of it.
USED: dict[str, tuple[str, Any, list[str]]] = {
    "web search": ("What is the latest news about owls?", SEARCH, ["web_search_call", "message"]),
    "web search, as it was": ("What is the latest news about owls?", {"type": "web_search_preview"}, ["web_search_call", "message"]),
    "file search": ("What do the documents say about owls?", FILES, ["file_search_call", "message"]),
    "code": ("Calculate 12 * 12", CODE, ["code_interpreter_call", "message"]),
    "picture": ("Draw a picture of an owl", PAINT, ["image_generation_call", "message"]),
    "server": ("What is known about the roadmap of the project?", SERVER, ["mcp_list_tools", "mcp_call", "message"]),
    "server that is to be asked for": ("What is known about the roadmap?", PATIENT, ["mcp_list_tools", "mcp_approval_request"]),
    "computer": (
        "Click on the button",
        {"type": "computer_use_preview", "environment": "browser", "display_width": 800, "display_height": 600},
        ["computer_call"],
    ),
    "newer computer": ("Click on the button", {"type": "computer"}, ["computer_call"]),
    "shell": ("Run `ls -la`", {"type": "shell"}, ["shell_call"]),
    "local shell": ("Run `ls -la`", {"type": "local_shell"}, ["local_shell_call"]),
    "patch": ("Fix the bug in main.py", {"type": "apply_patch"}, ["apply_patch_call"]),
}


def stocked(client: OpenAI, tool: Any) -> Any:
    """A tool that is ready to be used: a search of files gets a store with two of them."""
    if tool["type"] != "file_search":
        return tool
    store = client.vector_stores.create(name="library")
    for name, text in (("owls.md", "Owls hunt at night and hear well."), ("bread.md", "Bread is baked from flour and water.")):
        file = client.files.create(file=(name, text.encode()), purpose="assistants")
        client.vector_stores.files.create_and_poll(file_id=file.id, vector_store_id=store.id)
    return {**tool, "vector_store_ids": [store.id]}


def forced(tool: Any) -> Any:
    """What makes the model use a tool that its words alone may not."""
    return {"tool_choice": "required"} if tool["type"] in ("local_shell",) else {}


@pytest.mark.parametrize("name", USED)
def test_a_tool_is_used_whole_and_streamed(client: OpenAI, name: str) -> None:
    text, tool, kinds = USED[name]
    tool = stocked(client, tool)
    whole = ask(client, text, tools=[tool], **forced(tool))
    assert [item.type for item in whole.output] == kinds
    assert all(getattr(item, "status", "completed") == "completed" for item in whole.output)
    events = stream(client, text, tools=[tool], **forced(tool))
    ended = last(events)
    told = [output(whole), output(ended)]
    for items in told:
        # A container belongs to one call.
        for item in items:
            item.pop("container_id", None)
    assert told[0] == told[1]
    done = [event.item for event in events if event.type == "response.output_item.done"]
    assert done == ended.output
    assert client.responses.retrieve(ended.id) == ended


@pytest.mark.parametrize("name", USED)
def test_a_tool_is_not_used_where_none_is_to_be(client: OpenAI, name: str) -> None:
    text, tool, _ = USED[name]
    tool = stocked(client, tool)
    kinds = [item.type for item in ask(client, text, tools=[tool], tool_choice="none").output]
    assert kinds in (["message"], ["mcp_list_tools", "message"])


def test_a_search_cites_what_it_found(client: OpenAI) -> None:
    made = ask(client, "What is the latest news about owls?", tools=[SEARCH], include=["web_search_call.action.sources"])
    action = nth(made).action
    assert action.type == "search" and action.query and action.queries == [action.query]
    part = nth(made, 1).content[0]
    assert part.annotations
    for citation in part.annotations:
        assert citation.type == "url_citation" and 0 <= citation.start_index < citation.end_index <= len(part.text)
        assert citation.url.startswith("https://")
    assert action.sources and all(source.url for source in action.sources)
    bare: Any = ask(client, "What is the latest news about owls?", tools=[SEARCH]).output[0]
    assert bare.action.sources is None
    events: list[Any] = stream(client, "What is the latest news about owls?", tools=[SEARCH])
    added = [event.annotation for event in events if event.type == "response.output_text.annotation.added"]
    assert [each.url for each in added] == [citation.url for citation in part.annotations]
    kinds = [event.type for event in events]
    states = [f"response.web_search_call.{state}" for state in ("in_progress", "searching", "completed")]
    assert [kind for kind in kinds if "web_search_call" in kind] == states


def test_a_search_of_allowed_domains_stays_there(client: OpenAI) -> None:
    tool: Any = {**SEARCH, "filters": {"allowed_domains": ["owls.example.org"]}}
    made = ask(client, "What is the latest news?", tools=[tool], include=["web_search_call.action.sources"])
    assert all("owls.example.org" in source.url for source in nth(made).action.sources)


def test_what_a_search_of_files_found_is_told_on_demand(client: OpenAI) -> None:
    text, tool = "What do the documents say about owls?", stocked(client, FILES)
    bare: Any = ask(client, text, tools=[tool]).output[0]
    assert bare.queries and bare.results is None
    made = ask(client, text, tools=[tool], include=["file_search_call.results"])
    results = nth(made).results
    assert results[0].filename == "owls.md"
    assert results == sorted(results, key=lambda result: -result.score)
    assert "hunt at night" in made.output_text
    (cited,) = nth(made, 1).content[0].annotations
    assert (cited.type, cited.file_id, cited.index) == ("file_citation", results[0].file_id, len(made.output_text))
    with pytest.raises(openai.NotFoundError, match="No vector store found with id 'vs_x'"):
        ask(client, text, tools=[{**tool, "vector_store_ids": ["vs_x"]}])


def test_code_runs_in_a_container(client: OpenAI) -> None:
    made = ask(client, "Calculate 12 * 12", tools=[CODE], include=["code_interpreter_call.outputs"])
    call: Any = made.output[0]
    assert call.code and call.outputs[0].type == "logs" and "144" in call.outputs[0].logs
    assert "144" in made.output_text
    assert client.containers.retrieve(call.container_id).status == "running"
    more: Any = ask(client, "Calculate 3 + 4", tools=[CODE], previous_response_id=made.id).output[0]
    assert more.container_id == call.container_id and more.outputs is None
    own = client.containers.create(name="box")
    named: Any = ask(client, "Calculate 3 + 4", tools=[{"type": "code_interpreter", "container": own.id}]).output[0]
    assert named.container_id == own.id
    events: list[Any] = stream(client, "Calculate 12 * 12", tools=[CODE])
    code = "".join(event.delta for event in events if event.type == "response.code_interpreter_call_code.delta")
    done = [event.code for event in events if event.type == "response.code_interpreter_call_code.done"]
    assert done == [code] == [call.code]


def test_a_container_that_is_not_there_is_told_of(client: OpenAI) -> None:
    with pytest.raises(openai.APIStatusError, match="cntr_nope"):
        ask(client, "Calculate 3 + 4", tools=[{"type": "code_interpreter", "container": "cntr_nope"}])


def test_a_picture_is_drawn_step_by_step(client: OpenAI) -> None:
    events: list[Any] = stream(client, "Draw a picture of an owl", tools=[{**PAINT, "partial_images": 2}])
    steps = [event for event in events if event.type == "response.image_generation_call.partial_image"]
    assert [step.partial_image_index for step in steps] == [0, 1]
    call: Any = last(events).output[0]
    for picture in [*(step.partial_image_b64 for step in steps), call.result]:
        assert Image.open(io.BytesIO(base64.b64decode(picture))).size == (1024, 1024)
    assert (call.size, call.quality, call.output_format) == ("1024x1024", "low", "png")
    kinds = [event.type.rpartition(".")[2] for event in events if "image_generation_call" in event.type]
    assert kinds == ["in_progress", "generating", "partial_image", "partial_image", "completed"]


def test_a_picture_is_changed_in_a_later_turn(client: OpenAI) -> None:
    first = ask(client, "Draw a picture of an owl", tools=[PAINT])
    call: Any = first.output[0]
    again: list[Any] = [
        {"role": "user", "content": "Draw a picture of an owl"},
        {"type": "image_generation_call", "id": call.id, "status": "completed", "result": call.result},
        {"role": "user", "content": "Draw it as a sketch"},
    ]
    assert ask(client, again, tools=[PAINT]).output[0].type == "image_generation_call"
    assert ask(client, "Draw it as a sketch", tools=[PAINT], previous_response_id=first.id).output[0].type == "image_generation_call"


@pytest.mark.parametrize("size", ["auto", "1536x1024", "nonsense", "0x0", "99999x99999"])
def test_a_picture_of_any_size_is_drawn_or_refused(wire: Wire, size: str) -> None:
    body = {"model": "gpt-4o-mini", "input": "Draw a picture of an owl", "tools": [{**PAINT, "size": size}]}
    assert wire.request("POST", "/responses", json=body).status_code == (200 if size in ("auto", "1536x1024") else 400)


def test_a_server_is_listed_once_and_called(client: OpenAI) -> None:
    made = ask(client, "What is known about the roadmap of the project?", tools=[SERVER])
    listed, call, _ = made.output
    assert listed.type == "mcp_list_tools" and listed.server_label == "docs"
    assert call.type == "mcp_call" and call.name in [tool.name for tool in listed.tools]
    assert json.loads(call.arguments) and call.output and call.error is None and call.approval_request_id is None
    more = ask(client, "And what is known about the budget of it?", tools=[SERVER], previous_response_id=made.id)
    assert [item.type for item in more.output] == ["mcp_call", "message"]
    some = ask(client, "What is known about the roadmap?", tools=[{**SERVER, "allowed_tools": ["search_pages"]}])
    assert [tool.name for tool in nth(some).tools] == ["search_pages"]


@pytest.mark.parametrize("kept", [True, False])
def test_a_call_of_a_server_is_approved(client: OpenAI, kept: bool) -> None:
    text = "What is known about the roadmap of the project?"
    made = ask(client, text, tools=[PATIENT])
    wanted: Any = made.output[-1]
    assert wanted.type == "mcp_approval_request" and wanted.id.startswith("mcpr_") and made.output_text == ""
    answer: Any = {"type": "mcp_approval_response", "approval_request_id": wanted.id, "approve": True}
    if kept:
        done = ask(client, [answer], tools=[PATIENT], previous_response_id=made.id)
    else:
        before = [item.to_dict(exclude_unset=True) for item in made.output]
        done = ask(client, [{"role": "user", "content": text}, *before, answer], tools=[PATIENT])
    assert [item.type for item in done.output] == ["mcp_call", "message"]
    call: Any = done.output[0]
    assert (call.approval_request_id, call.name, call.arguments) == (wanted.id, wanted.name, wanted.arguments)
    assert done.output_text
    denied = ask(client, [{**answer, "approve": False}], tools=[PATIENT], previous_response_id=made.id)
    assert [item.type for item in denied.output] == ["message"]


@pytest.mark.parametrize("arguments", ["not json", "[]", '{"query":5}', "", "{}"])
def test_a_call_that_a_client_makes_up_is_made_as_it_is(client: OpenAI, arguments: str) -> None:
    asked = {"type": "mcp_approval_request", "id": "mcpr_1", "server_label": "docs", "name": "look", "arguments": arguments}
    answer = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True}
    call = nth(ask(client, [{"role": "user", "content": "Go on"}, asked, answer], tools=[SERVER]), 1)
    assert (call.type, call.arguments, call.approval_request_id) == ("mcp_call", arguments, "mcpr_1") and call.output


def test_only_what_is_named_is_asked_for(client: OpenAI) -> None:
    never: Any = {**PATIENT, "allowed_tools": ["look"], "require_approval": {"never": {"tool_names": ["look"]}}}
    assert "mcp_call" in [item.type for item in ask(client, "What is known about the roadmap?", tools=[never]).output]
    always: Any = {**PATIENT, "allowed_tools": ["look"], "require_approval": {"never": {"tool_names": ["other"]}}}
    assert ask(client, "What is known about the roadmap?", tools=[always]).output[-1].type == "mcp_approval_request"


def _results(call: Any) -> list[Any]:
    """What a client sends for a call that it carried out."""
    if call.type == "computer_call":
        checks = [check.to_dict() for check in call.pending_safety_checks]
        shot = {"type": "computer_screenshot", "image_url": SHOT}
        return [{"type": "computer_call_output", "call_id": call.call_id, "output": shot, "acknowledged_safety_checks": checks}]
    if call.type == "shell_call":
        ran = {"stdout": "3 files here", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}
        return [{"type": "shell_call_output", "call_id": call.call_id, "output": [ran], "max_output_length": 1000}]
    if call.type == "local_shell_call":
        return [{"type": "local_shell_call_output", "id": call.call_id, "output": "3 files here"}]
    return [{"type": "apply_patch_call_output", "call_id": call.call_id, "status": "completed", "output": "done: 3 lines"}]


@pytest.mark.parametrize("name", ["computer", "newer computer", "shell", "local shell", "patch"])
@pytest.mark.parametrize("kept", [True, False])
def test_what_a_client_did_is_sent_back(client: OpenAI, name: str, kept: bool) -> None:
    text, tool, _ = USED[name]
    made = ask(client, text, tools=[tool], **forced(tool))
    call = made.output[-1]
    if kept:
        done = ask(client, _results(call), tools=[tool], previous_response_id=made.id)
    else:
        before = [item.to_dict(exclude_unset=True) for item in made.output]
        done = ask(client, [{"role": "user", "content": text}, *before, *_results(call)], tools=[tool])
    assert [item.type for item in done.output] == ["message"] and done.output_text
    assert "3" in done.output_text or name.endswith("computer")


def test_what_a_client_is_to_do_is_told(client: OpenAI) -> None:
    def first(name: str) -> Any:
        text, tool, _ = USED[name]
        return ask(client, text, tools=[tool], **forced(tool)).output[-1]

    assert first("computer").action.type == "screenshot"
    assert [action.type for action in first("newer computer").actions] == ["screenshot"]
    assert first("shell").action.commands == ["ls -la"]
    assert first("local shell").action.command[-1] == "ls -la"
    assert first("patch").operation.path == "main.py"
    events: list[Any] = stream(client, "Run `ls -la`", tools=[{"type": "shell"}])
    assert [event.type for event in events if "shell" in event.type] == [
        f"response.shell_call_command.{state}" for state in ("added", "delta", "done")
    ]


@pytest.mark.parametrize(
    ("choice", "kind"),
    [
        ({"type": "web_search_preview"}, "web_search_call"),
        ({"type": "file_search"}, "file_search_call"),
        ({"type": "code_interpreter"}, "code_interpreter_call"),
        ({"type": "image_generation"}, "image_generation_call"),
        ({"type": "mcp", "server_label": "docs"}, "mcp_call"),
        ({"type": "shell"}, "shell_call"),
        ({"type": "apply_patch"}, "apply_patch_call"),
        ({"type": "function", "name": "get_weather"}, "function_call"),
        ({"type": "allowed_tools", "mode": "required", "tools": [{"type": "image_generation"}]}, "image_generation_call"),
        ({"type": "allowed_tools", "mode": "required", "tools": [{"type": "mcp", "server_label": "docs"}]}, "mcp_call"),
        ({"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "get_weather"}]}, "function_call"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_the_tool_that_is_chosen_is_used(client: OpenAI, choice: Any, kind: str) -> None:
    tools: Any = [SEARCH, stocked(client, FILES), CODE, PAINT, SERVER, {"type": "shell"}, {"type": "apply_patch"}, WEATHER]
    made = ask(client, "Hi", tools=tools, tool_choice=choice)
    assert [item.type for item in made.output if item.type not in ("mcp_list_tools", "message")] == [kind]


def test_a_function_and_a_tool_side_by_side(client: OpenAI) -> None:
    tools: Any = [WEATHER, CODE]
    assert ask(client, "Calculate 12 * 12", tools=tools).output[0].type == "code_interpreter_call"
    assert ask(client, "Tell me the temperature in Paris with get_weather", tools=tools).output[0].type == "function_call"
    # Both could tell it; the function is called what is asked for.
    assert ask(client, "What's the weather in Paris today?", tools=[WEATHER, SEARCH]).output[0].type == "function_call"
    assert ask(client, "What is the latest news?", tools=[WEATHER, SEARCH]).output[0].type == "web_search_call"


def test_no_more_tools_are_used_than_may_be(client: OpenAI) -> None:
    made = ask(client, "Calculate 12 * 12", tools=[CODE], max_tool_calls=1)
    assert made.max_tool_calls == 1 and [item.type for item in made.output] == ["code_interpreter_call", "message"]


def test_a_thinker_uses_tools_too(client: OpenAI) -> None:
    made = ask(client, "Calculate 12 * 12", model="gpt-5", tools=[CODE])
    assert [item.type for item in made.output] == ["reasoning", "code_interpreter_call", "message"]
    shell = ask(client, "Run `ls -la`", model="gpt-5", tools=[{"type": "shell"}])
    assert shell.output[-1].type == "shell_call"
    done = ask(client, _results(shell.output[-1]), model="gpt-5", tools=[{"type": "shell"}], previous_response_id=shell.id)
    assert done.output[-1].type == "message"


def test_tools_are_told_as_they_were_offered(client: OpenAI) -> None:
    offered = [stocked(client, tool) for _, tool, _ in USED.values()]
    for tool in offered:
        told: Any = ask(client, "Hi", tools=[tool], tool_choice="none").to_dict()["tools"]
        assert told == [{**told[0], **tool}]


def test_the_same_code_is_written_for_the_same_prompt(client: OpenAI) -> None:
    items: list[Any] = [ask(client, "Hi", tools=[CODE], tool_choice="required").output[0] for _ in range(6)]
    assert items[0].code and len({item.code for item in items}) == 1
