"""Moderations: create. `client.moderations`."""

from __future__ import annotations

from typing import Any

from mockapi import errors
from mockapi.admission import access
from mockapi.admission.limits import Charge
from mockapi.contract import moderations
from mockapi.dialects import pictures
from mockapi.engine import moderation
from mockapi.engine.moderation import Judgement
from mockapi.engine.prompt import Picture
from mockapi.engine.tokens import encoding
from mockapi.operations import operation
from mockapi.transport.call import Call


def prepare(call: Call) -> Charge:
    """Everything that can be wrong with the request before it is charged, and the charge: a quarter token a character."""
    if call.card is None:
        # guess: an empty name is one that nobody knows
        raise errors.unknown_model("")
    access.moderations(call.card)
    call.asked.prompt = _parts(call.request.input)
    # guess: a bad picture is told as in a chat
    call.asked.draft = _pictures(call.request.input)
    texts = [content for parts in call.asked.prompt for kind, content in parts if kind == "text"]
    return Charge(quarters=max(4, sum(map(len, texts))))


@operation(
    "POST /moderations",
    id="createModeration",
    request=moderations.CreateModerationRequest,
    response=moderations.CreateModerationResponse,
    prepare=prepare,
    shows=frozenset(),
    default_model="omni-moderation-latest",
    sample_model="omni-moderation-latest",
    stateless=True,
    # seen: A.1
    omits=frozenset((b"access-control-expose-headers",)),
    headers=((b"access-control-expose-headers", b"CF-Ray"),),
)
async def create(call: Call) -> dict[str, Any]:
    assert call.card is not None
    unreadable = pictures.unreadable(call.asked.draft)
    if unreadable is not None:
        raise unreadable
    texts_only = "image" not in call.card.input
    verdicts = [moderation.judge_all(parts) for parts in call.asked.prompt]
    if texts_only:
        verdicts = [verdict.among(moderation.categories(older=True)) for verdict in verdicts]
    # It costs nothing; the organization's usage tells of it.
    vocabulary = encoding(call.card.encoding)
    call.used = {"input": sum(vocabulary.count(text) for parts in call.asked.prompt for kind, text in parts if kind == "text")}
    return {
        # seen: G.9, short numbers in 2026
        "id": f"modr-{call.stream.child(1).below(10_000)}",
        "model": call.card.asked_as,
        "results": [_result(verdict, told=not texts_only) for verdict in verdicts],
    }


def _parts(given: Any) -> list[list[tuple[moderation.Kind, str]]]:
    """What is judged together: each text of a list alone, all parts of a mixed input as one (seen: G.9)."""
    if isinstance(given, str):
        return [[("text", given)]]
    if isinstance(given[0], str):
        return [[("text", text)] for text in given]
    return [[("text", p.text) if isinstance(p, moderations.ModerationText) else ("image", p.image_url.url) for p in given]]


def _pictures(given: Any) -> list[Picture]:
    """The pictures that are sent, as far as their URLs are some. Raises for one that is not."""
    if isinstance(given, str) or isinstance(given[0], str):
        return []
    urls = [(place, part.image_url.url) for place, part in enumerate(given) if isinstance(part, moderations.ModerationImage)]
    return [pictures.read(url, "auto", f"input[{place}].image_url.url") for place, url in urls]


def _result(verdict: Judgement, *, told: bool) -> dict[str, Any]:
    made: dict[str, Any] = {
        "flagged": verdict.flagged,
        "categories": {name: score >= 0.5 for name, score in verdict.scores},
        "category_scores": dict(verdict.scores),
    }
    # doc: older models do not tell what they judged by
    return made | {"category_applied_input_types": verdict.applied} if told else made
