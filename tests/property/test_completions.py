"""Laws of legacy completions: a stream folds to the whole, any body gets an answer, the same seed says the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockapi import Server, Settings
from mockapi.contract.completions import CreateCompletionRequest
from mockapi.engine.tokens import encoding
from tests.conftest import Wire
from tests.property.law import is_the_apis
from tests.property.strategies import json_values

QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
TEXTS = st.sampled_from(
    ["Say hello", "Tell me about rivers", "Once upon a time", "How do I build a bomb?", 'Say "naïve 🧑‍🚀 façade"', "Q: 2+2\nA:", "Hi <|endoftext|> there"]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)  # fmt: skip
TOKENS = st.lists(st.integers(0, 100_257), min_size=1, max_size=8)
PROMPTS = TEXTS | st.lists(TEXTS, min_size=1, max_size=3) | TOKENS | st.lists(TOKENS, min_size=1, max_size=3)
OPTIONS = st.fixed_dictionaries(
    {"model": st.sampled_from(["davinci-002", "gpt-3.5-turbo-instruct", "gpt-4o-mini"])},
    optional={
        "n": st.integers(1, 3),
        "max_tokens": st.integers(0, 60),
        "stop": st.sampled_from([".", "\n", ["a", "the"], ""]),
        "logprobs": st.integers(0, 5),
        "echo": st.booleans(),
        "seed": st.integers(0, 3),
    },
)
FIELDS = st.sampled_from(sorted(CreateCompletionRequest.model_fields))
BODIES = st.builds(
    lambda model, prompt, rest: {"model": model, "prompt": prompt, **rest},
    st.sampled_from(["gpt-3.5-turbo-instruct", "babbage-002", "gpt-4o-mini", "gpt-4o"]),
    PROMPTS | json_values,
    st.dictionaries(FIELDS, json_values | st.integers(0, 5) | st.booleans(), max_size=4),
)


@pytest.fixture(scope="module")
def frozen() -> Any:
    """A server whose time stands still, so that nothing but the calls themselves differs."""
    with Server(Settings(port=0, clock="2026-01-02T03:04:05", tier="unlimited")) as mock:
        yield mock


def ask(server: Server, body: Any, key: str = "sk-law") -> Any:
    with Wire(server.base_url, key) as wire:
        return wire.request("POST", "/completions", json=body)


def folded(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add chunks up as a client does; written apart from the server's own fold."""
    choices: dict[int, dict[str, Any]] = {}
    for event in events:
        for part in event["choices"]:
            choice = choices.setdefault(part["index"], {"text": "", "index": part["index"], "logprobs": None, "finish_reason": None})
            choice["text"] += part["text"]
            choice["finish_reason"] = part["finish_reason"] or choice["finish_reason"]
            if part["logprobs"] is not None:
                told = choice["logprobs"] = choice["logprobs"] or dict.fromkeys(part["logprobs"])
                for name, values in part["logprobs"].items():
                    told[name] = values if told[name] is None else told[name] + values
    return [choices[index] for index in sorted(choices)]


@given(PROMPTS, OPTIONS)
@settings(max_examples=200, deadline=None, suppress_health_check=QUIET)
def test_a_stream_folds_to_the_whole(frozen: Server, prompt: Any, options: dict[str, Any]) -> None:
    if options["model"] != "davinci-002" and options.get("echo"):
        options.pop("logprobs", None)
    body = {"prompt": prompt, **options}
    whole = ask(frozen, body)
    streamed = ask(frozen, {**body, "stream": True, "stream_options": {"include_usage": True}})
    assert whole.status_code == streamed.status_code == 200, whole.text
    assert streamed.text.endswith("\n\ndata: [DONE]\n\n")
    events = [json.loads(line.removeprefix("data: ")) for line in streamed.text.split("\n\n")[:-2]]
    made = whole.json()
    assert folded(events) == made["choices"]
    assert events[-1]["usage"] == made["usage"]
    assert {event["model"] for event in events} == {made["model"]}
    assert sum(bool(choice["finish_reason"]) for event in events for choice in event["choices"]) == len(made["choices"])


@given(PROMPTS, OPTIONS)
@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
def test_tokens_offsets_and_usage_agree(frozen: Server, prompt: Any, options: dict[str, Any]) -> None:
    options = {**options, "model": "davinci-002", "logprobs": options.get("logprobs", 2), "echo": True}
    made = ask(frozen, {"prompt": prompt, **options}).json()
    several = isinstance(prompt, list) and not isinstance(prompt[0], int)
    prompts = prompt if several else [prompt]
    assert len(made["choices"]) == len(prompts) * options.get("n", 1)
    told = sum(len(choice["logprobs"]["tokens"]) for choice in made["choices"])
    assert told == made["usage"]["prompt_tokens"] * options.get("n", 1) + made["usage"]["completion_tokens"]
    assert made["usage"]["total_tokens"] == made["usage"]["prompt_tokens"] + made["usage"]["completion_tokens"]
    for number, one in enumerate(prompts):
        if isinstance(one, list):
            chosen = made["choices"][number * options.get("n", 1)]["logprobs"]["tokens"][: len(one)]
            plain = [encoding("cl100k_base").token(token) for token in one if token != 100_256]
            assert [token.encode() for token in chosen if token and not token.startswith("bytes:")] == [
                raw for raw in plain if _is_whole(raw)
            ]  # fmt: skip
    for choice in made["choices"]:
        told = choice["logprobs"]
        assert len(told["tokens"]) == len(told["token_logprobs"]) == len(told["text_offset"])
        assert told["text_offset"] == sorted(told["text_offset"])
        assert all(offset <= len(choice["text"]) for offset in told["text_offset"])
        assert (told["top_logprobs"] is None) == (options["logprobs"] == 0)
        assert [chance for chance in told["token_logprobs"][1:] if chance is None] == []
        for likely in (told["top_logprobs"] or [])[1:]:
            assert len(likely) == options["logprobs"]


def _is_whole(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


@given(BODIES)
@settings(max_examples=400, deadline=None, suppress_health_check=QUIET)
def test_any_body_gets_an_answer_of_the_api(frozen: Server, body: dict[str, Any]) -> None:
    is_the_apis(ask(frozen, body))


@given(json_values)
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
def test_any_json_gets_an_answer_of_the_api(frozen: Server, value: Any) -> None:
    is_the_apis(ask(frozen, value))


def test_the_same_seed_gives_the_same_bytes_and_another_others() -> None:
    bodies: list[dict[str, Any]] = [
        {"model": "davinci-002", "prompt": ["Tell me about rivers", "Once"], "n": 2, "logprobs": 3, "echo": True, "max_tokens": 40},
        {"model": "gpt-3.5-turbo-instruct", "prompt": "Tell me about rivers", "best_of": 4, "max_tokens": 40},
        {"model": "gpt-4o-mini", "prompt": "Tell me about rivers", "stream": True, "n": 3, "seed": 5},
    ]

    def answers(seed: str, asked: list[dict[str, Any]]) -> dict[str, bytes]:
        with Server(Settings(port=0, clock="2026-01-02T03:04:05", seed=seed)) as mock:
            return {json.dumps(body): ask(mock, body, "sk-same").content for body in asked}

    first = answers("alpha", bodies)
    assert first == answers("alpha", bodies[::-1])
    other = answers("beta", bodies)
    assert all(first[body] != other[body] for body in first)
