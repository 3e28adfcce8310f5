"""Vector stores through the official SDK: files are read, cut and found again, and everything moves as at the API."""

from __future__ import annotations

import asyncio
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from mockapi import Server
from tests import documents as made
from tests.conftest import Wire

TEXTS = {
    "refunds.md": b"# Refunds\nYou get your money back within thirty days.",
    "tower.txt": b"The tower is 300 metres high.",
    "cats.html": b"<html><body><h1>Cats</h1><p>Cats sleep sixteen hours a day.</p></body></html>",
    "menu.docx": made.docx("The canteen serves soup", "and bread from noon to two."),
    "rules.pdf": made.pdf("Passwords must have twelve characters."),
    "talk.pptx": made.pptx("Shipping takes five days inside Europe."),
}


def upload(client: OpenAI, name: str, content: bytes) -> str:
    return client.files.create(file=(name, content), purpose="assistants").id


@pytest.fixture
def store(client: OpenAI) -> str:
    return client.vector_stores.create(name="Handbook").id


def test_a_store_is_kept_changed_and_deleted(client: OpenAI) -> None:
    made = client.vector_stores.create(name="Handbook", description="All we know", metadata={"team": "blue"})
    assert made.id.startswith("vs_") and len(made.id) == 35
    assert (made.name, made.status, made.usage_bytes, made.metadata, made.expires_at) == (
        "Handbook",
        "completed",
        0,
        {"team": "blue"},
        None,
    )
    assert made.last_active_at == made.created_at
    assert client.vector_stores.retrieve(made.id) == made
    changed = client.vector_stores.update(made.id, name="Book", expires_after={"anchor": "last_active_at", "days": 3})
    assert (changed.name, changed.metadata, changed.expires_at) == ("Book", {"team": "blue"}, made.created_at + 3 * 86_400)
    assert client.vector_stores.update(made.id, expires_after=None, metadata=None).expires_at is None
    assert client.vector_stores.retrieve(made.id).metadata == {}
    assert client.vector_stores.delete(made.id).deleted
    for gone in (client.vector_stores.retrieve, client.vector_stores.delete, client.vector_stores.files.list):
        with pytest.raises(openai.NotFoundError, match=f"No vector store found with id '{made.id}'."):
            gone(made.id)


async def _listed(client: AsyncOpenAI) -> list[str | None]:
    async with client:
        return [store.name async for store in client.vector_stores.list(limit=2, order="asc")]


def test_stores_are_listed_by_page_in_both_directions(client: OpenAI, async_client: AsyncOpenAI) -> None:
    ids = [client.vector_stores.create(name=str(number)).id for number in range(5)]
    assert [store.id for store in client.vector_stores.list(limit=2)] == ids[::-1]
    assert asyncio.run(_listed(async_client)) == [str(number) for number in range(5)]
    before = client.vector_stores.list(before=ids[3], order="asc", limit=2)
    assert [store.id for store in before.data] == ids[1:3] and before.has_more
    assert [store.id for store in client.vector_stores.list(before=ids[3]).data] == [ids[4]]
    between = client.vector_stores.list(after=ids[0], before=ids[3], order="asc")
    assert [store.id for store in between.data] == ids[1:3] and not between.has_more


@pytest.mark.parametrize("name", list(TEXTS))
def test_a_file_of_any_kind_is_read_and_found(client: OpenAI, store: str, name: str) -> None:
    file = client.vector_stores.files.upload_and_poll(
        vector_store_id=store, file=(name, TEXTS[name]), attributes={"kind": name[-3:], "n": 1}
    )
    assert (file.status, file.last_error, file.vector_store_id) == ("completed", None, store)
    assert file.attributes == {"kind": name[-3:], "n": 1}
    (content,) = client.vector_stores.files.content(file.id, vector_store_id=store)
    assert content.text is not None and file.usage_bytes == len(content.text.encode())
    told = client.vector_stores.retrieve(store)
    assert (told.status, told.usage_bytes, told.file_counts.completed, told.file_counts.total) == ("completed", file.usage_bytes, 1, 1)
    (hit,) = client.vector_stores.search(store, query=content.text)
    assert (hit.file_id, hit.filename, hit.attributes) == (file.id, name, file.attributes)
    assert hit.score > 0.9 and hit.content[0].text == content.text


