"""Uploads through the official SDK: parts in any order become one file."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types import Upload

from tests.conftest import Wire

CONTENT = b"".join(b"%06d\n" % number for number in range(3000))


def begun(client: OpenAI, size: int = len(CONTENT), purpose: Any = "evals") -> Upload:
    return client.uploads.create(filename="numbers.txt", bytes=size, mime_type="text/plain", purpose=purpose)


def test_the_sdks_helper_sends_a_file_in_chunks(client: OpenAI) -> None:
    made = client.uploads.upload_file_chunked(
        file=CONTENT,
        filename="numbers.txt",
        bytes=len(CONTENT),
        mime_type="text/plain",
        purpose="evals",
        part_size=5000,
    )
    assert made.status == "completed"
    assert made.file is not None
    assert (made.file.bytes, made.file.filename, made.file.created_at) == (len(CONTENT), "numbers.txt", made.created_at)
    assert client.files.content(made.file.id).read() == CONTENT


def test_parts_arrive_in_any_order_and_are_joined_as_asked(async_client: AsyncOpenAI, client: OpenAI) -> None:
    upload = begun(client)
    pieces = [CONTENT[at : at + 7000] for at in range(0, len(CONTENT), 7000)]

    async def send() -> list[str]:
        async with async_client:
            parts = await asyncio.gather(*(async_client.uploads.parts.create(upload.id, data=piece) for piece in reversed(pieces)))
        return [part.id for part in reversed(parts)]

    made = client.uploads.complete(upload.id, part_ids=asyncio.run(send()), md5=hashlib.md5(CONTENT).hexdigest())
    assert made.file is not None
    assert client.files.content(made.file.id).read() == CONTENT


def test_an_upload_can_be_cancelled_and_expires_after_an_hour(client: OpenAI, wire: Wire) -> None:
    upload = begun(client)
    assert (upload.status, upload.expires_at) == ("pending", upload.created_at + 3600)
    assert client.uploads.cancel(upload.id).status == "cancelled"
    late = begun(client)
    wire.advance("1h")
    for change in (
        lambda: client.uploads.parts.create(upload.id, data=b"x"),
        lambda: client.uploads.complete(upload.id, part_ids=[]),
        lambda: client.uploads.cancel(upload.id),
        lambda: client.uploads.parts.create(late.id, data=b"x"),
        lambda: client.uploads.complete(late.id, part_ids=[]),
    ):
        with pytest.raises(openai.BadRequestError, match=r"status '(cancelled|expired)'"):
            change()


def test_what_does_not_add_up_is_refused_and_nothing_is_lost(client: OpenAI) -> None:
    upload = begun(client, 10)
    one, two = (client.uploads.parts.create(upload.id, data=piece).id for piece in (b"hello", b"world"))
    with pytest.raises(openai.BadRequestError, match="number of bytes"):
        client.uploads.parts.create(upload.id, data=b"!")
    with pytest.raises(openai.BadRequestError, match="number of bytes"):
        client.uploads.complete(upload.id, part_ids=[one])
    with pytest.raises(openai.BadRequestError, match="MD5"):
        client.uploads.complete(upload.id, part_ids=[one, two], md5="0" * 32)
    with pytest.raises(openai.BadRequestError, match="does not belong"):
        client.uploads.complete(upload.id, part_ids=[one, one])
    with pytest.raises(openai.NotFoundError, match="No such Upload object: upload_x"):
        client.uploads.cancel("upload_x")
    made = client.uploads.complete(upload.id, part_ids=[two, one])
    assert made.file is not None
    assert client.files.content(made.file.id).read() == b"worldhello"
