"""Graders: rewards in range, templates that find or miss, formulas and sources that cannot do harm."""

from __future__ import annotations

import math
import sys
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockapi import catalogue, json
from mockapi.catalogue import Card
from mockapi.engine import graders
from mockapi.engine.graders import checks, execution, formula, measures
from mockapi.engine.graders.templates import Variables
from mockapi.seed import Seed
from tests.property.strategies import json_values

MODEL = "gpt-4o-mini"
METRICS = sorted(measures.METRICS)
texts = st.text(st.sampled_from("abc de.,é漢字\n12"), max_size=40) | st.text(max_size=20)


def cards() -> dict[str, Card]:
    card = catalogue.card(MODEL)
    assert card is not None
    return {MODEL: card}


def run(grader: dict[str, Any], item: dict[str, Any] | None = None, sample: str = "") -> graders.Outcome:
    return graders.run(grader, item or {}, sample, cards(), Seed("tests").stream(b"grader"))


def check(text: str, reference: str = "", operation: str = "eq") -> dict[str, Any]:
    return {"type": "string_check", "name": "check", "input": text, "reference": reference, "operation": operation}


def judge(**more: Any) -> dict[str, Any]:
    asked = [{"role": "user", "content": "{{item.answer}} or {{sample.output_text}}"}]
    return {"type": "score_model", "name": "judge", "model": MODEL, "input": asked, **more}


def labels(**more: Any) -> dict[str, Any]:
    return judge(**{"type": "label_model", "labels": ["good", "bad"], "passing_labels": ["good"], **more})


def python(source: str) -> dict[str, Any]:
    return {"type": "python", "source": source}


def multi(calculate_output: str, **parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "multi", "name": "all", "graders": parts, "calculate_output": calculate_output}


@pytest.mark.parametrize("metric", METRICS)
@given(text=texts, reference=texts)
@settings(deadline=None)
def test_any_two_texts_have_a_likeness_from_0_to_1_and_equal_ones_1(metric: str, text: str, reference: str) -> None:
    assert 0 <= measures.likeness(metric, text, reference) <= 1
    assert measures.likeness(metric, text, text) == 1


@pytest.mark.parametrize("metric", [metric for metric in METRICS if metric not in ("rouge_4", "rouge_5")])
def test_a_nearer_text_is_more_alike(metric: str) -> None:
    reference = "the quick brown fox jumps over the lazy dog"
    near, far = (measures.likeness(metric, text, reference) for text in ("the quick brown fox leaps over the dog", "a cat sat on it"))
    assert far < near < 1


@pytest.mark.parametrize(
    ("metric", "text", "reference", "expected"),
    [
        ("fuzzy_match", "this is a test", "this is a test!", 0.965517),
        ("fuzzy_match", "fuzzy wuzzy was a bear", "wuzzy fuzzy was a bear", 0.909091),
        ("rouge_1", "the cat sat", "the cat ran home", 0.571429),
        ("rouge_2", "the cat sat", "the cat ran home", 0.4),
        ("rouge_l", "police killed the gunman", "police kill the gunman", 0.75),
        ("gleu", "a b c", "a b d", 0.5),
        ("meteor", "on the mat sat the cat", "the cat sat on the mat", 0.9375),
        ("meteor", "the cat was sat on the mat", "the cat sat on the mat", 0.965392),
    ],
)
def test_metrics_are_what_their_authors_define(metric: str, text: str, reference: str, expected: float) -> None:
    assert measures.likeness(metric, text, reference) == pytest.approx(expected, abs=1e-6)


@given(left=st.text("abcd", max_size=12), right=st.text("abcd", max_size=12))
@settings(deadline=None)
def test_the_common_part_is_the_longest(left: str, right: str) -> None:
    row = [0] * (len(right) + 1)
    for one in left:
        before, row = row, [0]
        for place, other in enumerate(right):
            row.append(before[place] + 1 if one == other else max(before[place + 1], row[-1]))
    expected = 2 * row[-1] / (len(left) + len(right)) if left and right else float(left == right)
    assert measures.likeness("fuzzy_match", left, right) == pytest.approx(expected, abs=1e-6)


