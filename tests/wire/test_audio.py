"""Audio as bytes on the wire: layouts, events, headers, limits, refusals (api-facts A.1, A.3, B.3, C.7, D.6, D.7)."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from mockapi import Server, Settings
from mockapi.engine import sound
from tests.conftest import Wire
from tests.contract.test_answers import lines
from tests.contract.test_parity import Reasons, unexplained
from tests.samples import silence, wav

TEXT = "Good morning to everybody"
SECONDS = sound.duration(TEXT)
LEAST = {"model": "tts-1", "voice": "alloy", "input": TEXT}
USED = {"type": "duration", "seconds": 0}
FORMS = "['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', 'wav', 'webm']"
TTS = "'nova', 'shimmer', 'echo', 'onyx', 'fable', 'alloy', 'ash', 'sage' or 'coral'"
MINI_TTS = "'nova', 'shimmer', 'echo', 'onyx', 'fable', 'alloy', 'ash', 'sage', 'coral', 'ballad', 'verse', 'marin' or 'cedar'"
LIMITS = {f"x-ratelimit-{what}-{kind}" for what in ("limit", "remaining", "reset") for kind in ("requests", "tokens")}
REQUESTS = {name for name in LIMITS if name.endswith("requests")}


def speak(wire: Wire, headers: dict[str, str] | None = None, **body: Any) -> httpx2.Response:
    """A spoken text; a value of ... leaves a key out."""
    sent = {name: value for name, value in {**LEAST, **body}.items() if value is not ...}
    return wire.request("POST", "/audio/speech", json=sent, headers=headers)


def hear(
    wire: Wire,
    content: bytes | None = None,
    name: str = "a.wav",
    to: str = "transcriptions",
    headers: dict[str, str] | None = None,
    fields: dict[str, Any] | None = None,
    **data: Any,
) -> httpx2.Response:
    """A transcript of somebody who says TEXT, or of another recording; a value of ... leaves a field out."""
    sent = {key: value for key, value in {"model": "whisper-1", **data, **(fields or {})}.items() if value is not ...}
    files = {"file": (name, wav(TEXT) if content is None else content, "application/octet-stream")}
    return wire.request("POST", f"/audio/{to}", data=sent, files=files, headers=headers)


def events(reply: httpx2.Response) -> list[str]:
    """The data of each event; checks the framing on the way."""
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert reply.headers["cache-control"] == "no-store"
    text = reply.content.decode()
    assert text.endswith("\r\n\r\ndata: [DONE]\r\n\r\n")
    found = text.split("\r\n\r\n")[:-1]
    assert all(event.startswith("data: ") and "\n" not in event for event in found)
    return [event.removeprefix("data: ") for event in found[:-1]]


def test_speech_in_events_is_these_bytes(wire: Wire) -> None:
    reply = speak(wire, model="gpt-4o-mini-tts", stream_format="sse", instructions="Be kind")
    *deltas, done = events(reply)
    assert all(delta.startswith('{"type":"speech.audio.delta","audio":"') for delta in deltas)
    whole = speak(wire, model="gpt-4o-mini-tts")
    assert b"".join(base64.b64decode(json.loads(delta)["audio"]) for delta in deltas) == whole.content == sound.say(TEXT, "mp3")
    made = math.ceil(SECONDS * 20)
    assert done == f'{{"type":"speech.audio.done","usage":{{"input_tokens":6,"output_tokens":{made},"total_tokens":{6 + made}}}}}'
    for event in (*deltas, done):
        assert not list(lines("createSpeech", "events", event))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"stream_format": "audio"},
        {"model": "tts-1-hd", "stream_format": "sse"},
        {"stream_format": None, "speed": None, "response_format": None},
    ],
)
def test_speech_is_chunked_audio(wire: Wire, options: dict[str, Any]) -> None:
    reply = speak(wire, **options)
    assert reply.headers["content-type"] == "audio/mpeg"
    assert reply.headers["transfer-encoding"] == "chunked"
    assert reply.content == sound.say(TEXT, "mp3")


def test_speech_shows_both_limits_and_costs_a_quarter_token_a_character(wire: Wire) -> None:
    tier = {"x-mock-tier": "1"}
    reply = speak(wire, tier, model="gpt-4o-mini-tts", input="a" * 4000)
    assert {name for name in reply.headers if name.startswith("x-ratelimit")} == LIMITS
    assert reply.headers["x-ratelimit-remaining-tokens"] == "49000"
    assert {name for name in speak(wire, tier).headers if name.startswith("x-ratelimit")} == REQUESTS


def test_transcripts_show_requests_alone(wire: Wire) -> None:
    for to, model in (("transcriptions", "gpt-4o-mini"), ("translations", "gpt-4o-mini"), ("transcriptions", "gpt-4o-transcribe")):
        reply = hear(wire, to=to, model=model, headers={"x-mock-tier": "1"})
        assert {name for name in reply.headers if name.startswith("x-ratelimit")} == REQUESTS
    assert reply.headers["x-ratelimit-remaining-requests"] == "499"


def test_limits_are_those_of_the_tier(wire: Wire) -> None:
    free = {"x-mock-tier": "free"}
    assert [hear(wire, headers=free).status_code for _ in range(4)] == [200, 200, 200, 429]
    error = hear(wire, headers=free).json()
    assert "on requests per min (RPM): Limit 3, Used 3, Requested 1" in error["error"]["message"]
    assert set(error) == {"error"}
    assert speak(wire, free, model="gpt-4o-mini-tts").status_code == 403


def test_transcripts_are_compact_and_in_the_apis_order(wire: Wire) -> None:
    assert hear(wire).content == b'{"text":"Good morning to everybody","usage":{"type":"duration","seconds":2}}'
    assert hear(wire, to="translations").content == b'{"text":"Good morning to everybody"}'
    usage = {"type": "tokens", "total_tokens": 22, "input_tokens": 18, "input_token_details": {"text_tokens": 2, "audio_tokens": 16}}
    made = {"text": TEXT, "usage": {**usage, "output_tokens": 4}}
    assert hear(wire, model="gpt-4o-transcribe", prompt="Hello there").text == json.dumps(made, separators=(",", ":"))
    verbose = hear(wire, response_format="verbose_json", fields={"timestamp_granularities[]": ["segment", "word"]})
    assert verbose.text == json.dumps(verbose.json(), separators=(",", ":"))
    assert list(verbose.json()) == ["task", "language", "duration", "text", "segments", "words", "usage"]
    assert list(verbose.json()["segments"][0]) == [
        "id", "seek", "start", "end", "text", "tokens", "temperature", "avg_logprob", "compression_ratio", "no_speech_prob",
    ]  # fmt: skip
    diarized = hear(wire, model="gpt-4o-transcribe-diarize", response_format="diarized_json")
    assert list(diarized.json()) == ["task", "duration", "text", "segments", "usage"]
    translated = hear(wire, to="translations", response_format="verbose_json")
    assert list(translated.json()) == ["task", "language", "duration", "text", "segments"]


def test_times_are_numbers_of_32_bits(wire: Wire) -> None:
    assert hear(wire, silence(8.47), response_format="verbose_json").json()["duration"] == 8.470000267028809


@pytest.mark.parametrize("to", ["transcriptions", "translations"])
@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("text", "Good morning to everybody\n"),
        ("srt", "1\n00:00:00,000 --> 00:00:01,520\nGood morning to everybody\n\n"),
        ("vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:01.520\nGood morning to everybody\n\n"),
    ],
)
def test_texts_are_plain(wire: Wire, to: str, form: str, text: str) -> None:
    reply = hear(wire, to=to, response_format=form)
    assert (reply.headers["content-type"], reply.text) == ("text/plain; charset=utf-8", text)


def test_a_transcripts_events_are_these_bytes(wire: Wire) -> None:
    told = events(hear(wire, model="gpt-4o-transcribe", stream="true"))
    assert told == [
        '{"type":"transcript.text.delta","delta":"Good"}',
        '{"type":"transcript.text.delta","delta":" morning"}',
        '{"type":"transcript.text.delta","delta":" to"}',
        '{"type":"transcript.text.delta","delta":" everybody"}',
        '{"type":"transcript.text.done","text":"Good morning to everybody","usage":{"type":"tokens","total_tokens":20,"input_tokens":16,'
        '"input_token_details":{"text_tokens":0,"audio_tokens":16},"output_tokens":4}}',
    ]
    diarized = events(hear(wire, model="gpt-4o-transcribe-diarize", stream="true", response_format="diarized_json"))
    assert diarized[0] == (
        '{"type":"transcript.text.segment","text":" Good morning to everybody","speaker":"A","start":0.0,"end":1.52,"id":"seg_0"}'
    )
    first = json.loads(events(hear(wire, model="gpt-4o-transcribe", stream="true", fields={"include[]": "logprobs"}))[0])
    assert list(first) == ["type", "delta", "logprobs"] and first["logprobs"][0]["bytes"] == list(b"Good")


def test_whisper_takes_no_notice_of_stream(wire: Wire) -> None:
    assert hear(wire, stream="true").content == hear(wire).content


@pytest.mark.parametrize(
    "strategy",
    [
        {"chunking_strategy": "auto"},
        {"chunking_strategy": '{"type": "server_vad", "threshold": 0.5}'},
        {"chunking_strategy[type]": "server_vad", "chunking_strategy[silence_duration_ms]": "300"},
    ],
)
def test_a_strategy_comes_in_three_ways(wire: Wire, strategy: dict[str, str]) -> None:
    assert hear(wire, silence(31), model="gpt-4o-transcribe-diarize", fields=strategy).status_code == 200


# Faults of speech: what is sent, the message, the param and the code.
SPEECH: list[tuple[dict[str, Any], str, str | None, str | None]] = [
    ({"model": ...}, "you must provide a model parameter", None, None),
    ({"input": ...}, "Missing required parameter: 'input'.", "input", "missing_required_parameter"),
    ({"voice": ...}, "Missing required parameter: 'voice'.", "voice", "missing_required_parameter"),
    ({"pitch": 3}, "Unknown parameter: 'pitch'.", "pitch", "unknown_parameter"),
    (
        {"input": "é" * 4097},
        "[{'type': 'string_too_long', 'loc': ('body', 'input'), 'msg': 'String should have at most 4096 characters', 'input': '"
        + "é" * 4097
        + "', 'ctx': {'max_length': 4096}}]",
        None,
        None,
    ),
    (
        {"input": ""},
        "[{'type': 'string_too_short', 'loc': ('body', 'input'), 'msg': 'String should have at least 1 character', 'input': '', "
        "'ctx': {'min_length': 1}}]",
        None,
        None,
    ),
    (
        {"voice": "ballad"},
        f"[{{'type': 'enum', 'loc': ('body', 'voice'), 'msg': \"Input should be {TTS}\", 'input': 'ballad', 'ctx': {{'expected': \"{TTS}\"}}}}]",
        None,
        None,
    ),
    (
        {"voice": "Puck", "model": "gpt-4o-mini-tts"},
        f"[{{'type': 'enum', 'loc': ('body', 'voice'), 'msg': \"Input should be {MINI_TTS}\", 'input': 'Puck', "
        f"'ctx': {{'expected': \"{MINI_TTS}\"}}}}]",
        None,
        None,
    ),
    ({"voice": {}}, "Missing required parameter: 'voice.id'.", "voice.id", "missing_required_parameter"),
    (
        {"response_format": "ogg"},
        "Invalid value: 'ogg'. Supported values are: 'mp3', 'opus', 'aac', 'flac', 'wav', and 'pcm'.",
        "response_format",
        "invalid_value",
    ),
    (
        {"speed": 0.2},
        "Invalid 'speed': decimal below minimum value. Expected a value >= 0.25, but got 0.2 instead.",
        "speed",
        "decimal_below_min_value",
    ),
    (
        {"speed": 4.5},
        "Invalid 'speed': decimal above maximum value. Expected a value <= 4, but got 4.5 instead.",
        "speed",
        "decimal_above_max_value",
    ),
]


@pytest.mark.parametrize(("body", "message", "param", "code"), SPEECH)
def test_faults_of_speech(wire: Wire, body: dict[str, Any], message: str, param: str | None, code: str | None) -> None:
    reply = speak(wire, **body)
    assert reply.status_code == 400
    assert reply.json() == {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}
    assert not any(name.startswith("x-ratelimit") for name in reply.headers)


def test_a_sample_of_a_speaker_is_heard_once_the_request_is_admitted(wire: Wire) -> None:
    fields = {"known_speaker_names[]": "Ann", "known_speaker_references[]": "data:audio/wav;base64,AAAA", "model": DIARIZE}
    reply = hear(wire, fields=fields)
    assert reply.status_code == 400 and reply.json()["error"]["param"] == "known_speaker_references[0]"
    assert reply.json()["error"]["message"] == (
        "Invalid 'known_speaker_references[0]': expected a data URL of an audio sample between 2 and 10 seconds."
    )
    assert "x-ratelimit-remaining-requests" in reply.headers


GPT, DIARIZE = "gpt-4o-transcribe", "gpt-4o-transcribe-diarize"


def response_format(form: str, model: str) -> tuple[str, str, str]:
    message = f"response_format '{form}' is not compatible with model '{model}'. Use 'json' or 'text' instead."
    return message, "response_format", "unsupported_value"


def without(name: str, model: str) -> tuple[str, str, str]:
    return f"{name} is not supported for model '{model}'.", name, "unsupported_parameter"


# Faults of transcriptions that are found before the charge: fields, the message, the param and the code.
FIELDS: list[tuple[dict[str, Any], str, str | None, str | None]] = [
    ({"model": ...}, "you must provide a model parameter", None, None),
    ({"mode": "x"}, "Unknown parameter: 'mode'.", "mode", "unknown_parameter"),
    (
        {"language": "english"},
        "Invalid language 'english'. Language parameter must be specified in ISO-639-1 format.",
        "language",
        "invalid_language_format",
    ),
    (
        {"temperature": "2"},
        "Invalid 'temperature': decimal above maximum value. Expected a value <= 1, but got 2.0 instead.",
        "temperature",
        "decimal_above_max_value",
    ),
    (
        {"temperature": "warm"},
        "Invalid type for 'temperature': expected a decimal, but got a string value that could not be converted into a decimal.",
        "temperature",
        "invalid_type",
    ),
    (
        {"response_format": "xml"},
        "Invalid value: 'xml'. Supported values are: 'json', 'text', 'srt', 'verbose_json', 'vtt', and 'diarized_json'.",
        "response_format",
        "invalid_value",
    ),
    ({"response_format": "diarized_json"}, *response_format("diarized_json", "whisper-1")),
    ({"response_format": "verbose_json", "model": GPT}, *response_format("verbose_json", f"{GPT}-api-ev3")),
    ({"response_format": "srt", "model": "gpt-4o-mini"}, *response_format("srt", "gpt-4o-mini-transcribe-api-ev3")),
    ({"response_format": "vtt", "model": DIARIZE}, *response_format("vtt", f"{DIARIZE}-api-ev3")),
    (
        {"timestamp_granularities[]": "word"},
        "`response_format` must be `verbose_json` if `timestamp_granularities[]` is provided",
        "timestamp_granularities",
        "invalid_value",
    ),
    (
        {"timestamp_granularities[]": ["word", "letter"]},
        "Invalid value: 'letter'. Supported values are: 'word' and 'segment'.",
        "timestamp_granularities[1]",
        "invalid_value",
    ),
    ({"include[]": "logprobs"}, *without("include", "whisper-1")),
    ({"prompt": "x", "model": DIARIZE}, *without("prompt", DIARIZE)),
    (
        {"include[]": "logprobs", "model": GPT, "response_format": "text"},
        "include 'logprobs' is only supported with response_format 'json'.",
        "include",
        "unsupported_value",
    ),
    (
        {"chunking_strategy": '{"type": "vad"}', "model": DIARIZE},
        "Invalid value: 'vad'. Supported values are: 'server_vad'.",
        "chunking_strategy.type",
        "invalid_value",
    ),
    (
        {"chunking_strategy": "{", "model": DIARIZE},
        "Invalid value: '{'. Supported values are: 'auto'.",
        "chunking_strategy",
        "invalid_value",
    ),
    (
        {"known_speaker_names[]": "Ann", "model": DIARIZE},
        "known_speaker_names and known_speaker_references must have the same length, but got 1 and 0.",
        "known_speaker_references",
        "invalid_value",
    ),
    (
        {"known_speaker_names[]": "Ann", "known_speaker_references[]": "data:audio/wav;base64,A", "model": DIARIZE},
        "Invalid 'known_speaker_references[0]': expected a data URL of an audio sample between 2 and 10 seconds.",
        "known_speaker_references[0]",
        "invalid_value",
    ),
]


@pytest.mark.parametrize(("fields", "message", "param", "code"), FIELDS)
def test_faults_of_a_form(wire: Wire, fields: dict[str, Any], message: str, param: str | None, code: str | None) -> None:
    reply = hear(wire, fields=fields)
    assert reply.status_code == 400
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    assert reply.json() == {"error": error, "usage": USED}
    assert not any(name.startswith("x-ratelimit") for name in reply.headers)


# Faults of a recording, found by the model: the fields, the recording and its name, the message, the param and the code.
RECORDINGS: list[tuple[str, bytes, str, str, str | None, str | None]] = [
    ("whisper-1", b"words", "a.txt", f"Invalid file format. Supported formats: {FORMS}", None, None),
    (GPT, silence(2), "sound", f"Invalid file format. Supported formats: {FORMS}", None, None),
    ("whisper-1", b"words", "a.mp3", "The audio file could not be decoded or its format is not supported.", None, None),
    (GPT, b"words", "a.mp3", "Audio file might be corrupted or unsupported", "file", "invalid_value"),
    ("whisper-1", b"", "a.wav", "The audio file could not be decoded or its format is not supported.", None, None),
    ("whisper-1", silence(0.05), "a.wav", "Audio file is too short. Minimum audio length is 0.1 seconds.", "file", "audio_too_short"),
    (DIARIZE, silence(31), "a.wav", "chunking_strategy is required for diarization models", "chunking_strategy", "invalid_value"),
]


@pytest.mark.parametrize(("model", "content", "name", "message", "param", "code"), RECORDINGS)
def test_faults_of_a_recording(
    wire: Wire, model: str, content: bytes, name: str, message: str, param: str | None, code: str | None
) -> None:
    reply = hear(wire, content, name, model=model)
    assert reply.status_code == 400
    assert reply.content == json.dumps(reply.json(), indent=2).encode()
    assert reply.json() == {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}, "usage": USED}
    assert reply.headers["x-ratelimit-remaining-requests"]
    if model == "whisper-1":
        told = hear(wire, content, name, to="translations")
        assert told.json() == {"error": reply.json()["error"]}


def test_a_recording_has_a_longest_size(wire: Wire) -> None:
    for size in (26_214_400, 40_000_000):
        reply = hear(wire, bytes(size))
        sent = int(reply.request.headers["content-length"])
        assert reply.status_code == 413
        assert reply.json() == {
            "error": {
                "message": f"Maximum content size limit (26214400) exceeded ({sent} bytes read)",
                "type": "server_error",
                "param": None,
                "code": None,
            },
            "usage": USED,
        }


def ten_bytes_a_second(seconds: int) -> bytes:
    """A silent wave file of few bytes."""
    from struct import pack

    rate = 10
    head = pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + seconds * rate, b"WAVE", b"fmt ", 16, 1, 1, rate, rate, 1, 8)
    return head + pack("<4sI", b"data", seconds * rate) + bytes(seconds * rate)


@pytest.mark.parametrize(("model", "longest"), [(GPT, 1500), ("gpt-4o-mini-transcribe", 1500), (DIARIZE, 1400), ("gpt-4o-mini", 1500)])
def test_a_recording_has_a_longest_time(wire: Wire, model: str, longest: int) -> None:
    options = {"chunking_strategy": "auto"} if model == DIARIZE else {}
    assert hear(wire, ten_bytes_a_second(longest), model=model, fields=options).status_code == 200
    error = hear(wire, ten_bytes_a_second(longest + 1), model=model, fields=options).json()["error"]
    message = f"audio duration {longest + 1}.0 seconds is longer than {longest} seconds which is the maximum for this model"
    assert error == {"message": message, "type": "invalid_request_error", "param": None, "code": "invalid_value"}
    assert hear(wire, ten_bytes_a_second(longest + 1)).status_code == 200


@pytest.mark.parametrize(("to", "model"), [("transcriptions", "gpt-4o"), ("transcriptions", "tts-1"), ("translations", GPT)])
def test_a_model_that_does_not_hear_has_no_such_endpoint(wire: Wire, to: str, model: str) -> None:
    reply = hear(wire, to=to, model=model)
    message = f"Invalid URL (POST /v1/audio/{to})"
    assert reply.status_code == 404
    assert reply.json() == {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
    assert speak(wire, model="whisper-1").json()["error"]["message"] == "Invalid URL (POST /v1/audio/speech)"


def test_a_model_that_is_not_there_is_the_edges_404(wire: Wire) -> None:
    for reply in (hear(wire, model="whisper-9"), hear(wire, to="translations", model="whisper-9"), speak(wire, model="whisper-9")):
        assert reply.status_code == 404
        assert reply.json()["error"]["code"] == "model_not_found" and set(reply.json()) == {"error"}


def test_other_bodies_are_refused(wire: Wire) -> None:
    reply = wire.request("POST", "/audio/transcriptions", json={"model": "whisper-1"})
    assert reply.json()["error"]["code"] == "unsupported_content_type" and reply.json()["usage"] == USED
    bare = wire.request("POST", "/audio/transcriptions", data={"model": "whisper-1"}, files={"other": ("a.wav", b"x")})
    assert bare.json()["error"]["param"] == "file"
    assert hear(wire, language="", prompt="").status_code == 200


def answers(wire: Wire) -> Iterator[str]:
    """What the document has against all forms of answers."""
    for model in ("whisper-1", GPT, DIARIZE):
        yield from lines("createTranscription", "response", hear(wire, model=model).text)
    yield from lines("createTranscription", "response", hear(wire, model=GPT, fields={"include[]": "logprobs"}).text)
    for granularities in (["word"], ["segment"], ["word", "segment"]):
        made = hear(wire, response_format="verbose_json", fields={"timestamp_granularities[]": granularities})
        yield from lines("createTranscription", "response", made.text)
    yield from lines("createTranscription", "response", hear(wire, model=DIARIZE, response_format="diarized_json").text)
    for form in ("json", "verbose_json"):
        yield from lines("createTranslation", "response", hear(wire, to="translations", response_format=form).text)
    for model, options in ((GPT, {"include[]": "logprobs"}), (DIARIZE, {}), (DIARIZE, {"response_format": "diarized_json"})):
        for event in events(hear(wire, model=model, stream="true", fields=options)):
            yield from lines("createTranscription", "events", event)


# The document's shapes are told apart by nothing: one that has all keys of another is both.
BOTH: Reasons = [(r"is valid under (each of|more than one)", "a verbose or diarized object is a plain one too")]


def test_answers_and_events_are_what_the_document_describes(wire: Wire) -> None:
    bare, _ = unexplained(list(answers(wire)), BOTH)
    assert not bare, "\n".join(bare)


def test_canned_answers_are_the_same() -> None:
    with Server(Settings(port=0, mode="canned")) as mock, Wire(mock.base_url, "sk-canned") as wire:
        assert hear(wire, model="whisper-of-tomorrow").json()["text"] == TEXT
        assert speak(wire, model="tts-of-tomorrow", voice="cedar", stream_format="sse").content.endswith(b"data: [DONE]\r\n\r\n")
        assert hear(wire, model="whisper-of-tomorrow", to="translations").json() == {"text": TEXT}
