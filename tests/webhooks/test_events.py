"""The events of jobs: each job tells of its end once, to a real receiver, in a message that the official SDK takes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai import OpenAI
from openai.types.webhooks import SafetyIdentifierBlockedWebhookEvent
from openai.types.webhooks.unwrap_webhook_event import UnwrapWebhookEvent
from pydantic import TypeAdapter

from mockapi import Server
from mockapi.app import MockApi
from mockapi.contract.webhooks import EVENT_TYPES, Event
from mockapi.webhooks import signature
from tests.conftest import Wire
from tests.contract.document import IS_PACKAGED, judge, official
from tests.receiver import Received, Receiver, eventually
from tests.resources.test_batches import line, sent
from tests.resources.test_fine_tuning import TEAMS, uploaded
from tests.samples import REQUESTS

# The types that only the SDK, or only a newer document, knows.
SDK_ONLY = {"safety_identifier.blocked"} | ({"live.call.incoming"} if IS_PACKAGED else set())


def described() -> dict[str, str]:
    """The document's schema of every event, by type."""
    schemas = official()["components"]["schemas"]
    return {schema["properties"]["type"]["enum"][0]: name for name, schema in schemas.items() if name.startswith("Webhook")}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def secret(receiver: Receiver, wire: Wire) -> str:
    """The secret of this world's endpoint, which sends to the receiver."""
    found: str = wire.control("POST", "/_mock/webhooks", json={"url": receiver.url}).json()["secret"]
    return found


def still(wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})


def told(received: Received, secret: str) -> tuple[str, str]:
    """Type and id of a message that holds by the document, by our contract and by the SDK."""
    event = received.unwrapped(secret)
    content = json.loads(received.body)
    judge({"$ref": f"#/components/schemas/{described()[event.type]}"}).validate(content)
    TypeAdapter(Event).validate_python(content, strict=True, extra="forbid")
    assert list(content) == ["id", "object", "created_at", "type", "data"]
    assert content["id"].startswith("evt_") and len(content["id"]) == 36
    return event.type, event.data.id


def finally_told(receiver: Receiver, wire: Wire, secret: str, expected: tuple[str, str]) -> None:
    """That something is told, and nothing beside it, however often it is looked at afterwards."""
    receiver.wait(1)
    for _ in range(3):
        wire.request("GET", "/batches")
        wire.request("GET", "/fine_tuning/jobs")
        wire.advance("10m")
    assert [told(each, secret) for each in receiver.received] == [expected]
    deliveries = wire.control("GET", "/_mock/webhooks/deliveries").json()["deliveries"]
    assert [(each["event"]["type"], each["event"]["data"]["id"], each["status"]) for each in deliveries] == [(*expected, "delivered")]


def test_our_types_are_those_of_the_document_and_the_sdk() -> None:
    assert set(EVENT_TYPES) - set(described()) == SDK_ONLY
    assert not set(described()) - set(EVENT_TYPES)
    blocked = TypeAdapter(SafetyIdentifierBlockedWebhookEvent).json_schema()
    known = json.dumps([TypeAdapter(UnwrapWebhookEvent).json_schema(), blocked])
    assert [type for type in EVENT_TYPES if f'"{type}"' not in known] == []


def test_a_signature_is_that_of_the_sdks_test_vector() -> None:
    body = (
        b'{"id": "evt_685c059ae3a481909bdc86819b066fb6", "object": "event", "created_at": 1750861210, '
        b'"type": "response.completed", "data": {"id": "resp_123"}}'
    )
    made = signature("whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c=", "wh_685c059ae39c8190af8c71ed1022a24d", 1750861210, body)
    assert made == "v1,gUAg4R2hWouRZqRQG4uJypNS8YK885G838+EHb4nKBY="


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda text: not text.startswith("whsec_")), st.text(max_size=20))
@settings(max_examples=40, deadline=None)
def test_the_sdk_takes_any_signature(secret: str, text: str) -> None:
    body, now = json.dumps({"type": "batch.completed", "data": {"id": text}}).encode(), int(time.time())
    headers = {"webhook-id": "wh_1", "webhook-timestamp": str(now), "webhook-signature": signature(secret, "wh_1", now, body)}
    with OpenAI(api_key="sk-x") as client:
        assert client.webhooks.unwrap(body, headers, secret=secret).type == "batch.completed"


