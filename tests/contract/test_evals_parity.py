"""Our contracts of evals and their runs against the official document and the SDK's types, field by field, as in `test_parity`.

Every difference has its reason here; a difference without a reason fails, and so does a reason without a difference.
"""

from __future__ import annotations

from typing import Any

import openai.types as sdk
import openai.types.evals as sdk_runs
import openai.types.evals.runs as sdk_items

from tests.contract.document import IS_PACKAGED
from tests.contract.test_parity import OPERATIONS, Reasons, against, against_the_document, begins, unexplained

_RUN = r"(\w*EvalRuns?( response)?|CreateEvalRunRequest|createEvalRun request)"

# What differs from the document, whichever, and from the SDK's types.
EVERYWHERE: Reasons = [
    (r"(R|r)equest \+ .*: null$", "the API takes null for an optional parameter that is absent"),
    (
        rf"{_RUN} [+-] .*(sampling_params\.(tools|text|response_format)\b)",
        "parameters of the endpoint that is asked, which is looked at itself",
    ),
    (rf"{_RUN} [+-] .*\.template\[\]", "a prompt's messages of two kinds are one here"),
    (r"[+-] .*<type=label_model>\.input\[\](<|\.(content|role|type)$)", "a judge's messages of two kinds are one here"),
    (r"\+ .*<type=score_model>\.range: (minItems|maxItems) 2$", "the document misspells its bounds; the SDK tells of two numbers"),
    (r"[+-] .*<type=python>\.name: (required|null)$", "absent in the guide's examples"),
    (r"\+ .*metadata(\{\})?: (maxLength 512|maxItems 16)$", "limits told in prose"),
    (r"\+ .*testing_criteria\[\]<type=\w+>\.id$", "told by the API, not by the document (recorded)"),
    (r"- .*metadata: null$", "an empty object where there is none (recorded)"),
    (rf"{_RUN} \+ .*(shared_with_openai|testing_criteria_id)$", "told by the API, not by the document (recorded)"),
    (rf"{_RUN} \+ .*(error|per_model_usage|per_testing_criteria_results): null$", "null until there is a value (recorded)"),
    (r"OutputItems?( response)? \+ .*sample\.error: null$", "null unless it went wrong (document's own example)"),
    (r"OutputItems?( response)? \+ .*sample\.\w+\[\]\.(function_call|tool_calls|tool_call_id)$", "the document's own example"),
    (r"OutputItems?( response)? \+ .*(sample\.output\[\]\.(content|role)|results\[\]\.(sample|type)): required$", "always there here"),
    (r"[+-] (data\[\]\.)?(object|status): (string|value \"[a-z_.]+\")$", "one of the words that the document's prose names"),
]
DOCUMENT: Reasons = [
    (r"response \+ .*(data_source|testing_criteria\[\])<type=\w+>\..*: null$", "told by the contract of what is sent"),
    (r"response \+ .*data_source_config<type=(logs|stored_completions)>\.metadata: required$", "always there here"),
    (r"response \+ .*(deleted|object|run_id|first_id|last_id): required$", "always there in an answer (document's own example)"),
    (r"response \+ (first_id|last_id): null$", "null for an empty list (recorded)"),
]
# What the packaged document does not know yet and the newer one does.
AHEAD: Reasons = [
    (r"\+ .*prompt_cache_breakpoint$", "newer member"),
    (r"\+ .*reasoning_effort: value \"max\"$", "newer value"),
]
# What only a newer document knows.
BEHIND: Reasons = [(r"\+ .*prompt_cache_breakpoint\.ttl$", "the SDK is ahead of the document")]
SDK: Reasons = [
    (r"[+-] .*source<type=responses>\.metadata: (any|object)$", "an object by its prose"),
    (r"\+ .*: (minimum|maximum|minItems|maxItems|minLength|maxLength|pattern) ", "the SDK's types have no bounds"),
    (r"\+ .*: required$", "the SDK leaves optional what is always there"),
    (r"- .*: null$", "the SDK takes null for whatever is optional"),
]

TYPES: list[tuple[str, Any]] = [
    ("CreateEvalRequest", sdk.EvalCreateParams),
    ("UpdateEvalRequest", sdk.EvalUpdateParams),
    ("CreateEvalRunRequest", sdk_runs.RunCreateParams),
    ("Eval", sdk.EvalCreateResponse),
    ("EvalDeleted", sdk.EvalDeleteResponse),
    ("EvalRun", sdk_runs.RunCreateResponse),
    ("EvalRun", sdk_runs.RunRetrieveResponse),
    ("EvalRunDeleted", sdk_runs.RunDeleteResponse),
    ("EvalOutputItem", sdk_items.OutputItemRetrieveResponse),
]


def test_evals_agree_with_the_official_document() -> None:
    lines = [line for operation in OPERATIONS if begins(operation, "evals") for line in against_the_document(operation)]
    bare, idle = unexplained(lines, EVERYWHERE + DOCUMENT + (AHEAD if IS_PACKAGED else BEHIND))
    assert not bare, "\n".join(bare)
    assert idle == []


def test_evals_agree_with_the_types_of_the_sdk() -> None:
    bare, idle = unexplained([line for name, kind in TYPES for line in against(name, kind)], EVERYWHERE + SDK)
    assert not bare, "\n".join(bare)
    assert not set(idle) & {pattern for pattern, _ in SDK}
