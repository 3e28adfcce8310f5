"""Whatever is sent, the answer is the API's: a success or its envelope, never a 500, and a refused body changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockapi import Server
from mockapi.contract.chat import CreateChatCompletionRequest
from mockapi.contract.responses.request import CreateResponse
from tests.conftest import Wire
from tests.property.law import is_the_apis
from tests.property.strategies import json_values

FIELDS = st.sampled_from(sorted(CreateChatCompletionRequest.model_fields))
ROLES = st.sampled_from(["system", "user", "assistant", "tool", "developer", "function", "x"])
MEMBERS = st.sampled_from(["content", "name", "tool_calls", "tool_call_id", "refusal", "audio", "function_call", "zzz"])
messages = st.lists(
    st.builds(lambda role, rest: {"role": role, "content": "json", **rest}, ROLES, st.dictionaries(MEMBERS, json_values, max_size=2)),
    max_size=4,
)
bodies = st.builds(
    lambda turns, rest: {"model": "gpt-4o-mini", "messages": turns, **rest}, messages, st.dictionaries(FIELDS, json_values, max_size=3)
)
KINDS = st.sampled_from([
    "message", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output", "reasoning", "item_reference",
    "web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call", "computer_call", "computer_call_output",
    "shell_call", "shell_call_output", "local_shell_call", "local_shell_call_output", "apply_patch_call", "apply_patch_call_output",
    "mcp_list_tools", "mcp_call", "mcp_approval_request", "mcp_approval_response", "compaction", "compaction_trigger", "program", "zzz",
])  # fmt: skip
# Members of items with values that fit some of them.
OF_ITEMS: dict[str, st.SearchStrategy[Any]] = {
    "id": st.sampled_from(["msg_1", "rs_1", "fc_1", "x"]),
    "role": st.sampled_from(["user", "assistant", "developer"]),
    "content": st.sampled_from(["Hi", [], [{"type": "input_text", "text": "Hi"}], [{"type": "output_text", "text": "Hi"}]]),
    "call_id": st.sampled_from(["call_1", "call_2"]),
    "name": st.just("f"),
    "arguments": st.sampled_from(["{}", "not json", ""]),
    "input": st.just("x"),
    "output": st.sampled_from(["1", [], [{"type": "input_text", "text": "1"}], {"type": "computer_screenshot"}]),
    "status": st.sampled_from(["completed", "in_progress"]),
    "summary": st.just([]),
    "approve": st.booleans(),
    "approval_request_id": st.sampled_from(["mcpr_1", "x"]),
    "server_label": st.just("docs"),
    "tools": st.just([]),
    "queries": st.just(["a"]),
    "action": st.sampled_from([{"type": "search"}, {"type": "screenshot"}, {"commands": ["ls"]}]),
    "operation": st.just({"type": "delete_file", "path": "a"}),
    "encrypted_content": st.just("gAAAAAB"),
    "pending_safety_checks": st.just([]),
}
items = st.lists(st.builds(lambda kind, rest: {"type": kind, **rest}, KINDS, st.fixed_dictionaries({}, optional=OF_ITEMS)), max_size=4)
responses = st.builds(
    lambda given, rest: {"model": "gpt-4o-mini", "input": given, **rest},
    st.one_of(items, st.text(max_size=10)),
    st.dictionaries(st.sampled_from(sorted(CreateResponse.model_fields)), json_values, max_size=2),
)
QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@pytest.fixture(scope="module")
def law(server: Server) -> Any:
    with Wire(server.base_url, "sk-mock-tierunlimited-anybody") as wire:
        yield wire


@given(bodies)
@settings(max_examples=400, deadline=None, suppress_health_check=QUIET)
def test_any_chat_body_gets_an_answer_of_the_api(law: Wire, body: dict[str, Any]) -> None:
    is_the_apis(law.request("POST", "/chat/completions", json=body))


@given(responses, st.sampled_from(["", "/input_tokens", "/compact"]))
@settings(max_examples=400, deadline=None, suppress_health_check=QUIET)
def test_any_items_get_an_answer_of_the_api(law: Wire, body: dict[str, Any], path: str) -> None:
    is_the_apis(law.request("POST", f"/responses{path}", json=body))


@given(json_values)
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
def test_any_json_gets_an_answer_of_the_api(law: Wire, value: Any) -> None:
    for path in ("/chat/completions", "/chat/completions/chatcmpl-x", "/responses", "/responses/resp_x/cancel"):
        is_the_apis(law.request("POST", path, json=value))


@given(json_values, st.sampled_from(["1e999", "-1e400", "1" + "0" * 400 + ".0"]))
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
def test_a_number_beyond_a_double_is_no_json(law: Wire, value: Any, number: str) -> None:
    content = f'{{"model":{json.dumps(value)},"messages":{number}}}'
    reply = law.request("POST", "/chat/completions", content=content, headers={"content-type": "application/json"})
    assert reply.status_code == 400
    assert reply.json()["error"]["message"].startswith("We could not parse")


@given(st.binary(max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
def test_any_bytes_get_an_answer_of_the_api(law: Wire, content: bytes) -> None:
    is_the_apis(law.request("POST", "/chat/completions", content=content, headers={"content-type": "application/json"}))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12), st.sampled_from(["GET", "POST", "DELETE", "PUT"]))
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
def test_any_path_gets_an_answer_of_the_api(law: Wire, text: str, method: str) -> None:
    from urllib.parse import quote

    for path in (f"/{quote(text)}", f"/models/{quote(text)}", f"/chat/completions/{quote(text)}/messages", f"/responses/{quote(text)}"):
        is_the_apis(law.request(method, path))


@given(
    st.dictionaries(st.sampled_from(["limit", "order", "after", "model", "metadata[k]", "metadata", "x"]), st.text(max_size=6), max_size=4)
)
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
def test_any_query_gets_an_answer_of_the_api(law: Wire, query: dict[str, str]) -> None:
    is_the_apis(law.request("GET", "/chat/completions", params=query))


def test_a_refused_body_changes_nothing(wire: Wire) -> None:
    kept = wire.chat(store=True).json()["id"]
    before = wire.request("GET", f"/chat/completions/{kept}").content

    @given(json_values)
    @settings(max_examples=60, deadline=None)
    def refused(value: Any) -> None:
        reply = wire.request(
            "POST",
            f"/chat/completions/{kept}",
            content=json.dumps({"metadata": value, "zzz": 1}),
            headers={"content-type": "application/json"},
        )
        assert reply.status_code == 400

    refused()
    assert wire.request("GET", f"/chat/completions/{kept}").content == before
