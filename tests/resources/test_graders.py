"""Graders through the official SDK, and their errors on the wire."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.graders import MultiGraderParam, ScoreModelGraderParam, StringCheckGraderParam

from tests.conftest import Wire

RUN, VALIDATE = "/fine_tuning/alpha/graders/run", "/fine_tuning/alpha/graders/validate"
CHECK: StringCheckGraderParam = {
    "type": "string_check",
    "name": "Example string check grader",
    "input": "{{sample.output_text}}",
    "reference": "{{item.label}}",
    "operation": "eq",
}
JUDGE: ScoreModelGraderParam = {
    "type": "score_model",
    "name": "Example score model grader",
    "input": [
        {
            "role": "user",
            "content": [{"type": "input_text", "text": "Score from 0 to 1.\n\n{{item.reference_answer}}\n\n{{sample.output_text}}"}],
        }
    ],
    "model": "gpt-4o",
    "sampling_params": {"temperature": 1, "top_p": 1, "seed": 42},
}
BEAR = {"reference_answer": "fuzzy wuzzy was a bear"}


def multi(calculate_output: str, **parts: Any) -> Any:
    return {"type": "multi", "name": "all", "graders": parts, "calculate_output": calculate_output}


def test_a_score_model_grades_as_in_the_reference(client: OpenAI) -> None:
    made = client.fine_tuning.alpha.graders.run(grader=JUDGE, item=BEAR, model_sample="fuzzy wuzzy was a bear")
    assert made.reward == 1.0
    assert made.metadata.name == JUDGE["name"]
    assert made.metadata.type == "score_model"
    assert made.metadata.sampled_model_name == "gpt-4o-2024-08-06"
    assert made.metadata.execution_time > 1
    assert made.sub_rewards == made.metadata.scores == {}
    usage: Any = made.api_model_grader_token_usage_per_model["gpt-4o-2024-08-06"]
    assert list(usage) == ["prompt_tokens", "total_tokens", "completion_tokens", "cached_tokens"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert made.metadata.token_usage == usage["total_tokens"]
    assert not any(value for value in made.metadata.errors.to_dict().values())
    worse = client.fine_tuning.alpha.graders.run(grader=JUDGE, item=BEAR, model_sample="a bear")
    assert 0 < worse.reward < 1
    assert client.fine_tuning.alpha.graders.run(grader=JUDGE, item=BEAR, model_sample="a bear") == worse


def test_string_and_text_graders_run_without_a_model(client: OpenAI) -> None:
    graders = client.fine_tuning.alpha.graders
    assert [graders.run(grader=CHECK, item={"label": "yes"}, model_sample=said).reward for said in ("yes", "no")] == [1, 0]
    near = graders.run(
        grader={
            "type": "text_similarity",
            "name": "near",
            "input": "{{sample.output_text}}",
            "reference": "a",
            "evaluation_metric": "cosine",
        },
        model_sample="a",
    )
    assert near.reward == 1
    assert near.metadata.token_usage is None
    assert near.api_model_grader_token_usage_per_model == {}


def test_a_missing_variable_is_told(client: OpenAI) -> None:
    made = client.fine_tuning.alpha.graders.run(grader=CHECK, model_sample="yes")
    assert made.reward == 0
    assert made.metadata.errors.invalid_variable_error is True


def test_python_is_executed(client: OpenAI) -> None:
    graders = client.fine_tuning.alpha.graders
    source = "def grade(sample, item):\n    return 0.25 if sample['output_text'] == item['a'] else 0.75"
    rewards = [graders.run(grader={"type": "python", "name": "py", "source": source}, item={"a": "b"}, model_sample=said) for said in "bc"]
    assert [made.reward for made in rewards] == [0.25, 0.75]
    assert rewards[0].metadata.errors.python_grader_runtime_error is False
    assert rewards[0].metadata.errors.python_grader_runtime_error_details is None
    broken = graders.run(grader={"type": "python", "name": "py", "source": "def"}, model_sample="c")
    assert broken.reward == 0
    assert broken.metadata.errors.python_grader_runtime_error is True
    assert broken.metadata.errors.python_grader_runtime_error_details == "SyntaxError: invalid syntax (line 1)"


def test_others_are_answered_while_python_grades(client: OpenAI) -> None:
    slow = "import time\ndef grade(sample, item):\n    time.sleep(3)\n    return 1"
    with ThreadPoolExecutor(1) as threads:
        grading = threads.submit(
            client.fine_tuning.alpha.graders.run, grader={"type": "python", "name": "py", "source": slow}, model_sample="c"
        )
        for _ in range(20):
            client.models.retrieve("gpt-4o-mini")
        assert not grading.done()
        assert grading.result().reward == 1


def test_a_multi_grader_puts_rewards_together(client: OpenAI) -> None:
    graders = client.fine_tuning.alpha.graders
    item = {**BEAR, "label": "no"}
    grader: MultiGraderParam = multi("0.75 * judge + 0.25 * check", judge=JUDGE, check=CHECK)
    made = graders.run(grader=grader, item=item, model_sample="fuzzy wuzzy was a bear")
    assert made.reward == 0.75
    assert made.sub_rewards == made.metadata.scores == {"judge": 1.0, "check": 0.0}
    assert list(made.api_model_grader_token_usage_per_model) == ["gpt-4o-2024-08-06"]
    wrong = graders.run(grader=multi("judge / check", judge=JUDGE, check=CHECK), item=item, model_sample="fuzzy wuzzy was a bear")
    assert wrong.reward == 0
    assert wrong.metadata.errors.formula_parse_error is True
    assert wrong.sub_rewards == {"judge": 1.0, "check": 0.0}


def test_a_valid_grader_comes_back_as_it_was_sent(client: OpenAI, wire: Wire) -> None:
    assert client.fine_tuning.alpha.graders.validate(grader=CHECK).to_dict() == {"grader": CHECK}
    for grader in (JUDGE, multi("check ^ 2", check=CHECK), {"type": "python", "source": "def grade(sample, item): return 1"}):
        reply = wire.request("POST", VALIDATE, json={"grader": grader})
        assert reply.status_code == 200
        assert reply.json() == {"grader": grader}
        assert reply.text.startswith('{\n  "grader": {\n    "type"')


@pytest.mark.parametrize(
    ("grader", "param", "message"),
    [
        (multi("check +", check=CHECK), "grader.calculate_output", "Invalid formula: invalid syntax."),
        (multi("other", check=CHECK), "grader.calculate_output", "Invalid formula: unknown grader 'other'."),
        (multi("os.system(1)", check=CHECK), "grader.calculate_output", "Invalid formula: the formula is not arithmetic."),
        (
            {**CHECK, "input": "{{row.x}}"},
            "grader.input",
            "Invalid template '{{row.x}}': expected a variable of one of the namespaces 'item' and 'sample'.",
        ),
        ({"type": "python", "source": "x = 1"}, "grader.source", "Invalid source: NameError: name 'grade' is not defined."),
    ],
)
def test_a_grader_that_cannot_work_is_refused(client: OpenAI, grader: Any, param: str, message: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.fine_tuning.alpha.graders.validate(grader=grader)
    assert caught.value.body == {"message": message, "type": "invalid_request_error", "param": param, "code": "invalid_value"}


def test_a_judge_that_is_not_there_is_refused_and_does_not_judge(client: OpenAI) -> None:
    grader: ScoreModelGraderParam = {**JUDGE, "model": "gpt-0"}
    said = "The model `gpt-0` does not exist or you do not have access to it."
    made = client.fine_tuning.alpha.graders.run(grader=grader, item=BEAR, model_sample="x")
    assert made.reward == 0
    assert made.metadata.errors.api_model_grader_server_error is True
    assert made.metadata.errors.api_model_grader_server_error_details == said
    with pytest.raises(openai.BadRequestError) as caught:
        client.fine_tuning.alpha.graders.validate(grader=grader)
    assert caught.value.body == {"message": said, "type": "invalid_request_error", "param": "grader", "code": "model_not_found"}


@pytest.mark.parametrize(
    ("body", "message", "param", "code"),
    [
        ({"model_sample": "x"}, "Missing required parameter: 'grader'.", "grader", "missing_required_parameter"),
        ({"grader": dict(CHECK)}, "Missing required parameter: 'model_sample'.", "model_sample", "missing_required_parameter"),
        (
            {"grader": {**CHECK, "type": "label_model"}, "model_sample": "x"},
            "Invalid value: 'label_model'. Supported values are: 'string_check', 'text_similarity', 'python', 'score_model', and 'multi'.",
            "grader.type",
            "invalid_value",
        ),
        (
            {"grader": {**CHECK, "operation": "near"}, "model_sample": "x"},
            "Invalid value: 'near'. Supported values are: 'eq', 'ne', 'like', and 'ilike'.",
            "grader.operation",
            "invalid_value",
        ),
    ],
)
def test_faults_of_a_run_are_told_in_the_apis_words(wire: Wire, body: Any, message: str, param: str, code: str) -> None:
    reply = wire.request("POST", RUN, json=body)
    assert reply.status_code == 400
    assert reply.json() == {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


@pytest.mark.parametrize("number", [b"9" * 4000, b"9" * 6000, b"1e400", b"-0.0", b'"\\ud83d\\ude00"'])
def test_any_value_of_an_item_can_be_graded(wire: Wire, number: bytes) -> None:
    for grader in (b'{"type":"python","source":"def grade(a, b): 0"}', b'{"type":"multi","graders":%b,"calculate_output":"1"}'):
        part = b'{"type":"string_check","name":"n","input":"{{item.q}}","reference":"","operation":"eq"}'
        content = b'{"grader":%b,"model_sample":"a","item":{"q":%b}}' % (grader % part if b"%b" in grader else grader, number)
        reply = wire.request("POST", RUN, content=content, headers={"content-type": "application/json"})
        assert reply.status_code in (200, 400)
        assert ("reward" in reply.json()) is (reply.status_code == 200)
