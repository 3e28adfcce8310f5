"""Our contract against the official document and the SDK's types, field by field.

Every difference has its reason here; a difference without a reason fails, and so does a reason without a difference.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import TypeAdapter

from mockapi.control.openapi import document
from mockapi.resources import everything
from tests.contract.document import IS_PACKAGED, OF_RUNS, is_described, official, operations, schema
from tests.contract.shapes import differences, facts

OPERATIONS = everything()

Reasons = list[tuple[str, str]]
_ANSWERED = "(createChatCompletion|listChatCompletions|getChatCompletion|updateChatCompletion) (response|events)"
_STORED = "(listChatCompletions|getChatCompletion|updateChatCompletion) response"
_FILES = r"(createFile|listFiles|retrieveFile|\w+Upload) response"
_BATCH = r"\w+Batch(es)? response"
_JOB = r"\w+FineTuningJobs? response"
_STORE = r"(createVectorStore|listVectorStores|getVectorStore|modifyVectorStore) response"
_BETA = r"create-realtime-(session|transcription-session) (request|response)"
_SECRET = r"create-realtime(-translation)?-client-secret response"
_SESSION = r"(create-realtime-client-secret|create-realtime-call|accept-realtime-call) (request|response)"
_STORED_FILE = r"(\w+VectorStoreFile(s|Attributes)?|listFilesInVectorStoreBatch) response"

_RUNS = r"(\w+Assistants?|\w+Threads?|(create|list|get|modify)Messages?|\w+Runs?|\w+RunSteps?)"

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
    (
        r"createUpload request \+ purpose: value \"(evals|user_data)\"$",
        "the SDK takes the purposes of files here too; the document is behind",
    ),
    (
        r"request - .*(learning_rate_multiplier|beta|compute_multiplier): minimum ",
        "an exclusive bound, which the document writes in the older way",
    ),
    (r"request \+ method\.reinforcement\.response_format$", "from the guide on reinforcement fine-tuning"),
    (r"createModeration request \+ input: minItems 1$", "there is nothing to judge in an empty list"),
    (
        r"request \+ .*grader<type=multi>\.graders(: array|\[\]|\{\})$",
        "a list in the document's example, by name in the guide; its schema has one",
    ),
    (r"request - .*<type=(multi|python)>\.name: required$", "absent in the guide's examples"),
    (r"request \+ .*<type=score_model>\.range: (minItems|maxItems) 2$", "the document misspells its bounds; the SDK tells of two numbers"),
    (r"CreateVideoExtend request \+ seconds: value \"(16|20)\"$", "told in prose: 4, 8, 12, 16, 20"),
    (r"create(Transcription|Translation) request \+ temperature: (minimum 0|maximum 1)$", "told in prose: between 0 and 1"),
    (r"request \+ expires_after\.minutes: (minimum 1|maximum 20)$", "told by the API's errors (recorded)"),
    (r"CreateContainerFile request - file$", "a file is sent as a form; JSON names one"),
    (r"request \+ .*chunk_overlap_tokens: minimum 0$", "there is no smaller overlap than none"),
    (
        r"createVectorStoreFileBatch request [+-] ((file_ids|files|attributes|chunking_strategy)$|: (object|any)$)",
        "one of two members, which the document says beside the object's members",
    ),
    (r"searchVectorStore request [+-] query(\[\])?: minItems 1$", "the document puts the bound of the list on its texts"),
    (r"searchVectorStore request - filters<type=(and|or)>\.filters\[\]: any$", "filters in filters, by a keyword that is no reference"),
    (r"request \+ .*(instructions|content|content\[\]<type=text>\.text): maxLength 256000$", "told by the API's errors (recorded)"),
    (r"request \+ .*attachments\[\]\.(file_id|tools): required$", "the document demands them of the list instead of its members"),
    (
        r"request [+-] .*tool_resources\.file_search(: (object|any)|\.vector_store(s|_ids))$",
        "one of two members, which the document says beside the object's members",
    ),
    (rf"{_RUNS} (request|response) \+ (data\[\]\.)?tool_choice(: object|\.\w+)$", "an object, which the document says beside the words"),
]
ANSWERS: Reasons = [
    (rf"{_BETA} [+-] ", "the beta as the SDKs' beta types have it; the document describes it half in today's shape"),
    (rf"{_SECRET} \+ .*: (required|null)$", "a session is told whole, null where there is nothing (recorded)"),
    (rf"{_SESSION} \+ .*\.type: required$", "a kind is told by its type (documentation)"),
    (rf"{_SESSION} \+ .*name: required$", "a function without a name cannot be called"),
    (rf"{_SESSION} \+ .*(threshold|prefix_padding_ms|silence_duration_ms|max_output_tokens): (minimum|maximum) ", "told in prose"),
    (rf"{_SESSION} \+ .*(transcription\.(keywords|languages|delay)|<type=mcp>\.(allowed_callers|tunnel_id))$", "newer than the document"),
    (rf"{_SESSION} [+-] .*prompt\.variables", "as in the prompt of a response"),
    (r"create-realtime-client-secret response \+ .*(parallel_tool_calls|voice\.id|voice: object)$", "a session is told as it was set up"),
    (
        r"create-realtime-client-secret response [+-] session<type=transcription>\.(object|audio\.input\.turn_detection)",
        "the object's name as recorded; both kinds of detection, as in the request",
    ),
    (rf"{_RUNS} response \+ .*: required$", "always there in an answer (recorded)"),
    (
        rf"{_RUNS} response \+ (data\[\]\.)?(reasoning_effort|tool_resources|expires_at|usage\.\w+_details)$",
        "told by the API, not by the document (recorded)",
    ),
    (
        rf"{_RUNS} response - .*(metadata|tool_resources|response_format|strict|attachments): null$",
        "never null in an answer (recorded)",
    ),
    (
        rf"{_RUNS} response [+-] .*(annotations|outputs)\[\](\.\w+|<type=(file_citation|file_path|logs|image)>)$",
        "no files are made here: sources and logs alone",
    ),
    (r"list(Assistants|Messages|Runs|RunSteps) response [+-] object: (string|value \"list\")$", "always the same word (recorded)"),
    (r"\w+Videos?(Remix|Edit|Extend)? response \+ (data\[\]\.)?progress: (minimum 0|maximum 100)$", "a percentage"),
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
    (r"([Ll]ist\w+|getChatCompletionMessages) response \+ (first_id|last_id): null$", "null for an empty list (recorded)"),
    (
        r"getChatCompletionMessages response [+-] data\[\]\.(role|name|tool_call_id|tool_calls|content_parts|annotations|audio|function_call)\b",
        "a prompt's messages have any role and what belongs to it; the document describes them as answers",
    ),
    (r"deleteModel response \+ owned_by$", "told by the API, not by the document (recorded)"),
    (r"deleteModel response [+-] object: (string|value \"model\")$", "always the same word (recorded)"),
    (r"createCompletion request - prompt: required$", "absent it is the separator, as its default says"),
    (r"createCompletion request \+ seed: (minimum|maximum) ", "the bounds that its format, int64, names"),
    (r"createCompletion response \+ (usage|choices\[\]\.logprobs\.\w+): required$", "always there in an answer (recorded)"),
    (
        r"createCompletion response \+ choices\[\]\.logprobs\.(top_logprobs|(top|token)_logprobs\[\]): null$",
        "null without alternatives, and for the first token of an echo (recorded)",
    ),
    (r"createCompletion response - (system_fingerprint|usage\.\w+_tokens_details)$", "optional; no recorded answer has it"),
    (r"\w+ response \+ (first_id|last_id): required$", "always there in a list that has cursors (recorded)"),
    (
        rf"({_FILES}|{_BATCH}) [+-] (data\[\]\.)?(errors\.)?object: (value \"list\"|string|required)$",
        "always the same word (recorded)",
    ),
    (rf"{_FILES} \+ .*(expires_at|status_details): (null|required)$", "always there, null where there is none (recorded)"),
    (rf"{_FILES} \+ .*purpose: value \"evals\"$", "a file keeps the purpose it was uploaded with"),
    (rf"{_BATCH} \+ .*: required$", "all keys are always there (recorded)"),
    (rf"{_BATCH} \+ (data\[\]\.)?(model|errors|\w+_file_id|\w+_at): null$", "null until there is a value (recorded)"),
    (rf"{_JOB} \+ .*: required$", "all keys are always there (recorded)"),
    (
        rf"{_JOB} \+ .*(user_provided_suffix|usage_metrics|shared_with_openai|eval_id|response_format)$",
        "not in the document (recorded; guide)",
    ),
    (rf"{_JOB} \+ .*status: value \"paused\"$", "the document's own example of pausing"),
    (rf"{_JOB} - .*error(\.(code|message|param): required|: null)$", "an empty object unless the job failed (recorded)"),
    (rf"{_JOB} - .*(integrations|hyperparameters\.batch_size): null$", "never null in an answer (recorded)"),
    (rf"{_JOB} - .*: (minimum|maximum|maxItems) ", "bounds are checked where a job is created"),
    (r"Checkpoints response \+ .*_accuracy: (minimum 0|maximum 1)$", "an accuracy is a share"),
    (r"listFineTuningEvents response \+ data\[\]\.(data|type): (null|required)$", "always there; data is null in some events (recorded)"),
    (r"listFineTuningJobCheckpoints response [+-] data\[\]\.metrics\.(\w+: required|type|step: (integer|number))$", "as recorded"),
    (r"createEmbedding response \+ data\[\]\.embedding: string$", "base64 where that was asked for (recorded)"),
    (
        r"createModeration response - results\[\]\.(category_applied_input_types|\w+\.illicit(/violent)?): required$",
        "older models know fewer categories and do not tell what they judged by (documentation)",
    ),
    (r"(\w+FineTuningJobs?|validateGrader) response [+-] .*grader(<type=\w+>|: required)$", "a grader comes back as it was sent"),
    (
        r"runGrader response [+-] model_grader_token_usage_per_model\{\}(\.\w+_tokens|: (object|integer|any))$",
        "four numbers, as in the document's own example",
    ),
    (r"runGrader response [+-] (metadata\.scores|sub_rewards)\{\}: (number|any)$", "a grader's rewards are numbers"),
    (
        r"createImage(Edit)? request \+ (prompt: minLength 1|output_compression: (minimum 0|maximum 100))$",
        "told by the API's errors (recorded)",
    ),
    (
        r"createImageEdit request [+-] (images\[\]|mask)(: (object|any)|\.(image_url|file_id))$",
        "one of two members, which the document says beside the object's members",
    ),
    (r"createImageEdit request \+ moderation$", "forms take it as JSON does (measured)"),
    (
        r"createImage(Edit|Variation)? (request|response|events) [+-] (<type=\w+\.\w+>\.)?size: (string|value \"(auto|\d+x\d+)\")$",
        "gpt-image-2 takes any size and tells it (document's own prose)",
    ),
    (r"createImage(Edit|Variation)? response \+ (data|usage\.output_tokens_details): required$", "always there in an answer"),
    (
        r"createTranscription (response|events) \+ .*(usage|input_token_details|\w+_tokens|logprobs\[\]\.\w+): required$",
        "always there in an answer (recorded)",
    ),
    (r"createTranscription response [+-] .*(bytes\[\]|seconds): (integer|number)$", "whole numbers; seconds are rounded up (recorded)"),
    (
        r"create(Transcription|Translation) response [+-] <(task\|)?language\|duration\|[a-z|]+>$",
        "a verbose object tells its task too (document's own example)",
    ),
    (r"Containers? response \+ .*: required$", "always there in an answer (document's own example)"),
    (
        r"Container(File)?s? response [+-] (data\[\]\.)?(object|status|source): (string|value \"[a-z.]+\")$",
        "always one of these words (recorded)",
    ),
    (rf"{_STORE} \+ .*(expires_after|expires_at): required$", "always there, null where there is none (recorded)"),
    (rf"{_STORE} \+ (data\[\]\.)?(name|expires_after): null$", "always there, null where there is none (recorded)"),
    (rf"{_STORE} \+ (data\[\]\.)?description$", "told by the API, not by the document (recorded)"),
    (rf"{_STORE} - (data\[\]\.)?(last_active_at|metadata): null$", "never null in an answer (recorded)"),
    (r"listVectorStore(s|Files) response [+-] object: (string|value \"list\")$", "always the same word (recorded)"),
    (rf"{_STORED_FILE} \+ .*(attributes|chunking_strategy): required$", "always there in today's answers (recorded)"),
    (
        rf"{_STORED_FILE} [+-] .*chunking_strategy(\.(static|type)|<type=(other|static)>)$",
        "a file indexed today always has a strategy that is known (document's own prose)",
    ),
    (r"(VectorStore\w*|InVectorStoreBatch) response - .*attributes: null$", "an empty object where there are none (recorded)"),
    (r"searchVectorStore response - search_query\[\]: minItems 1$", "the document puts the bound of the list on its texts"),
    (r"retrieveVectorStoreFileContent response [+-] data\[\]\.(text|type): (required|string|value \"text\")$", "text alone, by its prose"),
]
# Answers that the document leaves out and that the API gives (recorded).
UNDESCRIBED = {
    ("DeleteContainer", "response"),
    ("DeleteContainerFile", "response"),
    ("deleteResponse", "response"),
    ("getResponse", "events"),
    *((operation, "events") for operation in OF_RUNS),
}
# What the packaged document does not know yet and the newer one does.
AHEAD: Reasons = [
    (r"request \+ (moderation|prompt_cache_options)$", "newer parameter"),
    (r"request \+ .*prompt_cache_breakpoint$", "newer parameter"),
    (r"request \+ .*reasoning_effort: value \"max\"$", "newer value"),
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
    (r"createTranscription request - (languages|keywords)$", "for gpt-transcribe alone"),
    (r"createTranscription response [+-] <text\|[a-z|]+>$", "languages are told by gpt-transcribe alone"),
    (r"createTranscription events - <type=transcript\.text\.done>\.languages$", "told by gpt-transcribe alone"),
]


def unexplained(lines: list[str], reasons: Reasons) -> tuple[list[str], list[str]]:
    """Lines that no reason covers, and reasons that cover no line."""
    patterns = [re.compile(pattern) for pattern, _ in reasons]
    bare = [line for line in lines if not any(pattern.search(line) for pattern in patterns)]
    idle = [pattern.pattern for pattern in patterns if not any(pattern.search(line) for line in lines)]
    return bare, idle


def begins(operation: str, *segments: str) -> bool:
    """Whether an operation's path begins with one of some segments."""
    return OPERATIONS[operation].path.split("/")[1] in segments