def test_long_texts_are_compared_in_bounded_time() -> None:
    left, right = "ab c" * 100_000, "ba cd " * 100_000
    for metric in METRICS:
        start = perf_counter()
        assert 0 <= measures.likeness(metric, left, right) <= 1
        assert perf_counter() - start < 5, metric


def test_templates_find_members_by_name_and_by_place() -> None:
    item = {"a": {"b c": [1, {"d": "x"}]}, "none": None, "yes": True, "text": "{{item.none}}"}
    variables = Variables(item, '{"rows": [{"n": 2.5}]}')
    filled = variables.fill(
        "{{item.a.b c[1].d}} {{ item.a['b c'].0 }} {{item.none}} {{item.yes}} {{item.text}} {{sample.output_json.rows[0].n}} {{item.a}}"
    )
    assert filled == 'x 1 null true {{item.none}} 2.5 {"b c":[1,{"d":"x"}]}'
    assert variables.missing == []
    assert (
        Variables({}, "said").fill("{{sample.output_text}}/{{sample.choices[0].message.content}}/{{sample.output_tools}}") == "said/said/[]"
    )


@pytest.mark.parametrize(
    "path", ["item.no", "item", "", "other.x", "item.rows[7]", "item.rows.x", "sample.nothing", "item..a", "item.rows[x"]
)
def test_a_missing_variable_is_an_error_and_costs_the_reward(path: str) -> None:
    for operation in ("eq", "ne", "like"):
        outcome = run(check(f"{{{{{path}}}}}", "", operation), {"rows": [1]}, "said")
        assert (outcome.reward, outcome.errors) == (0, {"invalid_variable_error"})


def test_members_of_a_sample_that_is_no_json_cannot_be_read() -> None:
    outcome = run(check("{{sample.output_json.a}}"), {}, "no json")
    assert outcome.errors == {"sample_parse_error", "invalid_variable_error"}


@given(text=st.text(), item=st.dictionaries(st.text(max_size=3), json_values, max_size=3), sample=st.text(max_size=20))
@settings(deadline=None)
def test_any_template_is_filled_or_missed(text: str, item: dict[str, Any], sample: str) -> None:
    for grader in (check(text, f"{{{{item.{text}}}}}"), judge(input=[{"role": "user", "content": f"{{{{item.{text}}}}}{text}"}])):
        list(graders.faults(grader))
        assert 0 <= run(grader, item, sample).reward <= 1


def test_templates_that_multiply_a_text_are_cut() -> None:
    outcome = run(check("{{item.a}}" * 100_000, "x", "ne"), {"a": "a" * 100_000})
    assert outcome.errors == {"truncated_observation_error"}
    assert outcome.reward == 1


@pytest.mark.parametrize(
    ("operation", "text", "reward"),
    [
        ("eq", "Paris", 1), ("eq", "paris", 0), ("ne", "Rome", 1), ("ne", "Paris", 0), ("like", "In Paris.", 1), ("like", "in paris", 0),
        ("ilike", "in PARIS", 1), ("ilike", "Rome", 0),
    ],
)  # fmt: skip
def test_a_string_is_checked(operation: str, text: str, reward: float) -> None:
    assert run(check("{{sample.output_text}}", "{{item.city}}", operation), {"city": "Paris"}, text).reward == reward


def test_a_score_grows_with_the_words_that_are_shared() -> None:
    item = {"answer": "one two three four five six seven eight", "other": "nine"}
    said = item["answer"].split()
    rewards = [run(judge(), item, " ".join(said[:size])).reward for size in range(len(said) + 1)]
    assert rewards == sorted(rewards)
    assert len(set(rewards)) == len(rewards)
    assert (rewards[0], rewards[-1]) == (0, 1)
    assert run(judge(range=[1, 5]), item, "one two three").reward == pytest.approx(1 + 4 * rewards[3])


@given(
    bounds=st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9), min_size=2, max_size=2),
    item=st.dictionaries(st.text(max_size=3), json_values, max_size=3),
    sample=texts,
)
@settings(deadline=None)
def test_a_score_is_within_its_range(bounds: list[float], item: dict[str, Any], sample: str) -> None:
    asked = [{"role": "user", "content": ["Good?", {"type": "input_text", "text": "{{sample.output_text}}"}]}]
    outcome = run(judge(range=bounds, input=asked), item, sample)
    assert outcome.errors == set()
    assert min(bounds) <= outcome.reward <= max(bounds)
    assert outcome.usage["gpt-4o-mini-2024-07-18"].completion > 0


