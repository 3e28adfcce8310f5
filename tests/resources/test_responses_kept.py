"""What becomes of responses: chains, conversations, lists of inputs, the background, streams that are resumed, deletion, compaction."""

from __future__ import annotations

import base64
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.responses import Response

from tests.conftest import Wire
from tests.resources.test_responses import MODEL, ask, last, stream
from tests.samples import png


def listed(client: OpenAI, id: str, **more: Any) -> Any:
    """A page of what a response was sent."""
    return client.responses.input_items.list(id, **more)


def pace(wire: Wire, told: dict[str, Any]) -> None:
    assert wire.control("POST", "/_mock/lifecycle", json={"kind": "response", **told}).status_code == 200


def freeze(wire: Wire) -> None:
    assert wire.control("POST", "/_mock/clock", json={"freeze": True}).status_code == 200


def test_what_went_before_is_remembered(client: OpenAI) -> None:
    first = ask(client, "My name is Ada.")
    second = ask(client, "And I live in Paris.", previous_response_id=first.id)
    third = ask(client, "What is my name?", previous_response_id=second.id)
    sent: list[Any] = [
        {"role": "user", "content": "My name is Ada."}, *first.output,
        {"role": "user", "content": "And I live in Paris."}, *second.output,
        {"role": "user", "content": "What is my name?"},
    ]  # fmt: skip
    again = ask(client, sent, store=False)
    assert again.output_text == third.output_text
    assert again.usage and third.usage and again.usage.input_tokens == third.usage.input_tokens
    # Instructions are not carried over.
    told = ask(client, "Hi", instructions="Be a pirate.")
    assert ask(client, "Hi", previous_response_id=told.id).instructions is None


def test_a_response_that_is_not_stored_is_nowhere(client: OpenAI) -> None:
    made = ask(client, store=False)
    assert made.to_dict()["store"] is False
    with pytest.raises(openai.NotFoundError, match=f"Response with id '{made.id}' not found."):
        client.responses.retrieve(made.id)
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, previous_response_id=made.id)
    assert caught.value.code == "previous_response_not_found"
    with pytest.raises(openai.NotFoundError, match="Items are not persisted when `store` is set to false"):
        ask(client, [{"type": "item_reference", "id": made.output[0].id}, {"role": "user", "content": "And?"}])


def test_items_are_referred_to(client: OpenAI) -> None:
    first = ask(client, "My name is Ada.")
    sent = client.responses.input_items.list(first.id).data[0]
    references: Any = [
        {"type": "item_reference", "id": sent.id},
        {"id": first.output[0].id},
        {"role": "user", "content": "What is my name?"},
    ]
    chained = ask(client, "What is my name?", previous_response_id=first.id)
    assert ask(client, references).output_text == chained.output_text
    assert [item.id for item in client.responses.input_items.list(ask(client, references).id, order="asc")][:2] == [
        sent.id, first.output[0].id,
    ]  # fmt: skip


def test_a_conversation_grows_with_its_responses(client: OpenAI) -> None:
    talk = client.conversations.create()
    made = ask(client, "My name is Ada.", conversation=talk.id)
    assert made.conversation and made.conversation.id == talk.id
    more = ask(client, "What is my name?", conversation={"id": talk.id})
    assert more.output_text == ask(client, "What is my name?", previous_response_id=made.id).output_text
    kept: list[Any] = client.conversations.items.list(talk.id, order="asc").data
    assert [item.role for item in kept] == ["user", "assistant", "user", "assistant"]
    assert kept[1].id == made.output[0].id
    last(stream(client, "Bye", conversation=talk.id))
    assert len(client.conversations.items.list(talk.id).data) == 6
    with pytest.raises(openai.NotFoundError, match=r"Conversation with id 'conv_x' not found\."):
        ask(client, conversation="conv_x")