def has_items(operation: str) -> bool:
    """Whether an operation takes or tells items; `test_items_parity` looks at those."""
    return begins(operation, "responses", "conversations")


def is_administration(operation: str) -> bool:
    """Whether an operation administers the organization; `test_organization_parity` looks at those."""
    return begins(operation, "organization", "projects")


def against_the_document(operation: str) -> list[str]:
    """What our contract of an operation says and the official document does not, and the reverse; nothing of one that is newer."""
    if not is_described(operation):
        return []
    ours = document()
    lines = []
    for part in ("request", "form", "response", "events"):
        mine, theirs = schema(ours, operation, part), schema(official(), operation, part)
        if mine is None and OPERATIONS[operation].contents:
            # What is no JSON is bytes in either document.
            continue
        if theirs is None and (operation, part) in UNDESCRIBED:
            continue
        assert (mine is None) == (theirs is None), (operation, part)
        if mine is not None:
            found = differences(facts(mine, ours), facts(theirs, official()))
            lines += [f"{operation} {'request' if part == 'form' else part} {line}" for line in found]
    return lines


def test_requests_and_answers_agree_with_the_official_document() -> None:
    # Evals and the administration have modules of their own, as items have.
    here = [name for name in OPERATIONS if not has_items(name) and not is_administration(name) and not begins(name, "evals")]
    lines = [line for operation in here for line in against_the_document(operation)]
    bare, idle = unexplained(lines, STRICTER_OR_WIDER + ANSWERS + (AHEAD if IS_PACKAGED else BEHIND))
    assert not bare, "\n".join(bare)
    assert [pattern for pattern in idle if IS_PACKAGED or pattern not in dict(BEHIND)] == []


