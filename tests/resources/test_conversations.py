"""Conversations through the official SDK: items are kept as a model's own are, in order, until they are deleted."""

from __future__ import annotations

import asyncio
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.responses import ResponseInputItemParam

from mockapi import Server
from tests.conftest import Wire


def user(text: str) -> ResponseInputItemParam:
    return {"type": "message", "role": "user", "content": text}


def texts(items: Any) -> list[str]:
    return [item.content[0].text for item in items]


def test_a_conversation_is_kept_changed_and_deleted(client: OpenAI) -> None:
    made = client.conversations.create(items=[user("Hello!")], metadata={"topic": "demo"})
    assert made.object == "conversation" and made.id.startswith("conv_") and len(made.id) == 53
    assert made.metadata == {"topic": "demo"}
    assert client.conversations.retrieve(made.id) == made
    changed = client.conversations.update(made.id, metadata={"topic": "project-x"})
    assert changed == made.model_copy(update={"metadata": {"topic": "project-x"}})
    assert client.conversations.retrieve(made.id) == changed
    assert client.conversations.update(made.id, metadata=None).metadata == {}
    gone = client.conversations.delete(made.id)
    assert (gone.id, gone.object, gone.deleted) == (made.id, "conversation.deleted", True)
    with pytest.raises(openai.NotFoundError, match=f"Conversation with id '{made.id}' not found."):
        client.conversations.retrieve(made.id)
    with pytest.raises(openai.NotFoundError):
        client.conversations.items.list(made.id)


def test_a_conversation_may_begin_empty(client: OpenAI) -> None:
    made = client.conversations.create()
    assert made.metadata == {}
    page = client.conversations.items.list(made.id)
    assert (page.data, page.has_more, page.last_id) == ([], False, None)


def test_messages_are_kept_in_parts(client: OpenAI, wire: Wire) -> None:
    made = client.conversations.create(
        items=[
            user("Hello!"),
            {"role": "assistant", "content": "Hi."},
            {"role": "developer", "content": [{"type": "input_text", "text": "Be brief."}]},
        ]
    )
    kept = wire.request("GET", f"/conversations/{made.id}/items", params={"order": "asc"}).json()["data"]
    assert [list(item) for item in kept] == [["id", "type", "status", "content", "role"]] * 3
    assert [item["content"] for item in kept] == [
        [{"type": "input_text", "text": "Hello!"}],
        [{"type": "output_text", "annotations": [], "logprobs": [], "text": "Hi."}],
        [{"type": "input_text", "text": "Be brief."}],
    ]
    assert {item["status"] for item in kept} == {"completed"}
    # A conversation and its items share a lineage.
    assert all(item["id"].startswith(f"msg_{made.id[-16:]}00") and len(item["id"]) == 54 for item in kept)


