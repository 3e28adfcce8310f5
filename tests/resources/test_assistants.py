"""Assistants, threads and messages through the official SDK: kept, listed, changed, deleted, and what their tools work with."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.resources.test_vector_stores import upload
from tests.samples import CODE, LOOK_UP, SEARCH, png

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_an_assistant_is_kept_changed_and_deleted(client: OpenAI) -> None:
    tools: Any = [CODE, SEARCH, LOOK_UP]
    form: Any = {"type": "json_object"}
    made = client.beta.assistants.create(
        model="gpt-4o", name="Guide", description="Knows", instructions="Be brief", tools=tools, temperature=0.2, response_format=form
    )
    assert made.id.startswith("asst_") and len(made.id) == 29
    assert (made.model, made.name, made.temperature, made.top_p, made.metadata) == ("gpt-4o", "Guide", 0.2, 1.0, {})
    assert [tool.type for tool in made.tools] == ["code_interpreter", "file_search", "function"]
    assert client.beta.assistants.retrieve(made.id) == made
    changed = client.beta.assistants.update(
        made.id, name=None, instructions="Be kind", tools=[], metadata={"a": "b"}, response_format="auto"
    )
    assert (changed.name, changed.description, changed.instructions, changed.tools, changed.metadata, changed.response_format) == (
        None, "Knows", "Be kind", [], {"a": "b"}, "auto",
    )  # fmt: skip
    assert client.beta.assistants.delete(made.id).deleted
    for gone in (client.beta.assistants.retrieve, client.beta.assistants.delete):
        with pytest.raises(openai.NotFoundError, match=f"No assistant found with id '{made.id}'."):
            gone(made.id)


def test_assistants_are_listed_by_page_in_both_directions(client: OpenAI) -> None:
    ids = [client.beta.assistants.create(model="gpt-4o-mini", name=str(number)).id for number in range(5)]
    assert [each.id for each in client.beta.assistants.list(limit=2)] == ids[::-1]
    assert [each.id for each in client.beta.assistants.list(limit=2, order="asc", after=ids[1]).data] == ids[2:4]
    assert [each.id for each in client.beta.assistants.list(limit=2, before=ids[1]).data] == [ids[3], ids[2]]


@pytest.mark.parametrize(
    ("model", "code", "words"),
    [
        ("nothing-4", "model_not_found", "The requested model 'nothing-4' does not exist."),
        ("tts-1", "unsupported_model", "The requested model 'tts-1' cannot be used with the Assistants API."),
    ],
)
def test_models_that_assistants_cannot_have(client: OpenAI, model: str, code: str, words: str) -> None:
    with pytest.raises(openai.BadRequestError, match=words) as caught:
        client.beta.assistants.create(model=model)
    assert (caught.value.param, caught.value.code) == ("model", code)
    kept = client.beta.assistants.create(model="gpt-4o-mini")
    with pytest.raises(openai.BadRequestError, match=words):
        client.beta.assistants.update(kept.id, model=model)
    assert client.beta.assistants.retrieve(kept.id).model == "gpt-4o-mini"


def test_only_models_that_reason_are_told_how_much(client: OpenAI) -> None:
    made: Any = client.beta.assistants.create(model="o3-mini", reasoning_effort="low")
    assert made.reasoning_effort == "low"
    with pytest.raises(openai.BadRequestError, match="reasoning_effort"):
        client.beta.assistants.create(model="gpt-4o-mini", reasoning_effort="low")


def test_stores_and_files_of_assistants_and_threads(client: OpenAI) -> None:
    file = upload(client, "a.md", b"Hello")
    wanted: Any = {
        "code_interpreter": {"file_ids": [file]},
        "file_search": {"vector_stores": [{"file_ids": [file], "metadata": {"a": "b"}}]},
    }
    for told in (
        client.beta.assistants.create(model="gpt-4o", tool_resources=wanted).tool_resources,
        client.beta.threads.create(tool_resources=wanted).tool_resources,
    ):
        assert told is not None and told.code_interpreter is not None and told.file_search is not None
        assert told.code_interpreter.file_ids == [file]
        store_id = next(iter(told.file_search.vector_store_ids or ()))
        assert client.vector_stores.retrieve(store_id).metadata == {"a": "b"}
        assert [each.id for each in client.vector_stores.files.list(store_id)] == [file]
    stores = len(client.vector_stores.list().data)
    for bad in (
        {"code_interpreter": {"file_ids": ["file-none"]}},
        {"file_search": {"vector_store_ids": ["vs_none"]}},
        {"file_search": {"vector_store_ids": [store_id], "vector_stores": [{}]}},
        {"file_search": {"vector_stores": [{"file_ids": ["file-none"]}]}},
    ):
        refused: Any = bad
        with pytest.raises(openai.APIStatusError):
            client.beta.threads.create(tool_resources=refused)
    assert len(client.vector_stores.list().data) == stores
    thread = client.beta.threads.create()
    changed = client.beta.threads.update(thread.id, tool_resources={"file_search": {"vector_store_ids": [store_id]}})
    assert changed.tool_resources is not None and changed.tool_resources.file_search is not None
    assert changed.tool_resources.file_search.vector_store_ids == [store_id]


def test_a_thread_is_kept_changed_and_deleted(client: OpenAI) -> None:
    made = client.beta.threads.create(messages=[{"role": "user", "content": "Hi"}], metadata={"team": "blue"})
    assert made.id.startswith("thread_") and len(made.id) == 31
    assert client.beta.threads.retrieve(made.id) == made
    assert client.beta.threads.update(made.id, metadata={"team": "red"}).metadata == {"team": "red"}
    (message,) = client.beta.threads.messages.list(made.id).data
    assert client.beta.threads.delete(made.id).deleted
    with pytest.raises(openai.NotFoundError, match=f"No thread found with id '{made.id}'."):
        client.beta.threads.messages.retrieve(message.id, thread_id=made.id)


def test_messages_are_kept_in_order_and_changed(client: OpenAI) -> None:
    thread = client.beta.threads.create().id
    messages = client.beta.threads.messages
    first = messages.create(thread, role="user", content="one")
    parts: Any = [
        {"type": "text", "text": "two"},
        {"type": "image_url", "image_url": {"url": "https://example.com/512x512.png", "detail": "low"}},
    ]
    second = messages.create(thread, role="assistant", content=parts, metadata={"a": "b"})
    assert (first.status, first.run_id, first.assistant_id, first.attachments) == ("completed", None, None, [])
    assert first.content[0].to_dict() == {"type": "text", "text": {"value": "one", "annotations": []}}
    assert second.content[1].to_dict() == {"type": "image_url", "image_url": {"url": "https://example.com/512x512.png", "detail": "low"}}
    assert [each.id for each in messages.list(thread)] == [second.id, first.id]
    assert messages.list(thread, run_id="run_none").data == []
    assert messages.update(first.id, thread_id=thread, metadata={"x": "y"}).metadata == {"x": "y"}
    assert messages.retrieve(first.id, thread_id=thread).metadata == {"x": "y"}
    assert messages.delete(first.id, thread_id=thread).deleted
    with pytest.raises(openai.NotFoundError, match=f"No message found with id '{first.id}'."):
        messages.retrieve(first.id, thread_id=thread)


def test_pictures_of_messages(client: OpenAI) -> None:
    picture = client.files.create(file=("a.png", png()), purpose="vision").id
    text = upload(client, "a.md", b"Hello")
    thread = client.beta.threads.create().id
    parts: Any = [{"type": "image_file", "image_file": {"file_id": picture}}]
    made = client.beta.threads.messages.create(thread, role="user", content=parts)
    assert made.content[0].to_dict() == {"type": "image_file", "image_file": {"file_id": picture, "detail": "auto"}}
    for bad, words in (
        ({"type": "image_file", "image_file": {"file_id": "file-none"}}, "No file found with id 'file-none'."),
        ({"type": "image_file", "image_file": {"file_id": text}}, "image"),
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}, "Expected a valid URL"),
    ):
        refused: Any = [bad]
        with pytest.raises(openai.BadRequestError, match=words):
            client.beta.threads.messages.create(thread, role="user", content=refused)


def test_attachments_are_put_where_tools_find_them(client: OpenAI) -> None:
    files = [upload(client, name, b"Hello") for name in ("a.md", "b.md")]
    both: Any = [{"file_id": files[0], "tools": [SEARCH, CODE]}]
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hi", "attachments": both}])
    client.beta.threads.messages.create(
        thread.id, role="user", content="and", attachments=[{"file_id": files[1], "tools": [{"type": "file_search"}]}]
    )
    told = client.beta.threads.retrieve(thread.id).tool_resources
    assert told is not None and told.code_interpreter is not None and told.file_search is not None
    assert told.code_interpreter.file_ids == [files[0]]
    store_id = next(iter(told.file_search.vector_store_ids or ()))
    assert {each.id for each in client.vector_stores.files.list(store_id)} == set(files)
    store = client.vector_stores.retrieve(store_id)
    assert store.expires_after is not None and store.expires_after.days == 7
    (message,) = client.beta.threads.messages.list(thread.id, order="asc", limit=1).data
    assert message.attachments is not None and message.attachments[0].to_dict() == {"file_id": files[0], "tools": [SEARCH, CODE]}
