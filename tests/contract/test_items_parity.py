"""Our contracts of responses and conversations against the official document and the SDK's types, field by field, as in `test_parity`.

Both take and tell items, and differ from the document in the same ways.

Every difference has its reason here; a difference without a reason fails, and so does a reason without a difference.
"""

from __future__ import annotations

from typing import Any

import openai.types.conversations as sdk_conversations
import openai.types.responses as sdk
from openai.types.responses import response_create_params
from pydantic import TypeAdapter

from mockapi.contract import conversations
from mockapi.contract.responses import events, objects, request
from tests.contract.document import IS_PACKAGED, official, schema
from tests.contract.shapes import differences, facts
from tests.contract.test_parity import OPERATIONS, Reasons, against_the_document, has_items, unexplained

# An item that is sent, also where a response tells its instructions; and one that is told and lacks something.
_SENT = r"(input|items|instructions)\[\]"
_TOLD = r"(- .*(output\[\]|data\[\]|item)|ConversationItem response - )"

_NEWER = "the SDK is ahead of the document, and of what was measured"

# What differs from the document, whichever, and from the SDK's types.
EVERYWHERE: Reasons = [
    (r" request \+ .*: null$", "the API takes null for an optional parameter that is absent"),
    (r"\+ .*(instructions\[\]|tools\[\]|prompt\.|text\.format).*: null$", "what was sent is told by the contract of what is sent"),
    (rf"[+-] .*({_SENT}.*|variables\{{\}}.*|\binput): m(ax|in)(Length|Items) ", "limits that the document tells in one place of several"),
    (rf"- .*{_SENT}<type=message>\.(id|status|type): required$", "a message needs no more than a role and a content (documentation)"),
    (rf"- .*{_SENT}<type=message>.*output_text>\.(annotations|logprobs): required$", "a message of the assistant may be made up"),
    (r"- .*input_image>\.detail: required$", "auto where it is absent (document's own prose)"),
    (rf"\+ .*{_SENT}<type=message>\.content\[\]<type=input_audio>$", "the API knows it (measured)"),
    (r"\+ .*<type=custom_tool_call(_output)?>\.status$", "told in answers, which are sent back whole (recorded)"),
    (r"\+ .*<type=local_shell_call_output>\.call_id$", "the document demands it without describing it"),
    (r"\+ .*name: (pattern |maxLength (64|128))", "names that the API refuses (recorded)"),
    (r"\+ .*file_search>\.(max_num_results|ranking_options\.score_threshold): (minimum|maximum) ", "bounds told in prose"),
    (r"\+ (response\.|<[\w.=]+>\.response\.)?tools: maxItems 128$", "told in prose: at most 128 tools"),
    (r"- .*tools\[\]<type=function>\.(parameters|strict): required$", "filled in where absent (recorded)"),
    (r"\+ .*(frequency|presence)_penalty$", "the API knows them (measured)"),
    (r"\+ (max_tool_calls: minimum 1|model: minLength 1)$", "told by the API's errors (measured)"),
    (r"\+ (.*\.)?metadata(\{\})?: (maxLength|maxItems) ", "limits told in prose"),
    (r" (response|events) \+ .*: required$", "always there in today's answers (recorded)"),
    (r"(listInputItems|Items) response \+ (first_id|last_id): null$", "null for an empty list (recorded)"),
    (r"- .*(additional_tools>|<type=message>)\.role: value ", "tools are added by a developer; messages have four roles here"),
    (
        rf"{_TOLD}<type=message>\.content\[\]<type=(computer_screenshot|reasoning_text|summary_text|text)>$",
        "no message here holds them",
    ),
    (r"onversation(Item)? response [+-] metadata(\{\}|: (any|object))$", "texts by name (document's own prose)"),
    (r"- .*created_by$", "who of several people made an item is not told here"),
    (r"- .*computer_call_output>\.status: value ", "the document tells of two lists of states at once; what they have in common"),
    (r"[+-] .*(created|completed)_at: (integer|number)$", "whole seconds (recorded)"),
    (r"\+ (.*\.)?store$", "told in answers (recorded)"),
]
DOCUMENT: Reasons = [
    (r"- .*filters<type=and>\.filters\[\]: any$", "filters may hold such filters: a recursive reference of the older kind"),
    (r"- .*\.(parameters|output_schema)\{\}$", "an object with whatever members"),
    (
        r"- .*namespace>.*\.(name|allowed_callers|description): min(Length|Items) 1$",
        "a pattern holds to the one; told here as outside a namespace",
    ),
    (r"\+ .*(compaction_trigger>\.id|breakpoint\.ttl)$", "the SDK is ahead of the document"),
    (
        r"\+ .*image_generation_call>\.(action|background|output_format|quality|revised_prompt|size)$",
        "told in answers (recorded; SDK)",
    ),
    (rf"{_TOLD}.*(caller_id|attributes\{{\}}): m(ax|in)Length ", "bounds are checked where an item is sent"),
    (r"events \+ <[\w.=]+>\.obfuscation$", "not in the document (recorded)"),
    (r"- <[\w.=]+>\.name: required$", "absent in recorded streams"),
    (r"- .*output_text$", "made by the SDK, not sent (document's own prose)"),
    (r"- (.*\.)?safety_identifier: maxLength 64$", "bounds are checked where it is sent"),
    (r"\+ .*(usage|user|prompt_cache_key|safety_identifier): null$", "null until, or where, there is none (recorded)"),
    (r"- .*: null$", "never null in an answer (recorded)"),
]
# What the packaged document does not know yet and the newer one does.
AHEAD: Reasons = [
    (r"\+ .*<type=(additional_tools|program|program_output|programmatic_tool_calling|response\.shell_call_\w+\.\w+)>$", "newer kind"),
    (
        r"\+ .*(caller|prompt_cache_breakpoint|allowed_callers|output_schema|tunnel_id|external_web_access|moderation|prompt_cache_options"
        r"|reasoning\.(context|mode)|personality|cache_write_tokens|function_call_output>\.(name|namespace)|conversation"
        r"|part\.done>\.status)$",
        "newer member",
    ),
    (r"\+ .*partial_image>\.(size|quality|background|output_format)$", "newer member"),
    (r"\+ .*: value \"(fast|ultrafast|max|auto|bio_policy|data_residency_mismatch)\"$", "newer value"),
    (r"[+-] .*mcp_call>\.error(<type=\w+>|: (object|string))$", "a string before"),
    (r"- .*function_call_output>\.call_id: required$", "optional since"),
    (r"- .*<type=search>\.query: required$", "optional since"),
    (r"[+-] .*annotation\.added>\.annotation(<type=\w+>|: (any|object))$", "an object of any kind before"),
]
# What only a newer document knows.
BEHIND: Reasons = [(r"- .*cache_write_tokens: required$", "told of the newest models only (recorded)")]
# What differs from the SDK's types only.
SDK: Reasons = [
    *BEHIND,
    (r"createConversationItems request - include$", "the SDK sends it in the query"),
    (r"request [+-] stream: ", "the SDK has one type with `stream` and one without"),
    (r"\+ .*: (minimum|maximum|minItems|maxItems|minLength|maxLength|pattern) ", "the SDK's types have no bounds"),
    (r"- .*: null$", "the SDK takes null for whatever is optional"),
    (r"[+-] .*\.(parameters|annotations|input_schema|arguments): (object|any)$", "an object by the document"),
    (r"\+ output\[\]<type=message>(\.content\[\]<type=input_\w+>|\.role: value \"\w+\")$", "what is compacted has messages of all roles"),
    (r"\+ .*(arguments\.done>\.name|\.obfuscation)$", "not in the SDK (document; recorded)"),
    (r"- .*filters<type=and>\.filters\[\]: any$", "filters may hold such filters"),
    (r"[+-] .*: value \"(gif|svg|xhigh|max|12h|steered|max_messages|in_progress|incomplete|misalignment_policy_violation)\"$", _NEWER),
    (
        r"- .*(access_programs|background_options|image|async|complexity|frame_count|frame_duration_ms|svg|svg_usage|misalignment"
        r"|comparison_response_id|prewarm|input_transformations|prompt_cache_diagnostics|tool_usage|cache_write_tokens_details"
        r"|error|error\.(param|type)|<type=(configuration_update|response\.compaction\.compacting)>)$",
        _NEWER,
    ),
]


