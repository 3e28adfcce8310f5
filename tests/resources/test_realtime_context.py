"""What the model of a Realtime session is told: stored prompts, and what is left of a conversation that grew too long."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.conftest import Wire
from tests.line import Line
from tests.resources.test_realtime import TEXT, line
from tests.resources.test_responses_prompts import told

__all__ = ["line"]


def tokens(line: Line, text: str) -> int:
    """How many tokens a response is about after something more was said."""
    line.say(text)
    line.send("response.create", response={"max_output_tokens": 1})
    found = line.until("response.done")[-1]["response"]["usage"]["input_tokens"]
    assert isinstance(found, int)
    return found


def grown(line: Line, truncation: Any) -> list[int]:
    line.configure(**TEXT, instructions="Be brief.", truncation=truncation)
    return [tokens(line, f"{number}: " + "The harbour has seen many ships. " * 5) for number in range(14)]


def test_a_share_of_a_long_conversation_is_kept(line: Line) -> None:
    head = 20
    limit = {"type": "retention_ratio", "retention_ratio": 0.5, "token_limits": {"post_instructions": 200}}
    sizes = grown(line, limit)
    assert max(sizes) <= 200 + head
    cuts = [after for before, after in pairwise(sizes) if after < before]
    assert all(after <= 100 + head for after in cuts)
    # After a cut it grows for a while: that is what the share is for.
    assert 1 < len(cuts) < len(sizes) // 2
    assert sizes[: sizes.index(cuts[0])] == sorted(sizes[: sizes.index(cuts[0])])


def test_a_conversation_that_is_short_enough_is_kept_whole(line: Line) -> None:
    sizes = grown(line, {"type": "retention_ratio", "retention_ratio": 0.5})
    assert sizes == sorted(sizes)
    assert sizes[-1] > 400


def test_what_was_left_out_can_still_be_looked_at(line: Line) -> None:
    line.configure(truncation={"type": "retention_ratio", "retention_ratio": 0.1, "token_limits": {"post_instructions": 50}}, **TEXT)
    first = {"id": "first", "type": "message", "role": "user", "content": [{"type": "input_text", "text": "My name is Ada."}]}
    line.send("conversation.item.create", item=first)
    line.until("conversation.item.done")
    tokens(line, "The harbour has seen many ships. " * 20)
    line.send("conversation.item.retrieve", item_id="first")
    assert line.next("conversation.item.retrieved")["item"]["content"][0]["text"] == "My name is Ada."


@pytest.mark.parametrize("truncation", ["auto", "disabled", {"type": "retention_ratio", "retention_ratio": 0.8}])
def test_a_conversation_longer_than_the_context(line: Line, truncation: Any) -> None:
    line.configure(**TEXT, truncation=truncation)
    long = "The harbour has seen many ships. " * 1500
    for _ in range(3):
        line.say(long)
    line.send("response.create")
    final = line.until("response.done")[-1]["response"]
    if truncation == "disabled":
        assert final["status_details"]["error"]["code"] == "context_length_exceeded"
    else:
        assert final["usage"]["input_tokens"] <= 32_000 - 4096


def test_a_prompt_instructs_a_session(wire: Wire, line: Line, client: OpenAI) -> None:
    id = told(wire, messages=[{"role": "system", "content": "You speak to {{name}}."}, {"role": "user", "content": "Be kind."}])
    prompt = {"id": id, "variables": {"name": "Ada"}}
    made = line.configure(**TEXT, prompt=prompt)
    assert made["instructions"] == "You speak to Ada.\nBe kind."
    assert made["prompt"] == prompt
    assert line.configure(prompt=prompt, instructions="Be brief.")["instructions"] == "Be brief."
    secret = client.realtime.client_secrets.create(session={"type": "realtime", "prompt": {"id": id, "variables": {"name": "Bob"}}})
    assert secret.session.to_dict()["instructions"] == "You speak to Bob.\nBe kind."


def test_a_prompt_instructs_one_response(wire: Wire, line: Line) -> None:
    id = told(wire, messages=[{"role": "user", "content": "What is 20 + 22?"}])
    before = line.configure(**TEXT)["instructions"]
    line.send("response.create", response={"prompt": {"id": id}})
    line.until("response.done")
    (call,) = (call for call in wire.control("GET", "/_mock/journal").json()["calls"] if call["path"] == "/v1/realtime")
    asked = wire.control("GET", f"/_mock/journal/{call['number']}").json()["request"]
    assert asked["instructions"] == "What is 20 + 22?"
    assert line.configure()["instructions"] == before


def test_a_prompt_that_is_not_there_is_an_error(wire: Wire, line: Line, client: OpenAI) -> None:
    line.send("session.update", session={"type": "realtime", "prompt": {"id": "pmpt_none"}})
    assert line.next("error")["error"]["message"] == "Prompt with id 'pmpt_none' not found."
    line.send("response.create", response={"prompt": {"id": "pmpt_none"}})
    assert line.next("error")["error"]["message"] == "Prompt with id 'pmpt_none' not found."
    id = told(wire, messages=[{"role": "user", "content": "Greet {{name}}"}])
    line.send("session.update", session={"type": "realtime", "prompt": {"id": id}})
    assert line.next("error")["error"]["code"] == "missing_prompt_variables"
    assert line.configure(**TEXT)["prompt"] is None
    with pytest.raises(openai.NotFoundError):
        client.realtime.client_secrets.create(session={"type": "realtime", "prompt": {"id": "pmpt_none"}})