def test_a_judge_without_room_for_its_number_says_none() -> None:
    outcome = run(judge(sampling_params={"max_completions_tokens": 5}), {"answer": "x"}, "x")
    assert (outcome.reward, outcome.errors) == (0, {"model_grader_parse_error"})
    assert outcome.usage["gpt-4o-mini-2024-07-18"].completion == 5


def test_a_model_that_is_not_there_cannot_judge() -> None:
    outcome = run(judge(model="gpt-0"), {"answer": "x"}, "x")
    assert (outcome.reward, outcome.errors, outcome.usage) == (0, {"model_grader_server_error"}, {})
    assert "gpt-0" in (outcome.server or "")


def test_a_label_is_picked() -> None:
    assert run(labels(), {"answer": "Paris"}, "Paris").reward == 1
    assert run(labels(), {"answer": "Paris"}, "what a bad answer").reward == 0
    assert {run(labels(labels=[*"abcd"], passing_labels=["a"]), {"answer": str(n)}, "x").reward for n in range(4)} == {0}
    assert run(labels(labels=[], passing_labels=[]), {"answer": "x"}, "x").errors == {"model_grader_parse_error"}


GRADE = "def grade(sample, item):\n    return 1.0"


@given(sample=texts, item=st.dictionaries(st.text(max_size=3), json_values, max_size=3))
@settings(deadline=None, max_examples=20)
def test_python_sees_the_row_and_what_was_said(sample: str, item: dict[str, Any]) -> None:
    source = "import json\ndef grade(sample, item):\n    return json.loads(sample['output_text']) == item"
    assert run(python(source), item, json.write(item).decode()).reward == 1
    length = run(python("def grade(sample, item):\n    return len(sample['choices'][0]['message']['content'])"), item, sample)
    assert (length.reward, length.errors) == (len(sample), set())


@pytest.mark.parametrize(
    ("source", "details"),
    [
        ("x = 1", "NameError: name 'grade' is not defined"),
        ("class A:\n    def grade(self, sample): ...", "NameError: name 'grade' is not defined"),
        ("def grade(sample):\n    return 1", "TypeError: grade() takes 1 positional argument but 2 were given"),
        ("def grade(a, b, c):\n    return 1", "TypeError: grade() missing 1 required positional argument: 'c'"),
        ("def grade(a, b, *, c):\n    return 1", "TypeError: grade() missing 1 required keyword-only argument: 'c'"),
        ("def grade(sample, item):\n    x = 1\n    return x / 0", "ZeroDivisionError: division by zero (line 3)"),
        ("def grade(sample, item):\n    return 'high'", "TypeError: grade() must return a number, not str"),
        ("def grade(sample, item):\n    return float('nan')", "ValueError: grade() must return a finite number"),
        ("raise SystemExit(3)", "SystemExit: 3 (line 1)"),
        ("def grade(sample, item):\n    return bytes(3 * 1024**3)", "MemoryError"),
        ("def grade(a, b):\n    return grade(a, b)", "RecursionError"),
        ("def grade(sample, item) return 1", "SyntaxError: expected ':' (line 1)"),
        ("\0", "SyntaxError"),
        ("-" * 200_000 + "1", "SyntaxError"),
        ("+".join("1" * 100_000), "SyntaxError"),
        ("(" * 100_000, "SyntaxError"),
        ("#" * 300_000, "ValueError"),
    ],
)
def test_python_that_cannot_grade_fails_with_details(source: str, details: str) -> None:
    outcome = run(python(source))
    assert (outcome.reward, outcome.errors) == (0, {"python_grader_runtime_error"})
    assert (outcome.python or "").startswith(details)


@pytest.mark.parametrize("head", ["(sample, item)", "(sample: dict, item: dict, k=1)", "(*args)", "(a, *rest, k=1, **more)", "(a, b, /)"])
def test_python_that_takes_two_arguments_can_grade(head: str) -> None:
    assert run(python(f"import re\n\ndef grade{head}:\n    return bool(re.match('.', '1'))")).reward == 1


