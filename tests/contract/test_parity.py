"""Our contract against the official document and the SDK's types, field by field.

Every difference has its reason here; a difference without a reason fails, and so does a reason without a difference.
"""

from __future__ import annotations

import re
from typing import Any

import openai.types as sdk
import openai.types.chat as sdk_chat
import pytest
from openai.types.chat import completion_create_params
from pydantic import TypeAdapter

from mockapi.control.openapi import document
from mockapi.resources import OPERATIONS
from tests.contract.document import IS_PACKAGED, official, operations, schema
from tests.contract.shapes import differences, facts

Reasons = list[tuple[str, str]]
_ANSWERED = "(createChatCompletion|listChatCompletions|getChatCompletion|updateChatCompletion) (response|events)"
_STORED = "(listChatCompletions|getChatCompletion|updateChatCompletion) response"

# What a pattern finds in a line such as `createChatCompletion request + user: null`.
STRICTER_OR_WIDER: Reasons = [
    (r"request \+ .*: null$", "the API takes null for an optional parameter that is absent (recorded)"),
    (r"request \+ .*: maxLength (64|512|1024|10485760)$", "limits told in prose or by the API's errors (recorded)"),
    (r"request \+ .*name: pattern ", "names the API refuses (recorded)"),
    (r"request \+ (max_completion_tokens|max_tokens): minimum 1$", "below 1 the API answers integer_below_min_value (recorded)"),
    (r"request \+ logit_bias\{\}: (minimum -100|maximum 100)$", "told in prose: -100 to 100"),
    (r"request \+ model: minLength 1$", "an empty model is a missing one (recorded)"),
    (r"request \+ tools: maxItems 128$", "told in prose: at most 128 tools"),
    (r"request \+ messages\[\]<role=assistant>\.tool_calls: minItems 1$", "an empty list is refused (recorded)"),
    (r"request \+ .*\.(annotations|parsed|parsed_arguments)$", "the SDK sends its own answers back whole"),
    (
        r"request \+ messages\[\]<role=(\w+)>\.(annotations|audio|function_call|refusal|tool_call_id|tool_calls|name)$",
        "members of another role are accepted and ignored (recorded)",
    ),
    (r"request \+ messages\[\]<role=function>\.content(: array|\[\])$", "parts are accepted here as elsewhere (recorded)"),
    (r"request - messages\[\]<role=\w+>\.content: required$", "an absent content has an error of its own, after the contract (recorded)"),
    (r"request \+ .*image_url\.detail: value \"original\"$", "the SDK is ahead of the document"),
    (r"request - .*content: minItems 1$", "an empty list of parts is accepted (recorded)"),
]
ANSWERS: Reasons = [
    (
        rf"{_ANSWERED} \+ .*(service_tier|usage|system_fingerprint|metadata|tokens_details\.\w+): required$",
        "always there in today's answers (recorded)",
    ),
    (rf"{_ANSWERED} \+ (data\[\]\.)?system_fingerprint: null$", "null for models that have none (recorded)"),
    (rf"{_ANSWERED} - .*(service_tier|metadata): null$", "never null in an answer (recorded)"),
    (r"events \+ choices\[\]\.delta\.(annotations|audio)$", "search and audio models stream them (recorded; SDK)"),
    (r"events \+ choices\[\]\.delta\.tool_calls\[\]\.(custom|type: value \"custom\")$", "custom tools stream as they answer (recorded)"),
    (r"events - choices\[\]\.delta\.role: value", "an answer has one role"),
    (rf"{_STORED} \+ .*\.(tool_calls|function_call): (null|required)$", "stored messages carry both, null (document's own example)"),
    (rf"{_STORED} - .*message\.(annotations|audio)$", "not kept with a stored completion (document's own example)"),
    (
        rf"{_STORED} \+ (data\[\]\.)?(frequency_penalty|input_user|presence_penalty|request_id|response_format|seed|temperature|tool_choice|tools|top_p)$",
        "kept with a stored completion (document's own example)",
    ),
    (rf"{_STORED} - .*usage\.(completion|prompt)_tokens_details$", "a stored completion keeps the three sums (document's own example)"),
    (r"(list\w+|getChatCompletionMessages) response \+ (first_id|last_id): null$", "null for an empty list (recorded)"),
    (
        r"getChatCompletionMessages response [+-] data\[\]\.(role|name|tool_call_id|tool_calls|content_parts|annotations|audio|function_call)\b",
        "a prompt's messages have any role and what belongs to it; the document describes them as answers",
    ),
    (r"deleteModel response [+-] object: (string|value \"model\")$", "always the same word (recorded)"),
]
# What the packaged document does not know yet and the newer one does.
AHEAD: Reasons = [
    (r"request \+ (moderation|prompt_cache_options)$", "newer parameter"),
    (r"request \+ .*prompt_cache_breakpoint$", "newer parameter"),
    (r"request \+ reasoning_effort: value \"max\"$", "newer value"),
    (r" \+ (data\[\]\.)?service_tier: value \"fast\"$", "newer value"),
    (r" \+ (moderation|obfuscation)$", "newer member"),
    (r" \+ (data\[\]\.)?metadata$", "newer member"),
    (r" \+ usage\.prompt_tokens_details\.cache_write_tokens$", "newer member"),
]
# What only a newer document knows.
BEHIND: Reasons = [
    (r"Model(s)? response - (data\[\]\.)?shutdown_date$", "optional; no recorded answer has it"),
    (
        r" [+-] moderation\.(input|output)(<type=\w+>|\.(model|results|type))$",
        "the judgement never fails here: its error shape is not sent",
    ),
    (r" - (data\[\]\.)?moderation$", "not kept with a stored completion"),
    (r" - usage\.\w+_tokens_details\.(text|image)_tokens$", "optional; no recorded answer has it"),
    (r"request \+ .*prompt_cache_breakpoint\.ttl$", "the SDK is ahead of the document"),
]


