"""Runs, whatever is asked: what is kept is what the events of a stream add up to, and a whole run comes to the same as a streamed one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mockapi import Server, Settings
from mockapi.contract.assistants.runs import CreateThreadAndRunRequest
from mockapi.seed import label
from tests.conftest import Wire
from tests.property.law import is_the_apis
from tests.property.strategies import json_values
from tests.property.test_stream_equals_whole import PROMPTS, SCHEMA
from tests.resources.test_chat_completions import weather_tool
from tests.samples import CODE, SEARCH

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "tools": st.lists(st.sampled_from([CODE, SEARCH, weather_tool()]), unique_by=str, max_size=3),
        "tool_choice": st.sampled_from(["auto", "none", "required"]),
        "parallel_tool_calls": st.booleans(),
        "instructions": st.sampled_from(["", "Be brief"]),
        "max_completion_tokens": st.just(256),
        "max_prompt_tokens": st.just(256),
        "model": st.sampled_from(["gpt-4o", "o4-mini", "gpt-3.5-turbo"]),
        "response_format": st.just({"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA, "strict": True}}),
    },
)
# What differs from run to run, or only when it is done one after the other.
_OWN = {"id", "thread_id", "run_id", "message_id", "created_at", "started_at", "expires_at", "completed_at", "incomplete_at", "file_id"}


@pytest.fixture(scope="module")
def frozen() -> Any:
    with Server(Settings(port=0, clock="2026-01-02T03:04:05", tier="unlimited", lifecycle="immediate")) as mock:
        yield mock


def post(wire: Wire, path: str, **body: Any) -> Any:
    reply = wire.request("POST", path, json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


def events(wire: Wire, path: str, **body: Any) -> list[tuple[str, Any]]:
    text = wire.request("POST", path, json={**body, "stream": True}).text
    pieces = [piece.removeprefix("event: ").partition("\ndata: ") for piece in text.split("\n\n")[:-1]]
    assert pieces.pop() == ("done", "\ndata: ", "[DONE]")
    return [(name, json.loads(data)) for name, _, data in pieces]


def added(value: Any, change: Any) -> Any:
    """A value with a change of it, as a client adds them up; written apart from the server's own fold."""
    if isinstance(change, dict):
        made = dict(value or {})
        for name, piece in change.items():
            if name not in ("index", "type", "id"):
                made[name] = added(made.get(name), piece)
            elif name != "index":
                made[name] = piece
        return made
    if isinstance(change, list):
        rows = list(value or ())
        for piece in change:
            rows += [None] * (piece["index"] + 1 - len(rows))
            rows[piece["index"]] = added(rows[piece["index"]], piece)
        return rows
    return value + change if isinstance(value, str) and isinstance(change, str) else change


def folded(told: list[tuple[str, Any]], *, changes: bool) -> dict[str, Any]:
    """The objects that events tell of: by their last whole one, or by the changes of their first."""
    found: dict[str, Any] = {}
    for name, data in told:
        if name.endswith(".delta"):
            found[data["id"]] = added(found[data["id"]], data["delta"])
        elif not changes or data["id"] not in found:
            found[data["id"]] = data
    return found


def bare(value: Any) -> Any:
    """A value without what is its own alone."""
    if isinstance(value, list):
        return [bare(item) for item in value]
    return {name: bare(item) for name, item in value.items() if name not in _OWN} if isinstance(value, dict) else value


def kept(wire: Wire, run: Any) -> list[Any]:
    here = f"/threads/{run['thread_id']}"
    steps = wire.request("GET", f"{here}/runs/{run['id']}/steps", params={"order": "asc"}).json()["data"]
    messages = wire.request("GET", f"{here}/messages", params={"order": "asc", "run_id": run["id"]}).json()["data"]
    return [*steps, *messages, wire.request("GET", f"{here}/runs/{run['id']}").json()]


def outputs(run: Any) -> list[dict[str, str]]:
    calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    return [{"tool_call_id": call["id"], "output": "18 degrees"} for call in calls]


def said(item: Any) -> Any:
    """What of an object its changes bring: a message's content, a step's calls."""
    return item.get("content") or item.get("step_details", {}).get("tool_calls")


@given(PROMPTS, OPTIONS)
@example("", {"model": "gpt-4o", "tools": [CODE], "tool_choice": "required"})
@QUIET
def test_a_run_is_the_fold_of_its_stream(frozen: Server, prompt: str, options: dict[str, Any]) -> None:
    with Wire(frozen.base_url, f"sk-fold-{label(json.dumps([prompt, options])):x}") as wire:
        guide = post(wire, "/assistants", model="gpt-4o-mini")["id"]
        body = {"assistant_id": guide, "thread": {"messages": [{"role": "user", "content": prompt or "Hi"}]}, **options}
        whole = post(wire, "/threads/runs", **body)
        told = events(wire, "/threads/runs", **body)
        for _ in range(3):
            run = told[-1][1]
            last, changed = folded(told, changes=False), folded(told, changes=True)
            for each in kept(wire, run):
                waits = each["object"] == "thread.run.step" and each["status"] == "in_progress"
                assert last[each["id"]] == each or waits
                if said(each) and said(each)[0]["type"] != "file_search" and (waits or each["object"] == "thread.message"):
                    assert said(changed[each["id"]]) == said(each)
            # Asked for whole it comes to the same.
            assert bare(kept(wire, run)) == bare(kept(wire, whole))
            if run["status"] != "requires_action":
                break
            told += events(wire, f"/threads/{run['thread_id']}/runs/{run['id']}/submit_tool_outputs", tool_outputs=outputs(run))
            whole = wire.request("GET", f"/threads/{whole['thread_id']}/runs/{whole['id']}").json()
            post(wire, f"/threads/{whole['thread_id']}/runs/{whole['id']}/submit_tool_outputs", tool_outputs=outputs(whole))
        assert run["status"] in ("completed", "incomplete")


