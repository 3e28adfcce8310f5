"""One response of a session: what it is asked, how it is admitted, and what it says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from mockapi import ids
from mockapi.admission.limits import Charge
from mockapi.aside import aside
from mockapi.catalogue import Card
from mockapi.clock import SECOND, parse_duration
from mockapi.contract.responses.tools import McpTool
from mockapi.dialects.realtime import read, write
from mockapi.engine import images, model, usage
from mockapi.engine.answer import Answer, Refusal, Speech, Text
from mockapi.engine.prompt import Prompt
from mockapi.engine.tokens import encoding
from mockapi.errors import ApiError
from mockapi.operations import Operation
from mockapi.resources import caching
from mockapi.resources.realtime import refusals, servers
from mockapi.seed import Stream
from mockapi.transport.call import Call
from mockapi.transport.reply import Events

Item = dict[str, Any]
# Characters asked and tokens spoken from which on it is worked beside others: some milliseconds' work.
_LARGE, _LONG = 20_000, 400


@dataclass(slots=True, eq=False, repr=False)
class Asked:
    """What a response is asked: the session with what the response has of its own, and what it is about. `conversation_id` is None for
    one that leaves no trace; `unsent` is the event that was made and is not due yet."""

    config: dict[str, Any]
    entries: list[read.Entry]
    conversation_id: str | None
    metadata: dict[str, str] | None
    servers: list[McpTool]
    response_id: str = ""
    saying: write.Saying | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    unsent: bytes = b""


def body(asked: Asked) -> dict[str, Any]:
    """The same as a request is written down: what scenarios see and the journal keeps."""
    config = asked.config
    return {
        "type": "response.create",
        "model": config["model"],
        "output_modalities": config["output_modalities"],
        "instructions": config["instructions"],
        "tools": config["tools"],
        "tool_choice": config["tool_choice"],
        "max_output_tokens": config["max_output_tokens"],
        "conversation": asked.conversation_id,
        "metadata": asked.metadata,
        "input": [entry.item for entry in asked.entries],
    }


def prepare(call: Call) -> Charge:
    """The charge: a quarter token a character of what is asked, as for other endpoints (guess: the API's rule is not known)."""
    prompt: Prompt = call.asked.prompt
    return Charge(quarters=4 + sum(4 + len(turn.said) for turn in prompt.turns))


async def speak(call: Call) -> Events:
    """Answer. Raises for a conversation that no longer fits, or for a picture that cannot be looked at."""
    asked: Asked = call.context
    config, card = asked.config, call.card
    assert card is not None
    prompt: Prompt = call.asked.prompt
    if call.asked.scripted is not None:
        prompt = replace(prompt, scripted=call.asked.scripted)
    if prompt.scripted is not None and prompt.scripted.failed is not None:
        code, message = prompt.scripted.failed
        raise ApiError(500, message, type="server_error", code=code)
    bill = _fitted(prompt, card, asked)
    size = sum(len(turn.text) for turn in prompt.turns)
    stream = call.world.seed.stream(b"realtime", card.id.encode(), *prompt.shape(), b"aloud" if prompt.speaks else b"")
    writes = writer(config, card, call.now // SECOND, call.stream.child(5))
    served = servers.chosen(config["tool_choice"], prompt, asked.servers) if prompt.scripted is None else None
    if served is None:
        answer = await aside(size > _LARGE, lambda: model.answer(prompt, card, stream))
    else:
        answer, called = servers.used(*served, prompt, card, writes)
    bill.add(answer)
    if not prompt.speaks:
        bill.audio_tokens = 0
    elif not answer.calls:
        _voice_refusal(answer)
    if served is None:
        made = await aside(prompt.speaks and answer.text_tokens > _LONG, lambda: writes.items(answer))
    else:
        made = [called]
    asked.seconds = {each.added["id"]: _seconds(each, config["audio"]["output"]["speed"]) for each in made}
    bill.cached_tokens = await caching.tokens(call, usage.prefixes(prompt, card, bill.prompt_tokens))
    pictures = sum(
        images.tokens(picture, card.rules.get("image_tokens", {"rule": "tiles", "base": 85, "tile": 170}))
        for turn in prompt.turns
        for picture in turn.pictures
    )
    call.used = {
        "input": max(0, bill.prompt_tokens - bill.cached_tokens - bill.prompt_audio_tokens - pictures),
        "cached_input": bill.cached_tokens,
        "audio_input": bill.prompt_audio_tokens,
        "image_input": pictures,
        "output": bill.completion_tokens - bill.audio_tokens,
        "audio_output": bill.audio_tokens,
    }
    begun = shell(asked)
    reasons = {"length": "max_output_tokens", "content_filter": "content_filter"}
    reason = reasons.get(answer.finish)
    final = {
        **begun,
        "status": "completed" if reason is None else "incomplete",
        "status_details": None if reason is None else {"type": "incomplete", "reason": reason},
        "output": [each.done for each in made],
        "usage": _usage(bill, pictures),
    }
    asked.saying = write.Saying(begun, made, final, call.stream)
    return Events(iter(()))


# What is asked over a session goes the way of a call of this operation. Its path is that of the session.
RESPONSE = Operation(
    id="createRealtimeResponse", method="POST", path="/realtime", behave=speak, prepare=prepare, unknown_model=refusals.unknown_model,
    stateless=True, can_fail=True,
)  # fmt: skip


def writer(config: dict[str, Any], card: Card, seconds: int, stream: Stream) -> write.Writer:
    """What writes the items of a response."""
    output = config["audio"]["output"]
    voice = output["voice"] if isinstance(output["voice"], str) else output["voice"]["id"]
    return write.Writer(seconds, stream, encoding(card.encoding), write.Voice(output["format"]["type"], voice, output["speed"]))


def shell(asked: Asked) -> Item:
    """A response as it begins."""
    config = asked.config
    output = config["audio"]["output"]
    return {
        "object": "realtime.response",
        "id": asked.response_id,
        "status": "in_progress",
        "status_details": None,
        "output": [],
        "conversation_id": asked.conversation_id,
        "output_modalities": config["output_modalities"],
        "max_output_tokens": config["max_output_tokens"],
        "audio": {"output": {"format": output["format"], "voice": output["voice"]}},
        "usage": None,
        "metadata": asked.metadata,
    }


def begin(call: Call, asked: Asked) -> None:
    """Prepare a call for a response. Raises what is wrong with what it is asked."""
    call.context = asked
    asked.response_id = ids.brief("resp_", call.now // SECOND, call.stream.child(2))
    call.asked.prompt = read.prompt(asked.config, asked.entries)
    call.asked.charge = prepare(call)


def _fitted(prompt: Prompt, card: Card, asked: Asked) -> usage.Usage:
    """The bill of a prompt, after the oldest items were left out where it is too long (doc: what is said in answer has to fit too)."""
    bill, truncation = usage.of_prompt(prompt, card), asked.config["truncation"]
    longest = most = card.context_window - card.max_output_tokens
    keeps = most
    if isinstance(truncation, dict):
        head = usage.of_prompt(replace(prompt, turns=prompt.turns[: 1 if asked.config["instructions"] else 0]), card).prompt_tokens
        limit = (truncation.get("token_limits") or {}).get("post_instructions")
        most = longest if limit is None else min(longest, head + limit)
        keeps = head + int((most - head) * truncation["retention_ratio"])
    if bill.prompt_tokens > most and truncation != "disabled":
        while bill.prompt_tokens > keeps and read.forget(prompt, asked.entries):
            bill = usage.of_prompt(prompt, card)
    if bill.prompt_tokens > longest:
        raise refusals.too_long()
    return bill


def _voice_refusal(answer: Answer) -> None:
    """Say aloud what was to be written: a session that speaks refuses aloud too."""
    from mockapi.engine.sound import voice

    answer.parts = [Speech(part.text, voice.duration(part.text)) if isinstance(part, (Text, Refusal)) else part for part in answer.parts]


def _seconds(made: write.Made, speed: float) -> float:
    from mockapi.engine.sound import voice

    return voice.duration(made.done["content"][0]["transcript"], speed) if made.speaks else 0.0


def _usage(bill: usage.Usage, pictures: int) -> Item:
    """Tokens as a response tells them (api-facts F.1)."""
    cached = bill.cached_tokens
    return {
        "total_tokens": bill.prompt_tokens + bill.completion_tokens,
        "input_tokens": bill.prompt_tokens,
        "output_tokens": bill.completion_tokens,
        "input_token_details": {
            "text_tokens": bill.prompt_tokens - bill.prompt_audio_tokens - pictures,
            "audio_tokens": bill.prompt_audio_tokens,
            "image_tokens": pictures,
            "cached_tokens": cached,
            "cached_tokens_details": {"text_tokens": cached, "audio_tokens": 0, "image_tokens": 0},
        },
        "output_token_details": {"text_tokens": bill.completion_tokens - bill.audio_tokens, "audio_tokens": bill.audio_tokens},
    }


def rate_limits(call: Call) -> list[dict[str, Any]]:
    """What the call's limits are by now; none where there are none."""
    told: dict[str, dict[str, Any]] = {}
    for line in call.limits.decode().splitlines():
        name, _, value = line.partition(": ")
        which, _, kind = name.removeprefix("x-ratelimit-").partition("-")
        entry = told.setdefault(kind, {"name": kind})
        if which == "reset":
            entry["reset_seconds"] = parse_duration(value) / SECOND
        else:
            entry[which] = int(value)
    return [entry for kind, entry in told.items() if kind in ("requests", "tokens")]
