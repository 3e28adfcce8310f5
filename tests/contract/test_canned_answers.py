"""Canned answers of every operation, held against the official document and against our own contract."""

from __future__ import annotations

from typing import Any

import pytest

from mockapi.resources import everything
from tests.conftest import Wire
from tests.contract.document import IS_PACKAGED
from tests.contract.test_answers import lines
from tests.contract.test_objects import NULLS
from tests.contract.test_parity import Reasons, unexplained
from tests.samples import REQUESTS, path_of

OPERATIONS = everything()

# What the packaged document does not know yet and the newer one does.
AHEAD: Reasons = [
    (r"service_tier: \"(fast|ultrafast)\"", "newer value"),
    (r"reasoning[/_]effort: \"max\"", "newer value"),
    (r"error/code: \"(bio_policy|data_residency_mismatch)\"", "newer value"),
    (r"/detail: \"auto\" is not one of \"low\" or \"high\"", "newer value"),
    (r"\"type\":\"(program|program_output|additional_tools|programmatic_tool_calling|response\.shell_call_\w+\.\w+)\"\} is", "newer kind"),
    (r"instructions/\[\]/type: \"(program|program_output|additional_tools)\"", "newer kind"),
    (r"service-accounts? response /(data/\[\]/)?role: \"none\"", "newer value"),
    (r"/action: \"query\" is a required property", "optional since"),
    (r"/error: \{.*\"type\":\"(http_error|mcp_\w+_error)\"", "a string before"),
]
REASONS: Reasons = [
    # No job is told to be paused: the document's enum does not have it.
    *(reason for reason in NULLS if "paused" not in reason[0]),
    (r"Upload response /file/purpose: \"evals\"", "a file keeps the purpose it was uploaded with"),
    (r": \"request_id\" is a required property", "the document demands a member of an approval that it does not describe"),
    (r"events /: \"response_id\" is a required property", "the document demands a member of sounds that it does not describe"),
    (r"(instructions/\[\]|sampling_params)/tools/\[\]: \"(parameters|strict)\" is a required property", "told as it was sent"),
    (r"createTranscription response .*usage", "transcripts are billed by models of two kinds (recorded)"),
    *(AHEAD if IS_PACKAGED else ()),
]


@pytest.mark.parametrize("operation", [name for name, declared in OPERATIONS.items() if declared.response is not None])
def test_canned_answers_are_what_the_document_describes(canned: Wire, operation: str) -> None:
    declared = OPERATIONS[operation]
    found: list[str] = []
    for number in range(12):
        answer = canned.request(declared.method, path_of(declared, f"junk-{number}"), **REQUESTS.get(operation, {}))
        assert answer.status_code == declared.status, answer.text
        if not answer.headers["content-type"].startswith("application/json"):
            return
        found += lines(operation, "response", answer.text)
        assert_sums(answer.json())
    bare, _ = unexplained(found, REASONS)
    assert not bare, "\n".join(bare)


def assert_sums(node: Any) -> None:
    """Totals are the sums of their parts, and details no more than what they are of."""
    if isinstance(node, list):
        for item in node:
            assert_sums(item)
    if not isinstance(node, dict):
        return
    for name, value in node.items():
        assert_sums(value)
        if name.endswith("_tokens_details") and isinstance(value, dict):
            assert all(part <= node[name.removesuffix("_details")] for part in value.values() if part is not None)
    parts = [node[part] for part in ("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens") if part in node]
    if "total_tokens" in node and parts:
        assert node["total_tokens"] == sum(parts)
