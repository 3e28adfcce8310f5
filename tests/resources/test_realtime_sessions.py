"""Who opens a Realtime session and how: keys, secrets, browsers, calls, the beta, sessions that write down or translate."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from openai import OpenAI
from websockets.exceptions import ConnectionClosed, InvalidStatus

from mockapi import Server
from mockapi.engine.sound import ear
from tests.conftest import Wire
from tests.line import Line, kinds, sound, spoken
from tests.receiver import Receiver


def test_who_may_not_connect(server: Server, key: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        Line(server.base_url, "", model="gpt-realtime")
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body)["error"]["type"] == "invalid_request_error"
    with pytest.raises(InvalidStatus) as nowhere:
        Line(server.base_url, key, path="/nowhere")
    assert nowhere.value.response.status_code == 404
    for asked, code, close in (("no-model", "model_not_found", 4000), ("", "missing_required_parameter", 4000)):
        with Line(server.base_url, key, model=asked) as line:
            assert line.next("error")["error"]["code"] == code
            with pytest.raises(ConnectionClosed) as closed:
                line.receive()
            assert closed.value.rcvd is not None and closed.value.rcvd.code == close
    browser = ["realtime", "openai-insecure-api-key.sk-mock-invalid"]
    with Line(server.base_url, "", subprotocols=browser, model="gpt-realtime") as line:
        assert line.next("error")["error"]["code"] == "invalid_api_key"
        with pytest.raises(ConnectionClosed) as closed:
            line.receive()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (3000, "invalid_request_error.invalid_api_key")


def test_a_browser_opens_a_session_with_a_secret(wire: Wire, client: OpenAI) -> None:
    made = client.realtime.client_secrets.create(
        session={"type": "realtime", "model": "gpt-realtime-mini", "audio": {"output": {"voice": "sage"}}, "instructions": "Be kind."},
        expires_after={"anchor": "created_at", "seconds": 60},
    )
    assert made.value.startswith("ek_")
    assert made.session.expires_at == 0
    browser = ["realtime", f"openai-insecure-api-key.{made.value}"]
    with Line(wire.base_url, "", subprotocols=browser) as line:
        assert line.socket.subprotocol == "realtime"
        session = line.next("session.created")["session"]
        assert (session["model"], session["instructions"]) == ("gpt-realtime-mini", "Be kind.")
        assert session["audio"]["output"]["voice"] == "sage"
        assert session["expires_at"] > made.expires_at
    wire.advance("61s")
    with Line(wire.base_url, "", subprotocols=browser) as line:
        assert line.next("error")["error"]["code"] == "invalid_api_key"


def test_a_session_that_writes_down(wire: Wire, client: OpenAI) -> None:
    made = client.realtime.client_secrets.create(
        session={"type": "transcription", "audio": {"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}}}
    )
    for key, intent in ((made.value, ""), (wire.key, "transcription")):
        with Line(wire.base_url, key, intent=intent) as line:
            assert line.next("session.created")["session"]["object"] == "realtime.transcription_session"
            transcription = {"model": "gpt-4o-mini-transcribe"}
            line.send("session.update", session={"type": "transcription", "audio": {"input": {"transcription": transcription}}})
            line.next("session.updated")
            line.speak("Nobody answers this.")
            told = line.until("conversation.item.input_audio_transcription.completed")
            assert told[-1]["transcript"] == "Nobody answers this."
            line.send("response.create")
            assert line.next("error")["error"]["type"] == "invalid_request_error"


def test_the_beta_speaks_in_its_own_way(client: OpenAI, wire: Wire) -> None:
    made = wire.request("POST", "/realtime/sessions", json={"model": "gpt-realtime", "voice": "ash", "modalities": ["text"]}).json()
    assert (made["voice"], made["modalities"], made["input_audio_format"]) == ("ash", ["text"], "pcm16")
    assert made["client_secret"]["value"].startswith("ek_")
    # sdk: the beta's part knows no other scheme than wss
    near = client.with_options(websocket_base_url=f"ws{wire.base_url.removeprefix('http')}")
    with near.beta.realtime.connect(model="gpt-realtime") as connection:
        assert connection.recv().type == "session.created"
        settings: Any = {"modalities": ["text", "audio"], "input_audio_format": "g711_ulaw", "turn_detection": None}
        connection.session.update(session=settings)
        session: Any = connection.recv().to_dict()["session"]
        assert session["input_audio_format"] == "g711_ulaw"
        assert session["turn_detection"] is None
        connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Say hello"}]}
        )
        connection.response.create()
        seen: list[Any] = []
        for event in connection:
            seen.append(event.to_dict())
            if event.type == "response.done":
                break
    names = kinds(seen)
    assert names[:2] == ["conversation.item.created", "response.created"]
    assert {"response.audio.delta", "response.audio_transcript.delta", "response.audio.done"} <= set(names)
    assert not any("output_" in name and "item" not in name for name in names)
    final = seen[-1]["response"]
    assert (final["modalities"], final["voice"], final["output"][0]["content"][0]["type"]) == (["audio", "text"], "alloy", "audio")


def test_a_translator_says_it_again(wire: Wire) -> None:
    made = wire.request(
        "POST",
        "/realtime/translations/client_secrets",
        json={"session": {"model": "gpt-realtime", "audio": {"output": {"language": "fr"}}}},
    ).json()
    with Line(wire.base_url, made["value"], path="/realtime/translations") as line:
        assert line.next("session.created")["session"]["audio"]["output"] == {"language": "fr"}
        line.send("session.update", session={"audio": {"input": {"transcription": {"model": "gpt-4o-transcribe"}}}})
        line.next("session.updated")
        sent = base64.b64encode(spoken("Good morning")).decode()
        line.send("session.input_audio_buffer.append", audio=sent)
        line.send("session.close")
        told = line.until("session.closed")
        text = {kind: "".join(event["delta"] for event in told if event["type"] == kind) for kind in kinds(told[:-1])}
        assert text["session.input_transcript.delta"] == "Good morning"
        assert text["session.output_transcript.delta"]
        assert ear.samples_of(sound(told), 24_000) == text["session.output_transcript.delta"]
        with pytest.raises(ConnectionClosed):
            line.receive()


def test_calls_come_in_and_are_answered(client: OpenAI, wire: Wire) -> None:
    with Receiver() as receiver:
        wire.control("POST", "/_mock/webhooks", json={"url": receiver.url})
        call_id = wire.control("POST", "/_mock/calls", json={"from": "+15550001"}).json()["call_id"]
        event = json.loads(receiver.wait(1)[0].body)
        assert (event["type"], event["data"]["call_id"]) == ("realtime.call.incoming", call_id)
        assert event["data"]["sip_headers"][0] == {"name": "From", "value": "<sip:+15550001@sip.example.com>"}
    client.realtime.calls.accept(call_id, type="realtime", model="gpt-realtime", instructions="Be brief.")
    with Line(wire.base_url, wire.key, call_id=call_id) as line:
        assert line.next("session.created")["session"]["instructions"] == "Be brief."
    client.realtime.calls.refer(call_id, target_uri="tel:+15550002")
    gone = wire.request("POST", f"/realtime/calls/{call_id}/hangup")
    assert gone.status_code == 404
    rung = wire.control("POST", "/_mock/calls").json()["call_id"]
    client.realtime.calls.reject(rung, status_code=486)
    assert [each["status"] for each in wire.control("GET", "/_mock/calls").json()["calls"]] == ["referred", "rejected"]


def test_an_offer_gets_an_answer(wire: Wire, client: OpenAI) -> None:
    offer = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
    made = client.realtime.calls.with_raw_response.create(
        sdp=offer, session={"type": "realtime", "model": "gpt-realtime", "audio": {"output": {"voice": "sage"}}}
    )
    assert made.http_response.status_code == 201
    assert made.http_response.text.startswith("v=0\r\n")
    call_id = made.http_response.headers["location"].rpartition("/")[2]
    with Line(wire.base_url, wire.key, call_id=call_id) as line:
        assert line.next("session.created")["session"]["audio"]["output"]["voice"] == "sage"
        client.realtime.calls.hangup(call_id)
        # Whoever listens is let go with the call.
        with pytest.raises(ConnectionClosed) as closed:
            line.receive()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1000
    secret = client.realtime.client_secrets.create(session={"type": "realtime", "model": "gpt-realtime-mini"})
    plain = wire.http.post(
        f"{wire.base_url}/realtime/calls",
        content=offer,
        headers={"content-type": "application/sdp", "authorization": f"Bearer {secret.value}"},
    )
    assert plain.status_code == 201