def test_a_batch_tells_of_its_end_though_nobody_looks(client: OpenAI, wire: Wire, receiver: Receiver, secret: str) -> None:
    batch = sent(client, [line(1), line(2)])
    event = receiver.wait(1)[0]
    assert told(event, secret) == ("batch.completed", batch.id)
    done = client.batches.retrieve(batch.id)
    assert (done.status, done.completed_at) == ("completed", json.loads(event.body)["created_at"])
    assert event.headers["content-type"] == "application/json" and event.headers["user-agent"].startswith("OpenAI/1.0")
    finally_told(receiver, wire, secret, ("batch.completed", batch.id))


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled", "expired"])
def test_every_end_of_a_batch_is_told_once(client: OpenAI, wire: Wire, receiver: Receiver, secret: str, status: str) -> None:
    still(wire)
    if status == "expired":
        wire.control("POST", "/_mock/lifecycle", json={"kind": "batch", "seconds": {"in_progress": 172_800}})
    batch = sent(client, ["no JSON"] if status == "failed" else [line(1)])
    if status == "cancelled":
        client.batches.cancel(batch.id)
    wire.advance("25h")
    finally_told(receiver, wire, secret, (f"batch.{status}", batch.id))
    assert client.batches.retrieve(batch.id).status == status


@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled", "cancelled in a pause"])
def test_every_end_of_a_fine_tuning_job_is_told_once(client: OpenAI, wire: Wire, receiver: Receiver, secret: str, status: str) -> None:
    still(wire)
    file = uploaded(client, TEAMS[:3] if status == "failed" else TEAMS)
    job = client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=file)
    if status.endswith("pause"):
        wire.advance("350ms")
        client.fine_tuning.jobs.pause(job.id)
        wire.advance("1h")
    if status.startswith("cancelled"):
        client.fine_tuning.jobs.cancel(job.id)
    wire.advance("1m")
    finally_told(receiver, wire, secret, (f"fine_tuning.job.{status.split()[0]}", job.id))


@pytest.mark.parametrize(("status", "event"), [("completed", "succeeded"), ("failed", "failed"), ("canceled", "canceled")])
def test_every_end_of_an_eval_run_is_told_once(wire: Wire, receiver: Receiver, secret: str, status: str, event: str) -> None:
    still(wire)
    at = f"/evals/{wire.request('POST', '/evals', **REQUESTS['createEval']).json()['id']}/runs"
    nothing: dict[str, Any] = {"type": "completions", "source": {"type": "stored_completions"}}
    body = {"data_source": nothing} if status == "failed" else REQUESTS["createEvalRun"]["json"]
    run = wire.request("POST", at, json=body).json()["id"]
    if status == "canceled":
        wire.request("POST", f"{at}/{run}")
    wire.advance("1m")
    finally_told(receiver, wire, secret, (f"eval.run.{event}", run))
    assert wire.request("GET", f"{at}/{run}").json()["status"] == status


@pytest.mark.parametrize("status", ["completed", "incomplete", "cancelled"])
@pytest.mark.parametrize("stream", [False, True])
def test_every_end_of_a_response_in_the_background_is_told_once(
    client: OpenAI, wire: Wire, receiver: Receiver, secret: str, status: str, stream: bool
) -> None:
    still(wire)
    asked: Any = {"model": "gpt-4o-mini", "input": "Tell me a long story", **({"max_output_tokens": 16} if status == "incomplete" else {})}
    # What somebody waits for is told of by its answer.
    client.responses.create(**asked)
    if stream and status != "cancelled":
        id = list(client.responses.create(**asked, background=True, stream=True))[-1].response.id
    else:
        id = client.responses.create(**asked, background=True).id
    if status == "cancelled":
        client.responses.cancel(id)
    wire.advance("1m")
    finally_told(receiver, wire, secret, (f"response.{status}", id))
    assert client.responses.retrieve(id).status == status


