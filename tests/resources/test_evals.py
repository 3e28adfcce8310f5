"""Evals through the official SDK: criteria grade, runs move on the clock, every row is sampled and graded once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.evals import RunCreateResponse

from mockapi import Server
from tests.conftest import Wire
from tests.samples import GRADER, TEAM

CAPITALS = [("France", "Paris"), ("Italy", "Rome"), ("Japan", "Tokyo"), ("Atlantis", "Poseidonis")]
SAME = {**GRADER, "reference": "{{item.capital}}"}
NEAR = {**SAME, "operation": "ilike", "name": "near"}
ALIKE = {
    "type": "text_similarity",
    "name": "alike",
    "input": "{{sample.output_text}}",
    "reference": "{{item.capital}}",
    "evaluation_metric": "fuzzy_match",
    "pass_threshold": 0.9,
}
LABEL = {
    "type": "label_model",
    "name": "label",
    "model": "gpt-4o-mini",
    "input": [{"role": "user", "content": "Is '{{sample.output_text}}' the same as '{{item.capital}}'?"}],
    "labels": ["right", "wrong"],
    "passing_labels": ["right"],
}
SCORE = {
    "type": "score_model",
    "name": "score",
    "model": "o4-mini",
    "input": [{"role": "user", "content": {"type": "input_text", "text": "{{item.capital}} or {{sample.output_text}}?"}}],
    "range": [0, 10],
    "pass_threshold": 7,
}
SOURCE = "def grade(sample, item):\n    return 1.0 if sample['output_text'] == item['capital'] else 0.0\n"
PYTHON = {"type": "python", "name": "python", "source": SOURCE, "pass_threshold": 0.9}
CITY = {
    "type": "object",
    "properties": {"country": {"type": "string"}, "capital": {"type": "string"}},
    "required": ["country", "capital"],
}


def rows(pairs: Iterable[tuple[str, str]] = CAPITALS, said: bool = False) -> list[dict[str, Any]]:
    """Countries with their capitals, and with what somebody `said` they were."""
    made: list[dict[str, Any]] = [{"item": {"country": country, "capital": capital}} for country, capital in pairs]
    return (
        [row | {"sample": {"output_text": row["item"]["capital"] if number % 2 == 0 else "no idea"}} for number, row in enumerate(made)]
        if said
        else made
    )


def made(client: OpenAI, *criteria: Any, sampled: bool = True, **options: Any) -> str:
    config: Any = {"type": "custom", "item_schema": CITY, "include_sample_schema": sampled}
    return client.evals.create(**{"name": "Capitals", "data_source_config": config, "testing_criteria": list(criteria), **options}).id


def run(client: OpenAI, eval_id: str, data_source: Any, **options: Any) -> RunCreateResponse:
    return client.evals.runs.create(eval_id, data_source=data_source, **options)


def content(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "file_content", "content": rows}


def asking(source: dict[str, Any], kind: str = "completions", **options: Any) -> dict[str, Any]:
    """A data source that asks a model to say a capital."""
    template = [{"role": "user", "content": "Say exactly this and nothing else: {{item.capital}}"}]
    messages = {"type": "template", "template": template}
    return {"type": kind, "model": "gpt-4o-mini", "source": source, "input_messages": messages, **options}


def ended(client: OpenAI, wire: Wire, run: RunCreateResponse) -> Any:
    wire.advance("10s")
    return client.evals.runs.retrieve(run.id, eval_id=run.eval_id)


def items(client: OpenAI, run: Any, **options: Any) -> list[Any]:
    return list(client.evals.runs.output_items.list(run.id, eval_id=run.eval_id, **options))


@pytest.fixture(autouse=True)
def _still(wire: Wire) -> None:
    """Time stands still but where a test moves it."""
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})


def test_a_run_moves_on_the_clock_and_every_row_is_asked_about_once(client: OpenAI, wire: Wire) -> None:
    started = run(client, made(client, NEAR), asking(content(rows())), name="First", metadata={"team": "blue"})
    assert (started.status, started.model, started.name, started.metadata) == ("queued", "gpt-4o-mini", "First", {"team": "blue"})
    assert started.report_url.endswith(f"&run_id={started.id}")
    assert started.result_counts.total == 0 and not started.per_model_usage
    wire.advance("350ms")
    half = client.evals.runs.retrieve(started.id, eval_id=started.eval_id)
    assert (half.status, half.result_counts.total) == ("in_progress", 2)
    assert len(items(client, started)) == 2
    done = ended(client, wire, started)
    counts = done.result_counts
    assert done.status == "completed" and counts.total == 4 == counts.passed + counts.failed + counts.errored
    calls = wire.control("GET", "/_mock/journal").json()["calls"]
    assert sum(call["path"] == "/v1/chat/completions" for call in calls) == 4
    told = items(client, started)
    assert [item.datasource_item["country"] for item in told] == [country for country, _ in CAPITALS]
    assert [item.datasource_item_id for item in told] == [0, 1, 2, 3]
    (usage,) = done.per_model_usage
    assert (usage.run_model_name, usage.invocation_count) == ("gpt-4o-mini-2024-07-18", 4)
    assert usage.total_tokens == sum(item.sample.usage.total_tokens for item in told) > 0
    (result,) = done.per_testing_criteria_results
    assert (result.passed, result.failed) == (counts.passed, counts.failed)
    assert client.evals.runs.retrieve(started.id, eval_id=started.eval_id) == done


@pytest.mark.parametrize("kind", ["completions", "responses"])
def test_what_is_sampled_is_what_the_endpoint_says(client: OpenAI, wire: Wire, kind: str) -> None:
    done = ended(client, wire, run(client, made(client, NEAR), asking(content(rows()), kind, sampling_params={"temperature": 0.25})))
    for item in items(client, done):
        sample = item.sample
        (asked,), (said,) = sample.input, sample.output
        assert asked.content == f"Say exactly this and nothing else: {item.datasource_item['capital']}"
        assert (sample.temperature, sample.top_p, sample.seed, sample.finish_reason) == (0.25, 1.0, 42, "stop")
        if kind == "completions":
            direct: Any = client.chat.completions.create(
                model="gpt-4o-mini", temperature=0.25, messages=[{"role": "user", "content": asked.content}]
            )
            assert said.content == direct.choices[0].message.content
        assert item.status == ("pass" if item.datasource_item["capital"].lower() in said.content.lower() else "fail")


def test_every_criterion_grades_what_a_row_brings_along(client: OpenAI, wire: Wire) -> None:
    eval_id = made(client, SAME, ALIKE, LABEL, SCORE, PYTHON)
    done = ended(client, wire, run(client, eval_id, {"type": "jsonl", "source": content(rows(said=True))}))
    assert (done.status, done.model) == ("completed", "")
    by_row = [{result.name.partition("-")[0]: result for result in item.results} for item in items(client, done)]
    for number, found in enumerate(by_row):
        right = number % 2 == 0
        assert list(found) == ["same", "alike", "label", "score", "python"]
        assert (found["same"].passed, found["same"].score) == (right, float(right))
        assert found["alike"].passed == right and (found["alike"].score >= 0.9) == right
        assert found["label"].passed is right
        assert (found["score"].score >= 7) == found["score"].passed == right
        assert found["python"].passed == right
        assert found["same"].sample is None
        assert found["score"].sample["model"].startswith("o4-mini")
    assert (done.result_counts.passed, done.result_counts.failed) == (2, 2)
    assert {use.run_model_name: use.invocation_count for use in done.per_model_usage} == {
        "gpt-4o-mini-2024-07-18": 4,
        "o4-mini-2025-04-16": 4,
    }
    assert {(result.passed, result.failed) for result in done.per_testing_criteria_results} == {(2, 2)}
    spent = wire.control("GET", "/_mock/usage").json()
    assert spent["cost"] > 0 and {row["model"] for day in spent["days"] for row in day["models"]} == {"gpt-4o-mini", "o4-mini"}


def test_rows_may_stand_in_a_file(client: OpenAI, wire: Wire) -> None:
    text = "\n".join(json.dumps(row) for row in rows(said=True))
    file = client.files.create(file=("rows.jsonl", f"{text}\n\n".encode()), purpose="evals")
    done = ended(client, wire, run(client, made(client, SAME), {"type": "jsonl", "source": {"type": "file_id", "id": file.id}}))
    assert (done.result_counts.total, done.result_counts.passed) == (4, 2)
    assert done.data_source.to_dict() == {"type": "jsonl", "source": {"type": "file_id", "id": file.id}}
    # A run keeps its rows, whatever becomes of the file.
    later = run(client, done.eval_id, asking({"type": "file_id", "id": file.id}))
    client.files.delete(file.id)
    assert ended(client, wire, later).result_counts.total == 4


def test_a_prompt_may_stand_in_the_rows(client: OpenAI, wire: Wire) -> None:
    schema = {"type": "object", "properties": {"input": {}}, "required": ["input"]}
    eval_id = made(client, data_source_config={"type": "custom", "item_schema": schema, "include_sample_schema": True})
    talk = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": [{"type": "input_text", "text": "Say tea"}]}]
    reference = {"type": "item_reference", "item_reference": "item.input"}
    for kind in ("completions", "responses"):
        source = content([{"item": {"input": talk}}, {"item": {"input": "Say milk"}}])
        done = ended(
            client, wire, run(client, eval_id, {"type": kind, "model": "gpt-4o-mini", "source": source, "input_messages": reference})
        )
        first, second = items(client, done)
        assert [(message.role, message.content) for message in first.sample.input] == [("developer", "Be brief."), ("user", "Say tea")]
        assert [(message.role, message.content) for message in second.sample.input] == [("user", "Say milk")]
        assert first.sample.error is None and second.sample.error is None and second.sample.output[0].content


def test_forms_and_tools_are_asked_for(client: OpenAI, wire: Wire) -> None:
    form = {"type": "object", "properties": {"capital": {"type": "string"}}, "required": ["capital"], "additionalProperties": False}
    reads = {**SAME, "name": "reads", "input": "{{sample.output_json.capital}}", "operation": "ne"}
    eval_id = made(client, reads)
    chat = {"response_format": {"type": "json_schema", "json_schema": {"name": "city", "schema": form, "strict": True}}}
    response = {"text": {"format": {"type": "json_schema", "name": "city", "schema": form, "strict": True}}}
    forms: list[tuple[str, dict[str, Any]]] = [("completions", chat), ("responses", response)]
    for kind, params in forms:
        done = ended(client, wire, run(client, eval_id, asking(content(rows()), kind, sampling_params=params)))
        assert done.result_counts.errored == 0
        assert all(set(json.loads(item.sample.output[0].content)) == {"capital"} for item in items(client, done))
    tool = {"name": "look_up", "parameters": {"type": "object", "properties": {"capital": {"type": "string"}}, "required": ["capital"]}}
    tools: list[tuple[str, dict[str, Any]]] = [
        ("completions", {"tools": [{"type": "function", "function": tool}]}),
        ("responses", {"tools": [{"type": "function", "strict": False, **tool}]}),
    ]
    for kind, params in tools:
        template = [{"role": "user", "content": "Look up {{item.capital}}"}]
        source = asking(content(rows()), kind, sampling_params=params, input_messages={"type": "template", "template": template})
        done = ended(client, wire, run(client, made(client, reads), source))
        (call,) = items(client, done)[0].sample.output[0].tool_calls
        assert call["function"]["name"] == "look_up" and json.loads(call["function"]["arguments"])["capital"] == "Paris"


def test_stored_completions_are_graded_as_they_are_and_asked_again(client: OpenAI, wire: Wire) -> None:
    for use, text in (("chat", "Say tea"), ("chat", "Say milk"), ("other", "Say rice")):
        client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": text}], store=True, metadata={"use": use})
    tea = {**SAME, "input": "{{sample.output_text}} {{item.input}}", "reference": "tea", "operation": "ilike"}
    for kind in ("stored_completions", "logs"):
        config: Any = {"type": kind, "metadata": {"use": "chat"}}
        eval_id = made(client, tea, data_source_config=config)
        told: Any = client.evals.retrieve(eval_id).data_source_config.to_dict()
        assert (told["type"], told["metadata"], told["schema"]["required"]) == (kind, {"use": "chat"}, ["item", "sample"])
        source = {"type": "stored_completions", "metadata": {"use": "chat"}, "model": "gpt-4o-mini"}
        done = ended(client, wire, run(client, eval_id, {"type": "completions", "source": source}))
        assert (done.result_counts.total, done.result_counts.passed, done.per_model_usage) == (2, 1, [])
        assert [item.sample.input[0].content for item in items(client, done)] == ["Say tea", "Say milk"]
        again = {"type": "completions", "model": "gpt-4.1-mini", "source": source | {"limit": 1}}
        done = ended(
            client, wire, run(client, eval_id, again | {"input_messages": {"type": "item_reference", "item_reference": "item.input"}})
        )
        assert (done.result_counts.total, done.per_model_usage[0].run_model_name) == (1, "gpt-4.1-mini-2025-04-14")


def test_stored_responses_are_found_by_what_they_were_asked_with(client: OpenAI, wire: Wire) -> None:
    client.responses.create(model="gpt-4o-mini", input="Say tea", instructions="Be brief.", metadata={"use": "chat"}, temperature=0.5)
    client.responses.create(model="gpt-4.1", input="Say milk", tools=[{"type": "web_search"}])
    client.responses.create(model="gpt-4o-mini", input="Say rice", store=False)
    eval_id = made(client, {**SAME, "reference": "tea", "operation": "ilike"}, data_source_config={"type": "logs"})
    now = client.evals.retrieve(eval_id).created_at
    for wanted, total in (
        ({}, 2), ({"metadata": {"use": "chat"}}, 1), ({"model": "gpt-4.1"}, 1), ({"instructions_search": "brief"}, 1), ({"temperature": 0.5}, 1),
        ({"tools": ["web_search"]}, 1), ({"created_after": now}, 2), ({"created_before": now, "users": []}, 2), ({"top_p": 1}, 2),
    ):  # fmt: skip
        done = ended(client, wire, run(client, eval_id, {"type": "responses", "source": {"type": "responses", **wanted}}))
        assert done.result_counts.total == total, wanted
    done = ended(client, wire, run(client, eval_id, {"type": "responses", "source": {"type": "responses", "created_before": now - 1}}))
    assert (done.status, done.error.code) == ("failed", "empty_data_source")
    source = {"type": "responses", "metadata": {"use": "chat"}}
    reference = {"type": "item_reference", "item_reference": "item.input"}
    done = ended(
        client, wire, run(client, eval_id, {"type": "responses", "model": "gpt-4.1", "source": source, "input_messages": reference})
    )
    assert (done.result_counts.errored, done.per_model_usage[0].run_model_name) == (0, "gpt-4.1-2025-04-14")


def test_what_cannot_be_sampled_or_graded_is_an_error_of_its_row(client: OpenAI, wire: Wire) -> None:
    missing = {**SAME, "reference": "{{item.mayor}}", "name": "mayor"}
    done = ended(client, wire, run(client, made(client, SAME, missing), {"type": "jsonl", "source": content(rows(said=True))}))
    assert (done.status, done.result_counts.errored, done.result_counts.total) == ("completed", 4, 4)
    first = items(client, done)[0]
    assert first.status == "error" and [result.passed for result in first.results] == [True, False]
    assert first.results[1].sample["error"]["code"] == "invalid_variable_error"
    assert [(result.passed, result.failed) for result in done.per_testing_criteria_results] == [(2, 2), (0, 0)]
    bad = asking(content(rows()), model="o4-mini", sampling_params={"temperature": 0.2})
    done = ended(client, wire, run(client, made(client, SAME), bad))
    assert (done.status, done.result_counts.errored) == ("completed", 4)
    (item, *_) = items(client, done)
    assert item.sample.error.code == "unsupported_value" and "temperature" in item.sample.error.message
    assert (item.results, item.sample.output) == ([], [])


def test_output_items_are_filtered_ordered_and_paged(client: OpenAI, wire: Wire) -> None:
    done = ended(client, wire, run(client, made(client, SAME), {"type": "jsonl", "source": content(rows(said=True))}))
    assert [item.datasource_item_id for item in items(client, done, status="pass")] == [0, 2]
    assert [item.datasource_item_id for item in items(client, done, status="fail", order="desc")] == [3, 1]
    assert [item.datasource_item_id for item in items(client, done, limit=1, order="desc")] == [3, 2, 1, 0]
    one = items(client, done)[1]
    assert client.evals.runs.output_items.retrieve(one.id, eval_id=done.eval_id, run_id=done.id).to_dict() == one.to_dict()


def test_a_run_can_be_cancelled_and_keeps_what_it_has(client: OpenAI, wire: Wire) -> None:
    eval_id = made(client, SAME)
    waiting = run(client, eval_id, asking(content(rows())))
    stopped = client.evals.runs.cancel(waiting.id, eval_id=eval_id)
    assert (stopped.status, stopped.result_counts.total) == ("canceled", 0)
    going = run(client, eval_id, asking(content(rows())))
    wire.advance("350ms")
    stopped = client.evals.runs.cancel(going.id, eval_id=eval_id)
    assert (stopped.status, stopped.result_counts.total) == ("canceled", 2)
    assert len(items(client, ended(client, wire, going))) == 2
    with pytest.raises(openai.BadRequestError, match="Cannot cancel eval run with status 'canceled'"):
        client.evals.runs.cancel(going.id, eval_id=eval_id)


@pytest.mark.parametrize("mode", ["immediate", "polls"])
def test_runs_move_at_any_pace(client: OpenAI, wire: Wire, mode: str) -> None:
    wire.control("POST", "/_mock/lifecycle", json={"kind": "eval.run", "mode": mode, "polls": 2})
    started = run(client, made(client, SAME), asking(content(rows())))
    seen = [client.evals.runs.retrieve(started.id, eval_id=started.eval_id).status for _ in range(5)]
    assert seen == (["completed"] * 5 if mode == "immediate" else ["queued", "in_progress", "in_progress", "completed", "completed"])
    assert len(items(client, started)) == 4


def test_a_run_that_nobody_would_pay_for_fails(server: Server, name: str) -> None:
    key = f"sk-mock-noquota-{name}"
    with OpenAI(base_url=server.base_url, api_key=key, max_retries=0) as broke, Wire(server.base_url, key) as wire:
        done = ended(broke, wire, run(broke, made(broke, SAME), asking(content(rows()))))
    assert (done.status, done.error.code, done.result_counts.total) == ("failed", "insufficient_quota", 0)


def test_a_row_is_asked_about_once_however_many_look(client: OpenAI, wire: Wire) -> None:
    wire.control("POST", "/_mock/lifecycle", json={"kind": "eval.run", "mode": "immediate"})
    started = run(client, made(client, SAME), asking(content(rows(CAPITALS * 5))))
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: client.evals.runs.retrieve(started.id, eval_id=started.eval_id).to_dict(), range(16)))
    assert all(each == seen[0] for each in seen) and seen[0]["status"] == "completed"
    assert len(items(client, started)) == 20
    assert wire.control("GET", "/_mock/journal/count", params={"operation": "createChatCompletion"}).json()["count"] == 20


def test_what_a_scenario_says_is_graded(client: OpenAI, wire: Wire) -> None:
    wire.control("POST", "/_mock/scenarios", json={"match": {"user": {"contains": "Tokyo"}}, "reply": "Tokyo"})
    done = ended(client, wire, run(client, made(client, SAME), asking(content(rows()))))
    assert [item.datasource_item["country"] for item in items(client, done, status="pass")] == ["Japan"]


def test_evals_are_listed_changed_and_deleted(client: OpenAI, wire: Wire) -> None:
    first = made(client, SAME, metadata={"team": "blue"})
    wire.advance("1s")
    second = made(client, SAME)
    wire.advance("1s")
    changed = client.evals.update(first, name="Renamed", metadata={"team": "red"})
    assert (changed.name, changed.metadata) == ("Renamed", {"team": "red"}) == (client.evals.retrieve(first).name, {"team": "red"})
    assert [each.id for each in client.evals.list()] == [first, second]
    assert [each.id for each in client.evals.list(order="desc", limit=1)] == [second, first]
    assert [each.id for each in client.evals.list(order_by="updated_at", limit=1)] == [second, first]
    runs = [run(client, first, asking(content(rows()))) for _ in range(3)]
    assert [each.id for each in client.evals.runs.list(first, limit=2)] == [each.id for each in runs]
    assert [each.id for each in client.evals.runs.list(first, order="desc")] == [each.id for each in reversed(runs)]
    client.evals.runs.cancel(runs[0].id, eval_id=first)
    assert [each.id for each in client.evals.runs.list(first, status="canceled")] == [runs[0].id]
    gone = client.evals.runs.delete(runs[1].id, eval_id=first)
    assert (gone.deleted, gone.run_id, gone.object) == (True, runs[1].id, "eval.run.deleted")
    assert [each.id for each in client.evals.runs.list(first)] == [runs[0].id, runs[2].id]
    deleted = client.evals.delete(first)
    assert (deleted.deleted, deleted.eval_id, deleted.object) == (True, first, "eval.deleted")
    with pytest.raises(openai.NotFoundError):
        client.evals.runs.list(first)
    assert [each.id for each in client.evals.list()] == [second]


def test_a_tuned_model_may_be_asked_and_may_judge(client: OpenAI, wire: Wire) -> None:
    lessons = [
        {"messages": [{"role": "user", "content": f"team {n}"}, {"role": "assistant", "content": "blue" if n % 2 else "red"}]}
        for n in range(12)
    ]
    file = client.files.create(file=("a.jsonl", "\n".join(map(json.dumps, lessons)).encode()), purpose="fine-tune").id
    job = client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=file)
    wire.advance("10s")
    model = client.fine_tuning.jobs.retrieve(job.id).fine_tuned_model
    config: Any = {"type": "custom", "item_schema": TEAM, "include_sample_schema": True}
    judge = {**LABEL, "model": model, "input": [{"role": "user", "content": "{{item.team}} {{sample.output_text}}"}]}
    eval_id = made(client, {**GRADER, "reference": "blue"}, judge, data_source_config=config)
    messages = {"type": "template", "template": [{"role": "user", "content": "{{item.team}}"}]}
    source = content([{"item": {"team": "team 3"}}])
    done = ended(client, wire, run(client, eval_id, {"type": "completions", "model": model, "source": source, "input_messages": messages}))
    assert done.result_counts.errored == 0 and done.per_testing_criteria_results[0].passed == 1
    assert [use.run_model_name for use in done.per_model_usage] == [model]
