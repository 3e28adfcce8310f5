"""Requests that are much work, in a server of its own: they are answered in full, and others get their turn meanwhile."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from typing import Literal

import httpx2
import pytest
from openai import APITimeoutError, OpenAI
from openai.types.chat import ChatCompletionMessageParam

from mockapi.engine import sound
from tests import documents
from tests.e2e.test_process import running

# Generous: where nothing else runs it is some tens of milliseconds, and what is measured took from half a second to a minute before.
LONGEST = 0.5
WORDS = [f"{number:x} is a number" for number in range(2048)]


@pytest.fixture(scope="module")
def client() -> Iterator[OpenAI]:
    with (
        running("--port", "0", "--lifecycle", "immediate", "--tier", "unlimited") as (process, url, _),
        OpenAI(base_url=url, api_key="sk-busy", max_retries=0) as client,
    ):
        yield client
        process.terminate()
        _, told = process.communicate(timeout=30)
        assert not told


@contextlib.contextmanager
def watched(client: OpenAI) -> Iterator[None]:
    """Fails where another client had to wait long in the meantime. What is got is read afterwards: that would keep the other's thread waiting."""
    ended = threading.Event()
    waits: list[float] = []

    def ask() -> None:
        with httpx2.Client(base_url=str(client.base_url).removesuffix("/v1/"), timeout=60) as http:
            while not ended.is_set():
                begun = time.perf_counter()
                http.get("/health").raise_for_status()
                waits.append(time.perf_counter() - begun)
                time.sleep(0.005)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        while not waits:
            time.sleep(0.01)
        waits.clear()
        yield
    finally:
        ended.set()
        thread.join()
    assert max(waits) < LONGEST


@pytest.mark.parametrize("model", ["text-embedding-3-large", "text-embedding-ada-002"])
def test_many_embeddings(client: OpenAI, model: str) -> None:
    with watched(client):
        found = client.embeddings.with_raw_response.create(model=model, input=WORDS, encoding_format="float")
    rows = found.http_response.json()["data"]
    assert [row["index"] for row in rows] == list(range(len(WORDS)))
    few = client.embeddings.with_raw_response.create(model=model, input=WORDS[7:9], encoding_format="float")
    assert [row["embedding"] for row in few.http_response.json()["data"]] == [row["embedding"] for row in rows[7:9]]
    # Large answers are laid out as small ones are.
    assert found.http_response.text[:60] == few.http_response.text[:60]
    assert found.http_response.text[-3:].lstrip("0123456789") == few.http_response.text[-3:].lstrip(":0123456789")


def _batch(client: OpenAI, endpoint: Literal["/v1/embeddings", "/v1/completions"], bodies: list[object]) -> list[bytes]:
    rows = [{"custom_id": str(number), "method": "POST", "url": endpoint, "body": body} for number, body in enumerate(bodies)]
    file = client.files.create(file=("in.jsonl", "\n".join(map(json.dumps, rows)).encode()), purpose="batch")
    with watched(client):
        made = client.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h")
        done = client.batches.retrieve(made.id)
    assert done.status == "completed" and done.request_counts is not None and done.output_file_id is not None
    assert (done.request_counts.completed, done.request_counts.failed) == (len(bodies), 0)
    return client.files.content(done.output_file_id).content.splitlines()


def test_a_batch_of_many_embeddings(client: OpenAI) -> None:
    bodies: list[object] = [{"model": "text-embedding-3-small", "input": [f"{word} {line}" for word in WORDS[:1024]]} for line in range(2)]
    for line in _batch(client, "/v1/embeddings", [*bodies, {"model": "text-embedding-3-small", "input": "one"}]):
        row = json.loads(line)
        # It is written as results are: plain, with spaces.
        assert line == json.dumps(row).encode()
        data = row["response"]["body"]["data"]
        assert len(data) == (1 if row["custom_id"] == "2" else 1024) and len(data[-1]["embedding"]) == 1536


def test_many_completions(client: OpenAI) -> None:
    with watched(client):
        reply = client.completions.with_raw_response.create(model="gpt-3.5-turbo-instruct", prompt=WORDS, n=5)
    found = reply.parse()
    assert [choice.index for choice in found.choices] == list(range(5 * len(WORDS)))
    assert all(choice.text for choice in found.choices)
    body: dict[str, object] = {"model": "gpt-3.5-turbo-instruct", "prompt": WORDS, "n": 5}
    lines = [json.loads(line) for line in _batch(client, "/v1/completions", [body, {**body, "n": 1}])]
    told = [[choice["text"] for choice in line["response"]["body"]["choices"]] for line in lines]
    assert told == [[choice.text for choice in found.choices], [choice.text for choice in found.choices[::5]]]


