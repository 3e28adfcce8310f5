"""The beta's way of saying what a session says today: other names of events, one level of settings, other kinds of content.

Source: the beta types of the official SDKs; api-facts H.1.
"""

from __future__ import annotations

from typing import Any

Event = dict[str, Any]

_FORMATS = {"pcm16": "audio/pcm", "g711_ulaw": "audio/pcmu", "g711_alaw": "audio/pcma"}
_OLD_FORMATS = {new: old for old, new in _FORMATS.items()}
OLD_NAMES = {
    "conversation.item.added": "conversation.item.created",
    **{
        f"response.output_{kind}.{state}": f"response.{kind}.{state}"
        for kind in ("text", "audio", "audio_transcript")
        for state in ("delta", "done")
    },
}
_OLD_KINDS = {"output_text": "text", "output_audio": "audio"}
# doc: fixed since the beta ended; told, since its types have it
_TEMPERATURE = 0.8
_MODES = ("none", "auto", "required")
# Members that have only changed their places and names.
_PLACES = {
    "voice": ("audio", "output", "voice"),
    "speed": ("audio", "output", "speed"),
    "input_audio_transcription": ("audio", "input", "transcription"),
    "input_audio_noise_reduction": ("audio", "input", "noise_reduction"),
    "turn_detection": ("audio", "input", "turn_detection"),
}


def read(event: Event) -> Event:
    """A client's event as it would be sent today."""
    if event["type"] == "session.update":
        return {**event, "session": session(event["session"])}
    if event["type"] == "transcription_session.update":
        return {**event, "session": {**session(event["session"]), "type": "transcription"}}
    if event["type"] == "response.create" and event.get("response") is not None:
        return {**event, "response": session(event["response"])}
    return event


def session(given: Event) -> Event:
    """Settings of the beta as they would be sent today."""
    made: Event = {}
    for name, value in given.items():
        if name == "modalities":
            if value is not None:
                made["output_modalities"] = ["audio"] if "audio" in value else ["text"]
        elif name == "max_response_output_tokens":
            made["max_output_tokens"] = value
        elif name in ("input_audio_format", "output_audio_format"):
            if value is not None:
                _put(made, ("audio", name.partition("_")[0], "format"), {"type": _FORMATS[value]})
        elif name == "turn_detection" and isinstance(value, dict):
            _put(made, _PLACES[name], {"type": "server_vad", **value})
        elif name == "tool_choice" and isinstance(value, str) and value not in _MODES:
            made[name] = {"type": "function", "name": value}
        elif name in _PLACES:
            _put(made, _PLACES[name], value)
        elif name not in ("temperature", "client_secret"):
            made[name] = value
    return made


def _put(made: Event, place: tuple[str, ...], value: Any) -> None:
    for name in place[:-1]:
        made = made.setdefault(name, {})
    made[place[-1]] = value


def told(event: Event) -> Event | None:
    """An event as the beta has it; None for one that it has not."""
    kind = event["type"]
    if kind == "conversation.item.done":
        return None
    made = {**event, "type": OLD_NAMES.get(kind, kind)}
    made.pop("obfuscation", None)
    if "session" in made:
        writes = made["session"]["type"] == "transcription"
        made["session"] = told_session(made["session"])
        if writes:
            made["type"] = f"transcription_{kind}"
    if "item" in made:
        made["item"] = _item(made["item"])
    if "response" in made:
        made["response"] = _response(made["response"])
    return made


def told_session(config: Event) -> Event:
    """A session on one level."""
    heard = config["audio"]["input"]
    shared = {
        "id": config["id"],
        "object": config["object"],
        "expires_at": config["expires_at"],
        "input_audio_format": _OLD_FORMATS[heard["format"]["type"]],
        "input_audio_transcription": heard["transcription"],
        "input_audio_noise_reduction": heard["noise_reduction"],
        "turn_detection": _turn_detection(heard["turn_detection"]),
        "include": config["include"],
    }
    if config["type"] == "transcription":
        return shared
    spoken = config["audio"]["output"]
    return {
        **shared,
        "model": config["model"],
        "modalities": _modalities(config["output_modalities"]),
        "instructions": config["instructions"],
        "voice": spoken["voice"],
        "output_audio_format": _OLD_FORMATS[spoken["format"]["type"]],
        "speed": spoken["speed"],
        "tracing": config["tracing"],
        "tools": config["tools"],
        "tool_choice": _tool_choice(config["tool_choice"]),
        "temperature": _TEMPERATURE,
        "max_response_output_tokens": config["max_output_tokens"],
        "prompt": config["prompt"],
    }


def _turn_detection(detection: Event | None) -> Event | None:
    return None if detection is None else {name: value for name, value in detection.items() if name != "idle_timeout_ms"}


def _tool_choice(choice: Any) -> str:
    return choice if isinstance(choice, str) else str(choice.get("name") or choice["type"])


def _modalities(names: list[str]) -> list[str]:
    return ["audio", "text"] if "audio" in names else ["text"]


def _item(item: Event) -> Event:
    if item["type"] != "message":
        return item
    return {**item, "content": [{**part, "type": _OLD_KINDS.get(part["type"], part["type"])} for part in item["content"]]}


def _response(response: Event) -> Event:
    made = {name: value for name, value in response.items() if name not in ("audio", "output_modalities", "output")}
    output = response["audio"]["output"]
    return {
        **made,
        "output": [_item(item) for item in response["output"]],
        "modalities": _modalities(response["output_modalities"]),
        "voice": output["voice"],
        "output_audio_format": _OLD_FORMATS[output["format"]["type"]],
        "temperature": _TEMPERATURE,
    }
