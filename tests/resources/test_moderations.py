"""Moderations through the official SDK: texts and images are judged, each by what it may be judged by."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.conftest import Wire

ORDER = [
    "harassment", "harassment/threatening", "sexual", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm/intent",
    "self-harm/instructions", "self-harm", "sexual/minors", "violence", "violence/graphic",
]  # fmt: skip
PICTURED = {"sexual", "violence", "violence/graphic", "self-harm", "self-harm/intent", "self-harm/instructions"}


def picture(name: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": f"https://example.com/{name}.png"}}


def test_each_text_of_a_list_is_judged_alone(client: OpenAI) -> None:
    made = client.moderations.create(input=["I want to kill them.", "How do I kill a process?"])
    assert made.model == "omni-moderation-latest" and made.id.startswith("modr-")
    assert [result.flagged for result in made.results] == [True, False]
    assert made.results[0].categories.violence and made.results[0].category_scores.violence > 0.5
    assert made.results[1].category_scores.violence < 0.5


def test_a_mixed_input_is_judged_as_one(client: OpenAI) -> None:
    parts: Any = [{"type": "text", "text": "what a nice day"}, picture("holiday"), picture("violence")]
    made = client.moderations.create(model="omni-moderation-latest", input=parts)
    assert len(made.results) == 1 and made.results[0].flagged and made.results[0].categories.violence
    applied = made.results[0].category_applied_input_types.to_dict()
    assert applied["violence"] == ["text", "image"] and applied["harassment"] == ["text"]


def test_what_is_no_text_is_not_judged_for_its_words(wire: Wire) -> None:
    result = wire.request("POST", "/moderations", json={"input": [picture("holiday")]}).json()["results"][0]
    assert not result["flagged"]
    for name in ORDER:
        assert result["category_applied_input_types"][name] == (["image"] if name in PICTURED else [])
        assert (result["category_scores"][name] > 0) == (name in PICTURED)


def test_keys_come_in_the_apis_order_and_no_limits_are_told(wire: Wire) -> None:
    reply = wire.request("POST", "/moderations", json={"input": "hello"})
    result = reply.json()["results"][0]
    assert list(reply.json()) == ["id", "model", "results"]
    assert list(result) == ["flagged", "categories", "category_scores", "category_applied_input_types"]
    assert all(list(result[name]) == ORDER for name in ("categories", "category_scores", "category_applied_input_types"))
    assert not any(name.startswith("x-ratelimit") for name in reply.headers)
    assert reply.headers["access-control-expose-headers"] == "CF-Ray"


def test_the_older_model_knows_fewer_categories(wire: Wire) -> None:
    made = wire.request("POST", "/moderations", json={"input": "hello", "model": "text-moderation-latest"}).json()
    assert set(made["results"][0]["categories"]) == set(ORDER) - {"illicit", "illicit/violent"}


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({}, "input", "missing_required_parameter"),
        ({"input": []}, "input", "empty_array"),
        ({"input": 7}, "input", "invalid_type"),
        ({"input": [{"type": "text"}]}, "input[0].text", "missing_required_parameter"),
        ({"input": "x", "model": "gpt-4o"}, "model", "invalid_value"),
    ],
)
def test_faults_are_told(client: OpenAI, body: dict[str, Any], param: str, code: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.post("/moderations", body=body, cast_to=object)
    assert (caught.value.param, caught.value.code) == (param, code)


def test_its_limits_bite(client: OpenAI) -> None:
    with pytest.raises(openai.RateLimitError, match="on tokens per min"):
        client.moderations.create(input="word " * 5000, extra_headers={"x-mock-tier": "1"}) and client.moderations.create(
            input="word " * 5000, extra_headers={"x-mock-tier": "1"}
        )


@pytest.mark.parametrize(
    ("url", "got"),
    [
        ("nonsense", "a value without the 'data:' prefix"),
        ("", "a value without the 'data:' prefix"),
        ("data:image/png;base64,%%%", "an invalid base64-encoded value"),
        ("data:text/plain;base64,aGk=", "unsupported MIME type 'text/plain'"),
    ],
)
def test_a_url_of_no_picture_is_refused_as_in_a_chat(wire: Wire, url: str, got: str) -> None:
    part = {"type": "image_url", "image_url": {"url": url}}
    text = {"type": "text", "text": "what a nice day"}
    answers = {
        "input[1].image_url.url": wire.request("POST", "/moderations", json={"input": [text, part]}),
        "messages[0].content[1].image_url.url": wire.chat(messages=[{"role": "user", "content": [text, part]}]),
    }
    for place, answer in answers.items():
        error = answer.json()["error"]
        assert (answer.status_code, error["param"], error["code"]) == (400, place, "invalid_value")
        assert error["message"].startswith(f"Invalid image URL: '{place}'. Expected") and error["message"].endswith(f"but got {got}.")


def test_what_is_no_picture_is_refused_as_in_a_chat(wire: Wire) -> None:
    for url, code in (("data:image/png;base64,aGk=", "invalid_image_format"), ("http://localhost/a.png", "invalid_image_url")):
        part = {"type": "image_url", "image_url": {"url": url}}
        judged = wire.request("POST", "/moderations", json={"input": [part]})
        chatted = wire.chat(messages=[{"role": "user", "content": [part]}])
        assert judged.status_code == chatted.status_code == 400
        assert judged.json() == chatted.json() and judged.json()["error"]["code"] == code


def test_an_empty_model_is_one_nobody_knows(wire: Wire) -> None:
    answer = wire.request("POST", "/moderations", json={"input": "hello", "model": ""})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")
