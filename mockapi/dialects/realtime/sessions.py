"""What a session is set up with: as it begins, and as updates change it. The shape is today's; `beta` knows the older one."""

from __future__ import annotations

from functools import cache
from typing import Any

from mockapi import fixtures

Config = dict[str, Any]
# What is changed member by member; all else is replaced.
_NODES = ("audio", "input", "output")
_CAN_BE_OFF = ("turn_detection", "transcription", "noise_reduction", "tracing", "prompt", "include")
# What of a session one response may have of its own.
OF_A_RESPONSE = (
    "output_modalities", "instructions", "audio", "tools", "tool_choice", "parallel_tool_calls", "reasoning", "max_output_tokens",
)  # fmt: skip


@cache
def facts() -> dict[str, Any]:
    """What `fixtures/realtime.toml` says."""
    return fixtures.load("realtime.toml")


def _heard() -> Config:
    return {
        "format": {"type": "audio/pcm", "rate": 24000},
        "transcription": None,
        "noise_reduction": None,
        "turn_detection": _turn_detection({"type": "server_vad"}),
    }


def begun(id: str, model: str, expires_at: int) -> Config:
    """A conversation as it begins (api-facts H.2)."""
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": id,
        "model": model,
        "output_modalities": ["audio"],
        "instructions": facts()["instructions"],
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "expires_at": expires_at,
        "audio": {
            "input": _heard(),
            "output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": facts()["voice"], "speed": 1.0},
        },
        "include": None,
    }


def begun_transcription(id: str, expires_at: int) -> Config:
    """A session that writes down, as it begins."""
    return {
        "type": "transcription",
        "object": "realtime.transcription_session",
        "id": id,
        "expires_at": expires_at,
        "audio": {"input": _heard()},
        "include": None,
    }


def begun_translation(id: str, model: str, expires_at: int) -> Config:
    """A session that translates, as it begins."""
    return {
        "id": id,
        "type": "translation",
        "model": model,
        "expires_at": expires_at,
        "audio": {"input": {"transcription": None, "noise_reduction": None}, "output": {"language": facts()["translation_language"]}},
    }


def updated(config: Config, given: Config) -> Config:
    """A session with what an update names changed. Null turns off what can be off."""
    made = {**config}
    for name, value in given.items():
        if name in _NODES and isinstance(made.get(name), dict):
            made[name] = updated(made[name], value) if isinstance(value, dict) else made[name]
        elif name == "turn_detection" and isinstance(value, dict):
            made[name] = _turn_detection(value)
        elif name == "format":
            made[name] = _format(value) if isinstance(value, dict) else made[name]
        elif value is not None or name in _CAN_BE_OFF:
            made[name] = value
    return made


def _turn_detection(given: Config) -> Config:
    """Turn detection with what it leaves out filled in."""
    told = {name: value for name, value in given.items() if value is not None}
    if told["type"] == "semantic_vad":
        return {"type": "semantic_vad", "eagerness": "auto", "create_response": True, "interrupt_response": True, **told}
    filled = {**facts()["server_vad"], "idle_timeout_ms": None, "create_response": True, "interrupt_response": True}
    return {"type": "server_vad", **filled, **told}


def _format(given: Config) -> Config:
    return {"type": "audio/pcm", "rate": 24000} if given["type"] == "audio/pcm" else {"type": given["type"]}
