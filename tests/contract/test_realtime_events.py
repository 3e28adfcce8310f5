"""Realtime's events against the official document: what a client may send field by field, what the server sends event by event."""

from __future__ import annotations

from functools import cache

from jsonschema_rs import Draft202012Validator
from pydantic import TypeAdapter

from mockapi import Server
from mockapi.contract.realtime.events import EVENTS, TRANSLATION_EVENTS
from tests.contract.document import IS_PACKAGED, faults, judge, official
from tests.contract.shapes import differences, facts
from tests.contract.test_parity import Reasons, unexplained
from tests.line import Event, Line, spoken_text
from tests.resources.test_realtime import TEXT, TOOL

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
    (r"[+-] .*mcp_(call|list_tools)", "the server's own items, which are sent back as they were told"),
    (r"- .*event_id: maxLength 512$", "an id is only told back"),
]
TOLD: Reasons = [
    (r"response\.\w+ /response/(status_details|usage|metadata|conversation_id): null", "always there, null where there is none (recorded)"),
    (r"conversation\.item\.\w+ /item/content/\[\]/transcript: null", "null until it is written down (recorded)"),
    (r"session\.\w+ /session/(include|audio/input/transcription|audio/input/noise_reduction): null", "null where there is none (recorded)"),
]


@cache
def server_events() -> dict[str, Draft202012Validator]:
    """A judge for each type of event."""
    schemas = official()["components"]["schemas"]
    found = {}
    for name, schema in schemas.items():
        if name.startswith(("RealtimeServerEvent", "RealtimeTranslationServerEvent")) and "properties" in schema:
            kind = schema["properties"]["type"]
            key = kind.get("const") or kind["enum"][0]
            translates = name.startswith("RealtimeTranslation")
            found[f"translation {key}" if translates else key] = judge({"$ref": f"#/components/schemas/{name}"})
    return found


def against_the_document(events: list[Event], prefix: str = "") -> list[str]:
    found = []
    for event in events:
        for place, message in faults(server_events()[prefix + event["type"]], event):
            found.append(f"{event['type']} /{place}: {message.removesuffix(' is not of type')}")
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


def test_what_the_server_sends(server: Server, name: str) -> None:
    with Line(server.base_url, f"sk-mock-tier1-{name}", model="gpt-realtime") as line:
        line.until("session.created")
        line.configure(tools=[TOOL], audio={"input": {"transcription": {"model": "gpt-4o-transcribe"}}})
        line.speak("Say hello")
        line.until("response.done")
        line.configure(**TEXT)
        line.say("What is the weather in Paris?")
        line.send("response.create")
        call = line.until("response.done")[-1]["response"]["output"][0]
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}
        line.send("conversation.item.create", item=output)
        line.send("response.create", response={"max_output_tokens": 4})
        line.until("response.done")
        line.send("conversation.item.retrieve", item_id=call["id"])
        line.send("conversation.item.delete", item_id=call["id"])
        line.send("input_audio_buffer.clear")
        line.send("bogus")
        line.until("error")
    with Line(server.base_url, f"sk-{name}", intent="transcription") as writer:
        writer.until("session.created")
    bare, idle = unexplained([*against_the_document(line.events), *against_the_document(writer.events)], TOLD)
    assert not bare, "\n".join(bare)
    assert not idle


def test_what_a_translator_sends(server: Server, key: str) -> None:
    with Line(server.base_url, key, path="/realtime/translations") as line:
        line.until("session.created")
        line.send("session.update", session={"audio": {"input": {"transcription": {"model": "whisper-1"}}, "output": {"language": "fr"}}})
        line.until("session.updated")
        line.send("session.input_audio_buffer.append", audio=spoken_text("Good morning"))
        line.send("session.close")
        line.until("session.closed")
    assert against_the_document(line.events, "translation ") == []
