"""Sessions of Realtime: through the official SDK, and on the wire where the SDK hides what is sent."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from openai import AsyncOpenAI, OpenAI
from websockets.exceptions import ConnectionClosed

from mockapi import Server
from mockapi.engine.sound import ear, telephone
from tests.conftest import Wire
from tests.line import Event, Line, kinds, sound, spoken
from tests.samples import png

TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
STORY = " ".join(f"word{number}" for number in range(80))
TEXT: dict[str, Any] = {"output_modalities": ["text"]}


@pytest.fixture
def line(server: Server, key: str) -> Any:
    with Line(server.base_url, key, model="gpt-realtime") as made:
        assert made.next("session.created")["session"]["model"] == "gpt-realtime"
        yield made


def test_the_sdk_holds_a_conversation(client: OpenAI) -> None:
    with client.realtime.connect(model="gpt-realtime") as connection:
        assert connection.recv().type == "session.created"
        connection.session.update(session={"type": "realtime", "output_modalities": ["text"], "instructions": "Be brief."})
        updated = connection.recv()
        assert updated.type == "session.updated"
        assert updated.session.type == "realtime"
        assert updated.session.instructions == "Be brief."
        connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What is 2 + 3?"}]}
        )
        connection.response.create()
        said = ""
        for event in connection:
            if event.type == "response.output_text.delta":
                said += event.delta
            if event.type == "response.done":
                assert event.response.status == "completed"
                break
        assert said == "2 + 3 = 5."


async def _until_done(connection: Any) -> AsyncIterator[Any]:
    async for event in connection:
        yield event
        if event.type == "response.done":
            return


def test_the_sdk_holds_one_asynchronously(async_client: AsyncOpenAI) -> None:
    async def talk() -> Any:
        async with async_client.realtime.connect(model="gpt-realtime-mini") as connection:
            await connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
            await connection.response.create(response={"instructions": "Say hello", "conversation": "none"})
            told = [event async for event in _until_done(connection)]
            return told[-1].response

    assert asyncio.run(talk()).output


def test_written_turns_in_their_order(line: Line) -> None:
    line.configure(**TEXT)
    line.send(
        "conversation.item.create", item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Say hello"}]}
    )
    line.send("response.create")
    told = line.until("response.done")
    assert kinds(told) == [
        "conversation.item.added", "conversation.item.done", "response.created", "rate_limits.updated", "response.output_item.added",
        "conversation.item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.done",
        "response.content_part.done", "conversation.item.done", "response.output_item.done", "response.done",
    ]  # fmt: skip
    final = told[-1]["response"]
    deltas = [event for event in told if event["type"] == "response.output_text.delta"]
    assert "".join(event["delta"] for event in deltas) == final["output"][0]["content"][0]["text"]
    assert all(len(event["delta"].encode() + event["obfuscation"].encode()) % 16 == 0 for event in deltas)
    assert final["usage"]["total_tokens"] == final["usage"]["input_tokens"] + final["usage"]["output_tokens"]
    assert final["usage"]["output_token_details"]["audio_tokens"] == 0
    limits = {each["name"]: each for each in told[3]["rate_limits"]}
    assert limits["requests"]["remaining"] == limits["requests"]["limit"] - 1
    ids = [event["event_id"] for event in line.events]
    assert len(set(ids)) == len(ids)
    assert all(len(id) == len("event_") + 21 for id in ids)


@pytest.mark.parametrize("form", ["audio/pcm", "audio/pcmu", "audio/pcma"])
def test_what_is_said_aloud_is_heard_and_answered_aloud(line: Line, form: str) -> None:
    line.configure(
        audio={"input": {"format": {"type": form}, "transcription": {"model": "whisper-1"}}, "output": {"format": {"type": form}}}
    )
    line.speak("What is 20 + 22?", form)
    told = line.until("response.done")
    assert kinds(told)[:5] == [
        "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped", "input_audio_buffer.committed",
        "conversation.item.added", "conversation.item.done",
    ]  # fmt: skip
    item_ids = {event["item_id"] for event in told[:3]}
    assert item_ids == {told[3]["item"]["id"]}
    done = next(event for event in told if event["type"].endswith("transcription.completed"))
    assert done["transcript"] == "What is 20 + 22?"
    assert done["usage"]["type"] == "duration"
    whole = sound(told)
    heard = ear.samples_of(telephone.heard(whole, form), telephone.RATES[form])
    final = told[-1]["response"]
    assert heard == final["output"][0]["content"][0]["transcript"] == "20 + 22 = 42."
    seconds = len(whole) / telephone.BYTES[form]
    assert final["usage"]["output_token_details"]["audio_tokens"] == pytest.approx(20 * seconds, abs=2)
    assert final["usage"]["input_token_details"]["audio_tokens"] > 0


def test_speech_of_the_speech_endpoint_is_heard(client: OpenAI, line: Line) -> None:
    made = client.audio.speech.create(model="gpt-4o-mini-tts", voice="coral", input="Say hello. Then wait.", response_format="pcm").read()
    line.configure(**TEXT, audio={"input": {"turn_detection": None, "transcription": {"model": "gpt-4o-transcribe"}}})
    line.send("input_audio_buffer.append", audio=base64.b64encode(made).decode())
    line.send("input_audio_buffer.commit")
    told = line.until("conversation.item.input_audio_transcription.completed")
    assert kinds(told) == [
        "input_audio_buffer.committed", "conversation.item.added", "conversation.item.done",
        "conversation.item.input_audio_transcription.delta", "conversation.item.input_audio_transcription.completed",
    ]  # fmt: skip
    assert told[-1]["transcript"] == "Say hello. Then wait."
    assert told[-1]["usage"]["type"] == "tokens"


def test_sentences_with_pauses_are_one_turn(line: Line) -> None:
    line.configure(**TEXT)
    line.speak("This is a long story. It has many sentences. Is it one turn?", silence=1.0)
    told = line.until("response.done")
    assert [event["type"] for event in told].count("input_audio_buffer.committed") == 1


def test_a_speaker_who_falls_silent_is_not_waited_for_for_ever(line: Line) -> None:
    line.configure(**TEXT)
    half = spoken("This is a long story, and it breaks off in its midst")[:96_000]
    line.send("input_audio_buffer.append", audio=base64.b64encode(half + bytes(48_000 * 8)).decode())
    told = line.until("response.done")
    assert told[1]["type"] == "input_audio_buffer.speech_stopped"
    assert 5000 < told[1]["audio_end_ms"] < 10_000


def test_a_buffer_is_full_some_time(line: Line) -> None:
    line.configure(**TEXT, audio={"input": {"turn_detection": None}})
    for _ in range(5):
        line.send("input_audio_buffer.append", audio=base64.b64encode(bytes(15 * 1024 * 1024)).decode())
    assert line.next("error")["error"]["code"] == "input_audio_buffer_full"
    line.send("input_audio_buffer.clear")
    line.next("input_audio_buffer.cleared")


def test_silence_and_noise_are_told_apart(line: Line) -> None:
    line.configure(**TEXT)
    line.send("input_audio_buffer.append", audio=base64.b64encode(bytes(96_000)).decode())
    line.speak("Say hello")
    told = line.until("response.done")
    assert told[0]["type"] == "input_audio_buffer.speech_started"
    assert 1600 <= told[0]["audio_start_ms"] <= 2000
    assert told[1]["audio_end_ms"] > told[0]["audio_start_ms"]


def test_turns_are_detected_without_a_response_if_so_wished(line: Line) -> None:
    line.configure(audio={"input": {"turn_detection": {"type": "server_vad", "create_response": False}}})
    line.speak("Say hello")
    assert line.until("conversation.item.done")[-1]["item"]["content"] == [{"type": "input_audio", "transcript": None}]
    line.configure(audio={"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "high"}}}, **TEXT)
    line.speak("Say hello")
    assert line.until("response.done")[-1]["response"]["status"] == "completed"


def test_functions_are_called_and_the_loop_ends(line: Line) -> None:
    line.configure(**TEXT, tools=[TOOL])
    line.say("What is the weather in Paris?")
    line.send("response.create")
    told = line.until("response.done")
    call = told[-1]["response"]["output"][0]
    assert (call["type"], call["name"], json.loads(call["arguments"])) == ("function_call", "get_weather", {"city": "Paris"})
    assert len(call["call_id"]) == len("call_") + 16
    assert kinds(told)[4:] == [
        "response.function_call_arguments.delta", "response.function_call_arguments.done", "conversation.item.done",
        "response.output_item.done", "response.done",
    ]  # fmt: skip
    line.send("conversation.item.create", item={"type": "function_call_output", "call_id": call["call_id"], "output": '{"sky": "clear"}'})
    line.send("response.create")
    last = line.until("response.done")[-1]["response"]
    assert last["output"][0]["content"][0]["text"] == "According to get_weather, sky is clear."


def tells_slowly(wire: Wire) -> None:
    assert wire.control("POST", "/_mock/latency", json={"latency": "first=0ms,tokens_per_second=20"}).status_code == 200
    wire.control("POST", "/_mock/scenarios", json={"scenarios": [{"reply": {"text": STORY}}]})


def test_a_response_can_be_cancelled(wire: Wire, line: Line) -> None:
    tells_slowly(wire)
    line.say("Tell me a story")
    line.send("response.create")
    while line.receive()["type"] != "response.output_audio_transcript.delta":
        pass
    line.send("response.create", event_id="mine")
    line.send("response.cancel")
    told = line.until("response.done")
    errors = [event["error"] for event in told if event["type"] == "error"]
    assert [(error["code"], error["event_id"]) for error in errors] == [("conversation_already_has_active_response", "mine")]
    final = told[-1]["response"]
    assert (final["status"], final["status_details"]) == ("cancelled", {"type": "cancelled", "reason": "client_cancelled"})
    assert final["output"][0]["status"] == "incomplete"
    said = "".join(event["delta"] for event in line.events if event["type"] == "response.output_audio_transcript.delta")
    assert final["output"][0]["content"][0]["transcript"] == said
    assert kinds(told)[-6:] == [
        "response.output_audio.done", "response.output_audio_transcript.done", "response.content_part.done", "conversation.item.done",
        "response.output_item.done", "response.done",
    ]  # fmt: skip
    line.send("response.cancel")
    assert line.next("error")["error"]["code"] == "response_cancel_not_active"


def test_speech_interrupts(wire: Wire, line: Line) -> None:
    tells_slowly(wire)
    line.configure(audio={"input": {"turn_detection": {"type": "server_vad", "create_response": False}}})
    line.say("Tell me a story")
    line.send("response.create")
    while line.receive()["type"] != "response.output_audio.delta":
        pass
    line.speak("Stop", silence=0.1)
    told = line.until("response.done")
    assert "input_audio_buffer.speech_started" in kinds(told)
    assert told[-1]["response"]["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
    item = told[-1]["response"]["output"][0]["id"]
    line.send("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=300)
    assert line.until("conversation.item.truncated")[-1]["audio_end_ms"] == 300
    line.send("conversation.item.retrieve", item_id=item)
    retrieved = line.until("conversation.item.retrieved")[-1]["item"]
    assert retrieved["content"] == [{"type": "output_audio", "transcript": ""}]


def test_items_come_and_go(line: Line) -> None:
    line.configure(**TEXT)
    for id in ("first", "third"):
        message = {"id": id, "type": "message", "role": "user", "content": [{"type": "input_text", "text": id}]}
        line.send("conversation.item.create", item=message)
        line.until("conversation.item.done")
    second = {"id": "second", "type": "message", "role": "system", "content": [{"type": "input_text", "text": "second"}]}
    line.send("conversation.item.create", item=second, previous_item_id="first")
    assert line.until("conversation.item.done")[0]["previous_item_id"] == "first"
    line.send("conversation.item.create", item={**second, "id": "zeroth"}, previous_item_id="root")
    assert line.until("conversation.item.done")[0]["previous_item_id"] is None
    line.send("conversation.item.delete", item_id="second")
    assert line.next("conversation.item.deleted")["item_id"] == "second"
    for kind in ("delete", "retrieve"):
        line.send(f"conversation.item.{kind}", item_id="second")
        assert line.next("error")["error"]["code"] == f"item_{kind}_invalid_item_id"
    line.send("conversation.item.create", item={**second, "id": "third"})
    assert line.next("error")["error"]["code"] == "item_create_duplicate_item_id"


def test_pictures_are_looked_at_when_they_come(line: Line) -> None:
    line.configure(**TEXT)
    for url, code in (("data:image/png;base64,zzz", "invalid_value"), ("data:image/png;base64,aGVsbG8=", "invalid_image_format")):
        image = {"type": "message", "role": "user", "content": [{"type": "input_image", "image_url": url}]}
        line.send("conversation.item.create", item=image)
        assert line.next("error")["error"]["code"] == code
    shown = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    line.send(
        "conversation.item.create", item={"type": "message", "role": "user", "content": [{"type": "input_image", "image_url": shown}]}
    )
    line.until("conversation.item.done")
    line.send("response.create")
    final = line.until("response.done")[-1]["response"]
    assert final["output"][0]["content"][0]["text"].startswith("The image shows")
    assert final["usage"]["input_token_details"]["image_tokens"] > 0


def test_what_was_said_comes_back_with_its_sound(line: Line) -> None:
    line.configure(**TEXT, audio={"input": {"turn_detection": None}})
    pcm = spoken("Say hello")
    item = {"id": "mine", "type": "message", "role": "user", "content": [{"type": "input_audio", "audio": base64.b64encode(pcm).decode()}]}
    line.send("conversation.item.create", item=item)
    line.until("conversation.item.done")
    line.send("conversation.item.retrieve", item_id="mine")
    assert base64.b64decode(line.next("conversation.item.retrieved")["item"]["content"][0]["audio"]) == pcm
    line.send("response.create")
    assert line.until("response.done")[-1]["response"]["output"][0]["content"][0]["text"] == "Hello!"


def test_a_response_apart_leaves_no_trace(line: Line) -> None:
    line.configure(**TEXT)
    line.say("Say hello")
    about = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What is 1 + 1?"}]}]
    line.send("response.create", response={"conversation": "none", "input": about, "metadata": {"topic": "sum"}})
    final = line.until("response.done")[-1]["response"]
    assert (final["conversation_id"], final["metadata"]) == (None, {"topic": "sum"})
    assert final["output"][0]["content"][0]["text"] == "1 + 1 = 2."
    line.send("conversation.item.retrieve", item_id=final["output"][0]["id"])
    assert line.next("error")["error"]["code"] == "item_retrieve_invalid_item_id"
    line.send("response.create")
    assert line.until("response.done")[-1]["response"]["output"][0]["content"][0]["text"] == "Hello!"


def test_a_limit_of_tokens_ends_a_response(line: Line) -> None:
    line.configure(**TEXT)
    line.say("Say: one two three four five six seven eight nine ten")
    line.send("response.create", response={"max_output_tokens": 3})
    final = line.until("response.done")[-1]["response"]
    assert (final["status"], final["status_details"]) == ("incomplete", {"type": "incomplete", "reason": "max_output_tokens"})


def test_limits_fail_a_response_and_not_the_session(server: Server, name: str) -> None:
    with Line(server.base_url, f"sk-mock-tier1-{name}", model="gpt-realtime") as line:
        line.next("session.created")
        line.configure(**TEXT)
        most = 0
        for _ in range(1000):
            line.send("response.create", response={"conversation": "none", "input": []})
            told = line.until("response.done")
            if told[-1]["response"]["status"] == "failed":
                break
            limits = {each["name"]: each for each in told[1]["rate_limits"]}
            most = limits["requests"]["limit"]
        assert told[-1]["response"]["status_details"]["error"]["code"] == "rate_limit_exceeded"
        assert most
        assert line.configure(**TEXT)["type"] == "realtime"


def test_who_says_nothing_is_spoken_to_again(wire: Wire, line: Line) -> None:
    line.configure(**TEXT, audio={"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 5000}}})
    line.say("Say hello")
    line.send("response.create")
    line.until("response.done")
    wire.advance("6s")
    told = line.until("response.done")
    assert kinds(told)[:2] == ["input_audio_buffer.timeout_triggered", "input_audio_buffer.committed"]
    assert told[0]["audio_end_ms"] - told[0]["audio_start_ms"] == 5000


def test_a_session_ends_when_its_time_is_over(wire: Wire, line: Line) -> None:
    wire.advance("61m")
    assert line.next("error")["error"]["code"] == "session_expired"
    with pytest.raises(ConnectionClosed):
        line.receive()


@pytest.mark.parametrize(
    ("sent", "code", "param"),
    [
        ("{", "invalid_json", None),
        ("[]", "invalid_type", None),
        ("{}", "missing_required_parameter", "type"),
        ('{"type": "bogus"}', "invalid_value", "type"),
        ('{"type": 5}', "invalid_value", "type"),
        ('{"type": "session.update"}', "missing_required_parameter", "session"),
        ('{"type": "session.update", "session": {}}', "missing_required_parameter", "session.type"),
        ('{"type": "session.update", "session": {"type": "realtime", "voice": "x"}}', "unknown_parameter", "session.voice"),
        ('{"type": "session.update", "session": {"type": "transcription"}}', "invalid_parameter", None),
        ('{"type": "session.update", "session": {"type": "realtime", "model": "gpt-4o"}}', "invalid_parameter", "session.model"),
        ('{"type": "input_audio_buffer.append", "audio": "?"}', "invalid_value", "audio"),
        ('{"type": "input_audio_buffer.commit"}', "input_audio_buffer_commit_empty", None),
        ('{"type": "conversation.item.truncate", "item_id": "x", "content_index": 0, "audio_end_ms": 1}', "item_truncate_invalid_item_id", "item_id"),
        ('{"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": "x", "output": ""}}', "invalid_tool_call_id", "item.call_id"),
        ('{"type": "response.create", "response": {"max_output_tokens": 0}}', "integer_below_min_value", "response.max_output_tokens"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_the_session_goes_on(line: Line, sent: str, code: str, param: str | None) -> None:
    line.socket.send(sent)
    error = line.next("error")["error"]
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)
    assert line.configure(**TEXT)["output_modalities"] == ["text"]


def test_the_voice_stays_once_it_was_heard(line: Line) -> None:
    line.say("Say hello")
    line.send("response.create")
    line.until("response.done")
    line.send("session.update", session={"type": "realtime", "audio": {"output": {"voice": "ash"}}})
    assert line.next("error")["error"]["code"] == "cannot_update_voice"


def test_a_scenario_answers_aloud_and_breaks_off(wire: Wire, line: Line) -> None:
    told: list[Event] = [
        {"match": {"operation": "realtime", "user": "Tell me"}, "reply": {"text": "Scripted words"}},
        {"match": {"user": "Break"}, "reply": {"error": "rate_limit_exceeded"}},
        {"match": {"user": "Cut"}, "reply": {"text": "one two three four", "fault": "cut:4"}},
    ]
    wire.control("POST", "/_mock/scenarios", json={"scenarios": told})
    line.say("Tell me")
    line.send("response.create")
    assert line.until("response.done")[-1]["response"]["output"][0]["content"][0]["transcript"] == "Scripted words"
    line.say("Break")
    line.send("response.create")
    assert line.until("response.done")[-1]["response"]["status_details"]["error"]["code"] == "rate_limit_exceeded"
    line.say("Cut")
    line.send("response.create")
    with pytest.raises(ConnectionClosed):
        line.until("response.done")
    calls = wire.control("GET", "/_mock/journal").json()["calls"]
    assert [call["status"] for call in calls if call["path"] == "/v1/realtime"] == [200, 429, 200]


def test_the_same_session_says_the_same(server: Server, name: str) -> None:
    heard = []
    for round in range(2):
        with Line(server.base_url, f"sk-{name}-{round}", model="gpt-realtime") as line:
            line.next("session.created")
            line.configure(audio={"input": {"transcription": {"model": "whisper-1"}}})
            line.speak("What is 20 + 22?")
            told = line.until("response.done")
            heard.append([(event["type"], event.get("delta"), event["event_id"][11:]) for event in told])
    assert heard[0] == heard[1]


@pytest.mark.parametrize("reply", [{"events": [{"type": "response.created"}, 5]}, {"body": "no event"}])
def test_what_cannot_be_told_is_an_error_and_the_session_goes_on(
    wire: Wire, line: Line, caplog: pytest.LogCaptureFixture, reply: Event
) -> None:
    wire.control("POST", "/_mock/scenarios", json={"scenarios": [{"match": {"user": "Tell me"}, "reply": reply}]})
    line.configure(**TEXT)
    line.say("Tell me")
    line.send("response.create")
    error = line.until("error")[-1]["error"]
    assert (error["type"], error["code"], error["param"]) == ("server_error", None, None)
    assert error["message"].startswith("The server had an error processing your request.")
    assert [record.getMessage() for record in caplog.records if record.exc_info] == ["/v1/realtime over a WebSocket"]
    line.say("Say hello")
    line.send("response.create")
    assert line.until("response.done")[-1]["response"]["status"] == "completed"


def test_a_response_that_cannot_go_on_ends_failed(server: Server, name: str) -> None:
    """The item that it begins is there already: its id was foretold by the same session elsewhere, at the same instant."""
    ids: list[str] = []
    for key in (f"sk-{name}-first", f"sk-{name}-second"):
        with Wire(server.base_url, key) as wire:
            # So slow that both sessions are in the same second, and that what is to wait does.
            for moved in ({"scale": 0.001}, {"set": "2030-01-01T00:00:00.2Z"}):
                assert wire.control("POST", "/_mock/clock", json=moved).status_code == 200
        with Wire(server.base_url, key) as wire, Line(server.base_url, key, model="gpt-realtime") as line:
            line.configure(**TEXT)
            if ids:
                wire.control("POST", "/_mock/latency", json={"latency": "first=1s"})
            line.send("response.create")
            if ids:
                message = {"id": ids[0], "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Say hello"}]}
                line.send("conversation.item.create", item=message)
                line.until("conversation.item.done")
                wire.advance("2s")
            told = line.until("response.done")
            ids += [event["item"]["id"] for event in told if event["type"] == "response.output_item.added"]
    final = told[-1]["response"]
    assert ids[0] == ids[1]
    assert kinds(told)[-2:] == ["error", "response.done"]
    assert told[-2]["error"]["code"] == final["status_details"]["error"]["code"] == "item_create_duplicate_item_id"
    assert (final["status"], final["output"]) == ("failed", [])