# Of operations that the packaged document does not know, or without a parameter.
NEWER_OPERATIONS = {
    *("retrieve-organization-spend-alert", "retrieve-project-spend-alert", "CreateanAPIkeyforaserviceaccount"),
    *("Getorganizationspendlimit", "Updateorganizationspendlimit", "Deleteorganizationspendlimit"),
    "Createcontentprovenancecheck",
    *("Getprojectspendlimit", "Updateprojectspendlimit", "Deleteprojectspendlimit"),
}
NEWER_PARAMETERS = {"list-audit-logs": "tenant_only", "list-project-api-keys": "owner_project_access"}


def test_only_newer_operations_are_missing_in_the_official_document() -> None:
    missing = {operation for operation in OPERATIONS if not is_described(operation)}
    assert missing == (NEWER_OPERATIONS if IS_PACKAGED else set())


@pytest.mark.parametrize("operation", [operation for operation in OPERATIONS if is_described(operation)])
def test_an_operation_is_declared_as_in_the_official_document(operation: str) -> None:
    def declared(document: dict[str, Any]) -> tuple[str, str, set[tuple[str, str]]]:
        method, path, found = next(found for found in operations(document) if found[2]["operationId"] == operation)
        return method, path, {(item["name"], item["in"]) for item in found.get("parameters", ())}

    method, path, parameters = declared(document())
    newer = {(NEWER_PARAMETERS[operation], "query")} if IS_PACKAGED and operation in NEWER_PARAMETERS else set()
    assert newer <= parameters
    assert (method, path, parameters - newer) == declared(official())


def against(name: str, kind: Any) -> list[str]:
    """What our contract of a name says and a type of the SDK does not, and the reverse."""
    ours = document()
    theirs = TypeAdapter(kind).json_schema()
    found = differences(facts({"$ref": f"#/components/schemas/{name}"}, ours), facts(theirs, theirs))
    return [f"{name} {line}" for line in found]


def test_every_documented_operation_is_served() -> None:
    """The document has seven operations of responses twice, once with `?beta=true` in their path: they are one here."""
    documented = {declared["operationId"] for _, path, declared in operations(official()) if "?" not in path}
    assert documented - set(OPERATIONS) == set()