def schema_of(kind: Any) -> dict[str, Any]:
    made: dict[str, Any] = TypeAdapter(kind).json_schema()
    return made


# What an operation takes and tells, for as long as its behaviour is not there.
STATED: list[tuple[str, str, Any]] = [
    ("createResponse", "request", request.CreateResponse),
    ("createResponse", "response", objects.Response),
    ("createResponse", "events", events.ResponseStreamEvent),
    ("listInputItems", "response", objects.ResponseItemList),
    ("Getinputtokencounts", "request", request.CountInputTokensRequest),
    ("Getinputtokencounts", "response", objects.InputTokens),
    ("Compactconversation", "request", request.CompactResponseRequest),
    ("Compactconversation", "response", objects.CompactedResponse),
]


def test_contracts_agree_with_the_official_document() -> None:
    lines = [line for operation in OPERATIONS if has_items(operation) for line in against_the_document(operation)]
    for operation, part, kind in STATED:
        if operation not in OPERATIONS:
            ours, theirs = schema_of(kind), schema(official(), operation, part)
            lines += [f"{operation} {part} {line}" for line in differences(facts(ours, ours), facts(theirs, official()))]
    bare, idle = unexplained(lines, EVERYWHERE + DOCUMENT + (AHEAD if IS_PACKAGED else BEHIND))
    assert not bare, "\n".join(bare)
    assert [pattern for pattern in idle if IS_PACKAGED or pattern not in dict(BEHIND)] == []


