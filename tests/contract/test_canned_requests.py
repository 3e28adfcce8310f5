"""Canned mode takes whatever a request contract allows: instances of each, drawn by the engine, are all answered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from mockapi.contract.types import Contract
from mockapi.engine import sampler
from mockapi.operations import Operation
from mockapi.resources import everything
from mockapi.seed import Stream
from tests.conftest import Wire
from tests.contract.test_answers import lines, of_run
from tests.contract.test_canned_answers import REASONS
from tests.contract.test_parity import unexplained
from tests.samples import REQUESTS, path_of

OPERATIONS = everything()
SEEDS = range(48)
ALLOWED = [
    *REASONS,
    (r"createEmbedding response /data/\[\]/embedding: .*not of type \"array\"", "base64 where it was asked for"),
    (r"/tools/\[\]/tools/\[\]/allowed_callers: \[\] has less", "told in a namespace as outside of one"),
    (r"createTranslation response /: .*valid under more than one", "a verbose answer is a plain one too, by the document"),
    (r"(validateGrader|createFineTuningJob) response .*/grader(/|: )", "as it was sent, and the contract takes what the guides do"),
]

ASKED: list[tuple[str, type[Contract], bool]] = [
    (name, contract, contract is declared.form)
    for name, declared in OPERATIONS.items()
    for contract in (declared.request, declared.form)
    if contract is not None
]


def full(node: Any) -> Any:
    """A schema without nulls and with every member required."""
    if isinstance(node, list):
        return [full(child) for child in node if child != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    made = {name: full(child) for name, child in node.items()}
    if isinstance(made.get("properties"), dict):
        made["required"] = list(made["properties"])
    return made


def sendable(contract: type[Contract]) -> dict[str, Any]:
    """The schema of a contract, with what it needs unless something else is there."""
    schema = contract.model_json_schema()
    for name in contract.needs:
        schema["properties"][name] = full(schema["properties"][name])
    return {**schema, "required": [*schema.get("required", ()), *contract.needs]}


def junk(node: Any, lowest: bool) -> Any:
    """A schema whose free texts are what an SDK's own tests send, or empty, and whose numbers lie on their bounds."""
    if isinstance(node, list):
        return [junk(child, lowest) for child in node]
    if not isinstance(node, dict):
        return node
    kind = node.get("type")
    if kind == "string" and not node.keys() & {"enum", "const", "format", "pattern"}:
        return {"enum": ["string" if lowest or node.get("minLength") else ""]}
    if kind in ("integer", "number") and "const" not in node:
        return {"type": kind, "const": node.get("minimum", 0) if lowest else node.get("maximum", 10**6)} if not _open(node) else node
    return {name: junk(child, lowest) for name, child in node.items()}


def _open(node: dict[str, Any]) -> bool:
    return "exclusiveMinimum" in node or "exclusiveMaximum" in node


def holds_file(schema: dict[str, Any]) -> bool:
    return schema.get("format") == "binary" or any(holds_file(each) for each in [*schema.get("anyOf", ()), schema.get("items", {})] if each)


def as_form(contract: type[Contract], body: dict[str, Any]) -> dict[str, Any]:
    """A body as the parts of a form."""
    members = contract.model_json_schema()["properties"]
    parts: list[tuple[str, Any]] = []
    for name, value in body.items():
        many = value if isinstance(value, list) else [value]
        for each in many:
            if each is None:
                continue
            if holds_file(members[name]) and isinstance(each, str):
                parts.append((name if many is not value else f"{name}[]", ("upload", each.encode(), None)))
            elif isinstance(each, dict):
                parts += [(f"{name}[{key}]", (None, text(inner))) for key, inner in each.items() if inner is not None]
            else:
                parts.append((name if many is not value else f"{name}[]", (None, text(each))))
    return {"files": parts}


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def held(declared: Operation, reply: Any) -> list[str]:
    """What the official document has against an answer."""
    kind = reply.headers["content-type"].split(";")[0]
    if kind == "application/json":
        TypeAdapter(declared.response).validate_python(reply.json())
        return list(lines(declared.id, "response", reply.text))
    if kind != "text/event-stream":
        assert kind in declared.contents and reply.content
        return []
    if reply.text.startswith("event: thread."):
        return [fault for event in of_run(reply.text) for fault in lines(declared.id, "events", event)]
    told = [line.removeprefix("data: ") for line in reply.text.splitlines() if line.startswith("data: ")]
    assert told
    read = [data for data in told if data != "[DONE]"]
    if declared.events is None:
        assert all(json.loads(data)["id"] for data in read)
        return []
    return [fault for data in read for fault in lines(declared.id, "events", data)]


@pytest.mark.parametrize(
    ("operation", "contract", "is_form"), ASKED, ids=[f"{name}-{'form' if form else 'json'}" for name, _, form in ASKED]
)
def test_whatever_the_contract_allows_is_answered(canned: Wire, operation: str, contract: type[Contract], is_form: bool) -> None:
    declared, schema = OPERATIONS[operation], sendable(contract)
    found: list[str] = []
    plans = [sampler.plan(drawn) for drawn in (schema, full(schema), full(junk(schema, lowest=True)), full(junk(schema, lowest=False)))]
    for seed in SEEDS:
        body, whole = plans[seed % len(plans)].instance(Stream(seed))
        assert whole
        sent = as_form(contract, body) if is_form else {"json": body}
        reply = canned.request(declared.method, path_of(declared), **sent)
        assert reply.status_code == declared.status, (body, reply.text)
        found += held(declared, reply)
    bare, _ = unexplained(found, ALLOWED)
    assert not bare, "\n".join(bare)


@pytest.mark.parametrize("operation", [name for name, declared in OPERATIONS.items() if declared.query is not None])
def test_whatever_the_contract_of_a_query_allows_is_answered(canned: Wire, operation: str) -> None:
    declared = OPERATIONS[operation]
    assert declared.query is not None
    schema = declared.query.model_json_schema()
    found: list[str] = []
    plans = [sampler.plan(drawn) for drawn in (full(schema), full(junk(schema, lowest=True)), full(junk(schema, lowest=False)))]
    for seed in range(12):
        asked, whole = plans[seed % len(plans)].instance(Stream(seed))
        assert whole
        params = {f"{name}[{key}]": inner for name, value in asked.items() if isinstance(value, dict) for key, inner in value.items()}
        params |= {name: text(value) for name, value in asked.items() if not isinstance(value, (dict, list))}
        reply = canned.request(declared.method, path_of(declared), **{**REQUESTS.get(operation, {}), "params": params})
        assert reply.status_code == declared.status, (params, reply.text)
        found += held(declared, reply)
    bare, _ = unexplained(found, ALLOWED)
    assert not bare, "\n".join(bare)
