"""Tiers over the wire: keys, limits, refusals, and time that only the clock moves."""

from __future__ import annotations

import concurrent.futures
from typing import Any

import openai
import pytest
from openai import OpenAI

from mockapi import Server, Settings
from tests.conftest import Wire

PAGE = {"1": (10_000, 200_000), "2": (5_000, 2_000_000), "3": (5_000, 4_000_000), "4": (10_000, 10_000_000), "5": (30_000, 150_000_000)}


def on_tier(wire: Wire, key: str, **body: Any) -> Any:
    return wire.chat(headers={"authorization": f"Bearer {key}"}, **body)


@pytest.mark.parametrize("tier", list(PAGE))
def test_a_key_names_its_tier(wire: Wire, name: str, tier: str) -> None:
    headers = on_tier(wire, f"sk-mock-tier{tier}-{name}").headers
    assert (int(headers["x-ratelimit-limit-requests"]), int(headers["x-ratelimit-limit-tokens"])) == PAGE[tier]


@pytest.mark.parametrize("tier", list(PAGE))
def test_a_header_names_the_tier_of_one_request(wire: Wire, tier: str) -> None:
    headers = wire.chat(headers={"x-mock-tier": tier}).headers
    assert (int(headers["x-ratelimit-limit-requests"]), int(headers["x-ratelimit-limit-tokens"])) == PAGE[tier]


def test_a_tier_nobody_has_is_an_error_of_the_mock(wire: Wire) -> None:
    reply = wire.chat(headers={"x-mock-tier": "9"})
    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "mock_error"


def test_the_setting_is_the_tier_of_other_keys() -> None:
    with Server(Settings(port=0, tier="2")) as mock, OpenAI(base_url=mock.base_url, api_key="x") as client:
        reply = client.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "x"}])
        assert reply.headers["x-ratelimit-limit-tokens"] == "2000000"


def test_free_has_no_access_to_the_model_but_to_another(wire: Wire, name: str) -> None:
    reply = on_tier(wire, f"sk-mock-tierfree-{name}")
    assert reply.status_code == 403
    error = reply.json()["error"]
    assert error["message"].startswith("Project `proj_")
    assert error["message"].endswith("` does not have access to model `gpt-4o-mini`")
    assert error["code"] == "model_not_found"
    assert on_tier(wire, f"sk-mock-tierfree-{name}", model="gpt-3.5-turbo").status_code == 200


def test_unlimited_has_no_limits_and_no_headers_of_them(wire: Wire, name: str) -> None:
    reply = on_tier(wire, f"sk-mock-tierunlimited-{name}")
    assert reply.status_code == 200
    assert not any(header.startswith("x-ratelimit") for header in reply.headers)


def test_requests_per_minute_run_out_and_come_back(server: Server, wire: Wire, name: str) -> None:
    wire.http.headers["authorization"] = f"Bearer sk-mock-tierfree-{name}"
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    for _ in range(3):
        assert wire.chat(model="gpt-3.5-turbo").status_code == 200
    refused = wire.chat(model="gpt-3.5-turbo")
    assert refused.status_code == 429
    organization = refused.json()["error"]["message"].split("organization ")[1].split(" ")[0]
    assert refused.json()["error"] == {
        "message": f"Rate limit reached for gpt-3.5-turbo in organization {organization} on requests per min (RPM): Limit 3, Used 3, "
        "Requested 1. Please try again in 20s. Visit https://platform.openai.com/account/rate-limits to learn more.",
        "type": "requests",
        "param": None,
        "code": "rate_limit_exceeded",
    }
    assert refused.headers["retry-after"] == "20"
    assert refused.headers["retry-after-ms"] == "20000"
    assert refused.headers["content-type"] == "application/json; charset=utf-8"
    wire.advance("19.998s")
    assert wire.chat(model="gpt-3.5-turbo").status_code == 429
    wire.advance("2ms")
    assert wire.chat(model="gpt-3.5-turbo").status_code == 200
    assert wire.chat(model="gpt-3.5-turbo").status_code == 429


def test_tokens_per_minute_run_out_in_the_apis_words(wire: Wire, name: str) -> None:
    wire.http.headers["authorization"] = f"Bearer sk-mock-tier1-{name}"
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    long = [{"role": "user", "content": "x" * 480_000}]
    first = wire.chat(messages=long, max_tokens=5)
    assert first.status_code == 200
    assert first.headers["x-ratelimit-remaining-tokens"] == str(200_000 - 120_002)
    refused = wire.chat(messages=long, max_tokens=5)
    assert refused.status_code == 429
    assert refused.json()["error"]["type"] == "tokens"
    assert (
        " on tokens per min (TPM): Limit 200000, Used 120002, Requested 120002. Please try again in 12.001s. Visit "
        in refused.json()["error"]["message"]
    )
    assert refused.headers["retry-after-ms"] == "12001"
    assert refused.headers["retry-after"] == "13"
    assert refused.headers["x-ratelimit-remaining-tokens"] == "79998"
    wire.advance("12.001s")
    assert wire.chat(messages=long, max_tokens=5).status_code == 200