@pytest.mark.parametrize(
    "deed",
    [
        "open('/etc/passwd').read()", "open('left-behind', 'w')", "__import__('os').listdir('/')", "__import__('os').system('true')",
        "__import__('subprocess').run(['true'])", "__import__('os').fork()",
        "__import__('_posixsubprocess').fork_exec()", "__import__('os').kill(1, 0)", "__import__('ctypes').CDLL(None).getpid()",
        "__import__('socket').create_connection(('127.0.0.1', 9))", "__import__('pathlib').Path('/etc/hosts').read_text()",
        "__import__('os').remove('/nowhere')", "__import__('os').execv('/bin/true', ['true'])", "__import__('shutil').rmtree('/nowhere')",
    ],
)  # fmt: skip
def test_python_cannot_reach_out_of_its_process(deed: str) -> None:
    outcome = run(python(f"def grade(sample, item):\n    {deed}\n    return 1"))
    assert (outcome.reward, outcome.errors) == (0, {"python_grader_runtime_error"})
    assert (outcome.python or "").startswith("PermissionError: a grader may not use")


def test_python_knows_nothing_of_the_server(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    source = "import os, sys\nsys.mockapi_graded = True\nprint('ran')\ndef grade(sample, item):\n    return 'OPENAI_API_KEY' in os.environ"
    outcome = run(python(source))
    assert (outcome.reward, outcome.errors) == (0, set())
    assert not hasattr(sys, "mockapi_graded")
    assert capsys.readouterr().out == ""


def test_python_grades_the_same_row_the_same() -> None:
    chance = "import random, uuid\ndef grade(sample, item):\n    return random.random() + hash('a') % 1000 + uuid.uuid4().int % 1000"
    assert run(python(chance)).reward == run(python(chance)).reward
    assert run(python("import random\ndef grade(sample, item):\n    return random.random()")).reward > 0


def test_python_that_never_ends_is_ended() -> None:
    began = perf_counter()
    source = "def grade(sample, item):\n    while True:\n        pass"
    graded = execution.execute(source, {}, {}, 0, seconds=1)
    assert graded.error is not None and graded.error.startswith(("TimeoutError", "RuntimeError"))
    asleep = execution.execute("import time\ndef grade(sample, item):\n    time.sleep(60)", {}, {}, 0, seconds=1)
    assert asleep.error == "TimeoutError: grade() took longer than 1 seconds"
    assert perf_counter() - began < 20


@pytest.mark.parametrize("deed", ["__import__('os').write(1, b'{' * 9_000_000)", "__import__('os')._exit(0)"])
def test_python_that_tells_nonsense_has_failed(deed: str) -> None:
    outcome = run(python(f"def grade(sample, item):\n    {deed}\n    return 1"))
    assert (outcome.reward, outcome.errors) == (0, {"python_grader_runtime_error"})


PARTS = {"a": check("x", "x"), "b": check("x", "y"), "c d": {**check("x", "x"), "name": "other"}}


@pytest.mark.parametrize(
    ("text", "reward"),
    [
        ("a", 1), ("b", 0), ("0.25 * a + 0.5 * b", 0.25), ("c_d / 4", 0.25), ("min(a, b, 0.5) + max(a, 3)", 3), ("2 ** 3 + 2 ^ 2", 12),
        ("-a - -2", 1), ("abs(-2) * floor(1.7) + ceil(1.2)", 4), ("sqrt(16) + exp(0) + log(1)", 5), ("  (a +\n 1) ", 2), ("min(a)", 1),
    ],
)  # fmt: skip
def test_a_formula_puts_rewards_together(text: str, reward: float) -> None:
    outcome = run(multi(text, **PARTS))
    assert (outcome.reward, outcome.errors) == (reward, set())
    assert outcome.parts == {"a": 1, "b": 0, "c d": 1}


@pytest.mark.parametrize(
    "text",
    [
        "", "a +", "a)", "z", "a / b", "1 / 0", "0 ** -1", "a if b else a", "a and b", "a < b", "a // 2", "a % 2", "~1", "not a", "(a, b)",
        "sqrt(-1)", "log(0)", "exp(1000)", "(-1) ** 0.5", "9 ** 9 ** 9", "9 ** 99999", "1e999", "1e308 * 10", "min()", "abs(1, 2)", "abs",
        "min", "sin(1)", "min(*a)", "max(a, key=b)", "1j", "True", "None", "'a'", "a.real", "a[0]", "[a]", "lambda: 1", "a := 1",
        "__import__('os').system('true')", "().__class__", "min(a for a in b)", "f'{a}'", "min.__self__", "1or 2", "await a", "9" * 1900,
        "-" * 1999 + "1", "(" * 1000 + "1" + ")" * 1000, "+".join("1" * 900), "**".join("1" * 600), "1," * 999, "a" * 9999, "\0", "a # b",
    ],
)  # fmt: skip
def test_anything_else_is_no_formula(text: str) -> None:
    start = perf_counter()
    outcome = run(multi(text, **PARTS))
    assert (outcome.reward, outcome.errors) == (0, {"formula_parse_error"})
    assert outcome.parts["a"] == 1
    assert perf_counter() - start < 2


_TERMS = st.recursive(
    st.sampled_from(["a", "b", "2", "0.5", "9e307", "1e-300", "z"]),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "**", "^", "%", "<", "and"]), inner)
        | st.builds("{}({})".format, st.sampled_from(["min", "max", "abs", "floor", "ceil", "exp", "sqrt", "log", "-", "eval"]), inner)
    ),
    max_leaves=30,
)