def test_a_job_that_was_paused_goes_on_by_itself(client: OpenAI, wire: Wire, receiver: Receiver, secret: str) -> None:
    job = client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=uploaded(client, TEAMS))
    eventually(lambda: client.fine_tuning.jobs.retrieve(job.id).status == "running")
    client.fine_tuning.jobs.pause(job.id)
    client.fine_tuning.jobs.resume(job.id)
    assert told(receiver.wait(1)[0], secret) == ("fine_tuning.job.succeeded", job.id)


def test_a_job_that_moves_by_polls_is_not_moved_by_its_webhooks(client: OpenAI, wire: Wire, receiver: Receiver, secret: str) -> None:
    wire.control("POST", "/_mock/lifecycle", json={"mode": "polls", "polls": 2})
    batch = sent(client, [line(1)])
    wire.advance("1h")
    for status in ("validating", "in_progress", "in_progress", "finalizing", "finalizing"):
        assert client.batches.retrieve(batch.id).status == status
    assert receiver.received == []
    assert client.batches.retrieve(batch.id).status == "completed"
    finally_told(receiver, wire, secret, ("batch.completed", batch.id))


def test_a_new_pace_is_followed_at_once(client: OpenAI, wire: Wire, receiver: Receiver, secret: str) -> None:
    wire.control("POST", "/_mock/lifecycle", json={"kind": "batch", "seconds": {"validating": 100_000}})
    batch = sent(client, [line(1)])
    wire.control("POST", "/_mock/lifecycle", json={"kind": "batch", "mode": "immediate"})
    assert told(receiver.wait(1)[0], secret) == ("batch.completed", batch.id)


def test_a_cancelled_batch_is_told_of_before_it_would_have_ended(client: OpenAI, wire: Wire, receiver: Receiver, secret: str) -> None:
    wire.control("POST", "/_mock/lifecycle", json={"kind": "batch", "seconds": {"in_progress": 50_000}})
    batch = sent(client, [line(1)])
    eventually(lambda: client.batches.retrieve(batch.id).status == "in_progress")
    client.batches.cancel(batch.id)
    assert told(receiver.wait(1)[0], secret) == ("batch.cancelled", batch.id)


def test_an_endpoint_hears_of_jobs_that_began_before_it(client: OpenAI, wire: Wire, receiver: Receiver) -> None:
    batch = sent(client, [line(1)])
    made = wire.control("POST", "/_mock/webhooks", json={"url": receiver.url, "secret": "a plain text"}).json()
    assert told(receiver.wait(1)[0], made["secret"]) == ("batch.completed", batch.id)


def test_where_nobody_wants_events_nothing_is_done(server: Server, client: OpenAI, wire: Wire) -> None:
    batch = sent(client, [line(1)])
    wire.advance("1h")
    assert client.batches.retrieve(batch.id).status == "completed"
    assert isinstance(server.app, MockApi)
    world = server.app.api.keys.world_of(f"Bearer {wire.key}".encode())
    assert not world._tasks and not world.attended
    assert wire.control("GET", "/_mock/webhooks/deliveries").json() == {"deliveries": []}


def test_an_event_goes_to_those_who_want_its_type(client: OpenAI, wire: Wire, receiver: Receiver) -> None:
    with Receiver() as other:
        for url, events in ((receiver.url, ["batch.failed"]), (other.url, ["batch.completed", "batch.failed"])):
            wire.control("POST", "/_mock/webhooks", json={"url": url, "events": events})
        wire.control("POST", "/_mock/lifecycle", json={"mode": "immediate"})
        sent(client, [line(1)])
        other.wait(1)
        sent(client, ["no JSON"])
        types: list[Any] = [[json.loads(each.body)["type"] for each in seen.wait(count)] for seen, count in ((receiver, 1), (other, 2))]
    assert types == [["batch.failed"], ["batch.completed", "batch.failed"]]