THEIRS: list[tuple[Any, Any, str]] = [
    (request.CreateResponse, response_create_params.ResponseCreateParamsNonStreaming, "createResponse request"),
    (request.CreateResponse, response_create_params.ResponseCreateParamsStreaming, "createResponse request"),
    (request.CountInputTokensRequest, sdk.InputTokenCountParams, "Getinputtokencounts request"),
    (request.CompactResponseRequest, sdk.ResponseCompactParams, "Compactconversation request"),
    (objects.Response, sdk.Response, "createResponse response"),
    (objects.ResponseItemList, sdk.ResponseItemList, "listInputItems response"),
    (objects.InputTokens, sdk.InputTokenCountResponse, "Getinputtokencounts response"),
    (objects.CompactedResponse, sdk.CompactedResponse, "Compactconversation response"),
    (events.ResponseStreamEvent, sdk.ResponseStreamEvent, "createResponse events"),
    (conversations.CreateConversationRequest, sdk_conversations.ConversationCreateParams, "createConversation request"),
    (conversations.UpdateConversationRequest, sdk_conversations.ConversationUpdateParams, "updateConversation request"),
    (conversations.CreateItemsRequest, sdk_conversations.ItemCreateParams, "createConversationItems request"),
    (conversations.Conversation, sdk_conversations.Conversation, "getConversation response"),
    (conversations.ConversationDeleted, sdk_conversations.ConversationDeletedResource, "deleteConversation response"),
    (conversations.ConversationItemList, sdk_conversations.ConversationItemList, "listConversationItems response"),
    (conversations.ConversationItem, sdk_conversations.ConversationItem, "getConversationItem response"),
]


def test_contracts_agree_with_the_types_of_the_sdk() -> None:
    lines = []
    for kind, their_kind, name in THEIRS:
        ours, theirs = schema_of(kind), schema_of(their_kind)
        lines += [f"{name} {line}" for line in differences(facts(ours, ours), facts(theirs, theirs))]
    bare, idle = unexplained(lines, EVERYWHERE + SDK)
    assert not bare, "\n".join(bare)
    assert not set(idle) & {pattern for pattern, _ in SDK}
