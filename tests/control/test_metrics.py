"""Metrics: what was counted, as Prometheus' own client reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from openai import OpenAI
from prometheus_client.parser import text_string_to_metric_families

from mockapi import Server, Settings
from tests.conftest import Wire
from tests.line import Line
from tests.receiver import Receiver, eventually

Labels = dict[str, str]


@pytest.fixture
def mock() -> Iterator[Server]:
    with Server(Settings(port=0, lifecycle="immediate")) as made:
        yield made


@pytest.fixture
def own(mock: Server) -> Iterator[Wire]:
    with Wire(mock.base_url, "sk-mock-tier1-counted") as made:
        yield made


def scraped(wire: Wire) -> dict[str, list[tuple[Labels, float]]]:
    """The samples by their names."""
    reply = wire.control("GET", "/metrics")
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found: dict[str, list[tuple[Labels, float]]] = {}
    for family in text_string_to_metric_families(reply.text):
        assert family.documentation and family.type in ("counter", "gauge", "histogram")
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def test_calls_tokens_limits_and_scenarios_are_counted(own: Wire) -> None:
    own.control("POST", "/_mock/scenarios", json={"name": 'a "name"\\', "match": {"user": "magic"}, "reply": {"text": "Abracadabra"}})
    assert own.chat().status_code == 200
    assert own.chat(stream=True).status_code == 200
    assert own.chat(messages=[{"role": "user", "content": "magic"}]).status_code == 200
    for _ in range(2):
        own.chat(messages=[{"role": "user", "content": "x" * 500_000}])
    assert own.request("GET", "/nowhere").status_code == 404
    told = scraped(own)
    chats = {"operation": "createChatCompletion", "model": "gpt-4o-mini"}
    assert ({**chats, "status": "200"}, 4) in told["mockapi_requests_total"]
    assert ({**chats, "status": "429"}, 1) in told["mockapi_requests_total"]
    assert ({"operation": "", "status": "404", "model": ""}, 1) in told["mockapi_requests_total"]
    assert told["mockapi_limit_hits_total"] == [({"limit": "TPM", "model": "gpt-4o-mini"}, 1)]
    assert told["mockapi_scenario_matches_total"] == [({"scenario": 'a "name"\\'}, 1)]
    assert told["mockapi_streams_total"] == [({"end": "whole"}, 1)]
    models = own.control("GET", "/_mock/usage").json()["days"][0]["models"][0]
    taken = {labels["direction"]: value for labels, value in told["mockapi_tokens_total"]}
    assert taken == {"in": models["input"] + models.get("cached_input", 0), "out": models["output"]}


def test_how_long_calls_took_adds_up(own: Wire) -> None:
    for _ in range(70):
        own.chat()
    own.control("GET", "/metrics")
    own.chat()
    told = scraped(own)
    buckets = [value for labels, value in told["mockapi_request_duration_seconds_bucket"] if labels["operation"] == "createChatCompletion"]
    assert buckets == sorted(buckets) and buckets[-1] == 71
    assert told["mockapi_request_duration_seconds_count"] == [({"operation": "createChatCompletion"}, 71)]
    assert 0 < told["mockapi_request_duration_seconds_sum"][0][1] < 60


def test_what_is_forgotten_stays_counted(own: Wire) -> None:
    own.chat()
    own.control("DELETE", "/_mock/journal")
    own.chat()
    own.control("POST", "/_mock/reset")
    own.chat()
    told = scraped(own)
    assert [value for _, value in told["mockapi_requests_total"]] == [3]
    assert told["mockapi_journal_calls"] == [({}, 1)]
    assert told["mockapi_worlds"] == [({}, 1)]


def test_what_is_open_is_shown(mock: Server, own: Wire) -> None:
    own.control("POST", "/_mock/latency", json={"latency": "tokens_per_second=20"})
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Tell me about rivers"}], "stream": True}
    with (
        own.http.stream("POST", f"{own.base_url}/chat/completions", json=body) as reply,
        Line(mock.base_url, own.key, path="/responses"),
    ):
        next(reply.iter_lines())
        told = scraped(own)
        assert told["mockapi_streams_open"] == [({}, 1)]
        assert told["mockapi_websockets_open"] == [({}, 1)]
    eventually(lambda: all(scraped(own)[name] == [({}, 0)] for name in ("mockapi_streams_open", "mockapi_websockets_open")))
    assert ({"end": "left"}, 1) in scraped(own)["mockapi_streams_total"]


def test_errands_and_what_is_told_of_them_by_webhook_are_counted(mock: Server, own: Wire) -> None:
    with Receiver() as receiver, OpenAI(base_url=mock.base_url, api_key=own.key) as client:
        own.control("POST", "/_mock/webhooks", json={"url": receiver.url})
        line = {"custom_id": "a", "method": "POST", "url": "/v1/embeddings", "body": {"model": "text-embedding-3-small", "input": "hi"}}
        file = client.files.create(file=("in.jsonl", json.dumps(line).encode()), purpose="batch")
        client.batches.create(input_file_id=file.id, endpoint="/v1/embeddings", completion_window="24h")
        eventually(lambda: scraped(own).get("mockapi_webhook_deliveries") == [({"status": "delivered"}, 1)])
    labels = {"operation": "createEmbedding", "status": "200", "model": "text-embedding-3-small"}
    assert (labels, 1) in scraped(own)["mockapi_requests_total"]