def test_a_request_larger_than_the_limit_is_told_that_waiting_does_not_help(wire: Wire, name: str) -> None:
    reply = on_tier(wire, f"sk-mock-tier1-{name}", messages=[{"role": "user", "content": "x" * 1_000_000}])
    assert reply.status_code == 429
    message = reply.json()["error"]["message"]
    assert message.startswith("Request too large for gpt-4o-mini in organization org-")
    assert " on tokens per min (TPM): Limit 200000, Requested 250002. The input or output tokens must be reduced " in message
    assert "retry-after" not in reply.headers


def test_a_days_limit_refills_at_once_when_the_clock_moves_a_day(wire: Wire, name: str) -> None:
    wire.http.headers["authorization"] = f"Bearer sk-mock-tierfree-{name}"
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    used = 0
    while True:
        reply = wire.chat(model="gpt-3.5-turbo")
        if reply.status_code == 429 and "(RPD)" in reply.json()["error"]["message"]:
            break
        used += reply.status_code == 200
        wire.advance("20s")
    assert 200 <= used <= 220
    assert "Limit 200, Used 200, Requested 1." in reply.json()["error"]["message"]
    assert reply.headers["x-ratelimit-remaining-requests"] == "0"
    wire.advance("24h")
    fresh = wire.chat(model="gpt-3.5-turbo")
    assert fresh.status_code == 200
    assert fresh.headers["x-ratelimit-remaining-requests"] == "199"
    assert fresh.headers["x-ratelimit-reset-requests"] == "7m12s"


def test_a_key_is_a_world_and_a_project_is_shared_by_its_keys(wire: Wire, name: str) -> None:
    for key in (f"sk-mock-tier3-{name}", f"sk-mock-tier4-{name}", f"sk-other-{name}"):
        assert on_tier(wire, key, store=True, metadata={"key": key}).status_code == 200
    stored = {}
    for key in (f"sk-mock-tier3-{name}", f"sk-mock-tier1-{name}", f"sk-other-{name}"):
        rows = wire.request("GET", "/chat/completions", headers={"authorization": f"Bearer {key}"}).json()["data"]
        stored[key] = len(rows)
    assert list(stored.values()) == [2, 2, 1]


def test_account_headers_name_a_world(wire: Wire, name: str) -> None:
    headers = {"openai-project": f"proj_{name}"}
    wire.chat(headers=headers, store=True)
    assert len(wire.request("GET", "/chat/completions", headers=headers).json()["data"]) == 1
    assert wire.request("GET", "/chat/completions").json()["data"] == []


def test_concurrent_calls_never_admit_more_than_the_limit(server: Server, name: str) -> None:
    key = f"sk-mock-tierfree-{name}"
    with Wire(server.base_url, key) as control:
        control.control("POST", "/_mock/clock", json={"freeze": True})

    def ask(_: int) -> int:
        with OpenAI(base_url=server.base_url, api_key=key, max_retries=0) as client:
            try:
                client.chat.completions.create(model="gpt-3.5-turbo", messages=[{"role": "user", "content": "x"}])
            except openai.RateLimitError:
                return 429
        return 200

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(ask, range(24)))
    assert statuses.count(200) == 3


def test_the_sdks_own_retries_recover_from_a_limit(server: Server, name: str) -> None:
    key = f"sk-mock-tier1-{name}"
    with OpenAI(base_url=server.base_url, api_key=key, max_retries=5) as client, Wire(server.base_url, key) as wire:
        client.models.retrieve("gpt-4o-mini")
        while wire.chat().status_code == 200:
            pass
        # It is told to wait for the time of one call in a minute's 500, does, and is served.
        completion = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "x"}])
        assert completion.choices[0].message.content
        assert wire.control("GET", "/_mock/journal/count?status=429").json()["count"] >= 2


def test_configured_keys_close_the_door_to_all_others(tmp_path: Any) -> None:
    file = tmp_path / "keys"
    file.write_text("# ours\nsk-ours\n")
    with Server(Settings(port=0, keys=str(file))) as mock:
        with OpenAI(base_url=mock.base_url, api_key="sk-ours", max_retries=0) as client:
            assert client.models.list().data
        with OpenAI(base_url=mock.base_url, api_key="sk-theirs", max_retries=0) as client, pytest.raises(openai.AuthenticationError):
            client.models.list()


def test_the_longest_unused_world_goes_first() -> None:
    with Server(Settings(port=0, max_worlds=2)) as mock:
        for key in ("sk-a", "sk-b", "sk-a", "sk-c"):
            with Wire(mock.base_url, key) as wire:
                wire.chat(store=True)
        counts = []
        for key in ("sk-a", "sk-c", "sk-b"):
            with Wire(mock.base_url, key) as wire:
                counts.append(len(wire.request("GET", "/chat/completions").json()["data"]))
    assert counts == [2, 1, 0]
