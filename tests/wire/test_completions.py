"""Legacy completions as bytes on the wire: chunks, headers, limits, refusals (api-facts D.3, A.1, B.3, C.4)."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx2
import pytest

from mockapi import Server, Settings
from tests.conftest import Wire
from tests.contract.test_answers import lines
from tests.contract.test_parity import unexplained

BASE = "davinci-002"


def complete(wire: Wire, headers: dict[str, str] | None = None, **body: Any) -> httpx2.Response:
    """A completion; `model` and `prompt` have defaults, a value of ... leaves a key out."""
    whole = {"model": "gpt-3.5-turbo-instruct", "prompt": "Say hello", **body}
    return wire.request("POST", "/completions", json={name: value for name, value in whole.items() if value is not ...}, headers=headers)


def events(reply: httpx2.Response) -> list[str]:
    """The data of each event; checks the framing on the way."""
    assert reply.status_code == 200, reply.text
    text = reply.content.decode()
    assert text.endswith("\n\ndata: [DONE]\n\n")
    found = text.split("\n\n")[:-1]
    assert all(event.startswith("data: ") and "\n" not in event for event in found)
    return [event.removeprefix("data: ") for event in found[:-1]]


def model_of(name: str, wire: Wire) -> str:
    told: str = complete(wire, model=name).json()["model"]
    return told


def test_a_whole_answer_is_pretty_and_in_the_apis_order(wire: Wire) -> None:
    reply = complete(wire, prompt="Say naïve 🙂")
    made = reply.json()
    assert reply.content == json.dumps(made, indent=2, ensure_ascii=False).encode() + b"\n"
    assert list(made) == ["id", "object", "created", "model", "choices", "usage"]
    assert list(made["choices"][0]) == ["text", "index", "logprobs", "finish_reason"]
    assert list(made["usage"]) == ["prompt_tokens", "completion_tokens", "total_tokens"]
    assert re.fullmatch(r"cmpl-[0-9A-Za-z]{29}", made["id"])


def test_headers_are_those_of_the_endpoint(wire: Wire) -> None:
    for stream in (False, True):
        reply = complete(wire, stream=stream)
        assert reply.headers["cache-control"] == "no-cache, must-revalidate"
        assert reply.headers["access-control-allow-origin"] == "*"
        assert reply.headers["openai-version"] == "2020-10-01"
        assert reply.headers["content-type"] == ("text/event-stream" if stream else "application/json")


def test_a_stream_is_these_bytes(wire: Wire) -> None:
    model = model_of("gpt-3.5-turbo-instruct", wire)
    reply = complete(wire, stream=True)
    head = json.loads(events(reply)[0])
    lead = f'{{"id":"{head["id"]}","object":"text_completion","created":{head["created"]},"choices":['
    tail = f'],"model":"{model}"}}'
    assert events(reply) == [
        f'{lead}{{"text":"\\n\\n","index":0,"logprobs":null,"finish_reason":null}}{tail}',
        f'{lead}{{"text":"Hello","index":0,"logprobs":null,"finish_reason":null}}{tail}',
        f'{lead}{{"text":"!","index":0,"logprobs":null,"finish_reason":null}}{tail}',
        f'{lead}{{"text":"","index":0,"logprobs":null,"finish_reason":"stop"}}{tail}',
    ]


def test_usage_is_null_until_the_last_chunk(wire: Wire) -> None:
    found = events(complete(wire, stream=True, stream_options={"include_usage": True, "include_obfuscation": True}))
    assert all(list(json.loads(line)) == ["id", "object", "created", "choices", "model", "usage"] for line in found[:-1])
    assert all(line.endswith(',"usage":null}') for line in found[:-1])
    assert list(json.loads(found[-1])) == ["id", "object", "created", "model", "usage", "choices"]
    assert found[-1].endswith('"usage":{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5},"choices":[]}')


def test_several_choices_take_turns_and_end_together(wire: Wire) -> None:
    chunks = [json.loads(line)["choices"] for line in events(complete(wire, stream=True, n=2, prompt=["Say hello", "Say a b c"]))]
    assert [choice["index"] for choices in chunks[:8] for choice in choices] == [0, 1, 2, 3] * 2
    assert all(len(choices) == 1 and choices[0]["finish_reason"] is None for choices in chunks[:-1])
    assert chunks[-1] == [{"text": "", "index": index, "logprobs": None, "finish_reason": "stop"} for index in range(4)]


def test_log_probabilities_stream_with_their_tokens(wire: Wire) -> None:
    chunks = [json.loads(line)["choices"][0] for line in events(complete(wire, stream=True, logprobs=2))]
    assert all(list(choice["logprobs"]) == ["tokens", "token_logprobs", "top_logprobs", "text_offset"] for choice in chunks)
    assert [choice["logprobs"]["text_offset"] for choice in chunks] == [[9], [11], [16], []]
    assert chunks[-1]["logprobs"] == {"tokens": [], "token_logprobs": [], "top_logprobs": [], "text_offset": []}
    without = [json.loads(line)["choices"][0] for line in events(complete(wire, stream=True, logprobs=0))]
    assert all(choice["logprobs"]["top_logprobs"] is None for choice in without)


def test_an_echo_comes_with_the_first_token(wire: Wire) -> None:
    chunks = [json.loads(line)["choices"][0] for line in events(complete(wire, model=BASE, stream=True, echo=True, logprobs=1))]
    assert [choice["text"] for choice in chunks] == ["Say hello hello", "!", ""]
    first = chunks[0]["logprobs"]
    assert first["tokens"] == ["Say", " hello", " hello"]
    assert first["text_offset"] == [0, 3, 9]
    assert (first["token_logprobs"][0], first["top_logprobs"][0]) == (None, None)
    assert all(first["token_logprobs"][1:])


def test_a_token_inside_a_character_waits_for_the_rest_of_it(wire: Wire) -> None:
    chunks = [
        json.loads(line)["choices"][0] for line in events(complete(wire, stream=True, prompt='Say "👩‍🔬🏽‍♀️ ок"', max_tokens=40, logprobs=1))
    ]
    assert "".join(choice["text"] for choice in chunks) == "\n\n👩‍🔬🏽‍♀️ ок"
    assert any(len(choice["logprobs"]["tokens"]) > 1 for choice in chunks)


def test_a_text_cut_inside_a_character_leaves_it_out(wire: Wire) -> None:
    for most in range(1, 12):
        made = complete(wire, prompt='Say "👩‍🔬🏽‍♀️ ок"', max_tokens=most, logprobs=0).json()
        assert "\ufffd" not in made["choices"][0]["text"]
        assert len(made["choices"][0]["logprobs"]["tokens"]) == made["usage"]["completion_tokens"] == most
        streamed = [
            json.loads(line)["choices"][0] for line in events(complete(wire, prompt='Say "👩‍🔬🏽‍♀️ ок"', max_tokens=most, stream=True))
        ]
        assert "".join(choice["text"] for choice in streamed) == made["choices"][0]["text"]


ANSWERED: list[dict[str, Any]] = [
    {}, {"n": 3}, {"echo": True}, {"max_tokens": 0}, {"logprobs": 5, "max_tokens": 40}, {"suffix": "the end"}, {"prompt": ["a", "b"], "best_of": 2},
    {"model": BASE, "prompt": [[100257], [1, 2, 3]], "stop": ["a", "b"]}, {"prompt": ...}, {"prompt": None}, {"prompt": ""}, {"model": "gpt-4o-mini"},
    {"user": "u", "seed": -1, "temperature": 0, "top_p": 0.1, "frequency_penalty": 2, "presence_penalty": -2, "logit_bias": {"50256": -100}},
    {"best_of": 20, "n": 20, "max_tokens": 1, "stream": None}, {"n": None, "stop": None, "suffix": None, "echo": None, "logprobs": None},
]  # fmt: skip


@pytest.mark.parametrize("mode", ["wire", "canned"])
@pytest.mark.parametrize("body", ANSWERED, ids=str)
def test_answers_are_what_the_document_describes(mode: str, body: dict[str, Any], request: pytest.FixtureRequest) -> None:
    reply = complete(request.getfixturevalue(mode), **body)
    assert reply.status_code == 200, reply.text
    assert list(lines("createCompletion", "response", reply.text)) == []


def test_scores_are_what_the_document_describes_but_for_their_nulls(wire: Wire) -> None:
    found = list(lines("createCompletion", "response", complete(wire, logprobs=0).text))
    found += lines("createCompletion", "response", complete(wire, model=BASE, echo=True, logprobs=2).text)
    nulls = (r"/choices/\[\]/logprobs", "null without alternatives, and for the first token of an echo (recorded)")
    assert unexplained(found, [nulls]) == ([], [])


def test_prompts_are_charged_a_quarter_token_a_character(wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    left = 250_000
    for prompt, tokens in (("x" * 400, 100), (["x" * 40, "x" * 60], 25), ([1, 2, 3], 3), ([[1, 2], [3]], 3), ("", 1), ("abc", 1)):
        reply = complete(wire, prompt=prompt, n=2, max_tokens=100)
        left -= tokens
        assert reply.headers["x-ratelimit-limit-tokens"] == "250000"
        assert int(reply.headers["x-ratelimit-remaining-tokens"]) == left
    assert reply.headers["x-ratelimit-limit-requests"] == "3000"
    assert reply.headers["x-ratelimit-remaining-requests"] == "2994"


@pytest.mark.parametrize(("tier", "requests"), [("1", "10000"), ("2", "5000"), ("5", "30000")])
def test_the_small_chat_model_keeps_its_own_limits(wire: Wire, tier: str, requests: str) -> None:
    reply = complete(wire, headers={"x-mock-tier": tier}, model="gpt-4o-mini")
    assert reply.headers["x-ratelimit-limit-requests"] == requests


def test_a_tier_without_the_model_is_refused(wire: Wire) -> None:
    reply = complete(wire, headers={"x-mock-tier": "free"})
    assert reply.status_code == 403
    assert reply.json()["error"]["message"].endswith("` does not have access to model `gpt-3.5-turbo-instruct`")


def test_a_prompt_larger_than_its_limit_and_a_bucket_that_is_empty_are_refused(wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    large = complete(wire, prompt="x" * 1_000_001 + "yyy")
    assert (large.status_code, large.json()["error"]["message"][:53]) == (429, "Request too large for gpt-3.5-turbo-instruct in organ")
    assert complete(wire, prompt="x" * 900_000).status_code == 400
    empty = complete(wire, prompt="x" * 900_000)
    assert (empty.status_code, empty.json()["error"]["code"]) == (429, "rate_limit_exceeded")


def test_a_completion_is_billed_at_the_price_of_the_model_that_makes_it(wire: Wire) -> None:
    for model in ("gpt-3.5-turbo-instruct", "gpt-4o-mini"):
        complete(wire, model=model)
    rows = {row["model"]: row for day in wire.control("GET", "/_mock/usage").json()["days"] for row in day["models"]}
    for model in ("gpt-3.5-turbo-instruct", "gpt-4o-mini"):
        assert (rows[model]["input"], rows[model]["output"]) == (2, 3)
        assert rows[model]["cost"] == pytest.approx((2 * 1.5 + 3 * 2.0) / 1e6)


PROMPT_FAULT = "is not valid under any of the given schemas - 'prompt'"
FAULTS: list[tuple[dict[str, Any], str, str | None, str | None]] = [
    ({"model": ...}, "you must provide a model parameter", None, None),
    ({"prompt": 7}, f"7 {PROMPT_FAULT}", None, None),
    ({"prompt": []}, f"[] {PROMPT_FAULT}", None, None),
    ({"prompt": [[]]}, f"[[]] {PROMPT_FAULT}", None, None),
    ({"prompt": ["a", 1]}, f"['a', 1] {PROMPT_FAULT}", None, None),
    ({"prompt": [1.5]}, f"[1.5] {PROMPT_FAULT}", None, None),
    ({"prompt": [123456]}, "Invalid token in prompt: 123456. Minimum value is 0, maximum value is 100257 (inclusive).", None, None),
    ({"prompt": [[1], [-1]]}, "Invalid token in prompt: -1. Minimum value is 0, maximum value is 100257 (inclusive).", None, None),
    ({"messages": []}, "Unknown parameter: 'messages'.", "messages", "unknown_parameter"),
    ({"max_token": 5}, "Unknown parameter: 'max_token'. Did you mean 'max_tokens'?", "max_token", "unknown_parameter"),
    ({"best_of": 21}, "Invalid 'best_of': integer above maximum value. Expected a value <= 20, but got 21 instead.", "best_of", "integer_above_max_value"),
    ({"logprobs": 6}, "Invalid 'logprobs': integer above maximum value. Expected a value <= 5, but got 6 instead.", "logprobs", "integer_above_max_value"),
    ({"logprobs": True}, "Invalid type for 'logprobs': expected an integer, but got a boolean instead.", "logprobs", "invalid_type"),
    ({"max_tokens": -1}, "Invalid 'max_tokens': integer below minimum value. Expected a value >= 0, but got -1 instead.", "max_tokens", "integer_below_min_value"),
    ({"n": 129}, "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.", "n", "integer_above_max_value"),
    ({"n": 0}, "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.", "n", "integer_below_min_value"),
    ({"temperature": 2.5}, "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.", "temperature", "decimal_above_max_value"),
    ({"stop": ["a"] * 5}, "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 5 instead.", "stop", "array_above_max_length"),
    ({"echo": "yes"}, "Invalid type for 'echo': expected a boolean, but got a string instead.", "echo", "invalid_type"),
    ({"stream_options": {"include_usage": True}}, "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options", None),
    (
        {"n": 3, "best_of": 2},
        "You requested that the server return more choices than it will generate (HINT: you must set 'n' (currently 3) to be at most 'best_of' "
        "(currently 2), or omit either parameter if you don't specifically want to use them.)", None, None,
    ),
    ({"best_of": 2, "stream": True}, "Setting 'best_of' above 'n' and 'stream' at the same time is not supported.", None, None),
    ({"echo": True, "suffix": "x"}, "Setting 'echo' and 'suffix' at the same time is not supported.", None, None),
    ({"echo": True, "logprobs": 1}, "Setting 'echo' and 'logprobs' at the same time is not supported for this model.", None, None),
    ({"model": BASE, "suffix": "x"}, "Unrecognized request argument supplied: suffix", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "message", "param", "code"), FAULTS, ids=[str(row[0]) for row in FAULTS])
def test_a_bad_request_is_refused_in_the_apis_words(
    wire: Wire, sent: dict[str, Any], message: str, param: str | None, code: str | None
) -> None:
    reply = complete(wire, **sent)
    assert reply.status_code == 400
    assert reply.json() == {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}
    assert not any(name.startswith("x-ratelimit") for name in reply.headers)


@pytest.mark.parametrize(
    "sent", [{"n": 2, "best_of": 2, "stream": True}, {"n": 30}, {"best_of": 1}, {"echo": True, "stream": True}], ids=str
)
def test_what_goes_together_is_accepted(wire: Wire, sent: dict[str, Any]) -> None:
    assert complete(wire, **sent).status_code == 200


def test_a_prompt_without_room_for_its_completion_is_refused_and_charged(wire: Wire) -> None:
    reply = complete(wire, prompt="word " * 1000, max_tokens=4000)
    assert reply.status_code == 400
    assert reply.json()["error"] == {
        "message": "This model's maximum context length is 4096 tokens, however you requested 5001 tokens (1001 in your prompt; 4000 for the "
        "completion). Please reduce your prompt; or completion length.",
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }  # fmt: skip
    assert "x-ratelimit-remaining-tokens" in reply.headers
    assert complete(wire, prompt="word " * 1000, max_tokens=3095).status_code == 200


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-5", "o1-pro", "gpt-3.5-turbo"])
def test_a_chat_model_is_sent_to_the_chat_endpoint(wire: Wire, model: str) -> None:
    reply = complete(wire, model=model)
    assert reply.status_code == 404
    assert reply.json()["error"] == {
        "message": "This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?",
        "type": "invalid_request_error",
        "param": "model",
        "code": None,
    }


@pytest.mark.parametrize("model", ["text-embedding-3-small", "whisper-1"])
def test_a_model_without_words_is_not_sampled_from(wire: Wire, model: str) -> None:
    reply = complete(wire, model=model)
    assert reply.status_code == 403
    assert reply.json()["error"] == {
        "message": "You are not allowed to sample from this model",
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }


def test_the_small_chat_model_is_refused_where_models_are_checked_strictly() -> None:
    with Server(Settings(port=0, model_checks="strict")) as mock, Wire(mock.base_url, "sk-strict") as wire:
        assert complete(wire, model="gpt-4o-mini").status_code == 404
        assert complete(wire).status_code == 200
