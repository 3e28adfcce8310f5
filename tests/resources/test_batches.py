"""Batches through the official SDK: they move, every line is run, and what cannot run is told as the API tells it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterable
from typing import Any, get_args

import openai
import pytest
from openai import OpenAI
from openai.types import Batch

from mockapi.contract.batches import BatchEndpoint
from tests.conftest import Wire
from tests.samples import png

CHAT = "/v1/chat/completions"
CELL = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}


def line(number: Any, endpoint: str = CHAT, **body: Any) -> dict[str, Any]:
    asked = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": f"Tell me about the number {number}"}]}
    return {"custom_id": f"line-{number}", "method": "POST", "url": endpoint, "body": body if "model" in body else {**asked, **body}}


def sent(client: OpenAI, lines: Iterable[Any], endpoint: Any = CHAT, **options: Any) -> Batch:
    """A batch of lines, as JSON or as they are."""
    content = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines)
    file = client.files.create(file=("in.jsonl", content.encode()), purpose="batch")
    return client.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h", **options)


def results(client: OpenAI, file_id: str | None) -> dict[str, Any]:
    assert file_id is not None
    rows = [json.loads(text) for text in client.files.content(file_id).text.splitlines()]
    assert all(list(row) == ["id", "custom_id", "response", "error"] for row in rows)
    found = {row["custom_id"]: row for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture(autouse=True)
def _still(wire: Wire) -> None:
    """Time stands still but where a test moves it."""
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})


def test_a_batch_moves_on_the_clock_and_every_line_is_run(client: OpenAI, wire: Wire) -> None:
    made = sent(client, [*map(line, range(9)), line("bad", temperature=9)], metadata={"team": "blue"})
    assert (made.status, made.metadata, made.expires_at) == ("validating", {"team": "blue"}, made.created_at + 86_400)
    assert made.request_counts is not None and made.request_counts.total == 0
    wire.advance("300ms")
    running = client.batches.retrieve(made.id)
    assert running.status == "in_progress"
    assert running.request_counts is not None and (running.request_counts.total, running.request_counts.completed) == (10, 2)
    assert running.model == "gpt-4o-mini-2024-07-18"
    wire.advance("500ms")
    assert client.batches.retrieve(made.id).status == "finalizing"
    wire.advance("1h")
    done = client.batches.retrieve(made.id)
    assert done.status == "completed"
    assert done.completed_at is not None and done.completed_at <= made.created_at + 1
    counts = done.request_counts
    assert counts is not None and (counts.total, counts.completed, counts.failed) == (10, 9, 1)
    good, bad = results(client, done.output_file_id), results(client, done.error_file_id)
    assert set(good) == {f"line-{n}" for n in range(9)}
    assert all(row["response"]["status_code"] == 200 and row["error"] is None for row in good.values())
    assert all(row["response"]["body"]["object"] == "chat.completion" for row in good.values())
    assert bad["line-bad"]["response"]["status_code"] == 400
    assert bad["line-bad"]["response"]["body"]["error"]["param"] == "temperature"
    assert done.usage is not None
    assert done.usage.input_tokens == sum(row["response"]["body"]["usage"]["prompt_tokens"] for row in good.values())
    assert done.usage.total_tokens == sum(row["response"]["body"]["usage"]["total_tokens"] for row in good.values())
    names = {file.filename: file.purpose for file in client.files.list()}
    assert names == {"in.jsonl": "batch", f"{made.id}_output.jsonl": "batch_output", f"{made.id}_error.jsonl": "batch_output"}


def test_a_line_is_answered_as_the_same_call_is(client: OpenAI, wire: Wire) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "cell", "strict": True, "schema": CELL}}
    made = sent(client, [line(1), line(2, response_format=form), line(3, n=2, stop=["a"])])
    wire.advance("1m")
    good = results(client, client.batches.retrieve(made.id).output_file_id)
    for number, body in ((1, {}), (2, {"response_format": form}), (3, {"n": 2, "stop": ["a"]})):
        direct = wire.chat(**{**line(number)["body"], **body}).json()
        told = good[f"line-{number}"]["response"]["body"]
        assert [choice["message"] for choice in told["choices"]] == [choice["message"] for choice in direct["choices"]]
        assert told["usage"] == direct["usage"]


PICTURE = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
LINES: dict[str, dict[str, Any]] = {
    "/v1/responses": {"model": "gpt-4o-mini", "input": "Say hello"},
    CHAT: {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello"}]},
    "/v1/embeddings": {"model": "text-embedding-3-small", "input": "hello"},
    "/v1/completions": {"model": "gpt-3.5-turbo-instruct", "prompt": "Say hello"},
    "/v1/moderations": {"model": "omni-moderation-latest", "input": "hello"},
    "/v1/images/generations": {"model": "gpt-image-1", "prompt": "a boat"},
    "/v1/images/edits": {"model": "gpt-image-1", "prompt": "a boat at night", "images": [{"image_url": PICTURE}]},
    "/v1/videos": {"model": "sora-2", "prompt": "a boat"},
}
# What the answer to each holds that no other kind of answer does.
TOLD = {
    "/v1/responses": ("object", "response"),
    CHAT: ("object", "chat.completion"),
    "/v1/embeddings": ("object", "list"),
    "/v1/completions": ("object", "text_completion"),
    "/v1/moderations": ("model", "omni-moderation-latest"),
    "/v1/images/generations": ("output_format", "png"),
    "/v1/images/edits": ("output_format", "png"),
    "/v1/videos": ("object", "video"),
}


@pytest.mark.parametrize("endpoint", get_args(BatchEndpoint))
def test_every_endpoint_runs_in_batches(client: OpenAI, wire: Wire, endpoint: str) -> None:
    made = sent(client, [line(1, endpoint, **LINES[endpoint])], endpoint)
    wire.advance("1h")
    done = client.batches.retrieve(made.id)
    assert done.status == "completed", done.errors
    told = results(client, done.output_file_id)["line-1"]["response"]
    assert told["status_code"] == 200
    member, value = TOLD[endpoint]
    assert told["body"][member] == value


def test_a_stream_is_refused_in_its_line(client: OpenAI, wire: Wire) -> None:
    made = sent(client, [line(1, stream=True)])
    wire.advance("1m")
    done = client.batches.retrieve(made.id)
    assert done.status == "completed" and done.output_file_id is None
    assert results(client, done.error_file_id)["line-1"]["response"]["body"]["error"]["param"] == "stream"


FAULTY: list[tuple[str, list[Any], str, int | None, str | None]] = [
    ("no JSON", [line(1), "{"], "invalid_json_line", 2, None),
    ("a byte order mark", ["\ufeff" + json.dumps(line(1))], "invalid_json_line", 1, None),
    ("no object", ["[]"], "invalid_json_line", 1, None),
    ("no custom_id", [{**line(1), "custom_id": ...}], "missing_required_parameter", 1, "custom_id"),
    ("the same custom_id", [line(1), line(1)], "duplicate_custom_id", 2, "custom_id"),
    ("another URL", [line(1, "/v1/embeddings", model="text-embedding-3-small", input="x")], "invalid_url", 1, "url"),
    ("a GET", [{**line(1), "method": "GET"}], "invalid_method", 1, "method"),
    ("another model", [line(1), line(2, model="gpt-4o", messages=[])], "mismatched_model", 2, "body.model"),
    ("an unknown model", [line(1, model="nobody", messages=[])], "model_not_found", 1, "body.model"),
    ("no messages", [line(1, model="gpt-4o-mini")], "missing_required_parameter", 1, "body.messages"),
    ("nothing", ["", "  "], "empty_file", None, None),
]


@pytest.mark.parametrize(("lines", "code", "place", "param"), [case[1:] for case in FAULTY], ids=[case[0] for case in FAULTY])
def test_a_faulty_file_fails_after_it_was_accepted(
    client: OpenAI, wire: Wire, lines: list[Any], code: str, place: int | None, param: str | None
) -> None:
    written = [{k: v for k, v in each.items() if v is not ...} if isinstance(each, dict) else each for each in lines]
    made = sent(client, written)
    assert made.status == "validating" and made.errors is None
    wire.advance("1s")
    failed = client.batches.retrieve(made.id)
    assert failed.status == "failed" and failed.failed_at is not None
    assert failed.output_file_id is None and failed.error_file_id is None
    assert failed.errors is not None and failed.errors.data
    error = failed.errors.data[0]
    assert (error.code, error.line, error.param) == (code, place, param)


def test_creating_a_batch_is_checked(client: OpenAI) -> None:
    other = client.files.create(file=("a.txt", b"x"), purpose="user_data").id
    for file_id, match in (
        ("wrong-id", "Invalid 'input_file_id': 'wrong-id'. Expected an ID that begins with 'file'."),
        ("file-x", "No such File object: file-x"),
        (other, "does not have the purpose 'batch'"),
    ):
        with pytest.raises(openai.BadRequestError, match=match) as caught:
            client.batches.create(input_file_id=file_id, endpoint="/v1/chat/completions", completion_window="24h")
        assert caught.value.param == "input_file_id"
    with pytest.raises(openai.NotFoundError, match="No such Batch object: batch_x"):
        client.batches.retrieve("batch_x")


def queued(client: OpenAI, tokens: int) -> Batch:
    """A batch of one line that weighs this many tokens."""
    return sent(client, [line(1, messages=[{"role": "user", "content": "x" * (4 * tokens - 8)}])])


def test_the_queue_of_a_tier_overflows_after_the_batch_was_created(server: Any, name: str) -> None:
    key = f"sk-mock-tier1-{name}"
    with OpenAI(base_url=server.base_url, api_key=key, max_retries=0) as client, Wire(server.base_url, key) as wire:
        wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})
        first, full, over = queued(client, 1_500_000), queued(client, 500_000), queued(client, 1)
        assert over.status == "validating"
        wire.advance("200ms")
        assert [client.batches.retrieve(made.id).status for made in (first, full)] == ["in_progress", "in_progress"]
        failed = client.batches.retrieve(over.id)
        assert failed.status == "failed" and failed.errors is not None and failed.errors.data is not None
        error = failed.errors.data[0]
        assert (error.code, error.line, error.param) == ("token_limit_exceeded", None, None)
        assert error.message is not None and "Limit: 2,000,000 enqueued tokens" in error.message
        # Cancelling lets the queue go at its end; completing does too.
        client.batches.cancel(full.id)
        again = queued(client, 1)
        wire.advance("200ms")
        assert client.batches.retrieve(again.id).status == "failed"
        wire.advance("200ms")
        assert client.batches.retrieve(full.id).status == "cancelled"
        fits = queued(client, 500_000)
        wire.advance("10s")
        assert client.batches.retrieve(first.id).status == "completed"
        assert client.batches.retrieve(fits.id).status == "completed"
        assert queued(client, 2_000_000).status == "validating"


def test_a_cancelled_batch_keeps_what_was_done(client: OpenAI, wire: Wire) -> None:
    made = sent(client, map(line, range(10)))
    wire.advance("450ms")
    stopping = client.batches.cancel(made.id)
    assert (stopping.status, stopping.cancelling_at) == ("cancelling", stopping.created_at)
    with pytest.raises(openai.ConflictError, match=r"Cannot cancel a batch with status 'cancelling'."):
        client.batches.cancel(made.id)
    wire.advance("1s")
    stopped = client.batches.retrieve(made.id)
    assert stopped.status == "cancelled" and stopped.cancelled_at is not None
    good, rest = results(client, stopped.output_file_id), results(client, stopped.error_file_id)
    assert len(good) == 5 and len(rest) == 5 and not set(good) & set(rest)
    assert all(row["error"]["code"] == "batch_cancelled" and row["response"] is None for row in rest.values())
    with pytest.raises(openai.ConflictError, match=r"Cannot cancel a batch with status 'cancelled'."):
        client.batches.cancel(made.id)


def test_a_slow_batch_expires_after_a_day(client: OpenAI, wire: Wire) -> None:
    slow = {"kind": "batch", "mode": "time", "seconds": {"in_progress": 48 * 3600}}
    assert wire.control("POST", "/_mock/lifecycle", json=slow).status_code == 200
    made = sent(client, map(line, range(10)))
    wire.advance("12h")
    assert client.batches.retrieve(made.id).status == "in_progress"
    wire.advance("12h")
    expired = client.batches.retrieve(made.id)
    assert expired.status == "expired"
    assert (expired.expired_at, expired.finalizing_at) == (made.created_at + 86_401, made.created_at + 86_401)
    good, rest = results(client, expired.output_file_id), results(client, expired.error_file_id)
    assert (len(good), len(rest)) == (4, 6)
    assert all(row["error"]["code"] == "batch_expired" for row in rest.values())


def test_batches_can_move_by_polls_or_at_once(client: OpenAI, wire: Wire) -> None:
    wire.control("POST", "/_mock/lifecycle", json={"kind": "batch", "mode": "polls", "polls": 2})
    made = sent(client, map(line, range(4)))
    client.batches.list()
    told = [client.batches.retrieve(made.id) for _ in range(6)]
    assert [batch.status for batch in told] == ["validating", "in_progress", "in_progress", "finalizing", "finalizing", "completed"]
    assert told[2].request_counts is not None and told[2].request_counts.completed == 2
    wire.control("POST", "/_mock/lifecycle", json={"mode": "immediate"})
    made = sent(client, map(line, range(4)))
    assert made.status == "validating"
    assert client.batches.retrieve(made.id).status == "completed"


def test_looks_at_the_same_moment_run_each_line_once(client: OpenAI, wire: Wire) -> None:
    made = sent(client, map(line, range(200)))
    wire.advance("1m")
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(client.batches.retrieve(made.id).status)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["completed"] * 8
    done = client.batches.retrieve(made.id)
    assert len(results(client, done.output_file_id)) == 200
    used = wire.control("GET", "/_mock/usage").json()["days"][0]["models"]
    assert [(row["rate"], row["requests"]) for row in used] == [("batch", 200)]


def test_batches_are_listed_newest_first_and_cost_half(client: OpenAI, wire: Wire) -> None:
    made = [sent(client, [line(number)]).id for number in range(5)]
    assert [batch.id for batch in client.batches.list(limit=2)] == made[::-1]
    wire.advance("1m")
    assert {batch.status for batch in client.batches.list()} == {"completed"}
    halves = wire.control("GET", "/_mock/usage").json()["cost"]
    for number in range(5):
        wire.chat(**line(number)["body"])
    assert wire.control("GET", "/_mock/usage").json()["cost"] == pytest.approx(3 * halves)


def test_output_files_expire_as_asked(client: OpenAI, wire: Wire) -> None:
    made = sent(client, [line(1)], output_expires_after={"anchor": "created_at", "seconds": 3600})
    wire.advance("1m")
    done = client.batches.retrieve(made.id)
    assert done.output_file_id is not None and done.completed_at is not None
    assert client.files.retrieve(done.output_file_id).expires_at == done.completed_at + 3600
    wire.advance("1h")
    with pytest.raises(openai.NotFoundError):
        client.files.content(done.output_file_id)


def test_a_reset_in_the_midst_of_a_batch_leaves_nothing_behind(client: OpenAI, wire: Wire) -> None:
    made = sent(client, map(line, range(3000)))
    wire.advance("1m")
    seen: list[Any] = []
    look = threading.Thread(target=lambda: seen.append(client.batches.retrieve(made.id).status))
    look.start()
    while not wire.control("GET", "/_mock/usage").json()["days"]:
        pass
    assert wire.control("POST", "/_mock/reset").status_code == 200
    look.join()
    assert seen == ["completed"]
    assert list(client.batches.list()) == []
    assert list(client.files.list()) == []
    assert wire.control("GET", "/_mock/usage").json()["cost"] == 0
    with pytest.raises(openai.NotFoundError):
        client.batches.retrieve(made.id)


def test_responses_are_asked_for_in_batches(client: OpenAI, wire: Wire) -> None:
    path = "/v1/responses"
    tool = {"type": "function", "name": "get_weather", "parameters": CELL, "strict": True}
    lines = [
        line("plain", path, model="gpt-4o-mini", input="Tell me about naïve owls"),
        line("again", path, model="gpt-4o-mini", input="Tell me about naïve owls", store=False),
        line("called", path, model="gpt-4o-mini", input="Hi", tools=[tool], tool_choice="required"),
        line("wrong", path, model="gpt-4o-mini", input="Hi", max_output_tokens=1),
        line("streamed", path, model="gpt-4o-mini", input="Hi", stream=True),
    ]
    batch = sent(client, lines, path)
    wire.advance("1h")
    done = client.batches.retrieve(batch.id)
    assert done.status == "completed" and done.request_counts is not None
    assert (done.request_counts.total, done.request_counts.completed, done.request_counts.failed) == (5, 3, 2)
    good, bad = results(client, done.output_file_id), results(client, done.error_file_id)
    bodies = {name: row["response"]["body"] for name, row in good.items()}
    assert set(bodies) == {"line-plain", "line-again", "line-called"}
    assert bodies["line-plain"]["output"][0]["content"] == bodies["line-again"]["output"][0]["content"]
    assert bodies["line-called"]["output"][0]["type"] == "function_call"
    assert client.responses.retrieve(bodies["line-plain"]["id"]).output_text
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(bodies["line-again"]["id"])
    assert bad["line-wrong"]["response"]["body"]["error"]["param"] == "max_output_tokens"
    assert done.usage is not None
    for name in ("input_tokens", "output_tokens", "total_tokens"):
        assert getattr(done.usage, name) == sum(body["usage"][name] for body in bodies.values())
