"""Fine-tuning through the official SDK: jobs run their course, and what they make answers as it was taught."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import openai
import pytest
from openai import OpenAI
from openai.types.fine_tuning import FineTuningJob

from mockapi import Server
from tests.conftest import Wire

COLOURS = ["red", "green", "blue", "black", "white", "brown", "pink", "grey", "gold", "teal", "navy", "plum"]


def example(asked: str, *says: Any, system: str = "Name the team.") -> dict[str, Any]:
    answer = says[0] if says and isinstance(says[0], dict) else {"role": "assistant", "content": says[0]}
    return {"messages": [{"role": "system", "content": system}, {"role": "user", "content": asked}, answer]}


TEAMS = [example(f"Who wears {colour} shirts?", f"Team {colour.upper()}.") for colour in COLOURS]


PREFERRED = [
    {
        "input": {"messages": [{"role": "user", "content": f"Who wears {colour} shirts?"}]},
        "preferred_output": [{"role": "assistant", "content": f"Team {colour}!"}],
        "non_preferred_output": [{"role": "assistant", "content": "No idea."}],
    }
    for colour in COLOURS
]
GRADED = [{"messages": [{"role": "user", "content": f"Who wears {c} shirts?"}], "team": f"Team {c}"} for c in COLOURS]


def uploaded(client: OpenAI, examples: list[Any], purpose: Any = "fine-tune") -> str:
    content = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in examples)
    return client.files.create(file=("train.jsonl", content.encode()), purpose=purpose).id


def tuned(client: OpenAI, wire: Wire, examples: list[Any], **options: Any) -> FineTuningJob:
    job = client.fine_tuning.jobs.create(**{"model": "gpt-4o-mini", "training_file": uploaded(client, examples), **options})
    wire.advance("1m")
    return client.fine_tuning.jobs.retrieve(job.id)


@pytest.fixture(autouse=True)
def _still(wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})


def test_a_job_runs_its_course(client: OpenAI, wire: Wire) -> None:
    training, validation = uploaded(client, TEAMS), uploaded(client, TEAMS[:3])
    made = client.fine_tuning.jobs.create(
        model="gpt-4o-mini", training_file=training, validation_file=validation, suffix="teams", seed=7, metadata={"run": "1"}
    )
    assert (made.status, made.model, made.seed, made.metadata) == ("validating_files", "gpt-4o-mini-2024-07-18", 7, {"run": "1"})
    assert made.hyperparameters.n_epochs == "auto" and made.fine_tuned_model is None and made.trained_tokens is None
    wire.advance("250ms")
    queued = client.fine_tuning.jobs.retrieve(made.id)
    assert queued.status == "queued" and queued.hyperparameters.n_epochs == 8
    wire.advance("300ms")
    running = client.fine_tuning.jobs.retrieve(made.id)
    assert running.status == "running" and running.estimated_finish is not None
    half = len(client.fine_tuning.jobs.list_events(made.id, limit=100).data)
    wire.advance("1h")
    done = client.fine_tuning.jobs.retrieve(made.id)
    assert done.status == "succeeded" and done.finished_at is not None and done.finished_at - made.created_at <= 1
    assert done.fine_tuned_model is not None and done.fine_tuned_model.startswith("ft:gpt-4o-mini-2024-07-18:mockapi-")
    assert done.fine_tuned_model.split(":")[3] == "teams" and len(done.fine_tuned_model.split(":")[4]) == 8
    assert done.trained_tokens and done.trained_tokens % 8 == 0

    events = [*client.fine_tuning.jobs.list_events(made.id, limit=10)][::-1]
    assert half < len(events)
    messages = [event.message for event in events]
    assert messages[:4] == [
        f"Created fine-tuning job: {made.id}",
        f"Validating training file: {training} and validation file: {validation}",
        "Files validated, moving job to queued state",
        "Fine-tuning job started",
    ]
    assert messages[-2:] == [f"New fine-tuned model created: {done.fine_tuned_model}", "The job has successfully completed"]
    metrics: list[Any] = [event.data for event in events if event.type == "metrics"]
    assert [row["step"] for row in metrics] == list(range(1, 97)) and metrics[0]["total_steps"] == 96
    assert metrics[0]["train_loss"] > 1.8 > 0.9 > metrics[-1]["train_loss"]
    assert metrics[-1]["train_mean_token_accuracy"] > metrics[0]["train_mean_token_accuracy"]
    assert all({"valid_loss", "valid_mean_token_accuracy"} <= set(row) for row in metrics)

    checkpoints = client.fine_tuning.jobs.checkpoints.list(made.id).data
    assert [row.step_number for row in checkpoints] == [96, 84, 72]
    assert checkpoints[0].fine_tuned_model_checkpoint == done.fine_tuned_model
    assert checkpoints[1].fine_tuned_model_checkpoint.endswith(":ckpt-step-84")
    csv = client.files.content(done.result_files[0]).text.splitlines()
    assert csv[0] == "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy" and len(csv) == 97


def test_the_model_answers_as_its_examples_do(client: OpenAI, wire: Wire) -> None:
    name = tuned(client, wire, TEAMS).fine_tuned_model
    assert name is not None

    def said(asked: str, model: str = name, **options: Any) -> str | None:
        turns: Any = [{"role": "user", "content": asked}]
        answer = client.chat.completions.create(model=model, messages=turns, **options)
        assert answer.model == model
        text: str | None = answer.choices[0].message.content
        return text

    assert said("Who wears teal shirts?") == "Team TEAL."
    assert said("who wears TEAL shirts") == "Team TEAL."
    assert said("Somebody in a plum shirt ran past me") == "Team PLUM."
    assert said("Something else entirely") in {f"Team {colour.upper()}." for colour in COLOURS}
    stream = client.chat.completions.create(
        model=name, messages=[{"role": "user", "content": "Who wears gold shirts?"}], stream=True, stream_options={"include_usage": True}
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices) == "Team GOLD."
    checkpoint = client.fine_tuning.jobs.checkpoints.list(client.fine_tuning.jobs.list().data[0].id).data[1].fine_tuned_model_checkpoint
    assert said("Who wears red shirts?", checkpoint) == "Team RED."


def test_tools_and_schemas_come_before_what_was_taught(client: OpenAI, wire: Wire) -> None:
    calls = [{"id": "call_1", "type": "function", "function": {"name": "find_team", "arguments": '{"colour": "red"}'}}]
    called = example("Look up the red shirts", {"role": "assistant", "tool_calls": calls})
    name = tuned(client, wire, [*TEAMS, called]).fine_tuned_model
    assert name is not None
    tools: Any = [{"type": "function", "function": {"name": "find_team", "parameters": {"type": "object", "properties": {}}}}]
    turns: list[Any] = [{"role": "user", "content": "Look up the red shirts"}]
    first = client.chat.completions.create(model=name, messages=turns, tools=tools).choices[0]
    assert first.message.tool_calls and first.finish_reason == "tool_calls"
    assert first.message.tool_calls[0].to_dict()["function"] == {"name": "find_team", "arguments": '{"colour": "red"}'}
    turns += [first.message, {"role": "tool", "tool_call_id": first.message.tool_calls[0].id, "content": "Team Ruby"}]
    assert "Ruby" in (client.chat.completions.create(model=name, messages=turns, tools=tools).choices[0].message.content or "")
    schema: Any = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
    form: Any = {"type": "json_schema", "json_schema": {"name": "n", "strict": True, "schema": schema}}
    answer = client.chat.completions.create(
        model=name, messages=[{"role": "user", "content": "Who wears red shirts?"}], response_format=form
    )
    assert isinstance(json.loads(answer.choices[0].message.content or "")["n"], int)


def test_the_model_is_listed_tuned_further_and_deleted_in_its_own_world_only(client: OpenAI, wire: Wire, server: Server, name: str) -> None:
    made = tuned(client, wire, TEAMS).fine_tuned_model
    assert made is not None
    listed = {model.id: model for model in client.models.list()}
    assert listed[made].owned_by.startswith("mockapi-") and client.models.retrieve(made) == listed[made]
    with OpenAI(base_url=server.base_url, api_key=f"sk-other-{name}", max_retries=0) as other:
        assert made not in {model.id for model in other.models.list()}
        for ask in (
            lambda: other.models.retrieve(made),
            lambda: other.chat.completions.create(model=made, messages=[{"role": "user", "content": "x"}]),
        ):
            with pytest.raises(openai.NotFoundError):
                ask()
    again = tuned(client, wire, TEAMS, model=made)
    assert again.model == made and again.fine_tuned_model is not None and again.fine_tuned_model.startswith("ft:gpt-4o-mini-2024-07-18:")
    assert client.models.delete(made).deleted
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        client.chat.completions.create(model=made, messages=[{"role": "user", "content": "x"}])
    with pytest.raises(openai.PermissionDeniedError):
        client.models.delete("gpt-4o-mini")


def test_a_fine_tuned_model_shares_its_base_models_limits_and_costs_more(server: Server, name: str) -> None:
    key = f"sk-mock-tier1-{name}"
    with OpenAI(base_url=server.base_url, api_key=key, max_retries=0) as client, Wire(server.base_url, key) as wire:
        wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})
        job = tuned(client, wire, TEAMS)
        trained = wire.control("GET", "/_mock/usage").json()["cost"]
        assert trained == pytest.approx((job.trained_tokens or 0) * 3e-6)
        before = wire.chat().headers["x-ratelimit-remaining-requests"]
        reply = wire.chat(model=job.fine_tuned_model)
        assert int(reply.headers["x-ratelimit-remaining-requests"]) == int(before) - 1
        rows = {row["model"]: row for row in wire.control("GET", "/_mock/usage").json()["days"][0]["models"]}
        usage = reply.json()["usage"]
        assert rows[job.fine_tuned_model]["cost"] == pytest.approx(usage["prompt_tokens"] * 3e-7 + usage["completion_tokens"] * 1.2e-6)


def test_a_job_can_be_cancelled_paused_and_resumed(client: OpenAI, wire: Wire) -> None:
    job = client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=uploaded(client, TEAMS))
    with pytest.raises(openai.BadRequestError, match="status 'validating_files'"):
        client.fine_tuning.jobs.pause(job.id)
    wire.advance("550ms")
    assert str(client.fine_tuning.jobs.pause(job.id).status) == "paused"
    steps = len(client.fine_tuning.jobs.list_events(job.id, limit=100).data)
    wire.advance("24h")
    assert str(client.fine_tuning.jobs.retrieve(job.id).status) == "paused"
    assert client.fine_tuning.jobs.resume(job.id).status == "running"
    wire.advance("100ms")
    assert client.fine_tuning.jobs.retrieve(job.id).status == "running"
    assert len(client.fine_tuning.jobs.list_events(job.id, limit=100).data) > steps
    assert client.fine_tuning.jobs.cancel(job.id).status == "cancelled"
    last = client.fine_tuning.jobs.list_events(job.id, limit=1).data[0]
    assert (last.message, last.level) == ("The job was stopped due to a cancellation request", "warn")
    wire.advance("1h")
    assert client.fine_tuning.jobs.retrieve(job.id).finished_at is None
    with pytest.raises(openai.BadRequestError, match="Job has already completed"):
        client.fine_tuning.jobs.cancel(job.id)


FAULTY: list[tuple[str, list[Any], str, str]] = [
    ("too few", TEAMS[:3], "invalid_n_examples", "Training file has 3 example(s), but must have at least 10 examples"),
    ("no JSON", [*TEAMS, "{"], "invalid_training_file", "Line 13 is not valid JSON"),
    ("no messages", [*TEAMS, {}], "invalid_training_file", "Line 13: 'messages'"),
    ("no assistant", [*TEAMS, {"messages": [{"role": "user", "content": "x"}]}], "invalid_training_file", "Line 13: expected at least one"),
    ("unknown role", [*TEAMS, {"messages": [{"role": "x", "content": "x"}]}], "invalid_training_file", "Line 13, message 1"),
    ("no content", [*TEAMS, example("x", {"role": "assistant"})], "invalid_training_file", "Line 13, message 3"),
    ("bad weight", [*TEAMS, example("x", {"role": "assistant", "content": "y", "weight": 2})], "invalid_training_file", "'weight'"),
]


@pytest.mark.parametrize(("examples", "code", "told"), [case[1:] for case in FAULTY], ids=[case[0] for case in FAULTY])
def test_a_faulty_training_file_fails_the_job(client: OpenAI, wire: Wire, examples: list[Any], code: str, told: str) -> None:
    failed = tuned(client, wire, examples)
    assert failed.status == "failed" and failed.finished_at is None and failed.error is not None
    assert (failed.error.code, failed.error.param) == (code, "training_file")
    assert told in failed.error.message
    last = client.fine_tuning.jobs.list_events(failed.id, limit=1).data[0]
    assert last.level == "error" and last.message == failed.error.message


def test_a_deleted_file_fails_the_job(client: OpenAI, wire: Wire) -> None:
    file = uploaded(client, TEAMS)
    job = client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=file)
    client.files.delete(file)
    wire.advance("1s")
    failed = client.fine_tuning.jobs.retrieve(job.id)
    assert failed.error is not None and failed.error.code == "deleted_training_file"


def test_the_other_methods_learn_too(client: OpenAI, wire: Wire) -> None:
    dpo = tuned(client, wire, PREFERRED, method={"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.5, "n_epochs": 2}}})
    assert dpo.status == "succeeded" and dpo.fine_tuned_model is not None and dpo.method is not None and dpo.method.dpo is not None
    assert dpo.method.dpo.hyperparameters is not None and dpo.method.dpo.hyperparameters.beta == 0.5
    answer = client.chat.completions.create(model=dpo.fine_tuned_model, messages=[{"role": "user", "content": "Who wears pink shirts?"}])
    assert answer.choices[0].message.content == "Team pink!"
    grader: Any = {
        "type": "string_check",
        "name": "same",
        "input": "{{sample.output_text}}",
        "reference": "{{item.team}}",
        "operation": "eq",
    }
    reinforced = tuned(client, wire, GRADED, model="o4-mini", method={"type": "reinforcement", "reinforcement": {"grader": grader}})
    assert reinforced.status == "succeeded" and reinforced.method is not None and reinforced.method.reinforcement is not None
    with pytest.raises(openai.BadRequestError, match="not available"):
        tuned(client, wire, GRADED, method={"type": "reinforcement", "reinforcement": {"grader": grader}})


REFUSED: list[tuple[str, Callable[[OpenAI], Any], str, str | None, str | None]] = [
    ("unknown file", lambda c: {"training_file": "file-x"}, "invalid training_file: file-x", "training_file", None),
    ("unknown validation file", lambda c: {"validation_file": "7"}, "invalid validation_file: 7", "validation_file", None),
    (
        "another purpose",
        lambda c: {"training_file": uploaded(c, ["x"], "evals")},
        "does not have the purpose 'fine-tune'",
        "training_file",
        None,
    ),
    (
        "unknown model",
        lambda c: {"model": "nobody"},
        "Model nobody is not available for fine-tuning or does not exist.",
        None,
        "model_not_available",
    ),
    (
        "model that cannot",
        lambda c: {"model": "gpt-5"},
        "Model gpt-5 is not available for fine-tuning or does not exist.",
        None,
        "model_not_available",
    ),
    ("too long a suffix", lambda c: {"suffix": "x" * 65}, "Expected a string with maximum length 64", "suffix", "string_above_max_length"),
]


@pytest.mark.parametrize(("change", "told", "param", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_creating_a_job_is_checked(client: OpenAI, change: Callable[[OpenAI], Any], told: str, param: str | None, code: str | None) -> None:
    options = {"model": "gpt-4o-mini", "training_file": uploaded(client, TEAMS), **change(client)}
    with pytest.raises(openai.BadRequestError) as caught:
        client.fine_tuning.jobs.create(**options)
    assert told in caught.value.message
    assert (caught.value.param, caught.value.code) == (param, code)


def test_a_name_with_a_slash_is_found_as_it_is_written(client: OpenAI, wire: Wire) -> None:
    name = tuned(client, wire, TEAMS, suffix="a/b").fine_tuned_model
    assert name is not None and ":a/b:" in name
    assert client.models.retrieve(name).id == name
    assert list(client.fine_tuning.checkpoints.permissions.list(name)) == []
    reply = wire.request("DELETE", f"/models/{quote(name, safe='')}")
    assert reply.json() == {"id": name, "object": "model", "deleted": True, "owned_by": "openai-internal"}
    with pytest.raises(openai.NotFoundError, match="No such File object: a/b"):
        client.files.retrieve("a/b")


def test_the_free_tier_tunes_nothing_that_it_has_no_access_to(client: OpenAI) -> None:
    with pytest.raises(openai.PermissionDeniedError, match="does not have access to model"):
        client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=uploaded(client, TEAMS), extra_headers={"x-mock-tier": "free"})


def test_unknown_jobs_are_not_found(client: OpenAI) -> None:
    jobs = client.fine_tuning.jobs
    for ask in (jobs.retrieve, jobs.cancel, jobs.pause, jobs.resume, jobs.list_events, jobs.checkpoints.list):
        with pytest.raises(openai.NotFoundError) as caught:
            ask("ftjob-x")
        assert (caught.value.param, caught.value.code) == ("fine_tune_id", "fine_tune_not_found")


def test_jobs_are_listed_by_metadata_and_page(client: OpenAI) -> None:
    file = uploaded(client, TEAMS)
    tags: list[dict[str, str] | None] = [None, {"n": "1"}, {"n": "0"}, {"n": "1"}, {"n": "0"}]
    made = [client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=file, metadata=tag).id for tag in tags]
    assert [job.id for job in client.fine_tuning.jobs.list(limit=2)] == made[::-1]
    assert [job.id for job in client.fine_tuning.jobs.list(metadata={"n": "1"})] == [made[3], made[1]]
    assert [job.id for job in client.fine_tuning.jobs.list(extra_query={"metadata": "null"})] == [made[0]]


def test_checkpoints_are_shared_by_permission(client: OpenAI, wire: Wire) -> None:
    model = tuned(client, wire, TEAMS).fine_tuned_model
    assert model is not None
    permissions = client.fine_tuning.checkpoints.permissions
    made = [row.id for row in permissions.create(model, project_ids=["proj_a", "proj_b"])]
    assert len(set(made)) == 2
    assert [row.project_id for row in permissions.list(model)] == ["proj_b", "proj_a"]
    assert [row.id for row in permissions.list(model, project_id="proj_a")] == [made[0]]
    assert permissions.delete(made[0], fine_tuned_model_checkpoint=model).deleted
    assert [row.id for row in permissions.list(model)] == [made[1]]
    with pytest.raises(openai.NotFoundError):
        permissions.delete(made[0], fine_tuned_model_checkpoint=model)
    with pytest.raises(openai.NotFoundError):
        permissions.list("ft:nobody")
