"""Fixtures of other mocks, read as scenarios: aimock's JSON and mockllm's YAML.

Their matching is kept: aimock finds its text anywhere in the last user message, mockllm compares whole prompts without case.
"""

from __future__ import annotations

import re
from typing import Any


def read(value: Any) -> list[dict[str, Any]] | None:
    """The scenarios that a file of another mock comes to; None for what is none."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("fixtures"), list):
        return [_aimock(each) for each in value["fixtures"] if isinstance(each, dict)]
    if isinstance(value.get("responses"), dict) and set(value) <= {"responses", "defaults", "settings"}:
        return _mockllm(value)
    return None


def _aimock(fixture: dict[str, Any]) -> dict[str, Any]:
    wanted, told = fixture.get("match") or {}, fixture.get("response") or {}
    match: dict[str, Any] = {}
    said = wanted.get("userMessage") or wanted.get("inputText")
    if isinstance(said, str):
        match["user"] = {"regex": re.escape(said)}
    if isinstance(wanted.get("systemMessage"), str):
        match["system"] = {"regex": re.escape(wanted["systemMessage"])}
    if isinstance(wanted.get("model"), str):
        match["model"] = f"{wanted['model']}*"
    if isinstance(wanted.get("toolName"), str):
        match["tools"] = [wanted["toolName"]]
    if isinstance(wanted.get("hasToolResult"), bool):
        match["results"] = wanted["hasToolResult"]
    if isinstance(wanted.get("toolResultContains"), str):
        match["results"] = {"text": {"regex": re.escape(wanted["toolResultContains"])}}
    if isinstance(wanted.get("responseFormat"), str):
        match["response_format"] = wanted["responseFormat"]
    if isinstance(wanted.get("sequenceIndex"), int):
        match["call"] = wanted["sequenceIndex"] + 1
    made: dict[str, Any] = {"name": fixture.get("name") or str(said or "fixture"), "match": match, "reply": _aimock_reply(fixture, told)}
    return made


def _aimock_reply(fixture: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    reply: dict[str, Any] = {}
    if isinstance(told.get("content"), str):
        reply["text"] = told["content"]
    elif isinstance(told.get("content"), (dict, list)):
        reply["json"] = told["content"]
    if told.get("toolCalls"):
        reply["tool_calls"] = [{"name": call["name"], "arguments": call.get("arguments", {})} for call in told["toolCalls"]]
    if isinstance(told.get("reasoning"), str):
        reply["reasoning"] = told["reasoning"]
    if isinstance(told.get("embedding"), list):
        reply["embedding"] = told["embedding"]
    if isinstance(told.get("error"), dict):
        error = {name: told["error"][name] for name in ("message", "type", "param", "code") if told["error"].get(name) is not None}
        reply["error"] = {"status": told.get("status", 500), **error}
    if isinstance(fixture.get("latency"), (int, float)):
        reply["latency"] = {"first": fixture["latency"] / 1000}
    if isinstance(fixture.get("truncateAfterChunks"), int):
        reply["fault"] = {"kind": "cut", "after": fixture["truncateAfterChunks"]}
    return reply


def _mockllm(value: dict[str, Any]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [
        {"name": str(asked), "match": {"user": str(asked)}, "reply": {"text": str(said)}} for asked, said in value["responses"].items()
    ]
    unknown = (value.get("defaults") or {}).get("unknown_response")
    if unknown is not None:
        made.append({"name": "unknown_response", "match": {}, "reply": {"text": str(unknown)}, "priority": -1})
    return made
