"""Usage and costs tell what calls really used, through the official SDK."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from openai import OpenAI

from mockapi import Server
from tests.conftest import Wire
from tests.samples import CHAT, LINE, png, wav

# The first second of an hour of a day.
START = 1_798_761_600
HOUR, DAY = 3_600, 86_400


@pytest.fixture
def timed(wire: Wire) -> Wire:
    """A world where time stands still at the start of 2027."""
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})
    return wire


def results(page: Any) -> list[dict[str, Any]]:
    """The results of all buckets, as JSON."""
    return [result.to_dict() for bucket in page.data for result in bucket.results]


def test_completions_are_the_sums_of_what_answers_told(client: OpenAI, timed: Wire) -> None:
    told = [client.chat.completions.create(model="gpt-4o-mini", messages=CHAT["messages"]).usage for _ in range(3)]
    response = client.responses.create(model="gpt-4o-mini", input="Explain tides")
    assert response.usage is not None
    (sums,) = results(client.admin.organization.usage.completions(start_time=START))
    assert sums["input_tokens"] == sum(usage.prompt_tokens for usage in told if usage) + response.usage.input_tokens
    assert sums["output_tokens"] == sum(usage.completion_tokens for usage in told if usage) + response.usage.output_tokens
    assert (sums["num_model_requests"], sums["model"], sums["project_id"]) == (4, None, None)


def test_prefixes_audio_batches_and_tiers_are_told(client: OpenAI, timed: Wire) -> None:
    long: Any = [{"role": "user", "content": "Remember this. " * 500}]
    first, second = (client.chat.completions.create(model="gpt-4o-mini", messages=long).usage for _ in range(2))
    spoken = timed.chat(model="gpt-audio", modalities=["text", "audio"], audio={"voice": "alloy", "format": "wav"}).json()["usage"]
    timed.chat(model="gpt-5", service_tier="flex")
    line = json.dumps({**LINE, "body": {**CHAT, "model": "gpt-4o"}}).encode()
    file = client.files.create(file=("a.jsonl", line), purpose="batch").id
    batch = client.batches.create(input_file_id=file, endpoint="/v1/chat/completions", completion_window="24h")
    timed.advance("1m")
    assert client.batches.retrieve(batch.id).status == "completed"
    usage = client.admin.organization.usage
    rows = {row["model"]: row for row in results(usage.completions(start_time=START, group_by=["model", "batch", "service_tier"]))}
    mini = rows["gpt-4o-mini-2024-07-18"]
    assert first and second and second.prompt_tokens_details
    cached = second.prompt_tokens_details.cached_tokens
    assert cached and mini["input_cached_tokens"] == cached
    assert mini["input_uncached_tokens"] + mini["input_cached_tokens"] == mini["input_tokens"] == 2 * first.prompt_tokens
    audio = next(row for model, row in rows.items() if "audio" in model)
    assert audio["output_audio_tokens"] == spoken["completion_tokens_details"]["audio_tokens"] > 0
    assert audio["output_audio_tokens"] + audio["output_text_tokens"] == audio["output_tokens"]
    assert next(row for model, row in rows.items() if "gpt-5" in model)["service_tier"] == "flex"
    assert (rows["gpt-4o-2024-08-06"]["batch"], mini["batch"]) == (True, False)
    (batched,) = results(usage.completions(start_time=START, batch=True))
    assert batched["num_model_requests"] == 1
    (rest,) = results(usage.completions(start_time=START, batch=False))
    assert rest["num_model_requests"] == 4


def test_buckets_are_paged(client: OpenAI, timed: Wire) -> None:
    for _ in range(5):
        timed.chat()
        timed.advance("30m")
    usage = client.admin.organization.usage
    hours = usage.completions(start_time=START + 1, bucket_width="1h")
    assert [(bucket.start_time, bucket.end_time) for bucket in hours.data] == [(START + n * HOUR, START + (n + 1) * HOUR) for n in range(3)]
    assert [row["num_model_requests"] for row in results(hours)] == [2, 2, 1]
    assert (hours.has_more, hours.next_page) == (False, None)
    minutes = usage.completions(start_time=START, bucket_width="1m")
    counts: list[int] = []
    page: str | None = None
    assert len(minutes.data) == 60 and minutes.has_more
    while True:
        options: dict[str, Any] = {} if page is None else {"page": page}
        found = usage.completions(start_time=START, bucket_width="1m", limit=40, end_time=START + 2 * HOUR, **options)
        counts += [bucket.start_time for bucket in found.data if bucket.results]
        page = found.next_page
        if page is None:
            break
    assert counts == [START + n * 1800 for n in range(4)] and not found.has_more
    days = usage.completions(start_time=START, end_time=START + DAY)
    assert [len(bucket.results) for bucket in days.data] == [1]
    assert usage.completions(start_time=START + DAY).data == []


def test_usage_is_grouped_and_filtered_by_project_and_key(client: OpenAI, server: Server, timed: Wire) -> None:
    organization = client.admin.organization
    (default,) = organization.projects.list()
    project = organization.projects.create(name="Till")
    account = organization.projects.service_accounts.create(project.id, name="Robot")
    assert account.api_key is not None
    timed.chat()
    with OpenAI(base_url=server.base_url, api_key=account.api_key.value, max_retries=0) as robot:
        robot.chat.completions.create(model="gpt-4o-mini", messages=CHAT["messages"])
        robot.chat.completions.create(model="gpt-4o", messages=CHAT["messages"])
    nightly = organization.admin_api_keys.create(name="Nightly")
    with OpenAI(base_url=server.base_url, api_key=nightly.value, max_retries=0) as admin:
        admin.embeddings.create(model="text-embedding-3-small", input="hello")
    groups: Any = ["project_id", "api_key_id", "user_id", "model"]
    rows = results(organization.usage.completions(start_time=START, group_by=groups))
    (own,) = organization.projects.api_keys.list(default.id)
    (owner,) = organization.users.list()
    assert len(rows) == 3
    assert {(row["project_id"], row["api_key_id"], row["user_id"], row["model"]) for row in rows} == {
        (default.id, own.id, owner.id, "gpt-4o-mini-2024-07-18"),
        (project.id, account.api_key.id, None, "gpt-4o-mini-2024-07-18"),
        (project.id, account.api_key.id, None, "gpt-4o-2024-08-06"),
    }
    (embedded,) = results(organization.usage.embeddings(start_time=START, group_by=groups))
    assert (embedded["project_id"], embedded["api_key_id"], embedded["user_id"]) == (default.id, nightly.id, owner.id)
    filters: list[tuple[dict[str, Any], int]] = [
        ({"project_ids": [project.id]}, 2),
        ({"api_key_ids": [own.id]}, 1),
        ({"user_ids": [owner.id]}, 1),
        ({"models": ["gpt-4o-mini"]}, 2),
        ({"models": ["gpt-4o-2024-08-06"], "project_ids": [project.id]}, 1),
    ]
    for wanted, count in filters:
        (row,) = results(organization.usage.completions(start_time=START, **wanted))
        assert row["num_model_requests"] == count, wanted
    assert results(organization.usage.completions(start_time=START, project_ids=["proj_x"])) == []
    costs = results(organization.usage.costs(start_time=START, group_by=["project_id"]))
    spent = {row["project_id"]: row["amount"] for row in costs}
    assert len(costs) == 2 and set(spent) == {default.id, project.id}
    (of_keys,) = results(organization.usage.costs(start_time=START, api_key_ids=[own.id, nightly.id]))
    assert of_keys["amount"] == spent[default.id]


def test_the_lines_of_a_batch_are_used_by_its_key(client: OpenAI, server: Server, timed: Wire) -> None:
    organization = client.admin.organization
    project = organization.projects.create(name="Till").id
    account = organization.projects.service_accounts.create(project, name="Robot")
    assert account.api_key is not None
    with OpenAI(base_url=server.base_url, api_key=account.api_key.value, max_retries=0) as robot:
        file = robot.files.create(file=("a.jsonl", json.dumps(LINE).encode()), purpose="batch").id
        batch = robot.batches.create(input_file_id=file, endpoint="/v1/chat/completions", completion_window="24h")
        timed.advance("1m")
        assert robot.batches.retrieve(batch.id).status == "completed"
    (row,) = results(organization.usage.completions(start_time=START, group_by=["project_id", "api_key_id", "batch"]))
    assert (row["project_id"], row["api_key_id"], row["batch"]) == (project, account.api_key.id, True)


def test_every_endpoint_has_its_usage(client: OpenAI, timed: Wire) -> None:
    usage = client.admin.organization.usage
    client.embeddings.create(model="text-embedding-3-small", input="hello world")
    client.moderations.create(input=["hello world", "you"])
    client.audio.speech.create(model="tts-1", input="Good morning", voice="alloy")
    client.audio.speech.create(model="gpt-4o-mini-tts", input="Good", voice="alloy")
    for model in ("whisper-1", "gpt-4o-transcribe"):
        client.audio.transcriptions.create(model=model, file=("a.wav", wav()))
    client.images.generate(model="dall-e-2", prompt="a cat", size="256x256", n=2)
    client.images.generate(model="gpt-image-1-mini", prompt="a cat", size="1024x1024", quality="low")
    variation = timed.request("POST", "/images/variations", files={"image": ("a.png", png())}, data={"size": "256x256"})
    assert variation.status_code == 200
    assert [row["input_tokens"] for row in results(usage.embeddings(start_time=START))] == [2]
    assert [(row["input_tokens"], row["num_model_requests"]) for row in results(usage.moderations(start_time=START))] == [(3, 1)]
    assert [(row["characters"], row["num_model_requests"]) for row in results(usage.audio_speeches(start_time=START))] == [(16, 2)]
    rows = results(usage.audio_transcriptions(start_time=START, group_by=["model"]))
    assert [row["model"] for row in rows] == ["gpt-4o-transcribe", "whisper-1"]
    assert rows[0]["seconds"] == rows[1]["seconds"] > 0
    pictures = results(usage.images(start_time=START, group_by=["source", "size"]))
    assert sorted((row["source"], row["size"], row["images"]) for row in pictures) == [
        ("image.generation", "1024x1024", 1),
        ("image.generation", "256x256", 2),
        ("image.variation", "256x256", 1),
    ]
    (small,) = results(usage.images(start_time=START, sizes=["256x256"], sources=["image.generation"]))
    assert (small["images"], small["num_model_requests"]) == (2, 1)
    assert results(usage.completions(start_time=START)) == []


def test_tools_and_stores_have_their_usage(client: OpenAI, timed: Wire) -> None:
    usage = client.admin.organization.usage
    file = client.files.create(file=("a.md", b"The tower is 300 metres high."), purpose="assistants").id
    store = client.vector_stores.create(file_ids=[file]).id
    timed.advance("1s")
    stored = client.vector_stores.retrieve(store).usage_bytes
    tools: list[Any] = [
        {"type": "file_search", "vector_store_ids": [store]},
        {"type": "web_search_preview"},
        {"type": "code_interpreter", "container": {"type": "auto"}},
    ]
    for tool in tools:
        chosen: Any = {"type": tool["type"]}
        client.responses.create(model="gpt-4.1", input="How high is the tower?", tools=[tool], tool_choice=chosen)
    assert [row["num_requests"] for row in results(usage.file_search_calls(start_time=START))] == [1]
    assert [row["num_requests"] for row in results(usage.web_search_calls(start_time=START, group_by=["context_level"]))] == [1]
    assert [row["num_sessions"] for row in results(usage.code_interpreter_sessions(start_time=START))] == [1]
    assert [row["usage_bytes"] for row in results(usage.vector_stores(start_time=START))] == [stored] and stored > 0
    timed.advance("24h")
    assert [row["usage_bytes"] for row in results(usage.vector_stores(start_time=START))] == [stored, stored]
    assert results(usage.vector_stores(start_time=START, project_ids=["proj_x"])) == []


def test_costs_agree_with_what_was_spent(client: OpenAI, timed: Wire) -> None:
    for model in ("gpt-4o-mini", "gpt-4o"):
        timed.chat(model=model)
    client.images.generate(model="dall-e-2", prompt="a cat", size="256x256", n=2)
    client.images.generate(model="gpt-4o-mini", prompt="a cat", size="1024x1024", quality="low")
    client.audio.speech.create(model="tts-1", input="Good morning", voice="alloy")
    timed.advance("24h")
    timed.chat()
    usage = client.admin.organization.usage
    whole = usage.costs(start_time=START)
    spent: dict[str, Any] = timed.control("GET", "/_mock/usage").json()
    assert [row["amount"]["value"] for row in results(whole)] == pytest.approx([day["cost"] for day in spent["days"]])
    items = results(usage.costs(start_time=START, group_by=["line_item"], limit=1))
    assert sum(row["amount"]["value"] for row in items) == pytest.approx(spent["days"][0]["cost"])
    told = {row["line_item"]: (row["quantity"], row["quantity_unit"]) for row in items}
    assert told["dall-e-2, image 256"] == (2, "images")
    assert told["tts-1, million characters"] == (12, "characters")
    assert told["gpt-4o-2024-08-06, input"] == (9, "tokens")
    assert "gpt-4o-mini-2024-07-18, image output" in told
    assert all(row["amount"]["currency"] == "usd" for row in items)


def test_a_page_has_a_most(client: OpenAI, timed: Wire) -> None:
    usage = client.admin.organization.usage
    for width, most in (("1d", 31), ("1h", 168), ("1m", 1440)):
        chosen: Any = width
        usage.completions(start_time=START, bucket_width=chosen, limit=most)
        with pytest.raises(openai.BadRequestError, match=f"Expected a value <= {most}"):
            usage.completions(start_time=START, bucket_width=chosen, limit=most + 1)
    usage.costs(start_time=START, limit=180)
    with pytest.raises(openai.BadRequestError, match="Invalid 'page'"):
        usage.completions(start_time=START, page="page_x")
