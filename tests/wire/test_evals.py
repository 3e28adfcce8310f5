"""Evals on the wire: the order of keys, and what the API says of what it does not take."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Wire
from tests.samples import GRADER, REQUESTS, TEAM
from tests.wire.test_containers import fault

EVAL: dict[str, Any] = REQUESTS["createEval"]["json"]
RUN: dict[str, Any] = REQUESTS["createEvalRun"]["json"]
SOURCE: dict[str, Any] = RUN["data_source"]


def made(wire: Wire, path: str, body: Any) -> Any:
    answer = wire.request("POST", path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def eval_id(wire: Wire) -> str:
    found: str = made(wire, "/evals", EVAL)["id"]
    return found


def test_keys_come_in_the_apis_order(wire: Wire) -> None:
    wire.control("POST", "/_mock/lifecycle", json={"mode": "immediate"})
    created = made(wire, "/evals", EVAL)
    assert list(created) == ["object", "id", "data_source_config", "testing_criteria", "name", "created_at", "metadata"]
    schema = created["data_source_config"]["schema"]
    assert list(schema) == ["type", "properties", "required"] and schema["required"] == ["item", "sample"]
    assert schema["properties"]["item"] == TEAM
    assert list(schema["properties"]["sample"]["properties"]) == ["model", "choices", "output_text", "output_json", "output_tools"]
    (criterion,) = created["testing_criteria"]
    assert list(criterion) == ["name", "id", "type", "input", "reference", "operation"]
    assert criterion["id"].startswith("same-") and len(criterion["id"]) == 5 + 36
    run = made(wire, f"/evals/{created['id']}/runs", RUN)
    keys = [
        "object", "id", "eval_id", "report_url", "status", "model", "name", "created_at", "result_counts", "per_model_usage",
        "per_testing_criteria_results", "data_source", "error", "metadata", "shared_with_openai",
    ]  # fmt: skip
    assert list(run) == keys
    assert (run["per_model_usage"], run["per_testing_criteria_results"], run["error"]) == (None, None, None)
    assert list(run["data_source"]) == ["type", "source", "input_messages", "model", "sampling_params"]
    spelled = {"type": "message", "role": "user", "content": {"type": "input_text", "text": "Say {{item.team}}"}}
    assert run["data_source"]["input_messages"] == {"type": "template", "template": [spelled]}
    at = f"/evals/{created['id']}/runs/{run['id']}"
    done = wire.request("GET", at).json()
    assert list(done) == keys and done["status"] == "completed"
    assert list(done["per_model_usage"][0]) == [
        "model_name", "invocation_count", "prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens",
    ]  # fmt: skip
    assert done["per_testing_criteria_results"][0]["testing_criteria"] == criterion["id"]
    listed = wire.request("GET", f"{at}/output_items").json()
    assert list(listed) == ["object", "data", "first_id", "last_id", "has_more"]
    item = listed["data"][0]
    assert list(item) == [
        "object", "id", "created_at", "run_id", "eval_id", "status", "datasource_item_id", "datasource_item", "results", "sample",
    ]  # fmt: skip
    assert list(item["results"][0]) == ["name", "type", "sample", "passed", "score"]
    assert list(item["sample"]) == [
        "input", "output", "finish_reason", "model", "usage", "error", "temperature", "max_completion_tokens", "top_p", "seed",
    ]  # fmt: skip
    assert [len(each["id"].partition("_")[2]) for each in (created, run, item)] == [32, 32, 32]


@pytest.mark.parametrize(
    ("body", "message", "param", "code"),
    [
        (
            {"data_source_config": {"type": "csv"}},
            "Invalid value: 'csv'. Supported values are: 'custom', 'logs', and 'stored_completions'.",
            "data_source_config.type",
            "invalid_value",
        ),
        ({"testing_criteria": ...}, "Missing required parameter: 'testing_criteria'.", "testing_criteria", "missing_required_parameter"),
        (
            {"testing_criteria": [{**GRADER, "operation": "is"}]},
            "Invalid value: 'is'. Supported values are: 'eq', 'ne', 'like', and 'ilike'.",
            "testing_criteria[0].operation",
            "invalid_value",
        ),
        (
            {"testing_criteria": [{**GRADER, "type": "text_similarity", "operation": ...}]},
            "Missing required parameter: 'testing_criteria[0].evaluation_metric'.",
            "testing_criteria[0].evaluation_metric",
            "missing_required_parameter",
        ),
        (
            {"testing_criteria": [{**GRADER, "input": "{{row.team}}"}]},
            "Invalid template '{{row.team}}': expected a variable of one of the namespaces 'item' and 'sample'.",
            "testing_criteria[0].input",
            "invalid_value",
        ),
        (
            {
                "testing_criteria": [
                    GRADER,
                    {"type": "score_model", "name": "j", "model": "nobody", "input": [{"role": "user", "content": "?"}]},
                ]
            },
            "The model `nobody` does not exist or you do not have access to it.",
            "testing_criteria[1].model",
            "model_not_found",
        ),
        (
            {
                "testing_criteria": [
                    {"type": "label_model", "name": "l", "model": "gpt-4o", "input": [], "labels": ["a"], "passing_labels": ["b"]}
                ]
            },
            "The passing labels must be a subset of the labels.",
            "testing_criteria[0].passing_labels",
            "invalid_value",
        ),
        (
            {"testing_criteria": [{"type": "python", "name": "p", "source": "def mark(): pass"}]},
            "Invalid source: NameError: name 'grade' is not defined.",
            "testing_criteria[0].source",
            "invalid_value",
        ),
    ],
)
def test_an_eval_is_refused_in_the_apis_words(wire: Wire, body: Any, message: str, param: str, code: str) -> None:
    sent = {name: value for name, value in {**EVAL, **body}.items() if value is not ...}
    for criterion in sent.get("testing_criteria", ()):
        for name in [name for name, value in criterion.items() if value is ...]:
            del criterion[name]
    assert fault(wire.request("POST", "/evals", json=sent), 400) == (message, param, code)
    assert wire.request("GET", "/evals").json()["data"] == []


def test_a_schema_that_is_none_is_refused(wire: Wire) -> None:
    config = {"type": "custom", "item_schema": {"type": "thing"}}
    message, param, code = fault(wire.request("POST", "/evals", json={**EVAL, "data_source_config": config}), 400)
    assert message.startswith("Invalid schema for 'data_source_config.item_schema': ")
    assert (param, code) == ("data_source_config.item_schema", "invalid_value")


_PLACE = "data_source.source.content[1].item"


@pytest.mark.parametrize(
    ("item", "message", "param", "code"),
    [
        ({}, f"Missing required parameter: '{_PLACE}.team'.", f"{_PLACE}.team", "missing_required_parameter"),
        (
            {"team": 1},
            f"Invalid type for '{_PLACE}.team': expected a string, but got an integer instead.",
            f"{_PLACE}.team",
            "invalid_type",
        ),
        ({"team": "a", "z": 1}, f"Unknown parameter: '{_PLACE}.z'.", f"{_PLACE}.z", "unknown_parameter"),
        ({"team": "a", "n": [1, 12]}, f"Invalid '{_PLACE}.n[1]': 12 is greater than the maximum of 9.", f"{_PLACE}.n[1]", "invalid_value"),
    ],
)
@pytest.mark.parametrize("is_file", [False, True])
def test_a_row_that_is_not_as_its_eval_says_is_refused(wire: Wire, item: Any, message: str, param: str, code: str, is_file: bool) -> None:
    numbers = {"type": "array", "items": {"type": "integer", "maximum": 9}}
    schema = {**TEAM, "properties": {**TEAM["properties"], "n": numbers}, "additionalProperties": False}
    at = f"/evals/{made(wire, '/evals', {**EVAL, 'data_source_config': {'type': 'custom', 'item_schema': schema}})['id']}/runs"
    rows = [{"item": {"team": "blue"}}, {"item": item}]
    source = {"type": "file_id", "id": uploaded(wire, rows)} if is_file else {"type": "file_content", "content": rows}
    assert fault(wire.request("POST", at, json={"data_source": {**SOURCE, "source": source}}), 400) == (message, param, code)
    assert wire.request("GET", at).json()["data"] == []


def uploaded(wire: Wire, rows: list[Any], purpose: str = "evals") -> str:
    content = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows).encode()
    found: str = wire.request("POST", "/files", data={"purpose": purpose}, files={"file": ("a.jsonl", content)}).json()["id"]
    return found


@pytest.mark.parametrize(
    ("source", "message", "param", "code"),
    [
        ({"model": "nobody"}, "The model `nobody` does not exist or you do not have access to it.", "data_source.model", "model_not_found"),
        ({"model": None}, "Missing required parameter: 'data_source.model'.", "data_source.model", "missing_required_parameter"),
        (
            {"input_messages": None},
            "Missing required parameter: 'data_source.input_messages'.",
            "data_source.input_messages",
            "missing_required_parameter",
        ),
        ({"source": {"type": "file_id", "id": "file-x"}}, "No such File object: file-x", "data_source.source.id", None),
        (
            {"source": {"type": "responses"}},
            "Invalid value: 'responses'. Supported values are: 'file_content', 'file_id', and 'stored_completions'.",
            "data_source.source.type",
            "invalid_value",
        ),
        (
            {"source": {"type": "file_content", "content": [{"sample": {}}]}},
            "Missing required parameter: 'data_source.source.content[0].item'.",
            "data_source.source.content[0].item",
            "missing_required_parameter",
        ),
        (
            {"sampling_params": {"max_tokens": 5}},
            "Unknown parameter: 'data_source.sampling_params.max_tokens'.",
            "data_source.sampling_params.max_tokens",
            "unknown_parameter",
        ),
    ],
)
def test_a_run_is_refused_in_the_apis_words(wire: Wire, eval_id: str, source: Any, message: str, param: str, code: str | None) -> None:
    answer = wire.request("POST", f"/evals/{eval_id}/runs", json={"data_source": {**SOURCE, **source}})
    assert fault(answer, 400) == (message, param, code)


def test_rows_that_are_not_sampled_bring_a_sample(wire: Wire, eval_id: str) -> None:
    source = {"type": "jsonl", "source": {"type": "file_content", "content": [{"item": {"team": "blue"}}]}}
    param = "data_source.source.content[0].sample"
    answer = wire.request("POST", f"/evals/{eval_id}/runs", json={"data_source": source})
    assert fault(answer, 400) == (f"Missing required parameter: '{param}'.", param, "missing_required_parameter")


def test_files_of_another_kind_are_refused(wire: Wire, eval_id: str) -> None:
    def asked(file: str) -> Any:
        return wire.request("POST", f"/evals/{eval_id}/runs", json={"data_source": {**SOURCE, "source": {"type": "file_id", "id": file}}})

    other = uploaded(wire, [{"item": {"team": "blue"}}], "user_data")
    assert fault(asked(other), 400) == (f"File '{other}' does not have the purpose 'evals'.", "data_source.source.id", None)
    for bad in ("no JSON", "[]", '{"item": []}', '{"item": {}, "sample": 1}'):
        message = "Line 2 of the file is not parseable as a JSON object with an 'item'."
        file = uploaded(wire, [{"item": {"team": "blue"}}, bad])
        assert fault(asked(file), 400) == (message, "data_source.source.id", "invalid_json_line")


def test_what_is_not_there_is_told(wire: Wire, eval_id: str) -> None:
    run_id = made(wire, f"/evals/{eval_id}/runs", RUN)["id"]
    other = made(wire, "/evals", EVAL)["id"]
    no_eval = ("Eval with id 'eval_x' not found.", None, None)
    for method, path in (("GET", ""), ("POST", ""), ("DELETE", ""), ("GET", "/runs"), ("POST", "/runs"), ("GET", f"/runs/{run_id}")):
        body = {"json": RUN if path else {"name": "x"}} if method == "POST" else {}
        assert fault(wire.request(method, f"/evals/eval_x{path}", **body), 404) == no_eval
    for at in (f"/evals/{eval_id}/runs/evalrun_x", f"/evals/{other}/runs/{run_id}"):
        for method, path in (("GET", ""), ("POST", ""), ("POST", "/cancel"), ("DELETE", ""), ("GET", "/output_items")):
            message = f"Eval run with id '{at.rpartition('/')[2]}' not found."
            assert fault(wire.request(method, at + path), 404) == (message, None, None)
    at = f"/evals/{eval_id}/runs/{run_id}/output_items/outputitem_x"
    assert fault(wire.request("GET", at), 404) == ("Eval run output item with id 'outputitem_x' not found.", None, None)


@pytest.mark.parametrize("path", ["/cancel", ""])
def test_a_run_is_cancelled_at_either_path(wire: Wire, eval_id: str, path: str) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    run_id = made(wire, f"/evals/{eval_id}/runs", RUN)["id"]
    assert wire.request("POST", f"/evals/{eval_id}/runs/{run_id}{path}").json()["status"] == "canceled"
    message = "Cannot cancel eval run with status 'canceled'."
    assert fault(wire.request("POST", f"/evals/{eval_id}/runs/{run_id}{path}"), 400) == (message, None, None)