@given(st.dictionaries(st.sampled_from([*sorted(CreateThreadAndRunRequest.model_fields), "zzz"]), json_values, max_size=4), st.booleans())
@QUIET
def test_any_run_is_answered(frozen: Server, changes: dict[str, Any], whole: bool) -> None:
    with Wire(frozen.base_url, "sk-anyrun") as wire:
        guide = post(wire, "/assistants", model="gpt-4o-mini", tools=[CODE, weather_tool()])["id"]
        thread = {"messages": [{"role": "user", "content": "Hi"}], **({} if whole else changes)}
        reply = wire.request("POST", "/threads/runs", json={**(changes if whole else {}), "assistant_id": guide, "thread": thread})
        is_the_apis(reply)
        if reply.status_code == 200 and not changes.get("stream"):
            run = reply.json()
            is_the_apis(wire.request("GET", f"/threads/{run['thread_id']}/runs/{run['id']}"))


class Threads(RuleBasedStateMachine):
    """Anything that clients do with one thread, in any order, at any pace: no 500, and at most one run at work."""

    wire: Wire

    def __init__(self) -> None:
        super().__init__()
        self.guide = post(self.wire, "/assistants", model="gpt-4o-mini", tools=[weather_tool()])["id"]
        self.thread = f"/threads/{post(self.wire, '/threads')['id']}"

    def ask(self, method: str, path: str, **body: Any) -> Any:
        reply = self.wire.request(method, self.thread + path, **({"json": body} if method == "POST" else {}))
        is_the_apis(reply)
        return reply

    @rule(text=st.sampled_from(["Hi", "What's the weather in Paris?", "How do I build a bomb?"]))
    def say(self, text: str) -> None:
        active = self.active()
        assert (self.ask("POST", "/messages", role="user", content=text).status_code == 200) == (not active)

    @rule(stream=st.booleans(), choice=st.sampled_from(["auto", "required", "none"]))
    def run(self, stream: bool, choice: str) -> None:
        active = self.active()
        reply = self.ask("POST", "/runs", assistant_id=self.guide, stream=stream, tool_choice=choice, instructions="Be brief")
        assert (reply.status_code == 200) == (not active)

    @rule(stream=st.booleans(), broken=st.booleans())
    def submit(self, stream: bool, broken: bool) -> None:
        for run in self.active():
            calls = outputs(run) if run["status"] == "requires_action" else []
            reply = self.ask("POST", f"/runs/{run['id']}/submit_tool_outputs", tool_outputs=calls[broken:], stream=stream)
            assert (reply.status_code == 200) == bool(calls and not broken)

    @rule()
    def cancel(self) -> None:
        for run in self.active():
            self.ask("POST", f"/runs/{run['id']}/cancel")

    @rule(time=st.sampled_from(["50ms", "200ms", "1s", "10m"]))
    def wait(self, time: str) -> None:
        self.wire.advance(time)

    def active(self) -> list[Any]:
        runs = self.ask("GET", "/runs?limit=100").json()["data"]
        return [run for run in runs if run["status"] in ("queued", "in_progress", "requires_action", "cancelling")]

    @invariant()
    def one_run_at_most_is_at_work(self) -> None:
        assert len(self.active()) <= 1

    @invariant()
    def what_is_over_is_over(self) -> None:
        for run in self.ask("GET", "/runs?limit=100").json()["data"]:
            steps = self.ask("GET", f"/runs/{run['id']}/steps").json()["data"]
            if run["status"] != "cancelling":
                assert ("in_progress" in {step["status"] for step in steps}) == (run["status"] == "requires_action")
            over = run["status"] in ("completed", "incomplete", "failed", "cancelled", "expired")
            assert (run["expires_at"] is None) == (run["usage"] is not None) == over
            assert (run["required_action"] is not None) == (run["status"] == "requires_action")
            if over:
                assert run["usage"]["total_tokens"] == sum(step["usage"]["total_tokens"] for step in steps)


def test_threads_keep_their_order_whatever_clients_do(server: Server) -> None:
    with Wire(server.base_url, "sk-mock-tierunlimited-anythread") as wire:
        wire.control("POST", "/_mock/clock", json={"freeze": True})
        Threads.wire = wire
        run_state_machine_as_test(Threads, settings=settings(max_examples=30, stateful_step_count=20, deadline=None))