def test_input_items_are_paged_newest_first(client: OpenAI) -> None:
    made = ask(client, [{"role": "user", "content": f"number {number}"} for number in range(5)])

    def texts(**more: Any) -> list[str]:
        return [each.content[0].text for each in listed(client, made.id, **more)]

    assert texts() == [f"number {number}" for number in (4, 3, 2, 1, 0)]
    assert texts(order="asc", limit=2) == [f"number {number}" for number in range(5)]
    page = listed(client, made.id, limit=2)
    assert page.has_more and [each.id for each in page.data][-1] == page.last_id
    rest = listed(client, made.id, limit=5, after=page.last_id)
    assert len(rest.data) == 3 and not rest.has_more
    chained = ask(client, "next", previous_response_id=made.id)
    assert [each.content[0].text for each in listed(client, chained.id)] == ["next"]


def test_a_long_context_is_cut_where_that_is_allowed(client: OpenAI) -> None:
    long: Any = [
        {"role": "user", "content": "word " * 70_000},
        {"role": "user", "content": "word " * 70_000},
        {"role": "user", "content": "Say hello"},
    ]
    headers = {"x-mock-tier": "5"}
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, long, extra_headers=headers)
    assert (caught.value.code, caught.value.param) == ("context_length_exceeded", "input")
    made = ask(client, long, truncation="auto", extra_headers=headers)
    assert made.truncation == "auto" and made.output_text == "Hello!" and made.usage and made.usage.input_tokens < 128_000


def test_files_and_pictures_are_named_by_their_ids(client: OpenAI) -> None:
    text = client.files.create(file=("report.txt", b"The secret word is xylophone."), purpose="user_data")
    shot = client.files.create(file=("a.png", png()), purpose="vision")

    def given(*parts: Any) -> Response:
        return ask(client, [{"role": "user", "content": [{"type": "input_text", "text": "What does it say?"}, *parts]}])

    by_id = given({"type": "input_file", "file_id": text.id})
    data = base64.b64encode(b"The secret word is xylophone.").decode()
    inline = given({"type": "input_file", "filename": "report.txt", "file_data": f"data:text/plain;base64,{data}"})
    assert by_id.output_text == inline.output_text
    assert by_id.usage and inline.usage and by_id.usage.input_tokens == inline.usage.input_tokens
    seen = given({"type": "input_image", "file_id": shot.id})
    url = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    assert seen.output_text == given({"type": "input_image", "image_url": url, "detail": "auto"}).output_text
    kept: Any = client.responses.input_items.list(seen.id).data[0]
    assert kept.content[1].file_id == shot.id and kept.content[1].image_url is None
    with pytest.raises(openai.BadRequestError, match="file-nope"):
        given({"type": "input_file", "file_id": "file-nope"})


def test_a_response_is_deleted(client: OpenAI) -> None:
    made = ask(client)
    client.responses.delete(made.id)
    for gone in (client.responses.retrieve, client.responses.delete, client.responses.cancel, client.responses.input_items.list):
        with pytest.raises(openai.NotFoundError, match=f"Response with id '{made.id}' not found."):
            gone(made.id)


def test_only_what_runs_in_the_background_is_cancelled(client: OpenAI) -> None:
    made = ask(client)
    with pytest.raises(openai.BadRequestError, match=r"Cannot cancel a synchronous response\."):
        client.responses.cancel(made.id)
    assert client.responses.retrieve(made.id).status == "completed"


def test_in_the_background_by_polls(client: OpenAI, wire: Wire) -> None:
    pace(wire, {"mode": "polls", "polls": 1})
    made = ask(client, background=True)
    assert (made.status, made.output, made.usage, made.background) == ("queued", [], None, True)
    seen = [client.responses.retrieve(made.id) for _ in range(3)]
    assert [each.status for each in seen] == ["in_progress", "completed", "completed"]
    assert seen[0].output == [] and seen[0].usage is None
    assert seen[-1].output_text == "Hello!" and seen[-1].completed_at


def test_in_the_background_at_once(client: OpenAI, wire: Wire) -> None:
    pace(wire, {"mode": "immediate"})
    made = ask(client, background=True)
    assert client.responses.retrieve(made.id).status == "completed"


