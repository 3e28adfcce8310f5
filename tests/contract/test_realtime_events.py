"""Realtime's events against the official document: what a client may send field by field, what the server sends event by event."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator
from pydantic import TypeAdapter

from mockapi import Server
from mockapi.contract.realtime.events import EVENTS, TRANSLATION_EVENTS
from mockapi.dialects.realtime import beta
from tests.conftest import Wire
from tests.contract.document import IS_PACKAGED, faults, judge, official
from tests.contract.shapes import differences, facts
from tests.contract.test_parity import Reasons, unexplained
from tests.line import Event, Line, spoken_text
from tests.resources.test_realtime import TEXT, TOOL, tells_slowly
from tests.samples import png

SENT: Reasons = [
    (r"\+ .*: null$", "null for what is absent, as elsewhere"),
    (r"\+ .*(format<type=[\w/]+>\.type|type|name|transcription\.model): required$", "a kind is told by its type, a function by its name"),
    (r"\+ .*(threshold|_ms|max_output_tokens|content_index|speed): (minimum|maximum) ", "told in prose"),
    (r"[+-] .*prompt\.variables", "as in the prompt of a response"),
    (r"\+ .*(transcription\.(keywords|languages|delay)|<type=mcp>\.\w+)$", "newer than the packaged document"),
    (r"\+ .*content\[\]\.type: value \"(text|audio)\"$", "the beta's kinds of content (SDK)"),
    (r"\+ response\.input\[\](<type=item_reference>|.*item_reference)", "the SDK and the document's own prose know references"),
    (r"[+-] .*conversation: ", "a name of a conversation is any text, two names are special"),
    (r"[+-] .*(tools|error|annotations|input_schema|metadata|annotations)(\[\]|\{\}|:|<|\.)", "told free here, or held as elsewhere"),
    (r"- .*<type=mcp_approval_response>\.id: required$", "agents approve without it (SDK)"),
    (r"[+-] .*mcp_(call|list_tools)", "the server's own items, which are sent back as they were told"),
    (r"- .*event_id: maxLength 512$", "an id is only told back"),
]
TOLD: Reasons = [
    (r"response\.\w+ /response/(status_details|usage|metadata|conversation_id): null", "always there, null where there is none (recorded)"),
    (r"conversation\.item\.\w+ /item/content/\[\]/transcript: null", "null until it is written down (recorded)"),
    (r"session\.\w+ /session/(include|audio/input/transcription|audio/input/noise_reduction): null", "null where there is none (recorded)"),
]
_NULLS = r"/(status_details|usage|metadata|conversation_id|noise_reduction|input_audio_noise_reduction|input_audio_transcription)"
TOLD_IN_THE_BETA: Reasons = [
    (rf" (/response|/session){_NULLS}: null", "always there, null where there is none (recorded of today's)"),
    (r"conversation\.item\.\w+ /item/content/\[\]/transcript: null", "null until it is written down (recorded of today's)"),
    (r"response\.(text|audio|audio_transcript)\.(delta|done) /type: ", "the document has today's names (SDK)"),
    (r"/(item|response/output/\[\])/content/\[\]/type: \"(text|audio)\"", "the document has today's kinds of content (SDK)"),
    (r"transcription_session\.\w+ /session: \"client_secret\"", "a secret is in the answer to the request that made it (SDK)"),
]
# Types of events of the document that no session of ours tells, each with the reason.
_NO_SOUND = "a peer connection or a telephone has an output buffer, and no sound goes through those here"
_UNHEARD = {
    "conversation.item.input_audio_transcription.failed": "whatever is heard can be written down here",
    "conversation.item.input_audio_transcription.segment": "nobody tells speakers apart in a session here",
}
NEVER = {
    "conversation.created": "sessions of today begin with session.created alone (recorded)",
    "conversation.item.created": "the beta's name",
    "transcription_session.updated": "the beta's name",
    "input_audio_buffer.dtmf_event_received": "nobody presses keys here",
    **{f"output_audio_buffer.{state}": _NO_SOUND for state in ("started", "stopped", "cleared")},
    **_UNHEARD,
}
_FUNCTIONS = "the beta's sessions offer functions alone"
NEVER_IN_THE_BETA = {
    **_UNHEARD,
    **{f"mcp_list_tools.{state}": _FUNCTIONS for state in ("in_progress", "completed", "failed")},
    **{f"response.mcp_call.{state}": _FUNCTIONS for state in ("in_progress", "completed", "failed")},
    **{f"response.mcp_call_arguments.{state}": _FUNCTIONS for state in ("delta", "done")},
}
NEVER_IN_TRANSLATIONS: dict[str, str] = {}
# What the beta's types have for names that the document gives as they are today (SDK).
_TODAY = {old: new for new, old in beta.OLD_NAMES.items() if new.startswith("response.")}


@cache
def server_events(family: str) -> dict[str, Draft202012Validator]:
    """A judge for each type of event of `RealtimeServerEvent`, or of its kin."""
    found = {}
    for name, schema in official()["components"]["schemas"].items():
        if name.startswith(family) and "properties" in schema:
            kind = schema["properties"]["type"]
            found[kind.get("const") or kind["enum"][0]] = judge({"$ref": f"#/components/schemas/{name}"})
    return found


def against_the_document(events: Iterable[Event], family: str, names: dict[str, str]) -> list[str]:
    """What the document has against events; `names` are those by which it has them, where they are others."""
    found = []
    for event in events:
        kind = str(event["type"])
        found += [f"{kind} /{place}: {message}" for place, message in faults(server_events(family)[names.get(kind, kind)], event)]
    return found


def test_what_a_client_may_send() -> None:
    document = official()
    schemas = document["components"]["schemas"]
    found = []
    for known, union in ((EVENTS, "RealtimeClientEvent"), (TRANSLATION_EVENTS, "RealtimeTranslationClientEvent")):
        theirs = {}
        for name, schema in schemas.items():
            if name.startswith(union) and name != union and not name.startswith("RealtimeBeta"):
                kind = schema["properties"]["type"]
                theirs[kind.get("const") or kind["enum"][0]] = schema
        theirs.pop("transcription_session.update", None)
        assert set(known) == set(theirs)
        for kind, contract in known.items():
            ours = TypeAdapter(contract).json_schema()
            found += [f"{kind} {line}" for line in differences(facts(ours, ours), facts(theirs[kind], document))]
    bare, idle = unexplained(found, SENT)
    assert not bare, "\n".join(bare)
    assert not (IS_PACKAGED and idle), idle


# What sessions are set to in the scenes below, as today's events say it and as the beta's do.
TODAY: dict[str, Event] = {
    "written": {"type": "realtime", **TEXT},
    "aloud": {"type": "realtime", "output_modalities": ["audio"]},
    "heard": {"type": "realtime", "tools": [TOOL], "audio": {"input": {"transcription": {"model": "gpt-4o-transcribe"}}}},
    "telephone": {
        "type": "realtime",
        "instructions": "Be brief.",
        "audio": {"input": {"turn_detection": None}, "output": {"format": {"type": "audio/pcmu"}}},
        "tool_choice": {"type": "function", "name": "get_weather"},
    },
    "unanswered": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "semantic_vad", "create_response": False}}}},
    "impatient": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 5000}}}},
    "served": {
        "type": "realtime",
        **TEXT,
        "tools": [
            {"type": "mcp", "server_label": "docs", "server_url": "https://example.com/mcp", "require_approval": "never"},
            {"type": "mcp", "server_label": "diary", "connector_id": "connector_googlecalendar"},
            {"type": "mcp", "server_label": "gone", "server_url": "https://mcp.invalid/"},
        ],
    },
    "dictation": {
        "type": "transcription",
        "audio": {"input": {"transcription": {"model": "whisper-1"}}},
        "include": ["item.input_audio_transcription.logprobs"],
    },
}
BETA: dict[str, Event] = {
    "written": {"modalities": ["text"]},
    "aloud": {"modalities": ["audio", "text"]},
    "heard": {"tools": [TOOL], "input_audio_transcription": {"model": "gpt-4o-transcribe"}},
    "telephone": {
        "instructions": "Be brief.",
        "turn_detection": None,
        "output_audio_format": "g711_ulaw",
        "tool_choice": "get_weather",
    },
    "unanswered": {"turn_detection": {"type": "semantic_vad", "create_response": False}},
    "dictation": {"input_audio_transcription": {"model": "whisper-1"}, "include": ["item.input_audio_transcription.logprobs"]},
}
Ways = dict[str, Event]


def _set(line: Line, settings: Event) -> None:
    line.send("session.update", session=settings)
    line.until("session.updated")


def _say(line: Line, text: str) -> None:
    line.send("conversation.item.create", item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})


def _answer(line: Line, **response: Any) -> Event:
    line.send("response.create", response=response)
    found = line.until("response.done")[-1]["response"]
    assert isinstance(found, dict)
    return found


def turns(line: Line, wire: Wire, ways: Ways) -> None:
    """Said and written, with functions, cut off, and apart."""
    _set(line, ways["heard"])
    line.speak("Say hello")
    line.until("response.done")
    _set(line, ways["written"])
    _say(line, "What is the weather in Paris?")
    call = _answer(line)["output"][0]
    line.send("conversation.item.create", item={"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"})
    assert _answer(line, max_output_tokens=4)["status"] == "incomplete"
    about = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What is 1 + 1?"}]}]
    assert _answer(line, conversation="none", input=about, metadata={"topic": "sum"})["conversation_id"] is None
    _set(line, ways["telephone"])
    assert _answer(line)["output"][0]["type"] == "function_call"


def items(line: Line, wire: Wire, ways: Ways) -> None:
    """Put there, looked at, and taken away, by those who say nothing that is answered."""
    _set(line, ways["telephone"])
    picture = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    contents: list[tuple[str, Event]] = [
        ("user", {"type": "input_audio", "audio": spoken_text("Say hello")}),
        ("user", {"type": "input_image", "image_url": picture}),
        ("assistant", {"type": "output_text", "text": "Hello!"}),
        ("system", {"type": "input_text", "text": "Be kind."}),
    ]
    for number, (role, content) in enumerate(contents):
        id = f"item_{number}"
        line.send("conversation.item.create", item={"id": id, "type": "message", "role": role, "content": [content]})
        line.send("conversation.item.retrieve", item_id=id)
        line.until("conversation.item.retrieved")
    line.send("conversation.item.delete", item_id="item_0")
    line.until("conversation.item.deleted")
    line.send("input_audio_buffer.append", audio=spoken_text("Never mind"))
    line.send("input_audio_buffer.clear")
    line.until("input_audio_buffer.cleared")
    line.send("input_audio_buffer.append", audio=spoken_text("Say hello"))
    line.send("input_audio_buffer.commit")
    line.until("input_audio_buffer.committed")
    line.send("bogus", event_id="mine")
    line.until("error")


def cancelled(line: Line, wire: Wire, ways: Ways) -> None:
    """A response that its client breaks off, written and aloud."""
    tells_slowly(wire)
    for way, kind in (("written", "text.delta"), ("aloud", "audio.delta")):
        _set(line, ways[way])
        line.send("response.create")
        while not line.receive()["type"].endswith(kind):
            pass
        line.send("response.cancel")
        assert line.until("response.done")[-1]["response"]["status_details"]["reason"] == "client_cancelled"


def interrupted(line: Line, wire: Wire, ways: Ways) -> None:
    """A response that somebody speaks into, and what was not heard of it."""
    tells_slowly(wire)
    _set(line, ways["unanswered"])
    line.send("response.create")
    while not line.receive()["type"].endswith("audio.delta"):
        pass
    line.speak("Stop", silence=0.1)
    final = line.until("response.done")[-1]["response"]
    assert final["status_details"]["reason"] == "turn_detected"
    line.send("conversation.item.truncate", item_id=final["output"][0]["id"], content_index=0, audio_end_ms=300)
    line.until("conversation.item.truncated")


def failed(line: Line, wire: Wire, ways: Ways) -> None:
    """A response that was refused, and one that fails in the midst of it."""
    told = [
        {"match": {"user": "Often"}, "reply": {"error": "rate_limit_exceeded"}},
        {"match": {"user": "Badly"}, "reply": {"error": "server_error"}},
    ]
    wire.control("POST", "/_mock/scenarios", json={"scenarios": told})
    for said in ("Often", "Badly"):
        _say(line, said)
        assert _answer(line)["status"] == "failed"


def silent(line: Line, wire: Wire, ways: Ways) -> None:
    """Nobody says anything for longer than the session waits."""
    _set(line, ways["impatient"])
    _say(line, "Say hello")
    _answer(line)
    wire.advance("6s")
    line.until("input_audio_buffer.timeout_triggered")
    line.until("response.done")


def served(line: Line, wire: Wire, ways: Ways) -> None:
    """By servers that are asked, that are asked once it was allowed, and that are not there."""
    line.send("session.update", session=ways["served"])
    for _ in range(3):
        line.until("conversation.item.done")
    _say(line, "What is known about the roadmap?")
    assert _answer(line)["output"][0]["type"] == "mcp_call"
    assert _answer(line)["output"][0]["type"] == "message"
    _say(line, "What is in my diary today?")
    request = _answer(line, tool_choice={"type": "mcp", "server_label": "diary"})["output"][0]
    unknown = {"id": "item_asked", "type": "mcp_approval_request", "server_label": "gone", "name": "look", "arguments": "{}"}
    line.send("conversation.item.create", item=unknown)
    for id, ends in ((request["id"], "response.mcp_call.completed"), ("item_asked", "response.mcp_call.failed")):
        answer = {"id": f"answer_{id}", "type": "mcp_approval_response", "approval_request_id": id, "approve": True}
        line.send("conversation.item.create", item=answer)
        line.until(ends)
        line.until("response.output_item.done")


def dictation(line: Line, wire: Wire, ways: Ways) -> None:
    """Nobody answers."""
    line.send("session.update" if ways is TODAY else "transcription_session.update", session=ways["dictation"])
    line.speak("Nobody answers this.")
    line.until("conversation.item.input_audio_transcription.completed")


Scene = Callable[[Line, Wire, Ways], None]
SCENES: list[tuple[Scene, dict[str, str]]] = [
    *((scene, {"model": "gpt-realtime"}) for scene in (turns, items, cancelled, interrupted, failed, silent, served)),
    (dictation, {"intent": "transcription"}),
]


def _played(server: Server, name: str, ways: Ways, headers: dict[str, str]) -> list[Event]:
    """What is told in all scenes that a way of speaking has, each in a world of its own."""
    events = []
    for scene, query in SCENES:
        if scene in (silent, served) and ways is BETA:
            continue
        key = f"sk-mock-tier1-{name}-{scene.__name__}"
        with Wire(server.base_url, key) as wire, Line(server.base_url, key, headers=headers, **query) as line:
            scene(line, wire, ways)
            events += line.events
    return events


def _held(events: list[Event], family: str, names: dict[str, str], told: Reasons, never: dict[str, str]) -> None:
    """All events are as the document has them, and all that it has are among them, but for what has a reason."""
    bare, idle = unexplained(against_the_document(events, family, names), told)
    assert not bare, "\n".join(sorted(set(bare)))
    assert not (IS_PACKAGED and idle), idle
    seen = {names.get(event["type"], event["type"]) for event in events}
    assert set(server_events(family)) - seen == set(never)


def test_what_the_server_sends(server: Server, name: str) -> None:
    _held(_played(server, name, TODAY, {}), "RealtimeServerEvent", {}, TOLD, NEVER)


def test_what_the_server_sends_in_the_beta(server: Server, name: str) -> None:
    events = _played(server, name, BETA, {"openai-beta": "realtime=v1"})
    _held(events, "RealtimeBetaServerEvent", _TODAY, TOLD_IN_THE_BETA, NEVER_IN_THE_BETA)


def test_what_a_translator_sends(server: Server, key: str) -> None:
    with Line(server.base_url, key, path="/realtime/translations") as line:
        line.until("session.created")
        line.send("session.update", session={"audio": {"input": {"transcription": {"model": "whisper-1"}}, "output": {"language": "fr"}}})
        line.until("session.updated")
        line.send("session.input_audio_buffer.append", audio=spoken_text("Good morning"))
        line.send("session.close")
        line.until("session.closed")
    _held(line.events, "RealtimeTranslationServerEvent", {}, [], NEVER_IN_TRANSLATIONS)
