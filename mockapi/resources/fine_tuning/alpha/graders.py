"""Graders: run, validate. `client.fine_tuning.alpha.graders`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockapi import errors, json
from mockapi.admission import access
from mockapi.aside import waited
from mockapi.catalogue import Card
from mockapi.contract import graders as contract
from mockapi.errors import ApiError
from mockapi.operations import operation
from mockapi.transport.call import Call

if TYPE_CHECKING:
    from mockapi.engine import graders


@operation("POST /fine_tuning/alpha/graders/run", id="runGrader", request=contract.RunGraderRequest, response=contract.RunGraderResponse)
async def run(call: Call) -> contract.RunGraderResponse:
    # Imported on first use, here and below: a server that is only asked for chats starts sooner.
    from mockapi.engine import graders

    asked: dict[str, Any] = call.asked.json
    grader, item, sample = asked["grader"], asked.get("item") or {}, asked["model_sample"]
    cards, _ = await _cards(call, grader)
    # The same row gets the same reward, however often it is asked, and a better sample no lower one.
    stream = call.world.seed.stream(b"grader", json.write([grader, item]))
    outcome = await waited(graders.is_slow(grader), lambda: graders.run(grader, item, sample, cards, stream))
    usages = {model: _usage(usage) for model, usage in outcome.usage.items()}
    return {
        "reward": outcome.reward,
        "metadata": {
            "name": grader.get("name") or grader["type"],
            "type": grader["type"],
            "errors": _errors(outcome),
            "execution_time": outcome.micros / 1_000_000,
            "scores": dict(outcome.parts),
            "token_usage": sum(usage["total_tokens"] for usage in usages.values()) if usages else None,
            "sampled_model_name": outcome.model,
        },
        "sub_rewards": outcome.parts,
        "model_grader_token_usage_per_model": usages,
    }


def _errors(outcome: graders.Outcome) -> contract.GraderErrors:
    found = outcome.errors
    return {
        "formula_parse_error": "formula_parse_error" in found,
        "sample_parse_error": "sample_parse_error" in found,
        "truncated_observation_error": "truncated_observation_error" in found,
        "unresponsive_reward_error": False,
        "invalid_variable_error": "invalid_variable_error" in found,
        "other_error": False,
        "python_grader_server_error": False,
        "python_grader_server_error_type": None,
        "python_grader_runtime_error": "python_grader_runtime_error" in found,
        "python_grader_runtime_error_details": outcome.python,
        "model_grader_server_error": "model_grader_server_error" in found,
        "model_grader_refusal_error": False,
        "model_grader_parse_error": "model_grader_parse_error" in found,
        "model_grader_server_error_details": outcome.server,
    }


def _usage(used: graders.Usage) -> contract.GraderTokenUsage:
    total = used.prompt + used.completion
    return {"prompt_tokens": used.prompt, "total_tokens": total, "completion_tokens": used.completion, "cached_tokens": 0}


@operation(
    "POST /fine_tuning/alpha/graders/validate",
    id="validateGrader",
    request=contract.ValidateGraderRequest,
    response=contract.ValidateGraderResponse,
)
async def validate(call: Call) -> contract.ValidateGraderResponse:
    from mockapi.engine import graders

    grader: dict[str, Any] = call.asked.json["grader"]
    # guess: the words of these faults are not recorded
    for fault in graders.faults(grader):
        raise errors.bad_request(fault.message, fault.param, "invalid_value")
    _, refused = await _cards(call, grader)
    for error in refused:
        raise errors.bad_request(error.message, "grader", error.code)
    return {"grader": grader}


async def _cards(call: Call, grader: dict[str, Any]) -> tuple[dict[str, Card], list[ApiError]]:
    """The models that a grader asks, and why others cannot be asked."""
    from mockapi.engine import graders

    found: dict[str, Card] = {}
    refused = []
    for name in graders.models(grader):
        try:
            found[name] = await access.card(call, name)
        except ApiError as error:
            refused.append(error)
    return found, refused
