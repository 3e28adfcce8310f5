"""Endpoints by call and by setting: whose events they get, and what is said of one that cannot be."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from openai import OpenAI

from mockapi import Server, Settings
from mockapi.settings import SettingsError, load
from tests.conftest import Wire
from tests.receiver import Receiver
from tests.resources.test_batches import line, sent

URL = "http://127.0.0.1:9/hook"


def endpoints(wire: Wire) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = wire.control("GET", "/_mock/webhooks").json()["endpoints"]
    return found


def test_endpoints_belong_to_a_world(server: Server, wire: Wire, name: str) -> None:
    asked = {"url": URL, "secret": "whsec_AAAA", "events": ["batch.failed"], "faults": ["duplicate"], "delay": "1m"}
    made = wire.control("POST", "/_mock/webhooks", json=asked).json()
    assert made == {"id": made["id"], **asked, "delay": 60}
    again = wire.control("POST", "/_mock/webhooks", json={"url": URL}).json()
    assert again["secret"].startswith("whsec_") and len(again["secret"]) == 50
    assert endpoints(wire) == [made, again] and made["id"] != again["id"]
    with Wire(server.base_url, f"sk-other-{name}") as other:
        assert endpoints(other) == []
        assert other.control("DELETE", f"/_mock/webhooks/{made['id']}").status_code == 404
    assert wire.control("DELETE", f"/_mock/webhooks/{made['id']}").json() == {"id": made["id"], "deleted": True}
    assert endpoints(wire) == [again]
    assert wire.control("DELETE", "/_mock/webhooks").json() == {"endpoints": []}


def test_endpoints_of_nobody_are_of_all_worlds() -> None:
    with Receiver() as receiver, Server(Settings(port=0, lifecycle="immediate")) as mock, Wire(mock.base_url, "sk-a") as wire:
        place = f"{mock.base_url.removesuffix('/v1')}/_mock/webhooks"
        made = httpx2.post(place, json={"url": receiver.url}).json()
        assert endpoints(wire) == [made] == httpx2.get(place).json()["endpoints"]
        ids = []
        for key in ("sk-a", "sk-b"):
            with OpenAI(base_url=mock.base_url, api_key=key) as client:
                ids.append(sent(client, [line(1)]).id)
                receiver.wait(len(ids))
        assert [each.unwrapped(made["secret"]).data.id for each in receiver.received] == ids
        assert len(httpx2.get(f"{place}/deliveries").json()["deliveries"]) == 2
        assert len(wire.control("GET", "/_mock/webhooks/deliveries").json()["deliveries"]) == 1
        wire.control("DELETE", "/_mock/webhooks")
        assert endpoints(wire) == [made]
        assert httpx2.delete(f"{place}/{made['id']}").status_code == 200
        assert endpoints(wire) == []


@pytest.mark.parametrize("secret", ["", "a plain text", "whsec_c2VjcmV0"])
def test_an_endpoint_is_set_with_the_server(secret: str) -> None:
    with Receiver() as receiver:
        settings = Settings(port=0, lifecycle="immediate", webhook_url=receiver.url, webhook_secret=secret)
        with Server(settings) as mock, Wire(mock.base_url, "sk-a") as wire:
            with OpenAI(base_url=mock.base_url, api_key="sk-a") as client:
                batch = sent(client, [line(1)])
            told = endpoints(wire)[0]["secret"]
            assert told == secret or (not secret and told.startswith("whsec_"))
            assert receiver.wait(1)[0].unwrapped(told).data.id == batch.id


@pytest.mark.parametrize(
    "flags",
    [
        {"webhook_url": "example.com"},
        {"webhook_url": "ftp://example.com"},
        {"webhook_url": "http://"},
        {"webhook_url": "http://a b"},
        {"webhook_secret": "whsec_a"},
    ],
)
def test_a_setting_that_cannot_be_is_refused(flags: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        load(flags, {}, None)
    assert load({"webhook_url": "https://[::1]:8000/a?b=c", "webhook_secret": "whsec_AA=="}, {}, None).webhook_secret == "whsec_AA=="


@pytest.mark.parametrize(
    ("body", "param", "says"),
    [
        ({}, "url", "url: an address that begins with http:// or https:// is expected"),
        ({"url": 1}, "url", "url: an address that begins with http:// or https:// is expected"),
        ({"url": "http://a/\r\nx: y"}, "url", "url: an address that begins with http:// or https:// is expected"),
        ({"url": URL, "secret": ""}, "secret", "secret: a text is expected"),
        ({"url": URL, "secret": 1}, "secret", "secret: a text is expected"),
        ({"url": URL, "secret": "whsec_a"}, "secret", "secret: what follows whsec_ is not base64"),
        ({"url": URL, "events": "batch.failed"}, "events", "events: a list is expected"),
        ({"url": URL, "events": ["batch.done"]}, "events", "events: 'batch.done' is not one of "),
        ({"url": URL, "faults": ["late"]}, "faults", "faults: 'late' is not one of bad_signature, duplicate, out_of_order"),
        ({"url": URL, "delay": "soon"}, "delay", "delay: 'soon' is not a duration"),
        ({"url": URL, "delay": -1}, "delay", "delay: at most 72 hours are expected"),
        ({"url": URL, "delay": "73h"}, "delay", "delay: at most 72 hours are expected"),
        ({"url": URL, "x": 1}, "x", "'x' is not one of url, secret, events, faults, delay"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused(wire: Wire, body: dict[str, Any], param: str, says: str) -> None:
    reply = wire.control("POST", "/_mock/webhooks", content=json.dumps(body))
    error = reply.json()["error"]
    assert (reply.status_code, error["type"], error["param"]) == (400, "mock_error", param)
    assert error["message"].startswith(says)
    assert endpoints(wire) == []