def test_a_stream_of_many_completions(client: OpenAI) -> None:
    with watched(client):
        stream = client.completions.create(model="gpt-3.5-turbo-instruct", prompt=WORDS[:512], n=5, stream=True)
        ends = [choice.index for chunk in stream for choice in chunk.choices if choice.finish_reason]
    assert ends == list(range(5 * 512))


TEXT = "All of this is said very slowly, and it is not short. " * 40


def test_a_long_speech_and_its_transcript(client: OpenAI) -> None:
    with watched(client):
        spoken = client.audio.speech.create(model="tts-1", voice="alloy", input=TEXT, response_format="flac", speed=0.25).content
    assert spoken == sound.say(TEXT, "flac", "alloy", 0.25)
    with watched(client):
        heard = client.audio.transcriptions.create(model="whisper-1", file=("a.flac", spoken), response_format="verbose_json")
    assert heard.text == TEXT.strip()


def test_many_answers_to_a_long_prompt(client: OpenAI) -> None:
    text = "Write a long story about rivers. " + "Some detail of the river matters. " * 300
    asked: list[ChatCompletionMessageParam] = [{"role": "user", "content": text}]
    with watched(client):
        reply = client.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=asked, n=128, logprobs=True)
    found = reply.parse()
    whole = [choice.message.content for choice in found.choices]
    assert len(whole) == 128
    for choice in found.choices:
        assert choice.logprobs is not None and choice.logprobs.content is not None
        assert "".join(entry.token for entry in choice.logprobs.content) == choice.message.content
    with watched(client):
        stream = client.chat.completions.create(model="gpt-4o-mini", messages=asked, n=128, logprobs=True, stream=True)
        told = [""] * 128
        for chunk in stream:
            for piece in chunk.choices:
                told[piece.index] += piece.delta.content or ""
    assert told == whole


def test_the_first_answer_of_a_model_that_learned_much(client: OpenAI) -> None:
    def row(number: int) -> str:
        said = [("user", f"What is the name of number {number} in the list?"), ("assistant", f"It is name {number}.")]
        return json.dumps({"messages": [{"role": role, "content": text} for role, text in said]})

    file = client.files.create(file=("in.jsonl", "\n".join(map(row, range(20_000))).encode()), purpose="fine-tune")
    job = client.fine_tuning.jobs.create(model="gpt-4o-mini-2024-07-18", training_file=file.id)
    model = client.fine_tuning.jobs.retrieve(job.id).fine_tuned_model
    assert model is not None
    with watched(client):
        said = client.chat.completions.create(model=model, messages=[{"role": "user", "content": "the name of number 4711, what is it?"}])
    assert said.choices[0].message.content == "It is name 4711."


def test_a_client_that_leaves_is_not_told_of(client: OpenAI) -> None:
    """That nothing is in the log is seen at the end, when the server was stopped."""
    impatient = client.with_options(timeout=0.2)
    with watched(client):
        with pytest.raises(APITimeoutError):
            impatient.embeddings.create(model="text-embedding-3-large", input=WORDS)
        with pytest.raises(APITimeoutError):
            impatient.completions.create(model="gpt-3.5-turbo-instruct", prompt=WORDS, n=5)
    assert client.embeddings.create(model="text-embedding-3-small", input="one").data


def test_large_documents_and_many_are_read_and_found(client: OpenAI) -> None:
    store = client.vector_stores.create().id
    text = "\n".join(f"Line {number} of the log: {word}." for number in range(20) for word in WORDS)
    large = {"log.txt": text.encode(), "log.docx": documents.docx(*text.splitlines()), "log.pdf": documents.pdf(*text.splitlines()[:400])}
    with watched(client):
        for name, content in large.items():
            assert client.vector_stores.files.upload_and_poll(vector_store_id=store, file=(name, content)).status == "completed"
        hits = client.vector_stores.search(store, query="Line 7 of the log: 7ff is a number.", max_num_results=50).data
    assert len(hits) == 50 and "7ff is a number" in hits[0].content[0].text
    ids = [client.files.create(file=(f"{number}.txt", b"Note %d" % number), purpose="assistants").id for number in range(300)]
    with watched(client):
        batch = client.vector_stores.file_batches.create_and_poll(store, file_ids=ids)
        told = client.vector_stores.retrieve(store)
    assert (batch.file_counts.completed, told.file_counts.completed) == (300, 303)
