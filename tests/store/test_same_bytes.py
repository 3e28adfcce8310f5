"""Wherever its state lives, a server says the same: every operation, asked in the same order, gets the same bytes from each store."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from mockapi import Server, Settings
from mockapi.resources import everything
from tests.redis_server import RedisServer
from tests.samples import LINE, REQUESTS, path_of

KEYS = {"authorization": "Bearer sk-mock-tierunlimited-same", "openai-beta": "assistants=v2", "host": "api.example"}
Ask = Callable[..., httpx2.Response]


@pytest.fixture(scope="module")
def ask(redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks all three the same, and returns the answer that they agree on."""
    stores = ("memory", f"sqlite:{tmp_path_factory.mktemp('store') / 'store.db'}", redis_server.url)
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(Server(Settings(port=0, clock="2027-01-01", store=store))) for store in stores]
        clients = [stack.enter_context(httpx2.Client(base_url=server.base_url, headers=KEYS, timeout=60)) for server in started]

        def every(method: str, path: str, **options: Any) -> httpx2.Response:
            answers = [client.request(method, str(client.base_url).removesuffix("/v1/") + path, **options) for client in clients]
            told = [(answer.status_code, answer.headers.multi_items(), answer.content) for answer in answers]
            assert told[1] == told[0], f"sqlite: {method} {path}"
            assert told[2] == told[0], f"redis: {method} {path}"
            assert answers[0].status_code < 500
            return answers[0]

        yield every


def test_every_operation_is_answered_alike(ask: Ask) -> None:
    made = 0
    for name, operation in sorted(everything().items(), key=lambda item: (item[1].method != "POST", item[0])):
        made += ask(operation.method, f"/v1{path_of(operation)}", **REQUESTS.get(name, {})).is_success
    assert made > 70


def test_what_is_made_is_found_again_alike(ask: Ask) -> None:
    def make(path: str, name: str | None = None, **options: Any) -> str:
        found: str = ask("POST", f"/v1{path}", **(options or REQUESTS[name or ""])).json()["id"]
        return found

    lines = b"\n".join(json.dumps({**LINE, "custom_id": str(number)}).encode() for number in range(40))
    file = make("/files", data={"purpose": "batch"}, files={"file": ("lines.jsonl", lines)})
    batch = make("/batches", json={**REQUESTS["createBatch"]["json"], "input_file_id": file})
    response = make("/responses", json={"model": "gpt-4o-mini", "input": "Say hello", "background": True})
    conversation = make("/conversations", "createConversation")
    text = make("/files", data={"purpose": "assistants"}, files={"file": ("a.md", b"Penguins live in the south.")})
    store = make("/vector_stores", json={"name": "Handbook", "file_ids": [text]})
    thread = make("/threads", "createThread")
    guide = make("/assistants", "createAssistant")
    evaluated = make("/evals", "createEval")
    said = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Me."}]
    lessons = b"\n".join([json.dumps({"messages": said}).encode()] * 12)
    lesson = make("/files", data={"purpose": "fine-tune"}, files={"file": ("lessons.jsonl", lessons)})
    tuned = make("/fine_tuning/jobs", json={"model": "gpt-4o-mini-2024-07-18", "training_file": lesson})
    for step in range(4):
        chat = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Tell me " + "a long story " * 200}], "store": True}
        ask("POST", "/v1/chat/completions", json=chat)
        ask("POST", "/v1/chat/completions", json={**chat, "stream": True, "stream_options": {"include_usage": True}})
        ask("POST", "/v1/responses", json={"model": "gpt-4o-mini", "input": "And then?", "conversation": conversation})
        ask("POST", f"/v1/threads/{thread}/runs", json={"assistant_id": guide, "stream": True})
        ask("POST", f"/v1/vector_stores/{store}/search", json={"query": "Where do penguins live?"})
        ask("POST", f"/v1/evals/{evaluated}/runs", **REQUESTS["createEvalRun"])
        places = (f"/batches/{batch}", f"/responses/{response}", f"/conversations/{conversation}/items", f"/vector_stores/{store}/files")
        for place in (*places, f"/threads/{thread}/messages", f"/threads/{thread}/runs", f"/evals/{evaluated}/runs", "/chat/completions"):
            ask("GET", f"/v1{place}")
            ask("GET", f"/v1{place}?limit=2&order=asc")
        ask("GET", f"/v1/fine_tuning/jobs/{tuned}/events")
        ask("POST", "/_mock/clock", json={"advance": "1s" if step else "10s"})
    found = ask("GET", f"/v1/batches/{batch}").json()
    assert found["status"] == "completed"
    ask("GET", f"/v1/files/{found['output_file_id']}/content")
    ask("GET", "/v1/organization/costs?start_time=1798761600")
    ask("GET", "/_mock/usage")
    for place in ("files", "batches", "models", "threads", "fine_tuning/jobs", "organization/audit_logs"):
        ask("GET", f"/v1/{place}")
    picture = ask("POST", "/v1/images/generations", json={"model": "dall-e-2", "prompt": "A cat", "size": "256x256"}).json()
    assert ask("GET", picture["data"][0]["url"].removeprefix("http://api.example")).content.startswith(b"\x89PNG")


def test_scenarios_and_the_journal_are_alike(ask: Ask) -> None:
    key = {"authorization": "Bearer sk-mock-tier1-scripted"}
    told = {"match": {"user": "Who?"}, "replies": ["One", "Two"], "times": 3}
    ask("POST", "/_mock/scenarios", json=told, headers=key)
    for _ in range(5):
        ask("POST", "/v1/chat/completions", json={"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Who?"}]}, headers=key)
    ask("GET", "/_mock/scenarios", headers=key)
    ask("GET", "/_mock/journal/count?scenario=unnamed", headers=key)
    ask("GET", "/_mock/journal/count?contains=Who", headers=key)
    ask("GET", "/_mock/findings", headers=key)
    ask("GET", "/_mock/verdict", headers=key)
    ask("POST", "/_mock/reset", headers=key)
    ask("GET", "/_mock/scenarios", headers=key)
    ask("GET", "/_mock/journal", headers=key)
