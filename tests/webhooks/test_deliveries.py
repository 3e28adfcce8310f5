"""Deliveries: tried again on the world's clock until they are taken or given up, late, twice or out of order where that is asked for."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI

from mockapi import Server, Settings
from mockapi.app import MockApi
from tests.conftest import Wire
from tests.receiver import Receiver, eventually
from tests.resources.test_batches import line, sent


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture(autouse=True)
def _still(wire: Wire) -> None:
    """Time stands still but where a test moves it, and jobs end at once."""
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})
    wire.control("POST", "/_mock/lifecycle", json={"mode": "immediate"})


def wanted(wire: Wire, url: str, **options: Any) -> str:
    """The secret of a new endpoint."""
    made = wire.control("POST", "/_mock/webhooks", json={"url": url, **options})
    assert made.status_code == 200, made.text
    found: str = made.json()["secret"]
    return found


def deliveries(wire: Wire) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = wire.control("GET", "/_mock/webhooks/deliveries").json()["deliveries"]
    return found


def attempts(wire: Wire) -> list[Any]:
    """Status, or what went wrong, of every attempt of the only delivery."""
    return [each["status_code"] or each["error"] for each in deliveries(wire)[0]["attempts"]]


def answered(wire: Wire, count: int) -> None:
    """Wait until so many attempts of the only delivery have ended."""
    eventually(lambda: len(attempts(wire)) == count and attempts(wire)[-1])


def test_what_is_not_taken_is_sent_again_later_and_later(client: OpenAI, wire: Wire, receiver: Receiver) -> None:
    secret = wanted(wire, receiver.url)
    receiver.statuses = [500, 302, 0, 404]
    sent(client, [line(1)])
    began = wire.control("GET", "/_mock/clock").json()["now"]
    for count, (pause, due) in enumerate((("5s", 5), ("10s", 15), ("20s", 35), ("40s", 75)), 1):
        answered(wire, count)
        assert deliveries(wire)[0]["next_attempt"] == began + due
        wire.advance("4s" if pause == "5s" else "9s")
        time.sleep(0.05)
        assert len(receiver.received) == count
        wire.control("POST", "/_mock/clock", json={"set": str(began + due)})
    receiver.wait(5)
    eventually(lambda: deliveries(wire)[0]["status"] == "delivered")
    assert attempts(wire) == [500, 302, "what was answered is not HTTP", 404, 200]
    assert len({each.headers["webhook-id"] for each in receiver.received}) == 1
    assert len({each.body for each in receiver.received}) == 1
    assert {each.path for each in receiver.received} == {"/hook"}
    assert receiver.received[-1].unwrapped(secret).type == "batch.completed"
    assert deliveries(wire)[0]["next_attempt"] is None


def test_an_event_is_given_up_after_three_days(client: OpenAI, wire: Wire, receiver: Receiver) -> None:
    wanted(wire, receiver.url)
    receiver.statuses = [503] * 40
    sent(client, [line(1)])
    wire.advance("45h")
    eventually(lambda: len(attempts(wire)) == 15)
    assert deliveries(wire)[0]["status"] == "waiting"
    wire.advance("200h")
    eventually(lambda: deliveries(wire)[0]["status"] == "failed")
    assert attempts(wire) == [503] * 16 and len(receiver.received) == 16


def test_on_a_clock_that_runs_it_is_sent_again_by_itself(client: OpenAI, wire: Wire, receiver: Receiver) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": False})
    wanted(wire, receiver.url)
    receiver.statuses = [500]
    sent(client, [line(1)])
    receiver.wait(1)
    wire.advance("4500ms")
    receiver.wait(2)


def test_a_receiver_that_is_not_there_is_told_of(client: OpenAI, wire: Wire) -> None:
    with socket.socket() as taken:
        # Bound but not listening: whoever connects is refused.
        taken.bind(("127.0.0.1", 0))
        wanted(wire, f"http://127.0.0.1:{taken.getsockname()[1]}/")
        sent(client, [line(1)])
        eventually(lambda: attempts(wire) and attempts(wire)[0])
    assert "onnect" in attempts(wire)[0]


def test_a_secure_address_is_spoken_to_securely(client: OpenAI, wire: Wire, receiver: Receiver) -> None:
    wanted(wire, receiver.url.replace("http:", "https:"))
    sent(client, [line(1)])
    eventually(lambda: attempts(wire) and attempts(wire)[0])
    assert "SSL" in attempts(wire)[0] and receiver.received == []


def test_events_come_in_order(client: OpenAI, wire: Wire, receiver: Receiver) -> None:
    wanted(wire, receiver.url)
    ids = [sent(client, [line(number)]).id for number in range(12)]
    assert [json.loads(each.body)["data"]["id"] for each in receiver.wait(12)] == ids


def test_nobody_waits_for_a_receiver_that_does_not_answer(name: str) -> None:
    with Receiver() as slow, Receiver() as quick:
        with Server(Settings(port=0, lifecycle="immediate")) as mock, Wire(mock.base_url, f"sk-{name}") as wire:
            for receiver in (slow, quick):
                wanted(wire, receiver.url)
            slow.statuses = [-1] * 9
            with OpenAI(base_url=mock.base_url, api_key=wire.key, max_retries=0) as client:
                batch = sent(client, [line(1)])
                slow.wait(1)
                quick.wait(1)
                began = time.monotonic()
                assert client.batches.retrieve(batch.id).status == "completed"
                assert time.monotonic() - began < 2
            ending = time.monotonic()
        assert time.monotonic() - ending < 4


def test_a_bad_signature_is_refused_by_the_sdk(client: OpenAI, wire: Wire, receiver: Receiver) -> None:
    secret = wanted(wire, receiver.url, faults=["bad_signature"])
    sent(client, [line(1)])
    with pytest.raises(openai.InvalidWebhookSignatureError):
        receiver.wait(1)[0].unwrapped(secret)


def test_a_duplicate_has_the_same_id(client: OpenAI, wire: Wire, receiver: Receiver) -> None:
    secret = wanted(wire, receiver.url, faults=["duplicate"])
    sent(client, [line(1)])
    first, second = receiver.wait(2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"] and first.body == second.body
    assert second.unwrapped(secret).type == "batch.completed"
    eventually(lambda: deliveries(wire)[0]["status"] == "delivered")
    wire.advance("72h")
    time.sleep(0.05)
    assert len(receiver.received) == 2


def test_a_delay_is_one_of_the_clock(client: OpenAI, wire: Wire, receiver: Receiver) -> None:
    secret = wanted(wire, receiver.url, delay="1h30m")
    batch = sent(client, [line(1)])
    completed_at = client.batches.retrieve(batch.id).completed_at
    wire.advance("89m")
    time.sleep(0.05)
    assert receiver.received == []
    wire.advance("1m")
    event = receiver.wait(1)[0].unwrapped(secret)
    assert (event.data.id, event.created_at) == (batch.id, completed_at)


def test_events_out_of_order_change_places_by_pairs(client: OpenAI, wire: Wire, receiver: Receiver) -> None:
    wanted(wire, receiver.url, faults=["out_of_order"])
    ids = []
    for number in range(4):
        ids.append(sent(client, [line(number)]).id)
        if number % 2:
            receiver.wait(number + 1)
    alone = sent(client, [line(5)]).id
    time.sleep(0.05)
    assert [json.loads(each.body)["data"]["id"] for each in receiver.received] == [ids[1], ids[0], ids[3], ids[2]]
    wire.advance("5s")
    assert json.loads(receiver.wait(5)[4].body)["data"]["id"] == alone


def test_what_is_on_its_way_to_a_removed_endpoint_is_dropped(client: OpenAI, wire: Wire, receiver: Receiver) -> None:
    wanted(wire, receiver.url)
    receiver.statuses = [500]
    sent(client, [line(1)])
    eventually(lambda: attempts(wire) == [500])
    assert wire.control("DELETE", "/_mock/webhooks").json() == {"endpoints": []}
    eventually(lambda: deliveries(wire)[0]["status"] == "dropped")
    wire.advance("72h")
    time.sleep(0.05)
    assert len(receiver.received) == 1


def test_a_reset_forgets_deliveries_and_keeps_endpoints(client: OpenAI, wire: Wire, receiver: Receiver) -> None:
    wanted(wire, receiver.url)
    receiver.statuses = [500]
    sent(client, [line(1)])
    eventually(lambda: attempts(wire) == [500])
    wire.control("POST", "/_mock/reset")
    wire.advance("72h")
    assert deliveries(wire) == []
    other = sent(client, [line(2)]).id
    assert json.loads(receiver.wait(2)[1].body)["data"]["id"] == other
    time.sleep(0.05)
    assert len(receiver.received) == 2


def test_a_world_that_is_forgotten_sends_no_more() -> None:
    with Receiver() as receiver, Server(Settings(port=0, lifecycle="immediate", max_worlds=1)) as mock:
        assert isinstance(mock.app, MockApi)
        with Wire(mock.base_url, "sk-first") as wire, OpenAI(base_url=mock.base_url, api_key="sk-first", max_retries=0) as client:
            wanted(wire, receiver.url)
            receiver.statuses = [500]
            sent(client, [line(1)])
            answered(wire, 1)
            world = mock.app.api.keys.world_of(b"Bearer sk-first")
            assert len(world._tasks) == 1
            with Wire(mock.base_url, "sk-second") as other:
                other.request("GET", "/models")
        eventually(lambda: not world._tasks)
        assert not world.outbox


def test_the_same_calls_send_the_same_messages() -> None:
    def told() -> tuple[bytes, str, str]:
        settings = Settings(port=0, clock="2027-01-01", lifecycle="immediate")
        with Receiver() as receiver, Server(settings) as mock, Wire(mock.base_url, "sk-same") as wire:
            wanted(wire, receiver.url)
            with OpenAI(base_url=mock.base_url, api_key="sk-same", max_retries=0) as client:
                sent(client, [line(1)])
            message = receiver.wait(1)[0]
        return message.body, message.headers["webhook-id"], message.headers["user-agent"]

    assert told() == told()