@given(_TERMS | st.text("ab()+-*/^.,19e_ \n", max_size=60) | st.text(max_size=30))
@settings(max_examples=400, deadline=2000)
def test_any_formula_comes_to_a_number_or_a_fault(text: str) -> None:
    outcome = run(multi(text, **PARTS))
    assert math.isfinite(outcome.reward)
    assert outcome.errors in (set(), {"formula_parse_error"})
    if outcome.errors:
        assert outcome.reward == 0
    faults = list(graders.faults(multi(text, **PARTS)))
    assert not faults or outcome.errors


def test_listed_graders_are_called_by_name_or_by_type() -> None:
    listed = {**multi("0.5 * string_check_score + 0.5 * my_judge"), "graders": [check("x", "x"), judge(name="my judge"), check("x", "y")]}
    outcome = run(listed, {"answer": "x"}, "x")
    assert outcome.reward == 1
    assert outcome.parts == {"check": 1, "my judge": 1, "check 3": 0}
    assert run({**listed, "graders": check("x", "x"), "calculate_output": "check + string_check_score"}).reward == 2


def test_the_faults_and_tokens_of_the_parts_are_the_wholes() -> None:
    outcome = run(multi("one + two + text", one=judge(), two=judge(), text=check("{{item.no}}")), {"answer": "x"}, "x")
    alone = run(judge(), {"answer": "x"}, "x")
    assert outcome.reward == 2
    assert outcome.errors == {"invalid_variable_error"}
    (usage,) = outcome.usage.values()
    assert usage.prompt == 2 * next(iter(alone.usage.values())).prompt
    assert outcome.model is None


@pytest.mark.parametrize(
    ("grader", "param"),
    [
        (check("{{foo.bar}}"), "grader.input"),
        (check("x", "{{item}}"), "grader.reference"),
        (judge(input=[{"role": "user", "content": {"type": "input_text", "text": "{{ bar }}"}}]), "grader.input"),
        (judge(range=[2, 1]), "grader.range"),
        (python("x"), "grader.source"),
        (multi("nope", a=check("x")), "grader.calculate_output"),
        (multi("a", a=check("x"), b=python("x")), "grader.graders.b.source"),
        (multi("a", a=labels(passing_labels=["best"], labels=["good"])), "grader.graders.a.passing_labels"),
    ],
)
def test_faults_are_found_before_a_run(grader: dict[str, Any], param: str) -> None:
    assert [fault.param for fault in graders.faults(grader)] == [param]


def test_what_the_guide_shows_is_without_fault() -> None:
    for grader in (check("{{ sample.output_json.a }}", "{{item.b}}"), judge(), labels(), python(GRADE), multi("0.2 * a", a=check("x"))):
        assert list(graders.faults(grader)) == []
    assert checks.models(multi("a", a=judge(), b=check("x"))) == {MODEL: None}
    assert formula.plain("my grader-1") == "my_grader_1"
