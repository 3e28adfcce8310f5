"""Files through the official SDK: what was sent comes back, byte for byte, until it is deleted or expires."""

from __future__ import annotations

import asyncio
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from mockapi import Server
from tests.conftest import Wire


def test_a_file_is_kept_and_comes_back_byte_for_byte(client: OpenAI) -> None:
    content = bytes(range(256)) * 40
    made = client.files.create(file=("all bytes.bin", content), purpose="user_data")
    assert (made.filename, made.bytes, made.purpose, made.status, made.expires_at) == (
        "all bytes.bin",
        10_240,
        "user_data",
        "processed",
        None,
    )
    assert client.files.retrieve(made.id) == made
    assert client.files.wait_for_processing(made.id) == made
    evals = client.files.create(file=("evals.jsonl", content), purpose="evals")
    assert client.files.content(evals.id).read() == content
    gone = client.files.delete(made.id)
    assert (gone.id, gone.deleted) == (made.id, True)
    with pytest.raises(openai.NotFoundError, match=f"No such File object: {made.id}"):
        client.files.retrieve(made.id)


async def _listed(client: AsyncOpenAI, **query: Any) -> list[str]:
    async with client:
        return [file.filename async for file in client.files.list(**query)]


def test_files_are_listed_newest_first_by_purpose_and_page(client: OpenAI, async_client: AsyncOpenAI) -> None:
    for number in range(7):
        client.files.create(file=(f"{number}.jsonl", b"{}"), purpose="batch" if number % 2 else "fine-tune")
    assert [file.filename for file in client.files.list()] == [f"{n}.jsonl" for n in range(6, -1, -1)]
    assert [file.filename for file in client.files.list(purpose="batch", order="asc")] == ["1.jsonl", "3.jsonl", "5.jsonl"]
    assert [file.filename for file in client.files.list(limit=2)] == [f"{n}.jsonl" for n in range(6, -1, -1)]
    assert asyncio.run(_listed(async_client, limit=3, order="asc")) == [f"{n}.jsonl" for n in range(7)]


def test_deleting_what_is_listed_loses_nothing(client: OpenAI) -> None:
    for number in range(9):
        client.files.create(file=(f"{number}.jsonl", b"{}"), purpose="batch")
    for file in client.files.list(limit=2):
        client.files.delete(file.id)
    assert list(client.files.list()) == []


def test_files_of_batches_expire_on_the_clock(client: OpenAI, wire: Wire) -> None:
    kept = client.files.create(file=("a.jsonl", b"{}"), purpose="batch")
    assert kept.expires_at == kept.created_at + 30 * 86_400
    brief = client.files.create(file=("b.txt", b"x"), purpose="user_data", expires_after={"anchor": "created_at", "seconds": 3600})
    assert brief.expires_at == brief.created_at + 3600
    wire.advance("59m")
    assert len(list(client.files.list())) == 2
    wire.advance("1m")
    assert [file.id for file in client.files.list()] == [kept.id]
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(brief.id)
    wire.advance("30d")
    assert list(client.files.list()) == []


def test_the_same_upload_gets_the_same_id_whatever_separates_its_parts(wire: Wire) -> None:
    def sent(boundary: str) -> str:
        body = (
            f'--{boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nevals\r\n'
            f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--{boundary}--\r\n'
        )
        reply = wire.request("POST", "/files", content=body, headers={"content-type": f"multipart/form-data; boundary={boundary}"})
        assert reply.status_code == 200, reply.text
        wire.control("POST", "/_mock/reset")
        found: str = reply.json()["id"]
        return found

    assert sent("one") == sent("another-one")


def pdf(text: str) -> bytes:
    return b"%PDF-1.4\n1 0 obj << /Length 9 >> stream\nBT (" + text.encode() + b") Tj ET\nendstream endobj\n%%EOF"


def test_a_chat_reads_the_files_that_its_own_world_keeps(client: OpenAI, server: Server, name: str) -> None:
    def asked(by: OpenAI, file_id: str) -> int:
        parts: Any = [{"type": "text", "text": "What does it say?"}, {"type": "file", "file": {"file_id": file_id}}]
        made = by.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": parts}])
        assert made.usage is not None
        return made.usage.prompt_tokens

    short, long = (client.files.create(file=("a.pdf", pdf("word " * count)), purpose="user_data").id for count in (3, 60))
    assert asked(client, long) - asked(client, short) == 57
    for file_id, by in ((short, OpenAI(base_url=server.base_url, api_key=f"sk-other-{name}", max_retries=0)), ("file-x", client)):
        with by, pytest.raises(openai.BadRequestError, match=f"No such File object: {file_id}") as caught:
            asked(by, file_id)
        assert caught.value.param == "messages[0].content[1].file.file_id"
