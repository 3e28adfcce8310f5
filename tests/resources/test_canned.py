"""Canned mode: every operation answers every well-formed request, junk ids included, and echoes what it was asked with."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI
from PIL import Image
from pydantic import TypeAdapter

from mockapi import Server
from mockapi.engine import sound
from mockapi.operations import Operation
from mockapi.resources import everything
from tests.conftest import Wire
from tests.samples import LINE, REQUESTS, path_of, png, wav

OPERATIONS = everything()

CHAT = {"model": "some-model-of-tomorrow", "messages": [{"role": "user", "content": "Say hello"}]}


@pytest.fixture
def sdk(canned_server: Server, key: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=canned_server.base_url, api_key=key, max_retries=0) as made:
        yield made


@pytest.mark.parametrize("operation", list(OPERATIONS))
def test_every_operation_answers_junk_ids_with_a_valid_object(canned: Wire, operation: str) -> None:
    declared = OPERATIONS[operation]
    reply = canned.request(declared.method, path_of(declared), **REQUESTS.get(operation, {}))
    assert reply.status_code == declared.status, reply.text
    if declared.response is None:
        assert reply.headers["content-type"].split(";")[0] in declared.contents and reply.content
        return
    TypeAdapter(declared.response).validate_python(reply.json())
    if declared.parameters and "id" in reply.json():
        assert reply.json()["id"] == "junk-1" or "junk-1" in reply.json().values()


def _takes_a_model(declared: Operation) -> bool:
    contract = declared.request or declared.form
    return declared.prepare is not None and contract is not None and "model" in contract.model_fields


@pytest.mark.parametrize("operation", [name for name, declared in OPERATIONS.items() if _takes_a_model(declared)])
def test_models_nobody_knows_are_served(canned: Wire, operation: str) -> None:
    declared = OPERATIONS[operation]
    sent = {kind: dict(value) for kind, value in REQUESTS[operation].items()}
    sent["json" if "json" in sent else "data"]["model"] = "some-model-of-tomorrow"
    assert canned.request(declared.method, path_of(declared), **sent).status_code == declared.status


def test_what_was_sent_is_echoed(canned: Wire) -> None:
    made = canned.request("POST", "/files", **REQUESTS["createFile"]).json()
    assert (made["filename"], made["purpose"], made["bytes"]) == ("a.jsonl", "batch", len(json.dumps(LINE)))
    batch = canned.request("POST", "/batches", **REQUESTS["createBatch"]).json()
    assert (batch["input_file_id"], batch["endpoint"]) == ("file-x", "/v1/chat/completions")
    file = canned.request("POST", "/vector_stores/vs_x/files", **REQUESTS["createVectorStoreFile"]).json()
    assert (file["id"], file["vector_store_id"], file["attributes"]) == ("file-x", "vs_x", {"team": "blue", "year": 2026, "open": True})
    rows = canned.request("GET", "/vector_stores/vs_x/files").json()["data"]
    assert {row["vector_store_id"] for row in rows} <= {"vs_x"}
    assert canned.request("POST", "/vector_stores/vs_x/search", json={"query": "a"}).json()["search_query"] == ["a"]
    job = canned.request("POST", "/fine_tuning/jobs", **REQUESTS["createFineTuningJob"]).json()
    assert (job["model"], job["training_file"]) == ("gpt-4o-mini", "file-x")


def test_the_model_and_the_metadata_are_echoed(canned: Wire) -> None:
    made = canned.request("POST", "/chat/completions", json=CHAT).json()
    assert made["model"] == "some-model-of-tomorrow"
    assert made["choices"][0]["message"]["content"] == "Hello!"
    assert canned.request("POST", "/chat/completions/x", json={"metadata": {"team": "blue"}}).json()["metadata"] == {"team": "blue"}


def test_streams_are_served(canned: Wire) -> None:
    reply = canned.request("POST", "/chat/completions", json={**CHAT, "stream": True})
    events = [json.loads(line.removeprefix("data: ")) for line in reply.text.split("\n\n")[:-2]]
    assert "".join(event["choices"][0]["delta"].get("content", "") for event in events) == "Hello!"


def test_the_same_question_gets_the_same_sample(canned: Wire) -> None:
    first = canned.request("GET", "/chat/completions/abc")
    canned.control("POST", "/_mock/reset")
    assert canned.request("GET", "/chat/completions/abc").content == first.content


def test_what_is_not_well_formed_is_refused_as_ever(canned: Wire) -> None:
    assert canned.request("POST", "/chat/completions", json={"model": "x"}).status_code == 400
    assert canned.request("GET", "/chat/completions?limit=1000").status_code == 400
    assert canned.http.get(f"{canned.base_url}/models", headers={"authorization": ""}).status_code == 401


def test_there_are_no_limits(canned: Wire) -> None:
    reply = canned.request("POST", "/chat/completions", json=CHAT, headers={"x-mock-tier": "free"})
    assert reply.status_code == 200
    assert not any(name.startswith("x-ratelimit") for name in reply.headers)


@pytest.mark.parametrize(
    ("operation", "model"),
    [
        ("createChatCompletion", "whisper-1"),
        ("createChatCompletion", "o1-pro"),
        ("createEmbedding", "gpt-4o"),
        ("createCompletion", "text-embedding-3-small"),
        ("createModeration", "gpt-4"),
        ("createImage", "tts-1"),
        ("createSpeech", "dall-e-2"),
    ],
)
def test_a_model_that_is_not_for_an_operation_is_served(canned: Wire, operation: str, model: str) -> None:
    declared = OPERATIONS[operation]
    reply = canned.request(declared.method, path_of(declared), json={**REQUESTS[operation]["json"], "model": model})
    assert reply.status_code == 200, reply.text
    if "model" in getattr(declared.response, "__annotations__", {}):
        assert reply.json()["model"] == model


def test_listed_objects_echo_the_query(canned: Wire) -> None:
    asked = {"model": "gpt-4o", "metadata[team]": "blue", "limit": "1"}
    for path in ("/chat/completions", "/chat/completions?after=x"):
        listed = canned.request("GET", path, params=asked).json()
        assert [(row["model"], row["metadata"]) for row in listed["data"]] == [("gpt-4o", {"team": "blue"})]
        assert listed["first_id"] == listed["last_id"] == listed["data"][0]["id"]
        assert listed["has_more"] is False
    assert canned.request("GET", "/chat/completions", params={"limit": 0}).json()["data"] == []
    assert [row["purpose"] for row in canned.request("GET", "/files", params={"purpose": "vision", "limit": 1}).json()["data"]] == [
        "vision"
    ]


def test_samples_stay_within_what_the_api_takes(canned: Wire) -> None:
    for number in range(20):
        kept = canned.request("GET", f"/chat/completions/abc-{number}").json()
        assert 0 <= kept["temperature"] <= 2 and 0 <= kept["top_p"] <= 1
        assert -2 <= kept["presence_penalty"] <= 2 and -2 <= kept["frequency_penalty"] <= 2
        assert [choice["index"] for choice in kept["choices"]] == list(range(len(kept["choices"])))
        assert 1_700_000_000 < kept["created"] < 1_800_000_000
        counts = canned.request("GET", f"/batches/abc-{number}").json()["request_counts"]
        assert counts["total"] == counts["completed"] + counts["failed"]


JUNK = b"Example data"
NO_PICTURE: Any = {"type": "image_url", "image_url": {"url": "nonsense"}}
PAINTED: dict[str, Any] = {
    "prompt": "A cute baby sea otter", "model": "string", "background": "transparent", "moderation": "low", "n": 1,
    "output_compression": 100, "output_format": "png", "partial_images": 1, "quality": "high", "response_format": "url",
    "size": "1024x1024", "user": "user-1234",
}  # fmt: skip
EDITED = {name: value for name, value in PAINTED.items() if name != "moderation"} | {"input_fidelity": "high"}
# What the official SDK's own tests send, and what else no model takes.
REFUSED_OTHERWISE: dict[str, Callable[[OpenAI], Any]] = {
    "transcription": lambda sdk: sdk.audio.transcriptions.create(file=JUNK, model="gpt-4o-transcribe", language="language").text,
    "translation": lambda sdk: sdk.audio.translations.create(file=JUNK, model="whisper-1").text,
    "edit": lambda sdk: sdk.images.edit(image=JUNK, prompt="A cute baby sea otter").data,
    "edit with all": lambda sdk: sdk.images.edit(image=JUNK, mask=JUNK, **EDITED).data,
    "edit streamed": lambda sdk: [event.b64_json for event in sdk.images.edit(image=JUNK, stream=True, **EDITED)],
    "variation": lambda sdk: sdk.images.create_variation(image=JUNK).data,
    "variation with all": lambda sdk: (
        sdk.images.create_variation(image=JUNK, model="string", n=1, response_format="url", size="1024x1024", user="user-1234").data
    ),
    "generation with all": lambda sdk: sdk.images.generate(style="vivid", **PAINTED).data,
    "generation streamed": lambda sdk: [event.b64_json for event in sdk.images.generate(style="vivid", stream=True, **PAINTED)],
    "completion": lambda sdk: sdk.completions.create(model="string", prompt="a", best_of=0, n=1).choices,
    "completion streamed": lambda sdk: [
        chunk.choices for chunk in sdk.completions.create(model="string", prompt="a", best_of=0, n=1, echo=True, suffix="b", stream=True)
    ],
    "chat": lambda sdk: sdk.chat.completions.create(model="o1", messages=[{"role": "tool", "tool_call_id": "x", "content": "y"}]).choices,
    "chat streamed": lambda sdk: [
        chunk.choices
        for chunk in sdk.chat.completions.create(
            model="string", messages=[{"role": "user", "content": "x"}], tool_choice="required", stream=True
        )
    ],
    "embedding": lambda sdk: sdk.embeddings.create(model="text-embedding-ada-002", input="", dimensions=1).data,
    "moderation": lambda sdk: sdk.moderations.create(input=[NO_PICTURE], model="").results,
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("ask", list(REFUSED_OTHERWISE.values()), ids=list(REFUSED_OTHERWISE))
def test_what_only_a_model_would_refuse_is_answered(sdk: OpenAI, ask: Callable[[OpenAI], Any]) -> None:
    assert ask(sdk)


@pytest.mark.parametrize("form", ["mp3", "opus", "aac", "flac", "wav", "pcm"])
def test_a_voice_nobody_has_is_heard(sdk: OpenAI, form: Any) -> None:
    answer = sdk.audio.speech.create(input="string", model="string", voice="string", response_format=form)
    assert answer.response.headers["content-type"] == f"audio/{'mpeg' if form == 'mp3' else form}"
    if form not in ("opus", "aac", "pcm"):
        assert sound.listen(answer.read(), f"a.{form}").seconds > 0.1
    assert answer.content


def test_a_voice_nobody_has_is_heard_in_events(canned: Wire) -> None:
    asked = {"input": "string", "model": "string", "voice": "string", "stream_format": "sse"}
    told = canned.request("POST", "/audio/speech", json=asked).text.split("\n\n")[:-1]
    events = [json.loads(event.partition("data: ")[2]) for event in told]
    assert [event["type"] for event in events] == ["speech.audio.delta", "speech.audio.done"]
    assert sound.listen(base64.b64decode(events[0]["audio"]), "a.mp3").seconds > 0.1


@pytest.mark.parametrize("form", ["json", "text", "srt", "verbose_json", "vtt", "diarized_json"])
def test_a_recording_that_is_none_is_written_down_as_asked(canned: Wire, form: str) -> None:
    sent = {"data": {"model": "gpt-4o-transcribe", "response_format": form}}
    answers = [
        canned.request("POST", "/audio/transcriptions", files={"file": ("a.mp3", JUNK, None)}, **sent),
        # A real one, in a form that the model does not write.
        canned.request("POST", "/audio/transcriptions", files={"file": ("a.wav", wav(), "audio/wav")}, **sent),
    ]
    for answer in answers:
        assert answer.status_code == 200
        if form in ("text", "srt", "vtt"):
            assert answer.headers["content-type"].startswith("text/plain") and answer.text.startswith("WEBVTT") == (form == "vtt")
        else:
            assert ("segments" in answer.json()) <= ("duration" in answer.json()) == (form != "json")


def test_a_sampled_picture_is_one(sdk: OpenAI) -> None:
    shown = [event.b64_json for event in sdk.images.generate(style="vivid", stream=True, **PAINTED)]
    assert len(shown) == 2 and all(Image.open(io.BytesIO(base64.b64decode(each))).size == (1, 1) for each in shown)


def test_what_can_be_done_is_done(sdk: OpenAI) -> None:
    heard = sdk.audio.transcriptions.create(file=("a.wav", wav("Good morning to everybody")), model="string")
    assert heard.text.strip(".").lower() == "good morning to everybody"
    edited = sdk.images.edit(image=("a.png", png(size=(64, 64)), "image/png"), prompt="make it blue", model="dall-e-2", size="256x256")
    assert edited.data and edited.data[0].url


def test_the_contract_holds_all_the_same(sdk: OpenAI) -> None:
    unknown: Any = "midi"
    wrong: list[Callable[[], Any]] = [
        lambda: sdk.completions.create(model="string", prompt="a", best_of=21),
        lambda: sdk.images.generate(prompt="x", n=11),
        lambda: sdk.audio.speech.create(input="x", model="x", voice="x", response_format=unknown),
        lambda: sdk.images.edit(image=JUNK, prompt=""),
        lambda: sdk.moderations.create(input=[]),
    ]
    for call in wrong:
        with pytest.raises(openai.BadRequestError):
            call()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/fine_tuning/jobs/x/pause", "running"),
        ("/fine_tuning/jobs/x/resume", "queued"),
        ("/fine_tuning/jobs/x/cancel", "cancelled"),
        ("/batches/x/cancel", "cancelling"),
        ("/uploads/x/cancel", "cancelled"),
    ],
)
def test_what_is_told_to_change_says_that_it_did(canned: Wire, path: str, status: str) -> None:
    for number in range(5):
        assert canned.request("POST", path.replace("x", f"x-{number}")).json()["status"] == status