CALLS: list[Any] = [
    {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAAAAB"},
    {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "call_1", "output": [{"type": "input_image", "image_url": "https://example.com/a.png"}]},
    {"type": "custom_tool_call", "call_id": "call_2", "name": "c", "input": "x"},
    {"type": "shell_call", "call_id": "call_3", "action": {"commands": ["ls"]}},
    {"type": "web_search_call", "id": "ws_1", "status": "completed",
     "action": {"type": "search", "query": "owls", "queries": ["owls"], "sources": [{"type": "url", "url": "https://example.com"}]}},
    {"type": "file_search_call", "id": "fs_1", "status": "completed", "queries": ["owls"], "results": [{"file_id": "file-1", "score": 0.5}]},
    {"type": "code_interpreter_call", "id": "ci_1", "status": "completed", "container_id": "cntr_1", "code": "1",
     "outputs": [{"type": "logs", "logs": "1"}]},
    {"type": "computer_call_output", "call_id": "call_4", "output": {"type": "computer_screenshot", "image_url": "https://example.com/b.png"}},
    {"type": "message", "role": "user", "content": [{"type": "input_image", "image_url": "https://example.com/c.png", "detail": "low"}]},
    {"type": "message", "role": "assistant", "content": [
        {"type": "output_text", "text": "a", "annotations": [], "logprobs": [{"token": "a", "bytes": [97], "logprob": 0.0, "top_logprobs": []}]}
    ]},
]  # fmt: skip
INCLUDES: list[Any] = [
    "file_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url",
    "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs",
]  # fmt: skip


def test_items_of_every_kind_get_ids_and_a_status(client: OpenAI) -> None:
    made = client.conversations.create()
    created = client.conversations.items.create(made.id, items=CALLS)
    assert [item.type for item in created.data] == [item["type"] for item in CALLS]
    prefixes = ["rs", "fc", "fco", "ctc", "sh", "ws", "fs", "ci", "cuo", "msg", "msg"]
    assert [str(item.id).partition("_")[0] for item in created.data] == prefixes
    assert [item.id for item in created.data if item.id in {sent.get("id") for sent in CALLS}] == ["rs_1", "ws_1", "fs_1", "ci_1"]
    assert (created.first_id, created.last_id, created.has_more) == (created.data[0].id, created.data[-1].id, False)


def test_what_must_be_asked_for_is_told_only_when_it_was(client: OpenAI) -> None:
    made = client.conversations.create()
    silent = client.conversations.items.create(made.id, items=CALLS).to_dict()["data"]
    listed = client.conversations.items.list(made.id, order="asc", include=INCLUDES).to_dict()["data"]
    assert isinstance(silent, list) and isinstance(listed, list)
    reasoning, _, _, _, _, web, files, code, screenshot, picture, said = listed
    assert reasoning["encrypted_content"] == "gAAAAAB" and "encrypted_content" not in silent[0]
    assert web["action"]["sources"] and "sources" not in silent[5]["action"]
    assert files["results"] and silent[6]["results"] is None
    assert code["outputs"] and silent[7]["outputs"] is None
    assert screenshot["output"]["image_url"] and "image_url" not in silent[8]["output"]
    assert picture["content"][0]["image_url"] and silent[9]["content"][0]["image_url"] is None
    assert said["content"][0]["logprobs"] and silent[10]["content"][0]["logprobs"] == []
    one = client.conversations.items.retrieve(picture["id"], conversation_id=made.id, include=["message.input_image.image_url"])
    assert one.to_dict() == picture


def test_items_are_listed_newest_first_and_by_page(client: OpenAI, async_client: AsyncOpenAI) -> None:
    made = client.conversations.create(items=[user(str(number)) for number in range(20)])
    client.conversations.items.create(made.id, items=[user("20"), user("21"), user("22")])
    page = client.conversations.items.list(made.id)
    assert texts(page.data) == [str(number) for number in range(22, 2, -1)] and page.has_more
    assert texts(client.conversations.items.list(made.id, limit=5)) == [str(number) for number in range(22, -1, -1)]
    assert page.last_id == page.data[-1].id
    assert texts(client.conversations.items.list(made.id, order="asc", after=page.last_id or "", limit=2).data) == ["4", "5"]

    async def listed() -> list[str]:
        async with async_client:
            return texts([item async for item in async_client.conversations.items.list(made.id, order="asc", limit=3)])

    assert asyncio.run(listed()) == [str(number) for number in range(23)]


def test_an_item_is_retrieved_and_deleted(client: OpenAI) -> None:
    made = client.conversations.create(items=[user("one"), user("two")])
    newest, oldest = client.conversations.items.list(made.id).data
    assert oldest.id and newest.id
    assert client.conversations.items.retrieve(oldest.id, conversation_id=made.id) == oldest
    assert client.conversations.items.delete(oldest.id, conversation_id=made.id) == made
    assert [item.id for item in client.conversations.items.list(made.id)] == [newest.id]
    with pytest.raises(openai.NotFoundError, match=f"Item with id '{oldest.id}' not found."):
        client.conversations.items.retrieve(oldest.id, conversation_id=made.id)
    with pytest.raises(openai.NotFoundError):
        client.conversations.items.delete(oldest.id, conversation_id=made.id)


def test_a_reference_is_the_item_it_names(client: OpenAI) -> None:
    first = client.conversations.create(items=[user("one")])
    item = client.conversations.items.list(first.id).data[0]
    assert item.id
    # doc: a conversation's items outlive it
    client.conversations.delete(first.id)
    second = client.conversations.create(items=[{"type": "item_reference", "id": item.id}, user("two")])
    assert texts(client.conversations.items.list(second.id, order="asc").data) == ["one", "two"]


def test_what_is_told_may_be_sent_again(client: OpenAI) -> None:
    made = client.conversations.create(items=CALLS)
    told: Any = client.conversations.items.list(made.id, order="asc", include=INCLUDES).to_dict()["data"]
    again = client.conversations.create(items=told)
    assert client.conversations.items.list(again.id, order="asc", include=INCLUDES).to_dict()["data"] == told


def test_conversations_of_another_key_are_not_there(client: OpenAI, server: Server, key: str) -> None:
    made = client.conversations.create()
    with OpenAI(base_url=server.base_url, api_key=f"{key}-other", max_retries=0) as other, pytest.raises(openai.NotFoundError):
        other.conversations.retrieve(made.id)


def test_the_same_conversation_has_the_same_ids_in_the_same_world(wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})
    body = {"items": [user("one")], "metadata": {"a": "b"}}

    def made() -> tuple[bytes, bytes]:
        created = wire.request("POST", "/conversations", json=body)
        return created.content, wire.request("GET", f"/conversations/{created.json()['id']}/items").content

    first, second = made(), made()
    assert first[0] != second[0]
    wire.control("POST", "/_mock/reset")
    assert (made(), made()) == (first, second)


def test_canned_conversations_echo_their_ids(canned_server: Server, key: str) -> None:
    with OpenAI(base_url=canned_server.base_url, api_key=key, max_retries=0) as canned:
        assert canned.conversations.retrieve("conv_junk").id == "conv_junk"
        assert canned.conversations.create(metadata={"team": "blue"}).metadata == {"team": "blue"}
        assert canned.conversations.items.delete("msg_junk", conversation_id="conv_junk").id == "conv_junk"
        assert canned.conversations.delete("conv_junk").deleted is True
        assert canned.conversations.items.retrieve("msg_junk", conversation_id="conv_junk").id == "msg_junk"
        assert len(canned.conversations.items.list("conv_junk", limit=1).data) <= 1
