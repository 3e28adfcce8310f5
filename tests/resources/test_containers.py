"""Containers through the official SDK: what is put into one comes back, until it is deleted or nobody used the container for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import openai
import pytest
from openai import OpenAI

from mockapi import Server, Settings
from mockapi.app import Api
from mockapi.errors import ApiError
from mockapi.resources.containers import kept
from mockapi.world import World
from tests.conftest import Wire

ALL_BYTES = bytes(range(256)) * 20


def test_a_container_is_kept_and_told_of(client: OpenAI) -> None:
    made = client.containers.create(
        name="box",
        expires_after={"anchor": "last_active_at", "minutes": 5},
        memory_limit="16g",
        network_policy={
            "type": "allowlist",
            "allowed_domains": ["example.com"],
            "domain_secrets": [{"domain": "example.com", "name": "TOKEN", "value": "hidden"}],
        },
        skills=[
            {"type": "skill_reference", "skill_id": "skill_1"},
            {
                "type": "inline",
                "name": "add",
                "description": "adds",
                "source": {"type": "base64", "media_type": "application/zip", "data": "UEsFBg=="},
            },
        ],
    )
    assert made.id.startswith("cntr_") and len(made.id) == 53
    assert (made.name, made.status, made.memory_limit) == ("box", "running", "16g")
    assert made.expires_after is not None and made.expires_after.minutes == 5
    assert made.network_policy is not None and made.network_policy.allowed_domains == ["example.com"]
    assert "hidden" not in made.to_json()
    assert client.containers.retrieve(made.id).name == "box"
    plain = client.containers.create(name="plain")
    assert plain.expires_after is not None
    assert (plain.expires_after.minutes, plain.memory_limit, plain.network_policy) == (20, "1g", None)
    client.containers.delete(made.id)
    with pytest.raises(openai.NotFoundError, match=f"Container with id '{made.id}' not found."):
        client.containers.retrieve(made.id)
    assert [row.id for row in client.containers.list()] == [plain.id]


def test_containers_are_listed_newest_first_by_name_and_page(client: OpenAI) -> None:
    for number in range(5):
        client.containers.create(name="even" if number % 2 == 0 else "odd")
    assert [row.name for row in client.containers.list(limit=2)] == ["even", "odd", "even", "odd", "even"]
    assert [row.name for row in client.containers.list(name="odd", limit=1)] == ["odd", "odd"]
    newest, oldest = (next(iter(client.containers.list(order=order, limit=1))).created_at for order in ("desc", "asc"))
    assert newest >= oldest


def test_files_come_back_byte_for_byte(client: OpenAI) -> None:
    box = client.containers.create(name="box").id
    sent = client.containers.files.create(box, file=("data.bin", ALL_BYTES))
    assert sent.id.startswith("cfile_") and (sent.container_id, sent.bytes, sent.source) == (box, 5120, "user")
    assert sent.path.startswith("/mnt/data/") and sent.path.endswith("-data.bin")
    assert client.containers.files.content.retrieve(sent.id, container_id=box).read() == ALL_BYTES
    kept_file = client.files.create(file=("table.csv", b"a,b\n1,2\n"), purpose="user_data")
    copied = client.containers.files.create(box, file_id=kept_file.id)
    client.files.delete(kept_file.id)
    assert copied.path.endswith("-table.csv")
    assert client.containers.files.content.retrieve(copied.id, container_id=box).read() == b"a,b\n1,2\n"
    assert client.containers.files.retrieve(copied.id, container_id=box).id == copied.id
    assert [file.id for file in client.containers.files.list(box, limit=1)] == [copied.id, sent.id]
    client.containers.files.delete(sent.id, container_id=box)
    assert [file.id for file in client.containers.files.list(box)] == [copied.id]
    with pytest.raises(openai.NotFoundError, match="File not found"):
        client.containers.files.content.retrieve(sent.id, container_id=box)


def test_a_container_begins_with_copies_of_files(client: OpenAI) -> None:
    first, second = (client.files.create(file=(f"{name}.txt", name.encode()), purpose="user_data").id for name in ("a", "b"))
    box = client.containers.create(name="box", file_ids=[first, second]).id
    rows = list(client.containers.files.list(box, order="asc"))
    assert [client.containers.files.content.retrieve(row.id, container_id=box).read() for row in rows] == [b"a", b"b"]
    with pytest.raises(openai.NotFoundError, match="No such File object: file-gone"):
        client.containers.create(name="other", file_ids=[first, "file-gone"])
    assert len(list(client.containers.list())) == 1


def test_a_container_expires_when_nobody_uses_it(client: OpenAI, wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})
    box = client.containers.create(name="box")
    file = client.containers.files.create(box.id, file=("a.txt", b"hello"))
    files = client.containers.files
    uses: list[Any] = [
        lambda: client.containers.retrieve(box.id),
        lambda: files.create(box.id, file=("b.txt", b"x")),
        lambda: list(files.list(box.id)),
        lambda: files.retrieve(file.id, container_id=box.id),
        lambda: files.content.retrieve(file.id, container_id=box.id),
    ]
    for use in uses:
        wire.advance("19m")
        use()
        shown = next(iter(client.containers.list()))
        assert (shown.status, shown.last_active_at) == ("running", wire.control("GET", "/_mock/clock").json()["now"])
    wire.advance("20m")
    assert [row.status for row in client.containers.list()] == ["expired"]
    expired = client.containers.retrieve(box.id)
    assert (expired.status, expired.last_active_at) == ("expired", shown.last_active_at)
    for use in uses[1:]:
        with pytest.raises(openai.BadRequestError, match="Container is expired"):
            use()
    wire.control("POST", "/_mock/clock", json={"set": "2027-01-01T00:00:00Z"})
    assert client.containers.retrieve(box.id).status == "expired"
    client.containers.delete(box.id)
    assert list(client.containers.list()) == []


def test_a_refused_use_does_not_count(client: OpenAI, wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    box = client.containers.create(name="box")
    wire.advance("10m")
    with pytest.raises(openai.NotFoundError):
        client.containers.files.retrieve("cfile_none", container_id=box.id)
    with pytest.raises(openai.NotFoundError):
        client.containers.files.create(box.id, file_id="file-none")
    assert next(iter(client.containers.list())).last_active_at == box.last_active_at


def in_a_world(work: Any) -> Any:
    """What some work comes to in a world of its own."""
    world = Api(Settings(clock="2027-01-01")).worlds.world("box")

    async def run() -> Any:
        made: Awaitable[Any] = work(world)
        return await made

    return asyncio.run(run())


def test_an_automatic_container_is_used_again_while_it_runs() -> None:
    async def work(world: World) -> None:
        async def stream() -> Any:
            return await world.call_stream(world.seed.stream(b"auto").origin)

        first = await kept.auto(world, await stream(), memory_limit="4g")
        assert (first["name"], first["memory_limit"]) == ("auto", "4g")
        world.clock.advance(600 * 1_000_000)
        again = await kept.auto(world, await stream(), ["cntr_gone", first["id"]])
        assert again["id"] == first["id"] and again["last_active_at"] == first["last_active_at"] + 600
        made = await kept.add(world, await stream(), first["id"], "/mnt/data/plot.png", b"1")
        assert made["source"] == "assistant"
        over = await kept.add(world, await stream(), first["id"], "/mnt/data/plot.png", b"22")
        rows = await world.store.page(kept.files_of(first["id"]))
        assert [(row["id"], row["bytes"]) for row in rows] == [(over["id"], 2)]
        world.clock.advance(1200 * 1_000_000)
        other = await kept.auto(world, await stream(), [first["id"]])
        assert other["id"] != first["id"]
        with pytest.raises(ApiError, match="Container is expired"):
            await kept.named(world, first["id"])
        assert await world.store.read(kept.content_of(over)) is None

    in_a_world(work)


def test_the_same_calls_make_the_same_containers() -> None:
    def told() -> list[str]:
        with Server(Settings(port=0, clock="2027-01-01")) as mock, Wire(mock.base_url, "sk-same") as wire:
            box = wire.request("POST", "/containers", json={"name": "box"})
            file = wire.request("POST", f"/containers/{box.json()['id']}/files", files={"file": ("a.txt", b"hello")})
            return [box.text, file.text]

    assert told() == told()