def test_in_the_background_by_time(client: OpenAI, wire: Wire) -> None:
    freeze(wire)
    pace(wire, {"mode": "time", "seconds": {"queued": 10, "in_progress": 60}})
    made = ask(client, background=True)
    assert client.responses.retrieve(made.id).status == "queued"
    wire.advance("15s")
    assert client.responses.retrieve(made.id).status == "in_progress"
    wire.advance("60s")
    done = client.responses.retrieve(made.id)
    assert done.status == "completed" and done.completed_at == made.created_at + 70


def test_a_cancelled_response_stays_so(client: OpenAI, wire: Wire) -> None:
    freeze(wire)
    made = ask(client, background=True)
    stopped = client.responses.cancel(made.id)
    assert (stopped.status, stopped.id, stopped.output) == ("cancelled", made.id, [])
    wire.advance("1h")
    assert client.responses.retrieve(made.id).status == "cancelled"
    assert client.responses.cancel(made.id).status == "cancelled"
    done = ask(client, "Hi", background=True)
    wire.advance("1h")
    assert client.responses.retrieve(done.id).status == "completed"
    with pytest.raises(openai.BadRequestError, match="Cannot cancel"):
        client.responses.cancel(done.id)


def test_what_the_background_came_to_is_there_once_it_is_done(client: OpenAI, wire: Wire) -> None:
    freeze(wire)
    talk = client.conversations.create()
    made = ask(client, "My name is Ada.", background=True, conversation=talk.id)
    wire.advance("1h")
    assert client.responses.retrieve(made.id).status == "completed"
    assert len(client.conversations.items.list(talk.id).data) == 2
    again = ask(client, "My name is Ada.")
    told = [ask(client, "What is my name?", previous_response_id=each.id) for each in (client.responses.retrieve(made.id), again)]
    assert told[0].output_text == told[1].output_text


def test_a_stream_of_the_background_is_resumed(client: OpenAI) -> None:
    events = stream(client, "Tell me about owls", background=True)
    assert [event.type for event in events[:3]] == ["response.created", "response.queued", "response.in_progress"]
    made: Any = events[0]
    assert made.response.status == "queued"
    for after in (0, 1, 4, len(events) - 2):
        rest = list(client.responses.retrieve(made.response.id, stream=True, starting_after=after))
        assert rest == events[after + 1 :]
    assert list(client.responses.retrieve(made.response.id, stream=True)) == events
    assert client.responses.retrieve(made.response.id) == last(events)


def test_what_was_asked_for_without_a_stream_can_be_followed(client: OpenAI, wire: Wire) -> None:
    made = ask(client, "Tell me about owls", background=True)
    events = list(client.responses.retrieve(made.id, stream=True))
    assert last(events).output_text == client.responses.retrieve(made.id).output_text
    whole = ask(client)
    with pytest.raises(openai.BadRequestError):
        client.responses.retrieve(whole.id, stream=True)


def test_a_stream_of_what_was_cancelled_does_not_tell_of_its_completion(client: OpenAI, wire: Wire) -> None:
    freeze(wire)
    made = ask(client, "Tell me about owls", background=True)
    client.responses.cancel(made.id)
    events: list[Any] = list(client.responses.retrieve(made.id, stream=True))
    assert [event.type for event in events] == ["response.created", "response.queued"]
    made = ask(client, "Tell me about owls", background=True)
    wire.advance("200ms")
    client.responses.cancel(made.id)
    kinds = [event.type for event in client.responses.retrieve(made.id, stream=True, starting_after=0)]
    assert kinds == ["response.queued", "response.in_progress"]


def test_a_context_is_compacted(client: OpenAI) -> None:
    first = ask(client, "My name is Ada.")
    short = client.responses.compact(model=MODEL, previous_response_id=first.id)
    assert short.object == "response.compaction"
    assert [item.type for item in short.output] == ["message", "compaction"]
    # What the user said is sent as it was told, though the SDK takes it for something a model said.
    kept = [item.to_dict(warnings=False) for item in short.output]
    again = ask(client, [*kept, {"role": "user", "content": "What is my name?"}])
    assert again.status == "completed" and kept[0]["content"] == [{"type": "input_text", "text": "My name is Ada."}]
    with pytest.raises(openai.BadRequestError, match="Duplicate item found with id"):
        ask(client, kept[1:] * 2)