def test_files_given_at_creation_are_processed(client: OpenAI, wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    ids = [upload(client, name, content) for name, content in TEXTS.items()]
    store = client.vector_stores.create(file_ids=ids, chunking_strategy={"type": "auto"})
    assert (store.status, store.file_counts.in_progress, store.usage_bytes) == ("in_progress", len(ids), 0)
    assert store.to_dict()["name"] is None
    wire.advance("200ms")
    store = client.vector_stores.retrieve(store.id)
    assert (store.status, store.file_counts.completed, store.file_counts.in_progress) == ("completed", len(ids), 0)
    assert [file.id for file in client.vector_stores.files.list(store.id, order="asc", limit=4)] == ids
    before = client.vector_stores.files.list(store.id, order="asc", before=ids[4], limit=2)
    assert [file.id for file in before.data] == ids[2:4]


def test_what_is_asked_finds_what_answers_it(client: OpenAI, store: str) -> None:
    batch = client.vector_stores.file_batches.upload_and_poll(store, files=list(TEXTS.items()))
    assert (batch.status, batch.file_counts.completed, batch.file_counts.total) == ("completed", len(TEXTS), len(TEXTS))
    asked = {
        "How do I get my money back?": "refunds.md",
        "How tall is the tower?": "tower.txt",
        "How long does a cat sleep?": "cats.html",
        "soup in the canteen": "menu.docx",
        "password length": "rules.pdf",
        "When will it be shipped to Europe?": "talk.pptx",
    }
    for question, name in asked.items():
        hits = client.vector_stores.search(store, query=question, max_num_results=3).data
        assert hits[0].filename == name, question
        assert len(hits) == 3 and [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        sure = client.vector_stores.search(store, query=question, ranking_options={"score_threshold": hits[0].score}).data
        assert [hit.file_id for hit in sure] == [hits[0].file_id]
        alone = client.vector_stores.search(store, query=question, ranking_options={"ranker": "none"}).data
        assert alone[0].score <= hits[0].score and len(alone) == len(TEXTS)


def test_searches_tell_their_queries(client: OpenAI, store: str) -> None:
    raw = client.vector_stores.with_raw_response.search
    assert raw(store, query="How tall is it?").http_response.json() == {
        "object": "vector_store.search_results.page",
        "search_query": ["How tall is it?"],
        "data": [],
        "has_more": False,
        "next_page": None,
    }
    told = raw(store, query=["What is the height of the main building?", "cats"], rewrite_query=True).http_response.json()
    assert told["search_query"] == ["height main building", "cats"]


def test_searches_are_filtered_by_attributes(client: OpenAI, store: str) -> None:
    for year, team in ((2024, "blue"), (2025, "red"), (2026, "blue")):
        client.vector_stores.files.upload_and_poll(
            vector_store_id=store, file=(f"{year}.txt", b"The annual report"), attributes={"year": year, "team": team, "open": year > 2024}
        )

    def found(filters: Any) -> list[str]:
        return sorted(hit.filename[:4] for hit in client.vector_stores.search(store, query="report", filters=filters))

    blue: Any = {"type": "eq", "key": "team", "value": "blue"}
    late: Any = {"type": "gte", "key": "year", "value": 2025}
    assert found(blue) == ["2024", "2026"] and found(late) == ["2025", "2026"]
    assert found({"type": "and", "filters": [blue, late]}) == ["2026"]
    assert found({"type": "or", "filters": [blue, {"type": "and", "filters": [late]}]}) == ["2024", "2025", "2026"]
    assert found({"type": "in", "key": "year", "value": [2024, 2025]}) == ["2024", "2025"]
    assert found({"type": "nin", "key": "year", "value": [2024]}) == ["2025", "2026"]
    assert found({"type": "eq", "key": "open", "value": True}) == ["2025", "2026"]
    assert found({"type": "ne", "key": "team", "value": "blue"}) == ["2025"]
    file = client.vector_stores.files.list(store).data[0]
    changed = client.vector_stores.files.update(file.id, vector_store_id=store, attributes={"team": "green"})
    assert changed.attributes == {"team": "green"} == client.vector_stores.files.retrieve(file.id, vector_store_id=store).attributes
    assert found({"type": "eq", "key": "team", "value": "green"}) == ["2026"] and found(blue) == ["2024"]


def test_chunks_are_as_long_as_asked(client: OpenAI, store: str) -> None:
    text = " ".join(f"word{number}" for number in range(900)).encode()
    counts = []
    for strategy in ({"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 0}}, {"type": "auto"}):
        chosen: Any = strategy
        file = client.vector_stores.files.upload_and_poll(vector_store_id=store, file=("a.txt", text), chunking_strategy=chosen)
        assert file.chunking_strategy is not None
        told = file.chunking_strategy.to_dict()
        assert told == (
            strategy if "static" in strategy else {"type": "static", "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}}
        )
        hits = client.vector_stores.search(store, query="word1", max_num_results=50).data
        counts.append(sum(hit.file_id == file.id for hit in hits))
        client.vector_stores.files.delete(file.id, vector_store_id=store)
    # 900 words of two tokens or three.
    assert 17 <= counts[0] <= 27 and 3 <= counts[1] <= 6


def test_files_that_cannot_be_read_fail(client: OpenAI, store: str) -> None:
    broken = client.vector_stores.files.upload_and_poll(vector_store_id=store, file=("a.pdf", b"no pdf"))
    picture = client.vector_stores.files.upload_and_poll(vector_store_id=store, file=("a.txt", b"\x89PNG\0\0"))
    assert [file.status for file in (broken, picture)] == ["failed", "failed"]
    assert broken.last_error is not None and picture.last_error is not None
    assert (broken.last_error.code, broken.last_error.message) == ("invalid_file", "The file could not be parsed.")
    assert (picture.last_error.code, picture.last_error.message) == ("unsupported_file", "The file type is not supported.")
    told = client.vector_stores.retrieve(store)
    assert (told.status, told.file_counts.failed, told.usage_bytes) == ("completed", 2, 0)
    with pytest.raises(openai.NotFoundError, match="Not found"):
        client.vector_stores.files.content(broken.id, vector_store_id=store)
    assert client.vector_stores.search(store, query="pdf").data == []
    batch = client.vector_stores.file_batches.create_and_poll(store, file_ids=[broken.id, picture.id])
    assert (batch.status, batch.file_counts.failed) == ("failed", 2)


def test_batches_process_their_files_one_after_another(client: OpenAI, wire: Wire, store: str) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    ids = [upload(client, f"{number}.txt", b"text %d" % number) for number in range(6)]
    files: Any = [{"file_id": id, "attributes": {"place": place}} for place, id in enumerate(ids)]
    files[0]["chunking_strategy"] = {"type": "static", "static": {"max_chunk_size_tokens": 200, "chunk_overlap_tokens": 10}}
    batch = client.vector_stores.file_batches.create(store, files=files, attributes={"ignored": True})
    assert batch.id.startswith("vsfb_") and batch.file_counts.in_progress == 6
    wire.advance("150ms")
    half = client.vector_stores.file_batches.retrieve(batch.id, vector_store_id=store)
    assert (half.status, half.file_counts.completed, half.file_counts.in_progress) == ("in_progress", 3, 3)
    done = client.vector_stores.file_batches.list_files(batch.id, vector_store_id=store, filter="completed", order="asc")
    assert [file.id for file in done] == ids[:3]
    assert client.vector_stores.retrieve(store).status == "in_progress"
    stopped = client.vector_stores.file_batches.cancel(batch.id, vector_store_id=store)
    assert (stopped.status, stopped.file_counts.completed, stopped.file_counts.cancelled) == ("cancelled", 3, 3)
    wire.advance("1h")
    assert client.vector_stores.file_batches.retrieve(batch.id, vector_store_id=store) == stopped
    listed = list(client.vector_stores.file_batches.list_files(batch.id, vector_store_id=store, order="asc", limit=4))
    assert [file.status for file in listed] == ["completed"] * 3 + ["cancelled"] * 3
    assert [file.attributes for file in listed] == [{"place": place} for place in range(6)]
    assert listed[0].chunking_strategy != listed[1].chunking_strategy
    told = client.vector_stores.retrieve(store)
    assert (told.status, told.file_counts.completed, told.file_counts.cancelled) == ("completed", 3, 3)
    with pytest.raises(openai.BadRequestError, match="Cannot cancel file batch with status 'cancelled'"):
        client.vector_stores.file_batches.cancel(batch.id, vector_store_id=store)


def test_options_of_a_batch_are_those_of_all_its_files(client: OpenAI, store: str) -> None:
    ids = [upload(client, f"{number}.txt", b"text %d" % number) for number in range(2)]
    static: Any = {"type": "static", "static": {"max_chunk_size_tokens": 200, "chunk_overlap_tokens": 100}}
    batch = client.vector_stores.file_batches.create_and_poll(
        store, file_ids=[*ids, ids[0]], attributes={"team": "blue"}, chunking_strategy=static
    )
    assert (batch.status, batch.file_counts.total) == ("completed", 2)
    for file in client.vector_stores.file_batches.list_files(batch.id, vector_store_id=store):
        assert file.attributes == {"team": "blue"} and file.chunking_strategy is not None
        assert file.chunking_strategy.to_dict() == static


def test_polls_move_what_is_looked_at(client: OpenAI, wire: Wire, store: str) -> None:
    wire.control("POST", "/_mock/lifecycle", json={"mode": "polls", "polls": 2})
    ids = [upload(client, f"{number}.txt", b"text") for number in range(5)]
    alone = client.vector_stores.files.create(store, file_id=ids[0]).id
    batch = client.vector_stores.file_batches.create(store, file_ids=ids[1:]).id
    assert len(client.vector_stores.files.list(store, filter="in_progress").data) == 5
    assert client.vector_stores.files.retrieve(alone, vector_store_id=store).status == "in_progress"
    assert client.vector_stores.files.retrieve(alone, vector_store_id=store).status == "completed"
    assert client.vector_stores.file_batches.retrieve(batch, vector_store_id=store).file_counts.completed == 2
    # A look at a file of a batch, or at the store, is one at the batch.
    assert client.vector_stores.files.retrieve(ids[4], vector_store_id=store).status == "completed"
    assert client.vector_stores.file_batches.retrieve(batch, vector_store_id=store).status == "completed"
    more = client.vector_stores.create(file_ids=ids).id
    assert [client.vector_stores.retrieve(more).status for _ in range(2)] == ["in_progress", "completed"]


def test_at_once_is_at_the_next_look(client: OpenAI, wire: Wire) -> None:
    wire.control("POST", "/_mock/lifecycle", json={"kind": "vector_store.file", "mode": "immediate"})
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    store = client.vector_stores.create(file_ids=[upload(client, "a.txt", b"The tower")]).id
    assert client.vector_stores.search(store, query="tower").data[0].content[0].text == "The tower"


def test_stores_expire_on_the_clock_unless_they_are_used(client: OpenAI, wire: Wire) -> None:
    store = client.vector_stores.create(expires_after={"anchor": "last_active_at", "days": 2})
    assert store.expires_at == store.created_at + 2 * 86_400
    file = upload(client, "a.txt", b"The tower")
    wire.advance("47h")
    client.vector_stores.search(store.id, query="tower")
    used = client.vector_stores.retrieve(store.id)
    assert used.last_active_at is not None and used.last_active_at >= store.created_at + 47 * 3600
    assert used.expires_at == used.last_active_at + 2 * 86_400
    wire.advance("47h")
    assert client.vector_stores.files.create_and_poll(file, vector_store_id=store.id).status == "completed"
    wire.advance("48h")
    assert client.vector_stores.retrieve(store.id).status == "expired"
    calls: list[Any] = [
        lambda: client.vector_stores.search(store.id, query="tower"),
        lambda: client.vector_stores.files.create(store.id, file_id=file),
        lambda: client.vector_stores.file_batches.create(store.id, file_ids=[file]),
        lambda: client.vector_stores.update(store.id, name="x"),
    ]
    for call in calls:
        with pytest.raises(openai.BadRequestError, match=f"Vector store '{store.id}' has expired"):
            call()
    assert client.vector_stores.delete(store.id).deleted


def test_a_file_leaves_a_store_and_stays_a_file(client: OpenAI, store: str) -> None:
    file = client.vector_stores.files.upload_and_poll(vector_store_id=store, file=("a.txt", b"The tower"))
    assert client.vector_stores.files.delete(file.id, vector_store_id=store).deleted
    assert client.files.retrieve(file.id).id == file.id
    calls: list[Any] = [client.vector_stores.files.retrieve, client.vector_stores.files.delete, client.vector_stores.files.content]
    for call in calls:
        with pytest.raises(openai.NotFoundError, match=f"No file found with id '{file.id}' in vector store '{store}'."):
            call(file.id, vector_store_id=store)
    assert client.vector_stores.search(store, query="tower").data == []
    assert client.vector_stores.retrieve(store).file_counts.total == 0


@pytest.mark.parametrize("end", ["deleted", "expired"])
def test_a_file_that_is_gone_is_in_no_store(client: OpenAI, wire: Wire, end: str) -> None:
    file = client.files.create(file=("a.txt", b"The tower"), purpose="assistants", expires_after={"anchor": "created_at", "seconds": 3600})
    stores = [client.vector_stores.create(file_ids=[file.id]).id for _ in range(2)]
    for store in stores:
        client.vector_stores.files.poll(file.id, vector_store_id=store)
    if end == "deleted":
        client.files.delete(file.id)
    else:
        wire.advance("1h")
    for store in stores:
        assert client.vector_stores.search(store, query="tower").data == []
        assert client.vector_stores.files.list(store).data == []
        assert client.vector_stores.retrieve(store).file_counts.total == 0
        with pytest.raises(openai.NotFoundError, match="in vector store"):
            client.vector_stores.files.retrieve(file.id, vector_store_id=store)


def test_a_file_deleted_before_its_turn_is_cancelled_in_its_batch(client: OpenAI, wire: Wire, store: str) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    ids = [upload(client, f"{number}.txt", b"text") for number in range(2)]
    batch = client.vector_stores.file_batches.create(store, file_ids=ids)
    client.files.delete(ids[1])
    wire.advance("1s")
    ended = client.vector_stores.file_batches.retrieve(batch.id, vector_store_id=store)
    assert (ended.status, ended.file_counts.completed, ended.file_counts.cancelled) == ("completed", 1, 1)
    assert [file.id for file in client.vector_stores.file_batches.list_files(batch.id, vector_store_id=store)] == ids[:1]
    client.vector_stores.delete(store)
    with pytest.raises(openai.NotFoundError, match="No vector store found"):
        client.vector_stores.file_batches.retrieve(batch.id, vector_store_id=store)


def test_a_file_in_two_stores_is_processed_in_each(client: OpenAI, server: Server, name: str) -> None:
    file = upload(client, "a.txt", b"The tower")
    stores = [client.vector_stores.create().id for _ in range(2)]
    for place, store in enumerate(stores):
        client.vector_stores.files.create_and_poll(file, vector_store_id=store, attributes={"place": place})
    client.vector_stores.files.delete(file, vector_store_id=stores[0])
    assert client.vector_stores.search(stores[1], query="tower").data[0].attributes == {"place": 1}
    other = OpenAI(base_url=server.base_url, api_key=f"sk-other-{name}", max_retries=0)
    with other, pytest.raises(openai.NotFoundError, match="No vector store found"):
        other.vector_stores.search(stores[1], query="tower")


def test_a_file_put_in_again_is_processed_anew(client: OpenAI, store: str) -> None:
    file = client.vector_stores.files.upload_and_poll(vector_store_id=store, file=("a.txt", b"The tower"), attributes={"n": 1})
    again = client.vector_stores.files.create(store, file_id=file.id)
    assert (again.status, again.attributes) == ("in_progress", {})
    client.vector_stores.files.poll(file.id, vector_store_id=store)
    assert len(client.vector_stores.search(store, query="tower").data) == 1
