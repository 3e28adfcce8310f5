"""Canned mode: every operation answers every well-formed request, junk ids included, and echoes what it was asked with."""

from __future__ import annotations

import json

import pytest
from pydantic import TypeAdapter

from mockapi.resources import everything
from tests.conftest import Wire
from tests.samples import LINE, REQUESTS, path_of

OPERATIONS = everything()

CHAT = {"model": "some-model-of-tomorrow", "messages": [{"role": "user", "content": "Say hello"}]}


@pytest.mark.parametrize("operation", list(OPERATIONS))
def test_every_operation_answers_junk_ids_with_a_valid_object(canned: Wire, operation: str) -> None:
    declared = OPERATIONS[operation]
    reply = canned.request(declared.method, path_of(declared), **REQUESTS.get(operation, {}))
    assert reply.status_code == 200, reply.text
    if declared.response is None:
        assert reply.headers["content-type"].split(";")[0] in declared.contents and reply.content
        return
    TypeAdapter(declared.response).validate_python(reply.json())
    if declared.parameters and "id" in reply.json():
        assert reply.json()["id"] == "junk-1" or "junk-1" in reply.json().values()


@pytest.mark.parametrize("operation", [name for name, declared in OPERATIONS.items() if declared.prepare is not None])
def test_models_nobody_knows_are_served(canned: Wire, operation: str) -> None:
    declared = OPERATIONS[operation]
    sent = {kind: dict(value) for kind, value in REQUESTS[operation].items()}
    sent["json" if "json" in sent else "data"]["model"] = "some-model-of-tomorrow"
    assert canned.request(declared.method, path_of(declared), **sent).status_code == 200


def test_what_was_sent_is_echoed(canned: Wire) -> None:
    made = canned.request("POST", "/files", **REQUESTS["createFile"]).json()
    assert (made["filename"], made["purpose"], made["bytes"]) == ("a.jsonl", "batch", len(json.dumps(LINE)))
    batch = canned.request("POST", "/batches", **REQUESTS["createBatch"]).json()
    assert (batch["input_file_id"], batch["endpoint"]) == ("file-x", "/v1/chat/completions")
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