def unexplained(lines: list[str], reasons: Reasons) -> tuple[list[str], list[str]]:
    """Lines that no reason covers, and reasons that cover no line."""
    patterns = [re.compile(pattern) for pattern, _ in reasons]
    bare = [line for line in lines if not any(pattern.search(line) for pattern in patterns)]
    idle = [pattern.pattern for pattern in patterns if not any(pattern.search(line) for line in lines)]
    return bare, idle


def test_requests_and_answers_agree_with_the_official_document() -> None:
    ours = document()
    lines = []
    for operation in OPERATIONS:
        for part in ("request", "response", "events"):
            mine, theirs = schema(ours, operation, part), schema(official(), operation, part)
            assert (mine is None) == (theirs is None), (operation, part)
            if mine is not None:
                found = differences(facts(mine, ours), facts(theirs, official()))
                lines += [f"{operation} {part} {line}" for line in found]
    bare, idle = unexplained(lines, STRICTER_OR_WIDER + ANSWERS + (AHEAD if IS_PACKAGED else BEHIND))
    assert not bare, "\n".join(bare)
    assert [pattern for pattern in idle if IS_PACKAGED or pattern not in dict(BEHIND)] == []


@pytest.mark.parametrize("operation", list(OPERATIONS))
def test_an_operation_is_declared_as_in_the_official_document(operation: str) -> None:
    def declared(document: dict[str, Any]) -> tuple[str, str, set[tuple[str, str]]]:
        method, path, found = next(found for found in operations(document) if found[2]["operationId"] == operation)
        return method, path, {(item["name"], item["in"]) for item in found.get("parameters", ())}

    assert declared(document()) == declared(official())


SDK_REQUESTS: Reasons = [
    *(reason for reason in STRICTER_OR_WIDER if "minItems 1$" not in reason[0] and "original" not in reason[0]),
    (r"request \+ .*: (minimum|maximum|minItems|maxItems) ", "the SDK's types have no bounds"),
    (r"request [+-] stream: ", "the SDK has one type with `stream` and one without"),
]
SDK_ANSWERS: Reasons = [
    (r"\+ .*: required$", "the SDK leaves optional what is always there"),
    (r"- .*: null$", "the SDK takes null for whatever is optional"),
    (r"[+-] moderation\.(input|output)(<type=\w+>|\.(model|results|type))$", "the judgement never fails here: its error shape is not sent"),
    (r"- usage\.\w+_tokens_details\.(text|image)_tokens$", "optional; no recorded answer has it"),
    (r"- shutdown_date$", "optional; no recorded answer has it"),
    (r"\+ choices\[\]\.delta\.annotations$", "search models stream them (recorded)"),
    (r"\+ choices\[\]\.delta\.tool_calls\[\]\.(custom|type: value \"custom\")$", "custom tools stream as they answer (recorded)"),
    (r"- choices\[\]\.delta\.role: value", "an answer has one role"),
    (r"ModelDeleted [+-] object: (string|value \"model\")$", "always the same word (recorded)"),
]


def _against(name: str, kind: Any) -> list[str]:
    ours = document()
    theirs = TypeAdapter(kind).json_schema()
    found = differences(facts({"$ref": f"#/components/schemas/{name}"}, ours), facts(theirs, theirs))
    return [f"{name} {line}" for line in found]


def test_requests_agree_with_the_types_of_the_sdk() -> None:
    lines = []
    for kind in (completion_create_params.CompletionCreateParamsNonStreaming, completion_create_params.CompletionCreateParamsStreaming):
        lines += [f"request{line.removeprefix('CreateChatCompletionRequest')}" for line in _against("CreateChatCompletionRequest", kind)]
    assert unexplained(lines, SDK_REQUESTS) == ([], [])


def test_answers_agree_with_the_types_of_the_sdk() -> None:
    lines = _against("ChatCompletion", sdk_chat.ChatCompletion) + _against("ChatCompletionChunk", sdk_chat.ChatCompletionChunk)
    lines += _against("Model", sdk.Model) + _against("ModelDeleted", sdk.ModelDeleted)
    lines += _against("ChatCompletionDeleted", sdk_chat.ChatCompletionDeleted)
    assert unexplained(lines, SDK_ANSWERS) == ([], [])
