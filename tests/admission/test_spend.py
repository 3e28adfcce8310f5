"""What calls cost, the tier that rises with what was paid, and the cap that a month's spend runs into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import OpenAI

from mockapi import Server, catalogue
from mockapi.admission import spend
from tests.conftest import Wire
from tests.resources.test_batches import line, results, sent

DAY = 86_400


@pytest.fixture
def auto(server: Server, name: str) -> Iterator[Wire]:
    """A key whose tier follows what it pays, in a world where time stands still on the first of a month."""
    with Wire(server.base_url, f"sk-mock-tierauto-{name}") as wire:
        wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-03-01T00:00:00Z"})
        yield wire


def usage(wire: Wire) -> dict[str, Any]:
    found: dict[str, Any] = wire.control("GET", "/_mock/usage").json()
    return found


def limits(reply: httpx2.Response) -> tuple[int, int]:
    return int(reply.headers["x-ratelimit-limit-requests"]), int(reply.headers["x-ratelimit-limit-tokens"])


def test_one_key_walks_from_tier_1_to_tier_5(auto: Wire) -> None:
    steps: list[tuple[str, float, str, tuple[int, int]]] = [
        # payments, days that pass, the tier it comes to, and its limits (the page of gpt-4o-mini)
        ("0", 0, "1", (10_000, 200_000)),
        ("45", 6, "1", (10_000, 200_000)),
        ("0", 1, "2", (5_000, 2_000_000)),
        ("50", 0, "3", (5_000, 4_000_000)),
        ("150", 6, "3", (5_000, 4_000_000)),
        ("0", 1, "4", (10_000, 10_000_000)),
        ("750", 15, "4", (10_000, 10_000_000)),
        ("0", 1, "5", (30_000, 150_000_000)),
    ]
    for paid, days, tier, expected in steps:
        if paid != "0":
            assert auto.control("POST", "/_mock/usage", json={"pay": float(paid)}).status_code == 200
        auto.chat()
        auto.advance(f"{days}d")
        reply = auto.chat()
        assert reply.status_code == 200
        assert (usage(auto)["tier"], limits(reply)) == (tier, expected), (paid, days)


def test_what_is_spent_counts_as_paid(auto: Wire) -> None:
    words = "word " * 20_000
    auto.chat()
    auto.advance("8d")
    assert usage(auto)["tier"] == "1"
    while usage(auto)["cost"] < 50:
        # o1 costs 15 dollars a million tokens; a minute refills what a call takes.
        assert auto.chat(model="o1", messages=[{"role": "user", "content": words}], max_completion_tokens=60_000).status_code == 200
        auto.advance("10m")
    assert usage(auto)["tier"] == "2"


def test_the_months_cap_ends_in_insufficient_quota_until_the_month_turns(auto: Wire) -> None:
    cap = catalogue.tiers()["tiers"]["1"]["month"]
    auto.advance("20d")
    while usage(auto)["months"].get("2027-03", 0) < cap:
        # 128 essays at 60 dollars a million tokens.
        assert auto.chat(model="gpt-4", messages=ESSAY, n=128, headers=ONE).status_code == 200
        auto.advance("5m")
    refused = auto.chat(headers=ONE)
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == refused.json()["error"]["type"] == "insufficient_quota"
    assert auto.chat(headers={"x-mock-tier": "unlimited"}).status_code == 200
    auto.control("POST", "/_mock/clock", json={"set": "2027-03-31T23:59:59Z"})
    assert auto.chat(headers=ONE).status_code == 429
    auto.advance("1s")
    assert auto.chat(headers=ONE).status_code == 200


ONE = {"x-mock-tier": "1"}
ESSAY = [{"role": "user", "content": "Write a long, detailed essay about tides. " * 100}]


def test_calls_are_priced_by_their_model_and_summed_by_day(wire: Wire, client: OpenAI) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-05-05T23:59:00Z"})
    first = wire.chat().json()["usage"]
    wire.advance("2m")
    second = wire.chat(model="gpt-4o", messages=[{"role": "user", "content": "Explain tides"}]).json()["usage"]
    client.embeddings.create(model="text-embedding-3-small", input="hello world")
    told = usage(wire)
    assert [day["date"] for day in told["days"]] == ["2027-05-05", "2027-05-06"]
    assert told["days"][0]["cost"] == pytest.approx(first["prompt_tokens"] * 0.15e-6 + first["completion_tokens"] * 0.6e-6)
    rows = {row["model"]: row for row in told["days"][1]["models"]}
    assert rows["gpt-4o"]["cost"] == pytest.approx(second["prompt_tokens"] * 2.5e-6 + second["completion_tokens"] * 10e-6)
    assert rows["text-embedding-3-small"] == {
        "model": "text-embedding-3-small",
        "rate": "standard",
        "requests": 1,
        "input": 2,
        "cost": 2 * 0.02e-6,
    }
    assert told["cost"] == pytest.approx(sum(day["cost"] for day in told["days"]))
    assert told["months"] == {"2027-05": pytest.approx(told["cost"])}


def test_cached_tokens_flex_and_searches_have_their_own_prices(wire: Wire) -> None:
    long = [{"role": "user", "content": "Remember this. " * 500}]
    wire.chat(messages=long)
    before = usage(wire)["cost"]
    again = wire.chat(messages=long).json()["usage"]
    cached = again["prompt_tokens_details"]["cached_tokens"]
    assert cached > 1000
    expected = (again["prompt_tokens"] - cached) * 0.15e-6 + cached * 0.075e-6 + again["completion_tokens"] * 0.6e-6
    assert usage(wire)["cost"] - before == pytest.approx(expected)
    before = usage(wire)["cost"]
    flex = wire.chat(model="o4-mini", service_tier="flex").json()["usage"]
    assert usage(wire)["cost"] - before == pytest.approx(flex["prompt_tokens"] * 0.55e-6 + flex["completion_tokens"] * 2.2e-6)
    before = usage(wire)["cost"]
    search = wire.chat(model="gpt-4o-mini-search-preview").json()["usage"]
    assert usage(wire)["cost"] - before == pytest.approx(0.01 + search["prompt_tokens"] * 0.15e-6 + search["completion_tokens"] * 0.6e-6)


def test_refused_calls_cost_nothing_and_worlds_pay_apart(wire: Wire, server: Server, name: str) -> None:
    wire.chat(temperature=9)
    wire.chat(model="nobody")
    assert usage(wire)["cost"] == 0 and usage(wire)["days"] == []
    wire.chat()
    with Wire(server.base_url, f"sk-other-{name}") as other:
        assert usage(other)["cost"] == 0
    whole = httpx2.get(server.base_url.removesuffix("/v1") + "/_mock/usage").json()
    assert usage(wire)["project"] in [project["project"] for project in whole["projects"]]


@given(
    st.dictionaries(st.sampled_from(["input", "cached_input", "output", "minute", "nothing"]), st.integers(0, 10**7)),
    st.sampled_from(["standard", "batch", "flex", "priority"]),
)
def test_prices_add_up_and_batches_cost_half(used: dict[str, int], rate: str) -> None:
    for name in ("gpt-4o-mini", "gpt-4o", "whisper-1", "o3"):
        card = catalogue.card(name)
        assert card is not None
        assert spend.price(card, used, rate) == sum(spend.price(card, {key: amount}, rate) for key, amount in used.items())
        assert spend.price(card, {}, rate) == 0
        halves = spend.price(card, used, "batch")
        assert abs(2 * halves - spend.price(card, used)) <= 2 * max(1, len(used))


@pytest.mark.parametrize("body", [{"pay": "x"}, {"pay": -1}, {"pay": True}, {"money": 1}, {}])
def test_a_bad_payment_is_refused(wire: Wire, body: dict[str, Any]) -> None:
    assert wire.control("POST", "/_mock/usage", json=body).status_code == 400


def test_the_report_tells_the_tier_in_force_and_the_one_that_was_earned(wire: Wire, server: Server, name: str) -> None:
    assert (usage(wire)["tier"], usage(wire)["earned_tier"]) == ("5", "1")
    with Wire(server.base_url, f"sk-mock-tier3-{name}") as third:
        assert (usage(third)["tier"], usage(third)["earned_tier"]) == ("3", "1")


def test_a_batch_ends_at_the_cap_too(server: Server, name: str) -> None:
    key = f"sk-mock-tier1-{name}"
    with Wire(server.base_url, key) as wire, OpenAI(base_url=server.base_url, api_key=key, max_retries=0) as client:
        wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-03-21T00:00:00Z"})
        made = sent(client, map(line, range(3)))
        while usage(wire)["cost"] < 100:
            assert wire.chat(model="gpt-4", messages=ESSAY, n=128).status_code == 200
            wire.advance("5m")
        done = client.batches.retrieve(made.id)
        assert done.request_counts is not None and done.request_counts.failed == 3
        (told, *_) = results(client, done.error_file_id).values()
        assert (told["response"]["status_code"], told["response"]["body"]["error"]["code"]) == (429, "insufficient_quota")
        late = sent(client, [line(1)])
        wire.advance("1m")
        failed = client.batches.retrieve(late.id)
        assert failed.status == "failed" and failed.errors is not None and failed.errors.data
        assert failed.errors.data[0].code == "billing_hard_limit_reached"


def test_a_key_without_money_runs_no_batches(server: Server) -> None:
    with OpenAI(base_url=server.base_url, api_key="sk-mock-noquota-batch", max_retries=0) as client:
        made = sent(client, [line(1)])
        with Wire(server.base_url, "sk-mock-noquota-batch") as wire:
            wire.advance("1m")
        assert client.batches.retrieve(made.id).status == "failed"
